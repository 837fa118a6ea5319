//! A drop copy: reports of executions over FIX 4.4, kept up by a service.
//!
//! The venue breaks the first connection and shuts its first address, breaks the second, and goes on trading all the
//! while; in the middle the program ends and starts again from its files. The program fails unless it has got every report
//! once and in order.

use std::error::Error;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use boom_fix::BeginString;
use boom_fix::session::store::FileStore;
use boom_fix::session::{
    Event, FixConnection, MemoryStore, Now, OfflineSend, Session, SessionConfig, SessionError,
};
use boomnet::service::{Event as ServiceEvent, Hosts};
use boomnet::{
    ConnectionInfo, ConnectionInfoProvider, FixEndpoint, FixInitiator, IntoIOService,
    IntoMioStream, MioSelector, MioStream, TcpStream,
};

/// Reports of the day.
const TOTAL: u64 = 20_000;
/// Those after which the venue breaks a connection.
const CUTS: [u64; 2] = [4_000, 9_000];
/// The report after which the program starts again.
const RESTART: u64 = 12_000;

struct DropCopy {
    hosts: Hosts,
    /// The `ExecID`s (17) that came, in their order.
    executions: Vec<u64>,
    until: u64,
}

impl ConnectionInfoProvider for DropCopy {
    fn connection_info(&self) -> &ConnectionInfo {
        self.hosts.connection_info()
    }
}

impl FixEndpoint for DropCopy {
    type Stream = MioStream;
    type Store = FileStore;

    fn create_stream(&mut self, addr: SocketAddr) -> io::Result<Option<MioStream>> {
        let stream = TcpStream::try_from((self.connection_info(), addr))?;
        Ok(Some(stream.into_mio_stream()))
    }

    fn event(
        &mut self,
        session: &mut Session<FileStore>,
        event: Event<'_>,
        now: Now,
    ) -> io::Result<()> {
        match event {
            Event::Message(received) => {
                let execution = received.message.int(17).map_err(io::Error::other)?;
                self.executions.push(execution.unsigned_abs());
                if execution.unsigned_abs() == self.until {
                    session.logout(None, now)?;
                }
            }
            Event::LoggedOn => println!("logged on at {}", self.connection_info()),
            Event::Gap { from, to } => println!("asked for {from} to {to}"),
            Event::Disconnected(reason) => println!("{reason}"),
            _ => {}
        }
        Ok(())
    }

    fn next_host(&mut self) -> bool {
        self.hosts.advance()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let listeners = [
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    ];
    let mut hosts = Vec::new();
    for listener in &listeners {
        hosts.push(ConnectionInfo::new(
            "127.0.0.1",
            listener.local_addr()?.port(),
        ));
    }
    let venue = thread::spawn(move || trade(listeners));
    let files = Files::new();
    let mut executions = Vec::new();
    for until in [RESTART, TOTAL] {
        executions.extend(copy(&files.0, &hosts, until)?);
    }
    if !executions.iter().copied().eq(1..=TOTAL) {
        return Err(format!(
            "{} reports, and not each once and in order",
            executions.len()
        )
        .into());
    }
    println!("{TOTAL} reports, each once and in order");
    venue.join().map_err(|_| "the venue panicked")??;
    Ok(())
}

/// Takes reports up to one, logs out, and gives what came.
fn copy(files: &Path, hosts: &[ConnectionInfo], until: u64) -> Result<Vec<u64>, Box<dyn Error>> {
    let config = SessionConfig::initiator(BeginString::Fix44, "DESK", "VENUE");
    let session = Session::new(config, FileStore::open(files)?)?;
    let [first, rest @ ..] = hosts else {
        return Err("no host".into());
    };
    let first = Hosts::new(first.clone());
    let endpoint = DropCopy {
        hosts: rest.iter().cloned().fold(first, Hosts::with),
        executions: Vec::new(),
        until,
    };
    let mut service = MioSelector::new()?.into_io_service();
    service.register(FixInitiator::new(endpoint, session));
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        service.wait(Duration::from_millis(10))?;
        while let Some(event) = service.poll_event() {
            // After a logout of our own the service has no more use for the endpoint.
            if let ServiceEvent::GaveUp { endpoint, .. } = event {
                let (copy, _) = endpoint.into_parts()?;
                return Ok(copy.executions);
            }
        }
    }
    Err("the venue does not answer".into())
}

/// The venue, from the first report to the logout behind the last.
fn trade([first, second]: [TcpListener; 2]) -> Result<(), SessionError> {
    let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "DESK")
        .with_offline_send(OfflineSend::Queue);
    let mut session = Session::new(config, MemoryStore::new())?;
    let mut sent = 0;
    session = connection(&first, session, &mut sent, CUTS[0])?;
    // Nobody can connect there any more.
    drop(first);
    session = connection(&second, session, &mut sent, CUTS[1])?;
    // To the logout before the desk starts again, and to its last.
    for _ in 0..2 {
        session = connection(&second, session, &mut sent, u64::MAX)?;
    }
    Ok(())
}

/// One connection, to its end or to the report after which it is broken.
fn connection(
    listener: &TcpListener,
    session: Session<MemoryStore>,
    sent: &mut u64,
    cut: u64,
) -> Result<Session<MemoryStore>, SessionError> {
    let (stream, _) = listener.accept()?;
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    let mut connection = FixConnection::new(stream, session)?;
    while !connection.is_closed() && *sent < cut {
        let (session, inbox, now) = connection.read_batch()?;
        while session.poll_event(inbox, now)?.is_some() {}
        if session.is_logged_on() && *sent < TOTAL {
            report(session, sent, now)?;
        }
        connection.flush()?;
    }
    // Trading goes on while the desk is away: these wait in the store.
    let now = connection.now();
    let mut session = connection.into_session()?;
    for _ in 0..100.min(TOTAL - *sent) {
        report(&mut session, sent, now)?;
    }
    Ok(session)
}

fn report(
    session: &mut Session<MemoryStore>,
    sent: &mut u64,
    now: Now,
) -> Result<(), SessionError> {
    let result = session.send("8", now, |report| {
        report
            .text(37, "order-1")
            .uint(17, *sent + 1)
            .char(150, 'F')
            .char(39, '1');
        report.text(55, "MSFT").char(54, '1').int(151, 0).int(14, 0);
    });
    match result {
        Ok(_) => *sent += 1,
        // The desk reads too slowly: the report waits.
        Err(SessionError::Full { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// A folder that goes with the program.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        let name = format!("fix-drop-copy-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
