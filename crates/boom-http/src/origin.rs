//! The server that requests go to.

use std::fmt;

use boom_stream::ConnectionInfo;
use http::uri::Authority;

/// The server that requests go to, as `Host` names it (RFC 9110 §7.2).
///
/// # Examples
///
/// ```
/// use boom_http::Origin;
///
/// // The port of the scheme is left out; an address of IPv6 stands in brackets.
/// assert_eq!(Origin::secure("api.example.com", 443).to_string(), "api.example.com");
/// assert_eq!(Origin::secure("api.example.com", 8443).to_string(), "api.example.com:8443");
/// assert_eq!(Origin::new("::1", 8080).to_string(), "[::1]:8080");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    host: String,
}

impl Origin {
    /// A server that is spoken to in the clear (`http`).
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self::from_info(&ConnectionInfo::new(host, port), false)
    }

    /// A server that is spoken to by TLS (`https`).
    pub fn secure(host: impl Into<String>, port: u16) -> Self {
        Self::from_info(&ConnectionInfo::new(host, port), true)
    }

    /// The server that a stream is connected to.
    pub fn from_info(info: &ConnectionInfo, is_secure: bool) -> Self {
        let mut host = info.to_string();
        let default = if is_secure { ":443" } else { ":80" };
        if host.ends_with(default) {
            host.truncate(host.len() - default.len());
        }
        Self { host }
    }

    /// Returns true if it can stand in a request.
    pub(crate) fn is_valid(&self) -> bool {
        let authority = self.host.parse::<Authority>();
        authority.is_ok_and(|authority| {
            !authority.host().is_empty() && !authority.as_str().contains('@')
        })
    }
}

/// As `Host` has it.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)
    }
}
