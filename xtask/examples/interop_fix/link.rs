//! Connections, one after the other.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use boom_fix::session::{Clock, FixConnection, Session, SessionError, Store, SystemClock};

use crate::Result;
use crate::application::Application;
use crate::stream::{Stream, TURN, Wrap};

/// Between two connections.
const PAUSE: Duration = Duration::from_millis(5);

/// Where connections come from.
pub(crate) struct Link {
    place: Place,
    wrap: Wrap,
}

enum Place {
    To(u16),
    At(TcpListener),
}

impl Link {
    pub(crate) const fn to(port: u16, wrap: Wrap) -> Self {
        let place = Place::To(port);
        Self { place, wrap }
    }

    pub(crate) fn at(port: u16, wrap: Wrap) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        listener.set_nonblocking(true)?;
        let place = Place::At(listener);
        Ok(Self { place, wrap })
    }

    /// One that is there, or nothing after a while.
    fn next(&self) -> io::Result<Option<Box<dyn Stream>>> {
        let socket = match &self.place {
            Place::To(port) => TcpStream::connect(("127.0.0.1", *port)),
            Place::At(listener) => listener.accept().map(|(socket, _)| socket),
        };
        let Ok(socket) = socket else {
            thread::sleep(TURN);
            return Ok(None);
        };
        self.wrap.wrap(socket).map(Some)
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
            connection.stream_mut().end();
            session = connection.into_session()?;
            // Where nobody listens behind the relay, each attempt costs a logon.
            thread::sleep(PAUSE);
        }
    }
}

/// Returns when the connection has ended.
fn serve<T: Store>(
    connection: &mut FixConnection<Box<dyn Stream>, T>,
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
