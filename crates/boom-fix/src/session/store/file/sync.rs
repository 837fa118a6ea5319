//! What puts files and their names on the disk: all that does, so that a test can lose what was not put there.

use std::fs::File;
use std::io;
use std::path::Path;

/// What a file holds, and how long it is.
#[inline]
pub(super) fn data(file: &File, path: &Path) -> io::Result<()> {
    file.sync_data()?;
    told(path);
    Ok(())
}

/// All of a file.
pub(super) fn whole(file: &File, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    told(path);
    Ok(())
}

/// The names in a folder.
#[cfg(unix)]
pub(super) fn folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    told(path);
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(all(test, unix)))]
#[inline(always)]
fn told(_path: &Path) {}

#[cfg(all(test, unix))]
fn told(path: &Path) {
    super::crashes::synced(path);
}
