//! Reads the records of one file in order, and finds where they go on behind a damaged one.

use std::io::{self, Read};

use super::format::{FILE_HEAD, FileHead, RECORD_HEAD, RecordHead};

/// What is read at a time.
const CHUNK: usize = 64 << 10;

/// What stands next in a file.
#[derive(Clone, Copy, Debug)]
pub(in crate::session::store) enum Scanned {
    /// Its message is [`Scan::message`].
    Record { head: RecordHead, offset: u64 },
    /// No record, and records behind it. The next scan goes on there.
    Damaged { offset: u64 },
    /// No record, and none behind it: a crash cut off what was being written, at `offset`.
    Torn { offset: u64 },
    /// The end of the file.
    End,
}

/// The records of a file. It holds the longest of them in memory, and never more than the file has.
#[derive(Debug)]
pub(in crate::session::store) struct Scan<R> {
    source: R,
    segment: u64,
    buffer: Vec<u8>,
    /// What of the buffer was given out.
    consumed: usize,
    /// What of that is the message of the last record.
    message: usize,
    /// Where in the file the rest of the buffer begins.
    offset: u64,
    /// Where the file ended when it was opened; a writer may be adding to it.
    end: u64,
}

impl<R: Read> Scan<R> {
    /// Begins file number `segment`, of `length` bytes. Its head is None where it is not that of this file; what may follow
    /// is scanned all the same.
    pub(in crate::session::store) fn begin(
        source: R,
        segment: u64,
        length: u64,
    ) -> io::Result<(Self, Option<FileHead>)> {
        let mut scan = Self {
            source,
            segment,
            buffer: Vec::new(),
            consumed: 0,
            message: 0,
            offset: 0,
            end: length,
        };
        let bytes = scan.peek(FILE_HEAD)?;
        let (there, head) = (bytes.len(), FileHead::from_bytes(bytes));
        scan.advance(there);
        Ok((scan, head.filter(|head| head.segment == segment)))
    }

    pub(in crate::session::store) fn next(&mut self) -> io::Result<Scanned> {
        self.message = 0;
        let (segment, offset) = (self.segment, self.offset);
        let start = self.peek(RECORD_HEAD)?;
        if start.is_empty() {
            return Ok(Scanned::End);
        }
        let Some(head) = RecordHead::from_bytes(start, segment, offset) else {
            return self.skip(offset);
        };
        let record = self.peek(head.record_length())?;
        if !record
            .get(RECORD_HEAD..)
            .is_some_and(|message| head.is_of(message))
        {
            return self.skip(offset);
        }
        self.advance(head.record_length());
        self.message = head.length;
        Ok(Scanned::Record { head, offset })
    }

    /// The message of the record that was scanned last.
    pub(in crate::session::store) fn message(&self) -> &[u8] {
        let start = self.consumed.saturating_sub(self.message);
        self.buffer.get(start..self.consumed).unwrap_or_default()
    }

    /// Goes to the next place where the head of a record stands.
    fn skip(&mut self, damaged: u64) -> io::Result<Scanned> {
        loop {
            self.advance(1);
            let (segment, offset) = (self.segment, self.offset);
            let start = self.peek(RECORD_HEAD)?;
            if start.len() < RECORD_HEAD {
                let rest = start.len();
                self.advance(rest);
                return Ok(Scanned::Torn { offset: damaged });
            }
            // One that ends before its time is no more whole than what is looked for something behind.
            if let Some(head) = RecordHead::from_bytes(start, segment, offset)
                && head.record_length() as u64 <= self.end - offset
            {
                return Ok(Scanned::Damaged { offset: damaged });
            }
        }
    }

    fn advance(&mut self, count: usize) {
        self.consumed += count;
        self.offset += count as u64;
    }

    /// The next bytes: `count` of them, or what the file has.
    fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        let left = self.end.saturating_sub(self.offset);
        let count = usize::try_from(left).map_or(count, |left| left.min(count));
        if self.buffer.len() - self.consumed < count {
            self.fill(count)?;
        }
        let until = self.buffer.len().min(self.consumed + count);
        Ok(&self.buffer[self.consumed..until])
    }

    fn fill(&mut self, count: usize) -> io::Result<()> {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        let left = self.end - self.offset - self.buffer.len() as u64;
        let missing = count.max(CHUNK) - self.buffer.len();
        let wanted = left.min(missing as u64);
        let expected = self.buffer.len() as u64 + wanted;
        (&mut self.source)
            .take(wanted)
            .read_to_end(&mut self.buffer)?;
        if (self.buffer.len() as u64) < expected {
            // The file has become shorter since.
            self.end = self.offset + self.buffer.len() as u64;
        }
        Ok(())
    }
}
