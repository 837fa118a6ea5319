//! What may go wrong.

use super::Random;

/// How often what goes wrong: each number is so many of a thousand.
///
/// The first group changes only how things happen, and nothing is lost by it: a program has to live with it at any time.
/// [`without_losses`](Self::without_losses) leaves that group on.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::{Faults, Random};
///
/// let faults = Faults { refused: 500, short_reads: 300, ..Faults::none() };
/// assert_eq!(faults.without_losses().refused, 0);
/// assert_eq!(faults.without_losses().short_reads, 300);
/// assert_eq!(Faults::drawn(&mut Random::new(3)), Faults::drawn(&mut Random::new(3)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// Reads that return less than is there.
    pub short_reads: u32,
    /// Writes that take less than there is room for.
    pub short_writes: u32,
    /// Writes that take nothing although there is room; a report follows when that is over.
    pub blocked_writes: u32,
    /// Reads and writes that are interrupted.
    pub interruptions: u32,
    /// Polls of the selector that report a socket for no reason.
    pub spurious_reports: u32,
    /// Polls of the selector that report a token that is registered no more.
    pub stale_reports: u32,
    /// Polls of the selector that keep some reports for the next.
    pub late_reports: u32,
    /// Polls of the selector that return before their time with nothing.
    pub early_returns: u32,
    /// The longest time on the way, in microseconds; the least is a tenth of it.
    pub latency_us: u64,

    /// Connections that are reset at some byte, of either side.
    pub resets: u32,
    /// Connections that fall silent at some byte: neither side hears of the other any more.
    pub silences: u32,
    /// Connects that are refused.
    pub refused: u32,
    /// Connects that are never answered.
    pub black_holes: u32,
    /// Connects that fail at once.
    pub failed_connects: u32,
    /// Connects that take time of the caller's.
    pub slow_connects: u32,
    /// Lookups that end in an error, or without an address.
    pub failed_lookups: u32,
    /// Lookups that are never answered.
    pub lost_lookups: u32,
}

impl Faults {
    /// Nothing goes wrong, and everything takes up to a millisecond.
    pub const fn none() -> Self {
        Self {
            short_reads: 0,
            short_writes: 0,
            blocked_writes: 0,
            interruptions: 0,
            spurious_reports: 0,
            stale_reports: 0,
            late_reports: 0,
            early_returns: 0,
            latency_us: 1000,
            resets: 0,
            silences: 0,
            refused: 0,
            black_holes: 0,
            failed_connects: 0,
            slow_connects: 0,
            failed_lookups: 0,
            lost_lookups: 0,
        }
    }

    /// A mixture of its own for each source: each fault is off, seldom, or frequent.
    pub fn drawn(random: &mut Random) -> Self {
        let mut benign = || random.pick(&[0, 0, 50, 400]);
        let faults = Self {
            short_reads: benign(),
            short_writes: benign(),
            blocked_writes: benign(),
            interruptions: benign() / 4,
            spurious_reports: benign(),
            stale_reports: benign(),
            late_reports: benign(),
            early_returns: benign(),
            ..Self::none()
        };
        let mut harmful = || random.pick(&[0, 0, 30, 150, 400]);
        Self {
            resets: harmful(),
            silences: harmful() / 2,
            refused: harmful(),
            black_holes: harmful() / 2,
            failed_connects: harmful() / 2,
            slow_connects: harmful() / 2,
            failed_lookups: harmful(),
            lost_lookups: harmful() / 2,
            latency_us: random.pick(&[20, 1000, 20_000]),
            ..faults
        }
    }

    /// The same without all by which something is lost or not made.
    #[must_use]
    pub const fn without_losses(&self) -> Self {
        Self {
            short_reads: self.short_reads,
            short_writes: self.short_writes,
            blocked_writes: self.blocked_writes,
            interruptions: self.interruptions,
            spurious_reports: self.spurious_reports,
            stale_reports: self.stale_reports,
            late_reports: self.late_reports,
            early_returns: self.early_returns,
            latency_us: self.latency_us,
            ..Self::none()
        }
    }
}
