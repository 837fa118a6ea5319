//! What is tried: with each server, by both backends, over three kinds of streams, in both versions.

use serde_json::{Value, json};

use super::certificates::{Certificates, Shown};
use super::echo::PARTING;
use super::s_server::COMMAND;
use super::server::{Kind, Offer, PROTOCOL, Server};
use crate::interop::relay::{End, Manner, Place, Relay};
use crate::report::Result;

/// How our side speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Side {
    pub(super) backend: &'static str,
    pub(super) stream: &'static str,
    pub(super) version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Tls12,
    Tls13,
}

impl Version {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }
}

impl Side {
    pub(super) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for backend in ["rustls", "openssl"] {
            for stream in ["std", "mio", "io_uring"] {
                for version in [Version::Tls12, Version::Tls13] {
                    all.push(Self {
                        backend,
                        stream,
                        version,
                    });
                }
            }
        }
        all
    }

    pub(super) fn name(self) -> String {
        format!(
            "{:<7} {:<8} {}",
            self.backend,
            self.stream,
            self.version.name()
        )
    }
}

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// Bytes back and forth, by each kind of key.
    Key(Shown),
    Intermediate,
    Resumed,
    NotResumedByUs,
    NotResumedByServer,
    ClientCertificate,
    NoClientCertificate,
    AlpnAgreed,
    AlpnRefused,
    KeyUpdate,
    Renegotiation,
    Plaintext,
    Closed,
    Truncated,
    SingleBytes,
    Bad(Shown, &'static str),
    WrongKeyUsage,
}

impl Subject {
    /// All but the keys, in the order of the table.
    pub(super) fn behaviours() -> Vec<Self> {
        let bad = Shown::BAD.map(|(shown, fault)| Self::Bad(shown, fault));
        let mut all = vec![
            Self::Resumed,
            Self::NotResumedByUs,
            Self::NotResumedByServer,
            Self::ClientCertificate,
            Self::NoClientCertificate,
            Self::AlpnAgreed,
            Self::AlpnRefused,
            Self::KeyUpdate,
            Self::Renegotiation,
            Self::Plaintext,
            Self::Closed,
            Self::Truncated,
            Self::SingleBytes,
            Self::Intermediate,
        ];
        all.extend(bad);
        all.push(Self::WrongKeyUsage);
        all
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Key(shown) | Self::Bad(shown, _) => shown.name(),
            Self::WrongKeyUsage => Shown::WrongKeyUsage.name(),
            Self::Intermediate => "intermediate",
            Self::Resumed => "resumed",
            Self::NotResumedByUs => "not resumed, our choice",
            Self::NotResumedByServer => "not resumed, the server's",
            Self::ClientCertificate => "client certificate",
            Self::NoClientCertificate => "no client certificate",
            Self::AlpnAgreed => "ALPN agreed",
            Self::AlpnRefused => "ALPN refused",
            Self::KeyUpdate => "KeyUpdate",
            Self::Renegotiation => "renegotiation refused",
            Self::Plaintext => "plaintext among records",
            Self::Closed => "end by close_notify",
            Self::Truncated => "end without close_notify",
            Self::SingleBytes => "segments of one byte",
        }
    }
}

/// One conversation, and how it has to go.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) order: Value,
    pub(super) expected: Expected,
    /// Between client and server for its length.
    pub(super) relay: Option<Relay>,
}

#[derive(Debug)]
pub(super) struct Expected {
    /// Any of these.
    pub(super) ends: &'static [&'static str],
    /// Whether every step comes to its end.
    pub(super) done: bool,
    pub(super) resumed: bool,
    pub(super) alpn: Option<&'static str>,
}

const CLEAN: &[&str] = &["Clean"];
const TRUNCATED: &[&str] = &["Truncated"];

/// Several records each way, by many writes.
const BYTES: usize = 200_000;
const FEW_BYTES: usize = 5_000;

/// Draws up the conversations of one cell.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    pub(super) certificates: &'a Certificates,
    pub(super) server: &'a Server,
    pub(super) side: Side,
}

