//! The two buffers every protocol shares.
//!
//! Both are one linear block that grows up to a limit and is never zeroed again after growth, so a read or a
//! write costs the bytes it moves and nothing else. In the steady state neither allocates.

mod read;
mod write;

pub use read::ReadBuffer;
pub use write::WriteBuffer;

/// A buffer would have to grow beyond its limit.
///
/// # Examples
///
/// ```
/// use boom_stream::buffer::ReadBuffer;
///
/// let mut buffer = ReadBuffer::new(16, 64);
/// let error = buffer.reserve(65).unwrap_err();
/// assert_eq!(error.to_string(), "65 bytes needed, 64 allowed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{needed} bytes needed, {limit} allowed")]
pub struct LimitExceeded {
    /// Bytes the buffer would have to hold.
    pub needed: usize,
    /// Bytes it may hold.
    pub limit: usize,
}
