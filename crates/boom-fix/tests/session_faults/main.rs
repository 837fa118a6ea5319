//! Two sessions on a network, disks and clocks that fail by seed: 500 seeds, or as many as `BOOM_FIX_SEEDS` says.
//!
//! What must hold stands in `oracle.rs`: every message that a session took comes to the other application exactly once and
//! in order, or is reported. A message may come once more, with `PossDupFlag`, where the receiver ended before it had kept
//! that it came. In the end, when nothing goes wrong any more, both sides agree and are at rest (`world.rs`).
#![cfg(feature = "session")]
// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod world;

mod plan;
mod side;

mod oracle;

mod counts;
mod store;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::counts::Counts;
use crate::world::{Log, World};

/// Seeds where `BOOM_FIX_SEEDS` says nothing else, from `BOOM_FIX_FROM` on.
const SEEDS: u64 = 500;

#[test]
fn every_seed_passes() {
    let (from, seeds) = (number("BOOM_FIX_FROM", 0), number("BOOM_FIX_SEEDS", SEEDS));
    let (next, has_failed) = (AtomicU64::new(from), AtomicBool::new(false));
    let sums = Mutex::new(Counts::default());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= from.saturating_add(seeds) || has_failed.load(Ordering::Relaxed) {
                return;
            }
            match run(seed) {
                Ok(counts) => sums.lock().unwrap().sum(&counts),
                // To see how many fail, and whether for one reason.
                Err(_) if number("BOOM_FIX_GO_ON", 0) > 0 => {}
                Err(panic) => {
                    has_failed.store(true, Ordering::Relaxed);
                    resume_unwind(panic)
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let sums = sums.into_inner().unwrap();
    println!("{seeds} seeds from {from}: {sums:?}");
    if seeds >= SEEDS {
        assert_eq!(sums.never(), None, "nothing of the kind");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in 0..10 {
        let [first, second] = [(); 2].map(|()| {
            let log = Log::default();
            let counts = World::new(seed, Some(Log::clone(&log))).complete();
            (counts, log.take())
        });
        assert_eq!(first, second, "seed {seed}");
    }
}

/// Runs one seed; where it fails, runs it again for what came last.
fn run(seed: u64) -> thread::Result<Counts> {
    let result = catch_unwind(|| World::new(seed, None).complete());
    if result.is_err() && number("BOOM_FIX_GO_ON", 0) > 0 {
        eprintln!("seed {seed} has failed");
    } else if result.is_err() {
        let log = Log::default();
        let told = AssertUnwindSafe(Log::clone(&log));
        let _ = catch_unwind(|| World::new(seed, Some({ told }.0)).complete());
        let log = log.borrow();
        let lines = number("BOOM_FIX_LINES", 60) as usize;
        for line in &log[log.len().saturating_sub(lines)..] {
            eprintln!("{line}");
        }
        eprintln!("seed {seed} has failed; again with: BOOM_FIX_FROM={seed} BOOM_FIX_SEEDS=1");
    }
    result
}

fn number(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => default,
    }
}
