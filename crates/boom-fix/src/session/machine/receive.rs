//! What the peer sends: checked, put in order, answered or lent.

use super::super::clock::Now;
use super::super::error::DisconnectReason;
use super::super::event::{Event, Lent, Refusal};
use super::super::inbox::{Ahead, Inbox};
use super::super::store::Store;
use super::header::{Head, Kind};
use super::logon::Answer;
use super::{Result, Session, State, Step};
use crate::error::{FieldError, FieldFault};
use crate::message::{Message, is_header_tag};
use crate::value::{UtcTimestamp, Value};

/// What is to be done about a message when the application has seen it.
#[derive(Debug)]
pub(super) enum Pending {
    /// It counts as received.
    Received,
    AnswerLogon(Answer),
    RefuseLogon(String),
    AnswerLogout {
        number: u64,
    },
}

/// What is wrong with a header.
enum HeadFault {
    Refused(Refusal),
    /// The session cannot go on behind it.
    Fatal(Refusal),
    NoNumber,
}

impl<T: Store> Session<T> {
    /// The message that was lent last counts as received; for the end of a connection.
    pub(super) fn finish_received(&mut self) -> Result<()> {
        match self.pending.take() {
            Some(Pending::Received) => self.advance(),
            _ => Ok(()),
        }
    }

    #[inline]
    pub(super) fn finish_pending(&mut self, inbox: &mut Inbox, now: Now) -> Result<()> {
        match self.pending.take() {
            None => Ok(()),
            Some(Pending::Received) => self.advance(),
            Some(Pending::AnswerLogon(answer)) => {
                let (message, ahead) = inbox.parts();
                self.answer_logon(answer, &message, ahead, now)
            }
            Some(Pending::RefuseLogon(text)) => {
                self.log_out_and_close(&text, DisconnectReason::LogonRefused, now)
            }
            Some(Pending::AnswerLogout { number }) => self.answer_logout(number, now),
        }
    }

    /// One more message has been received.
    #[inline]
    pub(super) fn advance(&mut self) -> Result<()> {
        let number = self.store.next_incoming() + 1;
        self.store.set_next_incoming(number)?;
        Ok(())
    }

    pub(super) fn advance_if(&mut self, number: u64) -> Result<()> {
        if number == self.store.next_incoming() {
            return self.advance();
        }
        Ok(())
    }

