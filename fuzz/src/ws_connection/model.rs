//! What has to be true of a connection, remembered plainly.

use boom_ws::{Error, Misuse};

use super::operation::{Plan, Policy, Reading};
use crate::naive::{End, Ending, Frame, Limits, decode_client_start, decode_server, join};

/// Why a connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Closed(Option<u16>),
    Broken(u16),
    Silence,
    Eof,
}

/// What the server's bytes hold.
pub(super) struct Expected {
    frames: Vec<Frame>,
    ending: Ending,
}

impl Expected {
    pub(super) fn of(input: &[u8], limits: Limits, reading: Reading) -> Self {
        let decoded = decode_server(input, limits);
        let frames = match reading {
            Reading::Frames => decoded.frames,
            Reading::Messages => join(&decoded.frames),
        };
        Self {
            frames,
            ending: decoded.ending,
        }
    }
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) input: Vec<u8>,
    pub(super) received: Vec<Frame>,
    pub(super) over: Option<Over>,
    /// What was accepted but pongs and a close frame, in order, and whether the policy may keep it from being sent.
    accepted: Vec<(Frame, bool)>,
    policy: Policy,
    /// Bytes of all frames that were accepted.
    pub(super) accepted_bytes: usize,
    /// Payloads of pongs that were accepted.
    pongs: Vec<Vec<u8>>,
    /// The close frame that was accepted.
    close: Option<Frame>,
    is_message_open: bool,
    answers_pings: bool,
    pings_by_itself: bool,
    /// Every time that was told, as a ping carries it.
    pub(super) times: Vec<[u8; 8]>,
    pub(super) may_be_dead: bool,
    pub(super) may_be_idle: bool,
}

