//! Receiving in memory: frames, whole messages, fragments, pings, and what exchanges have sent.

use super::{Allocations, Case, Contestant, DRAIN, contestant, count, size, time};
use crate::ws::decode;
use crate::ws::feed::{FRAGMENTS, Feed, Messages, PING};
use crate::ws::limit::{Drain, Framed, Joined};
use crate::ws::ours;

#[cfg(feature = "peers")]
use crate::ws::{fastwebsockets, rival, sockudo, tokio_websockets, tungstenite, ws_tool, yawc};

const SHORT_READS: usize = 2 << 10;
const LONG_READS: usize = 64 << 10;
/// No recorded message is longer.
const LONGEST_RECORDED: usize = 4 << 20;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            instructions: count(95.0),
            allocations: Allocations::Everyones,
            ..unchecked(150, SHORT_READS)
        },
        Case {
            instructions: count(160.0),
            allocations: Allocations::Everyones,
            ..checked(150, SHORT_READS)
        },
        Case {
            time: time(11.0, 9.0),
            ..timed_only(unchecked(150, LONG_READS))
        },
        Case {
            time: time(16.0, 14.0),
            ..timed_only(checked(150, LONG_READS))
        },
        unchecked(16, SHORT_READS),
        checked(16, SHORT_READS),
        Case {
            time: time(6.0, 4.8),
            ..timed_only(unchecked(16, LONG_READS))
        },
        Case {
            time: time(10.0, 8.2),
            ..timed_only(checked(16, LONG_READS))
        },
        timed_only(unchecked(1 << 10, LONG_READS)),
        timed_only(checked(1 << 10, LONG_READS)),
        timed_only(unchecked(16 << 10, LONG_READS)),
        timed_only(checked(16 << 10, LONG_READS)),
        timed_only(recorded(false)),
        timed_only(recorded(true)),
        messages(150),
        fragmented(150),
        pings(),
    ]
}

fn timed_only(case: Case) -> Case {
    Case {
        counted: false,
        ..case
    }
}

fn name(length: usize, read_size: usize, rules: &str) -> String {
    format!(
        "decode {}, {} KiB reads, {rules}",
        size(length),
        read_size >> 10
    )
}

fn unchecked(length: usize, read_size: usize) -> Case {
    let feed = Feed {
        messages: Messages::Json(length),
        read_size,
    };
    let mut contestants = vec![drain(feed, length)];
    contestants.extend(unchecking(feed, length));
    Case {
        absent: ALWAYS_CHECK,
        ..Case::new(
            name(length, read_size, "unchecked"),
            feed.messages,
            contestants,
        )
    }
}

fn checked(length: usize, read_size: usize) -> Case {
    let feed = Feed {
        messages: Messages::Json(length),
        read_size,
    };
    Case {
        absent: DOES_NOT_CHECK,
        ..Case::new(
            name(length, read_size, "checked"),
            feed.messages,
            checking(feed, length),
        )
    }
}

fn recorded(is_checked: bool) -> Case {
    let feed = Feed {
        messages: Messages::Recorded,
        read_size: LONG_READS,
    };
    if is_checked {
        let contestants = checking(feed, LONGEST_RECORDED);
        Case {
            absent: DOES_NOT_CHECK,
            ..Case::new(
                "decode recorded messages, 64 KiB reads, checked".to_owned(),
                feed.messages,
                contestants,
            )
        }
    } else {
        let contestants = unchecking(feed, LONGEST_RECORDED);
        Case {
            absent: ALWAYS_CHECK,
            ..Case::new(
                "decode recorded messages, 64 KiB reads, unchecked".to_owned(),
                feed.messages,
                contestants,
            )
        }
    }
}

const ALWAYS_CHECK: &[(&str, &str)] = &[
    ("tungstenite", "always checks UTF-8"),
    ("fastwebsockets", "always checks UTF-8"),
    ("tokio-websockets", "always checks UTF-8"),
];
const DOES_NOT_CHECK: &[(&str, &str)] = &[("rival", "does not check UTF-8")];

fn drain(feed: Feed, length: usize) -> Contestant {
    contestant("limit", move || {
        decode::work(feed, move |ring| Ok(Drain::new(ring, length)))
    })
    .labelled(DRAIN)
}

