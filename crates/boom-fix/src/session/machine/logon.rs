//! Logons, ours and the peer's.

use std::fmt;
use std::time::Duration;

use super::super::clock::Now;
use super::super::config::SessionConfig;
use super::super::error::{DisconnectReason, SessionError};
use super::super::event::{Event, Lent};
use super::super::inbox::Ahead;
use super::super::store::Store;
use super::header::Head;
use super::receive::{Pending, is_set, sequence_number};
use super::{Result, Session, State, Step};
use crate::encoder::MessageWriter;
use crate::message::Message;
use crate::value::Value;

/// What was agreed with the peer.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) heartbeat_ns: u64,
    pub(super) max_message_bytes: Option<usize>,
    pub(super) appl_ver_id: Option<String>,
    /// Our logon asked for a reset that the peer has not confirmed yet.
    pub(super) sent_reset: bool,
    /// The number of our logon.
    logon_number: u64,
}

impl Peer {
    pub(super) fn new(config: &SessionConfig) -> Self {
        Self {
            heartbeat_ns: whole_seconds_ns(config.heartbeat),
            max_message_bytes: None,
            appl_ver_id: config.default_appl_ver_id.clone(),
            sent_reset: false,
            logon_number: 0,
        }
    }
}

const SECOND: u64 = 1_000_000_000;

const fn whole_seconds_ns(time: Duration) -> u64 {
    time.as_secs().saturating_mul(SECOND)
}

/// What the answer to a logon needs to know of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    number: u64,
    is_reset: bool,
    /// Both numbers are to be 1 again first.
    resets: bool,
    next_expected: Option<u64>,
}

/// The fields of a logon about to be sent.
///
/// # Examples
///
/// ```
/// use boom_fix::session::LogonWriter;
///
/// fn token(logon: &mut LogonWriter<'_, '_>) {
///     logon.fields().text(554, "token of the day");
/// }
/// ```
#[derive(Debug)]
pub struct LogonWriter<'a, 'b> {
    writer: &'a mut MessageWriter<'b>,
}

impl<'b> LogonWriter<'_, 'b> {
    /// What is written so far, from `MsgType` (35) on, as it will be sent: a signature may be over parts of it, such as
    /// `SendingTime` (52) and `MsgSeqNum` (34).
    pub fn written(&self) -> &[u8] {
        self.writer.written()
    }

    /// Writes more.
    pub const fn fields(&mut self) -> &mut MessageWriter<'b> {
        self.writer
    }
}

/// Adds to our logons.
pub(super) struct LogonHook(pub(super) Box<dyn FnMut(&mut LogonWriter<'_, '_>) + Send>);

impl fmt::Debug for LogonHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogonHook")
    }
}

impl<T: Store> Session<T> {
    /// Refuses the logon that was lent last: instead of the answer, the peer gets a `Logout` with this text.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotLoggedOn`] where no logon waits for an answer.
    pub fn refuse_logon(&mut self, text: &str) -> Result<()> {
        let Some(Pending::AnswerLogon(_)) = self.pending else {
            return Err(SessionError::NotLoggedOn);
        };
        self.pending = Some(Pending::RefuseLogon(text.to_owned()));
        Ok(())
    }

    pub(super) fn start_logon(&mut self, now: Now) -> Result<()> {
        let is_reset = self.config.resets.on_logon;
        if is_reset {
            self.store.reset(now.unix_ns)?;
        }
        self.peer.heartbeat_ns = whole_seconds_ns(self.config.heartbeat);
        self.peer.sent_reset = is_reset;
        let next = self.store.next_incoming();
        self.send_logon(is_reset, next, now)
    }

    fn send_logon(&mut self, is_reset: bool, next_incoming: u64, now: Now) -> Result<()> {
        self.peer.max_message_bytes = None;
        let fields = self.logon_fields(is_reset, next_incoming);
        let mut hook = self.logon_hook.take();
        let result = self.admin(b"A", now, |writer| {
            for (tag, value) in &fields {
                writer.text(*tag, value);
            }
            if let Some(LogonHook(hook)) = &mut hook {
                hook(&mut LogonWriter { writer });
            }
        });
        self.logon_hook = hook;
        self.peer.logon_number = result?;
        Ok(())
    }

    /// In the order of their tags.
    fn logon_fields(&self, is_reset: bool, next_incoming: u64) -> Vec<(u32, String)> {
        let config = &self.config;
        let heartbeat = self.peer.heartbeat_ns / SECOND;
        let mut fields = vec![(98, "0".to_owned()), (108, heartbeat.to_string())];
        if is_reset {
            fields.push((141, "Y".to_owned()));
        }
        if let Some(max) = config.announced_max_message {
            fields.push((383, max.to_string()));
        }
        if let Some((username, password)) = config.credentials.clone() {
            fields.extend([(553, username), (554, password)]);
        }
        if config.next_expected {
            fields.push((789, next_incoming.to_string()));
        }
        if config.is_fixt()
            && let Some(version) = &self.peer.appl_ver_id
        {
            fields.push((1137, version.clone()));
        }
        fields.extend(config.logon_fields.iter().cloned());
        fields.sort_by_key(|&(tag, _)| tag);
        fields
    }

