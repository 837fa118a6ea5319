//! The service on a network where everything goes wrong, under as many seeds as asked for.
//!
//! `cargo xtask simulate` runs it; so does `cargo test`, with 500 seeds. What is checked stands in `oracle.rs` (what the
//! service says of its endpoints), `client.rs` (what they receive, send, and are asked), `run.rs` (what must come to pass)
//! and `run/connections.rs` (which connections there are, and for how long).

// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

mod plan;
mod run;

mod client;
mod framed;
mod oracle;
mod shared;
mod target;

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::run::Run;

/// Seeds where `BOOM_SIM_SEEDS` says nothing else, from `BOOM_SIM_FROM` on.
const SEEDS: u64 = 500;

#[test]
fn every_seed_passes() {
    let (from, seeds) = (number("BOOM_SIM_FROM", 0), number("BOOM_SIM_SEEDS", SEEDS));
    let (next, has_failed) = (AtomicU64::new(from), AtomicBool::new(false));
    let sums = Mutex::new(BTreeMap::<_, u64>::new());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= from.saturating_add(seeds) || has_failed.load(Ordering::Relaxed) {
                return;
            }
            let totals = run(seed).unwrap_or_else(|panic| {
                has_failed.store(true, Ordering::Relaxed);
                resume_unwind(panic)
            });
            let mut sums = sums.lock().unwrap();
            for (name, count) in totals.counts {
                *sums.entry(name).or_default() += count;
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
        let never = sums.iter().find(|(_, sum)| **sum == 0);
        assert!(never.is_none(), "nothing of the kind: {never:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in 0..10 {
        let hashes = [(); 2].map(|()| Run::new(seed).complete().trace_hash);
        assert_eq!(hashes[0], hashes[1], "seed {seed}");
    }
}

/// Runs one seed; where it fails, says how to repeat it and what came last.
fn run(seed: u64) -> thread::Result<run::Totals> {
    let mut run = Run::new(seed);
    let network = run.network().clone();
    let result = catch_unwind(AssertUnwindSafe(|| run.complete()));
    if result.is_err() {
        let lines = number("BOOM_SIM_LINES", 60) as usize;
        eprintln!(
            "{}\nseed {seed} has failed; again with: cargo xtask simulate --from {seed} --seeds 1",
            network.trace(lines)
        );
    }
    result
}

fn number(name: &str, default: u64) -> u64 {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => default,
    }
}
