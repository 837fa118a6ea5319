//! A stream, and what is known of its end: what moves the bytes of a session that somebody else holds.

use std::io::{self, Read, Write};

use super::clock::{Clock, Now};
use super::error::SessionError;
use super::inbox::Inbox;
use super::machine::{Session, State};
use super::store::Store;

#[derive(Debug)]
pub(crate) struct Link<S> {
    stream: S,
    /// The peer will send no more.
    is_ended: bool,
    /// How long what waits may still go out once the session is at its end.
    closes_ns: Option<u64>,
    /// Why, until it is told.
    failure: Option<io::Error>,
}

impl<S> Link<S> {
    pub(crate) const fn new(stream: S) -> Self {
        Self {
            stream,
            is_ended: false,
            closes_ns: None,
            failure: None,
        }
    }

    pub(crate) const fn stream(&self) -> &S {
        &self.stream
    }

    pub(crate) const fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// When the session is at its end and the stream is to be closed, whatever still waits.
    #[cfg(feature = "ext")]
    pub(crate) const fn closes_ns(&self) -> Option<u64> {
        self.closes_ns
    }

    /// The session wants the connection closed and everything is sent, or it is closed.
    pub(crate) fn is_closed<T: Store>(&self, session: &Session<T>) -> bool {
        session.state() == State::Disconnected && (self.is_ended || session.outgoing().is_empty())
    }
}

impl<S: Read + Write> Link<S> {
    /// Sends what waits, does what is due, and reads once.
    ///
    /// # Errors
    ///
    /// The stream's, once the events before it were taken, `NotConnected` where the session is at its end. The store's.
    #[inline]
    pub(crate) fn read<T: Store>(
        &mut self,
        session: &mut Session<T>,
        inbox: &mut Inbox,
        clock: &impl Clock,
    ) -> Result<Now, SessionError> {
        let now = clock.now();
        if session.state() == State::Disconnected {
            self.last_words(session, clock, now)?;
            return Ok(now);
        }
        session.handle_timeout(now)?;
        if let Err(error) = self.exchange(session, inbox) {
            self.is_ended = true;
            self.failure = Some(error);
            session.disconnected(now)?;
        }
        Ok(now)
    }

    /// What was told at the end is taken; after that there is nothing.
    fn last_words<T: Store>(
        &mut self,
        session: &mut Session<T>,
        clock: &impl Clock,
        now: Now,
    ) -> Result<(), SessionError> {
        if session.has_notices() {
            return Ok(());
        }
        // The logout goes out first, if the peer takes it before we would wait for the answer no longer.
        let timeout = session.config().logout_timeout_ns();
        let end_ns = *self
            .closes_ns
            .get_or_insert_with(|| now.monotonic_ns.saturating_add(timeout));
        if !self.is_ended && !self.flush(session, clock)? && now.monotonic_ns < end_ns {
            return Ok(());
        }
        Err(self.take_failure().into())
    }

    /// Why the stream is at its end, `NotConnected` if that was the session's wish.
    pub(crate) fn take_failure(&mut self) -> io::Error {
        let failure = self.failure.take();
        failure.unwrap_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn exchange<T: Store>(
        &mut self,
        session: &mut Session<T>,
        inbox: &mut Inbox,
    ) -> io::Result<()> {
        session.out_mut().flush_to(&mut self.stream)?;
        match inbox.read_from(&mut self.stream) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => Ok(()),
            Err(error) if is_transient(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Sends what waits, as far as the stream takes it; true if nothing waits any more.
    ///
    /// # Errors
    ///
    /// The stream's, and the store's where messages are sent again.
    #[inline]
    pub(crate) fn flush<T: Store>(
        &mut self,
        session: &mut Session<T>,
        clock: &impl Clock,
    ) -> Result<bool, SessionError> {
        loop {
            if !session.out_mut().flush_to(&mut self.stream)? {
                return Ok(false);
            }
            if !session.wants_pump() {
                return Ok(true);
            }
            session.continue_sending(clock.now())?;
        }
    }
}

fn is_transient(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
