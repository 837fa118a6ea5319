//! What is tried with every server, besides that recordings arrive.

use super::peer::Way;
use super::relay::{End, Manner, Place};

/// One line of the table: one exchange with each server.
#[derive(Clone, Debug)]
pub(super) struct Feature {
    pub(super) name: String,
    pub(super) content: Content,
    /// To `ws`, `websockets` and `aiohttp`, in this order; `None` where the server cannot do it.
    pub(super) ways: [Option<Way>; 3],
    pub(super) manner: Manner,
    /// The server and the client send in frames of so many bytes.
    pub(super) fragment: Option<usize>,
    pub(super) deflate: Option<Deflate>,
    /// The client sends every message back.
    pub(super) echo: bool,
    /// The server breaks off half-way, when the client has answered that it has the first half.
    pub(super) abort: Option<End>,
}

/// What the server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Every length form, fragments, pings between and inside messages.
    Sample,
    Trades,
    /// 16 MiB.
    Text,
    /// 16 MiB.
    Binary,
}

/// What the client offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Deflate {
    pub(super) no_takeover: bool,
    pub(super) server_window: Option<u8>,
    pub(super) client_window: Option<u8>,
}

const DIRECT: [Option<Way>; 3] = [Some(Way::Direct); 3];
const NGINX: [Option<Way>; 3] = [Some(Way::Nginx); 3];
const HAPROXY: [Option<Way>; 3] = [Some(Way::Haproxy); 3];
const HAPROXY_TLS: [Option<Way>; 3] = [Some(Way::HaproxyTls); 3];
/// Each of them behind something else.
const MIXED: [Option<Way>; 3] = [Some(Way::HaproxyTls), Some(Way::Nginx), Some(Way::Haproxy)];
const MIXED_TLS: [Option<Way>; 3] = [Some(Way::Nginx), Some(Way::HaproxyTls), Some(Way::Nginx)];
/// aiohttp cannot send fragments.
const FRAGMENTING: [Option<Way>; 3] = [Some(Way::Direct), Some(Way::Direct), None];

const MIB: usize = 1 << 20;

const TAKEOVER: Deflate = Deflate {
    no_takeover: false,
    server_window: None,
    client_window: None,
};

/// All of them, in the order of the table.
pub(super) fn all() -> Vec<Feature> {
    [
        proxies(),
        compression(),
        single_bytes(),
        large(),
        ends(),
        aborts(),
    ]
    .concat()
}

impl Feature {
    fn new(name: impl Into<String>, content: Content, ways: [Option<Way>; 3]) -> Self {
        Self {
            name: name.into(),
            content,
            ways,
            manner: Manner::Whole,
            fragment: None,
            deflate: None,
            echo: true,
            abort: None,
        }
    }

    fn deflate(self, deflate: Deflate) -> Self {
        Self {
            deflate: Some(deflate),
            ..self
        }
    }

    fn manner(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    fn fragment(self, bytes: usize) -> Self {
        Self {
            fragment: Some(bytes),
            ..self
        }
    }

    /// What the server is told, as the query of the path.
    pub(super) fn query(&self) -> String {
        let fragment = self.fragment.unwrap_or(0);
        let abort = match self.abort {
            None => "",
            Some(End::Finish) => "&abort=fin",
            Some(End::Reset) => "&abort=rst",
        };
        format!("fragment={fragment}{abort}")
    }

    /// What the client is told besides where to go.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).into()));
        if self.abort.is_some() || matches!(self.manner, Manner::Cut(..)) {
            add(&["--broken-off"]);
        }
        if self.echo {
            add(&["--echo"]);
        }
        if matches!(self.content, Content::Text | Content::Binary) {
            add(&["--large"]);
        }
        if let Some(bytes) = self.fragment {
            add(&["--echo-fragment", &bytes.to_string()]);
        }
        if let Some(deflate) = self.deflate {
            add(&["--deflate"]);
            if deflate.no_takeover {
                add(&["--no-takeover"]);
            }
            if let Some(bits) = deflate.server_window {
                add(&["--server-window", &bits.to_string()]);
            }
            if let Some(bits) = deflate.client_window {
                add(&["--client-window", &bits.to_string()]);
            }
        }
        arguments
    }
}

fn proxies() -> Vec<Feature> {
    let echo = |name, ways| Feature::new(name, Content::Sample, ways);
    vec![
        echo("echo", DIRECT),
        echo("echo by nginx, TLS", NGINX),
        echo("echo by haproxy", HAPROXY),
        echo("echo by haproxy, TLS", HAPROXY_TLS),
    ]
}

