//! What a polling thread does with a turn that brought nothing.

mod backoff;
mod busy_spin;
mod park;
mod spin_then_yield;

use std::thread;
use std::time::Duration;

pub use backoff::Backoff;
pub use busy_spin::BusySpin;
pub use park::Park;
pub use spin_then_yield::SpinThenYield;

/// Decides how a polling thread passes the time while nothing happens: spins, yields, or sleeps.
///
/// A strategy is told of each turn whether it brought work, and says how to take the next one. It knows neither clock nor
/// selector, and nothing of the thread: whoever polls does what it says, and a test can ask it anything. It costs a
/// comparison or two a turn.
///
/// | strategy | quickest reaction | what it costs |
/// | --- | --- | --- |
/// | [`BusySpin`] | at once | a core |
/// | [`SpinThenYield`] | at once, or when the others on the core have had their turn | a core that nobody else wants |
/// | [`Backoff`] | at once while busy, a wake-up after a pause | a core while busy |
/// | [`Park`] | a wake-up by the kernel (microseconds) | nothing |
///
/// # Examples
///
/// A loop over many sockets, for any strategy:
///
/// ```
/// use boom_select::{Idle, IdleStrategy, Ready, Selector};
/// use std::io;
///
/// fn run<T, S: Selector<T>>(
///     selector: &mut S,
///     idle: &mut impl IdleStrategy,
///     mut handle: impl FnMut(&mut S, Ready) -> bool,
/// ) -> io::Result<()> {
///     let mut ready = Vec::new();
///     let mut next = Idle::Spin;
///     loop {
///         ready.clear();
///         selector.poll(&mut ready, Some(next.timeout()))?;
///         let has_worked = !ready.is_empty();
///         for report in ready.drain(..) {
///             if !handle(selector, report) {
///                 return Ok(());
///             }
///         }
///         next = idle.after(has_worked);
///         next.pause();
///     }
/// }
/// # let mut selector = boom_select::DirectSelector::new();
/// # selector.register(&mut (), boom_select::Token { index: 0, generation: 0 })?;
/// # run::<(), _>(&mut selector, &mut boom_select::BusySpin, |_, _| false)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IdleStrategy {
    /// Takes note of a turn that brought work or did not, and says how to take the next one.
    fn after(&mut self, has_worked: bool) -> Idle;

    /// Does what [`after`](Self::after) says that can be done without the selector, and returns how long the next poll may
    /// wait: `timeout = idle.next_timeout(has_worked)`, and then `poll(&mut ready, Some(timeout))` or
    /// `service.wait(timeout)`.
    #[inline]
    fn next_timeout(&mut self, has_worked: bool) -> Duration {
        let next = self.after(has_worked);
        next.pause();
        next.timeout()
    }
}

impl<I: IdleStrategy + ?Sized> IdleStrategy for &mut I {
    #[inline]
    fn after(&mut self, has_worked: bool) -> Idle {
        (**self).after(has_worked)
    }
}

impl<I: IdleStrategy + ?Sized> IdleStrategy for Box<I> {
    #[inline]
    fn after(&mut self, has_worked: bool) -> Idle {
        (**self).after(has_worked)
    }
}

/// How the next turn of a polling thread is taken.
///
/// # Examples
///
/// ```
/// use boom_select::Idle;
/// use std::time::Duration;
///
/// assert_eq!(Idle::Spin.timeout(), Duration::ZERO);
/// assert_eq!(Idle::Yield.timeout(), Duration::ZERO);
/// assert_eq!(Idle::Wait(Duration::from_millis(5)).timeout(), Duration::from_millis(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idle {
    /// At once.
    Spin,
    /// When the other threads that wait for this core have had their turn.
    Yield,
    /// When something is ready, at the latest after this time.
    Wait(Duration),
}

impl Idle {
    /// How long the next poll may wait.
    #[inline]
    pub const fn timeout(self) -> Duration {
        match self {
            Self::Spin | Self::Yield => Duration::ZERO,
            Self::Wait(timeout) => timeout,
        }
    }

    /// Does before the next poll what is not the selector's: lets other threads run where it says so.
    #[inline]
    pub fn pause(self) {
        if self == Self::Yield {
            thread::yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a strategy says after each of these turns.
    fn after(strategy: &mut dyn IdleStrategy, turns: &[bool]) -> Vec<Idle> {
        turns.iter().map(|&worked| strategy.after(worked)).collect()
    }

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn a_busy_spin_never_does_anything_else() {
        let said = after(&mut BusySpin, &[true, false, false, true, false]);
        assert_eq!(said, [Idle::Spin; 5]);
    }

    #[test]
    fn a_spin_comes_before_the_yields_and_again_after_work() {
        let mut idle = SpinThenYield::new(2);
        let said = after(&mut idle, &[false, false, false, false, true, false]);
        let expected = [
            Idle::Spin,
            Idle::Spin,
            Idle::Yield,
            Idle::Yield,
            Idle::Spin,
            Idle::Spin,
        ];
        assert_eq!(said, expected);
        assert_eq!(
            after(&mut SpinThenYield::new(0), &[false, true]),
            [Idle::Yield, Idle::Spin]
        );
    }

    #[test]
    fn a_spin_does_not_begin_anew_when_its_count_is_at_its_end() {
        let mut idle = SpinThenYield::new(u32::MAX);
        idle.set_empty(u32::MAX);
        assert_eq!(after(&mut idle, &[false; 3]), [Idle::Yield; 3]);
    }

    #[test]
    fn parking_waits_unless_there_was_work() {
        let mut idle = Park(MILLISECOND);
        let wait = Idle::Wait(MILLISECOND);
        let said = after(&mut idle, &[false, true, false, false]);
        assert_eq!(said, [wait, Idle::Spin, wait, wait]);
    }

    #[test]
    fn backing_off_goes_from_spinning_to_ever_longer_waits_up_to_the_longest() {
        let mut idle = Backoff::new(1, 2, Duration::from_micros(300), MILLISECOND);
        let micros = |count| Idle::Wait(Duration::from_micros(count));
        let expected = [
            Idle::Spin,
            Idle::Yield,
            Idle::Yield,
            micros(300),
            micros(600),
            micros(1000),
            micros(1000),
        ];
        for _ in 0..2 {
            assert_eq!(after(&mut idle, &[false; 7]), expected);
            assert_eq!(idle.after(true), Idle::Spin);
        }
    }

    #[test]
    fn backing_off_does_not_overflow() {
        let mut idle = Backoff::new(0, 0, Duration::ZERO, Duration::MAX);
        let said = after(&mut idle, &[false; 300]);
        assert_eq!(said[0], Idle::Wait(Duration::from_nanos(1)), "never a spin");
        assert_eq!(said[299], Idle::Wait(Duration::MAX));
        // One that is shorter than the shortest is the longest all the same.
        let mut idle = Backoff::new(0, 0, MILLISECOND, Duration::from_nanos(5));
        let wait = Idle::Wait(Duration::from_nanos(5));
        assert_eq!(after(&mut idle, &[false; 2]), [wait, wait]);
    }

    #[test]
    fn a_strategy_may_be_chosen_at_run_time() {
        let mut idle: Box<dyn IdleStrategy> = Box::new(Park(MILLISECOND));
        assert_eq!(idle.next_timeout(false), MILLISECOND);
        assert_eq!(idle.next_timeout(true), Duration::ZERO);
        let mut lent = &mut idle;
        assert_eq!(
            IdleStrategy::after(&mut lent, false),
            Idle::Wait(MILLISECOND)
        );
    }
}
