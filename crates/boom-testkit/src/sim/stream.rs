//! The client's end of a simulated connection.

use std::io::{self, ErrorKind, Read, Write};

use boom_select::Readiness;
use boom_stream::{ConnectionInfo, Layer, Socket};

use super::{ConnectionId, Network};

/// A socket of a [`Network`]. Dropping it closes the connection.
///
/// Under a [`Selector`](super::Selector) it behaves as edge-triggered sockets do: it is readable when a report says so and
/// until it shows that it is empty, and in between it says `WouldBlock` even where bytes wait. Without a selector it is an
/// ordinary non-blocking socket.
///
/// # Examples
///
/// ```
/// use boom_stream::{ConnectionInfo, Socket};
/// use boom_testkit::sim::Network;
/// use std::io::ErrorKind;
/// use std::time::Duration;
///
/// // Nobody listens.
/// let network = Network::new(1);
/// let mut stream = network.connect(&ConnectionInfo::new("10.0.0.1", 80), ([10, 0, 0, 1], 80).into())?;
/// assert!(!stream.connected()?);
/// network.advance(Duration::from_millis(10));
/// assert_eq!(stream.connected().unwrap_err().kind(), ErrorKind::ConnectionRefused);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Stream {
    network: Network,
    id: ConnectionId,
    info: ConnectionInfo,
    /// `None` while no selector watches it.
    known: Option<Known>,
}

/// What was reported and the socket has not contradicted.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    readable: bool,
    writable: bool,
    read_closed: bool,
    ended: bool,
}

impl Stream {
    pub(super) const fn new(network: Network, id: ConnectionId, info: ConnectionInfo) -> Self {
        Self {
            network,
            id,
            info,
            known: None,
        }
    }

    /// The connection.
    pub const fn id(&self) -> ConnectionId {
        self.id
    }

    pub(super) fn set_watched(&mut self, is_watched: bool) {
        self.known = is_watched.then(Known::default);
    }

    pub(super) const fn deliver(&mut self, readiness: Readiness) {
        if let Some(known) = &mut self.known {
            known.readable |= readiness.readable || readiness.read_closed || readiness.error;
            known.writable |= readiness.writable || readiness.error;
            known.read_closed |= readiness.read_closed || readiness.error;
        }
    }

    pub(super) fn may_read(&self) -> bool {
        self.known
            .is_some_and(|known| known.readable && !known.ended)
    }

    pub(super) fn may_write(&self) -> bool {
        self.known.is_some_and(|known| known.writable)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.known.is_some_and(|known| !known.readable) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let result = self.network.read(self.id, buffer);
        if let Some(known) = &mut self.known {
            match &result {
                Ok((0, _)) => known.ended = true,
                Ok((_, is_empty)) => known.readable = !is_empty || known.read_closed,
                Err(error) if error.kind() == ErrorKind::WouldBlock => known.readable = false,
                Err(_) => {}
            }
        }
        result.map(|(count, _)| count)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.known.is_some_and(|known| !known.writable) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let result = self.network.write(self.id, bytes);
        if let Some(known) = &mut self.known {
            match &result {
                Ok(count) => known.writable = *count == bytes.len(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => known.writable = false,
                Err(_) => {}
            }
        }
        result
    }

    /// Does nothing: the network keeps no bytes back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.network.hang_up(self.id);
    }
}

impl Layer for Stream {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }
}

impl Socket for Stream {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }

    fn connected(&mut self) -> io::Result<bool> {
        self.network.connected(self.id)
    }
}