impl Planner<'_> {
    /// `None` where the server cannot do it.
    pub(super) fn plan(&self, subject: Subject) -> Result<Option<Vec<Conversation>>> {
        let kind = self.server.kind;
        let ecdsa = Offer::Shows(Shown::Ecdsa);
        let echo = |offer| self.conversation(subject, offer, self.echo(BYTES));
        let few = |offer| self.conversation(subject, offer, self.echo(FEW_BYTES));
        let one = |conversation| Ok(Some(vec![conversation]));
        match subject {
            Subject::Key(shown) => one(echo(Offer::Shows(shown))),
            Subject::Intermediate => one(few(Offer::Shows(Shown::Chain))),
            Subject::Resumed => {
                let second = few(ecdsa).expecting(|expected| expected.resumed = true);
                Ok(Some(vec![few(ecdsa), second]))
            }
            Subject::NotResumedByUs => {
                let unresumed = || few(ecdsa).with("resumes", false);
                Ok(Some(vec![unresumed(), unresumed()]))
            }
            // stunnel cannot be told to, nor can Python, whose sessions of TLS 1.2 need no tickets.
            Subject::NotResumedByServer if kind == Kind::Stunnel => Ok(None),
            Subject::NotResumedByServer
                if kind == Kind::Python && self.side.version == Version::Tls12 =>
            {
                Ok(None)
            }
            Subject::NotResumedByServer => {
                let offer = Offer::NoResumption;
                Ok(Some(vec![few(offer), few(offer)]))
            }
            Subject::ClientCertificate => {
                let (chain, key) = self.certificates.client();
                let conversation = few(Offer::ClientAuth);
                one(conversation
                    .with("chain", json!(chain))
                    .with("key", json!(key)))
            }
            Subject::NoClientCertificate => one(self.without_client_certificate(subject)),
            // stunnel does not know it.
            Subject::AlpnAgreed if kind == Kind::Stunnel => Ok(None),
            Subject::AlpnAgreed => {
                let conversation = few(Offer::Alpn).with("alpn", json!(["boom/9", PROTOCOL]));
                one(conversation.expecting(|expected| expected.alpn = Some(PROTOCOL)))
            }
            Subject::AlpnRefused => one(self.alpn_refused(few(Offer::Alpn))),
            Subject::KeyUpdate | Subject::Renegotiation | Subject::Plaintext => Ok(self
                .commanded(subject)
                .map(|conversation| vec![conversation])),
            // Each echo ends so with s_server, which answers our close_notify; by itself it ends otherwise.
            Subject::Closed if kind == Kind::SServer => Ok(None),
            Subject::Closed => one(self.parting(subject, "close")),
            Subject::Truncated => self.truncated(subject).map(|one| Some(vec![one])),
            Subject::SingleBytes => {
                let manner = match kind {
                    // It gives up when it is woken a hundred times for one record.
                    Kind::Stunnel => Manner::BytesToClient,
                    _ => Manner::Bytes,
                };
                one(few(ecdsa).over(manner)?)
            }
            // Servers do not use it with TLS 1.2 themselves.
            Subject::WrongKeyUsage if self.side.version == Version::Tls12 => Ok(None),
            // rustls does not look at it: what counts there is the extended key usage.
            Subject::WrongKeyUsage if self.side.backend == "rustls" => {
                one(few(Offer::Shows(Shown::WrongKeyUsage)))
            }
            Subject::WrongKeyUsage => {
                let conversation = few(Offer::Shows(Shown::WrongKeyUsage));
                one(conversation.expecting(|expected| {
                    expected.done = false;
                    expected.ends = certificate_fault("WrongUsage");
                }))
            }
            Subject::Bad(shown, fault) => {
                let conversation = few(Offer::Shows(shown));
                one(conversation.expecting(|expected| {
                    expected.done = false;
                    expected.ends = certificate_fault(fault);
                }))
            }
        }
    }

    /// Steps that end by bytes without a pattern, which come back.
    fn echo(&self, bytes: usize) -> Vec<Value> {
        vec![self.opening("echo"), json!({"echo": bytes, "seed": bytes})]
    }

    /// What a server is told first.
    fn opening(&self, word: &str) -> Value {
        match self.server.kind {
            Kind::Nginx => json!({"head": format!(
                "GET /{word} HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\
                 X-Order: boom-secret-order\r\n\r\n"
            )}),
            // It sends everything back, this too.
            Kind::SServer => json!({"say": "boom-secret-order\n", "answer": "boom-secret-order\n"}),
            _ => json!({"say": format!("{word} boom-secret-order\n"), "answer": ""}),
        }
    }

    fn conversation(&self, subject: Subject, offer: Offer, steps: Vec<Value>) -> Conversation {
        let Side {
            backend,
            stream,
            version,
        } = self.side;
        let server = self.server.kind.name();
        let version = version.name();
        Conversation {
            order: json!({
                "backend": backend,
                "stream": stream,
                "version": version,
                "port": self.server.port(offer),
                "name": "localhost",
                "roots": self.certificates.root(),
                // One for each cell, so that none resumes the session of another.
                "config": format!("{backend} {stream} {version} {server} {subject:?}"),
                "steps": steps,
                "closes": true,
            }),
            expected: Expected {
                // nginx does not answer our close_notify.
                ends: if self.server.kind == Kind::Nginx {
                    TRUNCATED
                } else {
                    CLEAN
                },
                done: true,
                resumed: false,
                alpn: None,
            },
            relay: None,
        }
    }

    /// In TLS 1.3 the client learns of it only after its own part of the handshake.
    fn without_client_certificate(&self, subject: Subject) -> Conversation {
        let conversation = self.conversation(subject, Offer::ClientAuth, self.echo(FEW_BYTES));
        conversation.expecting(|expected| {
            expected.done = false;
            expected.ends = match (self.server.kind, self.side.version) {
                // By an answer of HTTP, after the handshake.
                (Kind::Nginx, _) => &["Wrong(0)"],
                (_, Version::Tls12) => &["Alert(handshake_failure)"],
                (_, Version::Tls13) => &["Alert(certificate_required)"],
            };
        })
    }

    /// RFC 7301, section 3.2: a server that supports none of the protocols sends a fatal alert. Not all do.
    fn alpn_refused(&self, conversation: Conversation) -> Conversation {
        let conversation = conversation.with("alpn", json!(["boom/9"]));
        match self.server.kind {
            Kind::Haproxy | Kind::Stunnel | Kind::Python => conversation,
            Kind::SServer | Kind::Nginx | Kind::Node => conversation.expecting(|expected| {
                expected.done = false;
                expected.ends = &["Alert(no_application_protocol)"];
            }),
        }
    }

    /// A server that sends by itself, and then ends.
    fn parting(&self, subject: Subject, word: &str) -> Conversation {
        let steps = vec![self.opening(word), json!({"receive": PARTING})];
        let conversation = self.conversation(subject, Offer::Shows(Shown::Ecdsa), steps);
        let conversation = conversation.with("closes", false);
        conversation.expecting(|expected| expected.ends = CLEAN)
    }

    /// Where the server has no way to end so, the relay has.
    fn truncated(&self, subject: Subject) -> Result<Conversation> {
        let truncated = |expected: &mut Expected| expected.ends = TRUNCATED;
        match self.server.kind {
            Kind::SServer => {
                let steps = vec![text("boom-secret-order"), command("q")];
                let conversation = self.talk(subject, steps).with("closes", false);
                Ok(conversation.expecting(truncated))
            }
            Kind::Python | Kind::Node => Ok(self.parting(subject, "abort").expecting(truncated)),
            Kind::Nginx | Kind::Haproxy | Kind::Stunnel => {
                let cut = Manner::Cut(Place::Byte(30_000), End::Finish);
                let conversation = self.parting(subject, "close").over(cut)?;
                Ok(conversation.expecting(|expected| {
                    truncated(expected);
                    expected.done = false;
                }))
            }
        }
    }

    /// What only the talkative s_server does.
    fn commanded(&self, subject: Subject) -> Option<Conversation> {
        if self.server.kind != Kind::SServer {
            return None;
        }
        match (subject, self.side.version) {
            (Subject::KeyUpdate, Version::Tls13) => {
                let mut steps = vec![text("boom-secret-order")];
                for round in 0..KEY_UPDATES {
                    // Without and with a demand for one of ours.
                    steps.extend([command("k"), text(&format!("{round} under new keys"))]);
                    steps.extend([
                        command("K"),
                        text(&format!("{round} under new keys of theirs")),
                    ]);
                    // What is sent after the answer to that is sent after the KeyUpdate of ours.
                    steps.push(text(&format!("{round} both ways")));
                }
                Some(self.talk(subject, steps))
            }
            (Subject::Renegotiation, Version::Tls12) => {
                let steps = vec![text("boom-secret-order"), command("r")];
                let conversation = self.talk(subject, steps).with("closes", false);
                // It takes our warning for a failure.
                Some(conversation.expecting(|expected| {
                    expected.ends = &["Alert(handshake_failure)"];
                }))
            }
            (Subject::Plaintext, _) => {
                let steps = vec![text("boom-secret-order"), command("P")];
                let conversation = self.talk(subject, steps).with("closes", false);
                Some(conversation.expecting(|expected| expected.ends = &["Protocol"]))
            }
            _ => None,
        }
    }

    fn talk(&self, subject: Subject, steps: Vec<Value>) -> Conversation {
        let port = self
            .server
            .s_server
            .as_ref()
            .map(|server| server.talkative_port());
        let conversation = self.conversation(subject, Offer::Shows(Shown::Ecdsa), steps);
        conversation.with("port", json!(port))
    }
}

