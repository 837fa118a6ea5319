//! The end of the sending direction.

use std::io;
use std::net::{Shutdown, TcpStream as StdTcpStream};

/// A stream whose sending direction can end while the other goes on.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::{HalfClose, tcp::TcpStream};
///
/// let mut stream = TcpStream::try_from(("localhost", 4001))?;
/// stream.close_write()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait HalfClose {
    /// Sends what waits and then says to the peer that nothing more comes: by FIN, and above TCP by the layer's own word
    /// first, as TLS has it in `close_notify`. Reading goes on.
    ///
    /// # Errors
    ///
    /// `WouldBlock` while bytes wait: call it again. Otherwise the stream's.
    fn close_write(&mut self) -> io::Result<()>;
}

impl HalfClose for StdTcpStream {
    fn close_write(&mut self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}
