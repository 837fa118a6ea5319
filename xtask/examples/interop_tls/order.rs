//! What the client is told to do.

use std::fs;
use std::io;

use boomnet::tls::{Roots, TlsConfig, TlsVersion};
use serde_json::Value;

/// One conversation.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) backend: String,
    pub(crate) stream: String,
    pub(crate) port: u16,
    /// The server's name.
    pub(crate) name: String,
    /// Conversations with the same word share their configuration, and so their sessions.
    pub(crate) config: String,
    pub(crate) steps: Vec<Step>,
    /// Whether this side ends after the last step, or waits for the peer's end.
    pub(crate) closes: bool,
    settings: Value,
}

/// What is sent and what has to come of it, before the next.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Text, and the text that answers it.
    Say { text: String, answer: String },
    /// A request of HTTP, which is answered by the head that opens a tunnel.
    Head { text: String },
    /// So many bytes, which come back.
    Echo { bytes: usize, seed: u64 },
    /// So many bytes, which the server sends by itself.
    Receive { bytes: usize },
}

impl Order {
    pub(crate) fn parse(line: &str) -> io::Result<Self> {
        let settings: Value = serde_json::from_str(line)?;
        let text = |name: &str| settings[name].as_str().unwrap_or_default().to_owned();
        let steps = settings["steps"].as_array().map(Vec::as_slice);
        let steps = steps.unwrap_or_default().iter().map(Step::parse);
        Ok(Self {
            backend: text("backend"),
            stream: text("stream"),
            port: settings["port"]
                .as_u64()
                .and_then(|port| port.try_into().ok())
                .unwrap_or_default(),
            name: text("name"),
            config: text("config"),
            steps: steps.collect(),
            closes: settings["closes"].as_bool().unwrap_or(true),
            settings,
        })
    }

    /// The configuration that it asks for.
    pub(crate) fn tls(&self) -> io::Result<TlsConfig> {
        let text = |name: &str| self.settings[name].as_str();
        let version = match text("version") {
            Some("1.2") => TlsVersion::Tls12,
            _ => TlsVersion::Tls13,
        };
        let mut config = TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_roots_file(text("roots").unwrap_or_default())?
            .with_min_version(version)
            .with_max_version(version);
        if self.settings["resumes"] == false {
            config = config.without_resumption();
        }
        if let Some(protocols) = self.settings["alpn"].as_array() {
            config = config.with_alpn(protocols.iter().filter_map(Value::as_str));
        }
        if let (Some(chain), Some(key)) = (text("chain"), text("key")) {
            config = config.with_client_cert_pem(&fs::read(chain)?, &fs::read(key)?)?;
        }
        Ok(config)
    }
}

impl Step {
    fn parse(step: &Value) -> Self {
        let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
        let bytes = |name: &str| {
            let bytes = step[name].as_u64()?;
            usize::try_from(bytes).ok()
        };
        if let Some(bytes) = bytes("echo") {
            let seed = step["seed"].as_u64().unwrap_or_default();
            return Self::Echo { bytes, seed };
        }
        if let Some(bytes) = bytes("receive") {
            return Self::Receive { bytes };
        }
        if step["head"].is_string() {
            return Self::Head { text: text("head") };
        }
        Self::Say {
            text: text("say"),
            answer: text("answer"),
        }
    }
}
