//! Which work is measured, who takes part, and what is to be reached.

use std::fmt;

use crate::harness::{Answer, Result, Work};
use crate::ws::decode::{self, Feed};
use crate::ws::encode::{self, Mask};
use crate::ws::limit::{Drain, Framed, Masked};
use crate::ws::ours;
use crate::ws::round_trip::{Client, Connect};

#[cfg(feature = "peers")]
use crate::ws::{fastwebsockets, rival, tungstenite};

/// The columns of the table, in order.
pub(super) const COLUMNS: [&str; 5] = ["limit", "rival", "tungstenite", "fastwebsockets", "ours"];

/// One kind of work and all who do it.
pub(super) struct Case {
    pub(super) name: String,
    /// What the first `messages` must come to.
    pub(super) answer: Box<dyn Fn(u64) -> Answer>,
    pub(super) contestants: Vec<Contestant>,
    /// Peers that cannot take part, and why.
    pub(super) absent: &'static [(&'static str, &'static str)],
    /// Whether heap blocks are counted; where only the size of reads differs, once is enough.
    pub(super) allocations: bool,
    pub(super) instructions: Option<Target>,
    pub(super) time: Option<Target>,
}

/// Who does the work.
pub(super) struct Contestant {
    pub(super) column: &'static str,
    /// Tells it from another contestant in the same column.
    pub(super) label: &'static str,
    pub(super) make: Make,
}

impl Contestant {
    /// False for who only takes the bytes and does not know where a message ends.
    pub(super) fn has_answer(&self) -> bool {
        self.label != DRAIN
    }
}

const DRAIN: &str = "drain";

type Make = Box<dyn Fn() -> Result<Box<dyn Work>>>;

/// What ours is to reach.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// At most this figure.
    Count(f64),
    /// At most `ns` nanoseconds, measured where the limit took `limit_ns`. On another machine, or on one with other
    /// work, only the ratio of the two means something.
    Time { ns: f64, limit_ns: f64 },
    /// At most this many times the limit.
    Ratio(f64),
}

impl Target {
    /// Whether a figure of ours, and its ratio to the limit, meet it.
    pub(super) fn is_met(self, figure: f64, ratio: Option<f64>) -> bool {
        match self {
            Self::Count(at_most) => figure <= at_most,
            Self::Time { ns, limit_ns } => {
                figure <= ns || Self::Ratio(ns / limit_ns).is_met(figure, ratio)
            }
            Self::Ratio(at_most) => ratio.is_some_and(|ratio| ratio <= at_most),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(at_most) => write!(f, "<= {at_most}"),
            Self::Time { ns, limit_ns } => write!(f, "<= {ns} or {:.2} x", ns / limit_ns),
            Self::Ratio(at_most) => write!(f, "<= {at_most} x"),
        }
    }
}

const fn count(at_most: f64) -> Option<Target> {
    Some(Target::Count(at_most))
}

const fn time(ns: f64, limit_ns: f64) -> Option<Target> {
    Some(Target::Time { ns, limit_ns })
}

/// All the work that is done in memory.
pub(super) fn in_memory() -> Vec<Case> {
    let feed = |payload_length, read_size| Feed {
        payload_length,
        read_size,
    };
    vec![
        Case {
            instructions: count(95.0),
            ..unchecked(feed(150, 2 << 10))
        },
        Case {
            instructions: count(160.0),
            ..checked(feed(150, 2 << 10))
        },
        Case {
            time: time(11.0, 9.0),
            ..unchecked(feed(150, 64 << 10))
        },
        Case {
            time: time(16.0, 14.0),
            ..checked(feed(150, 64 << 10))
        },
        unchecked(feed(16, 2 << 10)),
        checked(feed(16, 2 << 10)),
        Case {
            time: time(6.0, 4.8),
            ..unchecked(feed(16, 64 << 10))
        },
        Case {
            time: time(10.0, 8.2),
            ..checked(feed(16, 64 << 10))
        },
        Case {
            instructions: count(155.0),
            time: time(13.0, 11.0),
            ..encoding(150)
        },
    ]
}

/// The figures of the limit that times are compared with carry no label.
fn contestant(
    column: &'static str,
    make: impl Fn() -> Result<Box<dyn Work>> + 'static,
) -> Contestant {
    Contestant {
        column,
        label: "",
        make: Box::new(make),
    }
}

fn drain(feed: Feed) -> Contestant {
    let make = move || decode::work(feed, move |ring| Ok(Drain::new(ring, feed.payload_length)));
    Contestant {
        label: DRAIN,
        ..contestant("limit", make)
    }
}

fn decoding(feed: Feed, rules: &str, contestants: Vec<Contestant>) -> Case {
    let Feed {
        payload_length,
        read_size,
    } = feed;
    Case {
        name: format!(
            "decode {payload_length} B, {} KiB reads, {rules}",
            read_size >> 10
        ),
        answer: Box::new(move |messages| feed.answer(messages)),
        contestants,
        absent: &[],
        allocations: read_size < 4096,
        instructions: None,
        time: None,
    }
}

