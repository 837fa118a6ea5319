//! The sans-io core: bytes in, frames out, bytes to send out.

mod sending;
mod timing;

use std::io;
use std::sync::Arc;

use boom_stream::buffer::{ReadBuffer, WriteBuffer};

use crate::batch::Batch;
use crate::config::WebsocketConfig;
use crate::error::{Error, HandshakeError};
use crate::frame::CLIENT_HEADER_MAX;
use crate::handshake::{BODY_MAX, Handshake, Progress, Request, Response};
use crate::heartbeat::Deadlines;
use crate::inbound::{End, Inbound};
use crate::mask::MaskingKeys;
use crate::outbound::Outbound;
use crate::slow_consumer::SlowConsumerCounts;
use crate::state::State;

/// The WebSocket client protocol without I/O (RFC 6455).
///
/// The drive contract: give it what was received by [`handle_input`](Self::handle_input), take frames by
/// [`batch`](Self::batch), and after either send what [`outgoing`](Self::outgoing) lends and say so by
/// [`sent`](Self::sent). It reads no clock and touches no socket; [`Websocket`](crate::Websocket) is this and a stream.
///
/// # Examples
///
/// What it sends first:
///
/// ```
/// use boom_ws::{Connection, Request, WebsocketConfig};
///
/// let request = Request::new("localhost:9001", "/feed");
/// let mut connection = Connection::client(&request, &WebsocketConfig::new());
/// // Queued until the handshake is done.
/// connection.send_text(true, Some(b"subscribe"))?;
///
/// let head = connection.outgoing().to_vec();
/// assert!(head.starts_with(b"GET /feed HTTP/1.1\r\nHost: localhost:9001\r\n"));
/// connection.sent(head.len());
/// assert!(connection.is_handshaking());
/// assert!(connection.outgoing().is_empty());
/// # Ok::<(), boom_ws::Error>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    receive: ReadBuffer,
    inbound: Inbound,
    outbound: Outbound,
    stage: Stage,
    response: Option<Arc<Response>>,
    /// The connection has been open, whatever it is now.
    was_open: bool,
    /// The peer will send no more.
    eof: bool,
    deadlines: Deadlines,
    /// Something has come since the last [`handle_timeout`](Self::handle_timeout).
    has_bytes: bool,
    /// The payloads of the last timed ping of the user and of the heartbeat.
    timed_pings: [Option<[u8; 8]>; 2],
}

#[derive(Debug)]
enum Stage {
    Handshake(Box<Opening>),
    Open,
    Failed(Error),
}

/// The handshake and what is left of its request.
struct Opening {
    handshake: Handshake,
    request: WriteBuffer,
}

