//! A session over a stream: partial writes, nothing to read, ends of all kinds.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::cell::Cell;
use std::io;
use std::time::Duration;

use boom_fix::BeginString;
use boom_fix::session::{
    Clock, DisconnectReason, Event, FixConnection, Inbox, MemoryStore, Now, OfflineSend, Session,
    SessionConfig, SessionError, State,
};
use boom_testkit::stream::ScriptedStream;

const NOW: Now = Now {
    monotonic_ns: 5_000_000_000,
    unix_ns: 1_714_998_896_789_000_000,
};

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Now {
        NOW
    }
}

/// Each look at it takes ten milliseconds.
#[derive(Debug, Default)]
struct Ticking(Cell<u64>);

impl Clock for Ticking {
    fn now(&self) -> Now {
        self.0.set(self.0.get() + 10_000_000);
        NOW.after_ns(self.0.get())
    }
}

type Connection = FixConnection<ScriptedStream, MemoryStore, Stopped>;

fn connection(stream: ScriptedStream) -> Connection {
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let session = Session::new(config, MemoryStore::new()).unwrap();
    FixConnection::with_clock(stream, session, Inbox::new(), Stopped).unwrap()
}

fn message(body: &str) -> Vec<u8> {
    let head = "49=VENUE|52=20240506-12:34:56|56=BUYER|";
    let (kind, rest) = body.split_once('|').unwrap();
    let body = format!("{kind}|{head}{rest}").replace('|', "\x01");
    let mut message = format!("8=FIX.4.4\x019={}\x01{body}", body.len()).into_bytes();
    let sum = message
        .iter()
        .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    message.extend(format!("10={sum:03}\x01").bytes());
    message
}

/// What one batch tells.
fn batch<C: Clock>(
    connection: &mut FixConnection<ScriptedStream, MemoryStore, C>,
) -> Result<Vec<String>, SessionError> {
    let (session, inbox, now) = connection.read_batch()?;
    let mut told = Vec::new();
    while let Some(event) = session.poll_event(inbox, now)? {
        told.push(match event {
            Event::Message(received) => {
                let id = received.message.text(11).unwrap();
                session.send("8", now, |report| {
                    report.text(11, id);
                })?;
                format!("message {id}")
            }
            Event::Logon(_) => "logon".to_owned(),
            Event::LoggedOn => "logged on".to_owned(),
            Event::Logout(_) => "logout".to_owned(),
            Event::Disconnected(reason) => reason.to_string(),
            other => panic!("{other:?}"),
        });
    }
    connection.flush()?;
    Ok(told)
}

#[test]
fn a_whole_session_in_pieces_of_three_bytes() {
    let mut bytes = message("35=A|34=1|98=0|108=30|");
    bytes.extend(message("35=D|34=2|11=a|"));
    bytes.extend(message("35=D|34=3|11=b|"));
    bytes.extend(message("35=5|34=4|"));
    let mut connection = connection(ScriptedStream::new().read_in_pieces(&bytes, 3));
    let mut told = Vec::new();
    let error = loop {
        match batch(&mut connection) {
            Ok(more) => told.extend(more),
            Err(error) => break error,
        }
    };
    assert_eq!(
        told,
        [
            "logon",
            "logged on",
            "message a",
            "message b",
            "logout",
            "logged out"
        ]
    );
    let error = io::Error::from(error);
    assert_eq!(error.kind(), io::ErrorKind::NotConnected);
    assert!(connection.is_closed());
    let written = String::from_utf8_lossy(connection.stream().written()).into_owned();
    let types: Vec<_> = written
        .split("\x0135=")
        .skip(1)
        .map(|text| &text[..1])
        .collect();
    assert_eq!(types, ["A", "8", "8", "5"]);
}

#[test]
fn what_the_stream_does_not_take_goes_out_later() {
    let stream = ScriptedStream::new().write_limit(10).write_would_block();
    let mut connection = connection(stream);
    assert!(batch(&mut connection).unwrap().is_empty());
    assert!(
        !connection.session().outgoing().is_empty() || connection.stream().written().len() > 10
    );
    assert!(connection.flush().unwrap());
    let written = String::from_utf8_lossy(connection.stream().written()).into_owned();
    assert!(written.starts_with("8=FIX.4.4\x019=") && written.contains("\x0135=A\x01"));
    assert!(written.ends_with('\x01'));
}

#[test]
fn a_message_queued_before_the_logon_is_answered_waits_for_it() {
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE")
        .with_offline_send(OfflineSend::Queue);
    let session = Session::new(config, MemoryStore::new()).unwrap();
    let stream = ScriptedStream::new().would_block();
    let mut connection = FixConnection::with_clock(stream, session, Inbox::new(), Stopped).unwrap();
    let number = connection.session_mut().send("D", NOW, |order| {
        order.text(11, "early");
    });
    assert_eq!(number.unwrap(), 2);
    assert!(connection.flush().unwrap());
    let sent = |connection: &Connection, id: &[u8]| {
        let written = connection.stream().written();
        written.windows(id.len()).any(|window| window == id)
    };
    assert!(!sent(&connection, b"\x0111=early\x01"));
    let answer = message("35=A|34=1|98=0|108=30|");
    connection.stream_mut().push_read(&answer);
    while !sent(&connection, b"\x0111=early\x01") {
        batch(&mut connection).unwrap();
    }
}

