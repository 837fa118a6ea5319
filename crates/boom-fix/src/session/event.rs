//! What a session tells.

use super::error::DisconnectReason;
use crate::message::Message;

/// What has happened on a session.
///
/// # Examples
///
/// ```
/// use boom_fix::session::{DisconnectReason, Event};
///
/// fn is_over(event: &Event<'_>) -> bool {
///     matches!(event, Event::Disconnected(_))
/// }
/// assert!(is_over(&Event::Disconnected(DisconnectReason::LoggedOut)));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The peer's logon. An acceptor answers it when it is polled next, unless the application refuses it before by
    /// [`refuse_logon`](super::Session::refuse_logon).
    Logon(Message<'a>),
    /// Both sides have logged on: messages may be sent.
    LoggedOn,
    /// An application message, in order. The number counts as received when the session is polled next.
    Message(Received<'a>),
    /// The peer rejects one of our messages (35=3).
    Reject(Message<'a>),
    /// A message of the peer broke the rules and was rejected; the application does not get it. Of a malformed message,
    /// this is what stands before the fault.
    Rejected {
        /// The message.
        message: Message<'a>,
        /// Why.
        refusal: Refusal,
    },
    /// The peer logs out (35=5), maybe with a reason in `Text` (58). The session answers when it is polled next.
    Logout(Message<'a>),
    /// These messages are missing; the peer was asked for them, and what follows them waits.
    Gap {
        /// The first that is missing.
        from: u64,
        /// The last that is known to be missing.
        to: u64,
    },
    /// These messages will never come: the peer has set its numbers forward, or cannot send them again.
    Missed {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// A message that waited in the store was not there when its turn came, and the peer was told to go on without it.
    NotSent {
        /// Its number.
        number: u64,
    },
    /// The peer has answered our [`test_request`](super::Session::test_request).
    TestAnswered {
        /// How long that took, from the sending to the polling.
        round_trip_ns: u64,
    },
    /// The session wants the connection closed, or it is.
    Disconnected(DisconnectReason),
}

/// An application message.
///
/// # Examples
///
/// ```
/// use boom_fix::FieldError;
/// use boom_fix::session::Received;
///
/// fn order_id<'a>(received: &Received<'a>) -> Result<&'a str, FieldError> {
///     received.message.text(11)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Received<'a> {
    /// The message.
    pub message: Message<'a>,
    /// Its `MsgSeqNum` (34).
    pub number: u64,
    /// `PossDupFlag` (43): it was sent before. The session gives it because it had not come yet, as far as the store knows.
    pub is_poss_dup: bool,
    /// `PossResend` (97): the same content may have come under another number.
    pub is_poss_resend: bool,
}

/// Why a message was rejected: `SessionRejectReason` (373) and `RefTagID` (371).
///
/// # Examples
///
/// ```
/// use boom_fix::session::Refusal;
///
/// assert_eq!(Refusal::new(9, None).text(), "CompID problem");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The number of the reason.
    pub code: u32,
    /// The tag that it is about.
    pub ref_tag: Option<i64>,
}

impl Refusal {
    /// A reason by its number.
    pub const fn new(code: u32, ref_tag: Option<i64>) -> Self {
        Self { code, ref_tag }
    }

    /// The reason in words, for `Text` (58).
    pub const fn text(self) -> &'static str {
        match self.code {
            0 => "Invalid tag number",
            1 => "Required tag missing",
            2 => "Tag not defined for this message type",
            3 => "Undefined Tag",
            4 => "Tag specified without a value",
            5 => "Value is incorrect (out of range) for this tag",
            6 => "Incorrect data format for value",
            7 => "Decryption problem",
            8 => "Signature problem",
            9 => "CompID problem",
            10 => "SendingTime accuracy problem",
            11 => "Invalid MsgType",
            13 => "Tag appears more than once",
            14 => "Tag specified out of required order",
            15 => "Repeating group fields out of order",
            16 => "Incorrect NumInGroup count for repeating group",
            17 => "Non \"data\" value includes field delimiter",
            18 => "Invalid/Unsupported Application Version",
            _ => "Other",
        }
    }
}

/// What an event is, without the message that it lends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lent {
    Logon,
    Message {
        number: u64,
        is_poss_dup: bool,
        is_poss_resend: bool,
    },
    Reject,
    Rejected(Refusal),
    Logout,
}

impl Lent {
    pub(super) const fn with(self, message: Message<'_>) -> Event<'_> {
        match self {
            Self::Logon => Event::Logon(message),
            Self::Message {
                number,
                is_poss_dup,
                is_poss_resend,
            } => Event::Message(Received {
                message,
                number,
                is_poss_dup,
                is_poss_resend,
            }),
            Self::Reject => Event::Reject(message),
            Self::Rejected(refusal) => Event::Rejected { message, refusal },
            Self::Logout => Event::Logout(message),
        }
    }
}