/// Says nothing of the request, which may hold a password.
impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening")
            .field("handshake", &self.handshake)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Starts as a client that opens a connection by the opening handshake (RFC 6455 §4.1).
    ///
    /// A request that cannot be sent is reported by the first [`batch`](Self::batch) or send.
    pub fn client(request: &Request, config: &WebsocketConfig) -> Self {
        Self::open(config, |keys| {
            let (handshake, head) = Handshake::start(request, config, keys.handshake_nonce())?;
            let mut request = WriteBuffer::new(head.len(), head.len());
            // Made to hold just this.
            let _ = request.extend(&head);
            Ok(Stage::Handshake(Box::new(Opening { handshake, request })))
        })
    }

    /// Starts as a client whose handshake somebody else has done.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where the operating system gives no random seed.
    pub fn established(config: &WebsocketConfig) -> Result<Self, Error> {
        let connection = Self::open(config, |_| Ok(Stage::Open));
        match connection.failure() {
            Some(error) => Err(error),
            None => Ok(connection),
        }
    }

    fn open(
        config: &WebsocketConfig,
        stage: impl FnOnce(&mut MaskingKeys) -> Result<Stage, Error>,
    ) -> Self {
        let keys = match config.seed {
            Some(seed) => Ok(MaskingKeys::from_seed(seed)),
            None => MaskingKeys::from_os(),
        };
        let (mut keys, stage) = match keys {
            Ok(mut keys) => {
                let stage = stage(&mut keys);
                (keys, stage)
            }
            // Never used: the connection has failed already.
            Err(error) => (MaskingKeys::from_seed([0; 32]), Err(Error::Io(error))),
        };
        let frame_limit = config.max_frame_bytes.saturating_add(CLIENT_HEADER_MAX);
        let limit = frame_limit.max(config.max_head_bytes.saturating_add(BODY_MAX));
        let stage = stage.unwrap_or_else(Stage::Failed);
        let is_open = matches!(stage, Stage::Open);
        if config.zero_masks {
            keys.set_zero();
        }
        let mut outbound = Outbound::new(config, keys);
        outbound.set_open(is_open);
        Self {
            receive: ReadBuffer::new(config.read_window_bytes, limit),
            inbound: Inbound::new(config),
            outbound,
            was_open: is_open,
            stage,
            response: None,
            eof: false,
            deadlines: Deadlines::new(config.heartbeat, config.close_timeout_ns),
            has_bytes: false,
            timed_pings: [None; 2],
        }
    }

    /// Takes received bytes, as many as the receive buffer has room for, and returns how many those are.
    ///
    /// Take the frames by [`batch`](Self::batch), then give it the rest.
    pub fn handle_input(&mut self, mut bytes: &[u8]) -> usize {
        // A slice never fails to be read; a buffer that is full to its limit takes nothing.
        let count = self.prepare_receive().read_from(&mut bytes).unwrap_or(0);
        self.note_received();
        self.inbound.unread = self.inbound.has_frame(self.receive.filled());
        count
    }

    /// Makes room for the frame that is coming and lends the receive buffer, to read into.
    #[inline]
    pub(crate) fn prepare_receive(&mut self) -> &mut ReadBuffer {
        if self.receive.len() == self.receive.capacity() {
            // The frame does not fit. Growing by doubling bounds memory by what the peer has really sent.
            let doubled = self
                .receive
                .capacity()
                .saturating_mul(2)
                .min(self.receive.limit());
            let _ = self.receive.reserve(doubled);
        }
        &mut self.receive
    }

    /// Says that something was received.
    #[inline(always)]
    pub(crate) const fn note_received(&mut self) {
        self.has_bytes = true;
    }

    /// The receive buffer, emptied, to read what comes after the closing handshake.
    pub(crate) fn receive_past_end(&mut self) -> &mut ReadBuffer {
        self.receive.consume(self.receive.len());
        &mut self.receive
    }

    /// Where the connection is in its life.
    pub const fn state(&self) -> State<'_> {
        let is_closing = self.outbound.is_close_sent();
        match (&self.inbound.end, &self.stage) {
            (Some(End::Closed(code)), _) => State::Closed {
                code: *code,
                reason: &self.inbound.close_reason,
                clean: is_closing,
            },
            (Some(_), _) | (None, Stage::Failed(_)) => State::Closed {
                code: None,
                reason: "",
                clean: false,
            },
            (None, Stage::Handshake(_)) => State::Connecting,
            (None, Stage::Open) if is_closing => State::Closing,
            (None, Stage::Open) => State::Open,
        }
    }

    /// The reason in the peer's close frame, empty where there is none.
    pub const fn close_reason(&self) -> &str {
        &self.inbound.close_reason
    }

    /// Says that the peer will send no more. What it sent before is lent first.
    pub const fn handle_eof(&mut self) {
        self.eof = true;
    }

    /// Ends the connection with an error of the stream below.
    pub(crate) fn fail(&mut self, error: Error) {
        // A refusal that was received before says more.
        self.eof |= self.is_handshaking();
        self.advance_handshake();
        match &self.stage {
            Stage::Failed(Error::Io(_)) | Stage::Open | Stage::Handshake(_) => {
                self.set_failed(error);
            }
            Stage::Failed(_) => {}
        }
    }

    fn set_failed(&mut self, error: Error) {
        self.stage = Stage::Failed(error);
        self.outbound.set_open(false);
    }

    /// Says that the stream takes nothing any more.
    pub(crate) const fn note_write_failure(&mut self) {
        self.outbound.set_write_failed();
    }

    /// Returns true if nothing hinders receiving: the connection is open, and neither has ended nor failed on any side.
    #[inline(always)]
    pub(crate) const fn is_steady(&self) -> bool {
        self.outbound.lets_receive() && !self.eof
    }

    /// Lends the frames that have come; empty while the handshake lasts.
    ///
    /// # Errors
    ///
    /// Why the connection is over: each call says it again. Frames that came before are lent first.
    #[inline(always)]
    pub fn batch(&mut self) -> Result<Batch<'_>, Error> {
        let is_open = self.is_steady() || self.look_at_end()?;
        let (bytes, head) = self.receive.split();
        let bytes = if is_open { bytes } else { &[] };
        Ok(Batch::new(
            bytes,
            head,
            &mut self.inbound,
            &mut self.outbound,
        ))
    }

    /// Returns whether frames may come, and an error where none will come any more.
    #[inline(never)]
    fn look_at_end(&mut self) -> Result<bool, Error> {
        self.advance_handshake();
        let is_open = matches!(self.stage, Stage::Open) && self.inbound.end.is_none();
        if is_open && self.eof && !self.inbound.has_frame(self.receive.filled()) {
            self.set_failed(Error::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        if self.is_over() {
            self.inbound.end_is_told = true;
            return Err(self.tell_failure());
        }
        Ok(is_open)
    }

    /// Why the connection is over: the first time with its source, and then the same fact again.
    #[cold]
    fn tell_failure(&mut self) -> Error {
        match (self.inbound.end, &mut self.stage) {
            (None, Stage::Failed(error)) => {
                let again = error.again();
                std::mem::replace(error, again)
            }
            (end, _) => end.unwrap_or(End::Closed(None)).into(),
        }
    }

    /// Looks at what has come of the answer to the handshake.
    pub(crate) fn advance_handshake(&mut self) {
        while let Stage::Handshake(opening) = &mut self.stage {
            match opening.handshake.advance(self.receive.filled(), self.eof) {
                Ok(Progress::Interim(len)) => self.receive.consume(len),
                // Who answers before the request is there has not read it.
                Ok(Progress::Open(..)) if !opening.request.is_empty() => {
                    self.set_failed(HandshakeError::EarlyAnswer.into());
                }
                Ok(Progress::Open(response, len)) => {
                    if let Some(agreed) = &opening.handshake.agreed {
                        self.inbound.set_agreed(agreed);
                        self.outbound.set_agreed(agreed);
                    }
                    self.receive.consume(len);
                    self.response = Some(response);
                    self.stage = Stage::Open;
                    self.outbound.set_open(true);
                    self.was_open = true;
                }
                Ok(Progress::Partial) if self.eof => {
                    self.set_failed(Error::Io(io::ErrorKind::UnexpectedEof.into()));
                }
                Ok(Progress::Partial) => return,
                Err(error) => self.set_failed(error.into()),
            }
        }
    }

    /// Returns true if nothing is to be read from the peer any more.
    #[inline(always)]
    pub(crate) const fn is_read_out(&self) -> bool {
        self.eof || self.is_over()
    }

    /// Returns true if the next [`batch`](Self::batch) tells for the first time that the connection is over.
    #[inline]
    pub(crate) const fn has_end_to_tell(&self) -> bool {
        self.is_read_out() && !self.inbound.end_is_told
    }

    /// Returns true if a pong waits for room in the outbound buffer.
    #[inline]
    pub(crate) const fn has_unanswered_ping(&self) -> bool {
        self.outbound.has_unanswered()
    }

    /// Returns true if no frame will come any more.
    #[inline(always)]
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Failed(_)) || self.inbound.end.is_some()
    }

    /// Why the connection is over, if it is.
    pub(crate) fn failure(&self) -> Option<Error> {
        match (&self.inbound.end, &self.stage) {
            (Some(end), _) => Some((*end).into()),
            (None, Stage::Failed(error)) => Some(error.again()),
            (None, _) => None,
        }
    }

    /// Returns true if the opening handshake was completed, whatever came of the connection since.
    pub(crate) const fn was_open(&self) -> bool {
        self.was_open
    }

    /// Why nothing more is sent: not for a close frame or a broken rule, whose answers still leave.
    pub(crate) fn stream_failure(&self) -> Option<Error> {
        match &self.stage {
            Stage::Failed(error) => Some(error.again()),
            Stage::Handshake(_) | Stage::Open => None,
        }
    }

    /// Returns true while the opening handshake lasts.
    pub const fn is_handshaking(&self) -> bool {
        matches!(self.stage, Stage::Handshake(_))
    }

    /// Returns true if [`batch`](Self::batch) may have frames without further input.
    #[inline]
    pub const fn has_unread(&self) -> bool {
        self.inbound.unread
    }

    /// The server's answer to the handshake, once the connection is open.
    pub fn response(&self) -> Option<&Response> {
        self.response.as_deref()
    }

    /// Lends the bytes to send now: the handshake request, and once that is answered the frames.
    #[inline]
    pub fn outgoing(&self) -> &[u8] {
        match &self.stage {
            Stage::Handshake(opening) => opening.request.pending(),
            // The answer to a close frame or to a broken rule too.
            Stage::Open => self.outbound.buffer.pending(),
            Stage::Failed(_) => &[],
        }
    }

    /// Says that the first `count` bytes of [`outgoing`](Self::outgoing) are sent.
    #[inline]
    pub fn sent(&mut self, count: usize) {
        if let Some(buffer) = self.outgoing_buffer() {
            buffer.consume(count);
        }
        self.outbound.retry_pong();
        self.advance_backlog();
    }

    /// Returns true if a payload of `len` bytes may be refused unless what waits is sent first.
    pub(crate) const fn is_tight(&self, len: usize) -> bool {
        self.outbound.is_tight(len)
    }

    /// Lets the messages that wait in front of the outbound buffer have it, once the connection is open.
    fn advance_backlog(&mut self) {
        if matches!(self.stage, Stage::Open) {
            self.outbound.advance_backlog();
        }
    }

    /// Returns true if messages wait in front of the outbound buffer.
    pub(crate) const fn has_backlog(&self) -> bool {
        self.outbound.has_backlog()
    }

    /// How many messages were kept from being sent because the peer was too slow.
    pub const fn slow_consumer_counts(&self) -> SlowConsumerCounts {
        self.outbound.counts
    }

    /// The buffer behind [`outgoing`](Self::outgoing); `None` where nothing may be sent any more.
    #[inline(always)]
    pub(crate) fn outgoing_buffer(&mut self) -> Option<&mut WriteBuffer> {
        self.outbound.retry_pong();
        self.advance_backlog();
        match &mut self.stage {
            Stage::Open => Some(&mut self.outbound.buffer),
            Stage::Handshake(opening) => Some(&mut opening.request),
            Stage::Failed(_) => None,
        }
    }

    /// The outbound buffer of an open connection.
    #[inline(always)]
    pub(crate) const fn frames_out(&mut self) -> &mut WriteBuffer {
        &mut self.outbound.buffer
    }

    #[inline(always)]
    pub(crate) fn check_open(&mut self) -> Result<(), Error> {
        if self.is_over() {
            return Err(self.tell_failure());
        }
        Ok(())
    }

    /// Returns true once a close frame of ours is queued or sent.
    pub const fn is_closing(&self) -> bool {
        self.outbound.is_close_sent()
    }
}
