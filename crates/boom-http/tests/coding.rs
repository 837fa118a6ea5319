//! Coded bodies come out as they were, and no longer than they may.
#![cfg(any(feature = "gzip", feature = "zstd"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{BodyDecoder, CodingError, ResponseDecoder};

fn decode(coding: &str, body: &[u8], limit: usize) -> Result<Vec<u8>, CodingError> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut received = [head.as_bytes(), body].concat();
    let mut decoder = ResponseDecoder::default();
    decoder.advance(&mut received, false).unwrap();
    let mut bodies = BodyDecoder::new(limit);
    bodies
        .decode(&decoder.response(&received))
        .map(<[u8]>::to_vec)
}

#[test]
fn what_is_not_coded_or_not_known() {
    assert_eq!(decode("identity", b"as it is", 10).unwrap(), b"as it is");
    for coding in ["br", "gzip, gzip", "compress"] {
        assert_eq!(
            decode(coding, b"coded", 10),
            Err(CodingError::Unsupported),
            "{coding}"
        );
    }
}

#[test]
fn no_body_has_no_coding() {
    for coding in ["gzip", "deflate", "zstd", "br"] {
        assert_eq!(decode(coding, b"", 10), Ok(Vec::new()), "{coding}");
    }
}

#[cfg(feature = "gzip")]
mod gzip {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn text() -> Vec<u8> {
        b"price and quantity, ".repeat(3000)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn both_forms_of_deflate() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text()).unwrap();
        assert_eq!(decode("gzip", &gzip(&text()), 1 << 20).unwrap(), text());
        assert_eq!(decode("X-GZip", &gzip(&text()), 1 << 20).unwrap(), text());
        assert_eq!(
            decode("deflate", &zlib.finish().unwrap(), 1 << 20).unwrap(),
            text()
        );
        assert_eq!(
            decode("gzip", &[gzip(b"two "), gzip(b"members")].concat(), 100).unwrap(),
            b"two members"
        );
    }

    #[test]
    fn the_limit_is_on_what_comes_out() {
        let coded = gzip(&text());
        assert!(coded.len() < 1000);
        assert_eq!(
            decode("gzip", &coded, text().len() - 1),
            Err(CodingError::TooLong(text().len() - 1))
        );
        assert_eq!(decode("gzip", &coded, text().len()).unwrap(), text());
    }

    #[test]
    fn a_body_that_is_cut_or_changed_is_corrupt() {
        let coded = gzip(&text());
        for len in 1..coded.len() {
            assert_eq!(
                decode("gzip", &coded[..len], 1 << 20),
                Err(CodingError::Corrupt),
                "{len}"
            );
        }
        let mut changed = coded;
        let last = changed.len() - 1;
        changed[last] ^= 1;
        assert_eq!(decode("gzip", &changed, 1 << 20), Err(CodingError::Corrupt));
    }
}

#[cfg(feature = "zstd")]
mod zstd {
    use super::*;

    /// A frame with one raw block, "hello", of RFC 8878: magic number, single segment of 5 bytes, last block of 5 bytes.
    const HELLO: &[u8] = b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello";

    #[test]
    fn a_frame() {
        assert_eq!(decode("zstd", HELLO, 5).unwrap(), b"hello");
        assert_eq!(
            decode("zstd", &[HELLO, HELLO].concat(), 10).unwrap(),
            b"hellohello"
        );
    }

    #[test]
    fn the_limit_and_what_is_cut() {
        assert_eq!(decode("zstd", HELLO, 4), Err(CodingError::TooLong(4)));
        for len in 1..HELLO.len() {
            assert_eq!(
                decode("zstd", &HELLO[..len], 100),
                Err(CodingError::Corrupt),
                "{len}"
            );
        }
    }
}
