//! Who takes part, and what is to be reached.

use crate::harness::Result;
use crate::harness::target::Target;
use crate::http::canned::Canned;
use crate::http::client::Client;
use crate::http::dial::Dial;
use crate::http::kind::Kind;
use crate::http::limit::Raw;
use crate::http::ours;
use crate::ws::dial::Dialed;

#[cfg(feature = "peers")]
use crate::http::{curl, hyper, reqwest, rival, ureq, ureq_proto};

/// The columns of the table, in order.
pub(super) const COLUMNS: [&str; 8] = [
    RAW,
    "rival",
    "ureq-proto",
    "hyper",
    "ureq",
    "reqwest",
    "curl",
    OURS,
];

pub(super) const RAW: &str = "raw";
pub(super) const OURS: &str = "ours";

/// Who asks.
pub(super) struct Contestant {
    pub(super) column: &'static str,
    /// `None` for those who open their sockets themselves.
    pub(super) in_memory: Option<InMemory>,
    pub(super) connect: fn(Kind, &Dial) -> Result<Box<dyn Client>>,
}

impl Contestant {
    pub(super) fn is_limit_or_ours(&self) -> bool {
        matches!(self.column, RAW | OURS)
    }
}

type InMemory = fn(Kind) -> Result<Box<dyn Client>>;

/// The host of those who have no socket.
const NOWHERE: &str = "localhost";

/// All of them; the first is the limit.
pub(super) const ALL: &[Contestant] = &[
    Contestant {
        column: RAW,
        in_memory: Some(|kind| Ok(Box::new(Raw::new(Canned::new(kind), NOWHERE, kind)))),
        connect: |kind, dial| {
            Ok(match dial.open()? {
                Dialed::Plain(stream) => Box::new(Raw::new(stream, &dial.host(), kind)),
                Dialed::Tls(stream) => Box::new(Raw::new(*stream, &dial.host(), kind)),
            })
        },
    },
    #[cfg(feature = "peers")]
    Contestant {
        column: "rival",
        in_memory: Some(|kind| {
            Ok(Box::new(rival::Pooled::new(
                Canned::new(kind),
                NOWHERE,
                kind,
            )))
        }),
        connect: |kind, dial| {
            let (stream, host) = (dial.open()?, dial.host());
            Ok(Box::new(rival::Pooled::new(stream, &host, kind)))
        },
    },
    #[cfg(feature = "peers")]
    Contestant {
        column: "ureq-proto",
        in_memory: Some(|kind| {
            let stream = Canned::new(kind);
            Ok(Box::new(ureq_proto::Polled::new(stream, NOWHERE, kind)))
        }),
        connect: |kind, dial| {
            let (stream, host) = (dial.open()?, dial.host());
            Ok(Box::new(ureq_proto::Polled::new(stream, &host, kind)))
        },
    },
    #[cfg(feature = "peers")]
    Contestant {
        column: "hyper",
        in_memory: Some(|kind| {
            Ok(Box::new(hyper::Polled::new(
                Canned::new(kind),
                NOWHERE,
                kind,
            )?))
        }),
        connect: |kind, dial| {
            let (stream, host) = (dial.open()?, dial.host());
            Ok(Box::new(hyper::Polled::new(stream, &host, kind)?))
        },
    },
    #[cfg(feature = "peers")]
    Contestant {
        column: "ureq",
        in_memory: None,
        connect: |kind, dial| Ok(Box::new(ureq::Waiting::new(kind, dial)?)),
    },
    #[cfg(feature = "peers")]
    Contestant {
        column: "reqwest",
        in_memory: None,
        connect: |kind, dial| Ok(Box::new(reqwest::OnRuntime::new(kind, dial)?)),
    },
    #[cfg(feature = "peers")]
    Contestant {
        column: "curl",
        in_memory: None,
        connect: |kind, dial| Ok(Box::new(curl::Handle::new(kind, dial)?)),
    },
    Contestant {
        column: OURS,
        in_memory: Some(ours::in_memory),
        connect: ours::connect,
    },
];

pub(super) const ROUND_TRIP_TARGET: Target = Target::Ratio(1.05);
/// Nobody may take a block of the heap for an exchange.
pub(super) const ALLOCATIONS_TARGET: Target = Target::Count(0.0);
/// rustls takes some; nobody may take more than it does for the limit.
pub(super) const TLS_ALLOCATIONS_TARGET: Target = Target::Ratio(1.0);
pub(super) const WRITES_TARGET: Target = Target::Count(1.0);

pub(super) const fn instructions_target(kind: Kind) -> Option<Target> {
    match kind {
        Kind::Short => Some(Target::Count(4500.0)),
        Kind::Long => None,
        Kind::Chunked => Some(Target::Ratio(1.2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::Work;
    use crate::http::client::Exchanges;
    use crate::http::round_trip;

    #[test]
    fn everyone_hands_over_the_same_answers_out_of_memory() {
        for contestant in ALL {
            let Some(in_memory) = contestant.in_memory else {
                continue;
            };
            for kind in Kind::ALL {
                let answer = Exchanges(in_memory(kind).unwrap()).answer(3).unwrap();
                assert_eq!(
                    answer,
                    kind.expected(3),
                    "{} by {}",
                    kind.name(),
                    contestant.column
                );
            }
        }
    }

    #[test]
    fn everyone_gets_the_answers_of_the_server() {
        for is_tls in [false, true] {
            for kind in Kind::ALL {
                let samples = round_trip::measure(kind, is_tls, 1).unwrap();
                assert_eq!(samples.len(), ALL.len());
            }
        }
    }
}
