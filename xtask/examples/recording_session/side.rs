//! What passed in one direction.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// WebSocket frames that went one way.
#[derive(Debug, Default)]
pub(crate) struct Side {
    /// Over each text and a line feed.
    hash: Sha256,
    pub(crate) messages: u64,
    frames: u64,
    pub(crate) bytes: u64,
    pub(crate) pings: u64,
    pub(crate) pongs: u64,
    pub(crate) closes: u64,
}

impl Side {
    /// Counts a frame of a text.
    pub(crate) fn text(&mut self, fin: bool, payload: &[u8]) {
        self.hash.update(payload);
        self.frames += 1;
        self.bytes += payload.len() as u64;
        if fin {
            self.hash.update(b"\n");
            self.messages += 1;
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let hash = self.hash.clone().finalize();
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        json!({
            "messages": self.messages,
            "frames": self.frames,
            "bytes": self.bytes,
            "sha256": hash,
            "pings": self.pings,
            "pongs": self.pongs,
            "closes": self.closes,
        })
    }
}
