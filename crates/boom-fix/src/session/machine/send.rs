//! Messages of ours: numbered, kept, then queued for the wire.

use super::super::clock::Now;
use super::super::config::{OfflineSend, SlowConsumer};
use super::super::error::{DisconnectReason, SessionError};
use super::super::log::Direction;
use super::super::store::Store;
use super::header::{Kind, MARGIN};
use super::receive::Pending;
use super::{Result, Session, State, timing};
use crate::encoder::MessageWriter;
use crate::message::Message;
use crate::value::UtcTimestamp;

impl<T: Store> Session<T> {
    /// Sends an application message and gives its number. `fields` writes what follows the header, other fields of the
    /// header first: `PossResend` (97), `DeliverToCompID` (128), ...
    ///
    /// It is kept in the store before it is in [`outgoing`](Self::outgoing). While messages are sent again, it waits in
    /// the store for its turn.
    ///
    /// # Errors
    ///
    /// [`SessionError`]: nothing is sent, and no number is used.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use boom_fix::{Decimal, session::{MemoryStore, Now, Session, SessionError}};
    /// # fn order(session: &mut Session<MemoryStore>, now: Now) -> Result<(), SessionError> {
    /// let number = session.send("D", now, |order| {
    ///     order.text(11, "id-1").text(55, "MSFT").char(54, '1').int(38, 100).decimal(44, Decimal::new(41235, 2));
    /// })?;
    /// # Ok(()) }
    /// ```
    pub fn send(
        &mut self,
        msg_type: &str,
        now: Now,
        fields: impl FnOnce(&mut MessageWriter<'_>),
    ) -> Result<u64> {
        if !self.takes_messages() {
            if self.config.offline == OfflineSend::Refuse {
                return Err(SessionError::NotLoggedOn);
            }
            self.queue_in_hours(now)?;
            let number = self.emit(msg_type.as_bytes(), now, Way::Kept, fields)?;
            if self.state == State::LogonSent {
                // Behind our logon: it goes out with the answer, as if it had been sent then.
                self.again.defer(number);
            }
            return Ok(number);
        }
        if self.out.len() >= self.config.max_outbound_bytes {
            return self.refuse_full(now);
        }
        if let Some(throttle) = &self.throttle {
            let wait_ns = throttle.wait_ns(now);
            if wait_ns > 0 {
                self.statistics.throttled += 1;
                return Err(SessionError::Throttled { wait_ns });
            }
        }
        let waits = self.again.is_active();
        let way = if waits { Way::Kept } else { Way::Wire };
        let number = self.emit(msg_type.as_bytes(), now, way, fields)?;
        if waits {
            // Not before it is kept: the number would be taken for one that was given.
            self.again.defer(number);
        }
        if let Some(throttle) = &mut self.throttle {
            throttle.count(now);
        }
        Ok(number)
    }

    /// While a logon waits for its answer, the numbers may be about to change.
    const fn takes_messages(&self) -> bool {
        matches!(self.state, State::LoggedOn)
            && !matches!(self.pending, Some(Pending::AnswerLogon(_)))
    }

    #[cold]
    fn refuse_full(&mut self, now: Now) -> Result<u64> {
        self.statistics.refused_full += 1;
        if self.config.slow_consumer == SlowConsumer::Disconnect {
            self.close(DisconnectReason::SlowConsumer, now)?;
        }
        Err(SessionError::Full {
            limit: self.config.max_outbound_bytes,
        })
    }

    /// A message of the session itself.
    pub(super) fn admin(
        &mut self,
        msg_type: &[u8],
        now: Now,
        fields: impl FnOnce(&mut MessageWriter<'_>),
    ) -> Result<u64> {
        let is_open = matches!(self.state, State::LoggedOn | State::LogoutSent);
        let way = if is_open && self.again.has_deferred() {
            Way::Kept
        } else {
            Way::Wire
        };
        self.emit(msg_type, now, way, fields)
    }

    /// Writes, keeps and queues a message.
    #[inline]
    fn emit(
        &mut self,
        msg_type: &[u8],
        now: Now,
        way: Way,
        fields: impl FnOnce(&mut MessageWriter<'_>),
    ) -> Result<u64> {
        let number = self.store.next_outgoing();
        let time = UtcTimestamp::from_unix_nanos(now.unix_ns, self.config.precision);
        let room = self.out.reserve(self.config.max_message_bytes + MARGIN)?;
        let mut writer = self
            .header
            .begin(&self.encoder, room, msg_type, number, time);
        fields(&mut writer);
        let encoded = writer.finish()?;
        let (start, bytes) = (encoded.start(), encoded.as_bytes());
        let length = bytes.len();
        // What the session itself has to say is short, and without it the connection would not last.
        if let Some(max) = self.peer.max_message_bytes.filter(|&max| length > max)
            && !Kind::of(msg_type).is_admin()
        {
            return Err(SessionError::TooLongForPeer { length, max });
        }
        self.store.append(number, bytes)?;
        if way == Way::Wire {
            if let Some(log) = &mut self.log {
                log.message(Direction::Outbound, now.unix_ns, bytes);
            }
            self.out.commit_from(start, length);
            self.count_sent(length, now);
        }
        Ok(number)
    }

    pub(super) const fn count_sent(&mut self, length: usize, now: Now) {
        self.last_sent_ns = now.monotonic_ns;
        self.statistics.messages_sent += 1;
        self.statistics.bytes_sent += length as u64;
    }

    pub(super) fn heartbeat(&mut self, test_req_id: Option<&[u8]>, now: Now) -> Result<()> {
        self.statistics.heartbeats_sent += 1;
        self.admin(b"0", now, |heartbeat| {
            match test_req_id {
                // As it came, even if nothing came.
                Some([]) => heartbeat.raw(b"112=\x01", 1),
                Some(id) => {
                    heartbeat.bytes(112, id);
                }
                None => {}
            }
        })?;
        Ok(())
    }

    pub(super) fn ask_for_life(&mut self, now: Now) -> Result<()> {
        self.statistics.test_requests_sent += 1;
        let id = std::mem::take(&mut self.config.test_req_id);
        let result = self.admin(b"1", now, |request| {
            request.text(112, &id);
        });
        self.config.test_req_id = id;
        self.test_request_ns = Some(now.monotonic_ns);
        result.map(drop)
    }

    /// Logs out, with a reason in `Text` (58) if there is one. The session ends when the peer has answered, or after
    /// [`with_logout_timeout`](super::super::SessionConfig::with_logout_timeout).
    ///
    /// # Errors
    ///
    /// [`SessionError::NotLoggedOn`], or the message could not be kept.
    pub fn logout(&mut self, text: Option<&str>, now: Now) -> Result<()> {
        if self.state != State::LoggedOn {
            return Err(SessionError::NotLoggedOn);
        }
        self.start_logout(text, now)
    }

    pub(super) fn start_logout(&mut self, text: Option<&str>, now: Now) -> Result<()> {
        if self.state == State::LogoutSent {
            return Ok(());
        }
        self.send_logout(text, now)?;
        self.state = State::LogoutSent;
        self.deadline_ns = Some(timing::after(now, self.config.logout_timeout));
        Ok(())
    }

    pub(super) fn send_logout(&mut self, text: Option<&str>, now: Now) -> Result<()> {
        self.admin(b"5", now, |logout| {
            if let Some(text) = text {
                logout.text(58, text);
            }
        })?;
        Ok(())
    }

    /// Tells the peer why, and closes without an answer.
    pub(super) fn log_out_and_close(
        &mut self,
        text: &str,
        reason: DisconnectReason,
        now: Now,
    ) -> Result<()> {
        self.send_logout(Some(text), now)?;
        self.close(reason, now)
    }

    /// `BusinessMessageReject` (35=j): the message is in order, but the application does not take it. In FIX 4.0 and 4.1,
    /// which do not have it, a `Reject`.
    ///
    /// Over FIXT.1.1, where the message has an `ApplVerID` (1128), this is of the same version, and says so in
    /// `RefApplVerID` (1130) too.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn business_reject(
        &mut self,
        message: &Message<'_>,
        reason: u32,
        text: &str,
        now: Now,
    ) -> Result<u64> {
        if self.config.is_before_42() {
            return self.reject(message, &super::Rejection::new(text), now);
        }
        let number = message.msg_seq_num().unwrap_or(0);
        let version = message.get(1128).map(|version| version.as_bytes());
        let version = version.filter(|_| self.config.is_fixt());
        self.send("j", now, |reject| {
            // In the version of FIX of what it is about.
            if let Some(version) = version {
                reject.bytes(1128, version);
            }
            reject.uint(45, number);
            if !text.is_empty() {
                reject.text(58, text);
            }
            reject.bytes(372, message.msg_type());
            reject.uint(380, u64::from(reason));
            // From FIX 5.0 SP1 on.
            if let Some(version @ (b"8" | b"9")) = version {
                reject.bytes(1130, version);
            }
        })
    }
}

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Into the store and onto the wire.
    Wire,
    /// Into the store alone.
    Kept,
}
