//! How to use the crate, page by page: what is called when, what it costs, and what happens at the edges.
//!
//! | page | |
//! | --- | --- |
//! | [Connecting](connecting) | the stream, the request, refusals, the deadline, blocking sockets |
//! | [Receiving](receiving) | frames and messages, borrowing, text, pings, errors, silence, round trips |
//! | [Sending](sending) | in place, in parts, in fragments, queued, prepared; masks; slow peers |
//! | [Closing](closing) | the closing handshake, its deadline, codes, half-close, ends without one |
//! | [Compression](compression) | permessage-deflate: the offer, sizes, memory, bombs |
//! | [Limits](limits) | each bound with its default, its method and what happens beyond it |
//! | [Testing](testing) | without a peer, a socket or a clock |
//!
//! The examples are compiled, run, and held to the values in them.

#[doc = include_str!("../guide/connecting.md")]
pub mod connecting {}

#[doc = include_str!("../guide/receiving.md")]
pub mod receiving {}

#[doc = include_str!("../guide/sending.md")]
pub mod sending {}

#[doc = include_str!("../guide/closing.md")]
pub mod closing {}

#[cfg_attr(feature = "deflate", doc = include_str!("../guide/compression.md"))]
#[cfg_attr(
    not(feature = "deflate"),
    doc = "Compression (permessage-deflate, RFC 7692) needs the feature `deflate`."
)]
pub mod compression {}

#[doc = include_str!("../guide/limits.md")]
pub mod limits {}

#[doc = include_str!("../guide/testing.md")]
pub mod testing {}
