//! Prints a log of FIX messages with the names of fields and what their values mean.
//!
//! ```text
//! cargo run --example fixprint -- session.log            # SOH or | between fields
//! cargo run --example fixprint -- --follow session.log   # and what is written to it later
//! cargo run --example fixprint                           # a message of its own
//! ```
//!
//! What stands between messages (times, words of the logger, line ends) is left out. A message need not have the right
//! length or sum: logs are often shortened by hand.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::thread::sleep;
use std::time::Duration;

use boomnet::fix::dictionary::Dictionary;
use boomnet::fix::{FieldIndex, Fields, SOH, fix42, fix44, fix50sp2};
use clap::Parser;

/// Prints a log of FIX messages.
#[derive(Debug, Parser)]
struct Arguments {
    /// The log; a message of its own without it.
    log: Option<std::path::PathBuf>,
    /// Wait for what is written to the log later.
    #[arg(long)]
    follow: bool,
}

const SAMPLE: &[u8] =
    b"sent 8=FIX.4.4|9=0|35=D|49=BUYER|56=VENUE|34=7|11=id-1|55=MSFT|54=1|40=2|44=412.35|\
    453=1|448=DESK|447=D|452=24|10=000|\n";

const FOLLOW: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let mut printer = Printer::new();
    let Some(log) = &arguments.log else {
        printer.feed(SAMPLE);
        return printer.print();
    };
    let mut file = File::open(log)?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        match file.read(&mut chunk)? {
            0 if arguments.follow => sleep(FOLLOW),
            0 => return Ok(()),
            count => {
                printer.feed(&chunk[..count]);
                printer.print()?;
            }
        }
    }
}

struct Printer {
    buffer: Vec<u8>,
    index: FieldIndex,
    is_coloured: bool,
}

impl Printer {
    fn new() -> Self {
        Self {
            buffer: Vec::new(),
            index: FieldIndex::new(),
            is_coloured: io::stdout().is_terminal(),
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Prints all whole messages.
    fn print(&mut self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let mut at = 0;
        while let Some((start, end)) = next_message(&self.buffer[at..]) {
            let message = &mut self.buffer[at + start..at + end];
            // Where bars stand for the delimiter, the first of them is behind BeginString.
            if !message.contains(&SOH) {
                message
                    .iter_mut()
                    .filter(|byte| **byte == b'|')
                    .for_each(|byte| *byte = SOH);
            }
            match Fields::parse(message, &mut self.index) {
                Ok(fields) => print_fields(&mut out, fields, self.is_coloured)?,
                Err(error) => writeln!(out, "{error}: {}", message.escape_ascii())?,
            }
            at += end;
        }
        self.buffer.drain(..at);
        Ok(())
    }
}

/// From `8=FIX` to the delimiter behind the three digits of `10=`.
fn next_message(bytes: &[u8]) -> Option<(usize, usize)> {
    let start = bytes.windows(5).position(|window| window == b"8=FIX")?;
    let is_trailer = |window: &[u8]| matches!(window, [SOH | b'|', b'1', b'0', b'=', ..]);
    let trailer = start + bytes[start..].windows(4).position(is_trailer)?;
    let is_end = |byte: &u8| matches!(*byte, SOH | b'|' | b'\n');
    let end = trailer + 4 + bytes[trailer + 4..].iter().position(is_end)? + 1;
    Some((start, end))
}

fn print_fields(out: &mut impl Write, fields: Fields<'_>, is_coloured: bool) -> io::Result<()> {
    let (bold, dim, end) = if is_coloured {
        ("\x1b[1m", "\x1b[2m", "\x1b[0m")
    } else {
        ("", "", "")
    };
    let dictionary = dictionary_of(fields.get(8).map_or(&[][..], |begin| begin.as_bytes()));
    let msg_type = fields
        .get(35)
        .map_or(&[][..], |msg_type| msg_type.as_bytes());
    let name = dictionary
        .message(msg_type)
        .map_or("?", |message| message.name);
    writeln!(out, "{bold}{name}{end}")?;
    for field in fields {
        let definition = dictionary.field(field.tag());
        let name = definition.map_or("?", |field| field.name);
        let value = field.as_bytes().escape_ascii();
        write!(
            out,
            "  {dim}{:>5}{end} {name} = {bold}{value}{end}",
            field.tag()
        )?;
        match definition.and_then(|definition| definition.meaning(field.as_bytes())) {
            Some(meaning) => writeln!(out, " {dim}{meaning}{end}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

fn dictionary_of(begin_string: &[u8]) -> &'static Dictionary {
    match begin_string {
        b"FIX.4.0" | b"FIX.4.1" | b"FIX.4.2" => &fix42::DICTIONARY,
        b"FIXT.1.1" => &fix50sp2::DICTIONARY,
        _ => &fix44::DICTIONARY,
    }
}
