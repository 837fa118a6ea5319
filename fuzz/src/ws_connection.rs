//! A careless caller, a hostile server and a stream that blocks, in any order: what leaves is whole and valid frames, all
//! that was accepted and nothing that was refused, and what comes is what a plain reading of RFC 6455 gives.

mod model;
mod operation;

use std::io::Write;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use boom_ws::{
    CloseCode, Connection, Error, Heartbeat, Message, PreparedMessage, Silence, SlowConsumerPolicy,
    Websocket, WebsocketConfig,
};

use crate::drive::owned;
use crate::faulty::Faulty;
use crate::naive::{Frame, Limits};
use model::{Expected, Model, Over};
use operation::{Operation, Plan, Policy, Reading};

/// Small, so that short inputs reach them.
const LIMITS: Limits = Limits {
    frame: 2048,
    message: 3000,
};

/// What control frames may take beyond the limit for data.
const CONTROL_RESERVE: usize = 4096;

pub fn run(data: &[u8]) {
    let Ok(plan) = Plan::arbitrary(&mut Unstructured::new(data)) else {
        return;
    };
    let mut run = Run::new(&plan);
    for operation in &plan.operations {
        run.operate(operation);
        run.check_waiting();
    }
    run.finish();
}

struct Run {
    ws: Option<Websocket<Faulty>>,
    reading: Reading,
    policy: Policy,
    max_outbound: usize,
    model: Model,
    now_ns: u64,
}

impl Run {
    fn new(plan: &Plan) -> Self {
        let nanoseconds = |count: u16| Duration::from_nanos(u64::from(count));
        let mut heartbeat = Heartbeat::new();
        if let Some(every) = plan.ping_every {
            heartbeat = heartbeat.with_ping_every(nanoseconds(every));
        }
        if let Some(after) = plan.dead_peer_after {
            heartbeat = heartbeat.with_dead_peer_after(nanoseconds(after));
        }
        if let Some(after) = plan.idle_data_after {
            heartbeat = heartbeat.with_idle_data_after(nanoseconds(after));
        }
        let max_outbound = [64, 300, 4096, 1 << 20][usize::from(plan.max_outbound % 4)];
        let config = WebsocketConfig::new()
            .with_max_frame_bytes(LIMITS.frame as usize)
            .with_max_message_bytes(LIMITS.message)
            .with_max_outbound_bytes(max_outbound)
            .with_read_window_bytes(64)
            .with_heartbeat(heartbeat)
            .with_automatic_pong(plan.automatic_pong)
            .dangerous_with_zero_masks(plan.zero_masks)
            .with_slow_consumer_policy(match plan.policy {
                Policy::Refuse => SlowConsumerPolicy::Refuse,
                Policy::DropNewest => SlowConsumerPolicy::DropNewest,
                Policy::Conflate => SlowConsumerPolicy::conflate(|payload| payload.get(..1)),
            })
            .with_predictable_masks([7; 32]);
        let connection = Connection::established(&config).expect("a seed is given");
        Self {
            ws: Some(Websocket::from_parts(Faulty::default(), connection)),
            reading: plan.reading,
            policy: plan.policy,
            max_outbound,
            model: Model::new(plan),
            now_ns: 0,
        }
    }

    fn ws(&mut self) -> &mut Websocket<Faulty> {
        self.ws
            .as_mut()
            .expect("it is only taken apart to be looked at")
    }

    fn stream(&mut self) -> &mut Faulty {
        self.ws().stream_mut()
    }

