//! The session itself: which state it is in, and what comes next.

mod gap;
mod header;
mod hours;
mod logon;
mod probe;
mod receive;
mod refuse;
mod resend;
mod send;
mod throttle;
mod timing;

use std::collections::VecDeque;
use std::fmt;

use boom_stream::buffer::WriteBuffer;

pub use logon::LogonWriter;
pub use refuse::Rejection;

use self::gap::Gap;
use self::header::HeaderText;
use self::hours::Hours;
use self::logon::{LogonHook, Peer};
use self::probe::Probe;
use self::receive::Pending;
use self::resend::{Again, ResendFilter};
use self::throttle::Throttle;
use super::clock::Now;
use super::config::SessionConfig;
use super::error::{DisconnectReason, SessionError};
use super::event::{Event, Lent};
use super::inbox::{Inbox, Taken};
use super::log::{Direction, MessageLog};
use super::statistics::Statistics;
use super::store::Store;
use crate::encoder::Encoder;
use crate::message::Message;

type Result<T> = std::result::Result<T, SessionError>;

/// Where a session is between two connections.
///
/// ```text
///                connected()            logon answered
///  Disconnected ------------> LogonSent ---------------+
///     ^   |      (initiator)                           v     logout()
///     |   +-----------------> AwaitingLogon -----> LoggedOn -----------> LogoutSent
///     |          (acceptor)        logon, answered     |   or a fault        |
///     +------------------------------------------------+---------------------+
/// ```
///
/// # Examples
///
/// ```
/// use boom_fix::session::State;
///
/// assert_ne!(State::LoggedOn, State::LogoutSent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// There is no connection, or it is to be closed.
    Disconnected,
    /// An acceptor waits for the peer's logon.
    AwaitingLogon,
    /// An initiator waits for the answer to its logon.
    LogonSent,
    /// Messages go both ways.
    LoggedOn,
    /// Our `Logout` waits for its answer; what comes until then is still taken.
    LogoutSent,
}

/// One session, as initiator or acceptor. It outlives connections.
///
/// The [module](super) has the drive contract and an example of both roles.
///
/// # Examples
///
/// ```
/// use boom_fix::BeginString;
/// use boom_fix::session::{MemoryStore, Now, Session, SessionConfig, SessionError, State};
///
/// let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
/// let mut session = Session::new(config, MemoryStore::new())?;
/// session.connected(Now::default())?;
/// assert_eq!(session.state(), State::LogonSent);
/// assert!(session.outgoing().starts_with(b"8=FIX.4.4\x01"));
/// # Ok::<(), SessionError>(())
/// ```
pub struct Session<T> {
    config: SessionConfig,
    store: T,
    encoder: Encoder,
    header: HeaderText,
    out: WriteBuffer,
    state: State,
    is_closing: bool,
    /// What is to be done about the message that was lent last.
    pending: Option<Pending>,
    notices: VecDeque<Event<'static>>,
    peer: Peer,
    gap: Option<Gap>,
    /// The peer has nothing to send again below this number.
    filled_to: u64,
    again: Again,
    last_sent_ns: u64,
    last_received_ns: u64,
    /// When our `TestRequest` was sent that nothing has answered.
    test_request_ns: Option<u64>,
    /// When the logon or logout has to be done.
    deadline_ns: Option<u64>,
    throttle: Option<Throttle>,
    statistics: Statistics,
    logon_hook: Option<LogonHook>,
    resend_filter: Option<ResendFilter>,
    hours: Hours,
    probe: Probe,
    log: Option<MessageLog>,
}

/// What one step of [`Session::poll_event`] came to.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// There may be more.
    Again,
    Idle,
    /// The message that was taken last goes to the application.
    Lend(Lent),
    Tell(Event<'static>),
}

