//! What a session is to be like.

use std::fmt;
use std::time::Duration;

#[cfg(feature = "schedule")]
use super::schedule::{Rules, Schedule};
use crate::dictionary::Dictionary;
use crate::encoder::BeginString;
use crate::validate::Validator;
use crate::value::Precision;

/// Names, times and limits of a session.
///
/// # Examples
///
/// ```
/// use boom_fix::BeginString;
/// use boom_fix::session::SessionConfig;
/// use std::time::Duration;
///
/// let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE")
///     .with_heartbeat(Duration::from_secs(10))
///     .with_credentials("desk-1", "secret")
///     .with_resend_chunk(1_000)
///     // What this venue calls cancel-on-disconnect.
///     .with_logon_field(35_002, "Y");
/// assert!(!format!("{config:?}").contains("secret"));
/// ```
#[derive(Clone)]
pub struct SessionConfig {
    pub(super) is_initiator: bool,
    pub(super) begin_string: BeginString,
    pub(super) sender: String,
    pub(super) target: String,
    pub(super) header_fields: Vec<(u32, String)>,
    pub(super) logon_fields: Vec<(u32, String)>,
    pub(super) heartbeat: Duration,
    pub(super) allowance_percent: u32,
    pub(super) logon_timeout: Duration,
    pub(super) logout_timeout: Duration,
    pub(super) time_accuracy: Option<Duration>,
    pub(super) precision: Precision,
    pub(super) credentials: Option<(String, String)>,
    pub(super) default_appl_ver_id: Option<String>,
    pub(super) max_message_bytes: usize,
    pub(super) announced_max_message: Option<usize>,
    pub(super) next_expected: bool,
    pub(super) resets: Resets,
    pub(super) resend_chunk: Option<u64>,
    pub(super) resend_patience: Option<Duration>,
    pub(super) requires_orig_sending_time: bool,
    pub(super) test_req_id: String,
    pub(super) offline: OfflineSend,
    pub(super) max_outbound_bytes: usize,
    pub(super) slow_consumer: SlowConsumer,
    pub(super) throttle: Option<(u32, Duration)>,
    pub(super) validator: Option<Validator>,
    pub(super) admin_validator: Option<Validator>,
    pub(super) appl_validators: Vec<(String, Validator)>,
    #[cfg(feature = "schedule")]
    pub(super) schedule: Option<Rules>,
}

/// When both numbers become 1 again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Resets {
    pub(super) on_logon: bool,
    pub(super) on_logout: bool,
    pub(super) on_disconnect: bool,
}

/// What becomes of messages that are sent while there is no logon.
///
/// # Examples
///
/// ```
/// assert_eq!(boom_fix::session::OfflineSend::default(), boom_fix::session::OfflineSend::Refuse);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfflineSend {
    /// They are refused.
    #[default]
    Refuse,
    /// They get their numbers and are kept in the store. After the next logon the peer finds the gap and asks for them,
    /// and gets them with `PossDupFlag` (43); what was sent after our own logon goes out with the answer to it. A reset of
    /// the numbers loses them.
    Queue,
}

/// What to do when more bytes wait for the peer than may.
///
/// # Examples
///
/// ```
/// assert_eq!(boom_fix::session::SlowConsumer::default(), boom_fix::session::SlowConsumer::Refuse);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlowConsumer {
    /// Sends are refused until the peer has taken some.
    #[default]
    Refuse,
    /// The connection is closed too.
    Disconnect,
}

impl SessionConfig {
    /// A session that connects and logs on.
    pub fn initiator(begin_string: BeginString, sender: &str, target: &str) -> Self {
        Self::new(true, begin_string, sender, target)
    }

    /// A session that is connected to. It takes `HeartBtInt` (108) and `DefaultApplVerID` (1137) from the logon.
    pub fn acceptor(begin_string: BeginString, sender: &str, target: &str) -> Self {
        Self::new(false, begin_string, sender, target)
    }

