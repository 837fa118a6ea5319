//! Why there is no ring.

use std::io;

use thiserror::Error;

/// Why an [`IoUringSelector`](crate::IoUringSelector) cannot be had; the source of the `io::Error` that its constructors
/// return.
///
/// # Examples
///
/// Epoll where there is no io_uring:
///
/// ```
/// use boom_select::{IoUringError, IoUringSelector};
///
/// match IoUringSelector::new() {
///     Ok(_) => println!("io_uring"),
///     Err(error) => match error.get_ref().and_then(|error| error.downcast_ref::<IoUringError>()) {
///         Some(reason) => println!("mio, because {reason}"),
///         None => return Err(error),
///     },
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IoUringError {
    /// The kernel was built without io_uring, is older than it (5.1), or something stands in front of it that knows
    /// nothing of it.
    #[error("the kernel has no io_uring (ENOSYS)")]
    Missing,
    /// The kernel has io_uring and is older than 6.0, or lacks a part of it that was there by then.
    #[error("the kernel's io_uring lacks {0}; Linux 6.0 has it")]
    TooOld(&'static str),
    /// The system's administrator has switched io_uring off, for everyone (2) or for all without privileges (1).
    #[error("io_uring is switched off: /proc/sys/kernel/io_uring_disabled is {0}")]
    Disabled(u8),
    /// A filter of system calls forbids it, as those of containers usually do.
    #[error(
        "io_uring is forbidden to this process (EPERM), by a seccomp filter or a security module"
    )]
    Forbidden,
    /// There is no such core, or none for this process, to keep the kernel's thread on.
    #[error("there is no core {0} for the thread of SQPOLL, or this process may not use it")]
    NoSuchCpu(u32),
    /// Busy polling was asked for, which takes Linux 6.9, built with `CONFIG_NET_RX_BUSY_POLL`.
    #[error(
        "the kernel cannot busy poll network cards for io_uring; Linux 6.9 can, unless built without it"
    )]
    NoBusyPoll,
    /// Cooperative receiving was asked for, which takes Linux 6.1.
    #[error("the kernel cannot leave receiving to the polls of io_uring; Linux 6.1 can")]
    NoCooperativeReceive,
    /// A selector that receives cooperatively was used on another thread than the one that used it first. Nothing is lost:
    /// it goes on where it was.
    #[error("an io_uring that receives cooperatively is used on two threads")]
    OtherThread,
}

impl From<IoUringError> for io::Error {
    fn from(error: IoUringError) -> Self {
        let kind = match error {
            IoUringError::Missing
            | IoUringError::TooOld(_)
            | IoUringError::NoBusyPoll
            | IoUringError::NoCooperativeReceive => io::ErrorKind::Unsupported,
            IoUringError::NoSuchCpu(_) | IoUringError::OtherThread => io::ErrorKind::InvalidInput,
            IoUringError::Disabled(_) | IoUringError::Forbidden => io::ErrorKind::PermissionDenied,
        };
        Self::new(kind, error)
    }
}

/// What the kernel's refusal of a new ring means, whose thread was to be kept on the core `cpu` or which was to receive
/// cooperatively.
pub(super) fn of_setup(error: io::Error, cpu: Option<u32>, is_cooperative: bool) -> io::Error {
    match error.raw_os_error() {
        Some(ENOSYS) => IoUringError::Missing.into(),
        Some(EPERM | EACCES) => match disabled() {
            Some(level) => IoUringError::Disabled(level).into(),
            None => IoUringError::Forbidden.into(),
        },
        Some(EINVAL) => match cpu {
            Some(cpu) => IoUringError::NoSuchCpu(cpu).into(),
            None if is_cooperative => IoUringError::NoCooperativeReceive.into(),
            None => IoUringError::TooOld("rings of a chosen size").into(),
        },
        _ => error,
    }
}

/// What the kernel's refusal to be entered means.
pub(super) fn of_enter(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(EEXIST) => IoUringError::OtherThread.into(),
        _ => error,
    }
}

/// What the kernel's refusal of busy polling means.
pub(super) fn of_busy_poll(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(EINVAL | EOPNOTSUPP) => IoUringError::NoBusyPoll.into(),
        _ => error,
    }
}

/// The level of the switch, where it is not "on for everyone".
fn disabled() -> Option<u8> {
    let text = std::fs::read_to_string("/proc/sys/kernel/io_uring_disabled").ok()?;
    text.trim().parse().ok().filter(|level| *level != 0)
}

// The same on every architecture that io_uring is used on here.
const EPERM: i32 = 1;
const EACCES: i32 = 13;
const EEXIST: i32 = 17;
const EINVAL: i32 = 22;
const ENOSYS: i32 = 38;
const EOPNOTSUPP: i32 = 95;

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: i32) -> Option<IoUringError> {
        source(&of_setup(io::Error::from_raw_os_error(code), None, false))
    }

    fn source(error: &io::Error) -> Option<IoUringError> {
        error
            .get_ref()
            .and_then(|source| source.downcast_ref::<IoUringError>())
            .cloned()
    }

    #[test]
    fn refusals_are_told_apart() {
        assert_eq!(reason(ENOSYS), Some(IoUringError::Missing));
        assert!(matches!(
            reason(EPERM),
            Some(IoUringError::Forbidden | IoUringError::Disabled(_))
        ));
        assert!(matches!(reason(EINVAL), Some(IoUringError::TooOld(_))));
        // Out of memory or of descriptors is the caller's to see as it is.
        assert_eq!(reason(12), None);
        let error = io::Error::from(IoUringError::Missing);
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        assert_eq!(error.to_string(), "the kernel has no io_uring (ENOSYS)");
    }

    #[test]
    fn what_was_asked_for_in_addition_is_named() {
        let error = of_setup(io::Error::from_raw_os_error(EINVAL), Some(64), false);
        assert_eq!(source(&error), Some(IoUringError::NoSuchCpu(64)));
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let error = of_setup(io::Error::from_raw_os_error(EINVAL), None, true);
        assert_eq!(source(&error), Some(IoUringError::NoCooperativeReceive));
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        for code in [EINVAL, EOPNOTSUPP] {
            let error = of_busy_poll(io::Error::from_raw_os_error(code));
            assert_eq!(source(&error), Some(IoUringError::NoBusyPoll));
            assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        }
        assert_eq!(source(&of_busy_poll(io::Error::from_raw_os_error(1))), None);
    }
}
