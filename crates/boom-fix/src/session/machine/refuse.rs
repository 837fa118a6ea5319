//! `Reject` (35=3): messages that break the rules.

use super::super::clock::Now;
use super::super::error::{DisconnectReason, SessionError};
use super::super::event::{Lent, Refusal};
use super::super::store::Store;
use super::header::Kind;
use super::receive::Pending;
use super::{Result, Session, State, Step};
use crate::encoder::BeginString;
use crate::message::Message;
use crate::validate::{Reject, RejectReason};

/// What an application says when it rejects a message by [`Session::reject`].
///
/// # Examples
///
/// ```
/// use boom_fix::session::Rejection;
///
/// let rejection = Rejection::new("no such account").with_reason(5).with_ref_tag(1);
/// assert_eq!(format!("{rejection:?}"), r#"Rejection { text: "no such account", reason: Some(5), ref_tag: Some(1) }"#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rejection<'a> {
    text: &'a str,
    reason: Option<u32>,
    ref_tag: Option<i64>,
}

impl<'a> Rejection<'a> {
    /// With `Text` (58).
    pub const fn new(text: &'a str) -> Self {
        Self {
            text,
            reason: None,
            ref_tag: None,
        }
    }

    /// With `SessionRejectReason` (373), from FIX 4.2 on.
    #[must_use]
    pub const fn with_reason(mut self, reason: u32) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With `RefTagID` (371), from FIX 4.2 on.
    #[must_use]
    pub const fn with_ref_tag(mut self, tag: u32) -> Self {
        self.ref_tag = Some(tag as i64);
        self
    }
}

impl From<Reject> for Refusal {
    fn from(reject: Reject) -> Self {
        let ref_tag = Some(i64::from(reject.ref_tag));
        match reject.reason {
            // Scenario 14.a of the session's test cases: a tag that the specification does not have.
            RejectReason::UndefinedTag => Self::new(0, ref_tag),
            RejectReason::InvalidMsgType => Self::new(11, None),
            reason => Self::new(reason.code(), ref_tag),
        }
    }
}

/// To where the other came from: what is written in the tag on the left is what came in the tag on the right.
const ROUTES: [(u32, u32); 6] = [
    (115, 128),
    (116, 129),
    (128, 115),
    (129, 116),
    (144, 145),
    (145, 144),
];

impl<T: Store> Session<T> {
    /// Rejects a message that was lent: it breaks the rules of the session in a way that the session does not see.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn reject(
        &mut self,
        message: &Message<'_>,
        rejection: &Rejection<'_>,
        now: Now,
    ) -> Result<u64> {
        if self.state != State::LoggedOn {
            return Err(SessionError::NotLoggedOn);
        }
        self.send_reject(message, rejection, now)
    }

    fn send_reject(
        &mut self,
        message: &Message<'_>,
        rejection: &Rejection<'_>,
        now: Now,
    ) -> Result<u64> {
        self.statistics.rejects_sent += 1;
        let version = self.config.begin_string;
        let is_before_42 = self.config.is_before_42();
        let number = message.msg_seq_num().unwrap_or(0);
        self.admin(b"3", now, |reject| {
            for (tag, from) in ROUTES {
                if version == BeginString::Fix40 && tag >= 144 {
                    break;
                }
                let value = message.get(from).map(|value| value.as_bytes());
                if let Some(value) = value.filter(|value| !value.is_empty()) {
                    reject.bytes(tag, value);
                }
            }
            reject.uint(45, number);
            match rejection.ref_tag.filter(|_| is_before_42) {
                Some(tag) => reject.text(58, &format!("{} ({tag})", rejection.text)),
                None => reject.text(58, rejection.text),
            };
            if is_before_42 {
                return;
            }
            if let Some(tag) = rejection.ref_tag {
                reject.int(371, tag);
            }
            reject.bytes(372, message.msg_type());
            // FIX 4.2 has the reasons up to 11.
            let known = |&reason: &u32| version != BeginString::Fix42 || reason <= 11;
            if let Some(reason) = rejection.reason.filter(known) {
                reject.uint(373, u64::from(reason));
            }
        })
    }

    /// A message breaks the rules. Before the logon, that is the end.
    #[cold]
    pub(super) fn refused(
        &mut self,
        message: &Message<'_>,
        refusal: Refusal,
        now: Now,
    ) -> Result<Step> {
        self.refused_then(message, refusal, false, now)
    }

    /// The same, and a `Logout` behind it.
    #[cold]
    pub(super) fn refused_then(
        &mut self,
        message: &Message<'_>,
        refusal: Refusal,
        logs_out: bool,
        now: Now,
    ) -> Result<Step> {
        if matches!(self.state, State::AwaitingLogon | State::LogonSent) {
            self.close(DisconnectReason::InvalidLogon, now)?;
            return Ok(Step::Again);
        }
        let Ok(number) = message.msg_seq_num() else {
            self.no_number(now)?;
            return Ok(Step::Again);
        };
        let rejection = Rejection {
            text: refusal.text(),
            reason: Some(refusal.code),
            ref_tag: refusal.ref_tag,
        };
        self.send_reject(message, &rejection, now)?;
        if logs_out && self.state == State::LoggedOn {
            self.start_logout(None, now)?;
        }
        let kind = Kind::of(message.msg_type());
        let is_next = number == self.store.next_incoming();
        if is_next && !matches!(kind, Kind::Logon | Kind::SequenceReset) {
            // Once the application knows of it, as with messages: after a crash in between it comes again.
            self.pending = Some(Pending::Received);
        }
        Ok(Step::Lend(Lent::Rejected(refusal)))
    }
}