    fn operate(&mut self, operation: &Operation) {
        match operation {
            Operation::Receive(served) => {
                let bytes = served.encode();
                if self.stream().push_input(&bytes) {
                    self.model.input.extend_from_slice(&bytes);
                }
            }
            Operation::Eof => self.stream().end(),
            Operation::Reads(steps) => self.stream().push_reads(steps),
            Operation::Writes(steps) => self.stream().push_writes(steps),
            Operation::Read { most } => self.read(usize::from(*most)),
            Operation::Timeout { after_ns } => self.timeout(u64::from(*after_ns)),
            Operation::Flush => {
                let result = self.ws().flush();
                assert!(result.is_ok() || self.model.is_over(), "{result:?}");
            }
            Operation::Message {
                kind,
                fin,
                queued,
                payload,
            } => {
                let payload = payload.bytes();
                let ws = self.ws.as_mut().expect("it is there");
                let result = match (kind % 3, queued) {
                    (0, false) => ws.send_continuation(*fin, Some(&payload)),
                    (1, false) => ws.send_text(*fin, Some(&payload)),
                    (2, false) => ws.send_binary(*fin, Some(&payload)),
                    (0 | 1, true) => ws.queue_text(*fin, Some(&payload)),
                    (_, _) => ws.queue_binary(*fin, Some(&payload)),
                };
                let opcode = if *queued && kind % 3 == 0 {
                    1
                } else {
                    kind % 3
                };
                let frame = Frame::new(*fin, opcode, &payload);
                self.model.sent_or_dropped(&result, &frame);
            }
            Operation::Parts { is_text, parts } => {
                let parts: Vec<Vec<u8>> = parts
                    .iter()
                    .take(5)
                    .map(operation::Payload::bytes)
                    .collect();
                let lent: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
                let result = match is_text {
                    true => self.ws().send_text_parts(&lent),
                    false => self.ws().send_binary_parts(&lent),
                };
                let opcode = if *is_text { 1 } else { 2 };
                self.model
                    .sent(&result, &Frame::new(true, opcode, &parts.concat()));
            }
            Operation::InPlace {
                is_text,
                capacity,
                sends,
                payload,
            } => {
                self.in_place(
                    *is_text,
                    usize::from(*capacity % 1024),
                    *sends,
                    &payload.bytes(),
                );
            }
            Operation::Fragments {
                is_text,
                finishes,
                parts,
            } => {
                let parts: Vec<Vec<u8>> = parts
                    .iter()
                    .take(5)
                    .map(operation::Payload::bytes)
                    .collect();
                self.fragments(*is_text, *finishes, &parts);
            }
            Operation::Prepared { is_text, payload } => {
                let payload = payload.bytes();
                let (opcode, prepared) = match (is_text, str::from_utf8(&payload)) {
                    (true, Ok(text)) => (1, PreparedMessage::text(text)),
                    _ => (2, PreparedMessage::binary(&payload)),
                };
                let result = self.ws().send_prepared(&prepared);
                self.model
                    .sent_or_dropped(&result, &Frame::new(true, opcode, &payload));
            }
            Operation::PollClosed => {
                let now_ns = self.now_ns;
                let result = self.ws().poll_closed(now_ns);
                assert!(
                    matches!(result, Ok(false)) || self.model.is_over(),
                    "{result:?}"
                );
            }
            Operation::Ping(payload) => {
                let payload = payload.bytes();
                let result = self.ws().send_ping(Some(&payload));
                self.model.sent(&result, &Frame::new(true, 9, &payload));
            }
            Operation::TimedPing => {
                let now_ns = self.now_ns;
                let result = self.ws().send_timed_ping(now_ns);
                self.model
                    .sent(&result, &Frame::new(true, 9, &now_ns.to_be_bytes()));
                if result.is_ok() {
                    let rtt = self.ws().rtt_ns(&now_ns.to_be_bytes(), now_ns + 5);
                    assert_eq!(rtt, Some(5));
                }
            }
            Operation::Pong(payload) => {
                let payload = payload.bytes();
                let result = self.ws().send_pong(Some(&payload));
                self.model.sent_pong(&result, &payload);
            }
            Operation::Close { code, reason } => self.close(*code, usize::from(*reason)),
        }
    }

    fn in_place(&mut self, is_text: bool, capacity: usize, sends: bool, payload: &[u8]) {
        let ws = self.ws.as_mut().expect("it is there");
        let lent = match is_text {
            true => ws.text_frame(capacity),
            false => ws.binary_frame(capacity),
        };
        let opcode = if is_text { 1 } else { 2 };
        match lent {
            Ok(mut frame) => {
                let written = frame.write(payload).expect("it only fills up");
                assert_eq!(written, payload.len().min(capacity));
                assert_eq!(frame.unfilled_mut().len(), capacity - written);
                if sends {
                    let result = frame.send();
                    self.model
                        .sent(&result, &Frame::new(true, opcode, &payload[..written]));
                }
            }
            error => {
                let result = error.map(drop);
                self.model
                    .sent(&result, &Frame::new(true, opcode, &vec![0; capacity]));
            }
        }
    }

    fn fragments(&mut self, is_text: bool, finishes: bool, parts: &[Vec<u8>]) {
        let ws = self.ws.as_mut().expect("it is there");
        let mut message = match is_text {
            true => ws.fragmented_text(),
            false => ws.fragmented_binary(),
        };
        let mut opcode = if is_text { 1 } else { 2 };
        let Some((last, parts)) = parts.split_last() else {
            return;
        };
        for part in parts {
            let result = message.send(part);
            self.model.sent(&result, &Frame::new(false, opcode, part));
            if result.is_ok() {
                opcode = 0;
            }
        }
        if finishes {
            let result = message.finish(last);
            // Where all before it was refused, it is a whole message by itself.
            self.model
                .sent_or_dropped(&result, &Frame::new(true, opcode, last));
        }
    }

    fn close(&mut self, code: Option<u16>, reason_len: usize) {
        let reason = "r".repeat(reason_len);
        let code = code.and_then(CloseCode::new);
        let result = self.ws().send_close(code, &reason);
        let mut payload = code.map_or_else(Vec::new, |code| code.value().to_be_bytes().to_vec());
        payload.extend_from_slice(reason.as_bytes());
        let is_valid = code.is_some() || reason.is_empty();
        self.model
            .sent_close(&result, &Frame::new(true, 8, &payload), is_valid);
    }

