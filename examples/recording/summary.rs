//! What was received, in a few lines that two runs can be compared by.

use std::fmt;

use boomnet::prelude::*;

use crate::digest::Digest;

/// The name of the file beside the recordings.
pub(crate) const FILE: &str = "summary.txt";

/// What all endpoints have received: the context of the service.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) instruments: Vec<Instrument>,
}

impl Context for Summary {}

/// One endpoint's part.
#[derive(Debug)]
pub(crate) struct Instrument {
    symbol: String,
    pub(crate) connections: u32,
    pub(crate) trades: u64,
    /// Messages that are not what the exchange sends.
    pub(crate) corrupted: u64,
    /// Of the trades, in their order.
    digest: Digest,
}

impl Summary {
    pub(crate) fn new<'a>(symbols: impl IntoIterator<Item = &'a String>) -> Self {
        let instrument = |symbol: &String| Instrument {
            symbol: symbol.clone(),
            connections: 0,
            trades: 0,
            corrupted: 0,
            digest: Digest::default(),
        };
        Self {
            instruments: symbols.into_iter().map(instrument).collect(),
        }
    }

    pub(crate) fn trades(&self) -> u64 {
        self.instruments.iter().map(|each| each.trades).sum()
    }

    pub(crate) fn has_faults(&self) -> bool {
        self.instruments.iter().any(|each| each.corrupted > 0)
    }
}

impl Instrument {
    pub(crate) fn add_trade(&mut self, json: &[u8]) {
        self.trades += 1;
        self.digest.update(json);
        self.digest.end_message();
    }
}

/// A line for each instrument, and one with the hash of them.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut whole = Digest::default();
        for each in &self.instruments {
            let line = format!(
                "{:<10} {:>9} trades {:>4} connections {:>3} corrupted  {}",
                each.symbol, each.trades, each.connections, each.corrupted, each.digest
            );
            whole.update(line.as_bytes());
            whole.end_message();
            writeln!(f, "{line}")?;
        }
        writeln!(f, "summary hash {whole}")
    }
}
