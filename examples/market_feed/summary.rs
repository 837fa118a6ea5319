use std::fmt;

use crate::board::{Board, Feed};
use crate::digest::Digest;
use crate::ledger::Ledger;

/// All that was received, in a line for each instrument and one with the hash of them: no time in it, so that a replay
/// gives the same.
#[derive(Debug)]
pub(crate) struct Summary {
    /// By name: a replay finds the instruments in another order.
    lines: Vec<String>,
}

impl Summary {
    pub(crate) fn of(board: &Board<Ledger>) -> Self {
        let mut lines: Vec<_> = board.feeds.iter().map(line).collect();
        lines.sort();
        Self { lines }
    }

    pub(crate) fn hash(&self) -> Digest {
        let mut hash = Digest::default();
        for line in &self.lines {
            hash.update(line.as_bytes());
            hash.end_message();
        }
        hash
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "summary hash {}", self.hash())
    }
}

fn line(feed: &Feed<Ledger>) -> String {
    let Feed {
        name,
        messages,
        bytes,
        connects,
        detail,
        ..
    } = feed;
    let faults = detail.faults;
    format!(
        "{name} {messages} messages {bytes} bytes {connects} connects {} missed {} lost {} repeated {} corrupted {}",
        detail.missed,
        faults.lost,
        faults.repeated,
        faults.corrupted,
        detail.digest()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn it_is_of_what_was_received_and_not_of_its_order_on_the_board() {
        let feed = |name: &str, texts: &[&[u8]]| {
            let mut feed = Feed::new(name.to_owned(), None, Ledger::hashing(name));
            for text in texts {
                feed.count_message();
                feed.detail.hash(text);
            }
            feed
        };
        let summary = |feeds| Summary::of(&Board::new(Clock::system(), feeds, Duration::ZERO));
        let (a, b) = (|| feed("A", &[b"1", b"2"]), || feed("B", &[b"3"]));
        let hash = |feeds| summary(feeds).hash().to_string();
        let expected = hash(vec![a(), b()]);
        assert_eq!(hash(vec![b(), a()]), expected);
        for other in [
            feed("A", &[b"1", b"4"]),
            feed("A", &[b"12"]),
            feed("A", &[]),
        ] {
            assert_ne!(hash(vec![other, b()]), expected);
        }
        let text = summary(vec![a()]).to_string();
        assert!(
            text.starts_with("A 2 messages 0 bytes 0 connects 0 missed "),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2);
    }
}
