//! Many frames through a connection in memory, everything checked.

use crate::process::run as run_program;
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

/// What is passed on to the program.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Stop after so many frames, both ways together.
    #[arg(long, conflicts_with = "seconds")]
    frames: Option<u64>,
    /// Stop after so many seconds; ten where nothing is said.
    #[arg(long)]
    seconds: Option<u64>,
    /// Repeats the run that printed it.
    #[arg(long)]
    seed: Option<u64>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let mut command = workspace.cargo("run");
    command.args(["--quiet", "--profile", "bench", "--package", "benches"]);
    command.args(["--bin", "soak-ws", "--"]);
    let numbers = [
        ("--frames", arguments.frames),
        ("--seconds", arguments.seconds),
        ("--seed", arguments.seed),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            command.args([name, &number.to_string()]);
        }
    }
    run_program(&mut command)?;
    Ok(Outcome::Passed)
}
