//! QuickFIX, in C++: a program of its own, [compiled](`super`) by `cargo xtask bench fix`, that does what it is told
//! through pipes, and takes its own time.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use super::price_of;
use crate::fix::messages::{NOW, execution_reports, orders, snapshots};
use crate::fix::sink::Sink as _;
use crate::fix::work::add_order;
use crate::harness::{Answer, Result, Work};

/// Where the program is, and where the dictionary.
const PROGRAM: &str = "QUICKFIX_PROGRAM";
const DICTIONARY: &str = "QUICKFIX_DICTIONARY";

/// Why it cannot be measured, if it cannot.
pub(in crate::fix) fn missing() -> Option<&'static str> {
    let is_there = |name| std::env::var_os(name).is_some_and(|file| Path::new(&file).is_file());
    let is_missing = !(is_there(PROGRAM) && is_there(DICTIONARY));
    is_missing
        .then_some("not built: `cargo xtask bench fix` does, where apt-get and a C++ compiler are")
}

pub(in crate::fix) struct QuickFix {
    child: Child,
    commands: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
}

impl QuickFix {
    /// `case` is one of `parse`, `ten`, `book` and `order`.
    pub(in crate::fix) fn new(case: &str) -> Result<Self> {
        let (program, arguments) = command(case)?;
        Self::start(&program, &arguments)
    }

    /// Runs the program, which is told what to do from then on.
    pub(in crate::fix) fn start(program: &Path, arguments: &[String]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let commands = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self {
            child,
            commands,
            lines,
        })
    }

    pub(in crate::fix) fn tell(&mut self, command: &str, messages: u64) -> Result<()> {
        let commands = self.commands.as_mut().ok_or("ended")?;
        commands.write_all(format!("{command} {messages}\n").as_bytes())?;
        Ok(())
    }

    pub(in crate::fix) fn line(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        self.lines.read_until(b'\n', &mut line)?;
        // Without it the program has ended.
        line.pop_if(|last| *last == b'\n')
            .ok_or("QuickFIX failed")?;
        Ok(line)
    }
}

impl Work for QuickFix {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        self.tell("answer", messages)?;
        let mut answer = Answer::new();
        loop {
            let line = self.line()?;
            match line.split_first() {
                Some((b't', text)) => answer.text(text),
                Some((b'n', number)) => {
                    answer.number(std::str::from_utf8(number)?.parse::<f64>()?);
                }
                Some((b'o', order)) => add_order(&mut answer, order),
                _ => return Ok(answer),
            }
        }
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        self.time(messages).map(drop)
    }

    fn time(&mut self, messages: u64) -> Result<Duration> {
        self.tell("run", messages)?;
        let nanos = String::from_utf8(self.line()?)?.parse()?;
        Ok(Duration::from_nanos(nanos))
    }
}

impl Drop for QuickFix {
    fn drop(&mut self) {
        // It ends with its input; that it has ended by itself is the only way to fail.
        drop(self.commands.take());
        let _ = self.child.wait();
    }
}

/// The program that counts `messages` under valgrind, and its arguments.
pub(in crate::fix) fn counted(case: &str, messages: u64) -> Result<(PathBuf, Vec<String>)> {
    let (program, mut arguments) = command(case)?;
    arguments.extend(["count".to_owned(), messages.to_string()]);
    Ok((program, arguments))
}

/// Where the program is.
pub(in crate::fix) fn program() -> Result<PathBuf> {
    Ok(PathBuf::from(std::env::var_os(PROGRAM).ok_or(PROGRAM)?))
}

fn command(case: &str) -> Result<(PathBuf, Vec<String>)> {
    let program = program()?;
    let file = program.with_file_name(format!("{case}.messages"));
    // Written whole, then named: counts run two at a time.
    let new = program.with_file_name(format!("{case}.{}", std::process::id()));
    fs::write(&new, lines_of(case).join(&b'\n'))?;
    fs::rename(&new, &file)?;
    let arguments = [
        std::env::var(DICTIONARY)?,
        case.to_owned(),
        file.to_string_lossy().into_owned(),
    ];
    Ok((program, arguments.into()))
}

fn lines_of(case: &str) -> Vec<Vec<u8>> {
    match case {
        "book" => snapshots(),
        "order" => {
            let line = |order: &crate::fix::messages::Order| {
                let (seq, id, quantity) = (order.seq, &order.id, order.quantity);
                format!("{seq} {id} {quantity} {} {NOW}", price_of(order)).into_bytes()
            };
            orders().iter().map(line).collect()
        }
        _ => execution_reports(),
    }
}
