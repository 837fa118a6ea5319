//! A program at one end of a session, which is killed and started again.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::Random;
use super::journal::{Journal, cut_torn_line, tear_line};
use super::pair::{End, Make};
use crate::process::Guard;
use crate::report::{Context, Failure, Result};

const JOURNAL: &str = "journal";

const LIMIT: Duration = Duration::from_secs(20);

/// One end.
pub(super) struct Side {
    name: String,
    make: Make,
    port: u16,
    folder: PathBuf,
    /// What an initiator says when it is loaded, and an acceptor when it listens.
    opening: &'static str,
    /// Gives each process its seed.
    random: Random,
    running: Option<Running>,
    /// Loaded, and not begun: an initiator only.
    spare: Option<Running>,
}

/// One process.
struct Running {
    input: ChildStdin,
    lines: Receiver<String>,
    process: Guard,
}

impl Side {
    /// An end that connects to a port.
    pub(super) fn initiator(end: End, port: u16, folder: PathBuf, random: Random) -> Result<Self> {
        Self::new(end, port, folder, "ready", random)
    }

    /// An end that listens at a port.
    pub(super) fn acceptor(end: End, port: u16, folder: PathBuf, random: Random) -> Result<Self> {
        Self::new(end, port, folder, "listening", random)
    }

    fn new(
        end: End,
        port: u16,
        folder: PathBuf,
        opening: &'static str,
        random: Random,
    ) -> Result<Self> {
        // Numbers go on from one start to the next, but begin anew in each run.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).context(folder.display())?;
        Ok(Self {
            name: end.name,
            make: end.make,
            port,
            folder,
            opening,
            random,
            running: None,
            spare: None,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Starts it, and returns when an acceptor listens, or an initiator has begun to connect.
    pub(super) fn start(&mut self) -> Result<()> {
        let mut running = match self.spare.take() {
            Some(spare) => spare,
            None => self.launch()?,
        };
        self.wait_in(&running, self.opening, LIMIT)?;
        if self.opening == "ready" {
            // If it has ended, the next line that is waited for tells.
            let _ = writeln!(running.input, "go");
        }
        self.running = Some(running);
        Ok(())
    }

    /// Has another one loaded, to take its place when it is killed.
    pub(super) fn prepare(&mut self) -> Result<()> {
        if self.opening == "ready" && self.spare.is_none() {
            self.spare = Some(self.launch()?);
        }
        Ok(())
    }

    fn launch(&mut self) -> Result<Running> {
        let seed = self.random.below(u64::from(u32::MAX));
        let log = self.folder.join("errors.log");
        let errors = File::options().create(true).append(true).open(&log);
        let mut command = (self.make)(self.port, &self.folder, seed);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors.context(log.display())?);
        let child = command
            .spawn()
            .context(format!("cannot start {}", self.name))?;
        let mut process = Guard(child);
        let (Some(input), Some(output)) = (process.0.stdin.take(), process.0.stdout.take()) else {
            return Err(Failure::new(format!(
                "{} has no input or output",
                self.name
            )));
        };
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(output)
                .lines()
                .map_while(std::result::Result::ok);
            lines.map(|line| sender.send(line)).all(|sent| sent.is_ok())
        });
        Ok(Running {
            input,
            lines,
            process,
        })
    }

    /// Nobody has told it to.
    pub(super) fn has_ended(&mut self) -> bool {
        let running = self.running.as_mut();
        running.is_some_and(|running| !matches!(running.process.0.try_wait(), Ok(None)))
    }

    /// Whether it runs, and the last of what it has said, for one who looks for a fault.
    pub(super) fn condition(&mut self) -> String {
        let name = &self.name;
        let Some(running) = &mut self.running else {
            return format!("{name} is not started");
        };
        let state = match running.process.0.try_wait() {
            Ok(None) => "runs".to_owned(),
            Ok(Some(status)) => format!("has ended with {status}"),
            Err(error) => error.to_string(),
        };
        let said: Vec<_> = running.lines.try_iter().collect();
        let said = said.last().map_or("nothing more", String::as_str);
        let errors = fs::read_to_string(self.folder.join("errors.log")).unwrap_or_default();
        let error = errors.trim().lines().last().unwrap_or_default();
        format!("{name} {state}, says {said:?}, and of errors {error:?}")
    }

    /// By `SIGKILL`. Gives how many torn lines that leaves: seldom one by itself, and in every fourth case one in each file
    /// of lines.
    pub(super) fn kill(&mut self, random: &mut Random) -> Result<usize> {
        self.running = None;
        let journal = self.folder.join(JOURNAL);
        // What a peer keeps in a file of lines it has to mend by itself; that of ours and of QuickFIX are folders.
        let store = self.folder.join("store");
        if random.below(4) == 0 {
            tear_line(&journal)?;
            if store.is_file() {
                tear_line(&store)?;
            }
        }
        Ok(usize::from(cut_torn_line(&journal)?))
    }

    /// Gives an order, as a line.
    pub(super) fn tell(&mut self, line: &str) -> Result<()> {
        let name = &self.name;
        let running = self.running.as_mut();
        let running = running.ok_or_else(|| Failure::new(format!("{name} does not run")))?;
        writeln!(running.input, "{line}").context(format!("{name} does not listen to {line:?}"))
    }

    /// Waits for a line that begins like this, and gives what follows. Lines before it are passed over.
    pub(super) fn wait_for(&self, beginning: &str) -> Result<String> {
        let running = self.running.as_ref();
        let running = running.ok_or_else(|| Failure::new(format!("{} does not run", self.name)))?;
        self.wait_in(running, beginning, LIMIT)
    }

    fn wait_in(&self, running: &Running, beginning: &str, limit: Duration) -> Result<String> {
        let deadline = Instant::now() + limit;
        let mut last = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match running.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(beginning) {
                        return Ok(rest.trim().to_owned());
                    }
                    last = line;
                }
                Err(error) => {
                    let what = match error {
                        RecvTimeoutError::Timeout => "does not say",
                        RecvTimeoutError::Disconnected => "ended without",
                    };
                    let errors = fs::read_to_string(self.folder.join("errors.log"));
                    let errors = errors.unwrap_or_default();
                    let tail = errors.trim().lines().last().unwrap_or_default();
                    let name = &self.name;
                    return Err(Failure::new(format!(
                        "{name} {what} {beginning:?}; last it said {last:?}, and of errors {tail:?}"
                    )));
                }
            }
        }
    }

    /// The number of the next message that it sends, and of the next that it expects.
    pub(super) fn numbers(&mut self) -> Result<(u64, u64)> {
        self.tell("status")?;
        let line = self.wait_for("next ")?;
        let numbers = line.split_once(' ');
        let numbers = numbers.and_then(|(out, into)| Some((out.parse().ok()?, into.parse().ok()?)));
        numbers.ok_or_else(|| Failure::new(format!("{} says {line:?} for its numbers", self.name)))
    }

    pub(super) fn journal(&self) -> Result<Journal> {
        Journal::read(&self.folder.join(JOURNAL))
    }
}
