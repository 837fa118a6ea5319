//! The adapter: moves bytes between the core and a stream.

use std::io::{self, Read, Write};

use boom_stream::{HalfClose, Layer, Phase, Socket};

use crate::batch::Batch;
use crate::close::CloseCode;
use crate::config::WebsocketConfig;
use crate::connection::Connection;
use crate::error::Error;
use crate::frame::WebsocketFrame;
use crate::handshake::{Request, Response};
use crate::messages::{Assembly, Messages};
use crate::slow_consumer::SlowConsumerCounts;
use crate::state::State;

mod sending;

use sending::{is_not_now, send};

/// A WebSocket client over any stream, blocking or not.
///
/// [`read_batch`](Self::read_batch) does the work of a turn: it sends what waits, drives the handshake, reads once
/// and lends the frames. Each `send_*` encodes into the outbound buffer and writes at once what the stream takes; the
/// rest follows by itself, in order. Before the handshake is done a message waits in the outbound buffer.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::tcp::TcpStream;
/// use boom_ws::{IntoWebsocket, WebsocketFrame};
///
/// let mut ws = TcpStream::try_from(("localhost", 9001))?.into_websocket("/feed");
/// ws.send_text(true, Some(br#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#))?;
/// loop {
///     for frame in ws.read_batch()? {
///         if let WebsocketFrame::Text(fin, data) = frame? {
///             println!("({fin}) {}", String::from_utf8_lossy(data));
///         }
///     }
/// }
/// # #[allow(unreachable_code)]
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A frame borrows from the receive buffer and cannot be kept while the next batch is read:
///
/// ```compile_fail,E0499
/// # use boom_ws::{Error, Websocket};
/// # fn f(ws: &mut Websocket<std::net::TcpStream>) -> Result<(), Error> {
/// let kept = ws.read_batch()?.next();
/// let later = ws.read_batch()?.next();
/// println!("{kept:?}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Websocket<S> {
    stream: S,
    connection: Connection,
    /// The stream has bytes of its own that its last `flush` could not send.
    flush_pending: bool,
    /// Why nothing can be sent any more. What the peer sent before is still received.
    write_failure: Option<io::Error>,
    assembly: Assembly,
}

impl<S: Read + Write> Websocket<S> {
    /// Opens a connection over `stream` by the opening handshake, which [`read_batch`](Self::read_batch) and the
    /// sends drive.
    ///
    /// For streams that know their peer there is [`IntoWebsocket`].
    pub fn client(stream: S, request: &Request, config: &WebsocketConfig) -> Self {
        Self::from_parts(stream, Connection::client(request, config))
    }

    /// Joins a stream and a connection, whose handshake may be done.
    pub const fn from_parts(stream: S, connection: Connection) -> Self {
        Self {
            stream,
            connection,
            flush_pending: false,
            write_failure: None,
            assembly: Assembly::new(),
        }
    }

    /// Gives up the parts.
    pub fn into_parts(self) -> (S, Connection) {
        (self.stream, self.connection)
    }

