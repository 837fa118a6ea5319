//! Deadlines, heartbeats and round trips: what the time makes of a connection.

use super::{Connection, Stage};
use crate::close::CloseCode;
use crate::error::{Error, Misuse};
use crate::frame;
use crate::heartbeat::{Due, Silence};
use crate::inbound::End;

/// Whose timed ping it is: an index of `timed_pings`.
#[derive(Clone, Copy)]
enum Pinger {
    User,
    Heartbeat,
}

impl Connection {
    /// Takes the time, in nanoseconds of a monotonic clock, and does what the [`Heartbeat`](crate::Heartbeat) asks for:
    /// queues a ping, or ends the connection. Before the connection is open it watches over
    /// [`with_handshake_timeout`](crate::WebsocketConfig::with_handshake_timeout).
    ///
    /// # Errors
    ///
    /// [`Error::Silence`], [`HandshakeError::TimedOut`](crate::HandshakeError::TimedOut), and why the connection is over.
    pub fn handle_timeout(&mut self, now_ns: u64) -> Result<(), Error> {
        self.check_open()?;
        if self.is_handshaking() {
            return self.handle_handshake_timeout(now_ns);
        }
        // A peer whose frames wait to be taken is not silent.
        let has_unread = self.has_unread();
        let has_bytes = std::mem::take(&mut self.has_bytes) | has_unread;
        let has_data = std::mem::take(&mut self.inbound.has_data)
            | has_unread
            | (has_bytes && self.is_amid_data());
        if !has_unread {
            self.check_closing(now_ns)?;
        }
        match self.deadlines.advance(now_ns, has_bytes, has_data) {
            Due::Nothing => Ok(()),
            // A ping that finds no room is no loss: the buffer is full of what the peer does not read.
            Due::Ping => match self.send_ping_of(Pinger::Heartbeat, now_ns) {
                Err(Error::OutboundFull | Error::Misuse(Misuse::Closing)) => Ok(()),
                result => result,
            },
            Due::GiveUp(silence) => {
                // RFC 6455 §7.1.7: fail the connection. The peer may still read why.
                self.outbound.answer_close(Some(CloseCode::GOING_AWAY));
                self.inbound.end = Some(End::Silence(silence));
                self.check_open()
            }
        }
    }

    /// A part of a data frame is data too: a long one may take longer than the peer may be idle.
    fn is_amid_data(&self) -> bool {
        let first = self.receive.filled().first();
        first.is_some_and(|first| first & frame::CONTROL == 0)
    }

    /// Ends a closing handshake that lasts too long.
    pub(crate) fn check_closing(&mut self, now_ns: u64) -> Result<(), Error> {
        if !self.is_closing() || !self.deadlines.is_close_over(now_ns) {
            return Ok(());
        }
        if self.inbound.end.is_none() {
            self.inbound.end = Some(End::Silence(Silence::Close));
        }
        Err(Silence::Close.into())
    }

    fn handle_handshake_timeout(&mut self, now_ns: u64) -> Result<(), Error> {
        // What has come in time counts.
        self.advance_handshake();
        if let Stage::Handshake(opening) = &mut self.stage
            && let Err(error) = opening.handshake.handle_timeout(now_ns)
        {
            self.set_failed(error.into());
        }
        self.check_open()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) at the latest; 0 where it has to be told the time for a deadline
    /// to start, `None` where there is no deadline.
    pub fn poll_timeout(&self) -> Option<u64> {
        match &self.stage {
            _ if self.is_over() => None,
            Stage::Handshake(opening) => opening.handshake.deadline_ns(),
            Stage::Open | Stage::Failed(_) => self.deadlines.next_ns(self.is_closing()),
        }
    }

    /// Queues a ping that carries the time, so that [`rtt_ns`](Self::rtt_ns) can tell the round trip from its pong.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping).
    pub fn send_timed_ping(&mut self, now_ns: u64) -> Result<(), Error> {
        self.send_ping_of(Pinger::User, now_ns)
    }

    fn send_ping_of(&mut self, pinger: Pinger, now_ns: u64) -> Result<(), Error> {
        let payload = now_ns.to_be_bytes();
        self.send_ping(Some(&payload))?;
        self.timed_pings[pinger as usize] = Some(payload);
        Ok(())
    }

    /// The round trip in nanoseconds, if `pong` is the payload of the pong to the last timed ping, or to the last of the
    /// heartbeat.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_ws::Connection;
    ///
    /// let mut connection = Connection::established(&Default::default())?;
    /// connection.send_timed_ping(1_000)?;
    /// assert_eq!(connection.rtt_ns(&1_000u64.to_be_bytes(), 51_000), Some(50_000));
    /// assert_eq!(connection.rtt_ns(b"something else", 51_000), None);
    /// # Ok::<(), boom_ws::Error>(())
    /// ```
    pub fn rtt_ns(&self, pong: &[u8], now_ns: u64) -> Option<u64> {
        let sent = self.timed_pings.into_iter().flatten();
        let sent = sent.into_iter().find(|payload| payload == pong)?;
        now_ns.checked_sub(u64::from_be_bytes(sent))
    }
}
