//! The server's part of the opening handshake.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// RFC 6455 section 4.2.2, step 5.4, from the key in the request.
pub fn accept_of(request: &[u8]) -> String {
    let request = std::str::from_utf8(request).expect("the request is ASCII");
    let key = request
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .expect("a key");
    let hashed = sha1_smol::Sha1::from(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    STANDARD.encode(hashed.digest().bytes())
}
