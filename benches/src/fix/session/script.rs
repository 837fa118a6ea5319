//! What both sides say: the same orders and the same reports for everybody.

use boom_fix::{Precision, UtcTimestamp};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::fix::messages::{DISTINCT, framed, reports};
use crate::fix::sink::Sink;
use crate::harness::{Answer, Result};

/// Seconds between heartbeats: none falls into what is measured.
pub(super) const HEARTBEAT: u64 = 600;

/// Numbers and text that the application reads of a report.
pub(super) const TEXTS: [u32; 4] = [11, 17, 150, 39];
pub(super) const NUMBERS: [u32; 2] = [32, 31];

/// Writes the messages of the venue, as they follow each other.
pub(super) struct Script {
    reports: Vec<String>,
    next: u64,
}

impl Script {
    pub(super) fn new() -> Self {
        Self {
            reports: reports(),
            next: 1,
        }
    }

    /// Adds the answer to a logon.
    pub(super) fn logon(&mut self) -> Vec<u8> {
        let body = format!("98=0|108={HEARTBEAT}|");
        self.message("A", &body)
    }

    /// Adds a report.
    pub(super) fn report(&mut self) -> Vec<u8> {
        let index = (self.next as usize).wrapping_sub(2) % DISTINCT;
        let body = self.reports.get(index).cloned().unwrap_or_default();
        self.message("8", &body)
    }

    fn message(&mut self, kind: &str, body: &str) -> Vec<u8> {
        let number = self.next;
        self.next += 1;
        let time = UtcTimestamp::from_unix_nanos(unix_nanos(), Precision::Millis);
        framed(&format!(
            "35={kind}|49=VENUE|56=BUYER|34={number}|52={time}|{body}"
        ))
    }
}

fn unix_nanos() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos() as i64)
}

/// Adds what was sent. Everybody takes the time himself, and the sum and the order of the fields depend on it or differ.
pub(super) fn add_sent(answer: &mut Answer, order: &[u8]) {
    let is_compared = |field: &&[u8]| {
        let others: [&[u8]; 3] = [b"9=", b"10=", b"52="];
        !others.iter().any(|start| field.starts_with(start))
    };
    let fields = order.split(|&byte| byte == 1).filter(is_compared);
    let mut fields: Vec<_> = fields.collect();
    fields.sort_unstable();
    answer.add(&fields.join(&1));
}

/// Hands what the application reads to `sink`.
#[inline]
pub(super) fn read(message: &boom_fix::Message<'_>, sink: &mut impl Sink) -> Result<()> {
    let mut reader = message.reader();
    for tag in TEXTS {
        sink.text(reader.value(tag)?.as_bytes());
    }
    for tag in NUMBERS {
        sink.number(reader.decimal(tag)?);
    }
    Ok(())
}
