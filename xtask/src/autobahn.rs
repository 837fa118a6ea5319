//! The Autobahn test suite against our client.
//!
//! The suite's server examines `examples/autobahn_client.rs`, which echoes, over each of the [`STACKS`]. The server is code
//! for Python 2.7; what it needs is installed under the target directory. Everything listens on loopback, on ports that
//! the system chooses, and ends with this command.

mod cases;
mod client;
mod document;
mod python;
mod results;
mod server;

use std::fs;

use crate::report::{Context, Outcome, Report, Result};
use crate::workspace::Workspace;

pub(crate) use cases::Cases;
use client::Client;
use python::Python;
use results::Results;
use server::{Server, Transport};

/// One way to examine the client.
#[derive(Debug)]
struct Stack {
    /// Also the agent's name in the suite's own reports.
    name: &'static str,
    title: &'static str,
    transport: Transport,
    /// Arguments of the client.
    arguments: &'static [&'static str],
    /// Compression is undone for whole messages alone.
    only_core: bool,
}

const STACKS: &[Stack] = &[
    Stack {
        name: "plain-direct",
        title: "plain TCP, direct selector",
        transport: Transport::Plain,
        arguments: &["--selector", "direct", "--reading", "messages"],
        only_core: false,
    },
    Stack {
        name: "tls-mio",
        title: "TLS, mio",
        transport: Transport::Tls,
        arguments: &["--selector", "mio", "--reading", "messages"],
        only_core: false,
    },
    Stack {
        name: "frames",
        title: "plain TCP, mio, frame by frame",
        transport: Transport::Plain,
        arguments: &["--selector", "mio", "--reading", "frames"],
        only_core: true,
    },
];

/// What each of the stacks has shown, in their order.
type Findings = Vec<(&'static Stack, Results)>;

pub(crate) fn run(workspace: &Workspace, report: &mut Report, cases: Cases) {
    let mut prepared = None;
    report.step("autobahn: set up", || match prepare(workspace)? {
        Ok(tools) => {
            prepared = Some(tools);
            Ok(Outcome::Passed)
        }
        Err(reason) => Outcome::unavailable(reason),
    });
    let Some((python, client)) = prepared else {
        return;
    };
    let mut findings = Findings::new();
    for stack in STACKS {
        report.step(&format!("autobahn: {}", stack.title), || {
            let cases = if stack.only_core { Cases::Core } else { cases };
            let results = examine(workspace, &python, &client, stack, cases)?;
            let verdict = results.verdict(cases.count());
            findings.push((stack, results));
            verdict.map(|()| Outcome::Passed)
        });
    }
    // A part of the cases would make a poor document.
    if matches!(cases, Cases::All) && findings.len() == STACKS.len() {
        report.step("autobahn: docs/autobahn.md", || write(workspace, &findings));
    }
}

/// The inner error says what the machine lacks.
fn prepare(workspace: &Workspace) -> Result<std::result::Result<(Python, Client), String>> {
    let folder = workspace.target().join("autobahn");
    fs::create_dir_all(&folder).context(folder.display())?;
    match python::install(&folder) {
        Ok(python) => Ok(Ok((python, client::build(workspace)?))),
        Err(failure) => Ok(Err(format!("the suite cannot be installed: {failure}"))),
    }
}

fn examine(
    workspace: &Workspace,
    python: &Python,
    client: &Client,
    stack: &Stack,
    cases: Cases,
) -> Result<Results> {
    let folder = workspace.target().join("autobahn").join(stack.name);
    // Reports of an earlier run would be taken for this one's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).context(folder.display())?;
    let script = workspace.root().join("xtask/autobahn/server.py");
    let server = Server::start(python.script(&script), &folder, stack.transport, cases)?;
    client.examine(&server, stack.name, stack.arguments)?;
    println!("    reports: {}", server.reports().display());
    Results::read(&server.reports().join("index.json"), stack.name)
}

fn write(workspace: &Workspace, findings: &Findings) -> Result<Outcome> {
    let file = workspace.root().join("docs/autobahn.md");
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).context(folder.display())?;
    }
    let columns: Vec<_> = findings
        .iter()
        .map(|(stack, results)| (stack.title, results))
        .collect();
    fs::write(&file, document::render(&columns)).context(file.display())?;
    Ok(Outcome::Passed)
}