    fn new(is_initiator: bool, begin_string: BeginString, sender: &str, target: &str) -> Self {
        let has_fractions = !matches!(begin_string, BeginString::Fix40 | BeginString::Fix41);
        Self {
            is_initiator,
            begin_string,
            sender: sender.to_owned(),
            target: target.to_owned(),
            header_fields: Vec::new(),
            logon_fields: Vec::new(),
            heartbeat: Duration::from_secs(30),
            allowance_percent: 20,
            logon_timeout: Duration::from_secs(10),
            logout_timeout: Duration::from_secs(2),
            time_accuracy: Some(Duration::from_secs(120)),
            precision: if has_fractions {
                Precision::Millis
            } else {
                Precision::Seconds
            },
            credentials: None,
            default_appl_ver_id: None,
            max_message_bytes: 1 << 16,
            announced_max_message: None,
            next_expected: false,
            resets: Resets::default(),
            resend_chunk: None,
            resend_patience: Some(Duration::from_secs(30)),
            requires_orig_sending_time: true,
            test_req_id: "TEST".to_owned(),
            offline: OfflineSend::Refuse,
            max_outbound_bytes: 1 << 20,
            slow_consumer: SlowConsumer::Refuse,
            throttle: None,
            validator: None,
            admin_validator: None,
            appl_validators: Vec::new(),
            #[cfg(feature = "schedule")]
            schedule: None,
        }
    }

    /// A field that every message has in its header: `SenderSubID` (50), `TargetSubID` (57), ...
    #[must_use]
    pub fn with_header_field(mut self, tag: u32, value: &str) -> Self {
        self.header_fields.push((tag, value.to_owned()));
        self.header_fields.sort_by_key(|&(tag, _)| tag);
        self
    }

    /// A field that our logon has: what a venue wants to know, cancel-on-disconnect among it.
    #[must_use]
    pub fn with_logon_field(mut self, tag: u32, value: &str) -> Self {
        self.logon_fields.push((tag, value.to_owned()));
        self
    }

    /// `Username` (553) and `Password` (554) of our logon. Not shown by `Debug`.
    #[must_use]
    pub fn with_credentials(mut self, username: &str, password: &str) -> Self {
        self.credentials = Some((username.to_owned(), password.to_owned()));
        self
    }

    /// The heartbeat interval that an initiator asks for, in whole seconds; 30 seconds without this, none if it is zero.
    #[must_use]
    pub const fn with_heartbeat(mut self, interval: Duration) -> Self {
        self.heartbeat = interval;
        self
    }

    /// How much longer than the heartbeat interval the peer may be silent before it gets a `TestRequest`, in percent of
    /// the interval; 20 without this. It has another interval to answer.
    #[must_use]
    pub const fn with_transmission_allowance(mut self, percent: u32) -> Self {
        self.allowance_percent = percent;
        self
    }

    /// How long to wait for a logon; ten seconds without this.
    #[must_use]
    pub const fn with_logon_timeout(mut self, timeout: Duration) -> Self {
        self.logon_timeout = timeout;
        self
    }

    /// How long to wait for the answer to our `Logout`; two seconds without this.
    #[must_use]
    pub const fn with_logout_timeout(mut self, timeout: Duration) -> Self {
        self.logout_timeout = timeout;
        self
    }

    /// How far the peer's `SendingTime` (52) may be from our clock; two minutes without this, anything if `None`.
    #[must_use]
    pub const fn with_time_accuracy(mut self, accuracy: Option<Duration>) -> Self {
        self.time_accuracy = accuracy;
        self
    }

    /// The precision of `SendingTime` (52). Milliseconds without this, and seconds in FIX 4.0 and 4.1.
    #[must_use]
    pub const fn with_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// `DefaultApplVerID` (1137) of our logon over FIXT.1.1: `7` is FIX 5.0, `8` SP1, `9` SP2.
    #[must_use]
    pub fn with_default_appl_ver_id(mut self, version: &str) -> Self {
        self.default_appl_ver_id = Some(version.to_owned());
        self
    }

