//! boom-tls by either backend.

use std::io::{ErrorKind, Read, Write};

use boom_tls::{Backend, Stream};

use super::trust::{NAME, Trust};
use super::{Client, Transport, await_greeting, came};
use crate::harness::Result;

struct Ours<S, B: Backend>(Stream<S, B>);

pub(super) fn open<B: Backend + 'static, S: Transport>(
    stream: S,
    trust: &Trust,
) -> Result<Box<dyn Client>> {
    Ok(Box::new(Ours(connect::<B, S>(stream, trust)?)))
}

/// A stream that is connected, and greeted.
pub(super) fn connect<B: Backend, S: Transport>(stream: S, trust: &Trust) -> Result<Stream<S, B>> {
    let mut stream = Stream::new(stream, NAME, &trust.ours)?;
    while stream.is_handshaking() {
        // It drives the handshake and takes nothing of what follows.
        match stream.write(&[]) {
            Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error.into()),
            _ => {}
        }
    }
    if stream.protocol_version() != Some(trust.version) {
        return Err("the handshake came to another version".into());
    }
    let mut client = Ours(stream);
    await_greeting(&mut client)?;
    Ok(client.0)
}

impl<S: Transport, B: Backend> Client for Ours<S, B> {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let mut sent = self.0.write(bytes)?;
        while sent < bytes.len() {
            sent += self.0.write(&bytes[sent..])?;
        }
        Ok(())
    }

    fn receive(&mut self, out: &mut [u8]) -> Result<usize> {
        came(self.0.read(out))
    }
}
