//! What we send, as two inflaters that are not ours read it.

use arbitrary::Arbitrary;
use boom_ws::{Error, Websocket};
use flate2::{Decompress, FlushDecompress};

use super::negotiation::Agreed;
use crate::compressed::COMPRESSED;
use crate::faulty::Faulty;
use crate::naive::{Frame, decode_client_start};
use boom_testkit::inflate::Inflater;

/// A frame of ours: text repeated, so that there is something to compress.
#[derive(Arbitrary, Debug)]
pub(super) struct Sent {
    kind: u8,
    fin: bool,
    text: Vec<u8>,
    repeat: u8,
}

/// Frames in one input.
const FRAMES_MAX: usize = 24;
/// More than any message comes to.
const ROOM: usize = 4 << 20;

/// Sends all, and compares what arrives with what was accepted.
pub(super) fn check(ws: &mut Websocket<Faulty>, sent: &[Sent], agreed: Option<&Agreed>) {
    let mut accepted = Vec::new();
    for sent in sent.iter().take(FRAMES_MAX) {
        let payload = sent.text.repeat(usize::from(sent.repeat % 64) + 1);
        let (frame, result) = send(ws, sent, payload);
        match result {
            Ok(()) => accepted.push(frame),
            Err(Error::Misuse(_) | Error::OutboundFull) => {}
            Err(error) => panic!("nothing leads to {error}"),
        }
    }
    let written = std::mem::take(&mut ws.stream_mut().written);
    let allowed = if agreed.is_some() { COMPRESSED } else { 0 };
    let (frames, rest) = decode_client_start(&written, allowed);
    assert_eq!(rest, 0);
    assert_eq!(frames.len(), accepted.len());
    let mut reader = agreed.map(Reader::new);
    for ((frame, reserved), accepted) in frames.iter().zip(&accepted) {
        assert_eq!((frame.fin, frame.opcode), (accepted.fin, accepted.opcode));
        match &mut reader {
            Some(reader) => reader.frame(frame, *reserved, accepted),
            None => assert_eq!(frame, accepted),
        }
    }
    if let (Some(reader), Some(agreed)) = (reader, agreed) {
        let window = 1 << agreed.client_window_bits;
        assert!(
            reader.naive.longest_distance <= window,
            "further back than {window}"
        );
    }
}

fn send(
    ws: &mut Websocket<Faulty>,
    sent: &Sent,
    mut payload: Vec<u8>,
) -> (Frame, Result<(), Error>) {
    match sent.kind % 8 {
        0 => {
            let result =
                ws.send_text_parts(&[&payload[..payload.len() / 2], &payload[payload.len() / 2..]]);
            (Frame::new(true, 1, &payload), result)
        }
        1 => {
            payload.truncate(125);
            let result = ws.send_ping(Some(&payload));
            (Frame::new(true, 9, &payload), result)
        }
        2 | 3 => {
            let result = ws.send_continuation(sent.fin, Some(&payload));
            (Frame::new(sent.fin, 0, &payload), result)
        }
        4 => {
            let result = ws.send_binary(sent.fin, Some(&payload));
            (Frame::new(sent.fin, 2, &payload), result)
        }
        _ => {
            let result = ws.send_text(sent.fin, Some(&payload));
            (Frame::new(sent.fin, 1, &payload), result)
        }
    }
}

struct Reader {
    naive: Inflater,
    other: Decompress,
    takeover: bool,
    is_compressed: bool,
    /// The message under way, as it is on the wire, and as it was accepted.
    wire: Vec<u8>,
    plain: Vec<u8>,
}

impl Reader {
    fn new(agreed: &Agreed) -> Self {
        Self {
            naive: Inflater::new(agreed.client_takeover, agreed.client_window_bits, ROOM),
            other: Decompress::new(false),
            takeover: agreed.client_takeover,
            is_compressed: false,
            wire: Vec::new(),
            plain: Vec::new(),
        }
    }

    fn frame(&mut self, frame: &Frame, reserved: u8, accepted: &Frame) {
        if frame.is_control() {
            assert_eq!((frame, reserved), (accepted, 0));
            return;
        }
        if frame.opcode == 0 {
            assert_eq!(reserved, 0, "only the first frame says it");
        } else {
            self.is_compressed = reserved == COMPRESSED;
            self.wire.clear();
            self.plain.clear();
        }
        if !self.is_compressed {
            assert_eq!(frame, accepted);
            return;
        }
        self.wire.extend_from_slice(&frame.payload);
        self.plain.extend_from_slice(&accepted.payload);
        if frame.fin {
            assert_eq!(
                self.naive.message(&self.wire).as_deref(),
                Ok(&self.plain[..])
            );
            self.check_by_other();
        }
    }

    fn check_by_other(&mut self) {
        if !self.takeover {
            self.other.reset(false);
        }
        self.wire.extend_from_slice(&[0, 0, 0xff, 0xff]);
        let mut out = Vec::with_capacity(self.plain.len() + 64);
        let result = self
            .other
            .decompress_vec(&self.wire, &mut out, FlushDecompress::Sync);
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(out, self.plain);
    }
}
