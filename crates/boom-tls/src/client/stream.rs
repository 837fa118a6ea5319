//! The stream: moves bytes between a session and the stream below.

use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::time::Duration;

use boom_stream::{HalfClose, Layer, Phase};

use crate::client::backend::Session;
use crate::client::name::server_name;
use crate::client::timing::Timing;
use crate::{Backend, CipherSuite, EarlyData, Error, KeyExchangeGroup, TlsConfig, TlsVersion};

/// A TLS client over any stream, by the backend `B`.
///
/// `rustls::TlsStream` and `openssl::TlsStream` are its names in use; [`TlsStream`](crate::TlsStream)
/// is that of the default backend.
///
/// # Handshake
///
/// Reads and writes alike drive the handshake, and neither waits: until it is done they answer
/// `WouldBlock`. A write does not keep plaintext for later, so what it was given must be given again.
///
/// # Reading
///
/// A read delivers as much plaintext as the records received hold and the caller's buffer takes, and asks the stream
/// below only when there is none. It asks once, for 16 KiB or more; only where that read was filled and yet held
/// no plaintext (a long handshake) it asks again, a few times, so that `WouldBlock` means that the stream below had no
/// more.
/// Through [`BufRead`] the plaintext can be used where it lies.
///
/// The end of the stream is `Ok(0)` after the peer's `close_notify`, and otherwise `UnexpectedEof`
/// ([`Error::Truncated`]). Whatever arrived before an end or a failure is delivered first.
///
/// # Writing
///
/// A write encrypts into the outbound buffer and writes that, once. What the stream below does not take goes out, in order,
/// with later writes, flushes and reads; `flush` answers `WouldBlock` until all is gone. When the outbound limit is
/// reached a write takes less, and then answers `WouldBlock`. One write makes one record (of up to 16 KiB): give it all the
/// messages that leave together.
///
/// # Failures
///
/// A failure is final, and every later call reports the same kind. Where a write fails because the peer has gone, go on to
/// read: an alert that says why may be on its way. The alert that tells the peer why is sent with the call
/// that finds the failure, as far as the stream below takes it then.
///
/// # Examples
///
/// ```
/// use boom_stream::tcp::TcpStream;
/// use boom_testkit::tls::Authority;
/// use boom_tls::{Roots, TlsConfig, TlsStream};
/// use std::io::{ErrorKind, Read, Write};
/// use std::net::TcpListener;
///
/// # let authority = Authority::new();
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// # let address = listener.local_addr()?;
/// # let server_config = authority.server_config(&["localhost"]);
/// # let server = std::thread::spawn(move || {
/// #     let connection = rustls::ServerConnection::new(server_config).unwrap();
/// #     let mut stream = rustls::StreamOwned::new(connection, listener.accept().unwrap().0);
/// #     stream.write_all(b"hello").unwrap();
/// # });
/// let config = TlsConfig::default().with_roots(Roots::OwnOnly).with_root_der(authority.certificate_der())?;
/// let stream = TcpStream::try_from(("127.0.0.1", address.port()))?;
/// let mut stream = TlsStream::new(stream, "localhost", &config)?;
///
/// let mut greeting = [0; 64];
/// let count = loop {
///     match stream.read(&mut greeting) {
///         Err(error) if error.kind() == ErrorKind::WouldBlock => {}
///         result => break result?,
///     }
/// };
/// assert_eq!(&greeting[..count], b"hello");
/// assert_eq!(stream.protocol_version(), Some(boom_tls::TlsVersion::Tls13));
/// # server.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Stream<S, B: Backend> {
    stream: S,
    session: B::Session,
    timing: Timing,
    /// What the stream below refused to write with. Reading goes on: the peer may have said why.
    write_failure: Option<ErrorKind>,
}

/// A read that was filled and held no plaintext is followed by another, up to this many in one call.
const READS_MAX: usize = 8;

impl<S, B: Backend> Stream<S, B> {
    /// Puts TLS over a stream to the server of this name (a DNS name or an IP address). Nothing is sent yet.
    ///
    /// An IPv6 address may stand in brackets and have a zone (`fe80::1%eth0`), which no certificate names.
    ///
    /// A server name in the configuration replaces `server_name`.
    ///
    /// # Errors
    ///
    /// The configuration's, [`Error::InvalidServerName`] for a name that is none.
    pub fn new(stream: S, server_name: &str, config: &TlsConfig) -> io::Result<Self> {
        Ok(Self::over(stream, Self::open(server_name, config)?, config))
    }

    /// As [`new`](Self::new), with the error kept for the first read or write.
    pub(crate) fn new_or_failed(stream: S, server_name: &str, config: &TlsConfig) -> Self {
        let session = Self::open(server_name, config).unwrap_or_else(B::Session::failed);
        Self::over(stream, session, config)
    }

