//! permessage-deflate (RFC 7692) with context takeover both ways.

use super::{Allocations, Case, Contestant, contestant};
use crate::harness::target::Target;
use crate::harness::{Answer, Result, Work};
use crate::ws::deflate::{Deflater, Inflater};
use crate::ws::feed::{Feed, Messages};
use crate::ws::limit::{Deflating, Inflating};
use crate::ws::{decode, encode, ours};

#[cfg(feature = "peers")]
use crate::ws::deflate::{Flate2Deflater, Flate2Inflater};
#[cfg(feature = "peers")]
use crate::ws::{sockudo, yawc};

const MESSAGES: Messages = Messages::Deflated(1 << 10);
const FEED: Feed = Feed {
    messages: MESSAGES,
    read_size: 2 << 10,
};

/// Of boom-ws.
const DEFAULT_LEVEL: u8 = 1;
/// Of zlib, and of the peers.
const ZLIB_LEVEL: u8 = 6;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("deflate", DEFAULT_LEVEL, deflating, None),
        case("inflate", DEFAULT_LEVEL, inflating, None),
        case("deflate and inflate", DEFAULT_LEVEL, both, target()),
        case("deflate and inflate", ZLIB_LEVEL, both, target()),
    ]
}

/// What the fastest of those that keep the RFC took where the target was set, by what zlib-rs took there through flate2,
/// which only `peers` bring.
fn target() -> Option<Target> {
    cfg!(feature = "peers").then_some(Target::Time {
        ns: 7750.0,
        limit_ns: 8870.0,
    })
}

fn case(
    what: &str,
    level: u8,
    make: fn(Who, u8) -> Result<Box<dyn Work>>,
    time: Option<Target>,
) -> Case {
    let contestants = Who::ALL.iter().map(|who| {
        let who = *who;
        let contestant = contestant(who.column(), move || make(who, level));
        contestant.labelled(who.label())
    });
    Case {
        time,
        counted: false,
        allocations: if what.contains("and") {
            Allocations::Nobodys
        } else {
            Allocations::Everyones
        },
        absent: &[
            ("rival", "has no permessage-deflate"),
            ("tungstenite", "has no permessage-deflate"),
            ("fastwebsockets", "has no permessage-deflate"),
            ("tokio-websockets", "has no permessage-deflate"),
            (
                "ws-tool",
                "has permessage-deflate by zlib in C only, which is not built here",
            ),
        ],
        ..Case::new(
            format!("{what} 1 KiB with takeover, level {level}"),
            MESSAGES,
            contestants.collect::<Vec<Contestant>>(),
        )
    }
}

#[derive(Clone, Copy)]
enum Who {
    #[cfg(feature = "peers")]
    Flate2,
    Zlib,
    #[cfg(feature = "peers")]
    Yawc,
    #[cfg(feature = "peers")]
    Sockudo,
    Ours,
}

impl Who {
    const ALL: &[Self] = &[
        #[cfg(feature = "peers")]
        Self::Flate2,
        Self::Zlib,
        #[cfg(feature = "peers")]
        Self::Yawc,
        #[cfg(feature = "peers")]
        Self::Sockudo,
        Self::Ours,
    ];

    const fn column(self) -> &'static str {
        match self {
            #[cfg(feature = "peers")]
            Self::Flate2 => "limit",
            Self::Zlib => "limit",
            #[cfg(feature = "peers")]
            Self::Yawc => "yawc",
            #[cfg(feature = "peers")]
            Self::Sockudo => "sockudo-ws",
            Self::Ours => "ours",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            #[cfg(feature = "peers")]
            Self::Flate2 => "by flate2",
            Self::Zlib => "zlib-rs",
            _ => "",
        }
    }
}

fn deflating(who: Who, level: u8) -> Result<Box<dyn Work>> {
    let rules = encode::Rules::ONE_WRITE;
    match who {
        #[cfg(feature = "peers")]
        Who::Flate2 => encode::work(MESSAGES, rules, move |sink| {
            Ok(Deflating::new(sink, Flate2Deflater::new(level)))
        }),
        Who::Zlib => encode::work(MESSAGES, rules, move |sink| {
            Ok(Deflating::new(sink, Deflater::new(level)))
        }),
        #[cfg(feature = "peers")]
        Who::Yawc => encode::work(MESSAGES, rules, move |sink| {
            yawc::Sending::deflating(sink, level)
        }),
        #[cfg(feature = "peers")]
        Who::Sockudo => encode::work(MESSAGES, rules, move |sink| {
            Ok(sockudo::Deflating::new(sink, level))
        }),
        Who::Ours => encode::work(MESSAGES, rules, move |sink| {
            ours::Sending::deflating(sink, level)
        }),
    }
}

fn inflating(who: Who, level: u8) -> Result<Box<dyn Work>> {
    match who {
        #[cfg(feature = "peers")]
        Who::Flate2 => decode::work(FEED, |ring| Ok(Inflating::new(ring, Flate2Inflater::new()))),
        Who::Zlib => decode::work(FEED, |ring| Ok(Inflating::new(ring, Inflater::new()))),
        #[cfg(feature = "peers")]
        Who::Yawc => decode::work(FEED, move |ring| yawc::Receiving::inflating(ring, level)),
        #[cfg(feature = "peers")]
        Who::Sockudo => decode::work(FEED, move |ring| {
            Ok(sockudo::Receiving::inflating(ring, level))
        }),
        Who::Ours => decode::work(FEED, move |ring| {
            ours::ReceivingMessages::inflating(ring, level)
        }),
    }
}

fn both(who: Who, level: u8) -> Result<Box<dyn Work>> {
    Ok(Box::new(Both {
        deflating: deflating(who, level)?,
        inflating: inflating(who, level)?,
    }))
}

/// The same number of messages each way.
struct Both {
    deflating: Box<dyn Work>,
    inflating: Box<dyn Work>,
}

impl Work for Both {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let answer = self.deflating.answer(messages)?;
        if answer == self.inflating.answer(messages)? {
            Ok(answer)
        } else {
            Err("the two directions differ".into())
        }
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        self.deflating.run(messages)?;
        self.inflating.run(messages)
    }
}
