//! WebSocket: decoding, encoding and round trips beside the peers.

mod cases;
mod report;
mod row;

#[cfg(feature = "peers")]
mod fastwebsockets;
mod limit;
mod ours;
#[cfg(feature = "peers")]
mod rival;
#[cfg(feature = "peers")]
mod tungstenite;

mod decode;
mod echo;
mod encode;
mod frame;
mod round_trip;

pub use report::main;

use crate::payload;

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
