//! A session of FIX that lives in a service, over each selector, recorded below, and read again from the recording.
#![cfg(all(feature = "fix", feature = "ext", feature = "mio", feature = "record"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use boomnet::fix::BeginString;
use boomnet::fix::session::{Event, FixConnection, MemoryStore, Now, Session, SessionConfig};
use boomnet::prelude::*;
use boomnet::select::Selector;
use boomnet::stream::{Layer, Socket};

const ORDERS: usize = 300;
/// The venue breaks its connection after each so many reports.
const CUT: usize = 70;

struct Orders<S> {
    info: ConnectionInfo,
    open: fn(TcpStream) -> S,
    recorder: Recorder,
    reports: Vec<String>,
}

impl<S> ConnectionInfoProvider for Orders<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl<S: Read + Write + Layer<Base: Socket>> FixEndpoint for Orders<S> {
    type Stream = RecordedStream<S>;
    type Store = MemoryStore;

    fn create_stream(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Stream>> {
        let stream = (self.open)(TcpStream::try_from((&self.info, addr))?);
        Ok(Some(stream.into_recorded_stream_with(&self.recorder)?))
    }

    fn event(
        &mut self,
        session: &mut Session<MemoryStore>,
        event: Event<'_>,
        now: Now,
    ) -> io::Result<()> {
        match event {
            Event::LoggedOn if self.reports.is_empty() => order(session, 1, now),
            Event::Message(received) => {
                let id = received.message.text(11).map_err(io::Error::other)?;
                self.reports.push(id.to_owned());
                match self.reports.len() {
                    ORDERS => Ok(session.logout(None, now)?),
                    sent => order(session, sent + 1, now),
                }
            }
            _ => Ok(()),
        }
    }
}

fn order(session: &mut Session<MemoryStore>, number: usize, now: Now) -> io::Result<()> {
    session.send("D", now, |order| {
        order.text(11, &number.to_string());
    })?;
    Ok(())
}

/// Reports on each order until the other side logs out; gives the orders.
fn serve(listener: &TcpListener) -> Vec<String> {
    let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
    let mut session = Session::new(config, MemoryStore::new()).unwrap();
    let mut orders = Vec::new();
    while orders.len() < ORDERS || session.statistics().logons < 5 {
        let (stream, _) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        let mut connection = FixConnection::new(stream, session).unwrap();
        let end = orders.len() + CUT;
        while !connection.is_closed() && orders.len() < end {
            let Ok((session, inbox, now)) = connection.read_batch() else {
                break;
            };
            while let Some(event) = session.poll_event(inbox, now).unwrap() {
                if let Event::Message(received) = event {
                    let id = received.message.text(11).unwrap().to_owned();
                    session
                        .send("8", now, |report| {
                            report.text(11, &id);
                        })
                        .unwrap();
                    orders.push(id);
                }
            }
            let _ = connection.flush();
            thread::yield_now();
        }
        session = connection.into_session().unwrap();
    }
    orders
}

fn numbers() -> Vec<String> {
    (1..=ORDERS).map(|number| number.to_string()).collect()
}

/// A whole day over one selector; gives the folder of the recordings.
fn trade<S: Read + Write + Layer<Base: Socket>>(
    name: &str,
    selector: impl Selector<S::Base>,
    open: fn(TcpStream) -> S,
) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("boomnet-fix-{name}-{}", std::process::id()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let venue = thread::spawn(move || serve(&listener));
    let orders = Orders {
        info: ConnectionInfo::new("127.0.0.1", port),
        open,
        recorder: Recorder::builder(&folder).build(),
        reports: Vec::new(),
    };
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let session = Session::new(config, MemoryStore::new()).unwrap();
    let mut service = selector.into_io_service();
    service.register(FixInitiator::new(orders, session));
    let deadline = Instant::now() + Duration::from_secs(60);
    let endpoint = loop {
        assert!(Instant::now() < deadline, "it takes too long");
        service.poll().unwrap();
        if let Some(boomnet::service::Event::GaveUp { endpoint, .. }) = service.poll_event() {
            break endpoint;
        }
    };
    assert_eq!(endpoint.get().reports, numbers());
    assert_eq!(venue.join().unwrap(), numbers());
    folder
}

/// What the sessions of a folder's recordings are told, in turn: each goes on where the one before ended.
fn replay(folder: &PathBuf) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let mut session = Session::new(config, MemoryStore::new()).unwrap();
    let mut reports = Vec::new();
    for file in files {
        let stream = ReplayStream::open(file).unwrap();
        let mut connection = FixConnection::new(stream, session).unwrap();
        while let Ok((session, inbox, now)) = connection.read_batch() {
            while let Some(event) = session.poll_event(inbox, now).unwrap() {
                if let Event::Message(received) = event {
                    reports.push(received.message.text(11).unwrap().to_owned());
                }
            }
        }
        session = connection.into_session().unwrap();
    }
    reports
}

#[test]
fn over_plain_sockets_and_again_from_the_recordings() {
    let folder = trade("direct", DirectSelector::new(), |stream| stream);
    assert_eq!(replay(&folder), numbers());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn over_mio() {
    let folder = trade(
        "mio",
        MioSelector::new().unwrap(),
        TcpStream::into_mio_stream,
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(all(feature = "io-uring", target_os = "linux"))]
#[test]
fn over_io_uring() {
    let selector = match IoUringSelector::new() {
        Err(error)
            if error
                .get_ref()
                .is_some_and(|reason| reason.is::<boomnet::select::IoUringError>()) =>
        {
            writeln!(io::stderr(), "over_io_uring is SKIPPED: {error}").unwrap();
            return;
        }
        selector => selector.unwrap(),
    };
    let folder = trade("io-uring", selector, TcpStream::into_io_uring_stream);
    std::fs::remove_dir_all(folder).unwrap();
}