    fn open(host: &str, config: &TlsConfig) -> Result<B::Session, Error> {
        B::Session::open(server_name(config.server_name().unwrap_or(host))?, config)
    }

    fn over(stream: S, session: B::Session, config: &TlsConfig) -> Self {
        Self {
            stream,
            session,
            timing: Timing::new(config.clock(), config.handshake_timeout_ns()),
            write_failure: None,
        }
    }

    /// Returns true until the handshake is done.
    pub fn is_handshaking(&self) -> bool {
        self.session.is_handshaking()
    }

    /// The version agreed on, once it is.
    pub fn protocol_version(&self) -> Option<TlsVersion> {
        self.session.protocol_version()
    }

    /// The cipher suite agreed on, once it is.
    pub fn cipher_suite(&self) -> Option<CipherSuite> {
        self.session.cipher_suite()
    }

    /// The group that the keys were agreed on by, once they are. `None` after the handshake: a session of TLS 1.2 was
    /// resumed, by its old keys.
    pub fn key_exchange_group(&self) -> Option<KeyExchangeGroup> {
        self.session.key_exchange_group()
    }

    /// How long the handshake took, once it is done: from the first byte sent to the call that found it done, by the
    /// clock of the [configuration](TlsConfig::with_clock).
    pub fn handshake_duration(&self) -> Option<Duration> {
        self.timing.duration_ns().map(Duration::from_nanos)
    }

    /// What has become of early data: whether it can be sent, and whether the server has taken it.
    pub fn early_data(&self) -> EarlyData {
        self.session.early_data()
    }

    /// The protocol that the server chose of those offered by ALPN. `None` after the handshake: it chose none.
    pub fn alpn_protocol(&self) -> Option<&[u8]> {
        self.session.alpn_protocol()
    }

