//! Connections, and the sessions that they turn out to be.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use boom_fix::session::{
    Clock, Event, Inbox, MemoryStore, Now, Opening, Session, SessionConfig, SessionError,
    SystemClock,
};

/// What answers messages.
pub(crate) trait Application {
    /// The sessions are numbered in the order in which they were added.
    fn on_event(
        &mut self,
        session_index: usize,
        event: Event<'_>,
        session: &mut Session<MemoryStore>,
        now: Now,
    ) -> Result<(), SessionError>;

    /// Sends what is for other sessions than the one that had the event.
    fn flush(&mut self, _sessions: &mut Sessions<'_>, _now: Now) -> Result<(), SessionError> {
        Ok(())
    }
}

/// All sessions.
pub(crate) struct Sessions<'a>(&'a mut [Slot]);

impl Sessions<'_> {
    /// One that is logged on.
    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut Session<MemoryStore>> {
        let session = &mut self.0.get_mut(index)?.session;
        session.is_logged_on().then_some(session)
    }
}

/// A connection as it came, or with TLS around it.
pub(crate) trait Stream: Read + Write {
    /// Tells the peer that nothing more comes.
    fn shut_down(&mut self);
}

impl Stream for TcpStream {
    fn shut_down(&mut self) {
        // It may be gone already.
        let _ = self.shutdown(std::net::Shutdown::Write);
    }
}

pub(crate) type Wrap = Box<dyn Fn(TcpStream) -> io::Result<Box<dyn Stream>>>;
pub(crate) type NewInbox = fn() -> Inbox;

/// A listener, its connections and all sessions that there may be.
pub(crate) struct Acceptor<A> {
    listener: TcpListener,
    /// What comes between a connection and its session.
    pub(crate) wrap: Wrap,
    pub(crate) new_inbox: NewInbox,
    sessions: Vec<Slot>,
    connections: Vec<Connection>,
    application: A,
    clock: SystemClock,
}

struct Slot {
    begin_string: Vec<u8>,
    names: (String, String),
    session: Session<MemoryStore>,
    is_taken: bool,
}

struct Connection {
    stream: Box<dyn Stream>,
    inbox: Inbox,
    accepted: Now,
    /// Known once the first message is here.
    session: Option<usize>,
}

/// How long a connection may take to say whose it is.
const OPENING: Duration = Duration::from_secs(10);
/// How many connections may be there that have not said whose they are.
const MAX_OPENING: usize = 100;

impl<A: Application> Acceptor<A> {
    pub(crate) fn bind(port: u16, application: A) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener,
            wrap: Box::new(|stream| Ok(Box::new(stream))),
            new_inbox: Inbox::new,
            sessions: Vec::new(),
            connections: Vec::new(),
            application,
            clock: SystemClock::default(),
        })
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Adds a session of ours, `sender`, with a peer, `target`.
    pub(crate) fn add(
        &mut self,
        begin_string: boom_fix::BeginString,
        (sender, target): (&str, &str),
        configure: impl FnOnce(SessionConfig) -> SessionConfig,
    ) -> Result<(), SessionError> {
        let config = configure(SessionConfig::acceptor(begin_string, sender, target));
        let store = MemoryStore::new();
        self.sessions.push(Slot {
            begin_string: begin_string.as_str().as_bytes().to_vec(),
            names: (sender.to_owned(), target.to_owned()),
            session: Session::new(config, store)?,
            is_taken: false,
        });
        Ok(())
    }

    /// One round over all connections; true if something came or went.
    pub(crate) fn poll(&mut self) -> io::Result<bool> {
        let mut has_worked = self.accept()?;
        let now = self.clock.now();
        let mut index = 0;
        while let Some(connection) = self.connections.get_mut(index) {
            let work = work(connection, &mut self.sessions, &mut self.application, now);
            match work {
                Ok(worked) => {
                    has_worked |= worked;
                    index += 1;
                }
                Err(Over) => {
                    self.end(index, now);
                    has_worked = true;
                }
            }
        }
        self.application
            .flush(&mut Sessions(&mut self.sessions), now)
            .map_err(io::Error::from)?;
        Ok(has_worked)
    }

    fn end(&mut self, index: usize, now: Now) {
        let mut connection = self.connections.swap_remove(index);
        connection.stream.shut_down();
        let slot = connection.session.and_then(|at| self.sessions.get_mut(at));
        if let Some(slot) = slot {
            slot.is_taken = false;
            if let Err(error) = slot.session.disconnected(now) {
                eprintln!("{}: {error}", slot.names.1);
            }
        }
    }

    fn accept(&mut self) -> io::Result<bool> {
        let (stream, _) = match self.listener.accept() {
            Ok(accepted) => accepted,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        };
        let waiting = self.connections.iter();
        let waiting = waiting.filter(|connection| connection.session.is_none());
        if waiting.count() >= MAX_OPENING {
            return Ok(true);
        }
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        self.connections.push(Connection {
            stream: (self.wrap)(stream)?,
            inbox: (self.new_inbox)(),
            accepted: self.clock.now(),
            session: None,
        });
        Ok(true)
    }
}

