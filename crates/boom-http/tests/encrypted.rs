//! A stream that encrypts may have sent whole records before its socket failed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{IntoHttp, Method, Sent};
use boom_stream::Layer;
use boom_testkit::stream::ScriptedStream;
use std::io::{self, ErrorKind, Read, Write};

struct Encrypted(ScriptedStream);

impl Read for Encrypted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut self.0, buffer)
    }
}

impl Write for Encrypted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Layer for Encrypted {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        &self.0
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        &mut self.0
    }

    fn is_encrypted(&self) -> bool {
        true
    }
}

fn sent(stream: impl Read + Write + Layer<Base = ScriptedStream>) -> Sent {
    let mut http = stream.into_http();
    http.request(Method::POST, "/order")
        .body("qty=1")
        .submit(1)
        .unwrap();
    let mut sent = None;
    http.poll(2, |_, outcome| sent = outcome.err().map(|error| error.sent));
    sent.unwrap()
}

#[test]
fn a_write_that_fails_may_have_sent_something() {
    let broken = || ScriptedStream::new().write_error(ErrorKind::BrokenPipe);
    assert_eq!(sent(Encrypted(broken())), Sent::Partial);
    assert_eq!(sent(broken()), Sent::Nothing);
    let later = || {
        ScriptedStream::new()
            .write_would_block()
            .write_error(ErrorKind::BrokenPipe)
    };
    assert_eq!(sent(Encrypted(later())), Sent::Partial);
    assert_eq!(sent(later()), Sent::Nothing);
}
