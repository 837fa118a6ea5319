//! Whole answers beside another client's decoder, that of ureq: generated streams, right and with faults, whole and in
//! pieces. Each kind of difference stands in a table with its reason; any other one is a failure, and so is a kind that
//! does not occur.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{Progress, ProtocolError, Reason, ResponseDecoder};
use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};
use ureq_proto::http::Request;

const STREAMS: u64 = 30_000;

/// What became of a stream that ends after its last byte.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    /// Status, body, and how many bytes of the stream were the answer and what stood before it.
    Answer(u16, Vec<u8>, usize),
    /// It ends before the answer does.
    Short,
    /// With ours' reason, where it is the protocol's.
    Refused(Option<ProtocolError>),
}

struct Case {
    bytes: Vec<u8>,
    ours: Outcome,
    theirs: Outcome,
}

type Difference = (&'static str, fn(&Case) -> bool);

/// The reasons, each with a test for it that goes by the bytes, not by the decoders.
#[rustfmt::skip]
const DIFFERENCES: &[Difference] = &[
    ("ours waits for the end of a line to judge it, httparse below theirs does not",
        |case| case.ours == Outcome::Short && case.theirs == Outcome::Refused(None) && case.is_refused_once_the_line_ends()),
    ("RFC 9112 §6.1: Transfer-Encoding in HTTP/1.0 is faulty framing; theirs ignores the field",
        |case| case.refused_for(ProtocolError::TransferEncodingInHttp10) && case.has(b"HTTP/1.0") && case.count("transfer-encoding") > 0),
    ("§6.3: another coding than one `chunked` leaves the length unknown; theirs ignores it, or takes any list with `chunked` in it",
        |case| case.refused_for(ProtocolError::UnsupportedTransferCoding) && (case.count("transfer-encoding") > 1 || !case.all("transfer-encoding", "chunked"))),
    ("§6.3 allows to take equal lengths for one; ours takes no two, theirs does",
        |case| case.refused_for(ProtocolError::RepeatedContentLength) && (case.count("content-length") > 1 || case.has(b","))),
    ("§7.1.2: trailers are fields; theirs passes over their lines",
        |case| case.is_chunked() && case.is_bad_field() && !matches!(case.theirs, Outcome::Refused(_))),
    ("§7.1: a chunk's line ends by CR LF; theirs goes on to look for a CR, and takes the LF for white space",
        |case| case.is_chunked() && (case.refused_for(ProtocolError::InvalidChunkSize) || case.refused_for(ProtocolError::InvalidChunkEnd)) && (case.theirs == Outcome::Short || case.has_bare_lf())),
    ("§2.2: a bare LF may end the line of a field, that of a trailer too; theirs looks for CR LF there",
        |case| case.is_chunked() && matches!(case.ours, Outcome::Answer(..)) && case.theirs != case.ours && case.has_bare_lf()),
    ("§7.1.1: an extension holds no control character; theirs does not look at them",
        |case| case.is_chunked() && case.refused_for(ProtocolError::InvalidChunkSize) && matches!(case.theirs, Outcome::Answer(..)) && case.has(b";")),
    ("§5.2: a user agent replaces a fold by spaces; httparse refuses it",
        |case| !matches!(case.ours, Outcome::Refused(_)) && case.theirs == Outcome::Refused(None) && (case.has(b"\n ") || case.has(b"\n\t"))),
    ("§2.2 has servers pass over an empty line, not clients; httparse does for both",
        |case| case.refused_for(ProtocolError::InvalidStatusLine) && case.has_superfluous_empty_line()),
    ("ours has a limit to what it takes, theirs leaves that to the caller",
        |case| case.ours == Outcome::Refused(None) && case.theirs == Outcome::Short && case.is_chunked()),
    ("ours judges a length and a status once the line ends, theirs once the head does",
        |case| (case.refused_for(ProtocolError::InvalidContentLength) || case.refused_for(ProtocolError::InvalidStatusLine))
            && case.theirs == Outcome::Short && theirs(&case.ended()) == Outcome::Refused(None)),
    ("RFC 9110 §15.2 lets an interim response have fields; theirs refuses those of 100",
        |case| !matches!(case.ours, Outcome::Refused(_)) && case.theirs == Outcome::Refused(None) && case.has(b"HTTP/1.1 100 ")),
];

impl Case {
    fn refused_for(&self, error: ProtocolError) -> bool {
        self.ours == Outcome::Refused(Some(error))
    }

    fn is_bad_field(&self) -> bool {
        use ProtocolError::{BareCarriageReturn, InvalidFieldName, InvalidFieldValue, InvalidFold};
        let errors = [
            BareCarriageReturn,
            InvalidFieldName,
            InvalidFieldValue,
            InvalidFold,
        ];
        errors.into_iter().any(|error| self.refused_for(error))
    }

    /// The same with the end of the line, and of the head.
    fn ended(&self) -> Vec<u8> {
        [&self.bytes, &b"\r\n\r\n"[..]].concat()
    }

    fn is_refused_once_the_line_ends(&self) -> bool {
        matches!(ours(&self.ended(), usize::MAX), Outcome::Refused(_))
    }

    fn has(&self, text: &[u8]) -> bool {
        self.bytes.windows(text.len()).any(|window| window == text)
    }

    fn has_bare_lf(&self) -> bool {
        self.bytes
            .windows(2)
            .any(|pair| pair[0] != b'\r' && pair[1] == b'\n')
    }

    /// One before a status line, be it the first or not.
    fn has_superfluous_empty_line(&self) -> bool {
        let bytes = self.bytes.iter().copied();
        let bytes: Vec<u8> = bytes.filter(|byte| *byte != b'\r').collect();
        bytes.starts_with(b"\n") || bytes.windows(3).any(|window| window == b"\n\n\n")
    }

    /// The values of a field, wherever it stands.
    fn values(&self, name: &str) -> impl Iterator<Item = String> {
        let lines = self.bytes.split(|byte| *byte == b'\n');
        lines.filter_map(move |line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (found, value) = line.split_at(colon);
            let value = String::from_utf8_lossy(&value[1..]).trim().to_lowercase();
            found.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
        })
    }

    fn count(&self, name: &str) -> usize {
        self.values(name).count()
    }

    fn all(&self, name: &str, value: &str) -> bool {
        self.values(name).all(|found| found == value)
    }

    fn is_chunked(&self) -> bool {
        self.values("transfer-encoding")
            .any(|value| value.contains("chunked"))
    }
}

