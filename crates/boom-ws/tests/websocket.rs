//! The adapter over a scripted stream: partial reads and writes, `WouldBlock` at each step, the end of the stream.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, ErrorKind, Read, Write};

use boom_stream::{Layer, Phase};
use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    CloseCode, Connection, Error, HandshakeError, IntoWebsocket, ProtocolError, Request, Websocket,
    WebsocketConfig, WebsocketFrame,
};

const SEED: [u8; 32] = [9; 32];

fn established(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    established_with(stream, &WebsocketConfig::new())
}

fn established_with(stream: ScriptedStream, config: &WebsocketConfig) -> Websocket<ScriptedStream> {
    Websocket::from_parts(stream, Connection::established(config).unwrap())
}

fn texts(ws: &mut Websocket<ScriptedStream>) -> Result<Vec<String>, Error> {
    let mut texts = Vec::new();
    for frame in ws.read_batch()? {
        if let WebsocketFrame::Text(true, data) = frame? {
            texts.push(String::from_utf8(data.to_vec()).unwrap());
        }
    }
    Ok(texts)
}

/// The answer that belongs to the nonce made from [`SEED`], taken from the request itself.
fn answer_to(request: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(request).unwrap();
    let key = text
        .split("Sec-WebSocket-Key: ")
        .nth(1)
        .unwrap()
        .split("\r\n")
        .next()
        .unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    format!("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n").into_bytes()
}

/// What a client made from [`SEED`] sends first.
fn request() -> Vec<u8> {
    let config = WebsocketConfig::new().with_predictable_masks(SEED);
    Connection::client(&Request::new("h:81", "/ws"), &config)
        .outgoing()
        .to_vec()
}

fn client(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    let config = WebsocketConfig::new().with_predictable_masks(SEED);
    Websocket::client(stream, &Request::new("h:81", "/ws"), &config)
}

#[test]
fn the_handshake_passes_however_it_is_cut() {
    let request = request();
    let mut answer = answer_to(&request);
    answer.extend_from_slice(b"\x81\x05hello");
    for cut in 0..answer.len() {
        let mut stream = ScriptedStream::new()
            .write_limit(1 + cut % request.len())
            .write_would_block();
        stream = stream
            .read(&answer[..cut])
            .would_block()
            .read(&answer[cut..]);
        let mut ws = client(stream);
        ws.send_text(true, Some(b"subscribe")).unwrap();
        assert_eq!(ws.phase(), Phase::ProtocolHandshake);
        let mut got = Vec::new();
        while got.is_empty() {
            got = texts(&mut ws).unwrap();
        }
        assert_eq!(got, ["hello"]);
        assert_eq!(ws.phase(), Phase::Established);
        assert!(ws.flush().unwrap());
        let written = ws.stream().written();
        assert!(written.starts_with(&request), "cut at {cut}");
        assert_eq!(
            written.len(),
            request.len() + 6 + "subscribe".len(),
            "what was sent early went out in order"
        );
    }
}

