//! A session and the connection that it has, if it has one.

use std::io::{self, ErrorKind, Read, Write};

use boom_service::Traffic;
use boom_stream::{Layer, Phase};

use super::stream::FixStream;
use crate::session::{
    Clock, DisconnectReason, Event, Inbox, Now, Session, SessionError, State, Store,
};

/// What an endpoint is told by.
pub(super) trait Tell<T>: FnMut(&mut Session<T>, Event<'_>, Now) -> io::Result<()> {}

impl<T, F: FnMut(&mut Session<T>, Event<'_>, Now) -> io::Result<()>> Tell<T> for F {}

#[derive(Debug)]
pub(super) struct Line<T, K> {
    pub(super) session: Session<T>,
    pub(super) inbox: Inbox,
    pub(super) clock: K,
    /// The session has been given a connection, and nobody has said that it is gone.
    is_connected: bool,
    /// Why the session has ended its connection.
    ended: Option<DisconnectReason>,
    /// The application has logged out.
    is_over: bool,
    /// The service wants a new connection: the session is to log out of this one.
    is_to_renew: bool,
}

impl<T: Store, K: Clock> Line<T, K> {
    pub(super) fn new(session: Session<T>, inbox: Inbox, clock: K) -> Self {
        Self {
            session,
            inbox,
            clock,
            is_connected: false,
            ended: None,
            is_over: false,
            is_to_renew: false,
        }
    }

    /// Does what there is to do on the connection.
    pub(super) fn drive<S: Read + Write + Layer>(
        &mut self,
        target: &mut FixStream<S>,
        mut tell: impl Tell<T>,
    ) -> io::Result<()> {
        if !target.is_started {
            self.end(&mut tell);
            if !self.start(target)? {
                return Ok(());
            }
        }
        let result = self.turn(target, &mut tell);
        target.is_due = false;
        target.note(&self.session);
        result
    }

    /// Has the session log on once the stream can carry it; false until then.
    fn start<S: Read + Write + Layer>(&mut self, target: &mut FixStream<S>) -> io::Result<bool> {
        // What comes with the end of the handshake is for the session.
        let inbox = &mut self.inbox;
        if !shake_hands(target.get_mut(), |stream| inbox.read_from(stream))? {
            return Ok(false);
        }
        target.is_started = true;
        target.before = *self.session.statistics();
        self.ended = None;
        self.is_over = false;
        self.is_to_renew = false;
        self.is_connected = true;
        self.session.connected(self.clock.now())?;
        Ok(true)
    }

    fn turn<S: Read + Write + Layer>(
        &mut self,
        target: &mut FixStream<S>,
        tell: &mut impl Tell<T>,
    ) -> io::Result<()> {
        let link = &mut target.link;
        let now = link.read(&mut self.session, &mut self.inbox, &self.clock)?;
        self.tell_events(now, tell)?;
        if (self.is_to_renew || target.is_to_end) && self.session.is_logged_on() {
            self.session.logout(None, now)?;
        }
        target.link.flush(&mut self.session, &self.clock)?;
        if !target.link.is_closed(&self.session) {
            return Ok(());
        }
        let failure = target.link.take_failure();
        Err(match self.ended {
            Some(reason) if failure.kind() == ErrorKind::NotConnected => {
                io::Error::new(ErrorKind::ConnectionAborted, reason)
            }
            _ => failure,
        })
    }

    fn tell_events(&mut self, now: Now, tell: &mut impl Tell<T>) -> io::Result<()> {
        let session = &mut self.session;
        while let Some(event) = session.poll_event(&mut self.inbox, now)? {
            if let Event::Disconnected(reason) = event {
                self.ended = Some(reason);
            }
            let was_in = session.state() != State::LogoutSent;
            let result = tell(session, event, now);
            self.is_over |= was_in && session.state() == State::LogoutSent;
            match result {
                Err(error) if !is_no_failure(error.kind()) => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Lends the session between two polls, and sends what that has written.
    pub(super) fn lend<S: Read + Write + Layer, R>(
        &mut self,
        target: &mut FixStream<S>,
        work: impl FnOnce(&mut Session<T>, Now) -> R,
    ) -> Result<R, SessionError> {
        let was_in = self.session.state() != State::LogoutSent;
        let result = work(&mut self.session, self.clock.now());
        self.is_over |= was_in && self.session.state() == State::LogoutSent;
        if target.is_started {
            target.link.flush(&mut self.session, &self.clock)?;
        }
        target.note(&self.session);
        Ok(result)
    }

    /// The connection is gone, and there is none. Returns true if there is to be another.
    pub(super) fn lose(&mut self, mut tell: impl Tell<T>) -> bool {
        self.end(&mut tell);
        self.is_to_renew = false;
        !std::mem::take(&mut self.is_over)
    }

    /// Takes the session off the connection that it had, if it had one.
    pub(super) fn end(&mut self, tell: &mut impl Tell<T>) {
        if !std::mem::take(&mut self.is_connected) {
            return;
        }
        let now = self.clock.now();
        // What the store could not note comes again after the next logon.
        let _ = self.session.disconnected(now);
        let _ = self.tell_events(now, tell);
        self.inbox.clear();
    }

    /// Has the session log out with the next poll, so that its connection can be made again; true where there is nothing to
    /// log out of.
    pub(super) fn may_end(&mut self) -> bool {
        self.is_to_renew = self.session.state() != State::Disconnected;
        !self.is_to_renew
    }

    /// What has passed over a connection.
    pub(super) fn traffic<S>(&self, target: &FixStream<S>) -> Traffic {
        let mut traffic = Traffic::default();
        if target.is_started {
            let (now, before) = (self.session.statistics(), &target.before);
            traffic.received_bytes = Some(now.bytes_received - before.bytes_received);
            traffic.sent_bytes = Some(now.bytes_sent - before.bytes_sent);
            traffic.received_messages = Some(now.messages_received - before.messages_received);
            traffic.sent_messages = Some(now.messages_sent - before.messages_sent);
        }
        traffic
    }
}

/// Drives the handshakes below by reading; true when they are done.
fn shake_hands<S: Read + Write + Layer>(
    stream: &mut S,
    read: impl FnOnce(&mut S) -> io::Result<usize>,
) -> io::Result<bool> {
    if stream.phase() == Phase::Established {
        return Ok(true);
    }
    match read(stream) {
        Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
        Err(error) if !is_no_failure(error.kind()) => Err(error),
        _ => Ok(stream.phase() == Phase::Established),
    }
}

/// A connection that is to take the place of another brings up what is below, and logs on once it has the place.
pub(super) fn stand_by<S: Read + Write + Layer>(target: &mut FixStream<S>) -> io::Result<()> {
    let is_up = shake_hands(target.get_mut(), |stream| {
        match stream.read(&mut [0; 64])? {
            0 => Ok(0),
            // An acceptor says nothing before the logon.
            _ => Err(ErrorKind::InvalidData.into()),
        }
    })?;
    target.is_active |= is_up;
    Ok(())
}

const fn is_no_failure(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
