//! Messages in a stream of bytes, as far as a relay must know them, or records of TLS, of which it knows no more than where
//! they end.

/// What stands in the place of the `MsgType` (35) for a record of TLS.
pub(super) const RECORD: &str = "TLS";

/// A message that passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// From the initiator, or from the acceptor.
    pub(super) is_from_initiator: bool,
    /// It did not get through.
    pub(super) is_dropped: bool,
    /// `MsgType` (35).
    pub(super) kind: String,
    /// `PossDupFlag` (43).
    pub(super) is_poss_dup: bool,
    /// `BeginSeqNo` (7) and `EndSeqNo` (16).
    pub(super) range: Option<(u64, u64)>,
    /// `TestReqID` (112).
    pub(super) test: Option<String>,
}

impl Seen {
    pub(super) fn parse(message: &[u8], is_from_initiator: bool) -> Self {
        let mut seen = Self {
            is_from_initiator,
            ..Self::default()
        };
        if record_length(message).is_some() {
            RECORD.clone_into(&mut seen.kind);
            return seen;
        }
        let (mut begin, mut end) = (None, None);
        for field in message.split(|&byte| byte == 1) {
            let Some((tag, value)) = std::str::from_utf8(field)
                .ok()
                .and_then(|field| field.split_once('='))
            else {
                continue;
            };
            match tag {
                "35" => value.clone_into(&mut seen.kind),
                "43" => seen.is_poss_dup = value == "Y",
                "7" => begin = value.parse().ok(),
                "16" => end = value.parse().ok(),
                "112" => seen.test = Some(value.to_owned()),
                _ => {}
            }
        }
        seen.range = begin.zip(end);
        seen
    }

    /// `>D`: an order of the initiator; `<8*`: a report of the acceptor, sent again; in brackets if it was dropped.
    pub(super) fn sign(&self) -> String {
        let arrow = if self.is_from_initiator { '>' } else { '<' };
        let again = if self.is_poss_dup { "*" } else { "" };
        let sign = format!("{arrow}{}{again}", self.kind);
        if self.is_dropped {
            format!("({sign})")
        } else {
            sign
        }
    }

    /// Not one of the session itself.
    pub(super) fn is_application(&self) -> bool {
        let is_admin = matches!(self.kind.as_str(), "0" | "1" | "2" | "3" | "4" | "5" | "A");
        !is_admin && self.kind != RECORD
    }

    pub(super) fn is(&self, kind: &str, is_from_initiator: bool) -> bool {
        self.kind == kind && self.is_from_initiator == is_from_initiator
    }
}

/// RFC 8446 §5.1: a content type from 20 on, a version that begins with 3, and a length.
fn record_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [20..=24, 3, _, high, low, ..] => Some(5 + usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }
}

/// How long the message is with which the bytes begin; `None` while that is not known.
///
/// Nobody here sends anything but FIX and TLS, so what is neither counts as a message, whole.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    if let [20..=24, ..] = bytes {
        return record_length(bytes).filter(|&length| bytes.len() >= length);
    }
    let mut fields = bytes.split(|&byte| byte == 1);
    let (begin, length) = (fields.next()?, fields.next()?);
    // The last of the split is not a whole field.
    fields.next()?;
    let body = length
        .strip_prefix(b"9=")
        .and_then(|value| std::str::from_utf8(value).ok());
    let Some(body) = body.and_then(|value| value.parse::<usize>().ok()) else {
        return Some(bytes.len());
    };
    // Both delimiters, and `10=123|`.
    let whole = begin.len() + length.len() + 2 + body + 7;
    (bytes.len() >= whole).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"8=FIX.4.4\x019=0020\x0135=2\x0143=Y\x017=3\x0116=12\x0110=000\x01";

    #[test]
    fn a_message_ends_where_its_length_says() {
        let two = [MESSAGE, MESSAGE].concat();
        assert_eq!(length(&two), Some(MESSAGE.len()));
        assert!((0..MESSAGE.len()).all(|end| length(&MESSAGE[..end]).is_none()));
        assert_eq!(length(b"GET / HTTP/1.1\x01\x01"), Some(16));
    }

    #[test]
    fn a_record_ends_where_its_length_says() {
        let record = [23, 3, 3, 1, 2].into_iter().chain([1; 0x102]);
        let record: Vec<u8> = record.collect();
        let two = [&record[..], &record[..]].concat();
        assert_eq!(length(&two), Some(record.len()));
        assert!((0..record.len()).all(|end| length(&record[..end]).is_none()));
        let seen = Seen::parse(&record, true);
        assert!(seen.is(RECORD, true) && !seen.is_application());
        assert_eq!(seen.sign(), ">TLS");
    }

    #[test]
    fn what_matters_of_a_message_is_seen() {
        let seen = Seen::parse(MESSAGE, true);
        assert!(seen.is("2", true) && seen.is_poss_dup && !seen.is_application());
        assert_eq!(seen.range, Some((3, 12)));
        assert_eq!(
            Seen::parse(b"8=FIX.4.4\x01112=id\x01", false)
                .test
                .as_deref(),
            Some("id")
        );
    }
}
