use std::fmt;

use hdrhistogram::Histogram;

/// Time from the exchange's stamp until the trade was parsed, of the current second and of the whole run.
#[derive(Debug)]
pub(crate) struct Latency {
    second: Histogram<u64>,
    total: Histogram<u64>,
}

impl Latency {
    pub(crate) fn new() -> Self {
        // From a nanosecond to a minute, exact to three digits: fixed bounds, so that recording never allocates.
        let histogram =
            Histogram::new_with_bounds(1, 60_000_000_000, 3).expect("the bounds are sound");
        Self {
            second: histogram.clone(),
            total: histogram,
        }
    }

    /// Records a message that was stamped `sent_at_ns` and is here at `now_ns` (Unix time).
    pub(crate) fn record(&mut self, sent_at_ns: u64, now_ns: u64) {
        self.second
            .saturating_record(now_ns.saturating_sub(sent_at_ns));
    }

    /// Returns the percentiles of the second that ends now.
    pub(crate) fn end_second(&mut self) -> Percentiles {
        let percentiles = Percentiles::of(&self.second);
        self.total
            .add(&self.second)
            .expect("both have the same bounds");
        self.second.reset();
        percentiles
    }

    /// Returns the percentiles of the whole run.
    pub(crate) fn end_run(&mut self) -> Percentiles {
        self.end_second();
        Percentiles::of(&self.total)
    }
}

/// In microseconds.
#[derive(Debug)]
pub(crate) struct Percentiles {
    count: u64,
    p50: f64,
    p99: f64,
    max: f64,
}

impl Percentiles {
    fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        Self {
            count: histogram.len(),
            p50: at(0.5),
            p99: at(0.99),
            max: at(1.0),
        }
    }
}

impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return f.write_str("no stamps");
        }
        write!(
            f,
            "p50 {:.1} us, p99 {:.1} us, max {:.1} us",
            self.p50, self.p99, self.max
        )
    }
}
