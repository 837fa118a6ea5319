//! A session over a stream.

use std::io::{Read, Write};

use super::clock::{Clock, Now, SystemClock};
use super::error::SessionError;
use super::inbox::Inbox;
use super::link::Link;
use super::machine::Session;
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
    link: Link<S>,
    session: Session<T>,
    inbox: Inbox,
    clock: C,
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
            link: Link::new(stream),
            session,
            inbox,
            clock,
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
        let now = self
            .link
            .read(&mut self.session, &mut self.inbox, &self.clock)?;
        Ok((&mut self.session, &mut self.inbox, now))
    }

    /// Sends what waits, as far as the stream takes it; true if nothing waits any more.
    ///
    /// Where the stream takes nothing more because it has failed, that is an error of
    /// [`read_batch`](Self::read_batch), once all that the peer said before is read: a peer that closes says why.
    ///
    /// # Errors
    ///
    /// The store's, where messages are sent again.
    pub fn flush(&mut self) -> Result<bool, SessionError> {
        self.link.flush(&mut self.session, &self.clock)
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
        self.link.stream()
    }

    /// The stream.
    pub const fn stream_mut(&mut self) -> &mut S {
        self.link.stream_mut()
    }

    /// The time of its clock, as `send` wants it.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Returns true when the session wants the connection closed and everything is sent, or it is closed.
    pub fn is_closed(&self) -> bool {
        self.link.is_closed(&self.session)
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
