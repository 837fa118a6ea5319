//! The sizes of a ring, and who does the kernel's part of the work.

use std::time::Duration;

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
    is_cooperative: bool,
    sqpoll_ms: Option<u32>,
    sqpoll_cpu: Option<u32>,
    busy_poll_us: Option<u32>,
}

impl IoUringConfig {
    /// Sets how many buffers all connections receive into together, 1024 unless told otherwise; rounded up to a power
    /// of two, at least 1 and at most 32,768.
    ///
    /// A buffer is taken by what one segment or more brought, until it has been read. The last eighth is always left to the
    /// kernel: what arrives in those is copied. A connection that is not read keeps about a quarter of what is free, and
    /// then no more is received for it until it has been read. So connections that are not read, however many, do not keep
    /// the others from receiving. While the kernel has no buffer left it keeps what arrives, and receiving goes on, at a
    /// system call each time, when there are some.
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

    /// Has the poll that finds a note of it in shared memory enter the kernel for what has arrived, in place of the kernel
    /// interrupting the polling thread (`IORING_SETUP_DEFER_TASKRUN`, Linux 6.1).
    ///
    /// A message then costs one system call, or one for up to twenty that have come together, and the next poll goes on with
    /// the others (before Linux 6.13 one for all); an idle poll makes none still. Nothing disturbs the thread at its work, and
    /// a single message is there earlier where an interrupt from another core is dear, as in a virtual machine; fewer
    /// buffers, such as 64, stay in the core's cache. The thread that registers or waits first is the one that has to do so
    /// ever after, and to poll: another is refused with [`IoUringError::OtherThread`](crate::IoUringError::OtherThread), and
    /// where another drops the selector the memory of the buffers is never freed. It means nothing beside
    /// [`with_sqpoll`](Self::with_sqpoll).
    pub const fn with_cooperative_receive(mut self) -> Self {
        self.is_cooperative = true;
        self
    }

    /// Has a thread of the kernel's do what the polling thread would be interrupted for or enter the kernel for (SQPOLL):
    /// it takes the operations and receives, and goes to sleep when it has had nothing to do for `idle` (rounded to
    /// milliseconds, at least one).
    ///
    /// That is for a machine with a core to spare beside each polling thread: until it sleeps the thread spins. Sending
    /// stays the polling thread's.
    pub const fn with_sqpoll(mut self, idle: Duration) -> Self {
        self.sqpoll_ms = Some(at_least_one(idle.as_millis()));
        self
    }

    /// Keeps the thread of [`with_sqpoll`](Self::with_sqpoll) on this core; it means nothing without that.
    pub const fn with_sqpoll_cpu(mut self, cpu: u32) -> Self {
        self.sqpoll_cpu = Some(cpu);
        self
    }

    /// Lets the kernel look for packets at the network card itself, for as long as `time` (rounded to microseconds, at
    /// least one) where a poll waits, before it sleeps until an interrupt (NAPI busy polling, Linux 6.9). The thread of
    /// [`with_sqpoll`](Self::with_sqpoll) does so all the time that it spins.
    ///
    /// A poll that does not wait never enters the kernel, so without that thread this changes nothing for it: there,
    /// interrupts bring the packets. Nor does it for loopback, which has no card.
    pub const fn with_busy_poll(mut self, time: Duration) -> Self {
        self.busy_poll_us = Some(at_least_one(time.as_micros()));
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

    /// Returns true if a poll enters the kernel for what has arrived.
    pub const fn is_cooperative(&self) -> bool {
        self.is_cooperative && self.sqpoll_ms.is_none()
    }

    /// After how much idle time the kernel's thread sleeps, where there is one.
    pub const fn sqpoll(&self) -> Option<Duration> {
        match self.sqpoll_ms {
            Some(idle) => Some(Duration::from_millis(idle as u64)),
            None => None,
        }
    }

    /// The core that the kernel's thread is kept on.
    pub const fn sqpoll_cpu(&self) -> Option<u32> {
        self.sqpoll_cpu
    }

    /// How long a poll that waits looks at the network card.
    pub const fn busy_poll(&self) -> Option<Duration> {
        match self.busy_poll_us {
            Some(time) => Some(Duration::from_micros(time as u64)),
            None => None,
        }
    }
}

const fn at_least_one(count: u128) -> u32 {
    if count == 0 {
        1
    } else if count > u32::MAX as u128 {
        u32::MAX
    } else {
        count as u32
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
    /// 1024 buffers of 4096 bytes, 4096 completions; the kernel interrupts, has no thread of its own, and does no busy
    /// polling.
    fn default() -> Self {
        Self {
            buffers: 1024,
            buffer_size: 4096,
            completions: 4096,
            is_cooperative: false,
            sqpoll_ms: None,
            sqpoll_cpu: None,
            busy_poll_us: None,
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
        assert_eq!(config.with_buffers(3).buffers(), 4);
    }

    #[test]
    fn times_are_rounded_to_what_the_kernel_counts_in_and_never_to_its_default() {
        let config = IoUringConfig::default();
        assert_eq!((config.sqpoll(), config.busy_poll()), (None, None));
        assert!(!config.is_cooperative());
        assert!(config.with_cooperative_receive().is_cooperative());
        let config = config
            .with_sqpoll(Duration::ZERO)
            .with_sqpoll_cpu(3)
            .with_busy_poll(Duration::from_nanos(1));
        assert_eq!(config.sqpoll(), Some(Duration::from_millis(1)));
        assert!(!config.with_cooperative_receive().is_cooperative());
        assert_eq!(config.sqpoll_cpu(), Some(3));
        assert_eq!(config.busy_poll(), Some(Duration::from_micros(1)));
        let config = config.with_sqpoll(Duration::MAX);
        assert_eq!(
            config.sqpoll(),
            Some(Duration::from_millis(u32::MAX.into()))
        );
    }
}