    /// The server's certificates in DER, its own first, once they are known; of a resumed session those of the first
    /// handshake.
    pub fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.session.peer_certificates()
    }

    /// Returns whether an earlier session was resumed, once that is known.
    pub fn is_resumed(&self) -> Option<bool> {
        self.session.is_resumed()
    }

    /// Returns true while a handshake can still be done.
    fn is_awaited(&self) -> bool {
        self.session.is_handshaking() && self.session.failure().is_none()
    }

    pub(crate) const fn session(&self) -> &B::Session {
        &self.session
    }

    #[cfg(feature = "rustls")]
    pub(crate) const fn session_mut(&mut self) -> &mut B::Session {
        &mut self.session
    }

    /// Lends the stream below.
    pub const fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Lends the stream below for changes. To read from it or write to it breaks the connection.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Gives up the stream below, without `close_notify`.
    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: Read + Write, B: Backend> Stream<S, B> {
    /// Sends data with the handshake of a resumed session (0-RTT), where the configuration
    /// [allows it](TlsConfig::with_early_data) and the server has said that it takes some. Returns how much of `bytes` that
    /// was: 0 where none can be sent (any more), and all the rest is to be written as usual, after the handshake.
    ///
    /// The server may refuse it: look at [`early_data`](Self::early_data) when the handshake is done, and where that is
    /// [`EarlyData::Rejected`] write it again. **Whoever records it can send it to the server again.**
    ///
    /// # Errors
    ///
    /// What the connection has failed with. Never `WouldBlock`.
    pub fn write_early_data(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check_writable()?;
        let count = self.session.write_early(bytes)?;
        self.send()?;
        Ok(count)
    }

    /// Renews the keys of both directions (`KeyUpdate` of RFC 8446, section 4.6.3): this side's at once, behind what waits to be
    /// sent, and the peer's with its answer.
    ///
    /// rustls does so by itself before its keys have protected as many records as they may. OpenSSL does not: with AES-GCM
    /// that is some 24 million records (section 5.5), so call it now and then on a connection that sends that many. A peer may take
    /// dozens without data between them for an attack.
    ///
    /// # Errors
    ///
    /// `WouldBlock` while the handshake lasts, where a message of the peer's has come only in part (read on), and at the
    /// outbound limit: call it again. [`Error::Unsupported`] with TLS 1.2, which cannot; the connection goes on. What the
    /// connection has failed with.
    pub fn update_keys(&mut self) -> io::Result<()> {
        self.check_writable()?;
        if self.session.is_handshaking() {
            self.drive(B::Session::handshake)?;
        }
        if self.session.protocol_version() == Some(TlsVersion::Tls12) {
            return Err(Error::Unsupported("the keys of TLS 1.2 cannot be renewed").into());
        }
        let is_queued = self.session.update_keys()?;
        self.send()?;
        if is_queued {
            Ok(())
        } else {
            Err(ErrorKind::WouldBlock.into())
        }
    }

    /// Tells the peer that this side has sent everything: `close_notify`, behind what waits to be sent.
    ///
    /// Call it again while it answers `WouldBlock`. Writing is over then; reading goes on until the peer closes too
    /// (TLS 1.2 peers close at once). Dropping the stream sends nothing.
    ///
    /// # Errors
    ///
    /// `WouldBlock` while bytes wait, and what the connection has failed with.
    pub fn close_notify(&mut self) -> io::Result<()> {
        self.session.close()?;
        self.flush()
    }

    /// Takes from the session what `take` counts, or receives once and tries again.
    ///
    /// What the session has to send meanwhile, answers and alerts, is sent at the end.
    fn drive(&mut self, take: impl FnMut(&mut B::Session) -> usize) -> io::Result<usize> {
        let taken = self.take_or_receive(take);
        let sent = self.send();
        if self.timing.is_running() && !self.session.is_handshaking() {
            self.timing.finish();
        }
        match taken {
            // A stream that cannot be written to must not look like one on which nothing happens. But where the peer has hung
            // up something will: its last words, an alert that says why, and its end are on their way to the reader.
            Err(error) if error.kind() == ErrorKind::WouldBlock => match sent {
                Err(failure) if !is_end_of_peer(failure.kind()) => Err(failure),
                _ => Err(error),
            },
            taken => taken,
        }
    }

    fn take_or_receive(
        &mut self,
        mut take: impl FnMut(&mut B::Session) -> usize,
    ) -> io::Result<usize> {
        let mut may_hold_more = true;
        for _ in 0..=READS_MAX {
            let count = take(&mut self.session);
            if count > 0 {
                return Ok(count);
            }
            if let Some(end) = self.session.take_end() {
                return Ok(end.map(|()| 0)?);
            }
            if !may_hold_more {
                break;
            }
            may_hold_more = self.receive()?;
        }
        Err(ErrorKind::WouldBlock.into())
    }

    /// Reads once from the stream below. Returns whether it may hold more.
    fn receive(&mut self) -> io::Result<bool> {
        loop {
            let Some(buffer) = self.session.receive_buffer() else {
                return Ok(false);
            };
            match buffer.read_from(&mut self.stream) {
                // A socket tells once that it was reset: where it told a write, a read finds no more than an end.
                Ok(0) => match self.write_failure {
                    Some(kind) => self.session.fail(Error::Io(kind)),
                    None => self.session.received_eof(),
                },
                Ok(count) => {
                    self.session.received();
                    return Ok(count >= B::Session::READ_SIZE);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(error),
                Err(error) => {
                    self.session.outgoing().clear();
                    self.session.fail(Error::Io(error.kind()));
                    self.session.take_end();
                    return Err(error);
                }
            }
            return Ok(false);
        }
    }

    /// Takes in what comes behind the peer's `close_notify`: RFC 8446, section 6.1, wants it ignored.
    fn discard_rest(&mut self) -> io::Result<()> {
        let mut rest = [0; 4096];
        for _ in 0..READS_MAX {
            match self.stream.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if is_hang_up(error.kind()) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes what waits. Returns whether all is gone.
    fn send(&mut self) -> io::Result<bool> {
        if let Some(kind) = self.write_failure {
            return Err(Error::Io(kind).into());
        }
        if !self.session.has_outgoing() {
            return Ok(true);
        }
        let waiting = self.session.outgoing().len();
        let flushed = self.session.outgoing().flush_to(&mut self.stream);
        if self.timing.is_running() && self.session.outgoing().len() < waiting {
            self.timing.start();
        }
        flushed.inspect_err(|error| {
            self.write_failure = Some(error.kind());
            self.session.outgoing().clear();
        })
    }

    fn check_writable(&self) -> io::Result<()> {
        self.session.check_writable()?;
        match self.write_failure {
            Some(kind) => Err(Error::Io(kind).into()),
            None => Ok(()),
        }
    }
}

impl<S: Read + Write, B: Backend> Read for Stream<S, B> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.drive(|session| session.read(buffer))
    }
}

/// Lends the plaintext of all the records that one read brought, up to 32 KiB.
///
/// It is for who parses without a buffer of its own: there the copy into that one falls away. What is lent lies in a buffer of
/// the stream, which the plaintext was copied to out of what the library gave, as it would have been to a reader; so a protocol
/// that keeps its bytes together in a buffer, as WebSocket does for frames that span records, gains nothing by it.
impl<S: Read + Write, B: Backend> BufRead for Stream<S, B> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.drive(B::Session::fill)?;
        Ok(self.session.plaintext())
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        self.session.consume(count);
    }
}

