//! Recordings that are not whole.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Recorded, compare};
use crate::process::Guard;
use crate::report::{Context, Failure, Result};

/// The program is killed when its file has so many bytes.
const ENOUGH: u64 = 4 << 20;
const LIMIT: Duration = Duration::from_secs(30);
/// Larger than the file, so that all of it is in one.
const NEVER: &str = "1099511627776";
/// The largest is within the first packets of the recording.
const CUTS: [u64; 6] = [0, 1, 5, 29, 301, 70_001];

/// A recording whose program was killed, and the same cut shorter: what tshark reads of it, our replay reads too.
pub(super) fn killed(recorded: &Recorded) -> Result<String> {
    let folder = recorded.folder.join("killed");
    record_and_kill(&recorded.program, &folder)?;
    let file = folder.join("session.pcapng");
    let whole = fs::read(&file).context(file.display())?;
    let mut packets = 0;
    for (number, cut) in CUTS.iter().enumerate() {
        let shorter = folder.join(format!("cut-{cut}.pcapng"));
        let length = whole.len().saturating_sub(*cut as usize);
        let bytes = whole.get(..length).unwrap_or_default();
        fs::write(&shorter, bytes).context(shorter.display())?;
        let count = up_to_the_cut(recorded, &shorter)?;
        if number == 0 {
            packets = count;
        }
    }
    Ok(format!(
        "{packets} packets; the file cut at {} more places too",
        CUTS.len() - 1
    ))
}

fn record_and_kill(program: &Path, folder: &Path) -> Result<()> {
    let child = Command::new(program)
        .arg("websocket")
        .arg(folder)
        .args(["--rotate-bytes", NEVER])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = Guard(child.context(program.display())?);
    let mut line = String::new();
    if let Some(output) = child.0.stdout.take() {
        BufReader::new(output)
            .read_line(&mut line)
            .context(program.display())?;
    }
    let file = folder.join("session.pcapng");
    let start = Instant::now();
    while fs::metadata(&file).context(file.display())?.len() < ENOUGH {
        if start.elapsed() > LIMIT {
            return Err(Failure::new(format!("{} does not grow", file.display())));
        }
        thread::sleep(Duration::from_millis(1));
    }
    // By SIGKILL.
    drop(child);
    Ok(())
}

/// Returns the number of packets.
fn up_to_the_cut(recorded: &Recorded, file: &Path) -> Result<usize> {
    let faults = recorded.tshark.faults(file, &[])?;
    let is_cut = faults.complaint.contains("cut short");
    if !faults.rows.is_empty() || !(is_cut || faults.complaint.is_empty()) {
        let name = file.display();
        return Err(Failure::new(format!("{name}: {faults}")));
    }
    let fields = ["frame.packet_flags_direction", "tcp.len"];
    let seen = recorded.tshark.fields(file, &[], "tcp", &fields)?;
    let replayed = recorded.run(&["replay"], file)?;
    compare(&replayed["bytes"], &bytes(&seen.rows))?;
    if replayed["is_whole"] == Value::Bool(true) {
        return Err(Failure::new("our replay takes it for whole"));
    }
    Ok(seen.rows.lines().count())
}

/// The sums of the payloads by direction.
fn bytes(rows: &str) -> Value {
    let [mut inbound, mut outbound] = [0, 0];
    for row in rows.lines() {
        let (direction, length) = row.split_once('\t').unwrap_or_default();
        let length: u64 = length.parse().unwrap_or_default();
        // Printed in hexadecimal, with as many digits as the version likes.
        if direction.ends_with('1') {
            inbound += length;
        } else {
            outbound += length;
        }
    }
    json!({ "inbound": inbound, "outbound": outbound })
}

/// That tshark finds nothing says something only if it would find something: one wrong byte, one lost packet.
pub(super) fn damaged(recorded: &Recorded) -> Result<String> {
    let file = recorded.folder.join("fix.pcapng");
    let mut bytes = fs::read(&file).context(file.display())?;
    let place = bytes.windows(8).position(|window| window == b"BTC/USD\x01");
    if let Some(byte) = place.and_then(|place| bytes.get_mut(place)) {
        *byte ^= 1;
    }
    let damaged = recorded.folder.join("damaged.pcapng");
    fs::write(&damaged, bytes).context(damaged.display())?;
    must_warn(recorded, &damaged)?;
    let parts = &recorded.session.parts;
    let without_one: Vec<PathBuf> = parts
        .iter()
        .take(1)
        .chain(parts.get(2..).unwrap_or_default())
        .cloned()
        .collect();
    let lost = recorded.folder.join("lost.pcapng");
    recorded.tshark.merge(&without_one, &lost)?;
    must_warn(recorded, &lost)?;
    Ok("tshark warns of a wrong byte, and of a missing file".to_owned())
}

fn must_warn(recorded: &Recorded, file: &Path) -> Result<()> {
    let faults = recorded.tshark.faults(file, &[])?;
    match faults.rows.is_empty() {
        false => Ok(()),
        true => Err(Failure::new(format!("{}: no warning", file.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_summed_up_by_direction() {
        let rows = "0x00000002\t0\n0x00000001\t7\n0x00000002\t5\n0x00000001\t1\n";
        assert_eq!(bytes(rows), json!({ "inbound": 8, "outbound": 5 }));
    }
}
