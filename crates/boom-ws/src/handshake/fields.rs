//! What a caller adds to the request: headers, subprotocols, and who it is.

use std::fmt::{self, Write as _};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::uri::Authority;

use crate::error::HandshakeError;

/// What a caller adds to the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) headers: Vec<(String, Secret)>,
    pub(crate) subprotocols: Vec<String>,
    pub(crate) origin: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) cookies: Vec<(String, Secret)>,
}

/// A value that may be a key or a password, which `Debug` does not show.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Who the caller is, for the `Authorization` header.
#[derive(Clone, Debug)]
pub(crate) enum Credentials {
    Basic { user: String, password: Secret },
    Bearer(Secret),
}

impl Fields {
    /// Appends the lines, each checked to be one line.
    pub(super) fn write(&self, head: &mut String) -> Result<(), HandshakeError> {
        self.check_repeated()?;
        if let Some(origin) = &self.origin {
            if !is_origin(origin) {
                return Err(HandshakeError::InvalidOrigin);
            }
            write_line(head, "Origin", origin);
        }
        if let Some(user_agent) = &self.user_agent {
            if !is_user_agent(user_agent) {
                return Err(HandshakeError::InvalidHeader);
            }
            write_line(head, "User-Agent", user_agent);
        }
        if let Some(credentials) = &self.credentials {
            write_line(head, "Authorization", &credentials.encode()?);
        }
        if !self.cookies.is_empty() {
            write_line(head, "Cookie", &self.cookie_string()?);
        }
        for (name, Secret(value)) in &self.headers {
            if !is_token(name) || is_reserved(name) || !is_field_value(value) {
                return Err(HandshakeError::InvalidHeader);
            }
            write_line(head, name, value);
        }
        Ok(())
    }

    /// The value of `Sec-WebSocket-Protocol`; `None` where nothing is offered.
    pub(super) fn subprotocol_list(&self) -> Result<Option<String>, HandshakeError> {
        // RFC 6455 §4.1: they are tokens and "MUST all be unique strings".
        let is_valid = |(index, name): (usize, &String)| {
            is_token(name) && !self.subprotocols[..index].contains(name)
        };
        if !self.subprotocols.iter().enumerate().all(is_valid) {
            return Err(HandshakeError::InvalidSubprotocol);
        }
        Ok((!self.subprotocols.is_empty()).then(|| self.subprotocols.join(", ")))
    }

    /// RFC 9110 §5.3: a field that is no list must not stand twice, be it once by its own method and once as a header.
    fn check_repeated(&self) -> Result<(), HandshakeError> {
        let own = [
            ("Origin", self.origin.is_some()),
            ("User-Agent", self.user_agent.is_some()),
            ("Authorization", self.credentials.is_some()),
            // RFC 6265 §5.4: "the user agent MUST NOT attach more than one Cookie header field".
            ("Cookie", !self.cookies.is_empty()),
        ];
        for (name, is_set) in own {
            let extra = self
                .headers
                .iter()
                .filter(|(other, _)| other.eq_ignore_ascii_case(name));
            if extra.count() + usize::from(is_set) > 1 {
                return Err(HandshakeError::RepeatedHeader);
            }
        }
        Ok(())
    }

    /// RFC 6265 §4.2.1: pairs joined by a semicolon and a space.
    fn cookie_string(&self) -> Result<String, HandshakeError> {
        let mut pairs = Vec::with_capacity(self.cookies.len());
        for (name, Secret(value)) in &self.cookies {
            if !is_token(name) || !is_cookie_value(value) {
                return Err(HandshakeError::InvalidCookie);
            }
            pairs.push(format!("{name}={value}"));
        }
        Ok(pairs.join("; "))
    }
}

impl Credentials {
    fn encode(&self) -> Result<String, HandshakeError> {
        let is_valid = match self {
            // RFC 7617 §2: "a user-id containing a colon character is invalid", and neither has control characters.
            Self::Basic {
                user,
                password: Secret(password),
            } => !user.contains(':') && !has_control(user) && !has_control(password),
            Self::Bearer(Secret(token)) => is_b64token(token),
        };
        if !is_valid {
            return Err(HandshakeError::InvalidCredentials);
        }
        Ok(match self {
            // RFC 7617 §2.1: UTF-8, which a `str` is.
            Self::Basic {
                user,
                password: Secret(password),
            } => format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))),
            Self::Bearer(Secret(token)) => format!("Bearer {token}"),
        })
    }
}

fn write_line(head: &mut String, name: &str, value: &str) {
    // Writing to a string does not fail.
    let _ = write!(head, "{name}: {value}\r\n");
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_token_byte)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 9110 §5.5: no control characters, line ends above all.
fn is_field_value(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

/// RFC 5234 appendix B.1, CTL.
fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_control())
}

/// RFC 6750 §2.1.
fn is_b64token(token: &str) -> bool {
    let digits = token.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !digits.is_empty() && digits.bytes().all(is_digit)
}

/// RFC 6265 §4.1.1: cookie octets, all of them in quotes or none.
fn is_cookie_value(value: &str) -> bool {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value);
    inner
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
}

/// RFC 9110 §10.1.5: products and comments, a product first.
fn is_user_agent(value: &str) -> bool {
    value.bytes().next().is_some_and(is_token_byte) && value.is_ascii() && is_field_value(value)
}

/// RFC 6454 §6.2: scheme, host and port, or `null`.
fn is_origin(origin: &str) -> bool {
    if origin == "null" {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let is_scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_scheme_byte)
        && is_host_and_port(authority)
}

/// RFC 9110 §7.2: a host, and a port where there is a colon.
pub(super) fn is_host_and_port(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else {
        return false;
    };
    let port = authority.as_str().strip_prefix(authority.host());
    let is_port =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    !authority.host().is_empty()
        && port.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// The handshake's own headers, which would stand twice, and those that would give the request a body.
fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 5] = [
        "Host",
        "Upgrade",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
    ];
    const PREFIX: &str = "Sec-WebSocket-";
    RESERVED
        .iter()
        .any(|reserved| name.eq_ignore_ascii_case(reserved))
        || name
            .get(..PREFIX.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}
