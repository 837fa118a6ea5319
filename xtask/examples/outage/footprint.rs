//! What this process holds of the system.

use std::fs;

use crate::Result;

/// The bytes of a page, as `/proc` counts memory.
const PAGE_BYTES: u64 = 4096;

/// Open files and sockets.
pub(crate) fn open_files() -> Result<usize> {
    // The folder is one of them while it is read.
    Ok(fs::read_dir("/proc/self/fd")?.count() - 1)
}

/// Memory that is resident, in bytes.
pub(crate) fn resident_bytes() -> Result<u64> {
    let text = fs::read_to_string("/proc/self/statm")?;
    let pages = text.split(' ').nth(1).ok_or("/proc/self/statm is short")?;
    Ok(pages.parse::<u64>()? * PAGE_BYTES)
}

/// Says whether the process is stopped.
pub(crate) fn is_stopped(pid: u32) -> Result<bool> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name before it, in parentheses, may hold anything.
    let (_, rest) = text.rsplit_once(')').ok_or("/proc/PID/stat is short")?;
    Ok(rest.trim_start().starts_with('T'))
}
