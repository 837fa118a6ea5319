//! The page for users.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::results::Results;

const HEAD: &str = "\
# Autobahn test suite

What the [Autobahn test suite](https://github.com/crossbario/autobahn-testsuite) 25.10.1 says of boom-ws. Written by
`cargo xtask autobahn`, which runs every case against `examples/autobahn_client.rs`, a client that echoes.

A case is passed if both the data and the closing of the connection are as the suite wants them in its strict reading.
Informational cases have no right answer: the suite only tells what it saw. One column reads frames and joins them itself;
it leaves out compression, which is undone for whole messages.

";

/// What the sections are about.
const SECTIONS: &[(u16, &str)] = &[
    (1, "framing"),
    (2, "pings and pongs"),
    (3, "reserved bits"),
    (4, "opcodes"),
    (5, "fragmentation"),
    (6, "UTF-8"),
    (7, "closing"),
    (9, "limits and performance"),
    (10, "messages in many fragments"),
    (12, "compression of different data"),
    (13, "compression with different parameters"),
];

/// Renders the results of each stack as one column.
pub(super) fn render(columns: &[(&str, Results)]) -> String {
    let mut page = HEAD.to_owned();
    let titles: Vec<_> = columns.iter().map(|(title, _)| *title).collect();
    row(&mut page, "section", &titles);
    row(&mut page, "---", &vec!["---"; columns.len()]);
    let sections: BTreeSet<_> = columns
        .iter()
        .flat_map(|(_, results)| results.sections())
        .collect();
    for section in sections {
        let cells = columns.iter().map(|(_, results)| {
            let tally = results.section(section);
            if tally.is_empty() {
                "–".to_owned()
            } else {
                tally.to_string()
            }
        });
        row(
            &mut page,
            &format!("{section} {}", subject(section)),
            &cells.collect::<Vec<_>>(),
        );
    }
    let totals = columns
        .iter()
        .map(|(_, results)| results.total().to_string());
    row(&mut page, "all", &totals.collect::<Vec<_>>());
    for (title, results) in columns {
        faults(&mut page, title, results);
    }
    page
}

fn row(page: &mut String, first: &str, cells: &[impl AsRef<str>]) {
    let _ = write!(page, "| {first} |");
    for cell in cells {
        let _ = write!(page, " {} |", cell.as_ref());
    }
    page.push('\n');
}

fn subject(section: u16) -> &'static str {
    let known = SECTIONS.iter().find(|(number, _)| *number == section);
    known.map_or("", |(_, subject)| subject)
}

/// Lists what is not passed, if anything.
fn faults(page: &mut String, title: &str, results: &Results) {
    let mut faults = results.faults().peekable();
    if faults.peek().is_none() {
        return;
    }
    let _ = writeln!(page, "\n## Not passed: {title}\n");
    for (id, case) in faults {
        let _ = writeln!(page, "- {id}: {case}");
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::results;
    use super::*;

    #[test]
    fn a_row_for_each_section_and_a_list_of_what_is_not_passed() {
        let whole = results(&[
            ("1.1.1", "OK", "OK"),
            ("7.1.6", "INFORMATIONAL", "INFORMATIONAL"),
            ("12.1.1", "FAILED", "OK"),
        ]);
        let core = results(&[("1.1.1", "OK", "OK"), ("7.1.6", "OK", "OK")]);
        let page = render(&[("plain", whole), ("frames", core)]);
        let table = page.strip_prefix(HEAD).unwrap();
        assert_eq!(
            table,
            "| section | plain | frames |\n\
             | --- | --- | --- |\n\
             | 1 framing | 1 passed | 1 passed |\n\
             | 7 closing | 1 informational | 1 passed |\n\
             | 12 compression of different data | 1 failed | – |\n\
             | all | 1 passed, 1 informational, 1 failed | 2 passed |\n\
             \n## Not passed: plain\n\n- 12.1.1: FAILED, close OK\n"
        );
    }
}
