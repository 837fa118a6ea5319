//! How an upper layer, a selector or a service reaches the socket under a stack of streams.

use std::io;

use crate::{ConnectionInfo, ConnectionInfoProvider};

/// A stream that is, or wraps, a socket.
///
/// Each wrapper (TLS, WebSocket, a recorder) implements this one trait by handing the question to the stream
/// below and adding its own state to the answer. What a selector or a service needs of the socket it takes from
/// [`base`](Self::base), so no wrapper repeats it. An enum of stacks over the same base implements it by `match`.
///
/// # Examples
///
/// ```
/// use boom_stream::{Layer, Phase};
///
/// /// Counts the bytes that pass through.
/// struct Counted<S> {
///     stream: S,
///     count: u64,
/// }
///
/// impl<S: Layer> Layer for Counted<S> {
///     type Base = S::Base;
///
///     fn base(&self) -> &S::Base {
///         self.stream.base()
///     }
///
///     fn base_mut(&mut self) -> &mut S::Base {
///         self.stream.base_mut()
///     }
///
///     fn has_buffered(&self) -> bool {
///         self.stream.has_buffered()
///     }
///
///     fn wants_write(&self) -> bool {
///         self.stream.wants_write()
///     }
///
///     fn is_encrypted(&self) -> bool {
///         self.stream.is_encrypted()
///     }
///
///     fn phase(&self) -> Phase {
///         self.stream.phase()
///     }
///
///     fn poll_timeout(&self) -> Option<u64> {
///         self.stream.poll_timeout()
///     }
///
///     fn handle_timeout(&mut self, now_ns: u64) -> std::io::Result<()> {
///         self.stream.handle_timeout(now_ns)
///     }
///
///     fn poll_close(&mut self) -> std::io::Result<bool> {
///         self.stream.poll_close()
///     }
/// }
/// ```
pub trait Layer {
    /// The socket at the bottom.
    type Base;

    /// Lends the socket at the bottom.
    fn base(&self) -> &Self::Base;

    /// Lends the socket at the bottom for changes.
    fn base_mut(&mut self) -> &mut Self::Base;

    /// Returns true if a read could return bytes, or a batch frames, without asking the socket.
    ///
    /// A caller that waits for the socket's readiness must read again first, or it may wait for bytes it has.
    fn has_buffered(&self) -> bool {
        false
    }

    /// Returns true if bytes of this layer or of one below wait for the socket to take them.
    fn wants_write(&self) -> bool {
        false
    }

    /// Returns true if this layer or one below encrypts what passes, as TLS does.
    ///
    /// A protocol above learns from it which scheme it speaks (`wss`, `https`) and which port is the default one.
    fn is_encrypted(&self) -> bool {
        false
    }

    /// Returns which handshake the stack is in, the lowest unfinished one first.
    ///
    /// The TCP connect is not part of it: [`Socket::connected`] tells of that.
    fn phase(&self) -> Phase {
        Phase::Established
    }

    /// Returns when to call [`handle_timeout`](Self::handle_timeout) at the latest, on the clock whose times that one is
    /// given: the earliest deadline of this layer and those below. 0 says at once, which is how a layer that reads no
    /// clock asks for the time; `None` says that there is no deadline.
    ///
    /// The answer may change with whatever is read, sent or told. Who watches over the stack asks again after each.
    fn poll_timeout(&self) -> Option<u64> {
        None
    }

    /// Tells this layer and those below the time, in nanoseconds of a monotonic clock; they do what is due by it, such
    /// as to send a ping. Early calls do no harm.
    ///
    /// # Errors
    ///
    /// Why the connection is over: a peer that is silent for too long, say.
    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        let _ = now_ns;
        Ok(())
    }

    /// Goes on with an orderly end, and returns true when there is nothing left to wait for.
    ///
    /// The first call starts the closing handshake of a protocol that has one. Between the calls the stack is read and
    /// driven as before, so that what the peer sends before its own end is not lost. Sockets send their end (FIN) and wait
    /// for that of the peer; a layer without a closing handshake is done when nothing of it waits to be sent and the layer
    /// below is done.
    ///
    /// # Errors
    ///
    /// Why the connection is over; there is nothing to wait for then.
    fn poll_close(&mut self) -> io::Result<bool> {
        Ok(!self.wants_write())
    }
}

/// The handshake that a stack of streams is in.
///
/// The order is that of a connection's life, so `phase < Phase::Established` reads as "not usable yet".
///
/// # Examples
///
/// ```
/// use boom_stream::Phase;
///
/// assert!(Phase::TlsHandshake < Phase::ProtocolHandshake);
/// assert!(Phase::ProtocolHandshake < Phase::Established);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// TLS is being negotiated.
    TlsHandshake,
    /// The protocol above (a WebSocket upgrade, a FIX logon) is being negotiated.
    ProtocolHandshake,
    /// Data can pass.
    Established,
}

/// The bottom of a stack: what every kind of socket answers for all the layers above it.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::{ConnectionInfo, Layer, Socket, tcp::TcpStream};
///
/// fn is_up<S: Layer<Base: Socket>>(stream: &mut S) -> std::io::Result<bool> {
///     stream.base_mut().connected()
/// }
///
/// let mut stream = TcpStream::try_from(("localhost", 4001))?;
/// println!("{}", is_up(&mut stream)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Socket {
    /// The parameters the socket was opened with.
    fn connection_info(&self) -> &ConnectionInfo;

    /// Returns true once the TCP connection stands, false while it is being made.
    ///
    /// # Errors
    ///
    /// What the connect failed with (`SO_ERROR`): refused, timed out, unreachable.
    fn connected(&mut self) -> io::Result<bool>;

    /// Returns true if bytes may have been received for this socket before a reader asked for them.
    ///
    /// Who wants to hand the socket's descriptor to someone else, as kernel TLS does, can do so only where there are none.
    /// A socket that says nothing of it is taken for one that receives ahead.
    fn receives_ahead(&self) -> bool {
        true
    }
}

impl<L: Layer<Base: Socket>> ConnectionInfoProvider for L {
    fn connection_info(&self) -> &ConnectionInfo {
        self.base().connection_info()
    }
}
