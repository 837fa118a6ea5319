//! Recordings: what passed a stream, in a file that Wireshark opens and [`replay`](crate::replay) plays again.
//!
//! A recording is a pcapng file. Each read and each write of the stream is a TCP segment in it, with made-up Ethernet,
//! IP and TCP headers whose sequence numbers, acknowledgements and checksums are right, a time in nanoseconds and a
//! direction; the segment that ends a read or a write carries PSH. A read that found nothing is not recorded. The end of
//! the peer's bytes is a FIN, an error a RST with a comment that names it. Where reads or writes are missing, since the
//! queue had no room, an empty segment behind their bytes has a comment that counts them. The interface description tells
//! host, port and start.
//!
//! Times are those of a monotonic clock, joined with the time of day once, when the recorder is built: those of all its
//! recordings are in the order in which things happened, also where the time of day is set meanwhile. A program that
//! records several connections has one recorder for them, of which [`Recorder::named`] makes another name.
//!
//! The stream's thread copies into a bounded queue and goes on: no allocation, no system call, no lock. A thread of the
//! recording takes the queue to the file within milliseconds; after a pause of the stream within 64 ms, for which it
//! sleeps meanwhile, and if a burst then fills a quarter of the queue or finds no room it is woken by a system call, once.
//! A file that
//! cannot be written stops the recording and not the connection, unless [`WhenFailed::Fail`] is chosen.
//!
//! A stream can be recorded at any height of a stack: over TLS the file holds plaintext.
//!
//! ```no_run
//! use boom_stream::record::IntoRecordedStream;
//! use boom_stream::tcp::TcpStream;
//! use std::io::{Read, Write};
//!
//! // Writes quotes.pcapng, or quotes-1.pcapng where that exists.
//! let mut stream = TcpStream::try_from(("127.0.0.1", 4001))?.into_recorded_stream("quotes");
//! stream.write_all(b"subscribe\n")?;
//! let (_stream, result) = stream.finish();
//! println!("{} bytes of file", result?.file_bytes);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod format;

mod backlog;
mod builder;
mod error;
mod file;
mod name;
mod options;
mod packets;
mod queue;
mod recorder;
mod stats;
mod stream;
mod tap;
mod writer;

#[cfg(test)]
mod tests;

pub use builder::RecorderBuilder;
pub use error::RecordError;
pub use options::{SyncPolicy, WhenExists, WhenFailed, WhenFull};
pub use recorder::Recorder;
pub use stats::{RecordEvent, RecordStats};
pub use stream::{IntoRecordedStream, RecordedStream};