/// Of either kind, in each conversation about them.
pub(super) const KEY_UPDATES: usize = 5;

/// A line that s_server obeys.
fn command(word: &str) -> Value {
    json!({"say": format!("{COMMAND}{word}\n"), "answer": ""})
}

/// A line that s_server sends back. No command begins with its first letter.
fn text(words: &str) -> Value {
    json!({"say": format!("{COMMAND}={words}\n"), "answer": format!("={words}\n")})
}

fn certificate_fault(fault: &str) -> &'static [&'static str] {
    match fault {
        "Expired" => &["Certificate(Expired)"],
        "NotYetValid" => &["Certificate(NotYetValid)"],
        "WrongHost" => &["Certificate(WrongHost)"],
        "WrongUsage" => &["Certificate(WrongUsage)"],
        _ => &["Certificate(UnknownIssuer)"],
    }
}

impl Conversation {
    fn with(mut self, setting: &str, value: impl Into<Value>) -> Self {
        self.order[setting] = value.into();
        self
    }

    fn expecting(mut self, change: impl FnOnce(&mut Expected)) -> Self {
        change(&mut self.expected);
        self
    }

    /// By way of a relay.
    fn over(mut self, manner: Manner) -> Result<Self> {
        let port = self.order["port"]
            .as_u64()
            .and_then(|port| port.try_into().ok());
        let relay = Relay::start(port.unwrap_or_default(), manner)?;
        self = self.with("port", relay.port());
        self.relay = Some(relay);
        Ok(self)
    }
}

