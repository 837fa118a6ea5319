//! Readiness and received bytes from io_uring: completions in shared memory instead of system calls.
//!
//! Who owns a received byte, from the bottom up: the kernel writes it into a buffer of the [`sys::Pool`] and names the
//! buffer in a completion; the selector turns that into a [`sys::Received`], which alone may read the buffer, and keeps
//! it in the socket's slot; `deliver` moves it to the stream; the stream's `read` copies it out, once. Dropping the
//! `Received`, wherever it is, puts the buffer on the pool's list of returned ones, and the next poll gives those to the
//! kernel again.

mod config;
mod error;
mod selector;
mod slot;
mod stream;
// The ring and its buffers are memory that is shared with the kernel: there is no safe way to it.
#[allow(unsafe_code)]
mod sys;

pub use config::IoUringConfig;
pub use error::IoUringError;
pub use selector::IoUringSelector;
pub use stream::{IntoIoUringStream, IoUringStream};