    /// Sends what waits, reads once, and lends the frames that are whole.
    ///
    /// An empty batch means that nothing has come, or that the handshake lasts. There is at most one `read` of the
    /// stream, and none where frames are left of a batch that was dropped early.
    ///
    /// # Errors
    ///
    /// Why the connection is over; each later call says it again. `WouldBlock` is no error but an empty batch. A
    /// stream that ends without a close frame is [`Error::Io`] with `UnexpectedEof`; frames that came before are
    /// lent first. Where a send failed because the peer had hung up, what it said last is waited for, and its end.
    #[inline(always)]
    pub fn read_batch(&mut self) -> Result<Frames<'_, S>, Error> {
        self.assembly.abandon();
        self.work();
        Ok(Frames {
            batch: self.connection.batch()?,
            stream: &mut self.stream,
            flush_pending: &mut self.flush_pending,
        })
    }

    /// As [`read_batch`](Self::read_batch), but lends whole messages, joined of their fragments, and text as `&str`.
    ///
    /// Use one of the two for a connection: what was lent as a frame is not part of a message any more.
    ///
    /// # Errors
    ///
    /// As [`read_batch`](Self::read_batch).
    #[inline]
    pub fn read_messages(&mut self) -> Result<Messages<'_, S>, Error> {
        self.work();
        let frames = Frames {
            batch: self.connection.batch()?,
            stream: &mut self.stream,
            flush_pending: &mut self.flush_pending,
        };
        Ok(Messages::new(frames, &mut self.assembly))
    }

    /// What a turn does before there is a batch: sends, receives, and goes on with the handshake.
    #[inline]
    fn work(&mut self) {
        if !self.connection.is_steady() {
            self.work_beside_feed();
        } else {
            if self.flush_pending || !self.connection.frames_out().is_empty() {
                self.send_pending();
            }
            if !self.connection.has_unread() {
                self.receive();
            }
        }
    }

    /// [`work`](Self::work) in the handshake, at the end, and where something stands in the way.
    #[inline(never)]
    fn work_beside_feed(&mut self) {
        self.send_pending();
        if !self.connection.has_unread() && !self.connection.is_read_out() {
            self.receive();
        }
        if self.connection.is_handshaking() {
            self.connection.advance_handshake();
            // What was queued before leaves with the answer.
            self.send_pending();
        }
    }

    #[inline]
    fn receive(&mut self) {
        match self
            .connection
            .prepare_receive()
            .read_from(&mut self.stream)
        {
            Ok(0) => self.receive_eof(),
            Ok(_) => self.connection.note_received(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_not_now(&error) => {
                // All that came before a write failed has been received, unless the peer has hung up: its last words, an alert of
                // TLS that says why, and its end are on their way.
                let failure = self
                    .write_failure
                    .take_if(|failure| !is_end_of_peer(failure));
                if let Some(failure) = failure {
                    self.connection.fail(Error::Io(failure));
                }
            }
            Err(error) => self.connection.fail(Error::Io(error)),
        }
    }

    /// A socket tells once that it was reset: where it told so to a write, a read finds no more than an end.
    fn receive_eof(&mut self) {
        let reset = self
            .write_failure
            .take_if(|failure| failure.kind() == io::ErrorKind::ConnectionReset);
        match reset {
            Some(failure) => self.connection.fail(Error::Io(failure)),
            None => self.connection.handle_eof(),
        }
    }

    /// Waits, after both close frames, for the server to close the TCP connection, as RFC 6455 §7.1.1 has it: call it, when
    /// a read has told [`Error::Closed`], until it returns true, and drop the connection then. It sends what waits and
    /// reads once; what still comes is thrown away, as §5.5.1 says.
    ///
    /// Before the closing handshake is done it only sends what waits, and returns false. `now_ns` is the time of
    /// [`handle_timeout`](Self::handle_timeout).
    ///
    /// # Errors
    ///
    /// [`Silence::Close`](crate::Silence::Close) where the server has not closed within
    /// [`WebsocketConfig::with_close_timeout`], the stream's, and why the connection is over where that was without a
    /// closing handshake.
    pub fn poll_closed(&mut self, now_ns: u64) -> Result<bool, Error> {
        self.send_pending();
        match self.connection.state() {
            State::Closed { clean: true, .. } => {}
            State::Closed { .. } => return self.connection.check_open().map(|()| false),
            State::Connecting | State::Open | State::Closing => return Ok(false),
        }
        let read = self
            .connection
            .receive_past_end()
            .read_from(&mut self.stream);
        match read {
            Ok(0) => Ok(true),
            Err(error) if is_end(&error) => Ok(true),
            Err(error) if !is_not_now(&error) => Err(Error::Io(error)),
            Ok(_) | Err(_) => self.connection.check_closing(now_ns).map(|()| false),
        }
    }

    /// Takes the time, in nanoseconds of a monotonic clock, and does what the [`Heartbeat`](crate::Heartbeat) asks for:
    /// sends a ping, or ends the connection. Before the connection is open it watches over
    /// [`with_handshake_timeout`](WebsocketConfig::with_handshake_timeout).
    ///
    /// # Errors
    ///
    /// [`Error::Silence`], [`HandshakeError::TimedOut`](crate::HandshakeError::TimedOut), and why the connection is over.
    pub fn handle_timeout(&mut self, now_ns: u64) -> Result<(), Error> {
        let result = self.connection.handle_timeout(now_ns);
        self.send_pending();
        result
    }
}

/// Says in its own way that the peer has ended the connection.
fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::NotConnected
            | io::ErrorKind::BrokenPipe
    )
}

/// Tells a writer that its peer is gone. A reader gets what came before, and an end.
fn is_end_of_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

