//! ureq-proto, the core of ureq, over a polled stream.

use std::io::{ErrorKind, Read, Write};

use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};
use ureq_proto::http::Request;

use crate::harness::Result;
use crate::http::client::Client;
use crate::http::kind::{KEY, Kind};

pub(super) struct Polled<S> {
    stream: S,
    url: String,
    output: Vec<u8>,
    input: Vec<u8>,
    filled: usize,
    body: Vec<u8>,
}

impl<S: Read + Write> Polled<S> {
    pub(super) fn new(stream: S, host: &str, kind: Kind) -> Self {
        Self {
            stream,
            url: format!("http://{host}{}", kind.path()),
            output: vec![0; 4096],
            input: vec![0; 64 * 1024],
            filled: 0,
            body: vec![0; 64 * 1024],
        }
    }

    fn receive(&mut self) -> Result<()> {
        loop {
            match self.stream.read(&mut self.input[self.filled..]) {
                Ok(0) => return Err("the server has hung up".into()),
                Ok(count) => {
                    self.filled += count;
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl<S: Read + Write> Client for Polled<S> {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        let (name, value) = KEY;
        let request = Request::get(&self.url).header(name, value).body(())?;
        let mut call = Call::new(request)?.proceed();
        let count = call.write(&mut self.output)?;
        self.stream.write_all(&self.output[..count])?;
        let Some(SendRequestResult::RecvResponse(mut call)) = call.proceed()? else {
            return Err("the request wants more than its head".into());
        };
        self.filled = 0;
        let (mut start, response) = loop {
            self.receive()?;
            if let (used, Some(response)) = call.try_response(&self.input[..self.filled], false)? {
                break (used, response);
            }
        };
        let Some(RecvResponseResult::RecvBody(mut call)) = call.proceed() else {
            return Err("an answer without a body".into());
        };
        let mut end = 0;
        while !call.can_proceed() {
            let input = &self.input[start..self.filled];
            let (used, made) = call.read(input, &mut self.body[end..])?;
            start += used;
            end += made;
            if used + made == 0 {
                self.receive()?;
            }
        }
        each(response.status().as_u16(), &self.body[..end]);
        Ok(())
    }
}
