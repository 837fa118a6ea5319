//! Sessions: logon, sequence numbers, heartbeats, gaps and resends, for initiators and acceptors, without I/O.
//!
//! A [`Session`] outlives its connections: what it must remember is in a [`Store`]. Bytes that came go to an [`Inbox`],
//! one a connection; [`Session::poll_event`] takes messages out of it and lends them, so that the session stays free to
//! answer. What is to be sent is in [`Session::outgoing`]. [`FixConnection`] is all of this over a stream.
//!
//! The drive contract, the same for both roles:
//!
//! 1. a connection was made: [`Session::connected`], with a new or cleared inbox;
//! 2. bytes came: [`Inbox::extend`]; then [`Session::poll_event`] until it has no more;
//! 3. [`Session::poll_timeout`] has passed: [`Session::handle_timeout`];
//! 4. after any of them: send [`Session::outgoing`] and say so by [`Session::sent`], until it is empty;
//! 5. then close the connection if [`Session::is_closing`]; where it is closed, by whomever, [`Session::disconnected`].
//!
//! # Examples
//!
//! Two sessions that speak to each other in memory:
//!
//! ```
//! use boom_fix::BeginString;
//! use boom_fix::session::{Event, Inbox, MemoryStore, Now, Session, SessionConfig, SessionError};
//!
//! /// Takes bytes from one to the other, and lets that act.
//! fn pass(from: &mut Session<MemoryStore>, to: &mut Session<MemoryStore>, inbox: &mut Inbox, now: Now) -> Result<(), SessionError> {
//!     let bytes = from.outgoing().to_vec();
//!     from.sent(bytes.len());
//!     assert_eq!(inbox.extend(&bytes), bytes.len());
//!     while let Some(event) = to.poll_event(inbox, now)? {
//!         if let Event::Message(order) = event {
//!             // The message is borrowed from the inbox, so an answer can be written from it.
//!             let id = order.message.text(11).unwrap_or("none");
//!             to.send("8", now, |report| {
//!                 report.text(11, id);
//!             })?;
//!         }
//!     }
//!     Ok(())
//! }
//!
//! let now = Now { monotonic_ns: 0, unix_ns: 1_714_998_896_789_000_000 };
//! let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
//! let mut buyer = Session::new(config, MemoryStore::new())?;
//! let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
//! let mut venue = Session::new(config, MemoryStore::new())?;
//! let (mut to_buyer, mut to_venue) = (Inbox::new(), Inbox::new());
//!
//! venue.connected(now)?;
//! buyer.connected(now)?;
//! pass(&mut buyer, &mut venue, &mut to_venue, now)?;
//! pass(&mut venue, &mut buyer, &mut to_buyer, now)?;
//! assert!(buyer.is_logged_on() && venue.is_logged_on());
//!
//! let number = buyer.send("D", now, |order| {
//!     order.text(11, "id-1").text(55, "MSFT");
//! })?;
//! assert_eq!(number, 2);
//! pass(&mut buyer, &mut venue, &mut to_venue, now)?;
//! let report = String::from_utf8_lossy(venue.outgoing());
//! assert!(report.contains("\x0135=8\x0134=2\x01") && report.contains("\x0111=id-1\x01"), "{report}");
//! # Ok::<(), SessionError>(())
//! ```

mod config;
mod machine;

mod event;
mod inbox;

pub mod log;
#[cfg(feature = "schedule")]
pub mod schedule;
pub mod store;

mod connection;
pub(crate) mod link;

mod clock;
mod error;
mod statistics;

pub use clock::{Clock, Now, SystemClock};
pub use config::{OfflineSend, SessionConfig, SlowConsumer};
pub use connection::FixConnection;
pub use error::{DisconnectReason, SessionError};
pub use event::{Event, Received, Refusal};
pub use inbox::{Inbox, Opening, Skip};
pub use machine::{LogonWriter, Rejection, Session, State};
pub use statistics::Statistics;
pub use store::{MemoryStore, Store, StoreError};
