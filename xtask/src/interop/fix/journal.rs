//! What each side writes down of application messages, and whether both have written the same.
//!
//! `S 17 N D text`: number 17 is about to be sent, without `PossDupFlag`, of type `D`, with this `Text` (58). `R` in the
//! place of `S`: it was received; `X`: it was received and rejected. `V 17`: a process has begun, and by its store nothing
//! from number 17 on was sent, so that lines above about these numbers are void. Messages sent again are not written down
//! by their sender.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::report::{Context, Failure, Result};

/// Cuts off a line that a kill has left half written, and says whether there was one.
///
/// Linux looks for a `SIGKILL` between two pages of a write to a file, and leaves what came before: two of three hundred
/// programs that did nothing but write lines were killed with a line torn at a multiple of 4,096 bytes.
pub(super) fn cut_torn_line(path: &Path) -> Result<bool> {
    let bytes = fs::read(path).context(path.display())?;
    let whole = bytes.iter().rposition(|&byte| byte == b'\n');
    let whole = whole.map_or(0, |at| at + 1);
    if whole < bytes.len() {
        let file = File::options().write(true).open(path);
        let cut = file.and_then(|file| file.set_len(whole as u64));
        cut.context(path.display())?;
    }
    Ok(whole < bytes.len())
}

/// Leaves the first half of one more line, such as the last whole one, as a kill does that comes while it is written.
pub(super) fn tear_line(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).context(path.display())?;
    let last = text.lines().last().unwrap_or_default().as_bytes();
    let half = last.get(..last.len() / 2).unwrap_or_default();
    let file = File::options().append(true).open(path);
    let torn = file.and_then(|mut file| file.write_all(half));
    torn.context(path.display())
}

#[derive(Debug, Default)]
pub(super) struct Journal {
    /// By their numbers.
    sent: BTreeMap<u64, Content>,
    /// In the order in which they came.
    received: Vec<Received>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Content {
    kind: String,
    text: String,
}

#[derive(Debug)]
struct Received {
    number: u64,
    is_poss_dup: bool,
    content: Content,
}

/// What was compared in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Agreement {
    /// That were sent, and received.
    pub(super) messages: usize,
    /// Of which so many came as possible duplicates, though they were new.
    pub(super) marked: usize,
    /// That came once more, as possible duplicates.
    pub(super) repeated: usize,
}

impl Journal {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).context(path.display())?;
        Self::parse(&text).map_err(|line| {
            Failure::new(format!(
                "{}: not a line of a journal: {line:?}",
                path.display()
            ))
        })
    }

    /// The error is the line that cannot be read.
    fn parse(text: &str) -> std::result::Result<Self, &str> {
        let mut journal = Self::default();
        for line in text.lines() {
            journal.add(line).ok_or(line)?;
        }
        Ok(journal)
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let mut words = line.splitn(5, ' ');
        let what = words.next()?;
        let number = words.next()?.parse().ok()?;
        if what == "V" {
            self.sent.split_off(&number);
            return Some(());
        }
        let is_poss_dup = words.next()? == "Y";
        let content = Content {
            kind: words.next()?.to_owned(),
            text: words.next()?.to_owned(),
        };
        if what == "S" {
            self.sent.insert(number, content);
        } else {
            self.received.push(Received {
                number,
                is_poss_dup,
                content,
            });
        }
        Some(())
    }

    /// Everything that was sent was received, in order, as it was sent, and nothing twice without a mark.
    pub(super) fn compare(&self, receiver: &Self) -> Result<Agreement> {
        let mut due = self.sent.iter();
        let mut known: HashMap<u64, &Content> = HashMap::new();
        let mut agreement = Agreement::default();
        for received in &receiver.received {
            let number = received.number;
            if let Some(first) = known.get(&number) {
                if !received.is_poss_dup {
                    return Err(Failure::new(format!("{number} came twice without a mark")));
                }
                if **first != received.content {
                    return Err(Failure::new(format!("{number} came again and was another")));
                }
                agreement.repeated += 1;
                continue;
            }
            let Some((&next, content)) = due.next() else {
                return Err(Failure::new(format!("{number} came, and was never sent")));
            };
            if next != number {
                return Err(Failure::new(format!("{number} came instead of {next}")));
            }
            if *content != received.content {
                let (was, is) = (content, &received.content);
                return Err(Failure::new(format!(
                    "{number} was sent as {was:?} and came as {is:?}"
                )));
            }
            known.insert(number, content);
            agreement.messages += 1;
            agreement.marked += usize::from(received.is_poss_dup);
        }
        match due.next() {
            None => Ok(agreement),
            Some((number, _)) => Err(Failure::new(format!("{number} never came"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(sender: &str, receiver: &str) -> std::result::Result<Agreement, String> {
        let sender = Journal::parse(sender).unwrap();
        let receiver = Journal::parse(receiver).unwrap();
        sender.compare(&receiver).map_err(|error| error.to_string())
    }

    const SENT: &str = "V 1\nS 2 N D a\nS 3 N D b c\nS 5 N 8 d\n";

    #[test]
    fn what_is_repeated_with_a_mark_is_counted() {
        let received = "V 1\nR 2 N D a\nX 3 Y D b c\nR 3 Y D b c\nR 5 N 8 d\n";
        let agreement = Agreement {
            messages: 3,
            marked: 1,
            repeated: 1,
        };
        assert_eq!(compare(SENT, received), Ok(agreement));
    }

    #[test]
    fn what_was_never_sent_is_void() {
        let sent = "V 1\nS 2 N D a\nS 3 N D b\nV 3\nS 4 N D c\n";
        let agreement = compare(sent, "R 2 N D a\nR 4 N D c\n").unwrap();
        assert_eq!(agreement.messages, 2);
    }

    #[test]
    fn what_differs_is_found() {
        for (received, fault) in [
            ("R 2 N D a\nR 2 N D a\n", "2 came twice without a mark"),
            ("R 2 N D a\nR 2 Y D x\n", "2 came again and was another"),
            ("R 3 N D b c\n", "3 came instead of 2"),
            ("R 2 N 8 a\n", "2 was sent as "),
            ("R 2 N D a\nR 3 N D b c\n", "5 never came"),
            (
                "R 2 N D a\nR 3 N D b c\nR 5 N 8 d\nR 6 N D e\n",
                "6 came, and was never sent",
            ),
        ] {
            let error = compare(SENT, received).unwrap_err();
            assert!(error.starts_with(fault), "{error}");
        }
    }

    #[test]
    fn a_torn_line_is_cut_off() {
        let name = format!("boomnet-journal-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        for whole in ["", "V 1\n", "V 1\nS 2 N D a\n"] {
            fs::write(&path, whole).unwrap();
            assert!(!cut_torn_line(&path).unwrap());
            tear_line(&path).unwrap();
            assert_eq!(cut_torn_line(&path).unwrap(), !whole.is_empty());
            assert_eq!(fs::read_to_string(&path).unwrap(), whole);
        }
        fs::write(&path, "V").unwrap();
        assert!(cut_torn_line(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_line_that_is_none_is_shown() {
        assert_eq!(Journal::parse("V 1\nR x\n").unwrap_err(), "R x");
    }
}
