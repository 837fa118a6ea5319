//! How long a handshake takes, and how long it may.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use boom_stream::Layer;
use boom_testkit::clock::ManualClock;
use boom_testkit::tls::Authority;
use boom_tls::Error;

use super::support::{Server, client, read_error, trusting, typed};

#[test]
fn the_duration_is_that_of_the_clock() {
    let authority = Authority::new();
    let clock = ManualClock::starting_at(7);
    let mut client = client(&trusting(&authority).with_clock(clock.clone()));
    let mut server = Server::new(authority.server_config(&["localhost"]));
    // Before the first byte nothing counts.
    clock.advance(Duration::from_secs(3));
    client.base_mut().push_write_would_block();
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    clock.advance(Duration::from_secs(4));
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    clock.advance(Duration::from_millis(30));
    assert_eq!(client.handshake_duration(), None);
    server.shake(&mut client);
    let duration = Some(Duration::from_millis(30));
    assert_eq!(client.handshake_duration(), duration);
    clock.advance(Duration::from_secs(1));
    client.write_all(b"x").unwrap();
    assert_eq!(client.handshake_duration(), duration);
}

#[test]
fn without_a_clock_of_ones_own_it_is_known_too() {
    let authority = Authority::new();
    let mut client = client(&trusting(&authority));
    Server::new(authority.server_config(&["localhost"])).shake(&mut client);
    assert!(client.handshake_duration().is_some());
}

#[test]
fn a_handshake_that_takes_too_long_is_given_up() {
    let config = trusting(&Authority::new()).with_handshake_timeout(Duration::from_nanos(100));
    let mut client = client(&config);
    assert_eq!(client.poll_timeout(), Some(0), "it asks for the time");
    client.handle_timeout(1000).unwrap();
    assert_eq!(client.poll_timeout(), Some(1100));
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    client.handle_timeout(1099).unwrap();
    let error = client.handle_timeout(1100).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(matches!(typed(&error), Error::HandshakeTimedOut));

    // It is final, and nothing is waited for any more.
    assert_eq!(client.poll_timeout(), None);
    client.handle_timeout(2000).unwrap();
    assert!(client.has_buffered(), "a reader has to be told");
    for error in [
        client.read(&mut [0; 8]).unwrap_err(),
        client.write(b"x").unwrap_err(),
        client.flush().unwrap_err(),
    ] {
        assert!(matches!(typed(&error), Error::HandshakeTimedOut), "{error}");
    }
}

#[test]
fn one_that_is_done_in_time_has_no_deadline() {
    let authority = Authority::new();
    let config = trusting(&authority).with_handshake_timeout(Duration::from_secs(5));
    let mut client = client(&config);
    client.handle_timeout(0).unwrap();
    Server::new(authority.server_config(&["localhost"])).shake(&mut client);
    assert_eq!(client.poll_timeout(), None);
    client.handle_timeout(u64::MAX).unwrap();
    client.write_all(b"x").unwrap();
}

#[test]
fn there_is_none_unless_it_is_asked_for() {
    let mut client = client(&trusting(&Authority::new()));
    assert_eq!(client.poll_timeout(), None);
    client.handle_timeout(u64::MAX).unwrap();
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
}

#[test]
fn one_that_has_failed_has_none_either() {
    let config = trusting(&Authority::new()).with_handshake_timeout(Duration::from_secs(5));
    let mut client = client(&config);
    client.handle_timeout(0).unwrap();
    client.base_mut().push_eof();
    assert_eq!(read_error(&mut client), ErrorKind::UnexpectedEof);
    assert_eq!(client.poll_timeout(), None);
}
