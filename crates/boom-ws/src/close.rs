//! RFC 6455 §5.5.1 and §7.4: the close frame and its codes.

use std::fmt;

use crate::error::ProtocolError;

/// Why a connection is closed (RFC 6455 §7.4).
///
/// # Examples
///
/// ```
/// use boom_ws::CloseCode;
///
/// assert_eq!(CloseCode::NORMAL.value(), 1000);
/// assert_eq!(CloseCode::new(4001).map(CloseCode::value), Some(4001));
/// // 1006 tells a program of an abnormal end; it is never on the wire.
/// assert_eq!(CloseCode::new(1006), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the purpose of the connection is fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: the peer goes away, a server for a restart, say.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: the other side broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: the data is of a kind that is not accepted.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// 1007: the data is not what its kind says, text that is not UTF-8, say.
    pub const INVALID_DATA: Self = Self(1007);
    /// 1008: the message breaks a policy.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: the message is too big.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// 1011: the server met a condition it did not expect.
    pub const INTERNAL_ERROR: Self = Self(1011);

    /// Takes a code that may stand in a close frame: 1000 to 1003, 1007 to 1014, 3000 to 4999.
    pub const fn new(value: u16) -> Option<Self> {
        match value {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(value)),
            _ => None,
        }
    }

    /// The number.
    pub const fn value(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Code and reason of a close frame.
///
/// # Examples
///
/// ```
/// use boom_ws::{CloseCode, CloseFrame};
///
/// let close = CloseFrame { code: CloseCode::GOING_AWAY, reason: "restart" };
/// assert_eq!((close.code.value(), close.reason), (1001, "restart"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseFrame<'a> {
    /// Why.
    pub code: CloseCode,
    /// The same for people, at most 123 bytes.
    pub reason: &'a str,
}

impl<'a> CloseFrame<'a> {
    /// Reads the payload of a close frame.
    pub(crate) fn parse(payload: &'a [u8]) -> Result<Option<Self>, ProtocolError> {
        let Some((code, reason)) = payload.split_first_chunk::<2>() else {
            // RFC 6455 §5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".
            return if payload.is_empty() {
                Ok(None)
            } else {
                Err(ProtocolError::CloseWithoutCode)
            };
        };
        let value = u16::from_be_bytes(*code);
        let code = CloseCode::new(value).ok_or(ProtocolError::InvalidCloseCode(value))?;
        let reason = std::str::from_utf8(reason).map_err(|_| ProtocolError::InvalidUtf8)?;
        Ok(Some(Self { code, reason }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_5_5_1_the_body_is_empty_or_starts_with_a_code() {
        assert_eq!(CloseFrame::parse(b""), Ok(None));
        assert_eq!(
            CloseFrame::parse(b"\x03"),
            Err(ProtocolError::CloseWithoutCode)
        );
        let close = CloseFrame::parse(b"\x03\xe8bye").unwrap().unwrap();
        assert_eq!((close.code, close.reason), (CloseCode::NORMAL, "bye"));
    }

    #[test]
    fn rfc_7_4_codes_that_may_not_be_on_the_wire_are_refused() {
        for value in [
            0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
        ] {
            assert_eq!(
                CloseFrame::parse(&u16::to_be_bytes(value)),
                Err(ProtocolError::InvalidCloseCode(value))
            );
        }
        for value in [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
            4000, 4999,
        ] {
            assert!(
                CloseFrame::parse(&u16::to_be_bytes(value)).is_ok(),
                "{value}"
            );
        }
    }

    #[test]
    fn rfc_7_4_1_reserved_codes_cannot_be_sent() {
        for value in 0..=u16::MAX {
            let is_sent = CloseCode::new(value).is_some();
            let is_received = CloseFrame::parse(&value.to_be_bytes()).is_ok();
            assert_eq!(is_sent, is_received, "{value}");
        }
        // 1004 has no meaning yet; 1005, 1006 and 1015 tell a program what no frame does.
        for value in [1004, 1005, 1006, 1015] {
            assert_eq!(CloseCode::new(value), None);
        }
    }

    #[test]
    fn rfc_8_1_the_reason_is_utf8() {
        assert_eq!(
            CloseFrame::parse(b"\x03\xe8\xff"),
            Err(ProtocolError::InvalidUtf8)
        );
    }
}
