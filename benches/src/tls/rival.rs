//! The stream of the published crate of the same name, by rustls 0.22, which is what it knows.

use std::io::{ErrorKind, Read, Write};

use rival::stream::tls::{TlsConfigExt, TlsStream};

use super::trust::NAME;
use super::{Client, Transport, await_greeting, came};
use crate::harness::Result;

struct Rival<S>(TlsStream<S>);

pub(super) fn open<S: Transport>(stream: S) -> Result<Box<dyn Client>> {
    Ok(Box::new(Rival(connect(stream)?)))
}

/// A stream that is connected, and greeted.
///
/// It does not verify: its roots are made of types of that version of rustls. Its handshakes are not measured.
pub(super) fn connect<S: Transport>(stream: S) -> Result<TlsStream<S>> {
    let stream = TlsStream::new_with_config(stream, NAME, |config| {
        config.with_no_cert_verification();
    })?;
    let mut client = Rival(stream);
    await_greeting(&mut client)?;
    Ok(client.0)
}

impl<S: Transport> Client for Rival<S> {
    /// Its flush reaches no socket; its next read does.
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes)?;
        self.0.flush()?;
        match self.0.read(&mut []) {
            Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn receive(&mut self, out: &mut [u8]) -> Result<usize> {
        came(self.0.read(out))
    }
}