/// The frames of one read: [`Batch`], which sends the answers it has queued when it is dropped.
///
/// # Examples
///
/// ```no_run
/// use boom_ws::{Error, Websocket, WebsocketFrame};
///
/// fn count<S: std::io::Read + std::io::Write>(ws: &mut Websocket<S>) -> Result<usize, Error> {
///     let mut frames = ws.read_batch()?;
///     frames.try_fold(0, |count, frame| frame.map(|_| count + 1))
/// }
/// ```
#[derive(Debug)]
pub struct Frames<'a, S: Write> {
    batch: Batch<'a>,
    stream: &'a mut S,
    flush_pending: &'a mut bool,
}

impl<'a, S: Write> Frames<'a, S> {
    pub(crate) const fn batch(&self) -> &Batch<'a> {
        &self.batch
    }

    pub(crate) const fn batch_mut(&mut self) -> &mut Batch<'a> {
        &mut self.batch
    }
}

impl<'a, S: Write> Iterator for Frames<'a, S> {
    type Item = Result<WebsocketFrame<'a>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.batch.next()
    }
}

impl<S: Write> Drop for Frames<'_, S> {
    /// Pongs leave with the batch, and a close frame leaves even if the caller drops the connection because of the
    /// error it was told. What the stream does not take is left to the next call, and so are its errors, which it has
    /// again then.
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(answers) = self.batch.answers()
            && let Ok(flushed) = send(answers, self.stream)
        {
            *self.flush_pending = !flushed;
        }
    }
}

impl<S> Websocket<S> {
    pub(crate) const fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Returns true while the opening handshake lasts.
    pub const fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) at the latest; 0 where it has to be told the time for a deadline
    /// to start, `None` where there is no deadline.
    pub fn poll_timeout(&self) -> Option<u64> {
        self.connection.poll_timeout()
    }

    /// The round trip in nanoseconds, if `pong` is the payload of the pong to the last timed ping, or to the last of the
    /// heartbeat.
    pub fn rtt_ns(&self, pong: &[u8], now_ns: u64) -> Option<u64> {
        self.connection.rtt_ns(pong, now_ns)
    }

    /// Where the connection is in its life.
    pub const fn state(&self) -> State<'_> {
        self.connection.state()
    }

    /// The reason in the peer's close frame, empty where there is none.
    pub const fn close_reason(&self) -> &str {
        self.connection.close_reason()
    }

    /// How many messages were kept from being sent because the peer was too slow.
    pub const fn slow_consumer_counts(&self) -> SlowConsumerCounts {
        self.connection.slow_consumer_counts()
    }

    /// The server's answer to the handshake, once the connection is open.
    pub fn response(&self) -> Option<&Response> {
        self.connection.response()
    }

    /// Returns true if bytes wait for the stream, or in it.
    fn has_output(&self) -> bool {
        let connection = &self.connection;
        self.flush_pending
            || !connection.outgoing().is_empty()
            || connection.has_unanswered_ping()
            || connection.has_backlog()
    }

    /// Lends the stream below.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// Lends the stream below for changes. Bytes read or written past the protocol break it.
    pub const fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl<S: Read + Write + HalfClose> HalfClose for Websocket<S> {
    /// Sends what waits and ends the sending direction below. For a connection whose own closing handshake is done or
    /// cannot be done: a WebSocket peer waits for a close frame, not for FIN.
    fn close_write(&mut self) -> io::Result<()> {
        if !self.flush()? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.stream.close_write()
    }
}

