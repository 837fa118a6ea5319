//! Handshake messages and alerts after the handshake, out of the pieces that records bring.

use boom_tls::{Alert, Error, TlsVersion};

/// What the peer has said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The content of a `NewSessionTicket`.
    Ticket(Vec<u8>),
    /// The peer has new keys, and asks for new ones of this side if it is true.
    KeyUpdate(bool),
    /// TLS 1.2: the peer would like another handshake.
    HelloRequest,
}

/// Handshake messages that may come in any number of records (RFC 8446, section 5.1).
#[derive(Debug, Default)]
pub(super) struct Messages {
    waiting: Vec<u8>,
    alert: Option<u8>,
    warnings: u8,
}

/// What a peer is answered for sending it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Unexpected,
    Undecodable,
    TooLarge,
}

impl Fault {
    /// The alert of RFC 8446, section 6.2.
    pub(super) const fn alert(self) -> Alert {
        match self {
            Self::Unexpected => Alert(10),
            Self::Undecodable => Alert(50),
            Self::TooLarge => Alert(47),
        }
    }
}

/// What an alert means for the connection.
#[derive(Debug)]
pub(super) enum Said {
    /// `close_notify`.
    Closed,
    Failed(Error),
    /// A warning that changes nothing.
    Nothing,
}

impl Messages {
    /// rustls takes no more of a handshake message either.
    const SIZE_MAX: usize = 64 * 1024;
    /// Of the warnings of TLS 1.2 that mean nothing: nobody needs more.
    const WARNINGS_MAX: u8 = 4;
    const HEADER: usize = 4;

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// Returns true if a message has begun and not ended.
    pub(super) fn is_amid(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The next message that is whole.
    pub(super) fn next(&mut self, version: TlsVersion) -> Result<Option<Message>, Fault> {
        let [kind, a, b, c, ..] = *self.waiting else {
            return Ok(None);
        };
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        if length > Self::SIZE_MAX {
            return Err(Fault::TooLarge);
        }
        let end = Self::HEADER + length;
        if self.waiting.len() < end {
            return Ok(None);
        }
        let body: Vec<u8> = self.waiting.drain(..end).skip(Self::HEADER).collect();
        if self.waiting.is_empty() && self.waiting.capacity() > 4096 {
            self.waiting = Vec::new();
        }
        match (version, kind, &*body) {
            (TlsVersion::Tls13, 4, _) => Ok(Some(Message::Ticket(body))),
            (TlsVersion::Tls13, 24, [asks @ (0 | 1)]) => Ok(Some(Message::KeyUpdate(*asks == 1))),
            (TlsVersion::Tls13, 24, _) => Err(Fault::Undecodable),
            (TlsVersion::Tls12, 0, []) => Ok(Some(Message::HelloRequest)),
            _ => Err(Fault::Unexpected),
        }
    }

    /// Takes the bytes of an alert: two of them, in one record or in two.
    pub(super) fn alert(&mut self, version: TlsVersion, bytes: &[u8]) -> Result<Said, Fault> {
        let (level, number) = match (self.alert.take(), bytes) {
            (None, &[level]) => {
                self.alert = Some(level);
                return Ok(Said::Nothing);
            }
            (None, &[level, number]) | (Some(level), &[number]) => (level, number),
            _ => return Err(Fault::Undecodable),
        };
        const WARNING: u8 = 1;
        const USER_CANCELED: u8 = 90;
        match (version, level, number) {
            (_, _, 0) => Ok(Said::Closed),
            // RFC 8446, section 6: all others are fatal, whatever their level says.
            (TlsVersion::Tls13, WARNING, USER_CANCELED) | (TlsVersion::Tls12, WARNING, _) => {
                self.warnings += 1;
                if self.warnings > Self::WARNINGS_MAX {
                    return Err(Fault::Unexpected);
                }
                Ok(Said::Nothing)
            }
            _ => Ok(Said::Failed(Error::AlertReceived(Alert(number)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [u8; 12] = [24, 0, 0, 1, 1, 4, 0, 0, 3, 7, 8, 9];

    #[test]
    fn messages_are_the_same_however_they_are_cut() {
        for cut in 0..=BOTH.len() {
            let mut messages = Messages::default();
            let mut found = Vec::new();
            for piece in [&BOTH[..cut], &BOTH[cut..]] {
                messages.add(piece);
                while let Some(message) = messages.next(TlsVersion::Tls13).unwrap() {
                    found.push(message);
                }
            }
            assert_eq!(
                found,
                [Message::KeyUpdate(true), Message::Ticket(vec![7, 8, 9])],
                "{cut}"
            );
            assert!(!messages.is_amid());
        }
    }

    #[test]
    fn what_does_not_belong_there_is_refused() {
        for (version, bytes, fault) in [
            (TlsVersion::Tls13, &[24, 0, 0, 1, 2][..], Fault::Undecodable),
            (TlsVersion::Tls13, &[24, 0, 0, 0], Fault::Undecodable),
            (TlsVersion::Tls13, &[1, 0, 0, 0], Fault::Unexpected),
            (TlsVersion::Tls13, &[0, 0, 0, 0], Fault::Unexpected),
            (TlsVersion::Tls13, &[4, 1, 0, 1], Fault::TooLarge),
            (TlsVersion::Tls12, &[24, 0, 0, 1, 0], Fault::Unexpected),
            (TlsVersion::Tls12, &[4, 0, 0, 0], Fault::Unexpected),
        ] {
            let mut messages = Messages::default();
            messages.add(bytes);
            assert_eq!(messages.next(version), Err(fault), "{bytes:?}");
        }
        let mut messages = Messages::default();
        messages.add(&[0, 0, 0, 0]);
        let asked = messages.next(TlsVersion::Tls12).unwrap();
        assert_eq!(asked, Some(Message::HelloRequest));
    }

    #[test]
    fn alerts_are_told_apart() {
        let said = |version, bytes: &[u8]| Messages::default().alert(version, bytes);
        for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
            assert!(matches!(said(version, &[1, 0]), Ok(Said::Closed)));
            assert!(matches!(
                said(version, &[2, 20]),
                Ok(Said::Failed(Error::AlertReceived(Alert(20))))
            ));
            assert!(matches!(said(version, &[1, 90]), Ok(Said::Nothing)));
            assert!(matches!(said(version, &[]), Err(Fault::Undecodable)));
            assert!(matches!(said(version, &[1, 0, 1]), Err(Fault::Undecodable)));
        }
        assert!(matches!(
            said(TlsVersion::Tls12, &[1, 100]),
            Ok(Said::Nothing)
        ));
        assert!(matches!(
            said(TlsVersion::Tls13, &[1, 100]),
            Ok(Said::Failed(_))
        ));
    }

    #[test]
    fn an_alert_may_come_in_two_parts_and_warnings_have_an_end() {
        let mut messages = Messages::default();
        let version = TlsVersion::Tls12;
        assert!(matches!(messages.alert(version, &[1]), Ok(Said::Nothing)));
        assert!(matches!(messages.alert(version, &[0]), Ok(Said::Closed)));
        for _ in 0..4 {
            assert!(matches!(
                messages.alert(version, &[1, 90]),
                Ok(Said::Nothing)
            ));
        }
        assert!(matches!(
            messages.alert(version, &[1, 90]),
            Err(Fault::Unexpected)
        ));
    }
}
