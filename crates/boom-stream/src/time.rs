//! Time as a parameter.

use std::time::Instant;

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

/// The operating system's monotonic clock; zero is the moment of construction.
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
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    origin: Instant,
}

impl Default for MonotonicClock {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl TimeSource for MonotonicClock {
    fn now_ns(&self) -> u64 {
        // 2^64 ns are 584 years.
        self.origin.elapsed().as_nanos() as u64
    }
}
