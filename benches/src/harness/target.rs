//! What ours is to reach, and whether it does.

use std::fmt;

/// A bound of a figure, or of its ratio to the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// At most this figure.
    Count(f64),
    /// At most `ns` nanoseconds where the limit took `limit_ns`. Only the ratio of the two is judged: the times are of
    /// another machine.
    Time { ns: f64, limit_ns: f64 },
    /// At most this many times the limit.
    Ratio(f64),
}

impl Target {
    /// Whether a figure of ours, and its ratio to the limit, meet it.
    pub(crate) fn is_met(self, figure: f64, ratio: Option<f64>) -> bool {
        let is_ratio_within = |at_most: f64| ratio.is_some_and(|ratio| ratio <= at_most);
        match self {
            Self::Count(at_most) => figure <= at_most,
            Self::Time { ns, limit_ns } => is_ratio_within(ns / limit_ns),
            Self::Ratio(at_most) => is_ratio_within(at_most),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(at_most) => write!(f, "<= {at_most}"),
            Self::Time { ns, limit_ns } => {
                write!(f, "<= {:.2} x ({ns} / {limit_ns} ns)", ns / limit_ns)
            }
            Self::Ratio(at_most) => write!(f, "<= {at_most} x"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_judged_by_its_ratio_alone() {
        let target = Target::Time {
            ns: 11.0,
            limit_ns: 10.0,
        };
        assert!(!target.is_met(10.5, Some(1.3)));
        assert!(target.is_met(21.0, Some(1.05)));
        assert!(!target.is_met(21.0, None));
        assert_eq!(target.to_string(), "<= 1.10 x (11 / 10 ns)");
    }

    #[test]
    fn a_count_is_judged_by_itself() {
        assert!(Target::Count(95.0).is_met(95.0, None));
        assert!(!Target::Count(95.0).is_met(96.0, Some(0.5)));
        assert!(Target::Ratio(1.02).is_met(7.0, Some(1.01)));
    }
}
