//! Our TLS against other people's servers.
//!
//! One program of ours holds a conversation after the other, by rustls and by OpenSSL, over a plain socket, mio's and
//! io_uring's, in TLS 1.2 and 1.3, with `openssl s_server`, nginx, haproxy, stunnel, Python's `ssl` and Node's `tls`. First
//! the bytes that go there and back are compared, for each kind of key; then come the behaviours of [`Subject`], each with
//! the servers that can do it. Whatever happens, nothing may leave the program unencrypted.

mod certificates;
mod client;
mod echo;
mod plan;
mod proxies;
mod s_server;
mod script;
mod server;

use std::fs;
use std::time::Instant;

use crate::interop::check;
use crate::interop::table::Table;
use crate::report::{Context, Failure, Outcome, Result};
use crate::tools::{debian_program, openssl_library};
use crate::workspace::Workspace;

use certificates::{Certificates, Shown};
use client::Client;
use plan::{KEY_UPDATES, Planner, Side, Subject};
use server::{Kind, Server};

pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let folder = workspace.target().join("interop").join("tls");
    fs::create_dir_all(&folder).context(folder.display())?;
    if let Err(reason) = openssl_library() {
        return Outcome::unavailable(reason);
    }
    let Some(openssl) = debian_program("openssl", "openssl") else {
        return Outcome::unavailable("the openssl command is missing: `apt-get install openssl`");
    };
    let program = check::build_with(workspace, client::EXAMPLE, &["--features", "openssl"])?;
    let start = Instant::now();
    let certificates = certificates::issue(&openssl, &folder)?;
    let servers = Server::start_all(workspace, &openssl, &folder, &certificates)?;
    println!("    set up in {:.1} s\n", start.elapsed().as_secs_f64());
    let mut trial = Trial {
        client: Client::start(&program)?,
        certificates,
        servers,
        conversations: 0,
        skipped: Vec::new(),
        faults: 0,
    };
    trial.run()
}

/// All that is tried.
#[derive(Debug)]
struct Trial {
    client: Client,
    certificates: Certificates,
    servers: Vec<Server>,
    conversations: usize,
    /// Why some was not tried, each reason once.
    skipped: Vec<String>,
    faults: usize,
}

/// What is in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Right,
    Wrong,
    /// The server cannot do it.
    Impossible,
    /// The machine lacks what it takes.
    Skipped,
}

impl Trial {
    fn run(&mut self) -> Result<Outcome> {
        let start = Instant::now();
        self.keys()?;
        self.behaviours()?;
        self.count_key_updates();
        println!(
            "{} conversations, {} faults, in {:.1} s",
            self.conversations,
            self.faults,
            start.elapsed().as_secs_f64()
        );
        let lacks = self.servers.iter().filter_map(Server::lack);
        let mut lacks: Vec<_> = lacks.map(str::to_owned).collect();
        for reason in &self.skipped {
            println!("skipped: {reason}");
        }
        match (self.faults, lacks.pop()) {
            (0, None) => Ok(Outcome::Passed),
            (0, Some(lack)) => Outcome::unavailable(lack),
            (faults, _) => Err(Failure::new(format!(
                "{faults} of {} conversations went wrong",
                self.conversations
            ))),
        }
    }

    /// The matrix: a row for each side of ours, a column for each server, in each cell a word for each kind of key.
    fn keys(&mut self) -> Result<()> {
        let start = Instant::now();
        let mut table = Table::new("RSA / ECDSA / Ed25519");
        for side in Side::all() {
            for server in 0..self.servers.len() {
                for shown in Shown::KEYS {
                    let word = match self.try_one(server, side, Subject::Key(shown))? {
                        Verdict::Right => "ok",
                        Verdict::Wrong => "FAILED",
                        Verdict::Impossible => "-",
                        Verdict::Skipped => "skipped",
                    };
                    table.add(&side.name(), self.servers[server].kind.name(), word);
                }
            }
        }
        println!(
            "bytes there and back, in {:.1} s:",
            start.elapsed().as_secs_f64()
        );
        table.print();
        Ok(())
    }

    /// A row for each behaviour, a column for each server, in each cell how many of our sides are right.
    fn behaviours(&mut self) -> Result<()> {
        let start = Instant::now();
        let mut table = Table::new("backends x streams x versions");
        for subject in Subject::behaviours() {
            for server in 0..self.servers.len() {
                let verdicts: Result<Vec<_>> = Side::all()
                    .into_iter()
                    .map(|side| self.try_one(server, side, subject))
                    .collect();
                table.add(
                    subject.name(),
                    self.servers[server].kind.name(),
                    &cell(&verdicts?),
                );
            }
        }
        println!("behaviours, in {:.1} s:", start.elapsed().as_secs_f64());
        table.print();
        Ok(())
    }

    fn try_one(&mut self, server: usize, side: Side, subject: Subject) -> Result<Verdict> {
        let server = &self.servers[server];
        if let Some(lack) = server.lack() {
            let reason = lack.to_owned();
            return Ok(self.skip(reason));
        }
        let kind = server.kind;
        let planner = Planner {
            certificates: &self.certificates,
            server,
            side,
        };
        let Some(conversations) = planner.plan(subject)? else {
            return Ok(Verdict::Impossible);
        };
        for conversation in conversations {
            self.conversations += 1;
            let told = self.client.converse(&conversation.order)?;
            if let Some(reason) = told["skipped"].as_str() {
                return Ok(self.skip(format!("io_uring: {reason}")));
            }
            if let Err(reason) = conversation.expected.check(&conversation.order, &told) {
                self.faults += 1;
                println!(
                    "    {}, {}, {}: {reason}",
                    subject.name(),
                    kind.name(),
                    side.name()
                );
                return Ok(Verdict::Wrong);
            }
            drop(conversation.relay);
        }
        Ok(Verdict::Right)
    }

    fn skip(&mut self, reason: String) -> Verdict {
        if !self.skipped.contains(&reason) {
            self.skipped.push(reason);
        }
        Verdict::Skipped
    }

    /// s_server has sent as many as it was told to, and got as many as it demanded.
    fn count_key_updates(&mut self) {
        let s_server = self
            .servers
            .iter()
            .find(|server| server.kind == Kind::SServer);
        let Some(s_server) = s_server.and_then(|server| server.s_server.as_ref()) else {
            return;
        };
        let (sent, received) = (s_server.key_updates.sent(), s_server.key_updates.received());
        println!("s_server sent {sent} KeyUpdates and got {received}");
        if received * 2 != sent || sent % (2 * KEY_UPDATES) != 0 || sent == 0 {
            self.faults += 1;
            println!("    KeyUpdate: half of them demand one of ours");
        }
    }
}

fn cell(verdicts: &[Verdict]) -> String {
    let count = |verdict| verdicts.iter().filter(|one| **one == verdict).count();
    let (right, wrong) = (count(Verdict::Right), count(Verdict::Wrong));
    match (wrong, count(Verdict::Skipped)) {
        (0, 0) if right == 0 => "-".to_owned(),
        (0, 0) => format!("{right} ok"),
        (0, skipped) => format!("{right} ok, {skipped} skipped"),
        (wrong, _) => format!("{wrong} FAILED"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_counts() {
        use Verdict::{Impossible, Right, Skipped, Wrong};

        assert_eq!(cell(&[Right, Impossible, Right]), "2 ok");
        assert_eq!(cell(&[Right, Skipped]), "1 ok, 1 skipped");
        assert_eq!(cell(&[Right, Wrong]), "1 FAILED");
        assert_eq!(cell(&[Impossible]), "-");
    }
}
