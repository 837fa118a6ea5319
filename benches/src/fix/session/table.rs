//! Times of rounds that are interleaved.

use crate::harness::timing::Samples;

/// What the rounds of one party came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Rounds {
    /// Of all messages, in order of size once they were asked for.
    all: Vec<u64>,
    /// The middle of each round.
    middle: Vec<f64>,
}

impl Rounds {
    /// Adds a round by the times of its messages.
    pub(super) fn add(&mut self, mut times: Vec<u64>) {
        times.sort_unstable();
        self.middle.push(percentile(&times, 0.5));
        self.all.append(&mut times);
        self.all.sort_unstable();
    }

    /// Half of the messages took at most this, and 99 of 100 at most that.
    pub(super) fn percentiles(&self) -> [f64; 2] {
        [0.5, 0.99].map(|part| percentile(&self.all, part))
    }

    /// How many times another's they are: in the middle, by rounds, and of 99 of 100 messages.
    pub(super) fn ratios_to(&self, other: &Self) -> [f64; 2] {
        let middle = |rounds: &Self| Samples::new(rounds.middle.clone());
        let [_, mine] = self.percentiles();
        let [_, its] = other.percentiles();
        [middle(self).ratio_to(&middle(other)), mine / its]
    }
}

fn percentile(sorted: &[u64], part: f64) -> f64 {
    let index = (sorted.len() as f64 * part) as usize;
    sorted.get(index).map_or(f64::NAN, |&time| time as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_compared_within_rounds() {
        let (mut ours, mut other) = (Rounds::default(), Rounds::default());
        // The machine was ten times slower in the second round.
        for slow in [1, 10, 1] {
            ours.add((1..=100).map(|time| time * slow).collect());
            other.add((1..=100).map(|time| 2 * time * slow).collect());
        }
        assert_eq!(other.ratios_to(&ours), [2.0, 2.0]);
        assert_eq!(ours.percentiles(), [72.0, 980.0]);
    }
}
