//! What can be wrong with a schedule.

use std::io;

/// A schedule that cannot be.
///
/// # Examples
///
/// ```
/// use boom_fix::session::schedule::{Schedule, ScheduleError};
///
/// let error = Schedule::daily("25:00", "17:00", "Europe/London").unwrap_err();
/// assert_eq!(error, ScheduleError::Time);
/// let error = Schedule::daily("08:00", "17:00", "Europe/Londinium").unwrap_err();
/// assert_eq!(error, ScheduleError::Zone);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// Not `HH:MM:SS` or `HH:MM`.
    #[error("no time of day")]
    Time,
    /// No name of a day of the week.
    #[error("no day of the week")]
    Weekday,
    /// Not in the time zone database. Where the system has none, the feature `bundled-time-zones` compiles one in.
    #[error("no time zone that is known")]
    Zone,
}

impl From<ScheduleError> for io::Error {
    /// Keeps the error as the source.
    fn from(error: ScheduleError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
