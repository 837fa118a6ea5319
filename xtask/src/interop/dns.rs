//! Our resolvers against dnsmasq.
//!
//! `examples/interop_dns` asks it, directly or over a [`Relay`] that is slow or loses datagrams; and, in a network of its
//! own where `/etc/resolv.conf` names it, by way of the system's resolver.

mod dnsmasq;
mod namespace;
mod relay;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::interop::check::{self, Check};
use crate::process::capture_within;
use crate::report::{Context, Failure, Outcome, Result};
use crate::workspace::Workspace;

use dnsmasq::Dnsmasq;
use relay::Relay;

const EXAMPLE: &str = "interop_dns";

/// Far above what a check takes.
const LIMIT: Duration = Duration::from_secs(30);

/// What the checks share.
#[derive(Debug)]
struct Names {
    server: Dnsmasq,
    program: PathBuf,
    folder: PathBuf,
}

const CHECKS: [Check<Names>; 11] = [
    ("addresses of both kinds", kinds),
    ("many addresses", many),
    ("aliases", aliases),
    ("no such name, no address", none),
    ("failures", failures),
    ("slow names", slow),
    ("a server that is too slow", too_slow),
    ("lost datagrams", lost),
    ("a silent server", silent),
    ("a service", service),
    ("the system's resolver", namespace::check),
];

pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let folder = workspace.target().join("interop").join("dns");
    fs::create_dir_all(&folder).context(folder.display())?;
    let server = match Dnsmasq::start(&folder) {
        Ok(server) => server,
        Err(failure) => return Outcome::unavailable(failure.to_string()),
    };
    let names = Names {
        server,
        program: check::build(workspace, EXAMPLE)?,
        folder,
    };
    check::all(&CHECKS, &names, |failed, of| {
        format!("{failed} of {of} checks with dnsmasq failed")
    })
}

impl Names {
    /// What the program prints when it asks these servers.
    fn ask(&self, servers: &[SocketAddr], arguments: &[&str]) -> Result<Vec<String>> {
        let mut command = Command::new(&self.program);
        for server in servers {
            command.arg("--server").arg(server.to_string());
        }
        let output = capture_within(command.args(arguments), LIMIT)?;
        Ok(output.lines().map(str::to_owned).collect())
    }

    fn ask_directly(&self, arguments: &[&str]) -> Result<Vec<String>> {
        self.ask(&[self.server.address()], arguments)
    }
}

/// Fails unless these are the lines, in whatever order the answers came.
fn expect(mut lines: Vec<String>, expected: &[&str]) -> Result<String> {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    lines.sort_unstable();
    if lines != expected {
        return Err(Failure::new(format!(
            "found\n{}\ninstead of\n{}",
            lines.join("\n"),
            expected.join("\n")
        )));
    }
    Ok(format!("{} answers", lines.len()))
}

const ONE: &str = "one.test 60 10.0.0.1 fd00::1";

fn kinds(names: &Names) -> Result<String> {
    let lines = names.ask_directly(&["one.test", "ONE.Test.", "four.test", "six.test"])?;
    expect(
        lines,
        &[
            ONE,
            "ONE.Test. 60 10.0.0.1 fd00::1",
            "four.test 60 10.0.0.4",
            "six.test 60 fd00::6",
        ],
    )
}

/// More than a datagram holds.
fn many(names: &Names) -> Result<String> {
    let addresses = dnsmasq::many();
    let expected = format!("many.test 60 {}", addresses.join(" "));
    expect(names.ask_directly(&["many.test"])?, &[&expected])?;
    Ok(format!("{} addresses, by TCP", addresses.len()))
}

fn aliases(names: &Names) -> Result<String> {
    expect(
        names.ask_directly(&["first.test", "second.test", "third.test"])?,
        &[
            "first.test 60 10.0.0.1 fd00::1",
            "second.test 60 10.0.0.1 fd00::1",
            "third.test 60 10.0.0.1 fd00::1",
        ],
    )
}

fn none(names: &Names) -> Result<String> {
    expect(
        names.ask_directly(&["none.test", "text.test"])?,
        &[
            "none.test - error: the host name does not exist",
            "text.test - error: the host name has no address",
        ],
    )
}

