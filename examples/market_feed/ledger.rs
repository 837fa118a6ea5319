use std::fmt;

use boom_testkit::exchange::Session;

use crate::digest::Digest;

/// Which trades of an instrument have arrived, connection by connection.
#[derive(Debug)]
pub(crate) struct Ledger {
    symbol: String,
    /// The last one is that of the current connection, if it has seen a trade.
    spans: Vec<Span>,
    is_in_connection: bool,
    pub(crate) faults: Faults,
    /// Trades that happened between two connections.
    pub(crate) missed: u64,
    /// Of all messages, where one is wanted.
    digest: Option<Digest>,
}

/// What must not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// Ids left out within a connection.
    pub(crate) lost: u64,
    /// Ids that are not above the one before.
    pub(crate) repeated: u64,
    /// Messages that are not what the exchange sends.
    pub(crate) corrupted: u64,
}

/// The trades of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    first_id: u64,
    last_id: u64,
    count: u64,
}

/// Where a trade stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    FirstOfConnection { missed: u64 },
    Later,
}

impl Ledger {
    pub(crate) fn new(symbol: &str) -> Self {
        Self {
            symbol: symbol.to_owned(),
            spans: Vec::new(),
            is_in_connection: false,
            faults: Faults::default(),
            missed: 0,
            digest: None,
        }
    }

    /// A ledger that keeps a hash of all messages too.
    pub(crate) fn hashing(symbol: &str) -> Self {
        Self {
            digest: Some(Digest::default()),
            ..Self::new(symbol)
        }
    }

    /// Adds a message to the hash, if one is kept.
    pub(crate) fn hash(&mut self, message: &[u8]) {
        if let Some(digest) = &mut self.digest {
            digest.add_message(message);
        }
    }

    /// The hash of all messages; that of none where none is kept.
    pub(crate) fn digest(&self) -> Digest {
        self.digest.clone().unwrap_or_default()
    }

    /// Notes that trade `id` has arrived.
    pub(crate) fn record(&mut self, id: u64) -> Position {
        let earlier = self.spans.last_mut();
        if let Some(span) = earlier.filter(|_| self.is_in_connection) {
            match id.checked_sub(span.last_id + 1) {
                Some(left_out) => self.faults.lost += left_out,
                None => self.faults.repeated += 1,
            }
            span.last_id = id;
            span.count += 1;
            return Position::Later;
        }
        let expected = self.spans.last().map_or(id, |span| span.last_id + 1);
        let missed = id.checked_sub(expected).unwrap_or_else(|| {
            self.faults.repeated += 1;
            0
        });
        self.missed += missed;
        self.is_in_connection = true;
        self.spans.push(Span {
            first_id: id,
            last_id: id,
            count: 1,
        });
        Position::FirstOfConnection { missed }
    }

    pub(crate) fn record_corrupted(&mut self) {
        self.faults.corrupted += 1;
    }

    /// Returns true if a trade had arrived on the connection.
    pub(crate) const fn end_connection(&mut self) -> bool {
        std::mem::replace(&mut self.is_in_connection, false)
    }

    /// Compares what has arrived with what was `sent`, up to the last trade of each connection; returns the
    /// differences in words.
    pub(crate) fn differences(&self, sent: &[Span]) -> Vec<String> {
        let not_received = sent.iter().filter(|span| !self.spans.contains(span));
        let not_sent = self.spans.iter().filter(|span| !sent.contains(span));
        not_received
            .map(|span| format!("{}: sent on a connection: {span}", self.symbol))
            .chain(not_sent.map(|span| format!("{}: but received: {span}", self.symbol)))
            .collect()
    }

    /// What the exchange sent of this instrument, each connection's part.
    pub(crate) fn sent(&self, sessions: &[Session]) -> Vec<Span> {
        let sent = sessions.iter().flat_map(|session| &session.sent);
        sent.filter(|sent| sent.symbol == self.symbol && sent.count > 0)
            .map(|sent| Span {
                first_id: sent.first_id,
                last_id: sent.last_id,
                count: sent.count,
            })
            .collect()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} trades, {} to {}",
            self.count, self.first_id, self.last_id
        )
    }
}

impl Faults {
    pub(crate) fn any(self) -> bool {
        self != Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_between_connections_is_missed_and_one_within_is_lost() {
        let mut ledger = Ledger::new("BTCUSDT");
        assert_eq!(ledger.record(5), Position::FirstOfConnection { missed: 0 });
        assert_eq!(ledger.record(6), Position::Later);
        ledger.end_connection();
        assert_eq!(ledger.record(10), Position::FirstOfConnection { missed: 3 });
        assert_eq!((ledger.missed, ledger.faults), (3, Faults::default()));
        ledger.record(13);
        assert_eq!((ledger.missed, ledger.faults.lost), (3, 2));
    }

    #[test]
    fn an_id_that_does_not_go_up_is_repeated() {
        let mut ledger = Ledger::new("BTCUSDT");
        ledger.record(5);
        ledger.record(5);
        ledger.end_connection();
        ledger.record(5);
        assert_eq!(
            ledger.faults,
            Faults {
                lost: 0,
                repeated: 2,
                corrupted: 0
            }
        );
    }

    #[test]
    fn a_lost_tail_is_a_difference() {
        let mut ledger = Ledger::new("BTCUSDT");
        ledger.record(5);
        ledger.record(6);
        let sent = |last_id, count| Span {
            first_id: 5,
            last_id,
            count,
        };
        assert!(ledger.differences(&[sent(6, 2)]).is_empty());
        let lost = ledger.differences(&[sent(7, 3)]);
        assert_eq!(
            lost,
            [
                "BTCUSDT: sent on a connection: 3 trades, 5 to 7",
                "BTCUSDT: but received: 2 trades, 5 to 6"
            ]
        );
    }

    #[test]
    fn a_connection_without_a_trade_is_a_difference_where_one_was_sent() {
        let mut ledger = Ledger::new("BTCUSDT");
        assert!(!ledger.end_connection());
        let sent = [Span {
            first_id: 5,
            last_id: 5,
            count: 1,
        }];
        assert_eq!(
            ledger.differences(&sent),
            ["BTCUSDT: sent on a connection: 1 trades, 5 to 5"]
        );
    }
}
