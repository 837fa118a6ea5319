use super::*;

mod answer;
mod deadline;
mod refusal;
mod request;

/// RFC 6455 §1.3: the nonce of the example, whose key is "dGhlIHNhbXBsZSBub25jZQ==".
const NONCE: [u8; 16] = *b"the sample nonce";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

fn start(config: &WebsocketConfig) -> Handshake {
    Handshake::start(&Request::new("h", "/"), config, NONCE)
        .unwrap()
        .0
}

fn request(
    authority: &str,
    path: &str,
    config: &WebsocketConfig,
) -> Result<String, HandshakeError> {
    Handshake::start(&Request::new(authority, path), config, NONCE)
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
}

fn answer(headers: &[&str]) -> Vec<u8> {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\n{}\r\n\r\n",
        headers.join("\r\n")
    )
    .into_bytes()
}

fn good_headers() -> Vec<String> {
    vec![
        "Upgrade: websocket".into(),
        "Connection: Upgrade".into(),
        format!("Sec-WebSocket-Accept: {ACCEPT}"),
    ]
}

fn outcome_with(config: &WebsocketConfig, bytes: &[u8]) -> Result<Progress, HandshakeError> {
    start(config).advance(bytes, false)
}

fn outcome(bytes: &[u8]) -> Result<Progress, HandshakeError> {
    outcome_with(&WebsocketConfig::new(), bytes)
}

/// The good answer with one of its headers replaced, or left out where `header` is empty.
fn with_changed(index: usize, header: &str) -> Vec<u8> {
    let mut headers = good_headers();
    headers[index] = header.to_owned();
    headers.retain(|header| !header.is_empty());
    answer(&headers.iter().map(String::as_str).collect::<Vec<_>>())
}

fn with_added(header: &str) -> Vec<u8> {
    let mut headers = good_headers();
    headers.push(header.to_owned());
    answer(&headers.iter().map(String::as_str).collect::<Vec<_>>())
}

#[track_caller]
fn assert_open(outcome: Result<Progress, HandshakeError>) -> Arc<Response> {
    match outcome {
        Ok(Progress::Open(response, _)) => response,
        other => panic!("not open: {other:?}"),
    }
}

#[track_caller]
fn assert_refused(bytes: &[u8], error: HandshakeError) {
    assert_eq!(outcome(bytes).unwrap_err(), error);
}
