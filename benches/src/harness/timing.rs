//! Wall-clock time by interleaved rounds: each round runs every contestant once, so that what the machine does
//! besides falls on all of them, and ratios are taken within a round.

use std::time::Duration;

use super::{Result, Work};

/// Nanoseconds per message, one sample a round.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) const fn new(samples: Vec<f64>) -> Self {
        Self(samples)
    }

    pub(crate) fn median(&self) -> f64 {
        median(self.0.clone())
    }

    /// The median over the rounds of this contestant's time divided by the other's.
    pub(crate) fn ratio_to(&self, other: &Self) -> f64 {
        median(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(mine, its)| mine / its)
                .collect(),
        )
    }
}

/// Times all of `works` in turn, `rounds` times; each turn takes about `turn`, in whole multiples of `unit` messages.
pub(crate) fn interleaved(
    works: &mut [Box<dyn Work>],
    unit: u64,
    turn: Duration,
    rounds: usize,
) -> Result<Vec<Samples>> {
    let mut messages = Vec::with_capacity(works.len());
    for work in &mut *works {
        messages.push(calibrate(work.as_mut(), unit, turn)?);
    }
    let mut samples = vec![Vec::with_capacity(rounds); works.len()];
    for _ in 0..rounds {
        for ((work, &messages), samples) in works.iter_mut().zip(&messages).zip(&mut samples) {
            samples.push(time(work.as_mut(), messages)?);
        }
    }
    Ok(samples.into_iter().map(Samples::new).collect())
}

/// The number of messages that take about `turn`, found while everything warms up.
fn calibrate(work: &mut dyn Work, unit: u64, turn: Duration) -> Result<u64> {
    time(work, unit)?;
    let unit_ns = time(work, unit)? * unit as f64;
    let units = (turn.as_nanos() as f64 / unit_ns).clamp(1.0, 1e6);
    Ok(unit * units as u64)
}

fn time(work: &mut dyn Work, messages: u64) -> Result<f64> {
    Ok(work.time(messages)?.as_nanos() as f64 / messages as f64)
}

/// The middle value; of an even number of values the upper of the two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_taken_within_rounds() {
        // The machine was ten times slower in the second round.
        let limit = Samples::new(vec![10.0, 100.0, 11.0]);
        let ours = Samples::new(vec![12.0, 120.0, 13.2]);
        assert_eq!(limit.median(), 11.0);
        assert!((ours.ratio_to(&limit) - 1.2).abs() < 1e-9);
    }
}
