//! permessage-deflate with a hostile server: an answer is taken where a plain reading of RFC 7692 takes it, compressed
//! messages come to what a plain inflater makes of them, and what we compress is read by that one and by miniz_oxide.

mod negotiation;
mod sending;
mod server;

use arbitrary::{Arbitrary, Unstructured};
use boom_ws::{Error, HandshakeError, Message, Request, Websocket, WebsocketConfig};

use crate::compressed::decode_messages;
use crate::drive::owned_close;
use crate::faulty::{Faulty, Step};
use crate::handshake::accept_of;
use crate::naive::{Decoded, End, Ending, Frame, INVALID_DATA, Limits};
use boom_testkit::inflate::Inflater;
use negotiation::{Agreed, Answer, Offer};

/// Small, so that short inputs reach them.
const LIMITS: Limits = Limits {
    frame: 2048,
    message: 3000,
};

#[derive(Arbitrary, Debug)]
struct Plan {
    offer: Offer,
    answer: Answer,
    reads: Vec<Step>,
    served: Vec<server::Served>,
    sent: Vec<sending::Sent>,
}

pub fn run(data: &[u8]) {
    let Ok(plan) = Plan::arbitrary(&mut Unstructured::new(data)) else {
        return;
    };
    let Some((mut ws, agreed)) = open(&plan) else {
        return;
    };
    sending::check(&mut ws, &plan.sent, agreed.as_ref());
    receive(&mut ws, &plan, agreed.as_ref());
}

/// The opening handshake; `None` where it fails, or where what it comes to is not known.
fn open(plan: &Plan) -> Option<(Websocket<Faulty>, Option<Agreed>)> {
    let config = WebsocketConfig::new()
        .with_max_frame_bytes(LIMITS.frame as usize)
        .with_max_message_bytes(LIMITS.message)
        .with_read_window_bytes(64)
        .with_predictable_masks([7; 32])
        .with_deflate(plan.offer.config());
    let request = Request::new("localhost:9001", "/feed");
    let mut ws = Websocket::client(Faulty::default(), &request, &config);
    assert!(matches!(ws.flush(), Ok(true)));
    let request = std::mem::take(&mut ws.stream_mut().written);
    let accept = accept_of(&request);
    let mut answer = format!(
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
    )
    .into_bytes();
    plan.answer.write(&mut answer);
    answer.extend_from_slice(b"\r\n");
    ws.stream_mut().push_input(&answer);
    let result = loop {
        match ws.read_messages().map(drop) {
            Ok(()) if ws.is_handshaking() => {}
            result => break result,
        }
    };
    let expected = plan.answer.agreed(&plan.offer);
    match (result, expected) {
        (Ok(()), Some(Ok(agreed))) => Some((ws, agreed)),
        (Err(Error::Handshake(HandshakeError::Deflate(_))), Some(Err(_)) | None) => None,
        (Ok(()), None) => None,
        (result, expected) => panic!("{result:?}, and a plain reading gives {expected:?}"),
    }
}

fn receive(ws: &mut Websocket<Faulty>, plan: &Plan, agreed: Option<&Agreed>) {
    let input = server::encode(&plan.served, agreed);
    let expected = match agreed {
        Some(agreed) => {
            let limit = LIMITS.message as usize;
            let bits = agreed.server_window_bits;
            let mut inflater = Inflater::new(agreed.server_takeover, bits, limit);
            decode_messages(&input, LIMITS, &mut inflater)
        }
        None => {
            let mut decoded = crate::naive::decode_server(&input, LIMITS);
            decoded.frames = crate::naive::join(&decoded.frames);
            decoded
        }
    };
    ws.stream_mut().push_input(&input);
    ws.stream_mut().push_reads(&plan.reads);
    let mut messages = Vec::new();
    let end = loop {
        let is_last = ws.stream().is_read_out();
        let before = messages.len();
        match take(ws, &mut messages) {
            Ok(()) if is_last && messages.len() == before => break None,
            Ok(()) => {}
            Err(Error::Protocol(error)) => break Some(End::Broken(error.close_code().value())),
            Err(Error::Closed(code)) => break Some(End::Closed(code.map(|code| code.value()))),
            Err(error) => panic!("no input leads to {error}"),
        }
    };
    check(&messages, end, &expected);
}

fn take(ws: &mut Websocket<Faulty>, messages: &mut Vec<Frame>) -> Result<(), Error> {
    let mut batch = ws.read_messages()?;
    while let Some(message) = batch.next_message()? {
        messages.push(match message {
            Message::Text(text) => Frame::new(true, 1, text.as_bytes()),
            Message::Binary(payload) => Frame::new(true, 2, payload),
            Message::Ping(payload) => Frame::new(true, 9, payload),
            Message::Pong(payload) => Frame::new(true, 10, payload),
            Message::Close(close) => owned_close(close),
        });
    }
    Ok(())
}

fn check(messages: &[Frame], end: Option<End>, expected: &Decoded) {
    let ending = &expected.ending;
    let Ending::Broken { codes, certain } = ending else {
        assert_eq!(messages, expected.frames);
        assert!(ending.permits(end), "{end:?} is not {ending:?}");
        return;
    };
    // Control frames may come between the frames of a message that cannot be inflated.
    let told = messages.get(..expected.frames.len());
    assert_eq!(told, Some(&expected.frames[..]));
    let more = &messages[expected.frames.len()..];
    let may_be_more = codes.contains(&INVALID_DATA) && more.iter().all(Frame::is_control);
    assert!(more.is_empty() || may_be_more, "{more:?}");
    let is_closed = !certain && more.iter().any(|frame| frame.opcode == 8);
    assert!(
        is_closed || ending.permits(end),
        "{end:?} is not {ending:?}"
    );
}