#[test]
fn nothing_goes_out_before_the_handshake_is_done_and_the_queue_is_bounded() {
    let config = WebsocketConfig::new()
        .with_predictable_masks(SEED)
        .with_max_outbound_bytes(40);
    let mut ws = Websocket::client(ScriptedStream::new(), &Request::new("h:81", "/ws"), &config);
    ws.send_text(true, Some(b"subscribe one")).unwrap();
    ws.send_text(true, Some(b"subscribe 2")).unwrap();
    let error = io::Error::from(ws.send_text(true, Some(b"subscribe 3")).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    assert_eq!(ws.stream().written(), request());
}

#[test]
fn one_read_a_batch_and_one_write_a_message() {
    let mut ws = established(
        ScriptedStream::new()
            .read(b"\x81\x01a\x81\x01b")
            .read(b"\x81\x01c"),
    );
    assert_eq!(texts(&mut ws).unwrap(), ["a", "b"]);
    assert_eq!((ws.stream().reads(), ws.stream().writes()), (1, 0));
    ws.send_text(true, Some(b"x")).unwrap();
    assert_eq!((ws.stream().reads(), ws.stream().writes()), (1, 1));
    assert_eq!(texts(&mut ws).unwrap(), ["c"]);
    assert_eq!((ws.stream().reads(), ws.stream().writes()), (2, 1));
}

#[test]
fn frames_left_of_a_batch_need_no_read() {
    let mut ws = established(ScriptedStream::new().read(b"\x81\x01a\x81\x01b").eof());
    assert_eq!(
        ws.read_batch().unwrap().next().unwrap().unwrap(),
        WebsocketFrame::Text(true, b"a")
    );
    assert!(ws.has_buffered());
    assert_eq!(texts(&mut ws).unwrap(), ["b"]);
    assert_eq!(ws.stream().reads(), 1);
    assert!(!ws.has_buffered());
    assert!(
        matches!(ws.read_batch(), Err(Error::Io(error)) if error.kind() == ErrorKind::UnexpectedEof)
    );
}

#[test]
fn a_half_written_frame_goes_on_before_the_next() {
    let config = WebsocketConfig::new().with_predictable_masks(SEED);
    let mut whole = established_with(ScriptedStream::new(), &config);
    whole.send_text(true, Some(b"first message")).unwrap();
    whole.send_text(true, Some(b"second")).unwrap();
    let expected = whole.stream().written().to_vec();
    for cut in 1..expected.len() {
        let stream = ScriptedStream::new()
            .write_limit(cut)
            .write_would_block()
            .write_would_block();
        let mut ws = established_with(stream, &config);
        ws.send_text(true, Some(b"first message")).unwrap();
        ws.send_text(true, Some(b"second")).unwrap();
        while !ws.flush().unwrap() {}
        assert_eq!(ws.stream().written(), expected, "cut at {cut}");
        assert!(!ws.wants_write());
    }
}

#[test]
fn what_waits_goes_out_by_reading() {
    let mut ws = established(ScriptedStream::new().write_would_block().would_block());
    ws.send_text(true, Some(b"x")).unwrap();
    assert!(ws.wants_write());
    assert_eq!(texts(&mut ws).unwrap(), Vec::<String>::new());
    assert!(!ws.wants_write());
    assert_eq!(ws.stream().written().len(), 7);
}

#[test]
fn pongs_leave_with_the_batch_in_one_write() {
    let mut ws = established(ScriptedStream::new().read(b"\x89\x01a\x81\x01t\x89\x01b"));
    assert_eq!(texts(&mut ws).unwrap(), ["t"]);
    assert_eq!((ws.stream().writes(), ws.stream().written().len()), (1, 14));
}

#[test]
fn a_broken_rule_sends_its_close_frame_even_if_the_caller_leaves_at_once() {
    let mut ws = established(ScriptedStream::new().read(b"\x81\x01a\xc1\x00"));
    let error = texts(&mut ws).unwrap_err();
    assert!(matches!(
        error,
        Error::Protocol(ProtocolError::ReservedBits)
    ));
    let written = ws.stream().written();
    assert_eq!((written.len(), written[0]), (8, 0x88));
}

#[test]
fn data_before_the_end_of_the_stream_is_lent_first() {
    let mut ws = established(ScriptedStream::new().read(b"\x81\x01a\x81\x02b").eof());
    assert_eq!(texts(&mut ws).unwrap(), ["a"]);
    for _ in 0..2 {
        assert!(
            matches!(texts(&mut ws), Err(Error::Io(error)) if error.kind() == ErrorKind::UnexpectedEof)
        );
    }
    assert!(matches!(ws.send_text(true, None), Err(Error::Io(_))));
}

#[test]
fn an_error_of_the_stream_stays() {
    let mut ws = established(ScriptedStream::new().read_error(ErrorKind::ConnectionReset));
    for _ in 0..2 {
        assert!(
            matches!(texts(&mut ws), Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionReset)
        );
    }
}

#[test]
fn a_refusal_reaches_the_caller_with_its_source() {
    let stream = ScriptedStream::new().read_in_pieces(
        b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy",
        1,
    );
    let mut ws = client(stream);
    let error = loop {
        if let Err(error) = ws.read_batch() {
            break io::Error::from(error);
        }
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    let source = error
        .get_ref()
        .and_then(|source| source.downcast_ref::<Error>());
    let Some(Error::Handshake(HandshakeError::Rejected(response))) = source else {
        panic!("{error:?}")
    };
    assert_eq!((response.status(), response.body()), (503, &b"busy"[..]));
}

#[test]
fn a_refusal_without_length_ends_with_the_stream() {
    let mut ws = client(
        ScriptedStream::new()
            .read(b"HTTP/1.1 403 No\r\n\r\nno")
            .eof(),
    );
    assert!(ws.read_batch().unwrap().next().is_none());
    assert!(matches!(
        ws.read_batch(),
        Err(Error::Handshake(HandshakeError::Rejected(_)))
    ));
}

#[test]
fn the_end_of_the_stream_inside_the_handshake_is_told() {
    let mut ws = client(ScriptedStream::new().read(b"HTTP/1.1 101 X\r\nUpgr").eof());
    assert!(ws.read_batch().unwrap().next().is_none());
    assert!(
        matches!(ws.read_batch(), Err(Error::Io(error)) if error.kind() == ErrorKind::UnexpectedEof)
    );
}

#[test]
fn the_host_header_has_a_port_where_it_is_not_the_default_one() {
    let host = |host: &str, port: u16| {
        let stream = ScriptedStream::new().with_connection_info((host, port));
        let mut ws = stream.into_websocket("/");
        ws.flush().unwrap();
        let written = String::from_utf8(ws.stream().written().to_vec()).unwrap();
        written
            .split("\r\n")
            .find_map(|line| line.strip_prefix("Host: "))
            .unwrap()
            .to_owned()
    };
    assert_eq!(host("example.com", 80), "example.com");
    assert_eq!(host("example.com", 443), "example.com:443");
    assert_eq!(host("example.com", 8080), "example.com:8080");
    assert_eq!(host("::1", 80), "[::1]");
    assert_eq!(host("::1", 9001), "[::1]:9001");
    assert_eq!(host("fe80::1%eth0", 9001), "[fe80::1]:9001");
}

#[test]
fn a_bad_path_is_reported_by_the_first_use_or_by_the_fallible_form() {
    let mut ws = ScriptedStream::new().into_websocket("/a\r\nX: y");
    assert!(matches!(
        ws.send_text(true, None),
        Err(Error::Handshake(HandshakeError::InvalidPath))
    ));
    assert!(matches!(
        ws.read_batch(),
        Err(Error::Handshake(HandshakeError::InvalidPath))
    ));
    assert!(ws.stream().written().is_empty());
    let error = ScriptedStream::new()
        .into_websocket_with_config("/a b", |_| {})
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn frames_larger_than_the_window_come_through() {
    let mut bytes = b"\x82\x7f\x00\x00\x00\x00\x00\x0f\x42\x40".to_vec();
    bytes.extend((0..1_000_000u32).map(|index| index as u8));
    bytes.extend_from_slice(b"\x81\x03end");
    let mut ws = established(ScriptedStream::new().read_in_pieces(&bytes, 1460));
    let mut lens = Vec::new();
    while lens.len() < 2 {
        for frame in ws.read_batch().unwrap() {
            match frame.unwrap() {
                WebsocketFrame::Binary(true, data) => {
                    assert!(
                        data.iter()
                            .enumerate()
                            .all(|(index, byte)| *byte == index as u8)
                    );
                    lens.push(data.len());
                }
                WebsocketFrame::Text(true, data) => lens.push(data.len()),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(lens, [1_000_000, 3]);
}

#[test]
fn a_failed_write_loses_nothing_that_was_received() {
    let stream = ScriptedStream::new()
        .read(b"\x81\x01a\x81\x01b")
        .read(b"\x81\x01c\x88\x02\x03\xe9")
        .write_error(ErrorKind::BrokenPipe);
    let mut ws = established(stream);
    assert_eq!(
        ws.read_batch().unwrap().next().unwrap().unwrap(),
        WebsocketFrame::Text(true, b"a")
    );
    assert!(
        matches!(ws.send_text(true, None), Err(Error::Io(error)) if error.kind() == ErrorKind::BrokenPipe)
    );
    assert!(ws.has_buffered() && !ws.wants_write());
    assert_eq!(texts(&mut ws).unwrap(), ["b"]);
    assert_eq!(texts(&mut ws).unwrap(), ["c"]);
    assert!(matches!(
        texts(&mut ws),
        Err(Error::Closed(Some(CloseCode::GOING_AWAY)))
    ));
}

#[test]
fn a_reset_that_a_write_was_told_of_is_no_mere_end_to_the_reads() {
    for (told, then) in [
        (ErrorKind::ConnectionReset, ErrorKind::ConnectionReset),
        // What was sent to a peer that had ended.
        (ErrorKind::BrokenPipe, ErrorKind::UnexpectedEof),
    ] {
        let stream = ScriptedStream::new()
            .read(b"\x81\x01a\x81\x05cu")
            .eof()
            .write_error(told);
        let mut ws = established(stream);
        assert!(ws.send_text(true, None).is_err());
        assert_eq!(texts(&mut ws).unwrap(), ["a"]);
        for _ in 0..2 {
            let error = texts(&mut ws).unwrap_err();
            assert!(
                matches!(&error, Error::Io(error) if error.kind() == then),
                "{error}"
            );
        }
    }
}

#[test]
fn a_failed_write_is_reported_by_the_read_that_finds_nothing_more() {
    let stream = ScriptedStream::new()
        .read(b"\x81\x01a")
        .write_error(ErrorKind::TimedOut);
    let mut ws = established(stream);
    assert!(ws.send_ping(None).is_err());
    assert!(ws.has_buffered(), "the failure is still to be told");
    assert_eq!(texts(&mut ws).unwrap(), ["a"]);
    for _ in 0..2 {
        assert!(
            matches!(texts(&mut ws), Err(Error::Io(error)) if error.kind() == ErrorKind::TimedOut)
        );
        assert!(matches!(ws.flush(), Err(Error::Io(_))));
    }
}

/// An alert of TLS, say, which a selector or a completion brings later.
#[test]
fn the_last_words_of_a_peer_that_has_hung_up_are_waited_for() {
    for told in [
        ErrorKind::BrokenPipe,
        ErrorKind::ConnectionReset,
        ErrorKind::ConnectionAborted,
    ] {
        let stream = ScriptedStream::new()
            .write_error(told)
            .would_block()
            .read(b"\x81\x01a")
            .would_block()
            .read_error(ErrorKind::PermissionDenied);
        let mut ws = established(stream);
        assert!(ws.send_ping(None).is_err());
        assert!(!ws.has_buffered() && !ws.wants_write(), "readiness tells");
        assert_eq!(texts(&mut ws).unwrap(), Vec::<String>::new());
        assert_eq!(texts(&mut ws).unwrap(), ["a"]);
        assert_eq!(texts(&mut ws).unwrap(), Vec::<String>::new());
        assert!(matches!(ws.flush(), Err(Error::Io(error)) if error.kind() == told));
        for _ in 0..2 {
            assert!(
                matches!(texts(&mut ws), Err(Error::Io(error)) if error.kind() == ErrorKind::PermissionDenied)
            );
        }
    }
}

#[test]
fn an_end_is_something_to_come_back_for() {
    let mut ws = established(ScriptedStream::new().read(b"\x88\x02\x03\xe9"));
    assert!(!ws.has_buffered());
    assert_eq!(texts(&mut ws).unwrap(), Vec::<String>::new());
    assert!(ws.has_buffered(), "the end is not told yet");
    assert!(matches!(
        texts(&mut ws),
        Err(Error::Closed(Some(CloseCode::GOING_AWAY)))
    ));
    assert!(!ws.has_buffered());

    let ws = ScriptedStream::new().into_websocket("/a b");
    assert!(ws.has_buffered(), "a path that cannot be sent");

    let mut ws = established(ScriptedStream::new().read(b"\xc1\x00"));
    assert!(texts(&mut ws).is_err());
    assert!(!ws.has_buffered(), "a broken rule is told in its batch");
}

#[test]
fn a_refusal_is_understood_even_if_the_stream_fails_in_its_body() {
    for kind in [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset] {
        let mut ws = client(
            ScriptedStream::new()
                .read(b"HTTP/1.1 429 X\r\nRetry-After: 9\r\n\r\nslow")
                .read_error(kind),
        );
        assert!(ws.read_batch().unwrap().next().is_none());
        let Err(Error::Handshake(HandshakeError::Rejected(response))) = ws.read_batch() else {
            panic!()
        };
        assert_eq!((response.status(), response.body()), (429, &b"slow"[..]));
    }
}

#[test]
fn what_was_queued_leaves_with_the_batch_that_opens() {
    let mut ws = client(ScriptedStream::new().read(answer_to(&request())));
    ws.send_text(true, Some(b"subscribe")).unwrap();
    assert!(ws.read_batch().unwrap().next().is_none());
    assert!(!ws.wants_write());
    assert_eq!(ws.stream().written().len(), request().len() + 6 + 9);
}

/// Keeps what is written until a flush, which it refuses once.
struct Lazy {
    stream: ScriptedStream,
    kept: Vec<u8>,
    refusals: usize,
}

impl Read for Lazy {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut self.stream, buffer)
    }
}

impl Write for Lazy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.refusals > 0 {
            self.refusals -= 1;
            return Err(ErrorKind::WouldBlock.into());
        }
        self.stream.write_all(&std::mem::take(&mut self.kept))
    }
}

#[test]
fn a_pong_that_the_stream_keeps_back_is_flushed_later() {
    let stream = Lazy {
        stream: ScriptedStream::new().read(b"\x89\x01a"),
        kept: Vec::new(),
        refusals: 1,
    };
    let mut ws = Websocket::from_parts(
        stream,
        Connection::established(&WebsocketConfig::new()).unwrap(),
    );
    for frame in ws.read_batch().unwrap() {
        frame.unwrap();
    }
    assert!(ws.stream().stream.written().is_empty());
    assert!(ws.flush().unwrap());
    assert_eq!(ws.stream().stream.written().len(), 7);
}

#[test]
fn a_batch_that_nobody_looks_at_does_not_stop_the_reading() {
    let mut ws = established(ScriptedStream::new().read(b"\x81").read(b"\x01").read(b"a"));
    for _ in 0..3 {
        drop(ws.read_batch().unwrap());
    }
    assert_eq!(ws.stream().reads(), 3);
    assert_eq!(texts(&mut ws).unwrap(), ["a"]);
}

/// A stream whose own handshake never ends.
struct Negotiating(ScriptedStream);

impl Read for Negotiating {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }
}

impl Write for Negotiating {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for Negotiating {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        &self.0
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        &mut self.0
    }

    fn phase(&self) -> Phase {
        Phase::TlsHandshake
    }
}

#[test]
fn while_the_layer_below_negotiates_there_is_nothing_to_write() {
    let mut ws = Negotiating(ScriptedStream::new()).into_websocket("/");
    assert!(ws.read_batch().unwrap().next().is_none());
    assert!(!ws.wants_write() && !ws.has_buffered());
    assert_eq!(ws.phase(), Phase::TlsHandshake);
}

#[test]
fn a_connection_that_failed_before_it_was_open_never_was_established() {
    let mut ws =
        client(ScriptedStream::new().read(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
    assert!(ws.read_batch().is_err());
    assert_eq!(ws.phase(), Phase::ProtocolHandshake);
    assert_eq!(
        ScriptedStream::new().into_websocket("/a b").phase(),
        Phase::ProtocolHandshake
    );

    let mut ws = established(ScriptedStream::new().eof());
    assert!(ws.read_batch().is_err());
    assert_eq!(ws.phase(), Phase::Established);
}

#[test]
fn what_was_told_as_failed_is_not_sent_later() {
    let stream = ScriptedStream::new()
        .write_error(ErrorKind::BrokenPipe)
        .read(b"\x89\x01p\x88\x00");
    let mut ws = established(stream);
    assert!(ws.send_text(true, Some(b"order")).is_err());
    assert_eq!(ws.read_batch().unwrap().count(), 2);
    assert!(ws.stream().written().is_empty());
    assert!(ws.send_ping(None).is_err());
    assert!(ws.stream().written().is_empty());
}

#[test]
fn a_failed_stream_stays_failed_however_much_is_sent() {
    let config = WebsocketConfig::new().with_max_outbound_bytes(100);
    let stream = ScriptedStream::new().write_error(ErrorKind::BrokenPipe);
    let mut ws = established_with(stream, &config);
    for _ in 0..20 {
        match ws.send_text(true, Some(&[b'x'; 50])) {
            Err(Error::Io(error)) => assert_eq!(error.kind(), ErrorKind::BrokenPipe),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_upgrade_before_the_request_was_sent_is_no_answer_to_it() {
    let request = request();
    let stream = ScriptedStream::new()
        .write_limit(request.len() - 1)
        .write_blocked()
        .read(answer_to(&request));
    let mut ws = client(stream);
    let error = loop {
        match ws.read_batch() {
            Ok(frames) => assert_eq!(frames.count(), 0),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(error, Error::Handshake(HandshakeError::EarlyAnswer)),
        "{error}"
    );
}
