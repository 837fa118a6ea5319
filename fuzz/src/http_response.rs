//! One answer: whatever the input, the decoder takes it the same however it is cut, and what it takes for an answer
//! httparse and a plain reading of RFC 9112 take for the same.

use boom_http::{HttpConfig, Progress, Reason, ResponseDecoder};

use crate::naive_http::{self, Naive, unfold};

const BODY_MAX: usize = 4096;
const HEADERS_MAX: usize = 32;

/// The first bytes of the input say how the rest is cut.
const CUTS: usize = 4;

pub fn run(data: &[u8]) {
    let (cuts, input) = data.split_at(data.len().min(CUTS));
    let whole = decode(input, &[]);
    let cut = decode(input, cuts);
    assert_eq!(whole, cut);
    let one_by_one = decode(input, &[0]);
    assert_eq!(whole, one_by_one);
    if let Seen::Answer(seen) = &whole {
        compare(input, seen);
    }
}

pub fn config() -> HttpConfig {
    HttpConfig::new()
        .with_max_head_bytes(2048)
        .with_max_headers(HEADERS_MAX)
        .with_max_body_bytes(BODY_MAX as u64)
}

/// What came of an input.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    More,
    Broken(String),
    Answer(Answer),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Vec<u8>,
    pub len: usize,
}

/// Gives the decoder ever more of the input. Of a broken one it is told at the first byte that shows it, so cut inputs
/// break as whole ones do.
pub fn decode(input: &[u8], cuts: &[u8]) -> Seen {
    let mut decoder = ResponseDecoder::new(&config());
    let mut bytes = Vec::new();
    let mut cuts = cuts.iter().cycle();
    loop {
        let step = cuts
            .next()
            .map_or(input.len(), |cut| usize::from(cut % 61) + 1);
        let end = (bytes.len() + step).min(input.len());
        bytes.extend_from_slice(&input[bytes.len()..end]);
        let progress = decoder.advance(&mut bytes, false);
        assert!(decoder.len() <= bytes.len());
        match progress {
            Ok(Progress::More) if bytes.len() == input.len() => return Seen::More,
            Ok(Progress::More) => {}
            Ok(Progress::Interim | Progress::Complete) => {
                let response = decoder.response(&bytes);
                let headers = response
                    .headers()
                    .map(|(name, value)| (name.to_vec(), value.to_vec()));
                return Seen::Answer(Answer {
                    status: response.status().as_u16(),
                    headers: headers.collect(),
                    body: response.body().to_vec(),
                    len: decoder.len(),
                });
            }
            Err(reason) => return Seen::Broken(kind(&reason)),
        }
    }
}

/// Limits may be told before or after what else is wrong.
fn kind(reason: &Reason) -> String {
    match reason {
        Reason::Protocol(_) | Reason::Limit(_) => "broken".to_owned(),
        other => panic!("no input leads to {other}"),
    }
}

/// What is an answer to us is the same answer to others.
fn compare(input: &[u8], seen: &Answer) {
    let Naive::Answer(naive) = naive_http::answer(input, HEADERS_MAX, BODY_MAX) else {
        panic!("{seen:?} is an answer to nobody else");
    };
    assert_eq!((seen.status, seen.len), (naive.status, naive.len));
    assert_eq!(
        String::from_utf8_lossy(&seen.body),
        String::from_utf8_lossy(&naive.body)
    );
    let plain: Vec<_> = seen
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), unfold(value)))
        .collect();
    assert_eq!(plain, naive.headers);
}