#[test]
fn every_difference_has_a_reason() {
    let mut hits = vec![0_u32; DIFFERENCES.len()];
    let (mut answers, mut refusals) = (0_u32, 0_u32);
    let mut unexplained = 0;
    for seed in 0..STREAMS {
        let mut random = Random(seed);
        let bytes = stream(&mut random);
        let ours = ours(&bytes, usize::MAX);
        let step = random.below(40) + 1;
        assert_eq!(
            ours,
            self::ours(&bytes, step),
            "seed {seed} in pieces of {step}"
        );
        let theirs = theirs(&bytes);
        match (&ours, &theirs) {
            (Outcome::Answer(..), _) if ours == theirs => answers += 1,
            (Outcome::Short, Outcome::Short) => {}
            (Outcome::Refused(_), Outcome::Refused(_)) => refusals += 1,
            _ => {
                let case = Case {
                    bytes,
                    ours,
                    theirs,
                };
                match DIFFERENCES.iter().position(|(_, is_it)| is_it(&case)) {
                    Some(index) => hits[index] += 1,
                    None => {
                        unexplained += 1;
                        let text = String::from_utf8_lossy(&case.bytes);
                        println!(
                            "seed {seed}: {:?} and {:?} of {text:?}",
                            case.ours, case.theirs
                        );
                    }
                }
            }
        }
    }
    println!("{answers} same answers, {refusals} refused by both; {hits:?}");
    assert_eq!(unexplained, 0);
    for ((reason, _), hits) in DIFFERENCES.iter().zip(hits) {
        assert!(hits > 0, "it does not occur that {reason}");
    }
    assert!(answers > 10_000 && refusals > 100, "{answers} {refusals}");
}

fn ours(bytes: &[u8], step: usize) -> Outcome {
    let mut decoder = ResponseDecoder::default();
    let (mut received, mut before) = (Vec::new(), 0);
    let mut pieces = bytes.chunks(step);
    let mut is_end = false;
    loop {
        match decoder.advance(&mut received, is_end) {
            Ok(Progress::More) => match pieces.next() {
                Some(piece) => received.extend_from_slice(piece),
                None => is_end = true,
            },
            Ok(Progress::Interim) => {
                before += decoder.len();
                received.drain(..decoder.len());
                decoder.reset();
            }
            Ok(Progress::Complete) => {
                let response = decoder.response(&received);
                let (status, body) = (response.status().as_u16(), response.body().to_vec());
                return Outcome::Answer(status, body, before + decoder.len());
            }
            Err(Reason::Closed | Reason::Protocol(ProtocolError::Truncated)) => {
                return Outcome::Short;
            }
            Err(Reason::Protocol(error)) => return Outcome::Refused(Some(error)),
            Err(_) => return Outcome::Refused(None),
        }
    }
}

fn theirs(bytes: &[u8]) -> Outcome {
    read(bytes).unwrap_or(Outcome::Refused(None))
}

