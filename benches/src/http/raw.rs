//! The limit: a request made beforehand, httparse, and no more than the answer of this one server needs.

use std::io::{Read, Write};

use super::memory::{Answer, Memory};
use crate::harness::{self, Result, Work};

const REQUEST: &[u8] = b"GET /api/v3/order?orderId=4711 HTTP/1.1\r\nHost: api.example.com\r\n\
    X-MBX-APIKEY: vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv\r\n\r\n";

pub(super) fn make(answer: Answer) -> Result<Box<dyn Work>> {
    Ok(Box::new(Raw {
        stream: Memory::new(answer),
        received: vec![0; 64 << 10],
    }))
}

struct Raw {
    stream: Memory,
    received: Vec<u8>,
}

impl Raw {
    fn exchange(&mut self, mut body: impl FnMut(&[u8])) -> Result<()> {
        self.stream.write_all(REQUEST)?;
        let mut len = 0;
        loop {
            len += self.stream.read(&mut self.received[len..])?;
            if let Some(range) = parse(&mut self.received[..len])? {
                body(&self.received[range]);
                return Ok(());
            }
        }
    }
}

/// Where the body is, once it is whole.
fn parse(received: &mut [u8]) -> Result<Option<std::ops::Range<usize>>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(start) = response.parse(received)? else {
        return Ok(None);
    };
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"));
    if let Some(length) = length {
        let length: usize = std::str::from_utf8(length.value)?.parse()?;
        let end = start + length;
        return Ok((end <= received.len()).then_some(start..end));
    }
    let (mut raw, mut end) = (start, start);
    loop {
        let httparse::Status::Complete((line, size)) =
            httparse::parse_chunk_size(&received[raw..]).map_err(|_| "a chunk")?
        else {
            return Ok(None);
        };
        let size = usize::try_from(size)?;
        raw += line;
        if received.len() < raw + size + 2 {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(start..end));
        }
        received.copy_within(raw..raw + size, end);
        raw += size + 2;
        end += size;
    }
}

impl Work for Raw {
    fn answer(&mut self, messages: u64) -> Result<harness::Answer> {
        let mut answer = harness::Answer::new();
        for _ in 0..messages {
            self.exchange(|body| answer.add(body))?;
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        let mut bytes = 0;
        for _ in 0..messages {
            self.exchange(|body| bytes += body.len())?;
        }
        std::hint::black_box(bytes);
        Ok(())
    }
}
