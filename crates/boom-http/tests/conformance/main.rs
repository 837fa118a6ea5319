//! What servers send, and what has to come of it: named cases, each given whole, cut at every byte, and byte by byte.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod answers;
mod encoding;
mod exchange;
mod refusals;
mod scenarios;

use std::collections::BTreeSet;

/// The suite is to have this many cases at least.
const CASES: usize = 200;

#[test]
fn answers_are_understood() {
    answers::check();
}

#[test]
fn requests_are_encoded() {
    encoding::check();
}

#[test]
fn requests_that_would_inject_are_refused() {
    refusals::check();
}

#[test]
fn connections_are_used_as_they_may_be() {
    scenarios::check();
}

#[test]
fn names_are_unique_and_many() {
    let mut names: Vec<&str> = answers::names();
    names.extend(encoding::names());
    names.extend(refusals::names());
    names.extend(scenarios::names());
    let unique: BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len(), "a name stands twice");
    assert!(names.len() >= CASES, "{} cases", names.len());
    println!("{} cases", names.len());
}