fn unchecked(feed: Feed) -> Case {
    let contestants = vec![
        drain(feed),
        contestant("limit", move || {
            decode::work(feed, |ring| Ok(Framed::<false>::new(ring)))
        }),
        #[cfg(feature = "peers")]
        contestant("rival", move || {
            decode::work(feed, |ring| Ok(rival::Receiving::new(ring)))
        }),
        contestant("ours", move || {
            decode::work(feed, |ring| ours::Receiving::new(ring, false))
        }),
    ];
    let absent = &[
        ("tungstenite", "always checks"),
        ("fastwebsockets", "always checks"),
    ];
    Case {
        absent,
        ..decoding(feed, "unchecked", contestants)
    }
}

fn checked(feed: Feed) -> Case {
    let contestants = vec![
        contestant("limit", move || {
            decode::work(feed, |ring| Ok(Framed::<true>::new(ring)))
        }),
        #[cfg(feature = "peers")]
        contestant("tungstenite", move || {
            decode::work(feed, |ring| Ok(tungstenite::Receiving::new(ring)))
        }),
        #[cfg(feature = "peers")]
        contestant("fastwebsockets", move || {
            decode::work(feed, |ring| Ok(fastwebsockets::Receiving::new(ring)))
        }),
        contestant("ours", move || {
            decode::work(feed, |ring| ours::Receiving::new(ring, true))
        }),
    ];
    Case {
        absent: &[("rival", "does not check")],
        ..decoding(feed, "checked", contestants)
    }
}

fn encoding(length: usize) -> Case {
    let feed = Feed {
        payload_length: length,
        read_size: 1,
    };
    let contestants = vec![
        contestant("limit", move || {
            encode::work(length, Mask::Random, |sink| Ok(Masked::new(sink)))
        }),
        #[cfg(feature = "peers")]
        contestant("rival", move || {
            encode::work(length, Mask::AlwaysZero, |sink| {
                Ok(rival::Sending::new(sink))
            })
        }),
        #[cfg(feature = "peers")]
        contestant("tungstenite", move || {
            encode::work(length, Mask::Random, |sink| {
                Ok(tungstenite::Sending::new(sink))
            })
        }),
        #[cfg(feature = "peers")]
        contestant("fastwebsockets", move || {
            encode::work(length, Mask::Random, |sink| {
                Ok(fastwebsockets::Sending::new(sink))
            })
        }),
        contestant("ours", move || {
            encode::work(length, Mask::Random, ours::Sending::new)
        }),
    ];
    Case {
        name: format!("encode {length} B, masked, one write"),
        answer: Box::new(move |messages| feed.answer(messages)),
        contestants,
        absent: &[],
        allocations: true,
        instructions: None,
        time: None,
    }
}

/// Who takes part in the round trips; the first is the limit.
pub(super) fn round_trip() -> Vec<(&'static str, Connect)> {
    vec![
        ("limit", |server, text| {
            boxed(crate::ws::limit::RawTcp::connect(server, text))
        }),
        #[cfg(feature = "peers")]
        ("rival", |server, _| {
            boxed(rival::Connected::connect(server))
        }),
        #[cfg(feature = "peers")]
        ("tungstenite", |server, _| {
            boxed(tungstenite::Connected::connect(server))
        }),
        #[cfg(feature = "peers")]
        ("fastwebsockets", |server, _| {
            boxed(fastwebsockets::Connected::connect(server))
        }),
        ("ours", |server, _| boxed(ours::Connected::connect(server))),
    ]
}

pub(super) const ROUND_TRIP_TARGET: Target = Target::Ratio(1.02);

/// Nobody may take a block of the heap for a message.
pub(super) const ALLOCATIONS_TARGET: Target = Target::Count(0.0);

fn boxed(client: Result<impl Client + 'static>) -> Result<Box<dyn Client>> {
    Ok(Box::new(client?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::DISTINCT;

    #[test]
    fn a_time_is_met_by_itself_or_by_its_ratio() {
        let target = Target::Time {
            ns: 11.0,
            limit_ns: 10.0,
        };
        assert!(target.is_met(10.5, Some(1.3)));
        assert!(target.is_met(21.0, Some(1.05)));
        assert!(!target.is_met(21.0, Some(1.2)));
        assert_eq!(target.to_string(), "<= 11 or 1.10 x");
    }

    #[test]
    fn every_contestant_gives_the_right_answer() {
        for case in in_memory() {
            let messages = 2 * DISTINCT as u64 + 1;
            let expected = (case.answer)(messages);
            for contestant in case.contestants.iter().filter(|who| who.has_answer()) {
                let answer = (contestant.make)().unwrap().answer(messages).unwrap();
                assert_eq!(answer, expected, "{} by {}", case.name, contestant.column);
            }
        }
    }

    #[test]
    fn every_client_gets_its_echo() {
        let clients: Vec<_> = round_trip()
            .into_iter()
            .map(|(_, connect)| connect)
            .collect();
        let samples = crate::ws::round_trip::measure(&clients, 1).unwrap();
        assert_eq!(samples.len(), clients.len());
    }
}
