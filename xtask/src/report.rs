//! Steps, how long each took, and how it ended.

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a step failed and what to do about it, in words for the person who ran it.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says what was being done when an error of the system came up.
pub(crate) trait Context<T> {
    fn context(self, doing: impl fmt::Display) -> Result<T>;
}

impl<T, E: Error> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure(format!("{doing}: {error}")))
    }
}

/// How a step that did not fail ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed,
    /// The machine lacks something; the text says what.
    Skipped(String),
}

impl Outcome {
    /// For a step that cannot run here: skipped, or failed where `CI=true` promises a complete machine.
    pub(crate) fn unavailable(reason: impl Into<String>) -> Result<Self> {
        let reason = reason.into();
        if std::env::var("CI").is_ok_and(|value| value == "true") {
            Err(Failure(format!("{reason} (skipped without CI=true)")))
        } else {
            Ok(Self::Skipped(reason))
        }
    }
}

/// Runs steps one after the other; a failed one does not keep the rest from running.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    name: String,
    duration: Duration,
    result: Result<Outcome>,
}

impl Report {
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) {
        println!("==> {name}");
        let start = Instant::now();
        let result = work();
        let line = Line {
            name: name.to_owned(),
            duration: start.elapsed(),
            result,
        };
        println!("{line}\n");
        self.lines.push(line);
    }

    /// Prints the summary and returns whether nothing failed.
    pub(crate) fn finish(self) -> bool {
        if self.lines.len() > 1 {
            println!("==> summary");
            for line in &self.lines {
                println!("{line}");
            }
        }
        self.lines.iter().all(|line| line.result.is_ok())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verdict, reason) = match &self.result {
            Ok(Outcome::Passed) => ("ok", ""),
            Ok(Outcome::Skipped(reason)) => ("skipped", reason.as_str()),
            Err(Failure(reason)) => ("FAILED", reason.as_str()),
        };
        write!(
            f,
            "{verdict:<8}{:>7.1} s  {}",
            self.duration.as_secs_f64(),
            self.name
        )?;
        if reason.is_empty() {
            Ok(())
        } else {
            write!(f, ": {reason}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_does_not_keep_later_steps_from_running() {
        let mut report = Report::default();
        let mut ran = false;
        report.step("first", || Err(Failure::new("broken")));
        report.step("second", || {
            ran = true;
            Ok(Outcome::Passed)
        });
        assert!(ran);
        assert!(!report.finish());
    }

    #[test]
    fn a_skipped_step_is_no_failure() {
        let mut report = Report::default();
        report.step("skipped", || Ok(Outcome::Skipped("no nightly".to_owned())));
        assert!(report.finish());
    }
}