#[test]
fn the_answer_to_a_logout_goes_out_before_the_end() {
    let mut bytes = message("35=A|34=1|98=0|108=30|");
    bytes.extend(message("35=5|34=2|"));
    let stream = ScriptedStream::new().read(&bytes);
    let mut connection = connection(stream);
    // The logon went out; then nothing is taken for a while.
    connection.flush().unwrap();
    for _ in 0..4 {
        connection.stream_mut().push_write_would_block();
    }
    let told = batch(&mut connection).unwrap();
    assert_eq!(told.last().unwrap(), "logged out");
    let mut rounds = 0;
    while batch(&mut connection).is_ok() {
        rounds += 1;
        assert!(rounds < 10);
    }
    let written = String::from_utf8_lossy(connection.stream().written()).into_owned();
    assert!(
        rounds > 0 && written.contains("\x0135=5\x01"),
        "{rounds}: {written}"
    );
}

#[test]
fn the_end_of_the_stream_is_told_and_then_an_error() {
    let logon = message("35=A|34=1|98=0|108=30|");
    let mut connection = connection(ScriptedStream::new().read(&logon).eof());
    assert_eq!(batch(&mut connection).unwrap(), ["logon", "logged on"]);
    let told = batch(&mut connection).unwrap();
    assert_eq!(told, [DisconnectReason::ConnectionEnded.to_string()]);
    let error = io::Error::from(batch(&mut connection).unwrap_err());
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    let session = connection.into_session().unwrap();
    assert_eq!(session.state(), State::Disconnected);
    assert!(!session.is_closing());
}

#[test]
fn a_broken_stream_gives_its_own_error() {
    let stream = ScriptedStream::new().read_error(io::ErrorKind::ConnectionReset);
    let mut connection = connection(stream);
    assert_eq!(batch(&mut connection).unwrap(), ["the connection ended"]);
    let error = io::Error::from(batch(&mut connection).unwrap_err());
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

/// What is told until an error, which comes last.
fn all<C: Clock>(
    connection: &mut FixConnection<ScriptedStream, MemoryStore, C>,
) -> (Vec<String>, io::Error) {
    let mut told = Vec::new();
    loop {
        match batch(connection) {
            Ok(more) => told.extend(more),
            Err(error) => return (told, error.into()),
        }
    }
}

#[test]
fn what_a_peer_said_before_it_took_nothing_more_is_told_before_that() {
    let mut bytes = message("35=A|34=1|98=0|108=30|");
    bytes.extend(message("35=D|34=2|11=a|"));
    bytes.extend(message("35=D|34=3|11=b|"));
    bytes.extend(message("35=5|34=4|58=closed for today|"));
    // The write that fails is the logon, or the first answer.
    // The write that fails is the logon, or the first answer.
    for fails_at in 0..2 {
        for piece in [7, 100, bytes.len()] {
            let mut stream = ScriptedStream::new().read_in_pieces(&bytes, piece).eof();
            for _ in 0..fails_at {
                stream = stream.write_limit(usize::MAX);
            }
            for _ in 0..10 {
                stream = stream.write_error(io::ErrorKind::BrokenPipe);
            }
            let (told, error) = all(&mut connection(stream));
            let expected = [
                "logon",
                "logged on",
                "message a",
                "message b",
                "logout",
                "logged out",
            ];
            assert_eq!(told, expected, "{fails_at} {piece}");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
    }
}

#[test]
fn a_peer_that_takes_nothing_and_talks_on_is_not_listened_to_for_ever() {
    let logon = message("35=A|34=1|98=0|108=30|");
    let mut stream = ScriptedStream::new().read(&logon);
    for number in 2..500 {
        stream = stream.read(message(&format!("35=0|34={number}|")));
    }
    stream = stream.write_limit(usize::MAX);
    stream = stream.write_error(io::ErrorKind::BrokenPipe);
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let config = config.with_logout_timeout(Duration::from_secs(2));
    let session = Session::new(config, MemoryStore::new()).unwrap();
    let clock = Ticking::default();
    let mut connection = FixConnection::with_clock(stream, session, Inbox::new(), clock).unwrap();
    batch(&mut connection).unwrap();
    connection
        .session_mut()
        .test_request("are you there", NOW)
        .unwrap();
    assert!(!connection.flush().unwrap());
    let (told, error) = all(&mut connection);
    assert_eq!(told, ["the connection ended"]);
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    // Two seconds of them, and what came with the logon.
    assert_eq!(connection.session().statistics().messages_received, 201);
}

#[test]
fn the_session_goes_on_with_the_next_connection() {
    let logon = message("35=A|34=1|98=0|108=30|");
    let mut first = connection(ScriptedStream::new().read(&logon).eof());
    while batch(&mut first).is_ok() {}
    let session = first.into_session().unwrap();
    let logon = message("35=A|34=2|98=0|108=30|");
    let stream = ScriptedStream::new().read(&logon);
    let mut second = FixConnection::with_clock(stream, session, Inbox::new(), Stopped).unwrap();
    assert_eq!(batch(&mut second).unwrap(), ["logon", "logged on"]);
    let written = String::from_utf8_lossy(second.stream().written()).into_owned();
    assert!(written.contains("\x0135=A\x0134=2\x01"));
}
