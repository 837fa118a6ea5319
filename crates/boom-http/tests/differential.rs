//! The head parser beside httparse, and chunks beside a naive model, over random input in random cuts.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{Progress, ResponseDecoder};
use proptest::prelude::*;

/// Status, headers, length of the head; `None` where it is refused or not whole.
type Head = Option<(u16, Vec<(Vec<u8>, Vec<u8>)>, usize)>;

fn ours(bytes: &[u8], step: usize) -> Head {
    let mut decoder = ResponseDecoder::default();
    decoder.set_is_to_head(true);
    let mut received = Vec::new();
    for piece in bytes.chunks(step.max(1)) {
        received.extend_from_slice(piece);
        match decoder.advance(&mut received, false) {
            Ok(Progress::More) => {}
            Ok(_) => {
                let response = decoder.response(&received);
                let headers = response
                    .headers()
                    .map(|(name, value)| (name.to_vec(), value.to_vec()));
                return Some((response.status().as_u16(), headers.collect(), decoder.len()));
            }
            Err(_) => return None,
        }
    }
    None
}

fn theirs(bytes: &[u8]) -> Head {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut response = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(len)) = response.parse(bytes) else {
        return None;
    };
    let headers = response
        .headers
        .iter()
        .map(|header| (header.name.as_bytes().to_vec(), header.value.to_vec()));
    Some((response.code.unwrap(), headers.collect(), len))
}

/// A line of a head, right or nearly so.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        4 => "[A-Za-z0-9-]{1,20}".prop_map(String::into_bytes),
        1 => "[!-~]{0,12}".prop_map(String::into_bytes),
    ];
    let value = prop_oneof![
        4 => "[ -~\t]{0,40}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
    ];
    let end = prop_oneof![6 => Just(&b"\r\n"[..]), 1 => Just(&b"\n"[..]), 1 => Just(&b"\r"[..])];
    (name, value, end).prop_map(|(name, value, end)| [&name, &b": "[..], &value, end].concat())
}

fn head() -> impl Strategy<Value = Vec<u8>> {
    let start = prop_oneof![
        6 => "HTTP/1\\.[01] [1-9][0-9]{2} [ -~]{0,12}\r\n",
        1 => "HTTP/1\\.1 [0-9]{2,4}[ -~]{0,4}\r?\n",
        1 => "[ -~]{0,16}\r\n",
    ];
    let lines = proptest::collection::vec(line(), 0..12);
    (start, lines).prop_map(|(start, lines)| [start.as_bytes(), &lines.concat(), b"\r\n"].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_head_that_we_take_httparse_takes_for_the_same(bytes in head(), step in 1_usize..40) {
        let whole = ours(&bytes, usize::MAX);
        prop_assert_eq!(&whole, &ours(&bytes, step), "cut");
        // `httparse` refuses folded lines, which we take for any field that does not frame: see the conformance suite.
        let is_folded = bytes.windows(2).any(|pair| matches!(pair, [b'\n', b' ' | b'\t']));
        if let (Some(head), false) = (whole, is_folded) {
            prop_assert_eq!(Some(head), theirs(&bytes));
        }
    }

    #[test]
    fn a_usual_head_that_httparse_takes_we_take(
        status in 200_u16..600,
        fields in proptest::collection::vec(("X-[A-Za-z0-9-]{1,20}", "[!-~]([ -~\t]{0,40}[!-~])?"), 0..20),
        step in 1_usize..40,
    ) {
        let lines: String = fields.iter().map(|(name, value)| format!("{name}:  {value} \r\n")).collect();
        let bytes = format!("HTTP/1.1 {status} Some Reason\r\n{lines}\r\n").into_bytes();
        let (seen, headers, len) = ours(&bytes, step).unwrap();
        prop_assert_eq!((seen, len), (status, bytes.len()));
        let expected: Vec<_> = fields.into_iter().map(|(name, value)| (name.into_bytes(), value.into_bytes())).collect();
        prop_assert_eq!(headers, expected);
    }

    #[test]
    fn chunks_join_to_the_body_that_they_were_cut_from(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 0..20),
        extension in "(;[a-z]{1,5}(=[a-z]{1,5})?)?",
        step in 1_usize..200,
    ) {
        let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for chunk in &chunks {
            bytes.extend_from_slice(format!("{:x}{extension}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\nX-T: 1\r\n\r\nrest");
        let len = bytes.len() - 4;
        let mut decoder = ResponseDecoder::default();
        let mut received = Vec::new();
        let mut pieces = bytes.chunks(step);
        let progress = loop {
            received.extend_from_slice(pieces.next().unwrap());
            match decoder.advance(&mut received, false).unwrap() {
                Progress::More => {}
                progress => break progress,
            }
        };
        prop_assert_eq!((progress, decoder.len()), (Progress::Complete, len));
        let response = decoder.response(&received);
        prop_assert_eq!(response.body(), chunks.concat());
        prop_assert_eq!(response.trailer("x-t"), Some(&b"1"[..]));
    }
}
