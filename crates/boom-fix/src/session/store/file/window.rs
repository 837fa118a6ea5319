//! A part of a file in memory, so that messages in a row are read by few system calls.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::folder::{Folder, failed};
use super::format::{RECORD_HEAD, RecordHead};
use super::index::Place;
use crate::session::store::{Corruption, StoreAction, StoreError};

const SIZE: usize = 64 << 10;

/// What was read last.
#[derive(Debug, Default)]
pub(super) struct Window {
    open: Option<Open>,
    buffer: Vec<u8>,
    /// Where in the file the buffer begins.
    start: u64,
}

#[derive(Debug)]
struct Open {
    segment: u64,
    path: Arc<Path>,
    file: File,
}

impl Window {
    /// Adds the message at this place, of a file that ends at `end`, to `into`.
    pub(super) fn read(
        &mut self,
        folder: &Folder,
        place: Place,
        end: u64,
        (number, into): (u64, &mut Vec<u8>),
    ) -> Result<(), StoreError> {
        self.open(folder, place.segment)?;
        let start = self.bytes(place.offset, RECORD_HEAD, end)?;
        let head = RecordHead::from_bytes(start, place.segment, place.offset)
            .filter(|head| head.number == number);
        if let Some(head) = head {
            let record = self.bytes(place.offset, head.record_length(), end)?;
            if let Some(message) = record
                .get(RECORD_HEAD..)
                .filter(|message| head.is_of(message))
            {
                into.extend_from_slice(message);
                return Ok(());
            }
        }
        // What is in memory may have been read before somebody mended the file.
        self.buffer.clear();
        Err(StoreError::Corrupt {
            path: folder.file(place.segment).into(),
            offset: place.offset,
            fault: Corruption::Record,
        })
    }

    /// Forgets everything, since files were removed.
    pub(super) fn close(&mut self) {
        self.open = None;
        self.buffer.clear();
    }

    fn open(&mut self, folder: &Folder, segment: u64) -> Result<(), StoreError> {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.segment == segment)
        {
            return Ok(());
        }
        self.close();
        let path: Arc<Path> = folder.file(segment).into();
        let file = File::open(&path).map_err(failed(StoreAction::Open, &path))?;
        self.open = Some(Open {
            segment,
            path,
            file,
        });
        Ok(())
    }

    /// So many bytes from `offset` on, or fewer where the file ends.
    fn bytes(&mut self, offset: u64, count: usize, end: u64) -> Result<&[u8], StoreError> {
        let buffered = self.start + self.buffer.len() as u64;
        if offset < self.start || offset + count as u64 > buffered {
            self.load(offset, count, end)?;
        }
        let from = (offset - self.start) as usize;
        let until = self.buffer.len().min(from + count);
        Ok(self.buffer.get(from..until).unwrap_or_default())
    }

    fn load(&mut self, offset: u64, count: usize, end: u64) -> Result<(), StoreError> {
        self.buffer.clear();
        self.start = offset;
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let wanted = end.saturating_sub(offset).min(count.max(SIZE) as u64);
        // At once what it will need, and a byte to spare: `read_to_end` finds that all is there without more room.
        self.buffer.reserve(SIZE.max(wanted as usize) + 1);
        let loaded = open.file.seek(SeekFrom::Start(offset)).and_then(|_| {
            let mut part = (&mut open.file).take(wanted);
            part.read_to_end(&mut self.buffer)
        });
        loaded.map_err(failed(StoreAction::Read, &open.path))?;
        Ok(())
    }
}
