//! One request and its answer over a scripted stream.

use boom_http::{Error, HttpConfig, HttpConnection, Method, Origin, Response, Ticket, Visitor};
use boom_testkit::stream::ScriptedStream;

/// What follows the bytes of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The connection stays.
    Open,
    /// FIN.
    Eof,
    /// RST.
    Reset,
}

/// Writes down what comes, so that it can be compared.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) lines: Vec<String>,
    pieces: Vec<u8>,
}

impl Visitor for Log {
    fn outcome(&mut self, _: Ticket, outcome: Result<Response<'_>, Error>) {
        self.lines.push(match outcome {
            Ok(response) => describe(&response, &std::mem::take(&mut self.pieces)),
            Err(error) => format!("! {:?} {:?}", error.reason, error.sent),
        });
    }

    fn interim(&mut self, _: Ticket, response: &Response<'_>) {
        self.lines.push(format!("{}", response.status().as_u16()));
    }

    fn body(&mut self, _: Ticket, _: &Response<'_>, piece: &[u8]) {
        self.pieces.extend_from_slice(piece);
    }
}

fn describe(response: &Response<'_>, pieces: &[u8]) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut line = format!(
        "{} [{}{}]",
        response.status().as_u16(),
        text(pieces),
        text(response.body())
    );
    for (name, value) in response.headers() {
        // Headers that the cases are about.
        if name.starts_with(b"X-") {
            line += &format!(" {}={}", text(name), text(value));
        }
    }
    for (name, value) in response.trailers() {
        line += &format!(" +{}={}", text(name), text(value));
    }
    line
}

/// A config with limits that are soon reached.
pub(crate) fn narrow() -> HttpConfig {
    HttpConfig::new()
        .with_max_head_bytes(512)
        .with_max_headers(8)
        .with_max_chunk_line_bytes(32)
        .with_max_trailer_bytes(64)
        .with_max_interim(4)
        .with_max_body_bytes(256)
        .with_read_window_bytes(64)
}

/// Sends a request and gives the connection the pieces of the answer, one a poll. Returns what was told, and at the end
/// `keep` or `close`: whether the connection can be used again.
pub(crate) fn exchange(
    method: &Method,
    is_streamed: bool,
    pieces: &[&[u8]],
    after: After,
) -> Vec<String> {
    let mut stream = ScriptedStream::new();
    for piece in pieces {
        stream.push_read(piece);
    }
    let stream = match after {
        After::Open => stream,
        After::Eof => stream.eof(),
        After::Reset => stream.read_error(std::io::ErrorKind::ConnectionReset),
    };
    let mut http = HttpConnection::new(stream, &Origin::new("localhost", 80), &narrow());
    let request = http.request(method.clone(), "/");
    let request = if is_streamed {
        request.streamed()
    } else {
        request
    };
    request.submit(0).unwrap();
    let mut log = Log::default();
    // A piece may be larger than the read window.
    for _ in 0..pieces.len() + 200 {
        http.poll_with(1, &mut log);
        if http.is_over() || (http.stream().is_read_out() && after == After::Open) {
            break;
        }
    }
    http.poll_with(2, &mut log);
    if http.under_way() > 0 {
        log.lines.push("waits".to_owned());
    }
    log.lines
        .push(if http.is_idle() { "keep" } else { "close" }.to_owned());
    log.lines
}
