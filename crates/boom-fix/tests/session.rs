//! Sessions over bytes in memory: two of ours with each other, and one with a peer whose messages are written by hand.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "session/pair.rs"]
mod pair;
#[path = "session/peer.rs"]
mod peer;

#[path = "session/gaps.rs"]
mod gaps;
#[cfg(feature = "schedule")]
#[path = "session/hours.rs"]
mod hours;
#[path = "session/logons.rs"]
mod logons;
#[path = "session/probes.rs"]
mod probes;
#[path = "session/recovery.rs"]
mod recovery;
#[path = "session/resends.rs"]
mod resends;
#[path = "session/rules.rs"]
mod rules;
#[path = "session/sending.rs"]
mod sending;
#[path = "session/times.rs"]
mod times;
#[cfg(all(feature = "fix50", feature = "fix50sp1"))]
#[path = "session/versions.rs"]
mod versions;
