//! rustls as it is: its buffered connection, one read and one write of the socket a turn.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use rustls::ClientConnection;

use super::trust::{NAME, Trust};
use super::{Client, Transport, await_greeting, came};
use crate::harness::Result;

struct Raw<S> {
    connection: ClientConnection,
    stream: S,
}

pub(super) fn open<S: Transport>(stream: S, trust: &Trust) -> Result<Box<dyn Client>> {
    let name = NAME.try_into()?;
    let connection = ClientConnection::new(Arc::clone(&trust.rustls), name)?;
    let mut raw = Raw { connection, stream };
    while raw.connection.is_handshaking() {
        raw.write()?;
        raw.read()?;
    }
    raw.write()?;
    await_greeting(&mut raw)?;
    Ok(Box::new(raw))
}

impl<S: Transport> Raw<S> {
    fn write(&mut self) -> Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.stream)?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<()> {
        if came(self.connection.read_tls(&mut self.stream))? > 0 {
            self.connection.process_new_packets()?;
        }
        Ok(())
    }

    fn take(&mut self, out: &mut [u8]) -> Result<usize> {
        match self.connection.reader().read(out) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            taken => Ok(taken?),
        }
    }
}

impl<S: Transport> Client for Raw<S> {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.connection.writer().write_all(bytes)?;
        self.write()
    }

    fn receive(&mut self, out: &mut [u8]) -> Result<usize> {
        let count = self.take(out)?;
        if count > 0 {
            return Ok(count);
        }
        self.read()?;
        self.take(out)
    }
}