impl<T: Store> Session<T> {
    /// A session that goes on where its store says.
    ///
    /// # Errors
    ///
    /// A name or another field of the header is empty or holds the delimiter.
    pub fn new(config: SessionConfig, store: T) -> Result<Self> {
        let encoder = Encoder::new(config.begin_string, &config.sender, &config.target)?;
        let header = HeaderText::new(&config)?;
        let room = config.max_message_bytes.saturating_add(header::MARGIN);
        // Behind the message that passes the limit there is room for one of the session itself.
        let limit = config
            .max_outbound_bytes
            .saturating_add(room.saturating_mul(2));
        Ok(Self {
            out: WriteBuffer::new(room.saturating_mul(2).min(limit), limit),
            peer: Peer::new(&config),
            throttle: config.throttle.map(Throttle::new),
            hours: Hours::new(&config),
            encoder,
            header,
            config,
            store,
            state: State::Disconnected,
            is_closing: false,
            pending: None,
            notices: VecDeque::with_capacity(8),
            gap: None,
            filled_to: 0,
            again: Again::new(),
            last_sent_ns: 0,
            last_received_ns: 0,
            test_request_ns: None,
            deadline_ns: None,
            statistics: Statistics::default(),
            logon_hook: None,
            resend_filter: None,
            probe: Probe::default(),
            log: None,
        })
    }

    /// A connection was made: an initiator logs on, unless it is out of hours, an acceptor waits for the logon.
    ///
    /// Bytes of an earlier connection that were not sent are dropped.
    ///
    /// # Errors
    ///
    /// The logon could not be written or kept.
    pub fn connected(&mut self, now: Now) -> Result<()> {
        self.disconnected(now)?;
        self.notices.clear();
        self.last_received_ns = now.monotonic_ns;
        self.last_sent_ns = now.monotonic_ns;
        self.deadline_ns = Some(timing::after(now, self.config.logon_timeout));
        self.remark("connected", now);
        if self.config.is_initiator {
            self.state = State::LogonSent;
            if !self.enter_hours(now)? {
                return self.close(DisconnectReason::OutOfHours, now);
            }
            self.start_logon(now)
        } else {
            self.state = State::AwaitingLogon;
            Ok(())
        }
    }

