//! Measurements beside the peers.

use clap::ValueEnum;

use crate::process::run as run_program;
use crate::quickfix;
use crate::report::{Outcome, Report, Result};
use crate::tools::{debian_program, openssl_library};
use crate::workspace::Workspace;

/// What is measured together; each is a program of the `benches` package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// WebSocket: decode, encode, round trip.
    Ws,
    /// HTTP/1.1: instructions, allocations, writes, round trips.
    Http,
    /// Selectors and service: idle polls, delivery, reconnects, memory.
    Service,
    /// Recordings: what they cost the thread that reads.
    Record,
    /// TLS: round trips, bursts, handshakes, reconnects.
    Tls,
    /// FIX: read execution reports and market data, write orders; with the word `store` or `session` in front, the
    /// stores of sessions, or sessions from an order to the wire and back.
    Fix,
}

impl Group {
    const ALL: [Self; 6] = [
        Self::Ws,
        Self::Http,
        Self::Service,
        Self::Record,
        Self::Tls,
        Self::Fix,
    ];

    const fn program(self) -> &'static str {
        match self {
            Self::Ws => "bench-ws",
            Self::Http => "bench-http",
            Self::Service => "bench-service",
            Self::Record => "bench-record",
            Self::Tls => "bench-tls",
            Self::Fix => "bench-fix",
        }
    }

    /// The peers that it is built with.
    const fn features(self) -> &'static str {
        match self {
            Self::Fix => "fix-peers",
            _ => "peers",
        }
    }
}

pub(crate) fn run(
    workspace: &Workspace,
    report: &mut Report,
    group: Option<Group>,
    arguments: &[String],
) {
    for wanted in Group::ALL {
        if group.is_none_or(|group| group == wanted) {
            report.step(wanted.program(), || measure(workspace, wanted, arguments));
        }
    }
}

fn measure(workspace: &Workspace, group: Group, arguments: &[String]) -> Result<Outcome> {
    // The programs run themselves under callgrind to count instructions.
    if debian_program("valgrind", "valgrind").is_none() {
        return Outcome::unavailable(
            "valgrind is missing: install it, for example `apt-get install valgrind`",
        );
    }
    // One of the peers, and a backend of ours.
    if group != Group::Fix
        && let Err(reason) = openssl_library()
    {
        return Outcome::unavailable(reason);
    }
    let mut command = workspace.cargo("run");
    command.args([
        "--quiet",
        "--profile",
        "bench",
        "--package",
        "benches",
        "--features",
        group.features(),
        "--bin",
    ]);
    if group == Group::Fix
        && let Err(failure) = quickfix::provide(workspace, &mut command)
    {
        println!("QuickFIX: {failure}");
    }
    run_program(command.arg(group.program()).arg("--").args(arguments))?;
    Ok(Outcome::Passed)
}
