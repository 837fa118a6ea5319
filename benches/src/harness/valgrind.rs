//! Exact counts: this program runs itself under valgrind with two amounts of work and takes the difference, so that
//! what start-up and set-up cost cancels.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::Result;

/// Instructions that one message costs in user space.
///
/// `child(messages)` gives the arguments with which this program does that many messages inside
/// [`measured_section`](super::measured_section) and ends.
pub(crate) fn instructions(messages: u64, child: impl Fn(u64) -> Vec<String>) -> Result<f64> {
    instructions_of(messages, |messages| this_program(child(messages)))
}

/// The same of a program that is not this one: `child(messages)` gives it and its arguments.
pub(crate) fn instructions_of(
    messages: u64,
    child: impl Fn(u64) -> Result<(PathBuf, Vec<String>)>,
) -> Result<f64> {
    let options = [
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        "--collect-atstart=no",
        "--toggle-collect=*measured_section*",
    ];
    let start = |messages| valgrind(&options, child(messages)?);
    difference(messages, start, "Collected :")
}

/// Heap blocks that one message takes.
///
/// Counted from outside, so that the allocator of what is measured stays the system's own.
pub(crate) fn allocations(messages: u64, child: impl Fn(u64) -> Vec<String>) -> Result<f64> {
    allocations_of(messages, |messages| this_program(child(messages)))
}

/// The same of a program that is not this one.
pub(crate) fn allocations_of(
    messages: u64,
    child: impl Fn(u64) -> Result<(PathBuf, Vec<String>)>,
) -> Result<f64> {
    let options = [
        "--tool=memcheck",
        "--leak-check=no",
        "--undef-value-errors=no",
    ];
    let start = |messages| valgrind(&options, child(messages)?);
    difference(messages, start, "total heap usage:")
}

/// Bytes of the heap that one of `count` things holds when the program ends with all of them there.
pub(crate) fn bytes_held(count: u64, child: impl Fn(u64) -> Vec<String>) -> Result<f64> {
    let options = [
        "--tool=memcheck",
        "--leak-check=no",
        "--undef-value-errors=no",
    ];
    let start = |count| valgrind(&options, this_program(child(count))?);
    difference(count, start, "in use at exit:")
}

/// Says why there are no counts, where there are none.
pub(crate) fn missing() -> Option<&'static str> {
    let found = Command::new("valgrind")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    (!found).then_some("valgrind is not installed: no instruction and allocation counts")
}

/// Both runs at once: counts do not mind what else the machine does.
fn difference(messages: u64, start: impl Fn(u64) -> Result<Child>, label: &str) -> Result<f64> {
    let (few, many) = (start(messages)?, start(2 * messages)?);
    let (few, many) = (count(few, label)?, count(many, label)?);
    Ok(per_message(few, many, messages))
}

fn per_message(few: u64, many: u64, messages: u64) -> f64 {
    many.saturating_sub(few) as f64 / messages as f64
}

/// Long copies and fills are one repeated instruction, which callgrind counts once a byte though it moves many at a
/// time: a peer that fills 2 KiB before each read would seem to pay five times what it pays. Vector loops instead
/// count as what they are.
const NO_REPEATED_INSTRUCTIONS: &str =
    "glibc.cpu.x86_rep_movsb_threshold=1073741824:glibc.cpu.x86_rep_stosb_threshold=1073741824";

fn this_program(arguments: Vec<String>) -> Result<(PathBuf, Vec<String>)> {
    Ok((std::env::current_exe()?, arguments))
}

fn valgrind(options: &[&str], (program, arguments): (PathBuf, Vec<String>)) -> Result<Child> {
    Ok(Command::new("valgrind")
        .env("GLIBC_TUNABLES", NO_REPEATED_INSTRUCTIONS)
        .args(options)
        .arg(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?)
}

/// Waits for a run and takes what it counted out of its report.
fn count(child: Child, label: &str) -> Result<u64> {
    let output = child.wait_with_output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("a run under valgrind failed:\n{report}").into());
    }
    number_after(&report, label)
        .ok_or_else(|| format!("no {label:?} in the report of valgrind:\n{report}").into())
}

/// The number that follows `label`, thousands separated by commas or not.
fn number_after(report: &str, label: &str) -> Option<u64> {
    let (_, rest) = report.split_once(label)?;
    let number = rest.trim_start();
    let end = number
        .find(|c: char| !c.is_ascii_digit() && c != ',')
        .unwrap_or(number.len());
    number[..end].replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_both_reports() {
        let callgrind = "==7== Events    : Ir\n==7== Collected : 130521\n==7== \n==7== I   refs:      130,521\n";
        assert_eq!(number_after(callgrind, "Collected :"), Some(130_521));
        let memcheck = "==7==   total heap usage: 1,024 allocs, 1,021 frees, 9,000 bytes allocated";
        assert_eq!(number_after(memcheck, "total heap usage:"), Some(1024));
        assert_eq!(number_after(memcheck, "Collected :"), None);
    }

    #[test]
    fn what_both_runs_share_cancels() {
        let count = |messages: u64| 123_456 + 21 * messages;
        assert_eq!(per_message(count(1000), count(2000), 1000), 21.0);
    }
}
