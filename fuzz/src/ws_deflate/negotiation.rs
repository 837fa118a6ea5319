//! Offer and answer, and what RFC 7692 section 7.1 makes of them.

use arbitrary::Arbitrary;
use boom_ws::DeflateConfig;

/// What we offer.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct Offer {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_window: ClientWindow,
    level: u8,
    compress_from: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum ClientWindow {
    NotOffered,
    Offered,
    AtMost(u8),
}

/// The numbers that are allowed.
const fn bits(number: u8) -> u8 {
    8 + number % 8
}

impl Offer {
    pub(super) fn config(&self) -> DeflateConfig {
        let mut config = DeflateConfig::new()
            .with_server_no_context_takeover(self.server_no_context_takeover)
            .with_client_no_context_takeover(self.client_no_context_takeover)
            .with_level(self.level % 11)
            .with_compress_from(usize::from(self.compress_from % 64));
        if let Some(number) = self.server_max_window_bits {
            config = config.with_server_max_window_bits(bits(number));
        }
        match self.client_window {
            ClientWindow::NotOffered => config.without_client_max_window_bits(),
            ClientWindow::Offered => config,
            ClientWindow::AtMost(number) => config.with_client_max_window_bits(bits(number)),
        }
    }
}

/// What the server answers.
#[derive(Arbitrary, Debug)]
pub(super) enum Answer {
    /// No header.
    Nothing,
    /// The parameters of permessage-deflate.
    Parameters(Vec<Parameter>),
    /// Whatever.
    Raw(Vec<u8>),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct Parameter {
    name: u8,
    value: Option<u8>,
    is_quoted: bool,
    has_spaces: bool,
}

const NAMES: [&str; 5] = [
    "server_no_context_takeover",
    "client_no_context_takeover",
    "server_max_window_bits",
    "client_max_window_bits",
    "x-unknown",
];

/// The first of the two that take a number.
const FIRST_NUMBER: usize = 2;

impl Parameter {
    fn name(self) -> usize {
        // The unknown one is the rarest.
        usize::from(self.name % 33) * NAMES.len() / 40
    }

    /// Mostly one that is allowed.
    fn number(self) -> Option<u8> {
        let value = self.value?;
        Some(if value < 224 { bits(value) } else { value % 32 })
    }

    fn is_valid(self) -> bool {
        match self.number() {
            None => self.name() < FIRST_NUMBER,
            Some(number) => self.name() >= FIRST_NUMBER && (8..=15).contains(&number),
        }
    }
}

/// What both come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Agreed {
    pub(super) server_takeover: bool,
    pub(super) client_takeover: bool,
    pub(super) server_window_bits: u8,
    pub(super) client_window_bits: u8,
}

/// The answer is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused;

impl Answer {
    pub(super) fn write(&self, head: &mut Vec<u8>) {
        let value = match self {
            Self::Nothing => return,
            Self::Parameters(parameters) => parameters
                .iter()
                .fold("permessage-deflate".to_owned(), |value, parameter| {
                    value + &parameter.text()
                }),
            Self::Raw(bytes) => {
                // A line end would begin another header.
                let is_text = |byte: &&u8| matches!(byte, b' '..=b'~' | 0x80..);
                let bytes: Vec<u8> = bytes.iter().filter(is_text).copied().collect();
                head.extend_from_slice(b"Sec-WebSocket-Extensions: ");
                head.extend_from_slice(&bytes);
                head.extend_from_slice(b"\r\n");
                return;
            }
        };
        head.extend_from_slice(format!("Sec-WebSocket-Extensions: {value}\r\n").as_bytes());
    }

    /// `None` where only the parser of ours knows.
    pub(super) fn agreed(&self, offer: &Offer) -> Option<Result<Option<Agreed>, Refused>> {
        match self {
            Self::Nothing => Some(Ok(None)),
            Self::Parameters(parameters) => Some(agree(parameters, offer).map(Some)),
            Self::Raw(_) => None,
        }
    }
}

impl Parameter {
    fn text(self) -> String {
        let name = NAMES[self.name()];
        let space = if self.has_spaces { " " } else { "" };
        let quote = if self.is_quoted { "\"" } else { "" };
        match self.number() {
            None => format!("{space};{space}{name}"),
            Some(number) => format!("{space};{space}{name}{space}={space}{quote}{number}{quote}"),
        }
    }
}

fn agree(parameters: &[Parameter], offer: &Offer) -> Result<Agreed, Refused> {
    let mut found: [Option<Parameter>; NAMES.len()] = [None; NAMES.len()];
    for parameter in parameters {
        let is_repeated = found[parameter.name()].replace(*parameter).is_some();
        if is_repeated || !parameter.is_valid() || parameter.name() == NAMES.len() - 1 {
            return Err(Refused);
        }
    }
    let number = |index: usize| found[index].and_then(Parameter::number);
    let (server_bits, client_bits) = (number(2), number(3));
    // Section 7.1.1.1 and 7.1.2.1: what is demanded of the server it has to say.
    let is_demanded = offer.server_no_context_takeover && found[0].is_none();
    let is_too_large = offer
        .server_max_window_bits
        .is_some_and(|demanded| server_bits.is_none_or(|chosen| chosen > bits(demanded)));
    // Section 7.1.2.2: without it in the offer the server must not answer it.
    let is_unasked =
        matches!(offer.client_window, ClientWindow::NotOffered) && client_bits.is_some();
    let own_limit = match offer.client_window {
        ClientWindow::AtMost(number) => bits(number),
        _ => 15,
    };
    // Section 7.1.2.2: "equal to or smaller than the received value".
    let is_larger = client_bits.is_some_and(|chosen| chosen > own_limit);
    if is_demanded || is_too_large || is_unasked || is_larger {
        return Err(Refused);
    }
    Ok(Agreed {
        server_takeover: found[0].is_none(),
        client_takeover: found[1].is_none() && !offer.client_no_context_takeover,
        server_window_bits: server_bits.unwrap_or(15),
        client_window_bits: client_bits.unwrap_or(15).min(own_limit),
    })
}
