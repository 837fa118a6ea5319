//! Frames from a hostile server, read by ours and by tungstenite: both accept and refuse the same, and make the same
//! messages of it. Where they may differ, [`Difference`] says why.

use std::collections::VecDeque;

use boom_ws::{Connection, Error, Message, ProtocolError, Websocket, WebsocketConfig};
use tungstenite::protocol::frame::CloseFrame;
use tungstenite::protocol::{Role, WebSocket, WebSocketConfig};

use crate::faulty::{Faulty, Step};
use crate::naive::{Ending, Frame, Limits, decode_server};

const FRAME_LIMIT: usize = 2048;
const MESSAGE_LIMIT: usize = 3000;

/// The first bytes of the input say how the rest is cut.
const CUTS: usize = 8;

/// What a client made of its input.
#[derive(Debug)]
struct Outcome<E> {
    messages: Vec<Frame>,
    refusal: Option<E>,
}

pub fn run(data: &[u8]) {
    let (cuts, input) = data.split_at(data.len().min(CUTS));
    let ours = ours(stream(cuts, input));
    let theirs = theirs(stream(cuts, input));
    match Difference::of(&ours, &theirs, input) {
        None => {
            assert_eq!(ours.messages, theirs.messages);
            assert_eq!(
                ours.refusal.is_some(),
                theirs.refusal.is_some(),
                "{ours:?} {theirs:?}"
            );
        }
        // All is the same but for that frame, which is the last.
        Some(Difference::CloseCode1014) => {}
        Some(difference) => {
            let common = ours.messages.len();
            let is_prefix = theirs.messages.get(..common) == Some(&ours.messages[..]);
            assert!(is_prefix, "{difference:?}: {ours:?} {theirs:?}");
        }
    }
}

/// Why ours refuses what tungstenite takes, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    /// RFC 6455 section 5.2: "the minimal number of bytes MUST be used to encode the length". tungstenite takes any.
    LengthNotMinimal,
    /// Ours tells of a broken rule as soon as its bytes are there: what a header says before the payload has come,
    /// section 8.1's text that is not UTF-8 in the middle of a frame. tungstenite waits for the whole frame, which is
    /// not there: it has not refused, and has no message that ours has not.
    ToldEarly,
    /// A close frame with a code that may not be on the wire (section 7.4). tungstenite lends it as one of code 1002,
    /// and closes with that code as ours does, which reports an error.
    CloseCodeReported,
    /// Code 1014, "Bad Gateway", is in IANA's registry, to which section 7.4.2 leaves the codes below 3000 that it does
    /// not define. tungstenite does not know it.
    CloseCode1014,
}

impl Difference {
    fn of(
        ours: &Outcome<ProtocolError>,
        theirs: &Outcome<tungstenite::Error>,
        input: &[u8],
    ) -> Option<Self> {
        match (ours.refusal, &theirs.refusal) {
            (Some(ProtocolError::LengthNotMinimal), _) => Some(Self::LengthNotMinimal),
            // What ours says of the long form of a control frame, whatever length that holds.
            (Some(ProtocolError::ControlTooLong), _)
                if theirs.messages.len() > ours.messages.len() =>
            {
                Some(Self::LengthNotMinimal)
            }
            (Some(ProtocolError::InvalidCloseCode(_)), None)
                if theirs.messages.len() == ours.messages.len() + 1
                    && theirs.messages.last() == Some(&protocol_violation()) =>
            {
                Some(Self::CloseCodeReported)
            }
            (Some(error), None) if theirs.messages == ours.messages => {
                // A masked frame has four bytes more for tungstenite.
                let may_wait = error == ProtocolError::MaskedFrame || !is_whole(input);
                may_wait.then_some(Self::ToldEarly)
            }
            (None, None) => {
                let (last, rest) = ours.messages.split_last()?;
                let is_1014 = last.opcode == 8 && last.payload.starts_with(&1014_u16.to_be_bytes());
                let is_same = theirs.messages.split_last() == Some((&protocol_violation(), rest));
                (is_1014 && is_same).then_some(Self::CloseCode1014)
            }
            _ => None,
        }
    }
}

