//! The memory of this process.

use std::fs;

/// Bytes of memory that the process has resident; `None` where the system does not say.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
}

/// What was resident after the warm-up, the most since, and what is now, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    pub(super) start: u64,
    pub(super) most: u64,
    pub(super) now: u64,
}

impl Memory {
    /// Takes what is now for the start.
    pub(super) fn begin() -> Self {
        let now = resident_bytes().unwrap_or_default();
        Self {
            start: now,
            most: now,
            now,
        }
    }

    pub(super) fn look(&mut self) {
        self.now = resident_bytes().unwrap_or_default();
        self.most = self.most.max(self.now);
    }

    /// Bytes that it has grown by at most.
    pub(super) const fn growth(&self) -> u64 {
        self.most - self.start
    }
}
