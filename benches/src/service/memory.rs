//! What an idle endpoint holds of memory, after its handshake and a few messages.

use std::sync::Arc;

use crate::harness::table::Table;
use crate::harness::{Result, valgrind};
use crate::service::contestants::Contestant;
use crate::service::process::resident_bytes;
use crate::service::report::{Options, yes_or_no};
use crate::service::server::{Server, Serving};
use crate::service::{CONTESTANTS, Dial, Inbox, Stack, Watch, open, present};

/// Endpoints of which the heap is counted; twice as many, too.
const COUNTED: u64 = 100;
/// Endpoints of which the resident memory is taken, and twice as many. With this many all is there that endpoints share,
/// such as the buffers of a ring.
const RESIDENT: u64 = 1000;
/// Messages to each endpoint after the one that comes with the handshake.
const MESSAGES: u64 = 3;
/// What an endpoint of ours may hold, in KiB.
const PLAIN_MAX: f64 = 24.0;
const TLS_MAX: f64 = 64.0;

/// The first argument of a process that opens endpoints and ends with all of them there.
pub(super) const HOLD: &str = "hold";

pub(super) fn measure(_: Options) -> Result<Table> {
    let mut table = Table::new(&[
        "memory of an idle endpoint, KiB",
        "heap",
        "resident",
        "target",
        "met?",
    ]);
    for (serving, label, most) in [
        (Serving::Plain, "plain", PLAIN_MAX),
        (Serving::Tls, "TLS", TLS_MAX),
    ] {
        for (index, contestant) in present() {
            if !takes_part(contestant, serving) {
                continue;
            }
            let name = contestant.name;
            eprintln!("{name}, memory, {label}");
            let heap = heap(index, serving).unwrap_or_else(|error| {
                eprintln!("{name}: heap not counted: {error}");
                f64::NAN
            });
            let resident = resident(index, serving)?;
            let mut row = vec![
                format!("{name}, {label}"),
                kibibytes(heap),
                kibibytes(resident),
            ];
            if name.starts_with("ours") {
                let held = heap.max(resident) / 1024.0;
                row.extend([format!("<= {most}"), yes_or_no(held <= most)]);
            }
            table.push(row);
        }
    }
    Ok(table)
}

fn takes_part(contestant: &Contestant, serving: Serving) -> bool {
    match serving {
        Serving::Tls => contestant.has_tls,
        _ => contestant.shakes_hands,
    }
}

fn kibibytes(bytes: f64) -> String {
    if bytes.is_nan() {
        "-".into()
    } else {
        format!("{:.1}", bytes / 1024.0)
    }
}

/// Bytes of blocks that were not given back, an endpoint.
fn heap(contestant: usize, serving: Serving) -> Result<f64> {
    if let Some(reason) = valgrind::missing() {
        return Err(reason.into());
    }
    valgrind::bytes_held(COUNTED, |count| arguments(contestant, serving, count))
}

/// Bytes that more endpoints make resident, an endpoint.
fn resident(contestant: usize, serving: Serving) -> Result<f64> {
    let (some, more) = (
        resident_of(contestant, serving, RESIDENT)?,
        resident_of(contestant, serving, 2 * RESIDENT)?,
    );
    Ok((more - some) / RESIDENT as f64)
}

/// Bytes that are resident with so many endpoints. The process says so itself.
fn resident_of(contestant: usize, serving: Serving, count: u64) -> Result<f64> {
    let output = std::process::Command::new(std::env::current_exe()?)
        .args(arguments(contestant, serving, count))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn arguments(contestant: usize, serving: Serving, count: u64) -> Vec<String> {
    let serving = if serving == Serving::Tls {
        "tls"
    } else {
        "plain"
    };
    [HOLD, &contestant.to_string(), serving, &count.to_string()]
        .map(str::to_owned)
        .into()
}

/// What such a process does.
pub(super) fn main(arguments: &[String]) -> Result<()> {
    let [contestant, serving, count] = arguments else {
        return Err("hold CONTESTANT plain|tls COUNT".into());
    };
    let contestant = CONTESTANTS.get(contestant.parse::<usize>()?);
    let contestant = contestant.ok_or("no such contestant")?;
    let serving = if serving == "tls" {
        Serving::Tls
    } else {
        Serving::Plain
    };
    let mut server = Server::in_process(serving, usize::MAX)?;
    let held = idle(contestant, &mut server, serving, count.parse()?)?;
    println!("{}", resident_bytes()?);
    std::mem::forget((held, server));
    Ok(())
}

/// Opens endpoints, to each of which a few messages come.
fn idle(
    contestant: &Contestant,
    server: &mut Server,
    serving: Serving,
    count: usize,
) -> Result<(Box<dyn Watch>, Arc<Inbox>)> {
    let inbox = Arc::<Inbox>::default();
    let stack = match serving {
        Serving::Tls => Stack::Tls(server.authority().to_vec()),
        _ => Stack::Plain,
    };
    let dial = Dial {
        server: server.address(),
        count,
        stack,
        inbox: Arc::clone(&inbox),
    };
    let mut watch = open(contestant.connect, &dial)?;
    let greeted = count as u64;
    while inbox.count() < greeted {
        watch.poll()?;
    }
    server.wait_for(count)?;
    server.send_to_all(MESSAGES)?;
    while inbox.count() < greeted * (1 + MESSAGES) {
        watch.poll()?;
    }
    for _ in 0..100 {
        watch.poll()?;
    }
    Ok((watch, inbox))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_shakes_hands_and_receives() {
        for serving in [Serving::Plain, Serving::Tls] {
            for (_, contestant) in present() {
                if takes_part(contestant, serving) {
                    let mut server = Server::in_thread(serving, usize::MAX).unwrap();
                    let (_watch, inbox) = idle(contestant, &mut server, serving, 2).unwrap();
                    assert_eq!(inbox.count(), 2 * (1 + MESSAGES), "{}", contestant.name);
                }
            }
        }
    }
}
