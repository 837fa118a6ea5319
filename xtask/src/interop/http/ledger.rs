//! What the client says became of its orders, beside what the server has written down.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::report::{Context, Failure, Result};

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By the order's name: what the client says.
    outcomes: HashMap<String, String>,
    /// How often the server has it.
    journal: HashMap<String, usize>,
}

impl Ledger {
    /// Of the orders whose names begin with `prefix` and a dash.
    pub(super) fn read(outcomes: &Path, journal: &Path, prefix: &str) -> Result<Self> {
        let outcomes = fs::read_to_string(outcomes).context(outcomes.display())?;
        let journal = fs::read_to_string(journal).context(journal.display())?;
        Self::parse(&outcomes, &journal, prefix)
    }

    fn parse(outcomes: &str, journal: &str, prefix: &str) -> Result<Self> {
        let mut ledger = Self::default();
        for line in outcomes.lines() {
            let (name, word) = line
                .split_once(' ')
                .ok_or_else(|| Failure::new(format!("no outcome: {line:?}")))?;
            if ledger.outcomes.insert(name.into(), word.into()).is_some() {
                return Err(Failure::new(format!("{name} has two outcomes")));
            }
        }
        let is_ours = |name: &&str| {
            let number = name
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix('-'));
            number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        for name in journal.lines().filter(is_ours) {
            *ledger.journal.entry(name.into()).or_default() += 1;
        }
        Ok(ledger)
    }

    /// None twice, none lost without an error that says so. Returns how many ended how.
    pub(super) fn check(&self, at_least: usize) -> Result<String> {
        if self.outcomes.len() < at_least {
            return Err(Failure::new(format!(
                "{} outcomes of {at_least} orders",
                self.outcomes.len()
            )));
        }
        if let Some(name) = self
            .journal
            .keys()
            .find(|name| !self.outcomes.contains_key(*name))
        {
            return Err(Failure::new(format!(
                "the server has {name:?}, which nobody sent"
            )));
        }
        let mut words: HashMap<&str, usize> = HashMap::new();
        let mut exist = 0;
        for (name, word) in &self.outcomes {
            let times = self.journal.get(name).copied().unwrap_or(0);
            let is_true = match word.as_str() {
                "answered" => times == 1,
                // No server acts on half of an order.
                "partial" => times == 0,
                // All of it was sent, or a proxy says that it could not pass it on: the order may exist.
                "unknown" | "refused" => times <= 1,
                _ => false,
            };
            if !is_true {
                return Err(Failure::new(format!(
                    "{name} is {word}, and the server has it {times} times"
                )));
            }
            *words.entry(word).or_default() += 1;
            exist += usize::from(word == "unknown" && times == 1);
        }
        let words = ["answered", "unknown", "partial", "refused"].map(|word| {
            let count = words.get(word).copied().unwrap_or(0);
            format!("{count} {word}")
        });
        Ok(format!("{} ({exist} unknown ones exist)", words.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(outcomes: &str, journal: &str) -> Result<String> {
        let count = outcomes.lines().count();
        Ledger::parse(outcomes, journal, "a")?.check(count)
    }

    #[test]
    fn every_outcome_allows_what_it_says() {
        let journal = "a-0\nb-0\na-b-1\na-2\n";
        let words = check(
            "a-0 answered\na-1 unknown\na-2 unknown\na-3 partial\n",
            journal,
        )
        .unwrap();
        assert_eq!(
            words,
            "1 answered, 2 unknown, 1 partial, 0 refused (1 unknown ones exist)"
        );
    }

    #[test]
    fn what_is_lost_doubled_or_made_up_is_found() {
        assert!(check("a-0 answered\n", "").is_err());
        assert!(check("a-0 answered\n", "a-0\na-0\n").is_err());
        assert!(check("a-0 unknown\n", "a-0\na-0\n").is_err());
        assert!(check("a-0 partial\n", "a-0\n").is_err());
        assert!(check("a-0 unknown\n", "a-7\n").is_err());
        assert!(check("a-0 answered\na-0 answered\n", "a-0\n").is_err());
    }
}
