//! Our client against other people's servers, on recorded messages of real exchanges.
//!
//! Two servers, Node's `ws` and Python's `websockets`, replay each file; each is reached plain and behind nginx's
//! TLS. `market_feed` and a bare test client receive every file from all four, and what they received must have the
//! hash of the file. Everything listens on loopback and ends with this command.

mod authority;
mod client;
mod nginx;
mod recording;
mod server;
mod table;

use std::fs;
use std::path::PathBuf;

use crate::report::{Context, Failure, Outcome, Result};
use crate::workspace::Workspace;

use client::Client;
use recording::Recording;
use server::{Kind, Server};
use table::Table;

/// One of the four ways to a server.
struct Route<'a> {
    name: String,
    url: String,
    server: &'a Server,
}

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let folder = workspace.target().join("interop");
    fs::create_dir_all(&folder).context(folder.display())?;
    let recordings = recording::stage(workspace, &folder)?;
    let authority = authority::issue(&folder)?;
    let clients = client::build(workspace, authority.certificate())?;
    let node = match Server::install_and_start(Kind::Node, workspace, &folder)? {
        Ok(server) => server,
        Err(reason) => return Outcome::unavailable(reason),
    };
    let python = match Server::install_and_start(Kind::Python, workspace, &folder)? {
        Ok(server) => server,
        Err(reason) => return Outcome::unavailable(reason),
    };
    let Some(program) = nginx::install(&folder) else {
        return Outcome::unavailable(
            "nginx is missing: install it, for example `apt-get install nginx`",
        );
    };
    let nginx = nginx::start(&program, &folder, &authority, &[node.port(), python.port()])?;
    let mut table = Table::new(&clients);
    for (server, tls_port) in [&node, &python].into_iter().zip(nginx.ports()) {
        let plain = format!("ws://127.0.0.1:{}", server.port());
        for (suffix, url) in [("", plain), ("+tls", format!("wss://localhost:{tls_port}"))] {
            let route = Route {
                name: format!("{}{suffix}", server.name()),
                url,
                server,
            };
            receive_all(&route, &recordings, &clients, &mut table);
        }
    }
    table.print();
    match table.failures() {
        0 => Ok(Outcome::Passed),
        count => Err(Failure::new(format!(
            "{count} of {} transfers failed",
            table.len()
        ))),
    }
}

fn receive_all(route: &Route<'_>, recordings: &[Recording], clients: &[Client], table: &mut Table) {
    for recording in recordings {
        for client in clients {
            let result = receive(route, recording, client);
            table.add(&route.name, recording, client.name(), result);
        }
    }
}

fn receive(route: &Route<'_>, recording: &Recording, client: &Client) -> Result<()> {
    // The path tells the server's reports apart.
    let path = format!("/{}/{}/{}", route.name, client.name(), recording.name());
    let received = client.receive(&format!("{}{path}", route.url), recording)?;
    recording.compare(&received)?;
    // `market_feed` ends when it has what it wants; only the test client promises the closing handshake.
    if client.closes_properly() {
        route.server.report(&path)?.check(recording)
    } else {
        Ok(())
    }
}

/// The script of a server, which lies beside this crate's sources.
fn script(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.root().join("xtask/interop").join(name)
}