    pub(super) fn logon_received(
        &mut self,
        head: Head,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<Step> {
        let is_reset = is_set(message.get(141));
        let is_first = matches!(self.state, State::AwaitingLogon | State::LogonSent);
        if self.state == State::AwaitingLogon && !self.enter_hours(now)? {
            let text = "Outside of session time";
            self.log_out_and_close(text, DisconnectReason::OutOfHours, now)?;
            return Ok(Step::Again);
        }
        if !is_first && !is_reset {
            if head.is_poss_dup && head.number < self.store.next_incoming() {
                self.statistics.duplicates += 1;
            } else {
                self.close(DisconnectReason::SecondLogon, now)?;
            }
            return Ok(Step::Again);
        }
        if (is_reset && head.number == 0) || !self.agree(message) {
            self.close(DisconnectReason::InvalidLogon, now)?;
            return Ok(Step::Again);
        }
        let confirms = self.state == State::LogonSent || self.peer.sent_reset;
        let must_answer = !confirms || (is_reset && !self.peer.sent_reset);
        let resets_itself = self.state == State::AwaitingLogon && self.config.resets.on_logon;
        let resets = resets_itself || (is_reset && !self.peer.sent_reset);
        self.peer.sent_reset = false;
        if !resets && head.number < self.store.next_incoming() && !head.is_poss_dup {
            self.too_low(head.number, now)?;
            return Ok(Step::Again);
        }
        let answer = Answer {
            number: head.number,
            is_reset,
            resets,
            next_expected: message.get(789).and_then(sequence_number),
        };
        if must_answer {
            self.pending = Some(Pending::AnswerLogon(answer));
        } else if self.expects_too_much(answer, self.store.next_outgoing()) {
            self.refuse_expected(now)?;
            return Ok(Step::Again);
        } else {
            self.logged_on(answer, message, ahead, now)?;
        }
        Ok(Step::Lend(Lent::Logon))
    }

    /// Takes over what the logon says; false if it cannot be accepted.
    fn agree(&mut self, message: &Message<'_>) -> bool {
        let Some(Ok(seconds)) = message.get(108).map(Value::uint) else {
            return false;
        };
        // Nobody has used another since FIX 4.0, and TLS is below.
        let is_plain = message
            .get(98)
            .is_none_or(|method| method.as_bytes() == b"0");
        let version = message.get(1137).and_then(|version| version.text().ok());
        if !is_plain || (self.config.is_fixt() && version.is_none()) {
            return false;
        }
        if self.config.default_appl_ver_id.is_none() {
            self.peer.appl_ver_id = version.map(str::to_owned);
        }
        self.peer.heartbeat_ns = seconds.saturating_mul(SECOND);
        true
    }

    pub(super) fn answer_logon(
        &mut self,
        answer: Answer,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<()> {
        let next = match answer.resets {
            true => 1,
            false => self.store.next_outgoing(),
        };
        if self.expects_too_much(answer, next) {
            return self.refuse_expected(now);
        }
        if answer.resets {
            self.tell_missed(self.last_ahead());
            self.store.reset(now.unix_ns)?;
            ahead.clear();
            self.forget_gaps();
        }
        let expected = self.store.next_incoming();
        let is_in_order = answer.number <= expected;
        let next_incoming = expected + u64::from(is_in_order);
        self.send_logon(answer.is_reset, next_incoming, now)?;
        self.logged_on(answer, message, ahead, now)
    }

    /// The peer has had more from us than we know of.
    fn expects_too_much(&self, answer: Answer, next: u64) -> bool {
        let expects = answer.next_expected.filter(|_| self.config.next_expected);
        expects.is_some_and(|expected| expected > next)
    }

    fn refuse_expected(&mut self, now: Now) -> Result<()> {
        let text = "NextExpectedMsgSeqNum too high";
        self.log_out_and_close(text, DisconnectReason::InvalidLogon, now)
    }

    /// Both logons are there.
    fn logged_on(
        &mut self,
        answer: Answer,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<()> {
        self.state = State::LoggedOn;
        self.deadline_ns = None;
        self.statistics.logons += 1;
        let max = message.get(383).and_then(|max| max.uint().ok());
        // None says that there is no limit.
        let max = max.filter(|&max| max > 0);
        self.peer.max_message_bytes = max.and_then(|max| usize::try_from(max).ok());
        self.notices.push_back(Event::LoggedOn);
        let told = answer.next_expected.filter(|_| self.config.next_expected);
        if let Some(expected) = told
            && expected < self.peer.logon_number
        {
            // What is not there any more is gap filled.
            let _ = self.schedule_again(expected, self.peer.logon_number - 1);
        }
        if answer.number <= self.store.next_incoming() {
            return self.advance_if(answer.number);
        }
        if told.is_some() {
            self.keep_ahead_told(answer.number, message, ahead, now);
            return Ok(());
        }
        self.keep_ahead(answer.number, message, ahead, now)
    }
}