    /// The longest message that can be sent, in bytes; 64 KiB without this.
    #[must_use]
    pub const fn with_max_message_bytes(mut self, max: usize) -> Self {
        self.max_message_bytes = max;
        self
    }

    /// Tells the peer by `MaxMessageSize` (383) of our logon how long a message we take: what the
    /// [`Inbox`](super::Inbox) does. What the peer tells is kept to without this.
    #[must_use]
    pub const fn with_max_message_announced(mut self, bytes: usize) -> Self {
        self.announced_max_message = Some(bytes);
        self
    }

    /// Whether logons have `NextExpectedMsgSeqNum` (789), from FIX 4.4 on: what the other side lacks is then sent without
    /// a `ResendRequest`. Both sides must want it.
    #[must_use]
    pub const fn with_next_expected(mut self, used: bool) -> Self {
        self.next_expected = used;
        self
    }

    /// Whether both numbers become 1 with each logon: an initiator asks for it by `ResetSeqNumFlag` (141), an acceptor
    /// just does it.
    #[must_use]
    pub const fn with_reset_on_logon(mut self, reset: bool) -> Self {
        self.resets.on_logon = reset;
        self
    }

    /// Whether both numbers become 1 after each logout.
    #[must_use]
    pub const fn with_reset_on_logout(mut self, reset: bool) -> Self {
        self.resets.on_logout = reset;
        self
    }

    /// Whether both numbers become 1 after each disconnect.
    #[must_use]
    pub const fn with_reset_on_disconnect(mut self, reset: bool) -> Self {
        self.resets.on_disconnect = reset;
        self
    }

    /// How many messages one `ResendRequest` asks for; all that are missing without this.
    #[must_use]
    pub const fn with_resend_chunk(mut self, messages: u64) -> Self {
        self.resend_chunk = Some(if messages == 0 { 1 } else { messages });
        self
    }

    /// How long to wait for what is missing before it is asked for again, three times at most; thirty seconds without this,
    /// for ever if `None`.
    #[must_use]
    pub const fn with_resend_patience(mut self, patience: Option<Duration>) -> Self {
        self.resend_patience = patience;
        self
    }

    /// Whether a message with `PossDupFlag` (43) must have `OrigSendingTime` (122), as the standard wants; true without
    /// this.
    #[must_use]
    pub const fn with_orig_sending_time_required(mut self, required: bool) -> Self {
        self.requires_orig_sending_time = required;
        self
    }