impl Expected {
    /// Compares it with what the client says.
    pub(super) fn check(&self, order: &Value, told: &Value) -> std::result::Result<(), String> {
        let end = told["end"].as_str().unwrap_or_default();
        if !self.ends.contains(&end) {
            return Err(format!(
                "the end was {end}, not {}: {}",
                self.ends.join(" or "),
                told["words"]
            ));
        }
        let fact = |name: &str, expected: Value| {
            let found = &told[name];
            if *found == expected {
                Ok(())
            } else {
                Err(format!("{name} is {found}, not {expected}"))
            }
        };
        fact("leaks", false.into())?;
        fact("open_after_failure", false.into())?;
        fact("done", self.done.into())?;
        if self.done {
            let version = order["version"].as_str().unwrap_or_default();
            fact("version", format!("TLS {version}").into())?;
            fact("resumed", self.resumed.into())?;
            fact("alpn", self.alpn.into())?;
            let steps = order["steps"].as_array().map(Vec::as_slice);
            let echoes = steps.unwrap_or_default().iter();
            if echoes.clone().any(|step| step["echo"].is_number()) {
                fact("heard", told["said"].clone())?;
            }
            let bytes = echoes
                .filter_map(|step| step["echo"].as_u64().or_else(|| step["receive"].as_u64()));
            fact("bytes", bytes.sum::<u64>().into())?;
        }
        Ok(())
    }
}
