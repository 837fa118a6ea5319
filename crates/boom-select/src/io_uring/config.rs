//! The sizes of a ring.

/// How large the memory is that an [`IoUringSelector`](crate::IoUringSelector) shares with the kernel.
///
/// # Examples
///
/// For thousands of connections that burst at once:
///
/// ```no_run
/// use boom_select::{IoUringConfig, IoUringSelector};
///
/// let config = IoUringConfig::default().with_buffers(8192).with_completions(16_384);
/// assert_eq!(config.buffers(), 8192);
/// let selector = IoUringSelector::with_config(config)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoUringConfig {
    buffers: u16,
    buffer_size: u32,
    completions: u32,
}

impl IoUringConfig {
    /// Sets how many buffers all connections receive into together, 1024 unless told otherwise; rounded up to a power
    /// of two, at least 1 and at most 32,768.
    ///
    /// A buffer is taken by what one segment or more brought, until it has been read. A connection that is not read keeps
    /// at most about a quarter of them; what the kernel has received for it beyond that is copied, and then no more is
    /// received until it has been read. While no buffer is left the kernel keeps what arrives, and receiving goes on, at
    /// a system call each time, when some have been read.
    pub const fn with_buffers(mut self, count: u16) -> Self {
        let count = if count == 0 { 1 } else { count };
        self.buffers = if count > BUFFERS_MAX {
            BUFFERS_MAX
        } else {
            count.next_power_of_two()
        };
        self
    }

    /// Sets the size of each buffer in bytes, 4096 unless told otherwise, at least 64 and at most 1 MiB.
    pub const fn with_buffer_size(mut self, bytes: u32) -> Self {
        self.buffer_size = if bytes < BUFFER_SIZE_MIN {
            BUFFER_SIZE_MIN
        } else if bytes > BUFFER_SIZE_MAX {
            BUFFER_SIZE_MAX
        } else {
            bytes
        };
        self
    }

    /// Sets how many completions may wait for a poll, 4096 unless told otherwise; rounded up to a power of two.
    ///
    /// None is lost where more come: the kernel keeps them, and the poll that finds it so makes a system call.
    pub const fn with_completions(mut self, count: u32) -> Self {
        self.completions = if count < COMPLETIONS_MIN {
            COMPLETIONS_MIN
        } else if count > COMPLETIONS_MAX {
            COMPLETIONS_MAX
        } else {
            count.next_power_of_two()
        };
        self
    }

    /// How many buffers there are.
    pub const fn buffers(&self) -> u16 {
        self.buffers
    }

    /// The size of each buffer in bytes.
    pub const fn buffer_size(&self) -> u32 {
        self.buffer_size
    }

    /// How many completions may wait for a poll.
    pub const fn completions(&self) -> u32 {
        self.completions
    }

    /// Buffers that one connection may keep unread before the kernel is told to receive no more for it.
    pub(super) const fn buffers_of_one(&self) -> u32 {
        let quarter = self.buffers as u32 / 4;
        if quarter == 0 { 1 } else { quarter }
    }
}

/// The kernel's limit.
const BUFFERS_MAX: u16 = 1 << 15;
const BUFFER_SIZE_MIN: u32 = 64;
const BUFFER_SIZE_MAX: u32 = 1 << 20;
const COMPLETIONS_MIN: u32 = 2;
/// The kernel's limit.
const COMPLETIONS_MAX: u32 = 1 << 16;

impl Default for IoUringConfig {
    /// 1024 buffers of 4096 bytes, 4096 completions.
    fn default() -> Self {
        Self {
            buffers: 1024,
            buffer_size: 4096,
            completions: 4096,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_what_the_kernel_takes() {
        let config = IoUringConfig::default()
            .with_buffers(0)
            .with_buffer_size(0)
            .with_completions(0);
        assert_eq!(
            (config.buffers(), config.buffer_size(), config.completions()),
            (1, 64, 2)
        );
        let config = config
            .with_buffers(u16::MAX)
            .with_buffer_size(u32::MAX)
            .with_completions(u32::MAX);
        assert_eq!(
            (config.buffers(), config.buffer_size(), config.completions()),
            (1 << 15, 1 << 20, 1 << 16)
        );
        assert_eq!(config.with_buffers(100).buffers(), 128);
        assert_eq!(config.with_buffers(3).buffers_of_one(), 1);
    }
}