fn unchecking(feed: Feed, longest: usize) -> Vec<Contestant> {
    vec![
        contestant("limit", move || {
            decode::work(feed, move |ring| Ok(Framed::<_, false>::new(ring, longest)))
        }),
        #[cfg(feature = "peers")]
        contestant("rival", move || {
            decode::work(feed, |ring| Ok(rival::Receiving::new(ring)))
        }),
        #[cfg(feature = "peers")]
        contestant("yawc", move || {
            decode::work(feed, |ring| yawc::Receiving::new(ring, false))
        }),
        #[cfg(feature = "peers")]
        contestant("ws-tool", move || {
            decode::work(feed, |ring| Ok(ws_tool::Receiving::new(ring, false)))
        }),
        #[cfg(feature = "peers")]
        contestant("sockudo-ws", move || {
            decode::work(feed, |ring| Ok(sockudo::Receiving::unchecked(ring)))
        }),
        contestant("ours", move || {
            decode::work(feed, |ring| ours::Receiving::new(ring, false))
        }),
    ]
}

fn checking(feed: Feed, longest: usize) -> Vec<Contestant> {
    let mut contestants = vec![contestant("limit", move || {
        decode::work(feed, move |ring| Ok(Framed::<_, true>::new(ring, longest)))
    })];
    #[cfg(feature = "peers")]
    contestants.push(contestant("fastwebsockets", move || {
        decode::work(feed, |ring| Ok(fastwebsockets::Receiving::new(ring)))
    }));
    contestants.extend(peers_of_messages(feed));
    contestants.push(contestant("ours", move || {
        decode::work(feed, |ring| ours::Receiving::new(ring, true))
    }));
    contestants
}

/// Those who check UTF-8 and hand over whole messages.
#[cfg(feature = "peers")]
fn peers_of_messages(feed: Feed) -> Vec<Contestant> {
    vec![
        contestant("tungstenite", move || {
            decode::work(feed, |ring| Ok(tungstenite::Receiving::new(ring)))
        }),
        contestant("tokio-websockets", move || {
            decode::work(feed, |ring| Ok(tokio_websockets::Receiving::new(ring)))
        }),
        contestant("yawc", move || {
            decode::work(feed, |ring| yawc::Receiving::new(ring, true))
        }),
        contestant("ws-tool", move || {
            decode::work(feed, |ring| Ok(ws_tool::Receiving::new(ring, true)))
        }),
        contestant("sockudo-ws", move || {
            decode::work(feed, |ring| Ok(sockudo::Receiving::checked(ring)))
        }),
    ]
}

#[cfg(not(feature = "peers"))]
const fn peers_of_messages(_: Feed) -> Vec<Contestant> {
    Vec::new()
}

/// Whole messages, each in one frame.
fn messages(length: usize) -> Case {
    let feed = Feed {
        messages: Messages::Json(length),
        read_size: SHORT_READS,
    };
    let mut contestants = vec![contestant("limit", move || {
        decode::work(feed, move |ring| Ok(Framed::<_, true>::new(ring, length)))
    })];
    contestants.push(contestant("ours", move || {
        decode::work(feed, ours::ReceivingMessages::new)
    }));
    Case {
        allocations: Allocations::Ours,
        absent: &[(
            "every peer",
            "has the same figures where frames are decoded and checked, its interface being the same",
        )],
        ..Case::new(
            format!("messages {}, 2 KiB reads, checked", size(length)),
            feed.messages,
            contestants,
        )
    }
}

fn fragmented(length: usize) -> Case {
    let feed = Feed {
        messages: Messages::Fragmented(length),
        read_size: SHORT_READS,
    };
    let mut contestants = vec![contestant("limit", move || {
        decode::work(feed, move |ring| Ok(Joined::new(ring, length)))
    })];
    contestants.extend(peers_of_messages(feed));
    contestants.push(contestant("ours", move || {
        decode::work(feed, ours::ReceivingMessages::new)
    }));
    Case {
        allocations: Allocations::Everyones,
        absent: &[
            ("rival", "does not join fragments"),
            ("fastwebsockets", "hands over frames"),
        ],
        ..Case::new(
            format!(
                "messages {} in {FRAGMENTS} frames, 2 KiB reads, checked",
                size(length)
            ),
            feed.messages,
            contestants,
        )
    }
}

/// A ping a read, each answered by a write.
fn pings() -> Case {
    let feed = Feed {
        messages: Messages::Pings,
        read_size: 2 + PING.len(),
    };
    let contestants = vec![
        contestant("limit", move || {
            decode::work(feed, |ring| Ok(Framed::<_, false>::new(ring, PING.len())))
        })
        .labelled("without an answer"),
        contestant("ours", move || {
            decode::work(feed, ours::ReceivingPings::new)
        }),
    ];
    Case {
        allocations: Allocations::Ours,
        ..Case::new("ping and its answer".to_owned(), feed.messages, contestants)
    }
}
