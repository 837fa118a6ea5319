//! TLS by rustls.
//!
//! # Cost of a record
//!
//! The connection is driven through rustls' unbuffered interface. A record is decrypted in place in the receive buffer
//! and encrypted without a queue between, but release 0.23 of that interface hands both over in a block of its own, so
//! that each application data record costs one allocation and one copy more than it has to. In 0.23.46:
//!
//! - receiving: `CommonState::take_received_plaintext` (`src/common_state.rs`, line 557) makes a `Vec` of the decrypted
//!   slice by `Payload::into_vec` (`src/msgs/base.rs`, line 43), although it lies in the caller's buffer already, and
//!   `ReadTraffic::next_record` (`src/conn/unbuffered.rs`) lends and then drops that `Vec`;
//! - sending: the message encrypters (`src/crypto/ring/tls13.rs`, line 210; `tls12.rs`, lines 291 and 372) seal into a new
//!   `PrefixedPayload`, which `CommonState::write_fragments` (`src/common_state.rs`, line 718) copies into the caller's
//!   buffer.
//!
//! So the exact figure is one allocation a record received and one a record sent, no more; a test holds it. What
//! this crate adds is one copy, from that block to the reader.

mod cause;
mod client_config;
mod session;
mod stream;
mod verify;

/// The crate whose types this backend takes and gives.
pub use ::rustls as backend;

pub(crate) use client_config::client_config;
pub use stream::TlsStream;
