//! A session over a stream.

use std::io::{self, Read, Write};

use super::clock::{Clock, Now, SystemClock};
use super::error::SessionError;
use super::inbox::Inbox;
use super::machine::{Session, State};
use super::store::Store;

/// A [`Session`] and the stream of its connection: plain TCP, TLS, recorded, whatever reads and writes.
///
/// It only moves bytes. For the next connection, take the session out by [`into_session`](Self::into_session).
///
/// # Examples
///
/// One duty cycle; the stream is non-blocking:
///
/// ```
/// use boom_fix::session::{Event, FixConnection, SessionError, Store};
/// use std::io::{Read, Write};
///
/// fn poll(connection: &mut FixConnection<impl Read + Write, impl Store>) -> Result<(), SessionError> {
///     let (session, inbox, now) = connection.read_batch()?;
///     while let Some(event) = session.poll_event(inbox, now)? {
///         match event {
///             Event::LoggedOn => {
///                 session.send("D", now, |order| {
///                     order.text(11, "id-1").text(55, "MSFT");
///                 })?;
///             }
///             Event::Message(received) => println!("{:?}", received.message),
///             other => println!("{other:?}"),
///         }
///     }
///     connection.flush().map(drop)
/// }
/// ```
#[derive(Debug)]
pub struct FixConnection<S, T, C = SystemClock> {
    stream: S,
    session: Session<T>,
    inbox: Inbox,
    clock: C,
    /// The peer will send no more.
    is_ended: bool,
    /// How long what waits may still go out once the session is at its end.
    closes_ns: Option<u64>,
    /// Why, until it is told.
    failure: Option<io::Error>,
}

impl<S: Read + Write, T: Store> FixConnection<S, T> {
    /// Starts the session on a stream that was connected, or is about to be.
    ///
    /// # Errors
    ///
    /// The logon could not be kept.
    pub fn new(stream: S, session: Session<T>) -> Result<Self, SessionError> {
        Self::with_clock(stream, session, Inbox::new(), SystemClock::default())
    }
}

impl<S: Read + Write, T: Store, C: Clock> FixConnection<S, T, C> {
    /// The same with an inbox of your own, which may hold the beginning already, and with your own clock.
    ///
    /// # Errors
    ///
    /// The logon could not be kept.
    pub fn with_clock(
        stream: S,
        mut session: Session<T>,
        inbox: Inbox,
        clock: C,
    ) -> Result<Self, SessionError> {
        session.connected(clock.now())?;
        Ok(Self {
            stream,
            session,
            inbox,
            clock,
            is_ended: false,
            closes_ns: None,
            failure: None,
        })
    }

    /// Sends what waits, does what is due, and reads once. Then take the events out of the inbox by
    /// [`Session::poll_event`], and [`flush`](Self::flush).
    ///
    /// # Errors
    ///
    /// The stream's, once the events before it were taken: `UnexpectedEof` where the peer closed without a logout,
    /// `NotConnected` where the session is at its end. The store's.
    pub fn read_batch(&mut self) -> Result<(&mut Session<T>, &mut Inbox, Now), SessionError> {
        let now = self.clock.now();
        if self.session.state() == State::Disconnected {
            return self.last_events(now);
        }
        self.session.handle_timeout(now)?;
        if let Err(error) = self.exchange() {
            self.is_ended = true;
            self.failure = Some(error);
            self.session.disconnected(now)?;
        }
        Ok((&mut self.session, &mut self.inbox, now))
    }

    /// What was told at the end is taken; after that there is nothing.
    fn last_events(
        &mut self,
        now: Now,
    ) -> Result<(&mut Session<T>, &mut Inbox, Now), SessionError> {
        if self.session.has_notices() {
            return Ok((&mut self.session, &mut self.inbox, now));
        }
        // The logout goes out first, if the peer takes it before we would wait for the answer no longer.
        let timeout = self.session.config().logout_timeout_ns();
        let end_ns = *self
            .closes_ns
            .get_or_insert_with(|| now.monotonic_ns.saturating_add(timeout));
        if !self.is_ended && !self.flush()? && now.monotonic_ns < end_ns {
            return Ok((&mut self.session, &mut self.inbox, now));
        }
        let failure = self.failure.take();
        Err(failure
            .unwrap_or_else(|| io::ErrorKind::NotConnected.into())
            .into())
    }

    fn exchange(&mut self) -> io::Result<()> {
        self.session.out_mut().flush_to(&mut self.stream)?;
        match self.inbox.read_from(&mut self.stream) {
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
    pub fn flush(&mut self) -> Result<bool, SessionError> {
        loop {
            if !self.session.out_mut().flush_to(&mut self.stream)? {
                return Ok(false);
            }
            if !self.session.wants_pump() {
                return Ok(true);
            }
            self.session.continue_sending(self.clock.now())?;
        }
    }

    /// The session.
    pub const fn session(&self) -> &Session<T> {
        &self.session
    }

    /// The session, to send outside of events.
    pub const fn session_mut(&mut self) -> &mut Session<T> {
        &mut self.session
    }

    /// The stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The stream.
    pub const fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// The time of its clock, as `send` wants it.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Returns true when the session wants the connection closed and everything is sent, or it is closed.
    pub fn is_closed(&self) -> bool {
        self.session.state() == State::Disconnected
            && (self.is_ended || self.session.outgoing().is_empty())
    }

    /// Ends the connection and gives the session for the next.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub fn into_session(mut self) -> Result<Session<T>, SessionError> {
        self.session.disconnected(self.clock.now())?;
        Ok(self.session)
    }
}

fn is_transient(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
