//! The stream under TLS, which sees what leaves this program.

use std::io::{self, Read, Write};

use boomnet::stream::Layer;

/// Keeps the structure of what was written: TLS records and nothing else.
#[derive(Debug)]
pub(crate) struct Tap<S> {
    socket: S,
    /// Everything that was written.
    written: Vec<u8>,
}

impl<S> Tap<S> {
    pub(crate) const fn new(socket: S) -> Self {
        let written = Vec::new();
        Self { socket, written }
    }

    pub(crate) const fn socket(&mut self) -> &mut S {
        &mut self.socket
    }

    /// Whether all that was written is records of TLS, each of a kind that its content is encrypted in or that belongs to
    /// the handshake. The last one may be cut off.
    pub(crate) fn is_tls(&self) -> bool {
        let mut rest = &self.written[..];
        while let [kind, 3, 0..=4, high, low, body @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            if !(20..=23).contains(kind) || length > (1 << 14) + 2048 {
                return false;
            }
            rest = body.get(length..).unwrap_or_default();
        }
        rest.len() < 5
    }

    /// Whether these bytes stand in what was written.
    pub(crate) fn shows(&self, secret: &[u8]) -> bool {
        self.written
            .windows(secret.len().max(1))
            .any(|window| window == secret)
    }
}

impl<S: Read> Read for Tap<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.read(buffer)
    }
}

impl<S: Write> Write for Tap<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.socket.write(bytes)?;
        self.written.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

impl<S: Layer> Layer for Tap<S> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.socket.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.socket.base_mut()
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        self.socket.poll_close()
    }
}