fn read(bytes: &[u8]) -> Result<Outcome, ureq_proto::Error> {
    let request = Request::get("http://localhost/").body(()).unwrap();
    let mut call = Call::new(request)?.proceed();
    call.write(&mut [0; 1024])?;
    let Some(SendRequestResult::RecvResponse(mut call)) = call.proceed()? else {
        panic!("a GET has no body");
    };
    let mut start = 0;
    let response = loop {
        let (used, response) = call.try_response(&bytes[start..], false)?;
        start += used;
        match response {
            Some(response) => break response,
            None if used == 0 => return Ok(Outcome::Short),
            None => {}
        }
    };
    let status = response.status().as_u16();
    let Some(RecvResponseResult::RecvBody(mut call)) = call.proceed() else {
        return Ok(Outcome::Answer(status, Vec::new(), start));
    };
    let mut body = vec![0; bytes.len() + 1];
    let mut end = 0;
    loop {
        let (used, made) = call.read(&bytes[start..], &mut body[end..])?;
        start += used;
        end += made;
        if used + made == 0 {
            break;
        }
    }
    body.truncate(end);
    let is_whole = call.can_proceed();
    Ok(if is_whole {
        Outcome::Answer(status, body, start)
    } else {
        Outcome::Short
    })
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Returns true once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

fn stream(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    if random.once_in(8) {
        bytes.extend_from_slice(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    }
    if random.once_in(10) {
        let field = random.of(&["", "", "", "Date: today\r\n"]);
        bytes.extend_from_slice(format!("HTTP/1.1 100 Continue\r\n{field}\r\n").as_bytes());
    }
    answer(&mut bytes, random);
    if random.once_in(4) {
        bytes.extend_from_slice(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
    }
    while random.once_in(2) {
        fault(&mut bytes, random);
    }
    bytes
}

fn answer(bytes: &mut Vec<u8>, random: &mut Random) {
    let version = random.of(&["1.1", "1.1", "1.1", "1.1", "1.1", "1.0"]);
    let status = random.of(&[
        "200 OK",
        "200",
        "204 No Content",
        "304 ",
        "404 Not Found",
        "500 a b",
    ]);
    bytes.extend_from_slice(format!("HTTP/{version} {status}\r\n").as_bytes());
    for _ in 0..random.below(4) {
        let field = random.of(&[
            "Date: today",
            "X-A:",
            "x_y:  1 \t",
            "Server: \u{fc}",
            "Connection: close",
            "Connection: keep-alive, x",
            "Keep-Alive: timeout=5",
            "Cache-Control: no-cache",
            "Vary: a\tb",
        ]);
        bytes.extend_from_slice(field.as_bytes());
        bytes.extend_from_slice(random.of(&[b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n"]));
    }
    let body: Vec<u8> = (0..random.below(60))
        .map(|_| random.of(b"ab01\r\n:;"))
        .collect();
    let framing = random.below(10);
    if matches!(framing, 0..=4 | 9) {
        let name = random.of(&["Content-Length", "content-length", "CONTENT-LENGTH"]);
        bytes.extend_from_slice(format!("{name}: {}\r\n", body.len()).as_bytes());
    }
    if matches!(framing, 5..=7 | 9) {
        let value = random.of(&["chunked", "chunked", "Chunked"]);
        bytes.extend_from_slice(format!("Transfer-Encoding: {value}\r\n\r\n").as_bytes());
        chunks(bytes, &body, random);
    } else {
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&body);
    }
}

fn chunks(bytes: &mut Vec<u8>, body: &[u8], random: &mut Random) {
    for chunk in body.chunks(random.below(20) + 1) {
        let extension = random.of(&["", "", "", ";a", ";a=b", " ; a=\"b\"", " "]);
        let size = if random.once_in(2) {
            format!("{:x}", chunk.len())
        } else {
            format!("0{:X}", chunk.len())
        };
        bytes.extend_from_slice(format!("{size}{extension}\r\n").as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    let trailer = random.of(&["", "", "X-Sum: 7\r\n", "X-Sum: 7\r\nX-Sum: 8\r\n"]);
    bytes.extend_from_slice(format!("0\r\n{trailer}\r\n").as_bytes());
}

/// One thing goes wrong.
fn fault(bytes: &mut Vec<u8>, random: &mut Random) {
    let place = random.below(bytes.len().max(1)).min(bytes.len());
    let sign = random.of(b"\r\n :;,\t\0\x7f\x80+-0x9aFH/.=\"");
    match random.below(6) {
        0 => bytes.truncate(place),
        1 => bytes.insert(place, sign),
        2 if place < bytes.len() => bytes[place] = sign,
        3 if place < bytes.len() => _ = bytes.remove(place),
        4 => {
            // A line stands twice.
            let end = bytes[place..].iter().position(|byte| *byte == b'\n');
            let end = end.map_or(bytes.len(), |end| place + end + 1);
            let start = bytes[..place].iter().rposition(|byte| *byte == b'\n');
            let line = bytes[start.map_or(0, |start| start + 1)..end].to_vec();
            bytes.splice(end..end, line);
        }
        _ => {
            let other = random.of(&[
                "Content-Length: 3\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "\r\n",
                "Content-Length: 2, 2\r\n",
                "Content-Length: +2\r\n",
                " folded\r\n",
                "fffffffffffffffff\r\n",
                "7fffffff\r\n",
            ]);
            let line = bytes[..place].iter().rposition(|byte| *byte == b'\n');
            let at = line.map_or(0, |line| line + 1);
            bytes.splice(at..at, other.bytes());
        }
    }
}