fn failures(names: &Names) -> Result<String> {
    let lines = names.ask_directly(&["a.failing.test", "nobody.example", "one.test"])?;
    expect(
        lines,
        &[
            "a.failing.test - error: the name server failed with code 2",
            // dnsmasq has nobody to ask.
            "nobody.example - error: the name server failed with code 5",
            ONE,
        ],
    )
}

/// Three threads of four wait for slow names; twenty others are answered by the fourth meanwhile.
fn slow(names: &Names) -> Result<String> {
    let relay = Relay::start(names.server.address(), |_, question| {
        let is_slow = question.windows(5).any(|label| label == b"\x04slow");
        Some(Duration::from_millis(if is_slow { 1000 } else { 0 }))
    })?;
    let slow: Vec<_> = (0..3)
        .map(|number| format!("s{number}.slow.test"))
        .collect();
    let quick: Vec<_> = (0..20)
        .map(|number| format!("q{number}.quick.test"))
        .collect();
    let asked: Vec<_> = slow.iter().chain(&quick).map(String::as_str).collect();
    let lines = names.ask(
        &[relay.address()],
        &[&["--timeout", "10000"][..], &asked].concat(),
    )?;
    let (first, last) = lines.split_at_checked(quick.len()).unwrap_or_default();
    for (lines, names) in [(first, &quick), (last, &slow)] {
        let expected: Vec<_> = names
            .iter()
            .map(|name| format!("{name} 60 10.0.0.9"))
            .collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        expect(lines.to_vec(), &expected)?;
    }
    Ok("3 took a second, 20 others came before them".to_owned())
}

fn too_slow(names: &Names) -> Result<String> {
    let relay = Relay::start(names.server.address(), |_, _| Some(Duration::from_secs(2)))?;
    let servers = [relay.address(), names.server.address()];
    let lines = names.ask(&servers, &["--timeout", "300", "one.test"])?;
    expect(lines, &[ONE])?;
    Ok("the next one answers".to_owned())
}

fn lost(names: &Names) -> Result<String> {
    let relay = Relay::start(names.server.address(), |number, _| {
        (number >= 5).then_some(Duration::ZERO)
    })?;
    let arguments = ["--timeout", "300", "--attempts", "10", "one.test"];
    let lines = names.ask(&[relay.address()], &arguments)?;
    let seen = relay.seen();
    // The sixth is of the second kind. Where the machine has a route to it, the first is not asked for again.
    match lines.as_slice() {
        [line] if [ONE, "one.test 30 10.0.0.1", "one.test 30 fd00::1"].contains(&line.as_str()) => {
            Ok(format!("{seen} questions, of which 5 were lost"))
        }
        _ => Err(Failure::new(lines.join("\n"))),
    }
}

fn silent(names: &Names) -> Result<String> {
    let relay = Relay::start(names.server.address(), |_, _| None)?;
    let arguments = ["--timeout", "200", "--attempts", "2", "one.test"];
    expect(
        names.ask(&[relay.address()], &arguments)?,
        &["one.test - error: no name server answered in time"],
    )?;
    // Both kinds, twice.
    if relay.seen() != 4 {
        return Err(Failure::new(format!("{} questions", relay.seen())));
    }
    let servers = [relay.address(), names.server.address()];
    expect(names.ask(&servers, &arguments)?, &[ONE])?;
    Ok("alone an error, before another none".to_owned())
}

/// Endpoints of one host that connect, are cut off and connect again are one lookup.
fn service(names: &Names) -> Result<String> {
    const COUNT: usize = 200;
    let count = COUNT.to_string();
    let lines = names.ask_directly(&["--endpoints", &count, "loopback.test"])?;
    let expected = format!(
        "connected {} active {COUNT} held {COUNT} unresolved 0",
        2 * COUNT
    );
    expect(lines, &[&expected])?;
    let questions = names.server.questions("loopback.test")?;
    if questions.len() != 2 {
        return Err(Failure::new(questions.join("\n")));
    }
    Ok(format!("{} connections by 2 questions", 2 * COUNT))
}
