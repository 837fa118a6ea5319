//! What comes out of an inbox: long messages, garbled ones, and what stands inside of those.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_fix::session::{
    Event, Inbox, MemoryStore, Now, Opening, Session, SessionConfig, Skip, Store,
};
use boom_fix::{BeginString, DataFields};

const NOW: Now = Now {
    monotonic_ns: 0,
    unix_ns: 1_714_996_800_000_000_000,
};

fn framed(body: &[u8]) -> Vec<u8> {
    let mut message = format!("8=FIX.4.4\x019={}\x01", body.len()).into_bytes();
    message.extend_from_slice(body);
    let sum: u32 = message.iter().map(|&byte| u32::from(byte)).sum();
    message.extend_from_slice(format!("10={:03}\x01", sum % 256).as_bytes());
    message
}

fn message(kind: &str, number: u64, rest: &str) -> Vec<u8> {
    let head = format!("35={kind}|34={number}|49=VENUE|52=20240506-12:00:00|56=BUYER|");
    framed((head + rest).replace('|', "\x01").as_bytes())
}

fn long_logon() -> Vec<u8> {
    let text = format!("98=0|108=30|58={}|", "x".repeat(80_000));
    message("A", 1, &text)
}

fn acceptor() -> Session<MemoryStore> {
    let config = SessionConfig::acceptor(BeginString::Fix44, "BUYER", "VENUE");
    let mut session = Session::new(config, MemoryStore::new()).unwrap();
    session.connected(NOW).unwrap();
    session
}

/// What the session says to these bytes, and the number that it expects then.
fn told(skip: Skip, bytes: &[u8], piece: usize) -> (Vec<String>, u64) {
    let (mut session, mut inbox) = (acceptor(), Inbox::new().with_skip(skip));
    let mut told = Vec::new();
    for piece in bytes.chunks(piece) {
        assert_eq!(inbox.extend(piece), piece.len());
        loop {
            match session.poll_event(&mut inbox, NOW) {
                Ok(Some(event)) => told.push(name(&event)),
                Ok(None) => break,
                Err(error) => {
                    told.push(error.to_string());
                    return (told, session.store().next_incoming());
                }
            }
        }
    }
    (told, session.store().next_incoming())
}

fn name(event: &Event<'_>) -> String {
    let text = format!("{event:?}");
    text.split(['(', ' ']).next().unwrap().to_owned()
}

#[test]
fn a_message_longer_than_half_the_limit() {
    let bytes = long_logon();
    for skip in [Skip::ToNextStart, Skip::ByLength] {
        let mut inbox = Inbox::new().with_max_message_bytes(100_000).with_skip(skip);
        let mut session = acceptor();
        let mut input = &bytes[..];
        let mut told = Vec::new();
        while !input.is_empty() {
            inbox.read_from(&mut input).unwrap();
            while let Some(event) = session.poll_event(&mut inbox, NOW).unwrap() {
                told.push(name(&event));
            }
        }
        assert_eq!(session.store().next_incoming(), 2);
        assert_eq!(told, ["Logon", "LoggedOn"]);
    }
}

#[test]
fn a_long_opening() {
    let bytes = long_logon();
    let mut inbox = Inbox::new();
    let mut input = &bytes[..];
    while !input.is_empty() {
        assert!(matches!(inbox.opening(), Opening::Incomplete));
        inbox.read_from(&mut input).unwrap();
    }
    let Opening::Message(logon) = inbox.opening() else {
        panic!("no message");
    };
    assert_eq!(logon.as_bytes(), bytes);
}

#[test]
fn choices_of_fields_in_any_order() {
    let bytes = framed(b"35=A\x015001=3\x015002=a\x01b\x01");
    let data = || DataFields::standard().with(5001, 5002);
    for mut inbox in [
        Inbox::new().with_max_fields(100).with_data_fields(data()),
        Inbox::new().with_data_fields(data()).with_max_fields(100),
    ] {
        inbox.extend(&bytes);
        let Opening::Message(logon) = inbox.opening() else {
            panic!("no message");
        };
        assert_eq!(logon.text(5002).unwrap(), "a\x01b");
    }
}

/// Whatever stands inside of it: what is garbled is left out, and what follows is taken, in pieces as at once.
#[test]
fn what_stands_inside_of_what_is_garbled() {
    let malformed = framed(b"35=0\x01nofield\x01");
    let long = b"8=FIX.4.4\x019=9999999\x0135=0\x01";
    for (inner, skip) in [
        (&malformed[..], Skip::ByLength),
        (long, Skip::ByLength),
        (long, Skip::ToNextStart),
    ] {
        let mut body = b"35=0\x0134=2\x0149=VENUE\x01112=".to_vec();
        body.extend_from_slice(inner);
        body.extend_from_slice(b"112=x\x01");
        let mut garbled = framed(&body);
        let digit = garbled.len() - 2;
        garbled[digit] ^= 1;
        let logon = message("A", 1, "98=0|108=30|");
        let bytes = [logon, garbled, message("0", 2, "")].concat();
        let (at_once, next) = told(skip, &bytes, usize::MAX);
        assert_eq!(next, 3, "{skip:?} {at_once:?}");
        for piece in [1, 3, 50] {
            assert_eq!(told(skip, &bytes, piece), (at_once.clone(), 3));
        }
    }
    // By itself it ends the session.
    for skip in [Skip::ToNextStart, Skip::ByLength] {
        let bytes = [&message("A", 1, "98=0|108=30|")[..], long].concat();
        let (events, next) = told(skip, &[&bytes[..], &message("0", 2, "")].concat(), 7);
        assert_eq!(next, 2, "{events:?}");
    }
}
