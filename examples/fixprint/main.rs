//! Prints FIX messages with the names of fields and what their values mean, out of a log or a recording.
//!
//! ```text
//! cargo run --example fixprint -- session.log            # SOH or | between fields
//! cargo run --example fixprint -- --follow session.log   # and what is written to it later
//! cargo run --example fixprint -- session.pcapng         # a recording: both sides, with times
//! cargo run --example fixprint                           # a message of its own
//! ```
//!
//! What stands between messages (times, words of the logger, line ends) is left out. A message need not have the right
//! length or sum: logs are often shortened by hand. On a terminal it prints in colour.

mod messages;
mod print;

use std::error::Error;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use boomnet::fix::{Precision, UtcTimestamp};
use boomnet::replay::{Direction, Recorded, RecordingReader};
use clap::Parser;

use messages::Messages;
use print::Printer;

/// Prints FIX messages out of a log or a recording.
#[derive(Debug, Parser)]
struct Arguments {
    /// The log or the recording; a message of its own without it.
    file: Option<PathBuf>,
    /// Wait for what is written to the log later.
    #[arg(long)]
    follow: bool,
}

const SAMPLE: &[u8] =
    b"sent 8=FIX.4.4|9=0|35=D|49=BUYER|56=VENUE|34=7|11=id-1|55=MSFT|54=1|40=2|44=412.35|18=1 6|\
    453=1|448=DESK|447=D|452=24|10=000|\n";

const FOLLOW: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    match run() {
        // Whoever reads what is printed has seen enough.
        Err(error) if is_broken_pipe(error.as_ref()) => Ok(()),
        result => result,
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let is_coloured = io::stdout().is_terminal();
    let mut printer = Printer::new(io::stdout().lock(), is_coloured);
    match &arguments.file {
        None => print_log(SAMPLE, &mut printer, || false)?,
        Some(file) if is_recording(file)? => print_recording(file, &mut printer)?,
        Some(file) => print_log(File::open(file)?, &mut printer, || {
            if arguments.follow {
                sleep(FOLLOW);
            }
            arguments.follow
        })?,
    }
    Ok(())
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Recordings are pcapng, which begins with the type of its first block.
fn is_recording(file: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(file)?.take(4).read_to_end(&mut start)?;
    Ok(start == [0x0a, 0x0d, 0x0d, 0x0a])
}

/// Prints until the end of the log; `wait` waits there for more, or says that there will be none.
fn print_log<W: Write>(
    mut log: impl Read,
    printer: &mut Printer<W>,
    mut wait: impl FnMut() -> bool,
) -> io::Result<()> {
    let mut messages = Messages::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        match log.read(&mut chunk)? {
            0 if wait() => {}
            0 => return Ok(()),
            count => {
                messages.feed(chunk.get(..count).unwrap_or_default());
                while let Some(message) = messages.next_message() {
                    printer.message(message)?;
                }
            }
        }
    }
}

/// Prints what was received and what was sent, with the time at which its last part passed.
fn print_recording<W: Write>(file: &Path, printer: &mut Printer<W>) -> Result<(), Box<dyn Error>> {
    let mut reader = RecordingReader::open(file)?;
    let (mut received, mut sent) = (Messages::new(), Messages::new());
    while let Some(event) = reader.next_event()? {
        let Recorded::Bytes { bytes, .. } = event.what else {
            continue;
        };
        let (side, messages) = match event.direction {
            Direction::Inbound => ("received", &mut received),
            Direction::Outbound => ("sent", &mut sent),
        };
        messages.feed(bytes);
        while let Some(message) = messages.next_message() {
            let nanos = i64::try_from(event.time_ns).unwrap_or(i64::MAX);
            let time = UtcTimestamp::from_unix_nanos(nanos, Precision::Nanos);
            printer.note(&format!("{time} {side}"))?;
            printer.message(message)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