/// Whether the frame that breaks a rule is all there.
fn is_whole(input: &[u8]) -> bool {
    let limits = Limits {
        frame: FRAME_LIMIT as u64,
        message: MESSAGE_LIMIT as u64,
    };
    !matches!(
        decode_server(input, limits).ending,
        Ending::Broken { certain: false, .. }
    )
}

/// What tungstenite lends for a close frame whose code it does not allow.
fn protocol_violation() -> Frame {
    Frame::new(
        true,
        8,
        &[&1002_u16.to_be_bytes()[..], b"Protocol violation"].concat(),
    )
}

fn stream(cuts: &[u8], input: &[u8]) -> Faulty {
    let mut stream = Faulty::default();
    stream.push_input(input);
    let cuts = cuts.iter().map(|cut| match cut {
        255 => Step::WouldBlock,
        cut => Step::Short(cut % 48),
    });
    stream.reads = cuts
        .cycle()
        .take(input.len().min(4096))
        .collect::<VecDeque<_>>();
    stream
}

fn ours(stream: Faulty) -> Outcome<ProtocolError> {
    let config = WebsocketConfig::new()
        .with_max_frame_bytes(FRAME_LIMIT)
        .with_max_message_bytes(MESSAGE_LIMIT as u64)
        .with_read_window_bytes(64)
        .with_predictable_masks([7; 32]);
    let connection = Connection::established(&config).expect("a seed is given");
    let mut ws = Websocket::from_parts(stream, connection);
    let mut messages = Vec::new();
    let refusal = loop {
        let is_last = ws.stream().is_read_out();
        match take(&mut ws, &mut messages) {
            Ok(()) if is_last => break None,
            Ok(()) => {}
            Err(Error::Closed(_)) => break None,
            Err(Error::Protocol(error)) => break Some(error),
            Err(error) => panic!("no input leads to {error}"),
        }
    };
    Outcome { messages, refusal }
}

fn take(ws: &mut Websocket<Faulty>, messages: &mut Vec<Frame>) -> Result<(), Error> {
    let mut batch = ws.read_messages()?;
    while let Some(message) = batch.next_message()? {
        messages.push(match message {
            Message::Text(text) => Frame::new(true, 1, text.as_bytes()),
            Message::Binary(payload) => Frame::new(true, 2, payload),
            Message::Ping(payload) => Frame::new(true, 9, payload),
            Message::Pong(payload) => Frame::new(true, 10, payload),
            Message::Close(close) => {
                close_of(close.map(|close| (close.code.value(), close.reason)))
            }
        });
    }
    Ok(())
}

fn theirs(stream: Faulty) -> Outcome<tungstenite::Error> {
    let config = WebSocketConfig::default()
        .max_frame_size(Some(FRAME_LIMIT))
        .max_message_size(Some(MESSAGE_LIMIT))
        .read_buffer_size(64);
    let mut ws = WebSocket::from_raw_socket(stream, Role::Client, Some(config));
    let mut messages = Vec::new();
    let refusal =
        loop {
            let is_last = ws.get_ref().is_read_out();
            match ws.read() {
                Ok(message) => {
                    let is_close = message.is_close();
                    messages.push(match message {
                        tungstenite::Message::Text(text) => Frame::new(true, 1, text.as_bytes()),
                        tungstenite::Message::Binary(payload) => Frame::new(true, 2, &payload),
                        tungstenite::Message::Ping(payload) => Frame::new(true, 9, &payload),
                        tungstenite::Message::Pong(payload) => Frame::new(true, 10, &payload),
                        tungstenite::Message::Close(close) => {
                            let parts = close.as_ref();
                            close_of(parts.map(|CloseFrame { code, reason }| {
                                (u16::from(*code), reason.as_str())
                            }))
                        }
                        tungstenite::Message::Frame(frame) => panic!("never read: {frame:?}"),
                    });
                    // Ours looks at nothing behind it either (section 5.5.1).
                    if is_close {
                        break None;
                    }
                }
                Err(tungstenite::Error::Io(_)) if is_last => break None,
                Err(tungstenite::Error::Io(_)) => {}
                Err(error) => break Some(error),
            }
        };
    Outcome { messages, refusal }
}

fn close_of(close: Option<(u16, &str)>) -> Frame {
    let payload = close.map_or_else(Vec::new, |(code, reason)| {
        [&code.to_be_bytes(), reason.as_bytes()].concat()
    });
    Frame::new(true, 8, &payload)
}