fn compression() -> Vec<Feature> {
    let windows = |server_window, client_window| Deflate {
        server_window,
        client_window,
        ..TAKEOVER
    };
    let forget = Deflate {
        no_takeover: true,
        ..TAKEOVER
    };
    let deflate = |name: &str, content, ways, offer| {
        Feature::new(format!("deflate{name}"), content, ways).deflate(offer)
    };
    vec![
        deflate("", Content::Sample, DIRECT, TAKEOVER),
        deflate(", trades", Content::Trades, DIRECT, TAKEOVER),
        deflate(", no takeover", Content::Sample, DIRECT, forget),
        deflate(
            ", windows of 512",
            Content::Sample,
            DIRECT,
            windows(Some(9), Some(9)),
        ),
        deflate(
            ", client's of 256",
            Content::Sample,
            DIRECT,
            windows(None, Some(8)),
        ),
        deflate(
            ", forgetting 1 KiB",
            Content::Trades,
            DIRECT,
            Deflate {
                no_takeover: true,
                ..windows(Some(10), Some(10))
            },
        ),
        deflate(" by proxy", Content::Sample, MIXED, TAKEOVER),
        deflate(" by proxy, TLS", Content::Sample, MIXED_TLS, forget),
    ]
}

fn single_bytes() -> Vec<Feature> {
    let bytes = |name: &str, ways| {
        Feature::new(format!("1-byte segments{name}"), Content::Sample, ways).manner(Manner::Bytes)
    };
    vec![
        bytes("", DIRECT),
        bytes(", TLS", MIXED_TLS),
        bytes(", deflate", DIRECT).deflate(TAKEOVER),
    ]
}

fn large() -> Vec<Feature> {
    let large = |name: &str, content, ways| Feature::new(format!("16 MiB {name}"), content, ways);
    vec![
        large("text", Content::Text, DIRECT),
        large("text in 1 MiB frames", Content::Text, DIRECT).fragment(MIB),
        large("text, TLS", Content::Text, MIXED_TLS),
        large("text, deflate", Content::Text, DIRECT).deflate(TAKEOVER),
        large("text in frames, deflate", Content::Text, DIRECT)
            .fragment(MIB)
            .deflate(TAKEOVER),
        large("binary", Content::Binary, DIRECT),
        large("binary in 64 KiB frames", Content::Binary, MIXED).fragment(MIB / 16),
        large("binary, deflate", Content::Binary, DIRECT).deflate(TAKEOVER),
        large("binary, deflate by proxy", Content::Binary, MIXED).deflate(TAKEOVER),
    ]
}

/// By the server's own doing.
fn aborts() -> Vec<Feature> {
    let abort = |name: &str, ways, end| Feature {
        echo: false,
        abort: Some(end),
        ..Feature::new(name, Content::Sample, ways)
    };
    vec![
        abort("server ends by FIN", DIRECT, End::Finish),
        abort("server ends by RST", DIRECT, End::Reset),
        abort("server ends, by proxy", MIXED, End::Finish),
        abort("server ends, deflate", DIRECT, End::Finish).deflate(TAKEOVER),
    ]
}

/// By the relay, to the byte.
fn ends() -> Vec<Feature> {
    let cuts = |name: &str, ways, place| {
        [("FIN", End::Finish), ("RST", End::Reset)].map(|(kind, end)| {
            // What comes before the place is no more than a socket takes at once: a reset drops what waits in the relay.
            let feature = Feature::new(format!("{kind} {name}"), Content::Trades, ways);
            let manner = Manner::Cut(place, end);
            let echo = false;
            Feature {
                manner,
                echo,
                ..feature
            }
        })
    };
    let echoing = |feature: Feature| Feature {
        echo: true,
        ..feature
    };
    let deflated = |feature: Feature| feature.deflate(TAKEOVER);
    [
        cuts("before the handshake", DIRECT, Place::Byte(0)),
        cuts("in the handshake", DIRECT, Place::Byte(40)),
        cuts("in a frame", DIRECT, Place::Frame(100)),
        cuts("while sending back", DIRECT, Place::Frame(200)).map(echoing),
        cuts("among fragments", FRAGMENTING, Place::Fragment),
        cuts("in a frame, deflate", DIRECT, Place::Frame(100)).map(deflated),
        cuts("in TLS' handshake", MIXED_TLS, Place::Byte(300)),
        cuts("in a TLS record", MIXED_TLS, Place::Byte(9_000)),
        cuts("by haproxy", HAPROXY, Place::Frame(100)),
    ]
    .concat()
}
