//! Our client against other people's servers, and our recordings against Wireshark.
//!
//! Node's `ws` and Python's `websockets` and `aiohttp` send recorded messages of real exchanges; each is reached plain and
//! behind a proxy that ends TLS. `market_feed` and a bare test client receive every file, and what they received must have
//! the hash of the file. Then the test client sends everything back, and does so under the conditions of
//! [`feature::all`]. What [`tshark`] finds in our recordings is compared too, [`dns`] has our resolvers ask dnsmasq, [`tls`]
//! speaks TLS to six servers, [`fix`] has sessions with two engines while either side is killed, and what a thousand
//! endpoints make of a venue that is killed is compared with what that wrote, see [`outage`]. Everything listens on
//! loopback and ends with this command.

mod authority;
mod check;
mod client;
mod dns;
mod exchange;
mod feature;
mod fix;
mod haproxy;
mod http;
mod made;
mod nginx;
mod outage;
mod peer;
mod proxy;
mod recording;
mod relay;
mod server;
mod table;
mod tls;
mod tshark;
mod wire;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use clap::ValueEnum;

use crate::report::{Context, Failure, Outcome, Report, Result};
use crate::workspace::Workspace;

use client::Client;
use exchange::Contents;
use peer::{Peer, Peers, Way};
pub(crate) use proxy::unpack as unpack_debian_package;
use recording::{Made, Recording};
use table::Table;

/// What is done by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Messages to and from other people's servers.
    Messages,
    /// Recordings, read by Wireshark's dissectors.
    Recordings,
    /// Names, asked of dnsmasq.
    Dns,
    /// HTTP with other people's servers, which are killed under orders.
    Http,
    /// TLS to other people's servers, by both backends.
    Tls,
    /// FIX sessions with other people's engines, while either side is killed.
    Fix,
    /// A venue that is killed and stopped under a thousand endpoints.
    Outage,
}

pub(crate) fn run(workspace: &Workspace, report: &mut Report, part: Option<Part>) {
    let is_wanted = |wanted| part.is_none_or(|part| part == wanted);
    if is_wanted(Part::Messages) {
        report.step("interop messages", || messages(workspace));
    }
    if is_wanted(Part::Recordings) {
        report.step("interop recordings", || tshark::run(workspace));
    }
    if is_wanted(Part::Dns) {
        report.step("interop dns", || dns::run(workspace));
    }
    if is_wanted(Part::Http) {
        report.step("interop http", || http::run(workspace));
    }
    if is_wanted(Part::Tls) {
        report.step("interop tls", || tls::run(workspace));
    }
    if is_wanted(Part::Fix) {
        report.step("interop fix", || fix::run(workspace));
    }
    if is_wanted(Part::Outage) {
        for selector in outage::SELECTORS {
            let name = format!("interop outage, {selector}");
            report.step(&name, || outage::run(workspace, selector));
        }
    }
}

fn messages(workspace: &Workspace) -> Result<Outcome> {
    let start = Instant::now();
    let folder = workspace.target().join("interop");
    fs::create_dir_all(&folder).context(folder.display())?;
    let recordings = recording::stage(workspace, &folder)?;
    let made = Made::stage(&folder)?;
    let authority = authority::issue(&folder)?;
    let clients = client::build(workspace, authority.certificate())?;
    let peers = match Peers::start(workspace, &folder, &authority)? {
        Ok(peers) => peers,
        Err(reason) => return Outcome::unavailable(reason),
    };
    println!("    set up in {:.1} s\n", start.elapsed().as_secs_f64());
    let mut count = Count::default();
    receive_all(&peers, &recordings, &clients, &mut count);
    try_features(&peers, &recordings, &made, &clients, &mut count);
    match count.failed {
        0 => Ok(Outcome::Passed),
        failed => Err(Failure::new(format!(
            "{failed} of {} exchanges failed",
            count.all
        ))),
    }
}

#[derive(Debug, Default)]
struct Count {
    all: usize,
    failed: usize,
}

impl Count {
    /// The word for a cell; why something failed is printed at once.
    fn word(&mut self, what: impl FnOnce() -> String, result: Result<()>) -> &'static str {
        self.all += 1;
        match result {
            Ok(()) => "ok",
            Err(failure) => {
                self.failed += 1;
                println!("    {}: {failure}", what());
                "FAILED"
            }
        }
    }
}

/// Every recording, by both clients, from every server, plain and behind a proxy with TLS.
fn receive_all(peers: &Peers, recordings: &[Recording], clients: &[Client], count: &mut Count) {
    let start = Instant::now();
    let mut table = Table::new("byte for byte");
    let proxies = [Way::Nginx, Way::Nginx, Way::HaproxyTls];
    for (peer, proxy) in peers.all.iter().zip(proxies) {
        for way in [Way::Direct, proxy] {
            let route = match way {
                Way::Direct => peer.name().to_owned(),
                _ => format!("{}, {}", peer.name(), way.name()),
            };
            for recording in recordings {
                let row = format!("{:<18} {:>9}", recording.name(), recording.bytes());
                for client in clients {
                    let what = || format!("{} from {route} by {}", recording.name(), client.name());
                    let word = count.word(what, receive((peer, way), recording, client));
                    table.add(&row, &route, word);
                }
            }
        }
    }
    let names: Vec<_> = clients.iter().map(Client::name).collect();
    println!(
        "what {} received, in {:.1} s:",
        names.join(" / "),
        start.elapsed().as_secs_f64()
    );
    table.print();
}

fn receive((peer, way): (&Peer, Way), recording: &Recording, client: &Client) -> Result<()> {
    // The path tells the server's reports apart.
    let path = format!(
        "/{}/{}/{}",
        way.name().replace(' ', "-"),
        client.name(),
        recording.name()
    );
    let received = client.receive(&format!("{}{path}", way.url(peer.port(way))), recording)?;
    recording.compare(&received)?;
    // `market_feed` ends when it has what it wants; only the test client promises the closing handshake.
    if client.closes_properly() {
        peer.server.report(&path)?.check(recording)
    } else {
        Ok(())
    }
}

/// Every feature with every server.
fn try_features(
    peers: &Peers,
    recordings: &[Recording],
    made: &Made,
    clients: &[Client],
    count: &mut Count,
) {
    let [sample, ..] = recordings else { return };
    let contents = Contents { sample, made };
    let Some(client) = clients.iter().find(|client| client.closes_properly()) else {
        return;
    };
    let start = Instant::now();
    let mut table = Table::new("both ways");
    for (number, feature) in feature::all().iter().enumerate() {
        for (peer, way) in peers.all.iter().zip(feature.ways) {
            let Some(way) = way else {
                table.add(&feature.name, peer.name(), "-");
                continue;
            };
            let begin = Instant::now();
            let result = exchange::run(feature, number, (peer, way), &contents, client);
            let what = || format!("{}, {} by {}", feature.name, peer.name(), way.name());
            let word = count.word(what, result);
            let seconds = begin.elapsed().as_secs_f64();
            let cell = format!("{word} {seconds:>4.1} s  {}", way.name());
            table.add(&feature.name, peer.name(), &cell);
        }
    }
    println!(
        "what {} exchanged, in {:.1} s:",
        client.name(),
        start.elapsed().as_secs_f64()
    );
    table.print();
}

/// The script of a server, which lies beside this crate's sources.
fn script(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.root().join("xtask/interop").join(name)
}