    fn timeout(&mut self, after_ns: u64) {
        self.now_ns += after_ns;
        let now_ns = self.now_ns;
        self.model.times.push(now_ns.to_be_bytes());
        match self.ws().handle_timeout(now_ns) {
            Ok(()) => assert!(!self.model.is_over(), "{:?}", self.model.over),
            Err(Error::Silence(silence)) => {
                let is_asked_for = match silence {
                    Silence::DeadPeer => self.model.may_be_dead,
                    Silence::IdleData => self.model.may_be_idle,
                    other => panic!("{other}"),
                };
                assert!(is_asked_for, "{silence}");
                self.model.ends(Over::Silence);
            }
            Err(error) => assert!(self.model.is_over(), "{error}"),
        }
    }

    fn read(&mut self, most: usize) {
        let most = if most > 8 { usize::MAX } else { most };
        let ws = self.ws.as_mut().expect("it is there");
        let result = match self.reading {
            Reading::Frames => read_frames(ws, most, &mut self.model.received),
            Reading::Messages => read_messages(ws, most, &mut self.model.received),
        };
        match result {
            Ok(()) => {}
            Err(Error::Protocol(error)) => {
                self.model.ends(Over::Broken(error.close_code().value()))
            }
            Err(Error::Closed(code)) => self.model.ends(Over::Closed(code.map(CloseCode::value))),
            Err(Error::Io(error)) => {
                assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
                assert!(self.stream().is_ended());
                self.model.ends(Over::Eof);
            }
            Err(Error::Silence(_)) => self.model.ends(Over::Silence),
            Err(error) => panic!("no reading leads to {error}"),
        }
    }

    /// What waits stays below the limit, and begins where what was written ends. Only where nothing is lost by taking
    /// the connection apart: the start of a message that is being joined would be.
    fn check_waiting(&mut self) {
        let unwritten = self
            .model
            .accepted_bytes
            .saturating_sub(self.stream().written.len());
        let most = self.max_outbound + CONTROL_RESERVE;
        let may_wait = unwritten <= most || self.policy != Policy::Refuse || self.model.is_over();
        assert!(may_wait, "{unwritten} bytes wait");
        if self.reading == Reading::Frames
            && let Some(ws) = self.ws.take()
        {
            let (stream, connection) = ws.into_parts();
            assert!(connection.outgoing().len() <= most);
            self.ws = Some(Websocket::from_parts(stream, connection));
        }
    }

    /// Lets all come and go that can, and compares.
    fn finish(mut self) {
        self.stream().reads.clear();
        self.stream().writes.clear();
        loop {
            let is_last = self.stream().is_read_out();
            let before = self.model.received.len();
            self.read(usize::MAX);
            let nothing = self.model.received.len() == before;
            if self.model.over.is_some() || (is_last && nothing && !self.stream().is_ended()) {
                break;
            }
        }
        // Twice: a pong may have waited for room.
        let _ = self.ws().flush();
        let result = self.ws().flush();
        let is_eof = matches!(self.model.over, Some(Over::Eof));
        assert!(is_eof || matches!(result, Ok(true)), "{result:?}");
        if self.model.over.is_some() {
            let before = self.stream().written.len();
            assert!(self.ws().send_text(true, Some(b"late")).is_err());
            assert!(self.ws().send_ping(None).is_err());
            assert_eq!(self.stream().written.len(), before);
        }
        let written = std::mem::take(&mut self.stream().written);
        let expected = Expected::of(&self.model.input, LIMITS, self.reading);
        self.model.check_received(&expected);
        let counts = self.ws().slow_consumer_counts();
        self.model
            .check_written(&written, counts.dropped + counts.conflated);
    }
}

fn read_frames(
    ws: &mut Websocket<Faulty>,
    most: usize,
    received: &mut Vec<Frame>,
) -> Result<(), Error> {
    for frame in ws.read_batch()?.take(most) {
        received.push(owned(frame?));
    }
    Ok(())
}

fn read_messages(
    ws: &mut Websocket<Faulty>,
    most: usize,
    received: &mut Vec<Frame>,
) -> Result<(), Error> {
    let mut messages = ws.read_messages()?;
    for _ in 0..most {
        let Some(message) = messages.next_message()? else {
            break;
        };
        received.push(match message {
            Message::Text(text) => Frame::new(true, 1, text.as_bytes()),
            Message::Binary(payload) => Frame::new(true, 2, payload),
            Message::Ping(payload) => Frame::new(true, 9, payload),
            Message::Pong(payload) => Frame::new(true, 10, payload),
            Message::Close(close) => crate::drive::owned_close(close),
        });
    }
    Ok(())
}
