//! Recordings, played again.
//!
//! [`ReplayStream`] stands at the bottom of a stack in place of the socket: the program reads what the recorded one read,
//! read by read, and meets the same end and the same errors. What it writes is ignored, collected, or compared with what
//! the recorded one wrote. [`RecordingReader`] is the file itself, event by event.
//!
//! ```no_run
//! use boom_stream::replay::{Pace, ReplayStream};
//! use std::io::Read;
//!
//! let mut stream = ReplayStream::builder().pace(Pace::Times(10.0)).open("quotes.pcapng")?;
//! let mut buffer = [0; 4096];
//! loop {
//!     match stream.read(&mut buffer) {
//!         Ok(0) => break,
//!         Ok(count) => println!("{count} bytes"),
//!         Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
//!         Err(error) => return Err(error),
//!     }
//! }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Files that are cut
//!
//! A recording ends by a block that says so. A file without it, or one that ends within a block, was cut: the process was
//! killed, or the disk was full. It is played up to its last whole packet, and then every read fails with
//! [`ReplayError::Truncated`]. So it is with what Wireshark's `editcap` and `mergecap` write, which leave that block out:
//! all packets play, and the end is told as a cut. What was never recorded, since the recorder's queue was full, is an error where it is
//! missing.
//!
//! # Verifying a WebSocket session
//!
//! A client's masking keys and its `Sec-WebSocket-Key` are random, and the recorded server's `Sec-WebSocket-Accept` goes
//! with the recorded key alone. So two runs of the same program write different bytes of the same length, and the second
//! refuses the handshake. Either both runs take keys and masks from the same seed, which a client offers for that, and
//! the bytes are compared as they are: [`ReplayBuilder::verify`]. Or a [`Normalise`] stands between, which leaves the key
//! out, takes the masks off, and puts the right `Sec-WebSocket-Accept` in place of the recorded one:
//! [`ReplayBuilder::verify_normalised`], or [`ReplayBuilder::adapt`] where nothing is to be compared.

mod blocks;
mod builder;
mod error;
mod inbox;
mod normalise;
mod packet;
mod part;
mod reader;
mod schedule;
mod source;
mod stream;
mod verify;

pub use builder::ReplayBuilder;
pub use error::{Corruption, ReplayError};
pub use normalise::Normalise;
pub use reader::{Direction, Recorded, RecordedEvent, RecordingReader};
pub use schedule::Pace;
pub use stream::{ReplayEnd, ReplayStream, ReplaySummary};
