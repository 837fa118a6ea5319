//! A server and the ways to it.

use std::path::Path;

use super::authority::Authority;
use super::proxy::Proxy;
use super::server::{Kind, Server};
use super::{haproxy, nginx};
use crate::report::Result;
use crate::workspace::Workspace;

/// How a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Direct,
    /// nginx ends TLS.
    Nginx,
    /// haproxy passes HTTP/1.1 on.
    Haproxy,
    /// The same, and it ends TLS.
    HaproxyTls,
}

/// One of the servers.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) server: Server,
    nginx: u16,
    haproxy: u16,
    haproxy_tls: u16,
}

/// All that runs beside us.
#[derive(Debug)]
pub(super) struct Peers {
    /// In the order of the tables.
    pub(super) all: Vec<Peer>,
    _proxies: [Proxy; 2],
}

impl Peers {
    /// The inner error says what the machine lacks.
    pub(super) fn start(
        workspace: &Workspace,
        folder: &Path,
        authority: &Authority,
    ) -> Result<std::result::Result<Self, String>> {
        let mut servers = Vec::new();
        for kind in [Kind::Node, Kind::Websockets, Kind::Aiohttp] {
            match Server::install_and_start(kind, workspace, folder)? {
                Ok(server) => servers.push(server),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        let ports: Vec<_> = servers.iter().map(Server::port).collect();
        let nginx = match nginx::start(folder, authority, &ports) {
            Ok(nginx) => nginx,
            Err(failure) => return Ok(Err(failure.to_string())),
        };
        let haproxy = match haproxy::start(folder, authority, &ports) {
            Ok(haproxy) => haproxy,
            Err(failure) => return Ok(Err(failure.to_string())),
        };
        let in_front = nginx.ports.iter().zip(haproxy.ports.chunks_exact(2));
        let all = servers.into_iter().zip(in_front);
        let all = all.map(|(server, (nginx, haproxy))| Peer {
            server,
            nginx: *nginx,
            haproxy: haproxy[0],
            haproxy_tls: haproxy[1],
        });
        Ok(Ok(Self {
            all: all.collect(),
            _proxies: [nginx, haproxy],
        }))
    }
}

impl Peer {
    pub(super) const fn name(&self) -> &'static str {
        self.server.name()
    }

    pub(super) const fn port(&self, way: Way) -> u16 {
        match way {
            Way::Direct => self.server.port(),
            Way::Nginx => self.nginx,
            Way::Haproxy => self.haproxy,
            Way::HaproxyTls => self.haproxy_tls,
        }
    }
}

impl Way {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Nginx => "nginx TLS",
            Self::Haproxy => "haproxy",
            Self::HaproxyTls => "haproxy TLS",
        }
    }

    /// The server's address at one of its ports, or at a relay's in front of it.
    pub(super) fn url(self, port: u16) -> String {
        match self {
            Self::Direct | Self::Haproxy => format!("ws://127.0.0.1:{port}"),
            Self::Nginx | Self::HaproxyTls => format!("wss://localhost:{port}"),
        }
    }
}
