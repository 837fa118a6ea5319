use std::fmt;

use crate::board::{Board, Feed};
use crate::digest::Digest;
use crate::ledger::Ledger;

/// All that was received, in a line for each instrument, one for their order among each other, and one with the hash of
/// them: no time in it, so that a replay gives the same.
#[derive(Debug)]
pub(crate) struct Summary {
    /// Those of the instruments by name: a replay finds them in another order.
    lines: Vec<String>,
}

impl Summary {
    pub(crate) fn of(board: &Board<Ledger>) -> Self {
        let mut lines: Vec<_> = board.feeds.iter().map(line).collect();
        lines.sort();
        lines.push(format!("in order {}", board.order()));
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
        let summary = |feeds| Summary::of(&board(feeds));
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
        assert_eq!(text.lines().count(), 3);
    }

    #[test]
    fn it_is_of_the_order_in_which_the_messages_of_all_arrived() {
        let hash = |messages: &[(usize, &[u8])]| {
            let feed = |name: &str| Feed::new(name.to_owned(), None, Ledger::hashing(name));
            let feeds = ["A", "B"].map(feed);
            let mut board = board(feeds.into()).hashing();
            for &(feed, message) in messages {
                board.feeds[feed].count_message();
                board.feeds[feed].detail.hash(message);
                board.hash_order(feed);
            }
            Summary::of(&board).hash().to_string()
        };
        let expected = hash(&[(0, b"1"), (1, b"2")]);
        assert_eq!(hash(&[(0, b"1"), (1, b"2")]), expected);
        assert_ne!(hash(&[(1, b"2"), (0, b"1")]), expected);
        assert_ne!(hash(&[(0, b"2"), (1, b"1")]), expected);
    }

    fn board(feeds: Vec<Feed<Ledger>>) -> Board<Ledger> {
        Board::new(Clock::system(), feeds, Duration::ZERO)
    }
}
