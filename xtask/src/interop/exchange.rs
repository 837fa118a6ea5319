//! One exchange with one server, and whether it went as it should.

use super::client::{Client, Exchanged};
use super::feature::{Content, Deflate, Feature};
use super::peer::{Peer, Way};
use super::recording::{Made, Recording};
use super::relay::{End, Manner, Place, Relay, Traffic};
use crate::report::{Failure, Result};

/// What the servers send.
#[derive(Debug)]
pub(super) struct Contents<'a> {
    pub(super) sample: &'a Recording,
    pub(super) made: &'a Made,
}

impl Contents<'_> {
    const fn get(&self, content: Content) -> &Recording {
        match content {
            Content::Sample => self.sample,
            Content::Trades => &self.made.trades,
            Content::Text => &self.made.text,
            Content::Binary => &self.made.binary,
        }
    }
}

/// Has the client exchange messages with a server.
pub(super) fn run(
    feature: &Feature,
    number: usize,
    (peer, way): (&Peer, Way),
    contents: &Contents<'_>,
    client: &Client,
) -> Result<()> {
    let recording = contents.get(feature.content);
    let relay = Relay::start(peer.port(way), feature.manner)?;
    // The path tells the server's reports apart.
    let path = format!("/feature/{number}/{}?{}", recording.name(), feature.query());
    let url = format!("{}{path}", way.url(relay.port()));
    let exchanged = client.exchange(&url, recording, &feature.arguments())?;
    let traffic = relay.finish()?;
    if let Manner::Cut(place, end) = feature.manner {
        return broken_off(feature, recording, &exchanged, &traffic, (way, place, end));
    }
    if feature.abort.is_some() {
        return aborted(recording, &exchanged);
    }
    recording.compare(&exchanged.received)?;
    let report = peer.server.report(&path)?;
    report.check(recording)?;
    report.check_echo(recording)?;
    match feature.deflate {
        Some(offer) => compressed(feature, recording, offer, &exchanged, &traffic),
        None => agreed("no extension", exchanged.extensions.is_empty(), &exchanged),
    }
}

/// Every whole message arrived, and the error says how the connection ended.
fn broken_off(
    feature: &Feature,
    recording: &Recording,
    exchanged: &Exchanged,
    traffic: &Traffic,
    (way, place, end): (Way, Place, End),
) -> Result<()> {
    recording.compare_start(&exchanged.received)?;
    let is_readable = matches!(way, Way::Direct | Way::Haproxy);
    if is_readable && exchanged.received.messages != traffic.messages {
        return Err(Failure::new(format!(
            "{} messages were received, {} were passed on",
            exchanged.received.messages, traffic.messages
        )));
    }
    // Far behind TLS' own handshake, messages must have come.
    if !is_readable && matches!(place, Place::Byte(8_000..)) && exchanged.received.messages == 0 {
        return Err(Failure::new("no message was received"));
    }
    // Who writes first may learn of a reset, after which reading finds a plain end.
    let wanted: &[&str] = match (end, feature.echo) {
        (End::Finish, false) => &["Io(UnexpectedEof)"],
        (End::Reset, false) => &["Io(ConnectionReset)"],
        (_, true) => &["Io(UnexpectedEof)", "Io(ConnectionReset)", "Io(BrokenPipe)"],
    };
    ended_by(exchanged, wanted)
}

/// The first half arrived, for so the client had answered.
fn aborted(recording: &Recording, exchanged: &Exchanged) -> Result<()> {
    recording.compare_start(&exchanged.received)?;
    if exchanged.received.messages != recording.messages() / 2 {
        return Err(Failure::new(format!(
            "{} messages were received of {}, half of which were sent",
            exchanged.received.messages,
            recording.messages()
        )));
    }
    // What an end by the operating system or a proxy looks like is theirs to choose.
    ended_by(exchanged, &["Io(UnexpectedEof)", "Io(ConnectionReset)"])
}

fn ended_by(exchanged: &Exchanged, wanted: &[&str]) -> Result<()> {
    match exchanged.end.as_deref() {
        Some(error) if wanted.contains(&error) => Ok(()),
        error => Err(Failure::new(format!(
            "ended by {}, not by {}",
            error.unwrap_or("nothing"),
            wanted.join(" or ")
        ))),
    }
}

/// The server has agreed to what was offered, and messages were smaller on the wire.
fn compressed(
    feature: &Feature,
    recording: &Recording,
    offer: Deflate,
    exchanged: &Exchanged,
    traffic: &Traffic,
) -> Result<()> {
    let has = |parameter: &str| {
        let mut parameters = exchanged.extensions.split(';').map(str::trim);
        parameters.any(|known| known == parameter)
    };
    agreed("permessage-deflate", has("permessage-deflate"), exchanged)?;
    if offer.no_takeover {
        let is_agreed = has("server_no_context_takeover");
        agreed("server_no_context_takeover", is_agreed, exchanged)?;
    }
    if let Some(bits) = offer.server_window {
        let parameter = format!("server_max_window_bits={bits}");
        agreed(&parameter, has(&parameter), exchanged)?;
    }
    smaller("the server", traffic.down, recording)?;
    // Messages that the client sends in parts are not compressed.
    match feature.fragment {
        Some(_) => Ok(()),
        None => smaller("the client", traffic.up, recording),
    }
}

fn agreed(what: &str, is_agreed: bool, exchanged: &Exchanged) -> Result<()> {
    if is_agreed {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the server agreed to `{}`, not to {what}",
        exchanged.extensions
    )))
}

fn smaller(who: &str, sent: u64, recording: &Recording) -> Result<()> {
    // Heads of frames, pings and handshakes are in it too.
    if sent < recording.bytes() / 10 * 9 {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{who} sent {sent} bytes for messages of {}",
        recording.bytes()
    )))
}
