//! Time as a parameter.

/// A monotonic clock in nanoseconds.
///
/// Everything that needs the time asks one of these, so that tests and simulations own the clock. The zero point
/// is the source's own; only differences mean something.
///
/// # Examples
///
/// ```
/// use boom_stream::TimeSource;
/// use std::cell::Cell;
///
/// #[derive(Default)]
/// struct Stopped(Cell<u64>);
///
/// impl TimeSource for Stopped {
///     fn now_ns(&self) -> u64 {
///         self.0.get()
///     }
/// }
///
/// let clock = Stopped::default();
/// clock.0.set(5_000_000_000);
/// assert_eq!(clock.now_ns(), 5_000_000_000);
/// ```
pub trait TimeSource {
    /// Nanoseconds since the source's zero point; never less than an earlier answer.
    fn now_ns(&self) -> u64;
}

impl<T: TimeSource + ?Sized> TimeSource for &T {
    fn now_ns(&self) -> u64 {
        (**self).now_ns()
    }
}

impl<T: TimeSource + ?Sized> TimeSource for std::rc::Rc<T> {
    fn now_ns(&self) -> u64 {
        (**self).now_ns()
    }
}

/// The operating system's monotonic clock; zero is some moment before its construction.
///
/// # Examples
///
/// ```
/// use boom_stream::{MonotonicClock, TimeSource};
///
/// let clock = MonotonicClock::default();
/// let earlier = clock.now_ns();
/// assert!(clock.now_ns() >= earlier);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct MonotonicClock {
    clock: system::Clock,
}

impl TimeSource for MonotonicClock {
    #[inline]
    fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }
}

/// The clock behind `std::time::Instant`, without what two of these check when one is taken from the other: services ask
/// once a poll, recordings once a read.
#[cfg(target_os = "linux")]
mod system {
    use nix::time::{ClockId, clock_gettime};

    #[derive(Clone, Copy, Debug, Default)]
    pub(super) struct Clock;

    impl Clock {
        #[inline]
        pub(super) fn now_ns(self) -> u64 {
            // Every Linux has this clock, so 0 is never the answer. Since the machine started: 2^64 ns are 584 years.
            clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, |time| {
                time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64
            })
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::time::Instant;

    #[derive(Clone, Copy, Debug)]
    pub(super) struct Clock {
        origin: Instant,
    }

    impl Default for Clock {
        fn default() -> Self {
            Self {
                origin: Instant::now(),
            }
        }
    }

    impl Clock {
        pub(super) fn now_ns(self) -> u64 {
            // 2^64 ns are 584 years.
            self.origin.elapsed().as_nanos() as u64
        }
    }
}
