//! The opening handshake with a hostile server and a careless caller: no answer opens a connection that RFC 6455
//! section 4.1 does not allow, however it is cut, and no path or header writes a line of its own.

use boom_ws::{Connection, Request, WebsocketConfig};

use crate::drive::{Listed, Whole, drive};
use crate::handshake::accept_of;

/// Stands in an input for the accept value, which no fuzzer guesses.
const ACCEPT: &[u8] = b"%ACCEPT%";

/// The first bytes of the input say how the rest is cut.
const CUTS: usize = 8;

const HEAD_LIMIT: usize = 1024;

pub fn run(data: &[u8]) {
    let (cuts, input) = data.split_at(data.len().min(CUTS));
    request(input);
    let config = config();
    let mut connection = open(&config);
    let accept = accept_of(connection.outgoing());
    let input = fill_in(input, accept.as_bytes());
    let whole = drive(&mut connection, &input, &mut Whole);
    if !connection.is_handshaking() && whole.handshake.is_none() {
        check_accepted(&input, &accept);
    }
    let mut cut_connection = open(&config);
    let cut = drive(&mut cut_connection, &input, &mut Listed::new(cuts));
    assert_eq!(
        cut.handshake.is_some(),
        whole.handshake.is_some(),
        "{cut:?} is not {whole:?}"
    );
    assert_eq!(cut.frames, whole.frames);
    // What is wrong with a frame that is not whole may be told early.
    assert!(cut.end == whole.end || cut.end.is_none() || whole.end.is_none());
    assert_eq!(cut_connection.response(), connection.response());
    // A server that leaves in the middle ends the handshake, it does not hang it.
    connection.handle_eof();
    assert!(connection.batch().is_err());
    assert!(
        connection.batch().is_err(),
        "a connection that is over stays over"
    );
}

fn config() -> WebsocketConfig {
    WebsocketConfig::new()
        .with_subprotocol("v1.feed")
        .with_subprotocol("v2.feed")
        .with_max_head_bytes(HEAD_LIMIT)
        .with_read_window_bytes(64)
        .with_predictable_masks([7; 32])
}

fn open(config: &WebsocketConfig) -> Connection {
    Connection::client(&Request::new("localhost:9001", "/feed"), config)
}

fn fill_in(mut input: &[u8], accept: &[u8]) -> Vec<u8> {
    let mut filled = Vec::new();
    while let Some(at) = input
        .windows(ACCEPT.len())
        .position(|window| window == ACCEPT)
    {
        filled.extend_from_slice(&input[..at]);
        filled.extend_from_slice(accept);
        input = &input[at + ACCEPT.len()..];
    }
    filled.extend_from_slice(input);
    filled
}

/// Reads the last head of the answer, after interim ones, and checks what section 4.1 demands of it.
fn check_accepted(input: &[u8], accept: &str) {
    let mut rest = input;
    let head = loop {
        let end = rest
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .expect("a head that ends");
        let (head, after) = rest.split_at(end + 4);
        assert!(head.len() <= HEAD_LIMIT, "a head of {} bytes", head.len());
        rest = after;
        let head = String::from_utf8_lossy(head).into_owned();
        assert!(head.starts_with("HTTP/1.1 1"), "{head}");
        if head.starts_with("HTTP/1.1 101") {
            break head;
        }
    };
    let head = unfold(&head);
    let values = |name: &str| -> Vec<String> {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        let lines = lines.filter(|(other, _)| other.eq_ignore_ascii_case(name));
        lines.map(|(_, value)| value.trim().to_owned()).collect()
    };
    let lists = |name: &str, word: &str| values(name).join(",").to_ascii_lowercase().contains(word);
    assert!(lists("Upgrade", "websocket"), "{head}");
    assert!(lists("Connection", "upgrade"), "{head}");
    assert_eq!(values("Sec-WebSocket-Accept"), [accept]);
    assert!(
        values("Sec-WebSocket-Extensions")
            .iter()
            .all(|value| value.replace([',', ' ', '\t'], "").is_empty())
    );
    let protocols = values("Sec-WebSocket-Protocol");
    assert!(
        protocols.len() <= 1
            && protocols
                .iter()
                .all(|name| name == "v1.feed" || name == "v2.feed"),
        "{head}"
    );
}

/// A line that begins with white space goes on with the one before it (RFC 9112 section 5.2).
fn unfold(head: &str) -> String {
    let mut unfolded = String::new();
    for line in head.lines() {
        let separator = if line.starts_with([' ', '\t']) {
            " "
        } else {
            "\n"
        };
        unfolded.push_str(separator);
        unfolded.push_str(line);
    }
    unfolded
}

/// A request made of the input either is refused or has the lines that it should have.
fn request(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut parts = text.splitn(4, '|');
    let mut part = || parts.next().unwrap_or_default();
    let (host, path, name, value) = (part(), part(), part(), part());
    let config = WebsocketConfig::new()
        .with_header(name, value)
        .with_predictable_masks([7; 32]);
    let mut connection = Connection::client(&Request::new(host, path), &config);
    if connection.batch().is_err() {
        assert!(
            connection.outgoing().is_empty(),
            "a refused request is not sent"
        );
        return;
    }
    let sent = std::str::from_utf8(connection.outgoing()).expect("a request of text");
    assert_eq!(sent.matches('\n').count(), 8, "{sent:?}");
    assert_eq!(sent.matches("\r\n").count(), 8, "{sent:?}");
    assert!(
        sent.ends_with(&format!("\r\n{name}: {value}\r\n\r\n")),
        "{sent:?}"
    );
    let first = sent.lines().next().unwrap_or_default();
    assert_eq!(first.split(' ').count(), 3, "{first:?}");
}
