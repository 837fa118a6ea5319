//! What a seed decides before anything happens.

use std::time::Duration;

use boom_fix::BeginString;
use boom_fix::session::{Inbox, OfflineSend, SessionConfig, SlowConsumer};
use boom_testkit::sim::Random;

use crate::store::Durability;
use crate::wire::{Fate, Manner};

pub(crate) const MAX_MESSAGE: usize = 2048;

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) configs: [SessionConfig; 2],
    pub(crate) durability: [(Durability, Durability); 2],
    pub(crate) max_outbound: [usize; 2],
    pub(crate) ahead: [(usize, usize); 2],
    pub(crate) next_expected: bool,
    pub(crate) resets_on_logon: bool,
    pub(crate) has_wall_jumps: bool,
    pub(crate) heartbeat_s: u64,
    /// Steps with faults.
    pub(crate) steps: u64,
    /// A new connection takes the place of one that the acceptor still has; else it is turned away.
    pub(crate) replaces: bool,
    /// Each is so many of a thousand steps.
    pub(crate) crashes: u32,
    pub(crate) cuts: u32,
    pub(crate) stalls: u32,
    pub(crate) jumps: u32,
    pub(crate) logouts: u32,
    pub(crate) sends: u32,
    pub(crate) bursts: u32,
    /// Of a thousand messages delivered, so many are answered at once.
    pub(crate) answers: u32,
    pub(crate) store_failures: u32,
    pub(crate) fates: u32,
    pub(crate) short: u32,
    pub(crate) latency_ns: u64,
    pub(crate) window: usize,
    /// The longest step, in milliseconds.
    pub(crate) pace_ms: u64,
}

impl Plan {
    pub(crate) fn drawn(random: &mut Random) -> Self {
        let versions = [
            BeginString::Fix40,
            BeginString::Fix41,
            BeginString::Fix42,
            BeginString::Fix43,
            BeginString::Fix44,
            BeginString::Fix44,
            BeginString::Fix44,
            BeginString::Fixt11,
        ];
        let version = random.pick(&versions);
        let has_next_expected = matches!(version, BeginString::Fix44 | BeginString::Fixt11);
        let next_expected = has_next_expected && random.chance(400);
        let resets_on_logon = random.chance(100);
        let has_wall_jumps = random.chance(250);
        let heartbeat_s = random.pick(&[1, 2, 10, 30]);
        let max_outbound = [0; 2].map(|_| random.pick(&[400, 4096, 1 << 20]));
        let ahead =
            [0; 2].map(|_| random.pick(&[(0, 0), (1, 1 << 16), (3, 500), (10_000, 1 << 20)]));
        let offline = if random.chance(600) {
            OfflineSend::Queue
        } else {
            OfflineSend::Refuse
        };
        let levels = [
            Durability::None,
            Durability::Flush,
            Durability::Fsync,
            Durability::Fsync,
        ];
        let durability = [0; 2].map(|_| {
            let messages = random.pick(&levels);
            (messages, random.pick(&levels).min(messages))
        });
        let mut configs = [
            SessionConfig::initiator(version, "BUYER", "VENUE"),
            SessionConfig::acceptor(version, "VENUE", "BUYER"),
        ];
        for (side, config) in configs.iter_mut().enumerate() {
            let mut drawn = config
                .clone()
                .with_heartbeat(Duration::from_secs(heartbeat_s))
                .with_max_message_bytes(MAX_MESSAGE)
                .with_next_expected(next_expected)
                .with_reset_on_logon(resets_on_logon)
                .with_offline_send(offline)
                .with_max_outbound(
                    max_outbound[side],
                    random.pick(&[
                        SlowConsumer::Refuse,
                        SlowConsumer::Refuse,
                        SlowConsumer::Disconnect,
                    ]),
                )
                // What is slow alone is not to be rejected.
                .with_time_accuracy(match random.below(3) {
                    0 => None,
                    1 if has_wall_jumps => Some(Duration::from_secs(5)),
                    _ if has_wall_jumps => Some(Duration::from_secs(120)),
                    _ => Some(Duration::from_secs(86_400)),
                });
            if version == BeginString::Fixt11 {
                drawn = drawn.with_default_appl_ver_id("9");
            }
            if random.chance(500) {
                drawn = drawn.with_resend_chunk(random.pick(&[1, 2, 3, 10, 100]));
            }
            if random.chance(150) {
                drawn = drawn.with_throttle(random.pick(&[1, 5]), Duration::from_millis(300));
            }
            *config = drawn;
        }
        let seldom = |random: &mut Random| random.pick(&[0, 0, 5, 20, 60]);
        Self {
            configs,
            durability,
            max_outbound,
            ahead,
            next_expected,
            resets_on_logon,
            has_wall_jumps,
            heartbeat_s,
            steps: random.between(100, 500),
            replaces: random.chance(500),
            crashes: seldom(random),
            cuts: seldom(random),
            stalls: seldom(random),
            jumps: if has_wall_jumps { 20 } else { 0 },
            logouts: random.pick(&[0, 0, 10, 40]),
            sends: random.pick(&[50, 200, 500]),
            bursts: random.pick(&[0, 10, 50]),
            answers: random.pick(&[0, 100, 400]),
            store_failures: random.pick(&[0, 0, 0, 2, 20]),
            fates: random.pick(&[0, 300, 800]),
            short: random.pick(&[0, 100, 700]),
            latency_ns: random.pick(&[0, 1_000_000, 50_000_000, 400_000_000]),
            window: random.pick(&[64, 2000, 100_000]),
            pace_ms: random.pick(&[1, 20, 200, 1500]),
        }
    }

    pub(crate) fn manner(&self, random: &mut Random) -> Manner {
        let fate = random.chance(self.fates).then(|| {
            let fate = random.pick(&[Fate::Reset, Fate::End, Fate::End, Fate::Silence]);
            let most = random.pick(&[50, 400, 5000]);
            (fate, random.below(2) as usize, random.below(most))
        });
        Manner {
            latency_ns: self.latency_ns,
            short: self.short,
            window: self.window,
            fate,
        }
    }

    /// How it is when the trouble is over.
    pub(crate) fn calm_manner(&self) -> Manner {
        Manner {
            latency_ns: self.latency_ns.min(10_000_000),
            short: 0,
            window: 100_000,
            fate: None,
        }
    }

    pub(crate) fn inbox(&self, side: usize) -> Inbox {
        let (messages, bytes) = self.ahead[side];
        Inbox::new()
            .with_max_message_bytes(MAX_MESSAGE + 256)
            .with_ahead(messages, bytes)
    }
}
