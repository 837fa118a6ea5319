//! dnsmasq with names that are ours.

use std::fmt::Write;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::relay::Failing;
use crate::interop::proxy::{Installed, Program, Proxy};
use crate::report::{Context, Failure, Result};

const DNSMASQ: Program = Program {
    name: "dnsmasq",
    version: "--version",
};

/// A running one.
#[derive(Debug)]
pub(super) struct Dnsmasq {
    installed: Installed,
    address: SocketAddr,
    log: PathBuf,
    _process: Proxy,
    _failing: Failing,
}

impl Dnsmasq {
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let installed = DNSMASQ.install(folder)?;
        let failing = Failing::start()?;
        let process = installed.start(folder, 1, |folder, ports| {
            let port = ports.first().copied().unwrap_or_default();
            let text = configuration(port, Some(failing.address()));
            fs::write(folder.join("dnsmasq.conf"), text).context(folder.display())?;
            let arguments = ["--keep-in-foreground", "--conf-file=dnsmasq.conf"];
            Ok(arguments.map(str::to_owned).to_vec())
        })?;
        let port = process.ports.first().copied();
        let port = port.ok_or_else(|| Failure::new("dnsmasq has no port"))?;
        Ok(Self {
            installed,
            address: (Ipv4Addr::LOCALHOST, port).into(),
            log: folder.join("dnsmasq").join("output.log"),
            _process: process,
            _failing: failing,
        })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// To start another.
    pub(super) fn command(&self) -> Command {
        self.installed.command()
    }

    /// The questions for a name that it wrote down.
    pub(super) fn questions(&self, name: &str) -> Result<Vec<String>> {
        let log = fs::read_to_string(&self.log).context(self.log.display())?;
        Ok(questions(&log, name))
    }
}

pub(super) fn questions(log: &str, name: &str) -> Vec<String> {
    let word = format!("] {name} from ");
    let lines = log.lines().filter(|line| line.contains("query["));
    lines
        .filter(|line| line.contains(&word))
        .map(str::to_owned)
        .collect()
}

/// So many that they fit into no datagram that is asked for.
pub(super) fn many() -> Vec<String> {
    (0..200).map(|last| format!("10.0.1.{last}")).collect()
}

/// It answers for `test`, asks `failing` about the names below `failing.test`, and nobody about anything else.
pub(super) fn configuration(port: u16, failing: Option<SocketAddr>) -> String {
    let mut text = format!(
        "port={port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nno-daemon\nlog-queries\n\
         log-facility=-\npid-file=\nuser=root\nlocal-ttl=60\nlocal=/test/\n\
         host-record=one.test,10.0.0.1,fd00::1\n\
         host-record=four.test,10.0.0.4\n\
         host-record=six.test,fd00::6\n\
         host-record=loopback.test,127.0.0.1\n\
         address=/slow.test/10.0.0.9\n\
         address=/quick.test/10.0.0.9\n\
         txt-record=text.test,words\n\
         cname=first.test,second.test\n\
         cname=second.test,third.test\n\
         cname=third.test,one.test\n"
    );
    if let Some(failing) = failing {
        let _ = writeln!(
            text,
            "server=/failing.test/{}#{}",
            failing.ip(),
            failing.port()
        );
    }
    for address in many() {
        let _ = writeln!(text, "host-record=many.test,{address}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_from_answers_and_other_names() {
        let log = "dnsmasq: query[A] a.test from 127.0.0.1\ndnsmasq: config a.test is 10.0.0.1\n\
                   dnsmasq: query[AAAA] a.test from 127.0.0.1\ndnsmasq: query[A] aa.test from 127.0.0.1\n";
        assert_eq!(questions(log, "a.test").len(), 2);
    }

    #[test]
    fn all_of_the_many_are_configured() {
        let text = configuration(7, None);
        assert!(text.starts_with("port=7\n"));
        assert_eq!(text.matches("host-record=many.test,").count(), 200);
        assert!(!text.contains("server="));
    }
}
