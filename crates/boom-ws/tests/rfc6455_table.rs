//! `docs/rfc6455.md` names tests that exist, and leaves no section out.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

/// The sections that bind a client, or that it sees a server keep.
const RFC_6455: [&str; 44] = [
    "1.3", "3", "4.1", "4.2.2", "4.3", "4.4", "5.1", "5.2", "5.3", "5.4", "5.5", "5.5.1", "5.5.2",
    "5.5.3", "5.6", "5.7", "5.8", "6.1", "6.2", "7.1.1", "7.1.2", "7.1.3", "7.1.4", "7.1.5",
    "7.1.6", "7.1.7", "7.2.1", "7.2.2", "7.2.3", "7.4.1", "7.4.2", "8.1", "9", "9.1", "10.3",
    "10.4", "10.6", "10.7", "11.1", "11.3.1", "11.3.2", "11.3.3", "11.3.4", "11.3.5",
];
const RFC_7692: [&str; 16] = [
    "5.1", "6.1", "6.2", "7.1", "7.1.1.1", "7.1.1.2", "7.1.2.1", "7.1.2.2", "7.2.1", "7.2.2",
    "7.2.3.1", "7.2.3.2", "7.2.3.3", "7.2.3.4", "7.2.3.5", "7.2.3.6",
];
/// How a row begins that no test has to show.
const EXCUSES: [&str; 3] = ["Not the client's", "The caller's", "Not kept"];

struct Row {
    section: String,
    shown_by: String,
}

/// The rows of the table under `heading`.
fn rows(document: &str, heading: &str) -> Vec<Row> {
    let part = document.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let table = part.lines().filter(|line| line.starts_with('|'));
    table
        .skip(2)
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [section, _, shown_by] = cells[..] else {
                panic!("not three cells: {line}")
            };
            Row {
                section: section.split(' ').next().unwrap().to_owned(),
                shown_by: shown_by.to_owned(),
            }
        })
        .collect()
}

/// The names of the tests of a file.
fn tests_of(path: &Path) -> HashSet<String> {
    let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let mut names = HashSet::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line == "#[test]" {
            is_test = true;
        } else if let Some(rest) = line.strip_prefix("fn ") {
            if std::mem::take(&mut is_test) {
                names.insert(rest.split('(').next().unwrap().to_owned());
            }
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            is_test = false;
        }
    }
    names
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("../../docs/rfc6455.md")).unwrap();
    let mut files: HashMap<String, HashSet<String>> = HashMap::new();
    let mut named = 0;
    for row in ["RFC 6455", "RFC 7692"]
        .iter()
        .flat_map(|heading| rows(&document, heading))
    {
        let references: Vec<&str> = row
            .shown_by
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|text| text.contains("::") && text.contains(".rs"))
            .collect();
        assert!(
            !references.is_empty()
                || EXCUSES
                    .iter()
                    .any(|excuse| row.shown_by.starts_with(excuse)),
            "{}: neither a test nor whose clause it is: {}",
            row.section,
            row.shown_by
        );
        for reference in references {
            let (file, name) = reference.split_once("::").unwrap();
            let tests = files
                .entry(file.to_owned())
                .or_insert_with(|| tests_of(&root.join(file)));
            assert!(tests.contains(name), "{}: no test {reference}", row.section);
            named += 1;
        }
    }
    assert!(named > 150, "{named} tests are named");
}

#[test]
fn no_section_is_left_out() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rfc6455.md");
    let document = fs::read_to_string(path).unwrap();
    for (heading, sections) in [("RFC 6455", &RFC_6455[..]), ("RFC 7692", &RFC_7692[..])] {
        let rows = rows(&document, heading);
        for section in sections {
            assert!(
                rows.iter().any(|row| row.section == *section),
                "{heading}: section {section}"
            );
        }
    }
}
