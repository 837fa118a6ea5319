//! What the suite's server says of the client.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use serde_json::Value;

use crate::report::{Context, Failure, Result};

/// The number of a case, such as 6.4.1, in the order of the suite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(Vec<u16>);

/// The verdict on one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// On what was done with the data.
    behavior: String,
    /// On how the connection was closed.
    close: String,
}

/// What a case counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Passed,
    /// Whatever a client does there, the suite only tells.
    Informational,
    /// The client did not offer what the case is about.
    Unimplemented,
    /// Allowed by the RFC, but not what it recommends.
    NonStrict,
    Failed,
}

/// The verdicts on one client.
#[derive(Debug, Default)]
pub(super) struct Results {
    cases: BTreeMap<Id, Case>,
}

impl Results {
    /// Reads the index of a server's reports.
    pub(super) fn read(reports: &Path, agent: &str) -> Result<Self> {
        let file = reports.join("index.json");
        let text = fs::read_to_string(&file).context(file.display())?;
        let value: Value = serde_json::from_str(&text).context(file.display())?;
        Self::parse(&value[agent])
            .ok_or_else(|| Failure::new(format!("{}: a field is missing", file.display())))
    }

    fn parse(value: &Value) -> Option<Self> {
        let case = |(id, value): (&String, &Value)| {
            let case = Case {
                behavior: value["behavior"].as_str()?.to_owned(),
                close: value["behaviorClose"].as_str()?.to_owned(),
            };
            Some((id.parse().ok()?, case))
        };
        let cases = value.as_object()?.iter().map(case).collect::<Option<_>>()?;
        Some(Self { cases })
    }

    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    /// Fails unless there are `count` cases and each is passed or informational.
    pub(super) fn verdict(&self, count: usize) -> Result<()> {
        println!("    {}", self.total());
        if self.cases.len() != count {
            return Err(Failure::new(format!(
                "{} of {count} cases were run",
                self.cases.len()
            )));
        }
        let faults: Vec<_> = self.faults().collect();
        if faults.is_empty() {
            return Ok(());
        }
        let lines: Vec<_> = faults
            .iter()
            .map(|(id, case)| format!("{id}: {case}"))
            .collect();
        Err(Failure::new(format!(
            "{} cases are not passed\n  {}",
            lines.len(),
            lines.join("\n  ")
        )))
    }

    /// The cases that are neither passed nor informational.
    pub(super) fn faults(&self) -> impl Iterator<Item = (&Id, &Case)> {
        self.cases
            .iter()
            .filter(|(_, case)| !matches!(case.mark(), Mark::Passed | Mark::Informational))
    }

    /// The sections that there are results of.
    pub(super) fn sections(&self) -> impl Iterator<Item = u16> {
        self.cases.keys().map(Id::section)
    }

    pub(super) fn section(&self, section: u16) -> Tally {
        let cases = self.cases.iter().filter(|(id, _)| id.section() == section);
        Tally::of(cases.map(|(_, case)| case))
    }

    pub(super) fn total(&self) -> Tally {
        Tally::of(self.cases.values())
    }
}

impl Id {
    pub(super) fn section(&self) -> u16 {
        self.0.first().copied().unwrap_or_default()
    }
}

impl FromStr for Id {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let numbers: std::result::Result<_, _> = text.split('.').map(str::parse).collect();
        numbers.map(Self)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.0.iter().map(u16::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

impl Case {
    fn mark(&self) -> Mark {
        match (self.behavior.as_str(), self.close.as_str()) {
            ("OK", "OK" | "INFORMATIONAL") => Mark::Passed,
            ("INFORMATIONAL", "OK" | "INFORMATIONAL") => Mark::Informational,
            ("UNIMPLEMENTED", "OK" | "INFORMATIONAL") => Mark::Unimplemented,
            ("NON-STRICT", "OK" | "INFORMATIONAL") => Mark::NonStrict,
            _ => Mark::Failed,
        }
    }
}

impl fmt::Display for Case {
    /// In the words of the suite.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, close {}", self.behavior, self.close)
    }
}

/// How many cases of each kind there are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    marks: BTreeMap<Mark, usize>,
}

impl Tally {
    fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Self {
        let mut marks = BTreeMap::new();
        for case in cases {
            *marks.entry(case.mark()).or_default() += 1;
        }
        Self { marks }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self
            .marks
            .iter()
            .map(|(mark, count)| format!("{count} {mark}"))
            .collect();
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Informational => "informational",
            Self::Unimplemented => "not offered",
            Self::NonStrict => "non-strict",
            Self::Failed => "failed",
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// Results of cases with these verdicts.
    pub(in crate::autobahn) fn results(cases: &[(&str, &str, &str)]) -> Results {
        let mut value = json!({});
        for (id, behavior, close) in cases {
            value[id] = json!({ "behavior": behavior, "behaviorClose": close });
        }
        Results::parse(&value).unwrap()
    }

    #[test]
    fn the_order_is_that_of_the_suite() {
        let results = results(&[
            ("10.1.1", "OK", "OK"),
            ("2.10", "OK", "OK"),
            ("2.9", "OK", "OK"),
        ]);
        let ids: Vec<_> = results.cases.keys().map(Id::to_string).collect();
        assert_eq!(ids, ["2.9", "2.10", "10.1.1"]);
    }

    #[test]
    fn passed_and_informational_cases_are_no_faults() {
        let results = results(&[
            ("7.1.5", "OK", "OK"),
            ("7.1.6", "INFORMATIONAL", "INFORMATIONAL"),
        ]);
        assert!(results.verdict(2).is_ok());
        assert_eq!(results.total().to_string(), "1 passed, 1 informational");
    }

    #[test]
    fn any_other_verdict_is_a_fault_and_so_is_a_bad_close() {
        let results = results(&[
            ("6.4.3", "NON-STRICT", "OK"),
            ("7.1.1", "OK", "UNCLEAN"),
            ("7.1.2", "OK", "WRONG CODE"),
            ("7.1.6", "INFORMATIONAL", "FAILED"),
            ("9.1.1", "FAILED", "OK"),
            ("12.1.1", "UNIMPLEMENTED", "OK"),
        ]);
        assert_eq!(results.faults().count(), 6);
        let failure = results.verdict(6).unwrap_err().to_string();
        assert!(failure.contains("7.1.2: OK, close WRONG CODE"), "{failure}");
    }

    #[test]
    fn a_client_that_gives_up_has_not_passed() {
        assert!(results(&[("1.1.1", "OK", "OK")]).verdict(2).is_err());
    }

    #[test]
    fn a_report_in_another_form_is_told() {
        assert!(Results::parse(&json!({ "1.1.1": { "behavior": "OK" } })).is_none());
        assert!(
            Results::parse(&json!({ "one": { "behavior": "OK", "behaviorClose": "OK" } }))
                .is_none()
        );
        assert!(Results::parse(&Value::Null).is_none());
    }
}
