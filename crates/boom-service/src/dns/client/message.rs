//! Questions as bytes, and answers out of bytes.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use domain::base::iana::{Class, Rcode};
use domain::base::wire::ParseError;
use domain::base::{Message, MessageBuilder, Name, Rtype, ToName, Ttl};
use domain::rdata::{A, Aaaa, Cname, Soa};

use crate::Error;

/// What fits into an Ethernet frame over IPv6 with the headers that tunnels add.
const UDP_PAYLOAD_MAX: u16 = 1232;

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Addresses(Vec<IpAddr>, Duration),
    /// The name is an alias of this one, of which nothing is said.
    Alias(Name<Vec<u8>>, Duration),
    /// The name has none of the kind. The time is how long that holds, where it is said.
    NoAddress(Option<Duration>),
    NoSuchName(Option<Duration>),
    /// The answer does not fit; it is to be had by TCP.
    Truncated,
    /// The server does not know EDNS.
    NoEdns,
    Failed(u16),
    Malformed,
}

/// A question, as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Question {
    message: Message<Vec<u8>>,
    rtype: Rtype,
    has_edns: bool,
}

pub(super) fn name_of(host: &str) -> Result<Name<Vec<u8>>, Error> {
    // A backslash would be an escape in a zone file; nobody means that in a host name.
    if host.contains('\\') || host.is_empty() {
        return Err(Error::NotAName);
    }
    host.parse().map_err(|_| Error::NotAName)
}

impl Question {
    pub(super) fn new(name: &Name<Vec<u8>>, rtype: Rtype, has_edns: bool) -> Self {
        let mut builder = MessageBuilder::new_vec();
        builder.header_mut().set_id(unforeseeable());
        builder.header_mut().set_rd(true);
        let mut builder = builder.question();
        // A vector takes whatever is pushed.
        let _ = builder.push((name, rtype, Class::IN));
        let mut builder = builder.additional();
        if has_edns {
            let _ = builder.opt(|opt| {
                opt.set_udp_payload_size(UDP_PAYLOAD_MAX);
                Ok(())
            });
        }
        Self {
            message: builder.into_message(),
            rtype,
            has_edns,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.message.as_slice()
    }

    /// What `bytes` say to it; `None` if they are no answer to it.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<Answer> {
        let message = Message::from_slice(bytes).ok()?;
        let header = message.header();
        if is_error_without_question(message) && header.id() == self.message.header().id() {
            return Some(self.failed(header.rcode()));
        }
        if !message.is_answer(&self.message) {
            return None;
        }
        Some(match header.rcode() {
            _ if header.tc() => Answer::Truncated,
            Rcode::NOERROR => addresses(message, self.rtype).unwrap_or(Answer::Malformed),
            Rcode::NXDOMAIN => Answer::NoSuchName(negative_ttl(message)),
            code => self.failed(code),
        })
    }

    fn failed(&self, code: Rcode) -> Answer {
        match code {
            // RFC 6891 section 7: a server without EDNS may answer so.
            Rcode::FORMERR | Rcode::NOTIMP if self.has_edns => Answer::NoEdns,
            code => Answer::Failed(code.to_int().into()),
        }
    }
}

/// A server that cannot read a question may not repeat it.
fn is_error_without_question(message: &Message<[u8]>) -> bool {
    let header = message.header();
    let is_error = header.rcode() == Rcode::FORMERR || header.rcode() == Rcode::NOTIMP;
    header.qr() && is_error && message.header_counts().qdcount() == 0
}

fn addresses(message: &Message<[u8]>, rtype: Rtype) -> Result<Answer, ParseError> {
    let question = message.sole_question()?;
    let Some(canonical) = message.canonical_name() else {
        return Ok(Answer::Malformed);
    };
    let mut ttl = Duration::MAX;
    for alias in message.answer()?.limit_to_in::<Cname<_>>() {
        ttl = ttl.min(duration(alias?.ttl()));
    }
    let mut addresses = Vec::new();
    let mut add = |address: IpAddr, is_it: bool, record_ttl| {
        if is_it {
            addresses.push(address);
            ttl = ttl.min(duration(record_ttl));
        }
    };
    if rtype == Rtype::AAAA {
        for record in message.answer()?.limit_to_in::<Aaaa>() {
            let record = record?;
            add(
                record.data().addr().into(),
                *record.owner() == canonical,
                record.ttl(),
            );
        }
    } else {
        for record in message.answer()?.limit_to_in::<A>() {
            let record = record?;
            add(
                record.data().addr().into(),
                *record.owner() == canonical,
                record.ttl(),
            );
        }
    }
    if !addresses.is_empty() {
        return Ok(Answer::Addresses(addresses, ttl));
    }
    let negative = negative_ttl(message);
    // RFC 2308 section 2.2: an SOA record says that the name at the end of the chain has no such record.
    if negative.is_none() && canonical != *question.qname() {
        return Ok(Answer::Alias(canonical.to_name(), ttl));
    }
    Ok(Answer::NoAddress(negative))
}