impl<S: Read + Write, B: Backend> Write for Stream<S, B> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check_writable()?;
        if self.session.is_handshaking() {
            self.drive(B::Session::handshake)?;
        }
        let mut count = self.session.write(bytes)?;
        if count == 0 && !bytes.is_empty() {
            self.send()?;
            count = self.session.write(bytes)?;
            if count == 0 {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
        self.send()?;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.send()? {
            return Err(ErrorKind::WouldBlock.into());
        }
        if let Some(error) = self.session.failure() {
            return Err(error.clone().into());
        }
        self.stream.flush()
    }
}

impl<S: Read + Write + HalfClose, B: Backend> HalfClose for Stream<S, B> {
    /// [`close_notify`](Self::close_notify), then that of the stream below. A TLS 1.2 peer may answer by closing.
    fn close_write(&mut self) -> io::Result<()> {
        self.close_notify()?;
        self.stream.close_write()
    }
}

impl<S: Read + Write + Layer, B: Backend> Layer for Stream<S, B> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.stream.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.stream.base_mut()
    }

    /// True while plaintext or a whole record waits, and while an end that was received is still to be reported.
    #[inline]
    fn has_buffered(&self) -> bool {
        self.session.has_buffered() || self.stream.has_buffered()
    }

    #[inline]
    fn wants_write(&self) -> bool {
        self.session.has_outgoing() || self.stream.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        true
    }

    fn phase(&self) -> Phase {
        match self.stream.phase() {
            Phase::Established if self.session.is_handshaking() => Phase::TlsHandshake,
            phase => phase,
        }
    }

    #[inline]
    fn poll_timeout(&self) -> Option<u64> {
        let own = if self.is_awaited() {
            self.timing.deadline_ns()
        } else {
            None
        };
        match (own, self.stream.poll_timeout()) {
            (Some(own), Some(below)) => Some(own.min(below)),
            (own, below) => own.or(below),
        }
    }

    /// Ends a handshake that takes too long; see [`TlsConfig::with_handshake_timeout`].
    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.stream.handle_timeout(now_ns)?;
        if self.is_awaited() && self.timing.is_late(now_ns) {
            self.session.fail(Error::HandshakeTimedOut);
            return Err(Error::HandshakeTimedOut.into());
        }
        Ok(())
    }

    /// Sends `close_notify` behind what waits, has the stream below end, and waits for the peer to do both.
    ///
    /// What arrives meanwhile is taken in, and has to be read before the end is there. A peer that ends without `close_notify` after this side has sent
    /// its own has ended all the same: whether something was cut off is for the reader to judge.
    fn poll_close(&mut self) -> io::Result<bool> {
        if self.session.is_handshaking() {
            // Without a handshake there is nothing to say, and nothing to be cut off.
            return self.stream.poll_close();
        }
        let was_closed = self.session.is_closed();
        match self.session.close() {
            Err(Error::Truncated) if was_closed => {}
            closed => closed?,
        }
        if !self.send()? {
            return Ok(false);
        }
        // A protocol above that has had its own end reads no more, and the peer's alert stands before the end of the
        // stream. Where there is plaintext it is for the reader first.
        match self.take_or_receive(B::Session::fill) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) if matches!(self.session.failure(), Some(Error::Truncated)) => {}
            taken => drop(taken?),
        }
        if self.session.has_ended_well() {
            self.discard_rest()?;
        }
        // An answer of TLS 1.2, say.
        let is_sent = self.send();
        let is_over = match is_sent.and_then(|is_sent| Ok(self.stream.poll_close()? && is_sent)) {
            // The peer has said that it is done, and did not wait for the same word of this side.
            Err(error) if self.session.has_ended_well() && is_hang_up(error.kind()) => true,
            is_over => is_over?,
        };
        Ok(is_over && self.session.plaintext().is_empty())
    }
}

/// The errors of a socket whose peer has closed it altogether.
const fn is_hang_up(kind: ErrorKind) -> bool {
    is_end_of_peer(kind) || matches!(kind, ErrorKind::NotConnected)
}

/// The errors by which a socket tells a writer that its peer is gone. A reader gets what came before, and an end.
const fn is_end_of_peer(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}

impl<S, B: Backend> fmt::Debug for Stream<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream")
            .field("is_handshaking", &self.is_handshaking())
            .field("protocol_version", &self.protocol_version())
            .field("cipher_suite", &self.cipher_suite())
            .field("key_exchange_group", &self.key_exchange_group())
            .field("is_resumed", &self.is_resumed())
            .field("handshake_duration", &self.handshake_duration())
            .finish_non_exhaustive()
    }
}
