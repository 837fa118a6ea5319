//! WebSocket: everything that a client does, beside the peers.

pub(crate) mod golden;
pub(crate) mod report;

mod cases;

mod limit;
pub(crate) mod ours;

#[cfg(feature = "peers")]
mod fastwebsockets;
#[cfg(feature = "peers")]
pub(crate) mod rival;
#[cfg(feature = "peers")]
mod sockudo;
#[cfg(feature = "peers")]
mod tokio_websockets;
#[cfg(feature = "peers")]
mod tungstenite;
#[cfg(feature = "peers")]
mod ws_tool;
#[cfg(feature = "peers")]
mod yawc;

#[cfg(feature = "peers")]
pub(crate) mod polled;

mod decode;
mod encode;
mod fan_in;
mod feed;
mod kernel;
mod round_trip;

mod deflate;
pub(crate) mod dial;
mod echo;
mod frame;

pub(crate) use fan_in::Receiver;
pub use report::main;

use crate::payload;

/// The frame of one message, as a server sends it.
pub(crate) fn server_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame::push_server_frame(payload, &mut frame);
    frame
}

/// The frames of all distinct messages of `length` bytes, as a server sends them.
///
/// # Examples
///
/// ```
/// let frames = benches::ws::server_frames(16);
/// assert_eq!(frames[..2], [0x81, 16]);
/// assert_eq!(frames.len(), 18 * benches::payload::DISTINCT);
/// ```
pub fn server_frames(length: usize) -> Vec<u8> {
    let mut frames = Vec::new();
    for text in payload::json(length) {
        frame::push_server_frame(text.as_bytes(), &mut frames);
    }
    frames
}
