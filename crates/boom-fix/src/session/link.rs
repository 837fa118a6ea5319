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
    /// How long what waits may still go out once the session is at its end, or still be read once nothing can be written.
    closes_ns: Option<u64>,
    /// Why it is at its end, until it is told. That of a write is kept until all that the peer said before is read.
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

    /// When the stream is to be closed, whatever still waits, of a session that is at its end.
    #[cfg(feature = "ext")]
    pub(crate) const fn closes_ns(&self) -> Option<u64> {
        self.closes_ns
    }

    /// Nothing more can be written, and what the peer said before that may still be there to read.
    #[cfg(feature = "ext")]
    pub(crate) const fn has_failed(&self) -> bool {
        self.failure.is_some()
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
        if let Err(error) = self.exchange(session, inbox, now) {
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
        let end_ns = self.closing(session, now);
        if self.is_ended || self.flush(session, clock)? || self.failure.is_some() {
            return Err(self.take_failure().into());
        }
        if now.monotonic_ns < end_ns {
            return Ok(());
        }
        Err(self.take_failure().into())
    }

    /// When the end is to be waited for no longer.
    fn closing<T: Store>(&mut self, session: &Session<T>, now: Now) -> u64 {
        let timeout = session.config().logout_timeout_ns();
        *self
            .closes_ns
            .get_or_insert_with(|| now.monotonic_ns.saturating_add(timeout))
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
        now: Now,
    ) -> io::Result<()> {
        self.flush_out(session);
        match inbox.read_from(&mut self.stream) {
            Ok(1..) if self.failure.is_none() => Ok(()),
            result => self.no_more(session, now, result),
        }
    }

    /// There is nothing to read now, or the stream is at its end. A peer that closes says why before: what it said is read
    /// first, and then it is told that nothing could be written.
    #[inline(never)]
    fn no_more<T: Store>(
        &mut self,
        session: &Session<T>,
        now: Now,
        result: io::Result<usize>,
    ) -> io::Result<()> {
        if self.failure.is_some() {
            let is_more = matches!(result, Ok(1..));
            if is_more && now.monotonic_ns < self.closing(session, now) {
                return Ok(());
            }
            return Err(self.take_failure());
        }
        match result {
            Ok(_) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if is_transient(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Writes what waits, as far as the stream takes it; true if nothing waits any more.
    #[inline]
    fn flush_out<T: Store>(&mut self, session: &mut Session<T>) -> bool {
        if self.failure.is_some() {
            return false;
        }
        match session.out_mut().flush_to(&mut self.stream) {
            Ok(is_all) => is_all,
            Err(error) => self.fail(error),
        }
    }

    #[cold]
    fn fail(&mut self, error: io::Error) -> bool {
        self.failure = Some(error);
        false
    }

    /// Sends what waits, as far as the stream takes it; true if nothing waits any more. Where the stream fails, the next
    /// reads tell, once all that the peer had said is read.
    ///
    /// # Errors
    ///
    /// The store's, where messages are sent again.
    #[inline]
    pub(crate) fn flush<T: Store>(
        &mut self,
        session: &mut Session<T>,
        clock: &impl Clock,
    ) -> Result<bool, SessionError> {
        loop {
            if !self.flush_out(session) {
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
