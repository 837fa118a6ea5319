use std::time::Duration;

use super::{Idle, IdleStrategy};

/// Sleeps in the selector after each empty turn, until something is ready and for no longer than this: for those who
/// would rather spare the core than the microseconds of a wake-up.
///
/// Over a [`DirectSelector`](crate::DirectSelector) with sockets it is a spin, since every socket is always ready there.
///
/// # Examples
///
/// ```
/// use boom_select::{Idle, IdleStrategy, Park};
/// use std::time::Duration;
///
/// let mut idle = Park(Duration::from_millis(10));
/// assert_eq!(idle.after(true), Idle::Spin);
/// assert_eq!(idle.after(false), Idle::Wait(Duration::from_millis(10)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Park(
    /// The longest sleep.
    pub Duration,
);

impl IdleStrategy for Park {
    #[inline]
    fn after(&mut self, has_worked: bool) -> Idle {
        if has_worked {
            Idle::Spin
        } else {
            Idle::Wait(self.0)
        }
    }
}
