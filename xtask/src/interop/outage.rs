//! A venue that is killed and stopped under a thousand endpoints.
//!
//! `examples/outage` does it all, and fails where an endpoint does not come back in time, where a message within a
//! connection is lost or comes twice, or where a gap that an endpoint reports is not the one in the venue's journal.

use std::process::Command;
use std::time::Duration;

use crate::interop::check;
use crate::process::capture_within;
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

const EXAMPLE: &str = "outage";

/// Far above what it takes, so that only one that hangs is ended.
const LIMIT: Duration = Duration::from_secs(90);

/// What may watch the sockets, as the example names it.
pub(super) const SELECTORS: [&str; 2] = ["mio", "io-uring"];

pub(super) fn run(workspace: &Workspace, selector: &str) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        let reason = "memory and open files are read from /proc, which Linux alone has";
        return Ok(Outcome::Skipped(reason.into()));
    }
    let program = check::build(workspace, EXAMPLE)?;
    let folder = workspace.target().join("interop").join(EXAMPLE);
    let mut command = Command::new(program);
    command.args(["watch", "--selector", selector, "--folder"]);
    let output = capture_within(command.arg(folder.join(selector)), LIMIT)?;
    print!("{output}");
    // Containers often forbid io_uring, which says nothing about the machine that lacks nothing else.
    Ok(match output.trim().strip_prefix("unavailable: ") {
        Some(reason) => Outcome::Skipped(reason.to_owned()),
        None => Outcome::Passed,
    })
}
