//! What is printed, and what may only be judged in the end.

use std::time::Duration;

use crate::Result;
use crate::line::Stream;
use crate::truth::Missed;
use crate::watch::Watch;

/// In which all are to be active again; how often they are is said.
const AIM: Duration = Duration::from_millis(500);
/// After so many outages memory has what it needs.
const WARM_UP: usize = 2;
/// What may come on top of it.
const GROWTH_MAX: u64 = 8 << 20;

/// How the endpoints came back, counted from when the venue listened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recovery {
    pub(crate) first: Duration,
    pub(crate) all: Duration,
    /// In which all have tried by their policy.
    pub(crate) policy: Duration,
}

#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) kills: u32,
    /// Kills that came when some had got their part of a burst and others had not.
    pub(crate) kills_in_burst: u32,
    recoveries: Vec<Recovery>,
    /// The memory after each of them.
    resident: Vec<u64>,
}

impl Summary {
    pub(crate) fn add(&mut self, recovery: Recovery, missed: Missed, resident: u64) {
        println!(
            "        {} gaps of {} messages, {} cut within one; active again: first after {}, all after {}, all try within {}; {} MiB",
            missed.gaps,
            missed.messages,
            missed.cut,
            milliseconds(recovery.first),
            milliseconds(recovery.all),
            milliseconds(recovery.policy),
            mebibytes(resident),
        );
        self.recoveries.push(recovery);
        self.resident.push(resident);
    }

    /// Fails where nothing was tried, or where memory has grown.
    pub(crate) fn finish<R, S: Stream>(&self, watch: &Watch<R, S>) -> Result<()> {
        if self.kills_in_burst == 0 {
            return Err("no kill came within a burst".into());
        }
        if let (Some(before), Some(after)) = (self.resident.get(WARM_UP), self.resident.last())
            && *after > before + GROWTH_MAX
        {
            let [before, after] = [before, after].map(|bytes| mebibytes(*bytes));
            return Err(format!("memory grew from {before} to {after} MiB").into());
        }
        let ledger = &watch.ledger;
        println!(
            "    {} messages; {} connects, {} ends, {} failed attempts, {} waits cut short; {} of {} single kills within a burst",
            watch.feed.messages,
            ledger.connected,
            ledger.disconnected,
            ledger.failed,
            ledger.followed,
            self.kills_in_burst,
            self.kills,
        );
        let all = self.recoveries.iter().map(|recovery| recovery.all);
        println!(
            "    all active again within {} in {} of {} returns, in {} at the latest",
            milliseconds(AIM),
            all.clone().filter(|all| *all <= AIM).count(),
            all.len(),
            milliseconds(all.max().unwrap_or_default()),
        );
        Ok(())
    }
}

pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{:.0} ms", duration.as_secs_f64() * 1e3)
}

pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / f64::from(1 << 20))
}
