use super::{Idle, IdleStrategy};

/// Polls again at once, always: the quickest, for a thread with a core of its own.
///
/// # Examples
///
/// ```
/// use boom_select::{BusySpin, Idle, IdleStrategy};
///
/// assert_eq!(BusySpin.after(false), Idle::Spin);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusySpin;

impl IdleStrategy for BusySpin {
    #[inline]
    fn after(&mut self, _has_worked: bool) -> Idle {
        Idle::Spin
    }
}
