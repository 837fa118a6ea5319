//! System calls of the measured section, by running this program again under strace.

use std::process::Command;

use super::Result;

/// Says why system calls are not counted, where they are not.
pub(crate) fn missing() -> Option<&'static str> {
    let found = Command::new("strace")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    (!found).then_some("strace is not installed or not allowed: no system calls counted")
}

/// Marks the start of the section for strace.
const START: &str = "the section starts";
/// Marks its end.
const END: &str = "the section ends";

/// Does `work` between two marks that [`calls`] finds. Each mark is one write.
pub(crate) fn marked<T>(work: impl FnOnce() -> T) -> T {
    println!("{START}");
    let result = work();
    println!("{END}");
    result
}

/// System calls of the main thread in the [`marked`] section of this program, run with `arguments`.
pub(crate) fn calls(arguments: &[String]) -> Result<u64> {
    Ok(names(arguments)?.len() as u64)
}

/// Their names, in order.
pub(crate) fn names(arguments: &[String]) -> Result<Vec<String>> {
    let program = std::env::current_exe()?;
    let output = Command::new("strace")
        .arg(program)
        .args(arguments)
        .output()?;
    let trace = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{arguments:?} failed under strace:\n{trace}").into());
    }
    between_marks(&trace).ok_or_else(|| "the marks are not in the trace".into())
}

fn between_marks(trace: &str) -> Option<Vec<String>> {
    let is_write_of = |line: &str, mark| line.starts_with("write(1") && line.contains(mark);
    let mut lines = trace.lines();
    lines.find(|line| is_write_of(line, START))?;
    let mut names = Vec::new();
    for line in lines {
        if is_write_of(line, END) {
            return Some(names);
        }
        let (name, _) = line.split_once('(').unwrap_or((line, ""));
        names.push(name.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_between_the_marks_are_counted() {
        let trace = "brk(0) = 0\nwrite(1, \"the section starts\\n\", 19) = 19\nepoll_wait(3, [], 1024, 0) = 0\n\
                     epoll_wait(3, [], 1024, 0) = 0\nwrite(1, \"the section ends\\n\", 17) = 17\nexit_group(0)\n";
        assert_eq!(between_marks(trace).unwrap(), ["epoll_wait"; 2]);
        assert_eq!(between_marks("exit_group(0)\n"), None);
    }
}
