//! What is tried step by step, before anything is killed. What has happened is told by what passed the relay.

use std::thread;
use std::time::{Duration, Instant};

use super::pair::Pair;
use super::plan::CHUNK;
use super::wire::Seen;
use crate::report::{Failure, Result};

type Step = (&'static str, fn(&mut Pair) -> Result<()>);

const STEPS: [Step; 7] = [
    ("orders", orders),
    ("gaps", |pair| gaps(pair, 1)),
    ("long gaps", |pair| gaps(pair, 4 * CHUNK as u32)),
    ("rejects", rejects),
    ("test requests", test_requests),
    ("silence", silence),
    ("logouts", logouts),
];

/// What can be tried where the relay sees no messages.
const ENCRYPTED: [Step; 3] = [
    ("orders", unseen_orders),
    ("rejects", unseen_rejects),
    ("logouts", unseen_logouts),
];

/// How long something may take to pass.
const LIMIT: Duration = Duration::from_secs(15);

/// Runs all steps, and gives their names.
pub(super) fn run(pair: &mut Pair, is_tls: bool) -> Result<String> {
    let steps: &[Step] = if is_tls { &ENCRYPTED } else { &STEPS };
    for (name, step) in steps {
        let result = step(pair).and_then(|()| pair.settle());
        result.map_err(|failure| {
            let condition = pair.condition();
            Failure::new(format!("{name}: {failure}; {condition}"))
        })?;
    }
    pair.compare()?;
    let names: Vec<_> = steps.iter().map(|(name, _)| *name).collect();
    Ok(names.join(", "))
}

fn orders(pair: &mut Pair) -> Result<()> {
    let from = pair.relay.total();
    pair.initiator.tell("send 50")?;
    pair.acceptor.tell("send 20")?;
    wait(pair, from, 50, |seen| seen.is("D", true))?;
    // One for each order.
    wait(pair, from, 70, |seen| seen.is("8", false))
}

fn unseen_orders(pair: &mut Pair) -> Result<()> {
    pair.initiator.tell("send 50")?;
    pair.acceptor.tell("send 20")?;
    pair.settle()?;
    // One report for each order.
    match pair.compare()?.map(|agreement| agreement.messages) {
        [50, 70] => Ok(()),
        [orders, reports] => Err(Failure::new(format!("{orders} orders, {reports} reports"))),
    }
}

/// Messages are lost in both directions, and sent again.
fn gaps(pair: &mut Pair, count: u32) -> Result<()> {
    for is_from_initiator in [true, false] {
        let from = pair.relay.total();
        pair.relay.drop_next(is_from_initiator, count);
        let order = format!("send {}", count + 3);
        pair.side(is_from_initiator).tell(&order)?;
        wait(pair, from, count as usize, |seen| seen.is_dropped)?;
        pair.settle()?;
        let requests = |seen: &Seen| seen.is("2", !is_from_initiator);
        wait(pair, from, 1, requests)?;
        wait(pair, from, count as usize, |seen| {
            seen.is_poss_dup && seen.is_application() && seen.is_from_initiator == is_from_initiator
        })?;
        if !pair.side(!is_from_initiator).name().starts_with("boom-fix") {
            continue;
        }
        // We ask for a part at a time.
        let is_too_much = |seen: &Seen| {
            let range = seen.range.unwrap_or_default();
            requests(seen) && (range.1 < range.0 || range.1 - range.0 >= CHUNK)
        };
        if pair.relay.count(from, is_too_much) > 0 {
            return Err(Failure::new("too much was asked for at once"));
        }
        wait(
            pair,
            from,
            (u64::from(count).div_ceil(CHUNK)) as usize,
            requests,
        )?;
    }
    Ok(())
}

fn rejects(pair: &mut Pair) -> Result<()> {
    for is_initiator in [true, false] {
        let from = pair.relay.total();
        pair.side(is_initiator).tell("bad")?;
        wait(pair, from, 1, |seen| seen.is("3", !is_initiator))?;
    }
    let from = pair.relay.total();
    pair.initiator.tell("strange")?;
    wait(pair, from, 1, |seen| seen.is("j", false))
}

/// The journals say what was rejected, and the numbers that the rejects came.
fn unseen_rejects(pair: &mut Pair) -> Result<()> {
    for is_initiator in [true, false] {
        pair.side(is_initiator).tell("bad")?;
    }
    pair.initiator.tell("strange")
}

fn test_requests(pair: &mut Pair) -> Result<()> {
    for is_initiator in [true, false] {
        let from = pair.relay.total();
        pair.side(is_initiator).tell("test")?;
        wait(pair, from, 1, |seen| {
            seen.is("0", !is_initiator) && seen.test.as_deref() == Some("asked")
        })?;
    }
    Ok(())
}

/// Nothing gets through, until both sides ask whether the other is there.
fn silence(pair: &mut Pair) -> Result<()> {
    let from = pair.relay.total();
    pair.relay.stall(true);
    let asked = [true, false].map(|side| wait(pair, from, 1, |seen| seen.is("1", side)));
    pair.relay.stall(false);
    for result in asked {
        result?;
    }
    for side in [true, false] {
        wait(pair, from, 1, |seen| {
            seen.is("0", side) && seen.test.is_some()
        })?;
    }
    match pair.relay.count(from, |seen| seen.kind == "A") {
        0 => Ok(()),
        _ => Err(Failure::new("the connection did not last")),
    }
}

/// Whoever logs out, both do, and then log on again.
fn logouts(pair: &mut Pair) -> Result<()> {
    for is_initiator in [true, false] {
        let from = pair.relay.total();
        pair.side(is_initiator).tell("logout")?;
        pair.wait_for_logout()?;
        pair.wait_for_logon()?;
        for side in [true, false] {
            wait(pair, from, 1, |seen| seen.is("5", side))?;
        }
    }
    Ok(())
}

fn unseen_logouts(pair: &mut Pair) -> Result<()> {
    for is_initiator in [true, false] {
        pair.side(is_initiator).tell("logout")?;
        pair.wait_for_logout()?;
        pair.wait_for_logon()?;
    }
    Ok(())
}

fn wait(pair: &Pair, from: usize, count: usize, is_it: impl Fn(&Seen) -> bool) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let found = pair.relay.count(from, &is_it);
        if found >= count {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format!("{found} of {count} messages passed")));
        }
        thread::sleep(Duration::from_millis(2));
    }
}
