//! Connections, one after the other.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use boom_fix::session::{Clock, FixConnection, Session, SessionError, Store, SystemClock};

use crate::Result;
use crate::application::Application;

/// How long it waits for bytes before it looks for something else to do.
const TURN: Duration = Duration::from_millis(1);

/// Between two connections.
const PAUSE: Duration = Duration::from_millis(5);

/// Where connections come from.
#[derive(Debug)]
pub(crate) enum Link {
    To(u16),
    At(TcpListener),
}

impl Link {
    pub(crate) const fn to(port: u16) -> Self {
        Self::To(port)
    }

    pub(crate) fn at(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        listener.set_nonblocking(true)?;
        Ok(Self::At(listener))
    }

    /// One that is there, or nothing after a while.
    fn next(&self) -> io::Result<Option<TcpStream>> {
        let stream = match self {
            Self::To(port) => TcpStream::connect(("127.0.0.1", *port)),
            Self::At(listener) => listener.accept().map(|(stream, _)| stream),
        };
        let Ok(stream) = stream else {
            thread::sleep(TURN);
            return Ok(None);
        };
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TURN))?;
        stream.set_write_timeout(Some(TURN))?;
        Ok(Some(stream))
    }
}

/// Serves one connection after the other, for good.
pub(crate) fn run<T: Store>(
    link: &Link,
    mut session: Session<T>,
    application: &mut Application,
    commands: &Receiver<String>,
) -> Result<()> {
    let clock = SystemClock::default();
    loop {
        while let Ok(line) = commands.try_recv() {
            application.obey(&line, &mut session, clock.now())?;
        }
        application.make_traffic(&mut session, clock.now())?;
        if let Some(stream) = link.next()? {
            let mut connection = FixConnection::new(stream, session)?;
            serve(&mut connection, application, commands)?;
            session = connection.into_session()?;
            // Where nobody listens behind the relay, each attempt costs a logon.
            thread::sleep(PAUSE);
        }
    }
}

/// Returns when the connection has ended.
fn serve<T: Store>(
    connection: &mut FixConnection<TcpStream, T>,
    application: &mut Application,
    commands: &Receiver<String>,
) -> Result<()> {
    loop {
        let (session, inbox, now) = match connection.read_batch() {
            Ok(parts) => parts,
            Err(SessionError::Io(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        while let Some(event) = session.poll_event(inbox, now)? {
            application.react(&event, session, now)?;
        }
        while let Ok(line) = commands.try_recv() {
            application.obey(&line, session, now)?;
        }
        application.make_traffic(session, now)?;
        match connection.flush() {
            // The next read tells.
            Ok(_) | Err(SessionError::Io(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
