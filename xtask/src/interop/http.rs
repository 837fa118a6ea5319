//! Our HTTP client against other people's servers.
//!
//! Node's `http` and Python's `uvicorn` (httptools) and `hypercorn` (h11) answer by themselves, and nginx, haproxy and Apache pass on to Node; each
//! in the clear and over TLS. `examples/interop_http` tries every form of request and answer, and then sends orders by POST
//! while the server is killed and started again. Whoever answers an order has written it into a journal before, which
//! is compared with what the client says became of it, see [`ledger`].

mod apache;
mod haproxy;
mod ledger;
mod nginx;
mod origin;
mod site;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::interop::authority::{self, Authority};
use crate::interop::check;
use crate::interop::table::Table;
use crate::process::{Guard, capture_within};
use crate::report::{Context, Failure, Outcome, Result};
use crate::workspace::Workspace;

use ledger::Ledger;
use origin::Tools;
use site::{End, Kind, Site};

const EXAMPLE: &str = "interop_http";

/// Far above what the checks take.
const LIMIT: Duration = Duration::from_secs(30);

/// How often a server is ended under orders, and how many of them are settled before each time and after the last,
/// at least.
const RESTARTS: usize = 6;
const STEP: usize = 200;

/// What all runs share.
struct Scene {
    folder: PathBuf,
    program: PathBuf,
    authority: Authority,
    tools: Tools,
}

pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let folder = workspace.target().join("interop").join("http");
    fs::create_dir_all(&folder).context(folder.display())?;
    let scene = Scene {
        program: check::build(workspace, EXAMPLE)?,
        authority: authority::issue(&folder)?,
        tools: Tools::new(workspace, &folder),
        folder,
    };
    let start = Instant::now();
    let mut table = Table::new("in the clear / TLS");
    let (mut failed, mut missing) = (0, Vec::new());
    for kind in Kind::ALL {
        for is_tls in [false, true] {
            match Site::start(kind, is_tls, &scene)? {
                Ok(site) => failed += scene.try_out(site, &mut table),
                Err(reason) => missing.push(format!("{}: {reason}", kind.name())),
            }
        }
    }
    missing.dedup();
    table.print();
    println!("    in {:.1} s", start.elapsed().as_secs_f64());
    if failed > 0 {
        let word = if failed == 1 { "cell" } else { "cells" };
        return Err(Failure::new(format!("{failed} {word} of the table failed")));
    }
    if missing.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Outcome::unavailable(missing.join("; "))
    }
}

impl Scene {
    /// Returns how much failed.
    fn try_out(&self, mut site: Site, table: &mut Table) -> usize {
        let mut failed = 0;
        let mut add = |name: &str, is_ok: bool, words: &str| {
            let word = if is_ok { words } else { "FAILED" };
            if !is_ok {
                failed += 1;
                println!("    {}, {name}: {words}", site.name());
            }
            table.add(name, site.kind().name(), word);
        };
        let start = Instant::now();
        match self.checks(&site) {
            Ok(checks) => {
                for line in checks.lines() {
                    let (name, result) = line.split_once('\t').unwrap_or((line, "no result"));
                    let words = result.strip_prefix("ok ");
                    add(name, words.is_some(), words.map_or(result, |_| "ok"));
                }
            }
            Err(failure) => add("checks", false, &failure.to_string()),
        }
        let name = site.name();
        let seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        match self.orders(&mut site) {
            Ok(words) => {
                let words = format!(
                    "checks in {seconds:.1} s, orders in {:.1} s: {words}",
                    start.elapsed().as_secs_f64()
                );
                println!("    {name}: {words}");
                table.add(ORDERS_ROW, site.kind().name(), "ok");
            }
            Err(failure) => {
                failed += 1;
                println!("    {name}: {failure}");
                table.add(ORDERS_ROW, site.kind().name(), "FAILED");
            }
        }
        failed
    }

    fn client(&self, site: &Site) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--port", &site.port().to_string()]);
        if site.is_tls() {
            command.arg("--ca").arg(self.authority.certificate());
        }
        command
    }

    fn checks(&self, site: &Site) -> Result<String> {
        capture_within(self.client(site).arg("checks"), LIMIT)
    }

    /// Ends the server and starts it again at each milestone, while orders go on, and compares what the client and the server say.
    fn orders(&self, site: &mut Site) -> Result<String> {
        let prefix = site.name().replace(", ", "-");
        let outcomes = self.folder.join(format!("{prefix}.outcomes"));
        let mut client = self.client(site);
        client
            .args(["orders", "--prefix", &prefix])
            .args(["--step", &STEP.to_string()])
            .args(["--milestones", &RESTARTS.to_string(), "--outcomes"])
            .arg(&outcomes)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut client = Guard(client.spawn().context("cannot start the client")?);
        let (Some(mut input), Some(output)) = (client.0.stdin.take(), client.0.stdout.take())
        else {
            return Err(Failure::new("the client has no input or output"));
        };
        // The client ends by itself, after a time at the latest.
        let lines = BufReader::new(output).lines();
        let ends = [End::Kill, End::Ask].into_iter().cycle();
        let mut last = String::new();
        for (line, end) in lines.map_while(std::result::Result::ok).zip(ends) {
            if line == "milestone" {
                site.restart(end)?;
                writeln!(input, "go on").context("the client does not listen")?;
            }
            last = line;
        }
        let status = client.0.wait().context("cannot wait for the client")?;
        if !status.success() {
            return Err(Failure::new(format!("the client ended with {status}")));
        }
        let ledger = Ledger::read(&outcomes, site.journal(), &prefix)?;
        Ok(format!("{}; {last}", ledger.check((RESTARTS + 1) * STEP)?))
    }
}

const ORDERS_ROW: &str = "orders through restarts";

/// A file of the folder that belongs to one site.
fn folder_of(folder: &Path, name: &str) -> Result<PathBuf> {
    let folder = folder.join(name.replace(", ", "-"));
    fs::create_dir_all(&folder).context(folder.display())?;
    Ok(folder)
}
