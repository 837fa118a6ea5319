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
use std::path::PathBuf;
use std::thread;

use crate::report::{Context, Failure, Outcome, Report, Result};
use crate::workspace::Workspace;

pub(crate) use cases::Cases;
use client::Client;
use python::Python;
use results::Results;
use server::{Server, Transport};

/// One way to examine the client.
#[derive(Debug)]
struct Stack {
    /// Also the name of the agent in the suite's own reports.
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

impl Stack {
    /// The cases there are for it, if these are asked for.
    const fn cases(&self, asked: Cases) -> Cases {
        if self.only_core { Cases::Core } else { asked }
    }

    /// Where its results are kept: those of every case apart from those of a part.
    fn folder(&self, workspace: &Workspace, cases: Cases) -> PathBuf {
        let is_whole = cases == self.cases(Cases::All);
        let name = match is_whole {
            true => self.name.to_owned(),
            false => format!("{}-part", self.name),
        };
        workspace.target().join("autobahn").join(name)
    }
}

/// The names by which one stack can be chosen.
pub(crate) fn stack_names() -> impl Iterator<Item = &'static str> {
    STACKS.iter().map(|stack| stack.name)
}

/// Has every stack examined, all at once, or the one of this name.
pub(crate) fn run(workspace: &Workspace, report: &mut Report, cases: Cases, only: Option<&str>) {
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
    let chosen = STACKS
        .iter()
        .filter(|stack| only.is_none_or(|name| name == stack.name));
    // Beside each other: a server is one thread of Python, and many cases wait for the clock.
    thread::scope(|scope| {
        let begin = |stack: &'static Stack| {
            let (python, client) = (&python, &client);
            let cases = stack.cases(cases);
            let examined = scope.spawn(move || examine(workspace, python, client, stack, cases));
            (stack, cases, examined)
        };
        let under_way: Vec<_> = chosen.map(begin).collect();
        for (stack, cases, examined) in under_way {
            report.step(&format!("autobahn: {}", stack.title), || {
                let results = examined.join();
                let results = results.map_err(|_| Failure::new("the examination panicked"))??;
                results.verdict(cases.count()).map(|()| Outcome::Passed)
            });
        }
    });
    // A part of the cases would make a poor document.
    if matches!(cases, Cases::All) {
        report.step("autobahn: docs/autobahn.md", || write(workspace, &client));
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
    let folder = stack.folder(workspace, cases);
    // Reports of an earlier run would be taken for this one's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).context(folder.display())?;
    let script = workspace.root().join("xtask/autobahn/server.py");
    let server = Server::start(python.script(&script), &folder, stack.transport, cases)?;
    client.examine(&server, stack.name, stack.arguments)?;
    println!("    reports: {}", server.reports().display());
    let results = Results::read(&server.reports(), stack.name)?;
    client.sign(&folder)?;
    Ok(results)
}

/// Writes the document from the last results of each stack, which may come of several runs, of one build of the client.
fn write(workspace: &Workspace, client: &Client) -> Result<Outcome> {
    let mut columns = Vec::new();
    for stack in STACKS {
        let cases = stack.cases(Cases::All);
        let folder = stack.folder(workspace, cases);
        if !client.has_signed(&folder)? {
            let reason = format!("{} has yet to be run with this build", stack.name);
            return Ok(Outcome::Skipped(reason));
        }
        let results = Results::read(&server::reports(&folder), stack.name)?;
        if results.len() != cases.count() {
            let reason = format!("the last run of {} did not reach its end", stack.name);
            return Ok(Outcome::Skipped(reason));
        }
        columns.push((stack.title, results));
    }
    let file = workspace.root().join("docs/autobahn.md");
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).context(folder.display())?;
    }
    fs::write(&file, document::render(&columns)).context(file.display())?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_kept_apart_from_the_whole() {
        let workspace = Workspace::load().unwrap();
        let name = |stack: &Stack, cases| {
            let folder = stack.folder(&workspace, cases);
            folder.file_name().unwrap().to_string_lossy().into_owned()
        };
        let [plain, .., frames] = STACKS else {
            panic!("several stacks")
        };
        assert_eq!(name(plain, Cases::All), "plain-direct");
        assert_eq!(name(plain, Cases::Core), "plain-direct-part");
        assert_eq!(name(frames, frames.cases(Cases::Sample)), "frames");
    }
}
