//! The acceptance definitions of QuickFIX against our acceptor.
//!
//! Each definition scripts an initiator and says what it expects of the acceptor, which is `examples/fix_acceptor` with
//! an application that echoes. Everything listens on loopback, on ports that the system chooses.

mod acceptor;
mod message;
mod pattern;
mod script;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;

use clap::Args;

use crate::report::{Context, Failure, Outcome, Report, Result};
use crate::workspace::Workspace;

use acceptor::{Acceptor, Transport};
use pattern::Patterns;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the definitions are. Without it: `../shared/fix-at` where that is there, else `xtask/fix-at`, which has the
    /// same.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Only definitions whose path has this in it.
    #[arg(long)]
    only: Option<String>,
    /// Whether to examine plain connections, TLS, or both.
    #[arg(long, value_enum)]
    transport: Option<Transport>,
}

pub(crate) fn run(workspace: &Workspace, report: &mut Report, arguments: &Arguments) {
    let mut prepared = None;
    report.step("fix-at: set up", || {
        let definitions = Definitions::find(workspace, arguments)?;
        prepared = Some((definitions, acceptor::build(workspace)?));
        Ok(Outcome::Passed)
    });
    let Some((definitions, program)) = prepared else {
        return;
    };
    let transports = match arguments.transport {
        Some(transport) => vec![transport],
        None => vec![Transport::Plain, Transport::Tls],
    };
    for transport in transports {
        report.step(&format!("fix-at: {transport}"), || {
            let acceptor = Acceptor::start(&program, transport)?;
            definitions.examine(acceptor.address())
        });
    }
}

/// Files by folder: those of one folder are about the same session, and run one after the other.
struct Definitions {
    folders: BTreeMap<String, Vec<PathBuf>>,
    patterns: Patterns,
}

/// The folders that are for an acceptor like ours.
const FOLDERS: &[&str] = &[
    "fix40", "fix41", "fix42", "fix43", "fix44", "fix50", "fix50sp1", "fix50sp2", "validate",
];

impl Definitions {
    fn find(workspace: &Workspace, arguments: &Arguments) -> Result<Self> {
        let root = root(workspace, arguments);
        let mut folders = BTreeMap::new();
        for folder in FOLDERS {
            let mut files = files(&root.join(folder))?;
            if let Some(only) = &arguments.only {
                files.retain(|file| file.to_string_lossy().contains(only.as_str()));
            }
            if !files.is_empty() {
                folders.insert((*folder).to_owned(), files);
            }
        }
        if folders.is_empty() {
            return Err(Failure::new(format!("{}: no definitions", root.display())));
        }
        let patterns = match fs::read_to_string(root.join("../fields.fmt")) {
            Ok(text) => Patterns::parse(&text)?,
            Err(_) => Patterns::standard(),
        };
        Ok(Self { folders, patterns })
    }

    /// Runs the folders side by side.
    fn examine(&self, address: SocketAddr) -> Result<Outcome> {
        let failed = thread::scope(|scope| {
            let folders = self.folders.iter();
            let threads: Vec<_> = folders
                .map(|(name, files)| scope.spawn(move || self.examine_folder(address, name, files)))
                .collect();
            let counts = threads.into_iter().map(|thread| thread.join());
            counts.map(|count| count.unwrap_or(1)).sum::<usize>()
        });
        let count: usize = self.folders.values().map(Vec::len).sum();
        println!("    {} of {count}", count - failed.min(count));
        match failed {
            0 => Ok(Outcome::Passed),
            _ => Err(Failure::new(format!("{failed} of {count} failed"))),
        }
    }

    /// How many failed.
    fn examine_folder(&self, address: SocketAddr, name: &str, files: &[PathBuf]) -> usize {
        let mut failed = 0;
        for file in files {
            if let Err(failure) = script::run(file, address, &self.patterns) {
                println!("    {}: {failure}", file.display());
                failed += 1;
            }
        }
        println!("    {name}: {} of {}", files.len() - failed, files.len());
        failed
    }
}

fn root(workspace: &Workspace, arguments: &Arguments) -> PathBuf {
    let dir = arguments.dir.clone().unwrap_or_else(|| {
        let shared = workspace.root().join("../shared/fix-at");
        if shared.is_dir() {
            shared
        } else {
            workspace.root().join("xtask/fix-at")
        }
    });
    let server = dir.join("server");
    if server.is_dir() { server } else { dir }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.context(folder.display())?.path();
        if path.extension().is_some_and(|extension| extension == "def") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