    #[inline]
    pub(super) fn receive(
        &mut self,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<Step> {
        if message.begin_string() != self.config.begin_string.as_str().as_bytes() {
            return self.wrong_version(message, now);
        }
        if let Err(refusal) = self.validate(message) {
            return self.refused(message, refusal, now);
        }
        let head = match self.check_head(message, now) {
            Ok(head) => head,
            Err(fault) => return self.bad_head(message, &fault, now),
        };
        if !self.is_permitted(head.kind) {
            self.close(DisconnectReason::NotALogon, now)?;
            return Ok(Step::Again);
        }
        match head.kind {
            Kind::Logon => self.logon_received(head, message, ahead, now),
            Kind::Logout => {
                self.pending = Some(Pending::AnswerLogout {
                    number: head.number,
                });
                Ok(Step::Lend(Lent::Logout))
            }
            Kind::ResendRequest => self.resend_request(head, message, ahead, now),
            Kind::SequenceReset => self.sequence_reset(head, message, ahead, now),
            // Of our logon: nothing is asked for before there is an answer.
            Kind::Reject if self.state == State::LogonSent => {
                self.statistics.rejects_received += 1;
                self.advance_if(head.number)?;
                Ok(Step::Lend(Lent::Reject))
            }
            kind => {
                // By when it came, not by when its turn is.
                if kind == Kind::Heartbeat && self.probe.is_waiting() {
                    self.heartbeat_came(message, now);
                }
                match self.out_of_order(head, message, ahead, now)? {
                    Some(step) => Ok(step),
                    None => self.in_order(head, message, now),
                }
            }
        }
    }

    /// A message that was ahead has its turn. It was checked when it came.
    pub(super) fn receive_turned(
        &mut self,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<Step> {
        let kind = Kind::of(message.msg_type());
        let head = Head {
            number: self.store.next_incoming(),
            kind,
            is_poss_dup: is_set(message.get(43)),
            is_poss_resend: is_set(message.get(97)),
        };
        match kind {
            // Were answered when they came.
            Kind::Logon | Kind::ResendRequest | Kind::Logout => {
                self.advance()?;
                Ok(Step::Again)
            }
            Kind::SequenceReset => self.sequence_reset(head, message, ahead, now),
            _ => self.in_order(head, message, now),
        }
    }

    #[inline]
    fn in_order(&mut self, head: Head, message: &Message<'_>, now: Now) -> Result<Step> {
        match head.kind {
            Kind::Application => {
                self.statistics.delivered += 1;
                self.pending = Some(Pending::Received);
                Ok(Step::Lend(Lent::Message {
                    number: head.number,
                    is_poss_dup: head.is_poss_dup,
                    is_poss_resend: head.is_poss_resend,
                }))
            }
            Kind::TestRequest => {
                let Some(id) = message.get(112) else {
                    return self.refused(message, Refusal::new(1, Some(112)), now);
                };
                self.advance()?;
                self.heartbeat(Some(id.as_bytes()), now)?;
                Ok(Step::Again)
            }
            Kind::Reject => {
                self.statistics.rejects_received += 1;
                self.pending = Some(Pending::Received);
                Ok(Step::Lend(Lent::Reject))
            }
            _ => {
                self.advance()?;
                Ok(Step::Again)
            }
        }
    }

    #[inline]
    fn validate(&mut self, message: &Message<'_>) -> std::result::Result<(), Refusal> {
        let config = &mut self.config;
        if config.appl_validators.is_empty() {
            let validator = match &mut config.admin_validator {
                Some(validator) if Kind::of(message.msg_type()).is_admin() => Some(validator),
                _ => config.validator.as_mut(),
            };
            let result = validator.map_or(Ok(()), |validator| validator.validate(message));
            return result.map_err(Refusal::from);
        }
        self.validate_version(message)
    }

    /// Over FIXT.1.1, where each message may be of another version of FIX.
    fn validate_version(&mut self, message: &Message<'_>) -> std::result::Result<(), Refusal> {
        let config = &mut self.config;
        if Kind::of(message.msg_type()).is_admin() {
            let validator = config.admin_validator.as_mut();
            let result = validator.map_or(Ok(()), |validator| validator.validate(message));
            return result.map_err(Refusal::from);
        }
        let own = message.get(1128).map(|version| version.as_bytes());
        let default = self.peer.appl_ver_id.as_deref().map(str::as_bytes);
        let version = own.or(default).unwrap_or_default();
        let validators = config.appl_validators.iter_mut();
        let mut known = validators.filter(|(id, _)| id.as_bytes() == version);
        match known.next().map(|(_, validator)| validator) {
            Some(validator) => validator.validate(message).map_err(Refusal::from),
            None => match &mut config.validator {
                Some(validator) => validator.validate(message).map_err(Refusal::from),
                None => Err(Refusal::new(18, own.map(|_| 1128))),
            },
        }
    }

    const fn is_permitted(&self, kind: Kind) -> bool {
        match self.state {
            State::AwaitingLogon => matches!(kind, Kind::Logon),
            State::LogonSent => matches!(kind, Kind::Logon | Kind::Logout | Kind::Reject),
            State::LoggedOn | State::LogoutSent => true,
            State::Disconnected => false,
        }
    }

    /// Reads the header in one pass and checks names and times.
    #[inline]
    fn check_head(&self, message: &Message<'_>, now: Now) -> std::result::Result<Head, HeadFault> {
        let (mut number, mut sender, mut target, mut sending_time) = (None, None, None, None);
        let (mut is_poss_dup, mut is_poss_resend, mut original) = (false, false, None);
        // Behind BeginString, BodyLength and MsgType.
        let mut at = 3;
        while let Some(field) = message.fields().at(at) {
            match field.tag() {
                34 => number = sequence_number(field),
                43 => is_poss_dup = is_set(Some(field)),
                49 => sender = Some(field.as_bytes()),
                52 => sending_time = Some(field),
                56 => target = Some(field.as_bytes()),
                97 => is_poss_resend = is_set(Some(field)),
                122 => original = Some(field),
                tag if !is_header_tag(tag) => break,
                _ => {}
            }
            at += 1;
        }
        let number = number.ok_or(HeadFault::NoNumber)?;
        let sender = sender.ok_or_else(|| missing(49))?;
        let target = target.ok_or_else(|| missing(56))?;
        let kind = Kind::of(message.msg_type());
        let sending_time = sending_time.ok_or_else(|| missing(52))?;
        let sent = time_of(sending_time)?;
        if !self.is_accurate(sent, now) {
            return Err(HeadFault::Fatal(Refusal::new(10, None)));
        }
        if sender != self.config.target.as_bytes() || target != self.config.sender.as_bytes() {
            return Err(HeadFault::Fatal(Refusal::new(9, None)));
        }
        if is_poss_dup && kind != Kind::SequenceReset {
            match original {
                None if self.config.requires_orig_sending_time => return Err(missing(122)),
                Some(original) if time_of(original)? > sent => {
                    return Err(HeadFault::Fatal(Refusal::new(10, None)));
                }
                _ => {}
            }
        }
        Ok(Head {
            number,
            kind,
            is_poss_dup,
            is_poss_resend,
        })
    }

    #[inline]
    fn is_accurate(&self, sent: UtcTimestamp, now: Now) -> bool {
        let Some(accuracy) = self.config.time_accuracy else {
            return true;
        };
        u128::from(sent.unix_nanos().abs_diff(now.unix_ns)) <= accuracy.as_nanos()
    }

    #[cold]
    fn bad_head(&mut self, message: &Message<'_>, fault: &HeadFault, now: Now) -> Result<Step> {
        match *fault {
            HeadFault::NoNumber => {
                self.no_number(now)?;
                Ok(Step::Again)
            }
            HeadFault::Refused(refusal) => self.refused(message, refusal, now),
            HeadFault::Fatal(refusal) => self.refused_then(message, refusal, true, now),
        }
    }

    pub(super) fn no_number(&mut self, now: Now) -> Result<()> {
        if matches!(self.state, State::AwaitingLogon | State::LogonSent) {
            return self.close(DisconnectReason::InvalidLogon, now);
        }
        let reason = DisconnectReason::NoSequenceNumber;
        self.log_out_and_close("Required tag missing: MsgSeqNum", reason, now)
    }

    /// A field cannot be read: what stands before it tells whose message it is.
    #[cold]
    pub(super) fn malformed(
        &mut self,
        message: &Message<'_>,
        error: FieldError,
        tag: Option<i64>,
        now: Now,
    ) -> Result<Step> {
        let code = match error.fault {
            FieldFault::Malformed => 0,
            _ => 6,
        };
        self.refused(message, Refusal::new(code, tag), now)
    }

    #[cold]
    fn wrong_version(&mut self, message: &Message<'_>, now: Now) -> Result<Step> {
        if matches!(self.state, State::AwaitingLogon | State::LogonSent) {
            self.close(DisconnectReason::InvalidLogon, now)?;
            return Ok(Step::Again);
        }
        let number = message.msg_seq_num().unwrap_or(0);
        if Kind::of(message.msg_type()) == Kind::Logout {
            self.pending = Some(Pending::AnswerLogout { number });
            return Ok(Step::Lend(Lent::Logout));
        }
        self.start_logout(Some("Incorrect BeginString"), now)?;
        self.advance_if(number)?;
        Ok(Step::Again)
    }

    fn answer_logout(&mut self, number: u64, now: Now) -> Result<()> {
        let reason = match self.state {
            State::LogonSent => DisconnectReason::LogonRefused,
            State::LogoutSent => DisconnectReason::LoggedOut,
            _ => {
                self.send_logout(None, now)?;
                DisconnectReason::LoggedOut
            }
        };
        self.advance_if(number)?;
        self.note_logout(number, now);
        self.close(reason, now)
    }

    /// Too low, a duplicate, or ahead of a gap; `None` if it is the one that is expected.
    #[inline]
    pub(super) fn out_of_order(
        &mut self,
        head: Head,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<Option<Step>> {
        let expected = self.store.next_incoming();
        if head.number == expected {
            return Ok(None);
        }
        if head.number > expected {
            self.keep_ahead(head.number, message, ahead, now)?;
        } else if head.is_poss_dup {
            self.statistics.duplicates += 1;
        } else {
            self.too_low(head.number, now)?;
        }
        Ok(Some(Step::Again))
    }

    pub(super) fn too_low(&mut self, number: u64, now: Now) -> Result<()> {
        let expected = self.store.next_incoming();
        let text = format!("MsgSeqNum too low, expecting {expected} but received {number}");
        self.log_out_and_close(&text, DisconnectReason::SequenceTooLow, now)
    }

    fn sequence_reset(
        &mut self,
        head: Head,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<Step> {
        let to = match uint(message, 36) {
            Ok(to) => to,
            Err(refusal) => return self.refused(message, refusal, now),
        };
        if is_set(message.get(123)) {
            if let Some(step) = self.out_of_order(head, message, ahead, now)? {
                return Ok(step);
            }
            if to <= head.number {
                let step = self.refused(message, Refusal::new(5, Some(36)), now)?;
                // Or the same would come again and again.
                self.advance()?;
                return Ok(step);
            }
            self.fill(to, ahead)?;
            return Ok(Step::Again);
        }
        // Reset: whatever its own number is.
        let expected = self.store.next_incoming();
        if to < expected {
            return self.refused(message, Refusal::new(5, None), now);
        }
        self.gap = None;
        self.filled_to = 0;
        ahead.drop_below(to);
        if to == expected {
            return Ok(Step::Again);
        }
        self.store.set_next_incoming(to)?;
        Ok(Step::Tell(Event::Missed {
            from: expected,
            to: to - 1,
        }))
    }

    fn resend_request(
        &mut self,
        head: Head,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<Step> {
        let expected = self.store.next_incoming();
        if head.number < expected && head.is_poss_dup {
            self.statistics.duplicates += 1;
            return Ok(Step::Again);
        }
        let begin = match uint(message, 7) {
            Ok(begin) => begin,
            Err(refusal) => return self.refused(message, refusal, now),
        };
        let end = match uint(message, 16) {
            Ok(end) => end,
            Err(refusal) => return self.refused(message, refusal, now),
        };
        self.statistics.resend_requests_received += 1;
        if let Err(refusal) = self.schedule_again(begin, end) {
            return self.refused(message, refusal, now);
        }
        // It is honoured whatever its number is, or two sides that miss something would wait for each other.
        if head.number > expected {
            self.keep_ahead(head.number, message, ahead, now)?;
        } else {
            self.advance_if(head.number)?;
        }
        self.pump(now)?;
        Ok(Step::Again)
    }
}

fn uint(message: &Message<'_>, tag: u32) -> std::result::Result<u64, Refusal> {
    let tag_of = Some(i64::from(tag));
    match message.get(tag).map(sequence_number) {
        Some(Some(number)) => Ok(number),
        Some(None) => Err(Refusal::new(6, tag_of)),
        None => Err(Refusal::new(1, tag_of)),
    }
}

/// Of a field that numbers messages, if it can be one: there is always a next.
#[inline]
pub(super) fn sequence_number(field: Value<'_>) -> Option<u64> {
    field.uint().ok().filter(|&number| number < u64::MAX >> 1)
}

#[inline]
pub(super) fn is_set(flag: Option<Value<'_>>) -> bool {
    flag.is_some_and(|flag| flag.as_bytes() == b"Y")
}

const fn missing(tag: i64) -> HeadFault {
    HeadFault::Refused(Refusal::new(1, Some(tag)))
}

#[inline]
fn time_of(field: Value<'_>) -> std::result::Result<UtcTimestamp, HeadFault> {
    UtcTimestamp::parse(field.as_bytes())
        .ok_or_else(|| HeadFault::Refused(Refusal::new(6, Some(i64::from(field.tag())))))
}