    /// `TestReqID` (112) of our `TestRequest`s; `TEST` without this.
    #[must_use]
    pub fn with_test_req_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.test_req_id);
        self
    }

    /// What becomes of messages sent while there is no logon; they are refused without this.
    #[must_use]
    pub const fn with_offline_send(mut self, offline: OfflineSend) -> Self {
        self.offline = offline;
        self
    }

    /// How many bytes may wait for the peer, and what to do when it reads too slowly for that; 1 MiB and
    /// [`SlowConsumer::Refuse`] without this.
    #[must_use]
    pub const fn with_max_outbound(mut self, bytes: usize, then: SlowConsumer) -> Self {
        self.max_outbound_bytes = bytes;
        self.slow_consumer = then;
        self
    }

    /// At most so many application messages in any such time; sends above that are refused.
    #[must_use]
    pub const fn with_throttle(mut self, messages: u32, each: Duration) -> Self {
        self.throttle = Some((if messages == 0 { 1 } else { messages }, each));
        self
    }

    /// Holds what the peer sends against a dictionary, tags from 5000 on included, and rejects what does not fit.
    #[must_use]
    pub fn with_dictionary(self, dictionary: &'static Dictionary) -> Self {
        self.with_validator(Validator::new(dictionary).with_user_defined_checked(true))
    }

    /// Holds what the peer sends against a dictionary, by a validator that was made for it.
    #[must_use]
    pub fn with_validator(mut self, validator: Validator) -> Self {
        self.validator = Some(validator);
        self
    }

    /// Holds the messages of the session itself against another dictionary: that of FIXT.1.1, where the first is one of
    /// FIX 5.0.
    #[must_use]
    pub fn with_transport_dictionary(mut self, dictionary: &'static Dictionary) -> Self {
        self.admin_validator = Some(Validator::new(dictionary).with_user_defined_checked(true));
        self
    }

    /// Over FIXT.1.1, holds application messages of one version of FIX against its dictionary: those whose `ApplVerID`
    /// (1128) is this, and those without one where it is the session's `DefaultApplVerID` (1137). Call it once for each
    /// version that is taken: `7` is FIX 5.0, `8` SP1, `9` SP2, and `2` to `6` are FIX 4.0 to 4.4.
    ///
    /// A message of another version is held against the dictionary of [`with_dictionary`](Self::with_dictionary), and
    /// rejected (18, "Invalid/Unsupported Application Version") where there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_fix::dictionary::Dictionary;
    /// use boom_fix::{BeginString, session::SessionConfig};
    ///
    /// fn config(sp1: &'static Dictionary, sp2: &'static Dictionary) -> SessionConfig {
    ///     SessionConfig::acceptor(BeginString::Fixt11, "VENUE", "BUYER")
    ///         .with_application_dictionary("8", sp1)
    ///         .with_application_dictionary("9", sp2)
    /// }
    /// ```
    #[must_use]
    pub fn with_application_dictionary(
        self,
        appl_ver_id: &str,
        dictionary: &'static Dictionary,
    ) -> Self {
        let validator = Validator::new(dictionary).with_user_defined_checked(true);
        self.with_application_validator(appl_ver_id, validator)
    }

    /// The same by a validator that was made for it.
    #[must_use]
    pub fn with_application_validator(mut self, appl_ver_id: &str, validator: Validator) -> Self {
        self.appl_validators
            .retain(|(version, _)| version != appl_ver_id);
        self.appl_validators
            .push((appl_ver_id.to_owned(), validator));
        self
    }

    /// When the session is open.
    ///
    /// - With the first logon of each session both numbers become 1, on either side by its own schedule, also where the
    ///   process was down when the session began: what counts is when the store's numbers began.
    /// - Outside of session time an initiator sends no logon, and an acceptor answers one with a `Logout`; either ends the
    ///   connection for [`DisconnectReason::OutOfHours`](super::DisconnectReason::OutOfHours).
    /// - At the end of session time, and where a pause for a holiday begins, the session logs out and the connection
    ///   ends, for the same reason.
    /// - [`Session::next_session_ns`](super::Session::next_session_ns) says when to connect.
    /// - What is sent offline by [`OfflineSend::Queue`] is refused outside of session time.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_fix::BeginString;
    /// use boom_fix::session::schedule::{Schedule, ScheduleError};
    /// use boom_fix::session::SessionConfig;
    ///
    /// let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE")
    ///     .with_schedule(Schedule::daily("08:00", "17:30", "Europe/London")?);
    /// # Ok::<(), ScheduleError>(())
    /// ```
    #[cfg(feature = "schedule")]
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = Some(schedule.into_rules());
        self
    }

    pub(super) fn logout_timeout_ns(&self) -> u64 {
        u64::try_from(self.logout_timeout.as_nanos()).unwrap_or(u64::MAX)
    }

    pub(super) const fn is_before_42(&self) -> bool {
        matches!(self.begin_string, BeginString::Fix40 | BeginString::Fix41)
    }

    pub(super) const fn is_fixt(&self) -> bool {
        matches!(self.begin_string, BeginString::Fixt11)
    }
}

/// Says nothing of credentials and other fields of the logon.
impl fmt::Debug for SessionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionConfig")
            .field("is_initiator", &self.is_initiator)
            .field("begin_string", &self.begin_string)
            .field("sender", &self.sender)
            .field("target", &self.target)
            .field("heartbeat", &self.heartbeat)
            .finish_non_exhaustive()
    }
}
