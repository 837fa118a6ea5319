//! The servers, and what each of their ports offers.

use std::path::{Path, PathBuf};

use super::certificates::{Certificates, Shown};
use super::s_server::{self, SServers};
use super::{echo, proxies, script};
use crate::interop::proxy::Proxy;
use crate::report::Result;
use crate::workspace::Workspace;

/// Whose TLS it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    SServer,
    Nginx,
    Haproxy,
    Stunnel,
    Python,
    Node,
}

impl Kind {
    /// In the order of the tables.
    pub(super) const ALL: [Self; 6] = [
        Self::SServer,
        Self::Nginx,
        Self::Haproxy,
        Self::Stunnel,
        Self::Python,
        Self::Node,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SServer => "s_server",
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Stunnel => "stunnel",
            Self::Python => "Python ssl",
            Self::Node => "Node tls",
        }
    }
}

/// What there is at one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    Shows(Shown),
    /// A certificate of the client's is demanded.
    ClientAuth,
    /// The protocol [`PROTOCOL`] is spoken, by ALPN.
    Alpn,
    /// No session is kept, and no ticket given out.
    NoResumption,
}

/// nginx knows no other for HTTP/1.1, so all take this one.
pub(super) const PROTOCOL: &str = "http/1.1";

impl Offer {
    pub(super) fn all() -> Vec<Self> {
        let others = [Shown::Chain, Shown::WrongKeyUsage];
        let shown = Shown::KEYS.into_iter().chain(others);
        let shown = shown.chain(Shown::BAD.map(|(shown, _)| shown));
        let settings = [Self::ClientAuth, Self::Alpn, Self::NoResumption];
        shown.map(Self::Shows).chain(settings).collect()
    }

    pub(super) const fn shown(self) -> Shown {
        match self {
            Self::Shows(shown) => shown,
            _ => Shown::Ecdsa,
        }
    }
}

/// A running server, or the reason why there is none.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) kind: Kind,
    ports: std::result::Result<Vec<(Offer, u16)>, String>,
    /// s_server alone can be talked to.
    pub(super) s_server: Option<SServers>,
    _process: Option<Process>,
}

/// Ends with its owner.
#[derive(Debug)]
pub(super) enum Process {
    Proxy { _proxy: Proxy },
    Script { _script: script::Script },
}

/// What all of them are started with.
#[derive(Debug)]
pub(super) struct Start<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) openssl: &'a Path,
    /// Where packages are unpacked.
    pub(super) packages: PathBuf,
    /// Where configurations are written.
    pub(super) folder: PathBuf,
    pub(super) certificates: &'a Certificates,
    /// The port of the server behind the proxies.
    pub(super) backend: u16,
}

impl Server {
    pub(super) fn start_all(
        workspace: &Workspace,
        openssl: &Path,
        folder: &Path,
        certificates: &Certificates,
    ) -> Result<Vec<Self>> {
        let start = Start {
            workspace,
            openssl,
            packages: folder.join(".."),
            folder: folder.to_owned(),
            certificates,
            backend: echo::start()?,
        };
        Ok(Kind::ALL.map(|kind| Self::start(kind, &start)).into())
    }

    fn start(kind: Kind, start: &Start<'_>) -> Self {
        let offers = Offer::all();
        let started = match kind {
            Kind::SServer => return Self::of_s_server(s_server::start(start, &offers), &offers),
            Kind::Nginx => proxies::nginx(start, &offers),
            Kind::Haproxy => proxies::haproxy(start, &offers),
            Kind::Stunnel => proxies::stunnel(start, &offers),
            Kind::Python | Kind::Node => script::start(kind, start, &offers),
        };
        let (ports, process) = match started {
            Ok((ports, process)) => (Ok(offers.into_iter().zip(ports).collect()), Some(process)),
            Err(failure) => (Err(failure.to_string()), None),
        };
        Self {
            kind,
            ports,
            s_server: None,
            _process: process,
        }
    }

    fn of_s_server(started: Result<SServers>, offers: &[Offer]) -> Self {
        let (ports, s_server) = match started {
            Ok(servers) => {
                let ports = offers.iter().copied().zip(servers.ports()).collect();
                (Ok(ports), Some(servers))
            }
            Err(failure) => (Err(failure.to_string()), None),
        };
        Self {
            kind: Kind::SServer,
            ports,
            s_server,
            _process: None,
        }
    }

    /// Why it does not run.
    pub(super) fn lack(&self) -> Option<&str> {
        self.ports.as_ref().err().map(String::as_str)
    }

    pub(super) fn port(&self, offer: Offer) -> Option<u16> {
        let ports = self.ports.as_ref().ok()?;
        ports
            .iter()
            .find(|(known, _)| *known == offer)
            .map(|(_, port)| *port)
    }
}
