//! What boom-tls has to do over sockets, by each backend over each selector's kind of stream: the tests are its own.
#![cfg(all(
    feature = "ext",
    any(feature = "mio", all(feature = "io-uring", target_os = "linux"))
))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "../../boom-tls/tests/suite/loopback.rs"]
#[macro_use]
mod loopback;
#[path = "../../boom-tls/tests/suite/support.rs"]
#[allow(dead_code, reason = "it serves the tests without sockets too")]
mod support;

use std::io::{self, Read, Write};
use std::time::Duration;

use boom_stream::Layer;
use boom_stream::tcp::TcpStream;
#[cfg(all(feature = "io-uring", target_os = "linux"))]
use boomnet::select::IoUringError;
use boomnet::select::{Ready, Selector, Token};
use boomnet::tls::rustls::Backend;

/// A selector with one socket.
struct Selected<S> {
    selector: S,
    ready: Vec<Ready>,
    generation: u32,
}

impl<S> Selected<S> {
    const fn over(selector: S) -> Self {
        Self {
            selector,
            ready: Vec::new(),
            generation: 0,
        }
    }

    /// Registers it. Reports of the one before are of another generation.
    fn open<T: From<TcpStream>>(&mut self, stream: TcpStream) -> T
    where
        S: Selector<T>,
    {
        let mut stream = T::from(stream);
        self.generation += 1;
        let token = Token {
            index: self.generation,
            generation: self.generation,
        };
        self.selector.register(&mut stream, token).unwrap();
        stream
    }

    fn turn<T: Read + Write + Layer<Base = T>>(&mut self, stream: &mut T)
    where
        S: Selector<T>,
    {
        // A reader that stopped before the socket was empty is not told again.
        let is_ready = self.selector.may_read(stream);
        let timeout = Duration::from_millis(if is_ready { 0 } else { 5 });
        self.ready.clear();
        self.selector.poll(&mut self.ready, Some(timeout)).unwrap();
        for report in &self.ready {
            if report.token.generation == self.generation {
                self.selector.deliver(stream, report.readiness);
            }
        }
    }
}

macro_rules! link {
    ($name:ident, $selector:ty, $stream:ty, $new:expr) => {
        struct $name(Selected<$selector>);

        impl loopback::Link for $name {
            type Stream = $stream;

            fn new() -> Option<Self> {
                let selector: io::Result<$selector> = $new;
                Some(Self(Selected::over(available(selector)?)))
            }

            fn open(&mut self, stream: TcpStream) -> $stream {
                self.0.open(stream)
            }

            fn turn(&mut self, stream: &mut $stream) {
                self.0.turn(stream);
            }
        }
    };
}

/// Nothing where the system has no io_uring; that is said past the capture of the test's output.
fn available<S>(selector: io::Result<S>) -> Option<S> {
    match selector {
        #[cfg(all(feature = "io-uring", target_os = "linux"))]
        Err(error)
            if error
                .get_ref()
                .is_some_and(|reason| reason.is::<IoUringError>()) =>
        {
            let name = std::thread::current().name().unwrap_or_default().to_owned();
            let mut uncaptured = io::stderr();
            writeln!(uncaptured, "{name} is SKIPPED: {error}").unwrap();
            None
        }
        selector => Some(selector.unwrap()),
    }
}

#[cfg(feature = "mio")]
link!(
    Mio,
    boomnet::MioSelector,
    boomnet::MioStream,
    boomnet::MioSelector::new()
);
#[cfg(all(feature = "io-uring", target_os = "linux"))]
link!(
    IoUring,
    boomnet::IoUringSelector,
    boomnet::IoUringStream,
    boomnet::IoUringSelector::new()
);

#[cfg(feature = "mio")]
loopback_tests!(rustls_over_mio, Mio, Backend);
#[cfg(all(feature = "io-uring", target_os = "linux"))]
loopback_tests!(rustls_over_io_uring, IoUring, Backend);
#[cfg(all(feature = "mio", feature = "openssl"))]
loopback_tests!(openssl_over_mio, Mio, boomnet::tls::openssl::Backend);
#[cfg(all(feature = "io-uring", feature = "openssl", target_os = "linux"))]
loopback_tests!(
    openssl_over_io_uring,
    IoUring,
    boomnet::tls::openssl::Backend
);
