//! Both sides send without a break, and one of them is killed, in the middle of a message that a seed chooses.

use std::time::Duration;

use super::Random;
use super::journal::Agreement;
use super::pair::Pair;
use super::plan::Kills;
use super::relay::{Moment, Rest};
use super::wire::{RECORD, Seen};
use crate::report::{Failure, Result};

/// Until the next message passes; a start of Node and a logon are in between.
const LIMIT: Duration = Duration::from_secs(20);

/// What happened, and what passed the relay.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// Of the initiator, and of the acceptor.
    pub(super) kills: [usize; 2],
    /// Lines that a kill had left half written.
    pub(super) torn: usize,
    pub(super) cuts: usize,
    /// Of TLS; where there are some, messages are not seen.
    pub(super) records: usize,
    /// New ones, in both directions.
    pub(super) messages: usize,
    pub(super) dropped: usize,
    /// Passed once more.
    pub(super) resent: usize,
    pub(super) resend_requests: usize,
    pub(super) gap_fills: usize,
    pub(super) logons: usize,
    /// What the journals say came twice, marked.
    pub(super) repeated: usize,
}

/// Kills so many times, and compares the journals.
pub(super) fn run(pair: &mut Pair, kills: Kills, random: &mut Random) -> Result<Figures> {
    let mut figures = Figures::default();
    let from = pair.relay.total();
    for side in [true, false] {
        pair.side(side).prepare()?;
        pair.side(side).tell("traffic on")?;
    }
    let mut done = 0;
    while done < kills.total {
        let is_kill = harm(pair, kills, &mut figures, random);
        let is_kill = is_kill.map_err(|failure| {
            let condition = pair.condition();
            Failure::new(format!("after {done} kills: {failure}; {condition}"))
        })?;
        done += u64::from(is_kill);
    }
    pair.relay.drop_next(true, 0);
    pair.relay.drop_next(false, 0);
    for side in [true, false] {
        pair.side(side).tell("traffic off")?;
    }
    pair.settle()?;
    let agreements = pair.compare()?;
    figures.add(&pair.relay.seen().split_off(from), agreements);
    Ok(figures)
}

/// Waits for the moment and does something then: to kill, in most cases.
fn harm(pair: &mut Pair, kills: Kills, figures: &mut Figures, random: &mut Random) -> Result<bool> {
    if random.below(3) == 0 {
        pair.relay
            .drop_next(random.below(2) == 0, random.below(30) as u32);
    }
    // Some in the middle of a logon and what follows it.
    let is_early = random.below(4) == 0;
    let spread = if is_early { 8 } else { kills.spread };
    let rest = match random.below(3) {
        0 => Rest::Sent,
        1 => Rest::Held,
        _ => Rest::Lost,
    };
    pair.relay.set_moment(Moment {
        after: random.below(spread),
        rest,
    });
    pair.wait_for_moment(LIMIT)?;
    if rest == Rest::Lost && random.below(4) == 0 {
        figures.cuts += 1;
        return Ok(false);
    }
    let is_initiator = random.below(100) < kills.initiator;
    figures.kills[usize::from(!is_initiator)] += 1;
    let side = pair.side(is_initiator);
    figures.torn += side.kill(random)?;
    pair.relay.resume();
    let side = pair.side(is_initiator);
    side.start()?;
    side.tell("traffic on")?;
    side.prepare()?;
    Ok(true)
}

impl Figures {
    fn add(&mut self, seen: &[Seen], agreements: [Agreement; 2]) {
        let count = |is_it: &dyn Fn(&Seen) -> bool| seen.iter().filter(|seen| is_it(seen)).count();
        self.dropped = count(&|seen| seen.is_dropped);
        self.resent = count(&|seen| seen.is_application() && seen.is_poss_dup);
        self.resend_requests = count(&|seen| seen.kind == "2");
        self.gap_fills = count(&|seen| seen.kind == "4");
        self.records = count(&|seen| seen.kind == RECORD);
        self.logons = count(&|seen| seen.kind == "A");
        self.messages = agreements.iter().map(|agreement| agreement.messages).sum();
        self.repeated = agreements.iter().map(|agreement| agreement.repeated).sum();
    }
}
