//! TLS: round trips, bursts, handshakes and reconnects over each backend of ours, beside the libraries themselves and the
//! peers.

pub(crate) mod counts;
pub(crate) mod report;

mod contestants;
#[cfg(feature = "peers")]
mod openssl;
mod ours;
#[cfg(feature = "peers")]
mod rival;
mod rustls;
#[cfg(feature = "peers")]
mod tokio_rustls;

mod aead;
mod calls;
mod fan_in;
mod handshakes;
mod reconnect;
mod round_trip;

mod memory;
mod server;
mod trust;

pub use report::main;

use std::fmt::Debug;
use std::io::{self, ErrorKind, Read, Write};

use crate::harness::Result;

/// A connection whose handshake is done.
trait Client {
    /// Sends all of `bytes`, down to the socket.
    fn send(&mut self, bytes: &[u8]) -> Result<()>;

    /// Takes what there is, with at most one turn of the socket; 0 where there is nothing.
    fn receive(&mut self, out: &mut [u8]) -> Result<usize>;
}

/// What lies under TLS; it does not block.
trait Transport: Read + Write + Debug + Unpin + 'static {}

impl<S: Read + Write + Debug + Unpin + 'static> Transport for S {}

/// What the server sends as soon as the handshake is done: who has it is connected, whatever its library tells of that.
const GREETING: u8 = b'!';

/// Receives until the greeting is there.
fn await_greeting(client: &mut dyn Client) -> Result<()> {
    let mut greeting = [0];
    while client.receive(&mut greeting)? == 0 {}
    if greeting == [GREETING] {
        Ok(())
    } else {
        Err("another greeting".into())
    }
}

/// Receives exactly as many bytes as `out` has.
fn receive_all(client: &mut dyn Client, out: &mut [u8]) -> Result<()> {
    let mut filled = 0;
    while filled < out.len() {
        filled += client.receive(&mut out[filled..])?;
    }
    Ok(())
}

/// 0 where nothing has come, and an error where nothing will.
fn came(read: io::Result<usize>) -> Result<usize> {
    match read {
        Ok(0) => Err("the server has hung up".into()),
        Ok(count) => Ok(count),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        Err(error) => Err(error.into()),
    }
}
