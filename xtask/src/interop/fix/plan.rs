//! Who speaks with whom.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::jspurefix::JsPureFix;
use super::pair::End;
use super::quickfix::QuickFix;
use crate::interop::authority::{self, Authority};
use crate::interop::check;
use crate::report::Result;
use crate::workspace::Workspace;

const EXAMPLE: &str = "interop_fix";

/// How many messages our sessions ask for at once.
pub(super) const CHUNK: u64 = 10;

/// Of a hundred kills, so many are of the initiator.
const HALF: u64 = 50;
/// Node takes a second of a processor until it is loaded.
const SELDOM: u64 = 30;
const RARELY: u64 = 15;

/// Who speaks with whom, and how often one of them is killed.
pub(super) struct Match {
    pub(super) name: &'static str,
    pub(super) initiator: End,
    pub(super) acceptor: End,
    pub(super) is_tls: bool,
    pub(super) kills: Kills,
}

/// How often one is killed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kills {
    pub(super) total: u64,
    /// Of a hundred, so many of the initiator.
    pub(super) initiator: u64,
    /// Fewer messages than this pass before one of them.
    pub(super) spread: u64,
}

/// What all pairs could be made of.
struct Players {
    program: PathBuf,
    authority: Result<Authority>,
    quickfix: Result<QuickFix>,
    jspurefix: Result<JsPureFix>,
}

/// Those that the machine can play, and what it lacks for the others.
pub(super) fn matches(workspace: &Workspace, folder: &Path) -> Result<(Vec<Match>, Vec<String>)> {
    let players = Players {
        program: check::build(workspace, EXAMPLE)?,
        authority: authority::issue_rsa(folder),
        quickfix: QuickFix::build(workspace, folder),
        jspurefix: JsPureFix::install(workspace, folder),
    };
    let failures = [
        players.quickfix.as_ref().err(),
        players.jspurefix.as_ref().err(),
        players.authority.as_ref().err(),
    ];
    let failures = failures.into_iter().flatten().map(ToString::to_string);
    let quickfix = players.quickfix.as_ref().ok();
    let lack = quickfix.and_then(|quickfix| quickfix.lacks_tls);
    let missing = failures.chain(lack.map(str::to_owned)).collect();
    Ok((players.matches(), missing))
}

impl Players {
    fn matches(&self) -> Vec<Match> {
        let mut matches = Vec::new();
        let mut add = |name, ends: (End, End), is_tls, total, initiator| {
            matches.push(Match {
                name,
                initiator: ends.0,
                acceptor: ends.1,
                is_tls,
                kills: Kills {
                    total,
                    initiator,
                    // A record of TLS may hold many messages.
                    spread: if is_tls { 60 } else { 250 },
                },
            });
        };
        let (quickfix, jspurefix) = (self.quickfix.as_ref().ok(), self.jspurefix.as_ref().ok());
        let authority = self.authority.as_ref().ok();
        if let Some(quickfix) = quickfix {
            for (name, version, total) in [
                ("quickfix-44", "FIX.4.4", 85),
                ("quickfix-50", "FIXT.1.1", 75),
            ] {
                let acceptor = quickfix.acceptor(version, None);
                add(
                    name,
                    (self.initiator(version, None), acceptor),
                    false,
                    total,
                    HALF,
                );
            }
        }
        if let Some(jspurefix) = jspurefix {
            let ends = (jspurefix.initiator(None), self.acceptor(None));
            add("jspurefix", ends, false, 40, SELDOM);
        }
        if let (Some(quickfix), Some(jspurefix)) = (quickfix, jspurefix) {
            let acceptor = quickfix.acceptor("FIX.4.4", None);
            add(
                "others",
                (jspurefix.initiator(None), acceptor),
                false,
                4,
                HALF,
            );
        }
        if let Some(quickfix) = quickfix.filter(|quickfix| quickfix.lacks_tls.is_none())
            && authority.is_some()
        {
            let acceptor = quickfix.acceptor("FIX.4.4", authority);
            let ends = (self.initiator("FIX.4.4", authority), acceptor);
            add("quickfix-tls", ends, true, 20, HALF);
        }
        if let (Some(jspurefix), Some(_)) = (jspurefix, authority) {
            let ends = (jspurefix.initiator(authority), self.acceptor(authority));
            add("jspurefix-tls", ends, true, 20, RARELY);
        }
        matches
    }

    fn initiator(&self, version: &'static str, authority: Option<&Authority>) -> End {
        let arguments = match authority {
            Some(authority) => vec!["--authority".into(), authority.certificate()],
            None => Vec::new(),
        };
        self.ours("initiator", version, arguments)
    }

    fn acceptor(&self, authority: Option<&Authority>) -> End {
        let arguments = match authority {
            Some(authority) => {
                let (certificate, key) = (authority.server_certificate(), authority.server_key());
                vec!["--certificate".into(), certificate, "--key".into(), key]
            }
            None => Vec::new(),
        };
        self.ours("acceptor", "FIX.4.4", arguments)
    }

    fn ours(&self, role: &'static str, version: &'static str, more: Vec<PathBuf>) -> End {
        let program = self.program.clone();
        End {
            name: format!("boom-fix ({version})"),
            make: Box::new(move |port, folder: &Path, seed: u64| {
                let mut command = Command::new(&program);
                command.args(["--role", role, "--version", version]);
                command.args(["--port", &port.to_string(), "--seed", &seed.to_string()]);
                command.args(["--chunk", &CHUNK.to_string(), "--folder"]);
                command.arg(folder).args(&more);
                command
            }),
        }
    }
}