    /// The connection is closed, by whomever. The message that was lent last counts as received.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub fn disconnected(&mut self, now: Now) -> Result<()> {
        let received = self.finish_received();
        let closed = self.close(DisconnectReason::ConnectionEnded, now);
        self.out.consume(self.out.len());
        self.is_closing = false;
        received.and(closed)
    }

    /// Takes what came out of the inbox, up to the next thing to tell. Call it until it gives `None`.
    ///
    /// # Errors
    ///
    /// The store failed, or more waits for the peer than may. The connection should be closed: the next one starts from
    /// what is kept.
    pub fn poll_event<'a>(&mut self, inbox: &'a mut Inbox, now: Now) -> Result<Option<Event<'a>>> {
        loop {
            match self.step(inbox, now)? {
                Step::Again => {}
                Step::Idle => return Ok(None),
                Step::Tell(event) => return Ok(Some(event)),
                Step::Lend(lent) => return Ok(Some(lent.with(inbox.message()))),
            }
        }
    }

    fn step(&mut self, inbox: &mut Inbox, now: Now) -> Result<Step> {
        if self.pending.is_some() {
            self.finish_pending(inbox, now)?;
        }
        if let Some(notice) = self.notices.pop_front() {
            return Ok(Step::Tell(notice));
        }
        if self.state == State::Disconnected {
            return Ok(Step::Idle);
        }
        self.pump(now)?;
        if self.gap.is_some() || inbox.ahead() > 0 || self.filled_to > 0 {
            let step = self.step_behind_gap(inbox, now)?;
            if !matches!(step, Step::Idle) {
                return Ok(step);
            }
        }
        self.step_input(inbox, now)
    }

    fn step_input(&mut self, inbox: &mut Inbox, now: Now) -> Result<Step> {
        let garbled = inbox.garbled();
        let taken = inbox.take();
        let garbled = inbox.garbled() - garbled;
        self.statistics.garbled += garbled;
        if garbled > 0 && matches!(self.state, State::AwaitingLogon | State::LogonSent) {
            // Nobody who speaks FIX starts like this.
            self.close(DisconnectReason::NotALogon, now)?;
            return Ok(Step::Again);
        }
        match taken {
            Taken::Nothing => Ok(Step::Idle),
            Taken::TooLong => {
                self.log_out_and_close("Message too long", DisconnectReason::MessageTooLong, now)?;
                Ok(Step::Again)
            }
            Taken::Malformed(error) => {
                let tag = inbox.malformed_tag();
                let (message, _) = inbox.parts();
                self.count_received(&message, now);
                self.malformed(&message, error, tag, now)
            }
            Taken::Message => {
                let (message, ahead) = inbox.parts();
                self.count_received(&message, now);
                self.receive(&message, ahead, now)
            }
        }
    }

    fn count_received(&mut self, message: &Message<'_>, now: Now) {
        self.statistics.messages_received += 1;
        self.statistics.bytes_received += message.as_bytes().len() as u64;
        if let Some(log) = &mut self.log {
            log.message(Direction::Inbound, now.unix_ns, message.as_bytes());
        }
        self.last_received_ns = now.monotonic_ns;
        self.test_request_ns = None;
    }

    /// What is to be sent: at most what [`SessionConfig::with_max_outbound`] permits and one message.
    pub fn outgoing(&self) -> &[u8] {
        self.out.pending()
    }

    /// So many bytes of [`outgoing`](Self::outgoing) were sent.
    pub fn sent(&mut self, count: usize) {
        self.out.consume(count);
    }

    pub(super) fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }

    pub(super) const fn out_mut(&mut self) -> &mut WriteBuffer {
        &mut self.out
    }

    /// Returns true if the connection is to be closed, once everything is sent.
    pub const fn is_closing(&self) -> bool {
        self.is_closing
    }

    /// Returns true if messages go both ways.
    pub const fn is_logged_on(&self) -> bool {
        matches!(self.state, State::LoggedOn)
    }

    /// The state.
    pub const fn state(&self) -> State {
        self.state
    }

    /// What it was made with.
    pub const fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// What it counts.
    pub const fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// What it remembers.
    pub const fn store(&self) -> &T {
        &self.store
    }

    /// What it remembers, to set numbers by hand between connections.
    pub const fn store_mut(&mut self) -> &mut T {
        &mut self.store
    }

    /// `DefaultApplVerID` (1137) of the peer's logon, or ours where the peer has told none.
    pub fn default_appl_ver_id(&self) -> Option<&str> {
        self.peer.appl_ver_id.as_deref()
    }

    /// The agreed heartbeat interval in nanoseconds, 0 if there are no heartbeats.
    pub const fn heartbeat_ns(&self) -> u64 {
        self.peer.heartbeat_ns
    }

    /// Adds fields to our logons, by what of the message stands already: a signature, a token, a number of the day.
    ///
    /// # Examples
    ///
    /// `RawData` (96) with a sum in the place of a signature:
    ///
    /// ```
    /// use boom_fix::BeginString;
    /// use boom_fix::session::{MemoryStore, Now, Session, SessionConfig, SessionError};
    ///
    /// let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    /// let mut session = Session::new(config, MemoryStore::new())?;
    /// session.on_logon(|logon| {
    ///     // `35=A|34=1|49=BUYER|52=...|56=VENUE|98=0|108=30|`, as it will be sent.
    ///     let sum: u32 = logon.written().iter().map(|&byte| u32::from(byte)).sum();
    ///     logon.fields().data(95, 96, sum.to_string().as_bytes());
    /// });
    /// session.connected(Now::default())?;
    /// let logon = String::from_utf8_lossy(session.outgoing());
    /// assert!(logon.contains("\x01108=30\x0195=4\x0196="), "{logon}");
    /// # Ok::<(), SessionError>(())
    /// ```
    pub fn on_logon(&mut self, hook: impl FnMut(&mut LogonWriter<'_, '_>) + Send + 'static) {
        self.logon_hook = Some(LogonHook(Box::new(hook)));
    }

    /// Asks `is_wanted` before an application message is sent again; for one that is not, the peer is told to go on
    /// without it.
    pub fn on_resend(&mut self, is_wanted: impl FnMut(&Message<'_>) -> bool + Send + 'static) {
        self.resend_filter = Some(ResendFilter(Box::new(is_wanted)));
    }

    /// Logs what comes and goes from now on: each message once it is read or put into [`outgoing`](Self::outgoing), with the
    /// time that was given with it, and when connections begin and end and why.
    ///
    /// The stamps tell how long an answer took, if whoever drives the session gives it the time anew for each. Of what is
    /// garbled, nothing is logged; of a malformed message, what stands before the fault. The session goes on
    /// whatever becomes of the log: what happens when it cannot keep up, or its disk is full, is said in
    /// [`log`](super::log).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use boom_fix::session::{MemoryStore, Session, log::MessageLog};
    /// # fn start(session: &mut Session<MemoryStore>) -> std::io::Result<()> {
    /// let file = std::fs::File::options().append(true).create(true).open("venue.log")?;
    /// session.log_to(MessageLog::builder().start(file)?);
    /// # Ok(()) }
    /// ```
    pub fn log_to(&mut self, log: MessageLog) {
        self.log = Some(log);
    }

    /// The log, to see what became of its lines.
    pub const fn log(&self) -> Option<&MessageLog> {
        self.log.as_ref()
    }

    /// The log, to add remarks to it or to wait until it is written.
    pub const fn log_mut(&mut self) -> Option<&mut MessageLog> {
        self.log.as_mut()
    }

    /// Takes the log out; nothing is logged any more.
    pub const fn take_log(&mut self) -> Option<MessageLog> {
        self.log.take()
    }

    fn remark(&mut self, remark: &str, now: Now) {
        if let Some(log) = &mut self.log {
            log.remark(now.unix_ns, remark);
        }
    }

    /// Both numbers become 1 and all messages are forgotten. Between connections only: during one, the peer would not know.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub fn reset(&mut self, now: Now) -> Result<()> {
        self.pending = None;
        self.forget_gaps();
        self.store.reset(now.unix_ns)?;
        Ok(())
    }

    fn forget_gaps(&mut self) {
        self.gap = None;
        self.filled_to = 0;
        self.again.stop();
    }

    /// The connection is to be closed.
    fn close(&mut self, reason: DisconnectReason, now: Now) -> Result<()> {
        if self.state == State::Disconnected {
            return Ok(());
        }
        self.state = State::Disconnected;
        self.is_closing = true;
        self.statistics.disconnects += 1;
        self.deadline_ns = None;
        self.test_request_ns = None;
        self.probe.stop();
        self.peer.sent_reset = false;
        let ahead = self.last_ahead();
        self.forget_gaps();
        // Before a reset: it has been seen. An answer that waits is not sent any more.
        let received = self.finish_received();
        let is_logout = reason == DisconnectReason::LoggedOut;
        let resets = self.config.resets;
        let is_reset = resets.on_disconnect || (is_logout && resets.on_logout);
        if is_reset {
            self.tell_missed(ahead);
        }
        let told = self.hours.reason(reason);
        self.hours.stop();
        self.notices.push_back(Event::Disconnected(told));
        if let Some(log) = &mut self.log {
            log.remark(now.unix_ns, &format!("disconnected: {told}"));
        }
        if is_reset {
            self.store.reset(now.unix_ns)?;
        }
        received
    }
}

impl<T: fmt::Debug> fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("config", &self.config)
            .field("store", &self.store)
            .field("state", &self.state)
            .field("gap", &self.gap)
            .field("out", &self.out)
            .field("statistics", &self.statistics)
            .finish_non_exhaustive()
    }
}