impl<S: Read + Write + Layer> Layer for Websocket<S> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.stream.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.stream.base_mut()
    }

    #[inline]
    fn has_buffered(&self) -> bool {
        // An end too is something to say.
        self.connection.has_unread()
            || self.connection.has_end_to_tell()
            || self
                .write_failure
                .as_ref()
                .is_some_and(|failure| !is_end_of_peer(failure))
            || self.stream.has_buffered()
    }

    #[inline]
    fn wants_write(&self) -> bool {
        // While the layer below is in its handshake the socket can take nothing of ours.
        let can_write = self.write_failure.is_none() && self.stream.phase() == Phase::Established;
        (self.has_output() && can_write) || self.stream.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    #[inline]
    fn phase(&self) -> Phase {
        match self.stream.phase() {
            // One that failed before it was open never was established.
            Phase::Established if !self.connection.was_open() => Phase::ProtocolHandshake,
            below => below,
        }
    }

    /// The deadlines of the handshake, the heartbeat and the close. The time of the opening handshake starts when those
    /// of the layers below are done.
    #[inline]
    fn poll_timeout(&self) -> Option<u64> {
        let own = match self.stream.phase() {
            Phase::Established => self.connection.poll_timeout(),
            _ => None,
        };
        match (own, self.stream.poll_timeout()) {
            (Some(own), Some(below)) => Some(own.min(below)),
            (own, below) => own.or(below),
        }
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.stream.handle_timeout(now_ns)?;
        // One that is over without a deadline has its end told by a read, behind what came before.
        if self.stream.phase() == Phase::Established && self.connection.poll_timeout().is_some() {
            Self::handle_timeout(self, now_ns)?;
        }
        Ok(())
    }

    /// Sends a close frame with code 1000 and waits for the server's. Frames that come before it are there to be read.
    fn poll_close(&mut self) -> io::Result<bool> {
        if Layer::phase(self) != Phase::Established {
            // RFC 6455 §7.1.1: without an opening handshake there is no closing one.
            return Ok(true);
        }
        if self.state() == State::Open {
            match self.send_close(Some(CloseCode::NORMAL), "") {
                // Tried again when there is room.
                Err(Error::OutboundFull) => return Ok(false),
                result => result?,
            }
        }
        self.send_pending();
        match self.state() {
            State::Closed { clean: true, .. } if !self.has_output() => {
                match self.stream.poll_close() {
                    // The server, whose part it is to close first, did not wait for a farewell of the layers below.
                    Err(error) if is_end(&error) => Ok(true),
                    end => end,
                }
            }
            State::Closed { clean: false, .. } => {
                Ok(self.connection.check_open().map(|()| false)?)
            }
            _ => Ok(false),
        }
    }
}

/// Turns a stream that knows its peer into a WebSocket client.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::tcp::TcpStream;
/// use boom_ws::IntoWebsocket;
///
/// let stream = TcpStream::try_from(("localhost", 9001))?;
/// let ws = stream.into_websocket_with_config("/feed", |config| {
///     *config = std::mem::take(config).with_header("X-Api-Key", "secret");
/// })?;
/// # let _ = ws;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoWebsocket: Sized {
    /// Opens a connection to `path`, which may have a query.
    ///
    /// A path that cannot be sent is reported by the first read or write.
    fn into_websocket(self, path: &str) -> Websocket<Self>;

    /// The same with options.
    ///
    /// # Errors
    ///
    /// The path, a header or a subprotocol cannot be sent.
    fn into_websocket_with_config(
        self,
        path: &str,
        configure: impl FnOnce(&mut WebsocketConfig),
    ) -> io::Result<Websocket<Self>>;
}

impl<S: Read + Write + Layer<Base: Socket>> IntoWebsocket for S {
    fn into_websocket(self, path: &str) -> Websocket<Self> {
        let request = request_for(&self, path);
        Websocket::client(self, &request, &WebsocketConfig::default())
    }

    fn into_websocket_with_config(
        self,
        path: &str,
        configure: impl FnOnce(&mut WebsocketConfig),
    ) -> io::Result<Websocket<Self>> {
        let mut config = WebsocketConfig::default();
        configure(&mut config);
        let request = request_for(&self, path);
        let websocket = Websocket::client(self, &request, &config);
        match websocket.connection.failure() {
            Some(error) => Err(error.into()),
            None => Ok(websocket),
        }
    }
}

/// RFC 6455 §4.1: the `Host` header has the port "if not using the default port".
fn request_for<S: Layer<Base: Socket>>(stream: &S, path: &str) -> Request {
    let info = stream.base().connection_info();
    let default_port = if stream.is_encrypted() { 443 } else { 80 };
    let authority = without_zone(&info.to_string());
    let authority = match authority.strip_suffix(&format!(":{default_port}")) {
        Some(host) if info.port() == default_port => host.to_owned(),
        _ => authority,
    };
    Request::new(authority, path)
}

/// RFC 6874 §4: the zone of an IPv6 address has a meaning on this machine alone and is not sent.
fn without_zone(authority: &str) -> String {
    match authority.split_once('%') {
        Some((address, rest)) => {
            let end = rest.find(']').unwrap_or(0);
            format!("{address}{}", &rest[end..])
        }
        None => authority.to_owned(),
    }
}
