//! The standard header: of our messages, written; of the peer's, read.

use super::super::config::SessionConfig;
use crate::encoder::{Encoder, MessageWriter};
use crate::error::EncodeError;
use crate::fields::SOH;
use crate::message::Message;
use crate::value::UtcTimestamp;

/// What every header has, in the order of the tags: that of QuickFIX, in which most engines send.
#[derive(Debug)]
pub(super) struct HeaderText {
    /// `49=BUYER|` and what else comes before `SendingTime`.
    before: Vec<u8>,
    before_fields: usize,
    /// `56=VENUE|` and what else comes behind it.
    after: Vec<u8>,
    after_fields: usize,
}

/// What the encoder wants above the longest message.
pub(super) const MARGIN: usize = 128;

const SENDING_TIME: u32 = 52;

impl HeaderText {
    pub(super) fn new(config: &SessionConfig) -> Result<Self, EncodeError> {
        let mut text = Self {
            before: Vec::new(),
            before_fields: 0,
            after: Vec::new(),
            after_fields: 0,
        };
        let names = [(49, config.sender.as_str()), (56, config.target.as_str())];
        let others = config.header_fields.iter();
        let others = others.map(|(tag, value)| (*tag, value.as_str()));
        let mut fields: Vec<_> = names.into_iter().chain(others).collect();
        fields.sort_by_key(|&(tag, _)| tag);
        for (tag, value) in fields {
            text.add(tag, value)?;
        }
        Ok(text)
    }

    pub(super) const fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }

    fn add(&mut self, tag: u32, value: &str) -> Result<(), EncodeError> {
        if value.is_empty() {
            return Err(EncodeError::Empty { tag });
        }
        if value.bytes().any(|byte| byte == SOH) {
            return Err(EncodeError::Delimiter { tag });
        }
        if matches!(tag, 0 | 8 | 9 | 10 | 34 | 35 | 43 | 52 | 122) {
            return Err(EncodeError::Tag { tag });
        }
        let (text, fields) = if tag < SENDING_TIME {
            (&mut self.before, &mut self.before_fields)
        } else {
            (&mut self.after, &mut self.after_fields)
        };
        text.extend(format!("{tag}={value}\x01").bytes());
        *fields += 1;
        Ok(())
    }

    #[inline]
    pub(super) fn begin<'a>(
        &'a self,
        encoder: &'a Encoder,
        room: &'a mut [u8],
        msg_type: &[u8],
        number: u64,
        time: UtcTimestamp,
    ) -> MessageWriter<'a> {
        let mut writer = encoder.begin(room);
        writer.bytes(35, msg_type).uint(34, number);
        writer.raw(&self.before, self.before_fields);
        writer.timestamp(52, time);
        writer.raw(&self.after, self.after_fields);
        writer
    }

    /// The header of a gap fill, which stands for messages that were sent before.
    pub(super) fn begin_gap_fill<'a>(
        &'a self,
        encoder: &'a Encoder,
        room: &'a mut [u8],
        number: u64,
        time: UtcTimestamp,
    ) -> MessageWriter<'a> {
        let mut writer = encoder.begin(room);
        writer.bytes(35, b"4").uint(34, number).char(43, 'Y');
        writer.raw(&self.before, self.before_fields);
        writer.timestamp(52, time);
        writer.raw(&self.after, self.after_fields);
        writer.timestamp(122, time);
        writer
    }
}

/// Writes a kept message anew: with the time of now, and where it was sent before, with `PossDupFlag` (43) and the old
/// time in `OrigSendingTime` (122). The body stays as it is, byte for byte.
pub(super) fn write_again<'a>(
    encoder: &'a Encoder,
    room: &'a mut [u8],
    message: &Message<'_>,
    time: UtcTimestamp,
    was_sent: bool,
) -> MessageWriter<'a> {
    let mut writer = encoder.begin(room);
    // A clock that was set back since must not make the peer reject what was in order when it was sent first.
    let original = message.get(SENDING_TIME).filter(|field| {
        UtcTimestamp::parse(field.as_bytes())
            .is_none_or(|sent| sent.unix_nanos() <= time.unix_nanos())
    });
    let (mut lacks_flag, mut lacks_original) = (was_sent, was_sent);
    let mut end = 0;
    for field in message.header() {
        end = field.offset() + field.as_bytes().len() + 1;
        let tag = field.tag();
        if lacks_flag && tag > 43 {
            writer.char(43, 'Y');
            lacks_flag = false;
        }
        if lacks_original && tag > 122 {
            put_original(&mut writer, original.map(|field| field.as_bytes()), time);
            lacks_original = false;
        }
        match tag {
            8 | 9 => {}
            43 | 122 if was_sent => {}
            SENDING_TIME => {
                writer.timestamp(SENDING_TIME, time);
            }
            _ => {
                writer.bytes(tag, field.as_bytes());
            }
        }
    }
    if lacks_original {
        put_original(&mut writer, original.map(|field| field.as_bytes()), time);
    }
    let bytes = message.as_bytes();
    let body = bytes.get(end..bytes.len().saturating_sub(TRAILER));
    let body = body.unwrap_or_default();
    let delimiters = body.iter().filter(|&&byte| byte == SOH).count();
    writer.raw(body, delimiters);
    writer
}

fn put_original(writer: &mut MessageWriter<'_>, original: Option<&[u8]>, time: UtcTimestamp) {
    match original {
        Some(original) => writer.bytes(122, original),
        None => writer.timestamp(122, time),
    };
}

/// `10=nnn|`
const TRAILER: usize = 7;

/// What the session wants to know of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) kind: Kind,
    pub(super) is_poss_dup: bool,
    pub(super) is_poss_resend: bool,
}

/// Messages by what the session does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Heartbeat,
    TestRequest,
    ResendRequest,
    Reject,
    SequenceReset,
    Logout,
    Logon,
    Application,
}

impl Kind {
    #[inline]
    pub(super) const fn of(msg_type: &[u8]) -> Self {
        match msg_type {
            b"0" => Self::Heartbeat,
            b"1" => Self::TestRequest,
            b"2" => Self::ResendRequest,
            b"3" => Self::Reject,
            b"4" => Self::SequenceReset,
            b"5" => Self::Logout,
            b"A" => Self::Logon,
            _ => Self::Application,
        }
    }

    pub(super) const fn is_admin(self) -> bool {
        !matches!(self, Self::Application)
    }
}
