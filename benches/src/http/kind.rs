//! Which answers are asked for.

use crate::harness::Answer;
use crate::payload;

/// What every request carries beside `Host`.
pub(super) const KEY: (&str, &str) = (
    "X-API-Key",
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju",
);

/// A request and the answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Short,
    Long,
    Chunked,
}

/// Bytes of a chunk.
const CHUNK: usize = 1024;

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Short, Self::Long, Self::Chunked];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Short => "GET 200 B",
            Self::Long => "GET 16 KiB",
            Self::Chunked => "chunked 16 KiB",
        }
    }

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Short => "/api/v3/ticker?symbol=BTCUSDT",
            Self::Long => "/api/v3/depth?symbol=BTCUSDT",
            Self::Chunked => "/api/v3/klines?symbol=BTCUSDT",
        }
    }

    pub(super) fn body(self) -> String {
        let length = match self {
            Self::Short => 200,
            Self::Long | Self::Chunked => 16 * 1024,
        };
        payload::json(length).swap_remove(0)
    }

    /// What every contestant must hand over.
    pub(super) fn expected(self, exchanges: u64) -> Answer {
        let body = self.body();
        let mut answer = Answer::new();
        for _ in 0..exchanges {
            answer.add(b"200");
            answer.add(body.as_bytes());
        }
        answer
    }

    /// The answer as it is sent: a head of the size and shape that public exchanges send, and the body.
    pub(super) fn wire(self) -> Vec<u8> {
        let body = self.body();
        let framing = match self {
            Self::Short | Self::Long => format!("Content-Length: {}", body.len()),
            Self::Chunked => "Transfer-Encoding: chunked".to_owned(),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n{framing}\r\n\
             Connection: keep-alive\r\nDate: Sun, 22 Nov 2026 09:00:00 GMT\r\nServer: nginx\r\n\
             x-mbx-used-weight: 17\r\nx-mbx-used-weight-1m: 17\r\n\
             Strict-Transport-Security: max-age=31536000; includeSubdomains\r\nX-Frame-Options: SAMEORIGIN\r\n\
             Cache-Control: no-cache, no-store, must-revalidate\r\n\r\n"
        );
        let mut wire = head.into_bytes();
        if self != Self::Chunked {
            wire.extend_from_slice(body.as_bytes());
            return wire;
        }
        for chunk in body.as_bytes().chunks(CHUNK) {
            wire.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            wire.extend_from_slice(chunk);
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b"0\r\n\r\n");
        wire
    }
}
