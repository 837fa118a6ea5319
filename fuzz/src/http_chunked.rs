//! Chunks: the body is what a plain reading of RFC 9112 section 7.1 makes of them, however they are cut, and a body that
//! is given out piece by piece is the same body.

use boom_http::{Connection, Error, Method, Origin, Response, Ticket, Visitor};

use crate::http_response::{Seen, config, decode};
use crate::naive_http;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const CUTS: usize = 4;

pub fn run(data: &[u8]) {
    let (cuts, input) = data.split_at(data.len().min(CUTS));
    let answer = [HEAD, input].concat();
    let seen = decode(&answer, cuts);
    let naive = naive_http::chunks(input, 4096);
    match (&seen, &naive) {
        (Seen::Answer(seen), Ok(Some((body, len)))) => {
            assert_eq!(&seen.body, body);
            assert_eq!(seen.len, HEAD.len() + len);
        }
        // What is wrong with a trailer, or longer than it may be, the plain reading does not see.
        (Seen::More, Ok(None)) | (Seen::Broken(_), _) => {}
        other => panic!("{other:?}"),
    }
    if matches!(naive, Err(())) {
        assert!(!matches!(seen, Seen::Answer(_)));
    }
    let (pieces, is_whole) = stream(&answer, cuts);
    match &seen {
        Seen::Answer(seen) => assert!(is_whole && pieces == seen.body),
        _ => assert!(!is_whole),
    }
}

#[derive(Default)]
struct Pieces {
    bytes: Vec<u8>,
    outcomes: Vec<bool>,
}

impl Visitor for Pieces {
    fn outcome(&mut self, _: Ticket, outcome: Result<Response<'_>, Error>) {
        self.outcomes.push(outcome.is_ok());
    }

    fn body(&mut self, _: Ticket, head: &Response<'_>, piece: &[u8]) {
        assert_eq!(head.header("transfer-encoding"), Some(&b"chunked"[..]));
        self.bytes.extend_from_slice(piece);
    }
}

fn stream(answer: &[u8], cuts: &[u8]) -> (Vec<u8>, bool) {
    let mut connection = Connection::new(&Origin::new("localhost", 80), &config());
    let request = connection.request(Method::GET, "/").streamed();
    request.submit(0).expect("a request");
    connection.sent(connection.outgoing().len());
    let mut pieces = Pieces::default();
    let mut rest = answer;
    let mut cuts = cuts.iter().cycle();
    while !rest.is_empty() && pieces.outcomes.is_empty() {
        let step = cuts
            .next()
            .map_or(rest.len(), |cut| usize::from(cut % 61) + 1);
        let (given, later) = rest.split_at(step.min(rest.len()));
        assert_eq!(connection.handle_input(given), given.len());
        connection.poll(0, &mut pieces);
        rest = later;
    }
    (pieces.bytes, pieces.outcomes == [true])
}
