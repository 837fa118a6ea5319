//! The service on a simulated network, the pool of HTTP over streams that fail, and sessions of FIX on networks, disks and
//! clocks that fail, under many seeds.

use crate::process::run as run_program;
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

/// Which seeds.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many.
    #[arg(long, default_value_t = 20_000)]
    seeds: u64,
    /// The first; a seed that failed is run again with `--seeds 1`.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Lines of what came last, told of a seed that fails.
    #[arg(long, default_value_t = 60)]
    lines: usize,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let mut command = workspace.cargo("test");
    command
        .args(["--quiet", "--release", "--package", "boom-service"])
        .args(["--test", "simulation", "every_seed", "--", "--nocapture"])
        .env("BOOM_SIM_SEEDS", arguments.seeds.to_string())
        .env("BOOM_SIM_FROM", arguments.from.to_string())
        .env("BOOM_SIM_LINES", arguments.lines.to_string());
    run_program(&mut command)?;
    let mut command = workspace.cargo("test");
    command
        .args(["--quiet", "--release", "--package", "boom-http"])
        .args(["--test", "faults", "every_seed", "--", "--nocapture"])
        .env("BOOM_HTTP_SEEDS", arguments.seeds.to_string())
        .env("BOOM_HTTP_FROM", arguments.from.to_string());
    run_program(&mut command)?;
    let mut command = workspace.cargo("test");
    command
        .args(["--quiet", "--release", "--package", "boom-fix"])
        .args(["--features", "session", "--test", "session_faults"])
        .args(["every_seed", "--", "--nocapture"])
        .env("BOOM_FIX_SEEDS", arguments.seeds.to_string())
        .env("BOOM_FIX_FROM", arguments.from.to_string())
        .env("BOOM_FIX_LINES", arguments.lines.to_string());
    run_program(&mut command)?;
    Ok(Outcome::Passed)
}
