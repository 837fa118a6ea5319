//! Recorded sessions, played again to a client that chooses its randomness anew.
//!
//! Two things that a client writes differ in every session: the `Sec-WebSocket-Key` of the handshake and the masking key
//! of each frame. One thing that it reads goes with them: the server's `Sec-WebSocket-Accept`. [`WebsocketNormaliser`]
//! takes care of the three, so that a session recorded by [`boom_stream::record`] is played by
//! [`boom_stream::replay`] to the program as it is, and what the program writes is compared with what it wrote then.

mod frames;
mod head;

use boom_stream::replay::Normalise;

use crate::handshake::accept_value;

use frames::Unmasker;
use head::{Answer, Request};

/// What two runs of a WebSocket client have in common.
///
/// The normal form of what a client writes is the request without the value of `Sec-WebSocket-Key`, and then the frames
/// with masks of zero. Recorded reads are adapted: the value of `Sec-WebSocket-Accept` becomes the one that belongs to the
/// key which this run's client has sent. So a session in which the server's value was wrong plays as if it had been right.
///
/// The bytes may come in pieces cut anywhere. It keeps no more than a frame's header and a key, however long head and
/// frames are.
///
/// # Examples
///
/// A recorded session in which the client's part is verified:
///
/// ```no_run
/// use boom_stream::replay::ReplayStream;
/// use boom_ws::IntoWebsocket;
/// use boom_ws::replay::WebsocketNormaliser;
///
/// let stream = ReplayStream::builder()
///     .verify_normalised(WebsocketNormaliser::new())
///     .open("quotes.pcapng")?;
/// let mut ws = stream.into_websocket("/ws");
/// // Fails as soon as the program sends something else than it did then.
/// ws.send_text(true, Some(b"subscribe"))?;
/// for frame in ws.read_batch()? {
///     println!("{:?}", frame?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// The normal form of a frame, here the masked "Hello" of RFC 6455 §5.7:
///
/// ```
/// use boom_stream::replay::Normalise;
/// use boom_ws::replay::WebsocketNormaliser;
///
/// let mut normaliser = WebsocketNormaliser::new();
/// let mut normal = Vec::new();
/// normaliser.normalise(b"GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", &mut normal);
/// assert_eq!(normal, b"GET / HTTP/1.1\r\nSec-WebSocket-Key: \r\n\r\n");
///
/// normal.clear();
/// normaliser.normalise(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", &mut normal);
/// assert_eq!(normal, b"\x81\x85\0\0\0\0Hello");
/// ```
#[derive(Clone, Debug, Default)]
pub struct WebsocketNormaliser {
    request: Request,
    answer: Answer,
    frames: Unmasker,
}

impl WebsocketNormaliser {
    /// Starts at the beginning of a connection.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Normalise for WebsocketNormaliser {
    fn normalise(&mut self, bytes: &[u8], normal: &mut Vec<u8>) {
        let frames = self.request.normalise(bytes, normal);
        self.frames.normalise(frames, normal);
    }

    fn adapt(&mut self, recorded: &mut [u8]) {
        if let Some(key) = self.request.key() {
            self.answer.adapt(recorded, || accept_value(key));
        }
    }
}
