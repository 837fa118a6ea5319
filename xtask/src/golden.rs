//! Golden instruction counts: what the hot paths cost, beside what they cost when somebody last looked.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::process::capture;
use crate::report::{Context, Failure, Outcome, Report, Result};
use crate::tools::debian_program;
use crate::workspace::Workspace;

/// The counts that are committed, seen from the workspace.
const FILE: &str = "benches/golden.txt";
/// What a count may grow by before it fails.
const TOLERANCE: f64 = 1.03;
const COMPILER: &str = "rustc";

/// What to do with the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Compare,
    /// Write them down as the ones to compare with.
    Bless,
}

pub(crate) fn run(workspace: &Workspace, report: &mut Report, mode: Mode) {
    report.step("golden instruction counts", || golden(workspace, mode));
}

fn golden(workspace: &Workspace, mode: Mode) -> Result<Outcome> {
    let compiler = compiler()?;
    let file = workspace.root().join(FILE);
    if mode == Mode::Compare {
        let known = Counts::parse(&fs::read_to_string(&file).context(file.display())?)?;
        // Another compiler makes other code of the same source: nothing that a change could be blamed for.
        if known.compiler != compiler {
            return Ok(Outcome::Skipped(format!(
                "{FILE} is of `{}` and this is `{compiler}`: \
                 count again by `cargo xtask golden --bless` on what went before, then compare",
                known.compiler
            )));
        }
        let Some(counts) = count(workspace, compiler)? else {
            return no_valgrind();
        };
        return compare(&known, &counts);
    }
    let Some(counts) = count(workspace, compiler)? else {
        return no_valgrind();
    };
    fs::write(&file, counts.to_text()).context(file.display())?;
    print!("{}", counts.to_text());
    Ok(Outcome::Passed)
}

fn no_valgrind() -> Result<Outcome> {
    Outcome::unavailable("valgrind is missing: install it, for example `apt-get install valgrind`")
}

/// Builds without the peers and counts; `None` without valgrind.
fn count(workspace: &Workspace, compiler: String) -> Result<Option<Counts>> {
    if debian_program("valgrind", "valgrind").is_none() {
        return Ok(None);
    }
    let mut command = workspace.cargo("run");
    command.args([
        "--quiet",
        "--profile",
        "bench",
        "--package",
        "benches",
        "--bin",
        "bench-golden",
    ]);
    let lines = parse_lines(&capture(&mut command)?)?;
    Ok(Some(Counts { compiler, lines }))
}

fn compiler() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| COMPILER.into());
    Ok(capture(Command::new(rustc).arg("-V"))?.trim().to_owned())
}

/// Instructions a message, and the compiler that made the code.
#[derive(Debug, PartialEq)]
struct Counts {
    compiler: String,
    lines: Vec<(String, f64)>,
}

impl Counts {
    fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let mut lines = lines.collect::<Vec<_>>().into_iter();
        let compiler = lines
            .next()
            .and_then(|line| line.strip_prefix("rustc = "))
            .ok_or_else(|| malformed(text.lines().next().unwrap_or_default()))?;
        Ok(Self {
            compiler: compiler.to_owned(),
            lines: parse_lines(&lines.collect::<Vec<_>>().join("\n"))?,
        })
    }

    fn to_text(&self) -> String {
        let mut text = "# Instructions of the hot paths, a message each: \
                        `cargo xtask golden` compares, `cargo xtask golden --bless` writes.\n"
            .to_owned();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "rustc = {}", self.compiler);
        for (name, count) in &self.lines {
            let _ = writeln!(text, "{name} = {count:.1}");
        }
        text
    }

    fn get(&self, name: &str) -> Option<f64> {
        let line = self.lines.iter().find(|(known, _)| known == name);
        line.map(|(_, count)| *count)
    }
}

fn parse_lines(text: &str) -> Result<Vec<(String, f64)>> {
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, count) = line.rsplit_once(" = ").ok_or_else(|| malformed(line))?;
            let count = count.parse().map_err(|_| malformed(line))?;
            Ok((name.to_owned(), count))
        })
        .collect()
}

fn malformed(line: &str) -> Failure {
    Failure::new(format!("not `NAME = INSTRUCTIONS`: {line:?}"))
}

/// Prints every count beside the known one; fails where one has grown, appeared or gone.
fn compare(known: &Counts, counts: &Counts) -> Result<Outcome> {
    let mut wrong = Vec::new();
    for (name, count) in &counts.lines {
        let Some(before) = known.get(name) else {
            println!("    {name}: {count:.1}, not known");
            wrong.push(name.as_str());
            continue;
        };
        let change = 100.0 * (count / before - 1.0);
        println!("    {name}: {before:.1} -> {count:.1} ({change:+.1} %)");
        if *count > before * TOLERANCE {
            wrong.push(name);
        }
    }
    let gone = known.lines.iter().map(|(name, _)| name.as_str());
    wrong.extend(gone.filter(|name| counts.get(name).is_none()));
    if wrong.is_empty() {
        return Ok(Outcome::Passed);
    }
    Err(Failure::new(format!(
        "more than 3 % above {FILE}, or missing on one side: {}. Make it cheaper, or say in the change why it costs more \
         and run `cargo xtask golden --bless`",
        wrong.join("; ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(lines: &[(&str, f64)]) -> Counts {
        Counts {
            compiler: "rustc 1.95.0".to_owned(),
            lines: lines
                .iter()
                .map(|(name, count)| (name.to_string(), *count))
                .collect(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let counts = counts(&[("decode 150 B, checked", 139.5), ("a = b", 2.0)]);
        assert_eq!(Counts::parse(&counts.to_text()).unwrap(), counts);
        assert!(Counts::parse("decode = 1").is_err());
        assert!(parse_lines("decode: 1").is_err());
    }

    #[test]
    fn three_percent_more_is_too_much() {
        let known = counts(&[("decode", 100.0)]);
        assert!(compare(&known, &counts(&[("decode", 103.0)])).is_ok());
        assert!(compare(&known, &counts(&[("decode", 50.0)])).is_ok());
        let failure = compare(&known, &counts(&[("decode", 103.1)])).unwrap_err();
        assert!(failure.to_string().contains("decode"), "{failure}");
    }

    #[test]
    fn a_count_without_its_other_side_fails() {
        let known = counts(&[("decode", 100.0)]);
        assert!(compare(&known, &counts(&[])).is_err());
        assert!(compare(&known, &counts(&[("decode", 100.0), ("encode", 1.0)])).is_err());
    }
}