/// A connection is at its end.
struct Over;

fn work(
    connection: &mut Connection,
    sessions: &mut [Slot],
    application: &mut impl Application,
    now: Now,
) -> Result<bool, Over> {
    let count = match connection.inbox.read_from(&mut connection.stream) {
        Ok(0) => return Err(Over),
        Ok(count) => count,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
        Err(_) => return Err(Over),
    };
    if connection.session.is_none() && !begin(connection, sessions, now)? {
        return Ok(count > 0);
    }
    let slot = connection.session.and_then(|at| sessions.get_mut(at));
    let (Some(slot), Some(index)) = (slot, connection.session) else {
        return Err(Over);
    };
    let result = converse(index, &mut slot.session, connection, application, now);
    if let Err(error) = result {
        eprintln!("{}: {error}", slot.names.1);
        return Err(Over);
    }
    if slot.session.is_closing() && slot.session.outgoing().is_empty() {
        return Err(Over);
    }
    Ok(count > 0)
}

/// Finds the session by the first message; false if that is not there yet.
fn begin(connection: &mut Connection, sessions: &mut [Slot], now: Now) -> Result<bool, Over> {
    let Opening::Message(logon) = (match connection.inbox.opening() {
        Opening::Incomplete => {
            let waited = now.monotonic_ns - connection.accepted.monotonic_ns;
            let is_late = u128::from(waited) > OPENING.as_nanos();
            return if is_late { Err(Over) } else { Ok(false) };
        }
        opening => opening,
    }) else {
        return Err(Over);
    };
    let (target, sender) = (logon.text(49), logon.text(56));
    let found = sessions.iter().position(|slot| {
        slot.begin_string == logon.begin_string()
            && Ok(slot.names.0.as_str()) == sender
            && Ok(slot.names.1.as_str()) == target
    });
    let is_logon = logon.msg_type() == b"A";
    let index = found.filter(|_| is_logon).ok_or(Over)?;
    let slot = sessions.get_mut(index).ok_or(Over)?;
    // One connection a session; the first stays.
    if slot.is_taken || slot.session.connected(now).is_err() {
        return Err(Over);
    }
    slot.is_taken = true;
    connection.session = Some(index);
    Ok(true)
}

/// The drive contract of a session.
fn converse(
    index: usize,
    session: &mut Session<MemoryStore>,
    connection: &mut Connection,
    application: &mut impl Application,
    now: Now,
) -> Result<(), SessionError> {
    if session
        .poll_timeout()
        .is_some_and(|due| due <= now.monotonic_ns)
    {
        session.handle_timeout(now)?;
    }
    while let Some(event) = session.poll_event(&mut connection.inbox, now)? {
        application.on_event(index, event, session, now)?;
    }
    while !session.outgoing().is_empty() {
        match connection.stream.write(session.outgoing()) {
            Ok(count) => session.sent(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error.into()),
        }
        if session.outgoing().is_empty() {
            connection.stream.flush()?;
            session.continue_sending(now)?;
        }
    }
    Ok(())
}
