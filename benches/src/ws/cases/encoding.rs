//! Sending in memory.

use super::{Allocations, Case, contestant, count, size, time};
use crate::ws::encode::{self, Rules};
use crate::ws::feed::{FRAGMENTS, Messages};
use crate::ws::limit::Masked;
use crate::ws::ours;

#[cfg(feature = "peers")]
use crate::ws::encode::Mask;
#[cfg(feature = "peers")]
use crate::ws::{fastwebsockets, rival, sockudo, tokio_websockets, tungstenite, ws_tool, yawc};

pub(super) fn cases() -> Vec<Case> {
    vec![
        encoding(16),
        Case {
            instructions: count(155.0),
            time: time(13.0, 11.0),
            allocations: Allocations::Everyones,
            ..encoding(150)
        },
        encoding(1 << 10),
        encoding(16 << 10),
        in_fragments(150),
    ]
}

fn encoding(length: usize) -> Case {
    let messages = Messages::Json(length);
    let contestants = vec![
        contestant("limit", move || {
            encode::work(messages, Rules::ONE_WRITE, move |sink| {
                Ok(Masked::new(sink, length))
            })
        }),
        #[cfg(feature = "peers")]
        contestant("rival", move || {
            let rules = Rules {
                mask: Mask::AlwaysZero,
                ..Rules::ONE_WRITE
            };
            encode::work(messages, rules, |sink| Ok(rival::Sending::new(sink)))
        }),
        #[cfg(feature = "peers")]
        contestant("tungstenite", move || {
            encode::work(messages, Rules::ONE_WRITE, |sink| {
                Ok(tungstenite::Sending::new(sink))
            })
        }),
        #[cfg(feature = "peers")]
        contestant("fastwebsockets", move || {
            encode::work(messages, Rules::ONE_WRITE, |sink| {
                Ok(fastwebsockets::Sending::new(sink))
            })
        }),
        #[cfg(feature = "peers")]
        contestant("tokio-websockets", move || {
            encode::work(messages, Rules::ONE_WRITE, |sink| {
                Ok(tokio_websockets::Sending::new(sink))
            })
        }),
        #[cfg(feature = "peers")]
        contestant("yawc", move || {
            encode::work(messages, Rules::ONE_WRITE, yawc::Sending::new)
        }),
        #[cfg(feature = "peers")]
        contestant("ws-tool", move || {
            encode::work(messages, Rules::ONE_WRITE, |sink| {
                Ok(ws_tool::Sending::new(sink))
            })
        }),
        #[cfg(feature = "peers")]
        contestant("sockudo-ws", move || {
            encode::work(messages, Rules::ONE_WRITE, |sink| {
                Ok(sockudo::Sending::new(sink))
            })
        }),
        contestant("ours", move || {
            encode::work(messages, Rules::ONE_WRITE, ours::Sending::new)
        }),
    ];
    Case::new(
        format!("encode {}, masked, one write", size(length)),
        messages,
        contestants,
    )
}

/// Ours alone: peers have no interface that is like it.
fn in_fragments(length: usize) -> Case {
    let messages = Messages::Json(length);
    let rules = Rules {
        writes_a_message: FRAGMENTS as u64,
        ..Rules::ONE_WRITE
    };
    let contestants = vec![
        contestant("limit", move || {
            encode::work(messages, Rules::ONE_WRITE, move |sink| {
                Ok(Masked::new(sink, length))
            })
        })
        .labelled("in one frame"),
        contestant("ours", move || {
            encode::work(messages, rules, ours::SendingFragments::new)
        }),
    ];
    Case {
        allocations: Allocations::Ours,
        ..Case::new(
            format!(
                "encode {} in {FRAGMENTS} frames, a write each",
                size(length)
            ),
            messages,
            contestants,
        )
    }
}