impl Model {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            input: Vec::new(),
            received: Vec::new(),
            over: None,
            accepted: Vec::new(),
            policy: plan.policy,
            accepted_bytes: 0,
            pongs: Vec::new(),
            close: None,
            is_message_open: false,
            answers_pings: plan.automatic_pong,
            pings_by_itself: plan.ping_every.is_some(),
            times: Vec::new(),
            may_be_dead: plan.dead_peer_after.is_some(),
            may_be_idle: plan.idle_data_after.is_some(),
        }
    }

    /// The connection says why it is over: always the same.
    pub(super) fn ends(&mut self, over: Over) {
        assert_eq!(*self.over.get_or_insert(over), over, "it ends but once");
    }

    /// Whether the caller has been told that it is over: a close frame is the last there is.
    pub(super) fn is_over(&self) -> bool {
        let last = self.received.last();
        self.over.is_some() || last.is_some_and(|frame| frame.opcode == 8)
    }

    /// A frame was handed over, and accepted or not.
    pub(super) fn sent(&mut self, result: &Result<(), Error>, frame: &Frame) {
        if self.judge(result, frame, true) {
            self.accepted_bytes += encoded_len(frame);
            if !frame.is_control() {
                self.is_message_open = !frame.fin;
            }
            self.accepted.push((frame.clone(), false));
        }
    }

    /// A frame was handed over by a way that the policy for slow consumers holds for.
    pub(super) fn sent_or_dropped(&mut self, result: &Result<(), Error>, frame: &Frame) {
        self.sent(result, frame);
        let is_droppable = self.policy != Policy::Refuse && frame.fin && frame.opcode != 0;
        if let (Ok(()), Some((_, last))) = (result, self.accepted.last_mut()) {
            *last = is_droppable;
        }
    }

    pub(super) fn sent_pong(&mut self, result: &Result<(), Error>, payload: &[u8]) {
        let frame = Frame::new(true, 10, payload);
        if self.judge(result, &frame, true) {
            self.accepted_bytes += encoded_len(&frame);
            self.pongs.push(payload.to_vec());
        }
    }

    pub(super) fn sent_close(&mut self, result: &Result<(), Error>, frame: &Frame, is_valid: bool) {
        if self.judge(result, frame, is_valid) {
            self.accepted_bytes += encoded_len(frame);
            self.close = Some(frame.clone());
        }
    }

    /// Returns whether the frame was accepted; it must not be where a rule forbids it, and a refusal must be true.
    fn judge(&self, result: &Result<(), Error>, frame: &Frame, is_valid_close: bool) -> bool {
        let rules = [
            (Misuse::Closing, self.close.is_some()),
            (
                Misuse::ControlTooLong,
                frame.is_control() && frame.payload.len() > 125,
            ),
            (Misuse::InvalidCloseCode, !is_valid_close),
            (
                Misuse::NoMessageUnderWay,
                frame.opcode == 0 && !self.is_message_open,
            ),
            (
                Misuse::MessageUnderWay,
                matches!(frame.opcode, 1 | 2) && self.is_message_open,
            ),
        ];
        match result {
            Ok(()) => {
                let broken: Vec<_> = rules.iter().filter(|(_, is_broken)| *is_broken).collect();
                assert!(
                    broken.is_empty() && !self.is_over(),
                    "accepted: {broken:?} {frame:?}"
                );
                true
            }
            Err(Error::Misuse(misuse)) => {
                assert!(
                    rules.contains(&(*misuse, true)),
                    "{misuse} is no rule that is broken"
                );
                false
            }
            Err(Error::OutboundFull) => {
                assert!(!self.is_over());
                false
            }
            Err(error) => {
                assert!(self.is_over(), "{error}");
                false
            }
        }
    }

    pub(super) fn check_received(&self, expected: &Expected) {
        let count = self.received.len();
        let end = match self.over {
            // It was given up before all had come.
            Some(Over::Silence) => {
                assert_eq!(Some(&self.received[..]), expected.frames.get(..count));
                return;
            }
            Some(Over::Closed(code)) => Some(End::Closed(code)),
            Some(Over::Broken(code)) => Some(End::Broken(code)),
            Some(Over::Eof) | None => None,
        };
        assert_eq!(self.received, expected.frames);
        let ending = &expected.ending;
        assert!(ending.permits(end), "{:?} is not {ending:?}", self.over);
    }

    /// What has left: whole, valid frames, each that was accepted, in order, and nothing but answers beside them. So many
    /// are missing as the policy has dropped or replaced.
    pub(super) fn check_written(self, written: &[u8], unsent: u64) {
        let (mut frames, rest) = decode_client_start(written, 0);
        let is_eof = self.over == Some(Over::Eof);
        assert!(
            rest == 0 || is_eof,
            "a part of a frame is left: {written:?}"
        );
        self.check_close(&mut frames);
        let mut answerable = self.answerable();
        let mut missing: Vec<&Frame> = self.accepted.iter().map(|(frame, _)| frame).collect();
        let mut sent = Vec::new();
        for (frame, _) in &frames {
            let place = missing.iter().position(|accepted| *accepted == frame);
            match (frame.opcode, place) {
                (8, _) => panic!("a close frame in the middle"),
                (10, _) => {
                    let place = answerable
                        .iter()
                        .position(|payload| *payload == frame.payload);
                    answerable.swap_remove(place.expect("a pong answers a ping or was sent"));
                }
                (_, Some(place)) => {
                    missing.remove(place);
                    sent.push(frame);
                }
                (9, None) => assert!(self.is_heartbeat(frame), "{frame:?} was not accepted"),
                (_, None) => panic!("{frame:?} was not accepted: {:?}", self.accepted),
            }
        }
        assert!(
            is_eof || missing.len() as u64 == unsent,
            "{missing:?} and not {unsent}"
        );
        self.check_order(&sent, is_eof);
    }

    fn check_order(&self, sent: &[&Frame], is_eof: bool) {
        // A timed ping may be the same as one of the heartbeat.
        let accepted = || {
            self.accepted
                .iter()
                .filter(|(frame, _)| !self.is_heartbeat(frame))
        };
        let sent: Vec<&Frame> = sent
            .iter()
            .copied()
            .filter(|frame| !self.is_heartbeat(frame))
            .collect();
        // One that is conflated takes the place of an older one, before others that were accepted since.
        let keeps_order = self.policy == Policy::Conflate
            || is_subsequence(sent.iter().copied(), accepted().map(|(frame, _)| frame));
        assert!(
            keeps_order,
            "{sent:?} is not in the order of {:?}",
            self.accepted
        );
        let certain = accepted().filter(|(_, is_droppable)| !is_droppable);
        let is_all = is_subsequence(certain.map(|(frame, _)| frame), sent.iter().copied());
        assert!(
            is_all || is_eof,
            "{sent:?} lacks some of {:?}",
            self.accepted
        );
    }

    /// Takes the close frame off, which is there where it has to be, and behind which nothing but pongs comes.
    fn check_close(&self, frames: &mut Vec<(Frame, u8)>) {
        let answer = match self.over {
            Some(Over::Closed(code)) => Some(code),
            Some(Over::Broken(code)) => Some(Some(code)),
            // "Going away".
            Some(Over::Silence) => Some(Some(1001)),
            Some(Over::Eof) | None => None,
        };
        let answer = answer.map(|code| {
            let payload = code.map_or_else(Vec::new, |code| code.to_be_bytes().to_vec());
            Frame::new(true, 8, &payload)
        });
        let due = self.close.clone().or(answer);
        let place = frames.iter().position(|(frame, _)| frame.opcode == 8);
        let found = place.map(|place| frames.remove(place).0);
        if self.over == Some(Over::Eof) && found.is_none() {
            return;
        }
        assert_eq!(found, due);
        // §5.5.2: after a close frame of ours pings are still answered, until the server's own has come.
        let behind = &frames[place.unwrap_or(frames.len())..];
        let answers_pings = self.close.is_some() && self.answers_pings;
        assert!(
            behind
                .iter()
                .all(|(frame, _)| answers_pings && frame.opcode == 10),
            "{behind:?}"
        );
    }

    /// Payloads that pongs may have.
    fn answerable(&self) -> Vec<Vec<u8>> {
        let mut payloads = self.pongs.clone();
        if self.answers_pings {
            let pings = self.received.iter().filter(|frame| frame.opcode == 9);
            payloads.extend(pings.map(|ping| ping.payload.clone()));
        }
        payloads
    }

    fn is_heartbeat(&self, frame: &Frame) -> bool {
        self.pings_by_itself && self.times.iter().any(|time| time[..] == frame.payload)
    }
}

fn encoded_len(frame: &Frame) -> usize {
    let len = frame.payload.len();
    let header = match len {
        0..=125 => 6,
        126..=65_535 => 8,
        _ => 14,
    };
    header + len
}

fn is_subsequence<'a>(
    mut part: impl Iterator<Item = &'a Frame>,
    mut whole: impl Iterator<Item = &'a Frame>,
) -> bool {
    part.all(|frame| whole.any(|other| other == frame))
}
