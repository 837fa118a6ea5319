//! Runs `tshark`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::script;
use crate::process::capture;
use crate::report::{Context, Failure, Result};
use crate::tools::debian_program;
use crate::workspace::Workspace;

/// What no packet of a recording may show: notes of Wireshark's analysis of TCP, what a dissector cannot make sense of,
/// whatever else it warns of, and a checksum that is not found right.
const FAULTS: &str = "tcp.analysis.flags or _ws.malformed or _ws.expert.severity >= 0x600000 \
    or not (tcp.checksum.status == 1 and ip.checksum.status == 1)";

/// Wireshark's program without a window, and its companion that joins files.
#[derive(Debug)]
pub(super) struct Tshark {
    program: PathBuf,
    mergecap: PathBuf,
    /// Prints WebSocket frames.
    frames: PathBuf,
}

/// What a run wrote.
#[derive(Debug)]
pub(super) struct Seen {
    /// A packet a line, the fields between tabs.
    pub(super) rows: String,
    /// What it says of the file.
    pub(super) complaint: String,
}

impl fmt::Display for Seen {
    /// How many packets, the first of them, and the complaint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows.lines();
        write!(f, "{} packets; {}", rows.clone().count(), self.complaint)?;
        rows.take(5)
            .try_for_each(|row| write!(f, "\n        {row}"))
    }
}

impl Tshark {
    pub(super) fn find(workspace: &Workspace) -> Result<Option<Self>> {
        let program = debian_program("tshark", "tshark");
        let mergecap = debian_program("mergecap", "wireshark-common");
        let frames = script(workspace, "frames.lua");
        Ok(program.zip(mergecap).map(|(program, mergecap)| Self {
            program,
            mergecap,
            frames,
        }))
    }

    pub(super) fn version(&self) -> Result<String> {
        let text = capture(Command::new(&self.program).arg("--version"))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    /// Reads a file, with checksums checked.
    fn read(&self, file: &Path) -> Command {
        let mut command = Command::new(&self.program);
        for check in ["tcp.check_checksum:TRUE", "ip.check_checksum:TRUE"] {
            command.args(["-o", check]);
        }
        command.arg("-n").arg("-r").arg(file).stdin(Stdio::null());
        command
    }

    /// The `fields` of the packets that `filter` chooses.
    pub(super) fn fields(
        &self,
        file: &Path,
        options: &[&str],
        filter: &str,
        fields: &[&str],
    ) -> Result<Seen> {
        let mut command = self.read(file);
        command.args(options).args(["-Y", filter, "-T", "fields"]);
        for field in fields {
            command.args(["-e", field]);
        }
        let output = command.output().context("tshark")?;
        let words = String::from_utf8_lossy(&output.stderr);
        let complaint: Vec<_> = words.lines().filter(|line| !is_about_root(line)).collect();
        Ok(Seen {
            rows: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaint: complaint.join("; "),
        })
    }

    /// Fails if anything in the file is to be warned of, or if it is not whole.
    pub(super) fn check(&self, file: &Path, options: &[&str]) -> Result<()> {
        let faults = self.faults(file, options)?;
        if faults.rows.is_empty() && faults.complaint.is_empty() {
            return Ok(());
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Err(Failure::new(format!("{name}: {faults}")))
    }

    /// The packets that tshark warns of, and why.
    pub(super) fn faults(&self, file: &Path, options: &[&str]) -> Result<Seen> {
        self.fields(
            file,
            options,
            FAULTS,
            &["frame.number", "_ws.expert.message"],
        )
    }

    /// The WebSocket frames of a file, as `program` sums them up.
    pub(super) fn frames(&self, file: &Path, program: &Path) -> Result<String> {
        let mut tshark = self
            .read(file)
            .arg("-q")
            .arg("-X")
            .arg(format!("lua_script:{}", self.frames.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("tshark")?;
        let lines = tshark.stdout.take().map_or_else(Stdio::null, Stdio::from);
        let sum = Command::new(program).arg("frames").stdin(lines).output();
        let status = tshark.wait().context("tshark")?;
        let sum = sum.context(program.display())?;
        if !status.success() || !sum.status.success() {
            let words = String::from_utf8_lossy(&sum.stderr);
            return Err(Failure::new(format!("tshark: {status}; {}", words.trim())));
        }
        Ok(String::from_utf8_lossy(&sum.stdout).into_owned())
    }

    /// Writes one file of several that follow each other.
    pub(super) fn merge(&self, parts: &[PathBuf], file: &Path) -> Result<()> {
        let mut command = Command::new(&self.mergecap);
        capture(command.arg("-w").arg(file).args(parts)).map(drop)
    }
}

fn is_about_root(line: &str) -> bool {
    line.starts_with("Running as user")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_first_packets() {
        let rows: Vec<_> = (1..=9).map(|number| format!("{number}\tbad\n")).collect();
        let seen = Seen {
            rows: rows.concat(),
            complaint: "cut short".to_owned(),
        };
        let text = seen.to_string();
        assert!(text.starts_with("9 packets; cut short\n        1\tbad\n"));
        assert!(text.ends_with("5\tbad"));
    }

    #[test]
    fn what_is_said_of_root_is_no_complaint() {
        assert!(is_about_root(
            "Running as user \"root\" and group \"root\"."
        ));
        assert!(!is_about_root(
            "tshark: The file appears to have been cut short."
        ));
    }
}