/// RFC 2308 section 5: the lesser of the record's own time and the one in it.
fn negative_ttl(message: &Message<[u8]>) -> Option<Duration> {
    let mut records = message.authority().ok()?.limit_to_in::<Soa<_>>();
    let record = records.next()?.ok()?;
    Some(duration(record.ttl()).min(duration(record.data().minimum())))
}

/// RFC 2181 section 8: with the highest bit set it is zero.
fn duration(ttl: Ttl) -> Duration {
    match ttl.as_secs() {
        seconds if seconds >> 31 == 0 => Duration::from_secs(seconds.into()),
        _ => Duration::ZERO,
    }
}

/// A number that those who see the earlier ones cannot tell: the keys of `RandomState` come from the system, and each
/// state has others.
fn unforeseeable() -> u16 {
    (RandomState::new().hash_one(0) >> 48) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question() -> Question {
        Question::new(&name_of("a.example").unwrap(), Rtype::A, true)
    }

    /// An alias and an address, compressed.
    fn answer(question: &Question) -> Vec<u8> {
        let mut bytes = question.bytes().to_vec();
        // The answer flags, one question, two answers, no other records: the OPT record is cut off.
        bytes[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]);
        bytes.truncate(12 + 11 + 4);
        let alias = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, b'b', 0xc0, 14];
        let address = [0xc0, 39, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 10, 0, 0, 7];
        [bytes, alias.to_vec(), address.to_vec()].concat()
    }

    #[test]
    fn a_question_has_the_form_of_the_rfc() {
        let question = question();
        let (id, rest) = question.bytes().split_at(2);
        assert_eq!(rest[..10], [1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(rest[10..25], *b"\x01a\x07example\0\0\x01\0\x01");
        // OPT, 1232 bytes.
        assert_eq!(rest[25..], [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
        let mut others = (0..100).map(|_| self::question().bytes()[..2].to_vec());
        assert!(others.any(|other| other != id));
    }

    #[test]
    fn an_answer_is_read_along_its_aliases() {
        let question = question();
        assert_eq!(
            question.read(&answer(&question)),
            Some(Answer::Addresses(
                vec![[10, 0, 0, 7].into()],
                Duration::from_secs(9)
            ))
        );
    }

    #[test]
    fn what_is_no_answer_to_the_question_is_none() {
        let question = question();
        let right = answer(&question);
        // The number, the flag of an answer, the name, the kind, the class.
        for place in [0, 1, 2, 13, 24, 26] {
            let mut wrong = right.clone();
            wrong[place] ^= 0x80;
            assert_eq!(question.read(&wrong), None, "{place}");
        }
        assert_eq!(question.read(&right[..11]), None);
        assert_eq!(question.read(&[]), None);
    }

    #[test]
    fn the_largest_times_to_live_are_none() {
        assert_eq!(duration(Ttl::from_secs(0x7fff_ffff)).as_secs(), 0x7fff_ffff);
        assert_eq!(duration(Ttl::from_secs(0x8000_0000)), Duration::ZERO);
    }

    #[test]
    fn a_name_is_one_or_is_not() {
        for host in [
            "a",
            "a.example",
            "a.example.",
            "xn--bcher-kva.example",
            "_x.a",
        ] {
            assert!(name_of(host).is_ok(), "{host}");
        }
        let (label, name) = ("a".repeat(64), "a.".repeat(128));
        for host in [
            "",
            ".a",
            "a..b",
            "a\\046b",
            "b\u{fc}cher.example",
            &label,
            &name,
        ] {
            assert!(matches!(name_of(host), Err(Error::NotAName)), "{host}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in any::<Vec<u8>>()) {
            question().read(&bytes);
        }

        #[test]
        fn any_damage_is_read(
            damage in proptest::collection::vec((12_usize..59, any::<u8>()), 1..8),
            length in 0_usize..60
        ) {
            let question = question();
            let mut bytes = answer(&question);
            for (place, byte) in damage {
                bytes[place] = byte;
            }
            question.read(&bytes);
            question.read(&bytes[..length.min(bytes.len())]);
        }
    }
}
