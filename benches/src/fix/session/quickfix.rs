//! QuickFIX: sessions in C++, by the program that reads and writes for the other works.
//!
//! Its sessions are driven without its threads and their waiting for sockets: what is sent goes to a `Responder` of the
//! program, and what comes goes through its `Parser` to `Session::next`.

use std::fs;
use std::path::PathBuf;

use super::script::add_sent;
use super::{Job, Keeps, Party, Way};
use crate::fix::messages::{orders, reports};
use crate::fix::peers::price_of;
pub(super) use crate::fix::peers::quickfix::missing;
use crate::fix::peers::quickfix::{QuickFix, program};
use crate::fix::sink::Sink as _;
use crate::harness::cores::{Side, pin};
use crate::harness::scratch::Scratch;
use crate::harness::{Answer, Result, Work};

pub(super) fn make(job: Job) -> Result<Box<dyn Party>> {
    let scratch = Scratch::new()?;
    let folder = match job.keeps {
        Keeps::Memory => "-".to_owned(),
        _ => scratch.0.to_string_lossy().into_owned(),
    };
    let port = job.venue.map_or(0, |venue| venue.port());
    let mut arguments = arguments(&[way(job), &folder])?;
    arguments.push(port.to_string());
    // It has the core of those who are measured from its start on.
    let _pinned = pin(Side::Client);
    Ok(Box::new(Session {
        program: QuickFix::start(&program()?, &arguments)?,
        _scratch: scratch,
    }))
}

const fn way(job: Job) -> &'static str {
    match job.way {
        Way::Send => "send",
        Way::Receive => "receive",
        Way::RoundTrip => "round",
    }
}

/// The arguments before those of a way: the files with what is said.
fn arguments(words: &[&str]) -> Result<Vec<String>> {
    let orders = orders();
    let orders = orders.iter().map(|order| {
        let (id, quantity) = (&order.id, order.quantity);
        format!("{id} {quantity} {}", price_of(order))
    });
    let orders = file("session-orders", orders.collect())?;
    let reports = reports().into_iter();
    let reports = reports.map(|report| report.replace('|', "\x01"));
    let reports = file("session-reports", reports.collect())?;
    let words = words.iter().map(|&word| word.to_owned());
    Ok(["session".to_owned(), orders, reports]
        .into_iter()
        .chain(words)
        .collect())
}

fn file(name: &str, lines: Vec<String>) -> Result<String> {
    let path = program()?.with_file_name(format!("{name}.messages"));
    // Written whole, then named: counts run two at a time.
    let new = path.with_extension(std::process::id().to_string());
    fs::write(&new, lines.join("\n"))?;
    fs::rename(&new, &path)?;
    Ok(path.to_string_lossy().into_owned())
}

/// The program that counts `messages` under valgrind, and its arguments.
pub(super) fn counted(job: Job, prepared: u64, messages: u64) -> Result<(PathBuf, Vec<String>)> {
    let folder = match job.keeps {
        Keeps::Memory => "-".to_owned(),
        // Under a name that the operating system forgets: two run at a time.
        _ => "?".to_owned(),
    };
    let mut arguments = arguments(&[way(job), &folder])?;
    let numbers = [0, prepared, messages].map(|number| number.to_string());
    arguments.extend(numbers);
    Ok((program()?, arguments))
}

/// Messages sent again, nanoseconds, and KiB that were resident at most before and after.
pub(super) fn resend(messages: u64) -> Result<[u64; 4]> {
    let scratch = Scratch::new()?;
    let folder = scratch.0.to_string_lossy();
    let mut arguments = arguments(&["resend", &folder])?;
    arguments.push("0".to_owned());
    let mut program = QuickFix::start(&program()?, &arguments)?;
    program.tell("resend", messages)?;
    let numbers = numbers(&program.line()?)?;
    numbers
        .try_into()
        .map_err(|_| "QuickFIX tells other figures".into())
}

fn numbers(line: &[u8]) -> Result<Vec<u64>> {
    let words = std::str::from_utf8(line)?.split_whitespace();
    Ok(words
        .map(str::parse)
        .collect::<std::result::Result<_, _>>()?)
}

struct Session {
    program: QuickFix,
    /// Behind the store, which has it open.
    _scratch: Scratch,
}

impl Party for Session {
    fn prepare(&mut self, messages: u64) -> Result<()> {
        self.program.tell("prepare", messages)?;
        self.program.line().map(drop)
    }

    fn times(&mut self, messages: u64) -> Result<Vec<u64>> {
        self.program.tell("times", messages)?;
        numbers(&self.program.line()?)
    }
}

impl Work for Session {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        self.program.tell("answer", messages)?;
        let (mut answer, mut sent) = (Answer::new(), Vec::new());
        loop {
            let line = self.program.line()?;
            match line.split_first() {
                Some((b't', text)) => answer.text(text),
                Some((b'n', number)) => {
                    answer.number(std::str::from_utf8(number)?.parse::<f64>()?);
                }
                Some((b'o', order)) => sent.push(order.to_vec()),
                _ => break,
            }
        }
        for order in sent {
            add_sent(&mut answer, &order);
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        self.times(messages).map(drop)
    }
}
