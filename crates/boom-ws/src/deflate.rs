//! permessage-deflate (RFC 7692): each message compressed by itself or with what came before it.
//!
//! [`DeflateConfig`] makes the offer and judges the server's answer; what they come to is [`Agreed`], out of which each
//! direction is built: an [`Inflater`] for what comes and a [`Deflater`] for what goes. Neither knows frames.

mod config;
mod negotiation;

mod deflater;
mod inflater;

mod extensions;
mod history;

pub use config::DeflateConfig;
pub(crate) use deflater::Deflater;
pub(crate) use inflater::{InflateFault, Inflater};
pub(crate) use negotiation::Agreed;
pub use negotiation::{DeflateParameter, NegotiationError};

/// How a direction is held by a connection, most of which have none.
pub(crate) type Held<T> = Box<T>;

pub(crate) fn hold<T>(value: T) -> Held<T> {
    Box::new(value)
}

/// RFC 7692 §7.2.1: what a flushed message ends with, which is not sent.
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// The largest window there is, and the one that holds where nothing is said.
const WINDOW_BITS_MAX: u8 = 15;

#[cfg(test)]
mod tests;
