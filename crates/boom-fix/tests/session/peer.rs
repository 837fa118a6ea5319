//! A session of ours and a peer whose messages are written by hand.

use boom_fix::session::{Now, SessionConfig};
use boom_fix::{BeginString, Precision, UtcTimestamp};

use crate::pair::{START, Side};

/// The venue's messages are written by hand; ours is the buyer, logged on.
pub(crate) struct Peer {
    pub(crate) side: Side,
    pub(crate) now: Now,
}

impl Peer {
    pub(crate) fn logged_on(configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let mut peer = Self::connected(configure);
        peer.receive("35=A|34=1|98=0|108=30|");
        assert!(peer.side.session.is_logged_on());
        peer
    }

    /// Our logon is sent and taken.
    pub(crate) fn connected(configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
        let mut side = Side::new(configure(config));
        side.connect(START);
        assert!(readable(&side.take_outgoing()).contains("|35=A|34="));
        Self { side, now: START }
    }

    /// What the buyer sends in answer to this, without header fields that are always the same, one text a message.
    pub(crate) fn receive(&mut self, text: &str) -> Vec<String> {
        let bytes = self.wire(text);
        self.receive_bytes(&bytes)
    }

    pub(crate) fn receive_bytes(&mut self, bytes: &[u8]) -> Vec<String> {
        assert_eq!(self.side.inbox.extend(bytes), bytes.len());
        self.side.poll(self.now).unwrap();
        self.sent()
    }

    /// What the buyer has sent since.
    pub(crate) fn sent(&mut self) -> Vec<String> {
        let text = readable(&self.side.take_outgoing());
        let messages = text.split("8=FIX.4.4|").filter(|text| !text.is_empty());
        messages.map(shortened).collect()
    }

    /// A message of the venue: type and number are given, names and time are added behind them.
    pub(crate) fn wire(&self, text: &str) -> Vec<u8> {
        let time = UtcTimestamp::from_unix_nanos(self.now.unix_ns, Precision::Millis);
        let number = text.find("34=").unwrap();
        let behind = number + text[number..].find('|').unwrap() + 1;
        let (head, body) = text.split_at(behind);
        frame(&format!("{head}49=VENUE|52={time}|56=BUYER|{body}"))
    }
}

/// Adds BeginString, BodyLength and CheckSum.
pub(crate) fn frame(body: &str) -> Vec<u8> {
    let body = body.replace('|', "\x01");
    let mut message = format!("8=FIX.4.4\x019={}\x01{body}", body.len()).into_bytes();
    let sum = message
        .iter()
        .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    message.extend(format!("10={sum:03}\x01").bytes());
    message
}

pub(crate) fn readable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\x01', "|")
}

fn shortened(message: &str) -> String {
    let is_kept = |field: &&str| {
        let tag = field.split('=').next().unwrap();
        !field.is_empty() && !matches!(tag, "9" | "10" | "49" | "52" | "56")
    };
    message
        .split('|')
        .filter(is_kept)
        .map(|field| format!("{field}|"))
        .collect()
}
