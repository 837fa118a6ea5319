//! What `cargo xtask interop fix` compares; the format is in its module of the same name.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use boom_fix::Message;
use boom_fix::session::{Session, Store};

#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// The highest number of an application message that was received.
    received: u64,
}

impl Journal {
    /// Goes on where another process ended.
    pub(crate) fn open<T: Store>(path: &Path, session: &Session<T>) -> io::Result<Self> {
        let text = crate::known_journal(path)?;
        let numbers = text.lines().filter_map(|line| {
            let (what, rest) = line.split_once(' ')?;
            let number = rest.split(' ').next()?.parse().ok()?;
            matches!(what, "R" | "X").then_some(number)
        });
        let received = numbers.max().unwrap_or(0);
        let file = File::options().append(true).create(true).open(path)?;
        let mut journal = Self { file, received };
        journal.void(session)?;
        Ok(journal)
    }

    /// What was written about numbers that the store does not have was never sent.
    pub(crate) fn void<T: Store>(&mut self, session: &Session<T>) -> io::Result<()> {
        self.write(&format!("V {}", session.store().next_outgoing()))
    }

    pub(crate) fn sending(&mut self, number: u64, kind: &str, text: &str) -> io::Result<()> {
        self.write(&format!("S {number} N {kind} {text}"))
    }

    /// Returns true if it had not come before.
    pub(crate) fn received(
        &mut self,
        message: &Message<'_>,
        is_rejected: bool,
    ) -> io::Result<bool> {
        let number = message.msg_seq_num().unwrap_or(0);
        let what = if is_rejected { 'X' } else { 'R' };
        let mark = if message.text(43) == Ok("Y") {
            'Y'
        } else {
            'N'
        };
        let kind = String::from_utf8_lossy(message.msg_type());
        let text = message.text(58).unwrap_or_default();
        self.write(&format!("{what} {number} {mark} {kind} {text}"))?;
        let is_new = number > self.received;
        self.received = self.received.max(number);
        Ok(is_new)
    }

    /// One system call a line. A kill may tear it; the command cuts off what is torn.
    fn write(&mut self, line: &str) -> io::Result<()> {
        self.file.write_all(format!("{line}\n").as_bytes())
    }
}
