//! The folder of a store: its files by number, and the lock.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::format::{FILE_HEAD, FileHead};
use super::sync;
use crate::session::store::{StoreAction, StoreError};

const EXTENSION: &str = "fixstore";
const LOCK: &str = "lock";
/// No file has a greater number: there is always a next one.
const LAST: u64 = u64::MAX >> 1;

/// The folder of a store.
#[derive(Clone, Debug)]
pub(in crate::session::store) struct Folder(Arc<Path>);

impl Folder {
    pub(in crate::session::store) fn new(path: &Path) -> Self {
        Self(path.into())
    }

    /// Makes the folder where it is not there.
    pub(super) fn make(&self, is_durable: bool) -> Result<(), StoreError> {
        let folders = self.0.ancestors().take_while(|path| !path.exists());
        let missing = if is_durable { folders.count() } else { 0 };
        fs::create_dir_all(&self.0).map_err(|source| self.error(StoreAction::Open, source))?;
        // The name of each new folder stands in the one above.
        for above in self.0.ancestors().skip(1).take(missing) {
            let is_here = above.as_os_str().is_empty();
            let above = if is_here { Path::new(".") } else { above };
            sync::folder(above).map_err(|source| self.error(StoreAction::Sync, source))?;
        }
        Ok(())
    }

    /// Locks it until the file is closed.
    pub(super) fn lock(&self) -> Result<File, StoreError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options
            .open(self.0.join(LOCK))
            .map_err(|source| self.error(StoreAction::Lock, source))?;
        match lock(&file) {
            Ok(()) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(StoreError::Locked {
                path: Arc::clone(&self.0),
            }),
            Err(source) => Err(self.error(StoreAction::Lock, source)),
        }
    }

    /// The numbers of the files that are there, in order.
    pub(in crate::session::store) fn segments(&self) -> Result<Vec<u64>, StoreError> {
        let error = |source| self.error(StoreAction::Open, source);
        let mut segments = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(error)? {
            segments.extend(number_of(&entry.map_err(error)?.path()));
        }
        segments.sort_unstable();
        Ok(segments)
    }

    pub(in crate::session::store) fn file(&self, segment: u64) -> PathBuf {
        self.0.join(format!("{segment:010}.{EXTENSION}"))
    }

    /// Begins a file. Where that fails there is none.
    pub(super) fn create(
        &self,
        head: FileHead,
        is_durable: bool,
    ) -> Result<SegmentFile, StoreError> {
        let path: Arc<Path> = self.file(head.segment).into();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let file = options
            .open(&path)
            .map_err(failed(StoreAction::Open, &path))?;
        let made = write_head(&file, &path, head, is_durable)
            .map_err(failed(StoreAction::Write, &path))
            .and_then(|()| if is_durable { self.sync() } else { Ok(()) });
        if let Err(error) = made {
            // Without a whole head it is as good as not there.
            let _ = fs::remove_file(&path);
            return Err(error);
        }
        Ok(SegmentFile {
            segment: head.segment,
            path,
            file,
            written: FILE_HEAD as u64,
            is_longer: false,
        })
    }

    /// Puts on the disk which files there are.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        sync::folder(&self.0).map_err(|source| self.error(StoreAction::Sync, source))
    }

    /// Puts a file on the disk that is written no more, if it is still there.
    pub(super) fn sync_file(&self, segment: u64) -> Result<(), StoreError> {
        let path: Arc<Path> = self.file(segment).into();
        match File::open(&path).and_then(|file| sync::whole(&file, &path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            synced => synced.map_err(failed(StoreAction::Sync, &path)),
        }
    }

    /// Removes files that hold nothing any more. What stays is removed when the store is opened the next time.
    pub(super) fn remove_before(&self, live_from: u64) {
        for segment in self.segments().unwrap_or_default() {
            if segment < live_from {
                let _ = fs::remove_file(self.file(segment));
            }
        }
    }

    fn error(&self, action: StoreAction, source: io::Error) -> StoreError {
        failed(action, &self.0)(source)
    }
}

/// The file that is being written.
#[derive(Debug)]
pub(super) struct SegmentFile {
    pub(super) segment: u64,
    pub(super) path: Arc<Path>,
    file: File,
    /// The bytes of it that count.
    pub(super) written: u64,
    /// Bytes beyond may be there, of a write that failed.
    is_longer: bool,
}

impl SegmentFile {
    /// Goes on with a file, of which so many bytes count.
    pub(super) fn resume(path: Arc<Path>, segment: u64, written: u64) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .write(true)
            .open(&path)
            .map_err(failed(StoreAction::Open, &path))?;
        let mut file = Self {
            segment,
            path,
            file,
            written,
            is_longer: true,
        };
        file.cut()?;
        Ok(file)
    }

    /// Adds these bytes, on the disk if `is_durable`. Where that fails, none of them are there.
    #[inline]
    pub(super) fn add(&mut self, bytes: &[u8], is_durable: bool) -> Result<(), StoreError> {
        if self.is_longer {
            self.cut()?;
        }
        let added = match self.file.write_all(bytes) {
            Ok(()) if is_durable => {
                sync::data(&self.file, &self.path).map_err(failed(StoreAction::Sync, &self.path))
            }
            written => written.map_err(failed(StoreAction::Write, &self.path)),
        };
        if let Err(error) = added {
            self.is_longer = true;
            // Tried again before the next bytes.
            let _ = self.cut();
            return Err(error);
        }
        self.written += bytes.len() as u64;
        Ok(())
    }

    fn cut(&mut self) -> Result<(), StoreError> {
        use std::io::{Seek, SeekFrom};

        let path = &self.path;
        let length = self
            .file
            .metadata()
            .map_err(failed(StoreAction::Open, path))?;
        if length.len() != self.written {
            self.file
                .set_len(self.written)
                .map_err(failed(StoreAction::Truncate, path))?;
        }
        self.file
            .seek(SeekFrom::Start(self.written))
            .map_err(failed(StoreAction::Write, path))?;
        self.is_longer = false;
        Ok(())
    }
}

pub(in crate::session::store) fn failed(
    action: StoreAction,
    path: &Arc<Path>,
) -> impl Fn(io::Error) -> StoreError {
    move |source| StoreError::Io {
        action,
        path: Arc::clone(path),
        source,
    }
}

fn write_head(mut file: &File, path: &Path, head: FileHead, is_durable: bool) -> io::Result<()> {
    file.write_all(&head.to_bytes())?;
    if is_durable {
        sync::whole(file, path)
    } else {
        Ok(())
    }
}

fn number_of(path: &Path) -> Option<u64> {
    if path.extension()? != EXTENSION {
        return None;
    }
    let name = path.file_stem()?.to_str()?;
    let number = name.parse().ok()?;
    // Another way to write the number is the name of no file of ours.
    let is_ours = (1..=LAST).contains(&number) && name == format!("{number:010}");
    is_ours.then_some(number)
}

#[cfg(unix)]
fn lock(file: &File) -> io::Result<()> {
    use rustix::fs::{FlockOperation, flock};

    Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

/// Where there is no `flock`, nothing keeps a second process out.
#[cfg(not(unix))]
fn lock(_file: &File) -> io::Result<()> {
    Ok(())
}
