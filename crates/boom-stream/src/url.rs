//! The peer that a URL names.

use std::net::Ipv6Addr;

use http::Uri;

use crate::ConnectionInfo;

/// Why a string is no URL that one can connect to.
///
/// # Examples
///
/// ```
/// use boom_stream::{ConnectionInfo, UrlError};
///
/// assert_eq!(ConnectionInfo::from_url("ftp://example.com"), Err(UrlError::Scheme));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It is not a URL at all.
    #[error("not a URL")]
    Malformed,
    /// The scheme is none of `tcp`, `http`, `https`, `ws` and `wss`.
    #[error("the scheme is none of tcp, http, https, ws and wss")]
    Scheme,
    /// There is no host.
    #[error("no host")]
    Host,
    /// The port is no number, or there is none and the scheme has no default one.
    #[error("no port")]
    Port,
    /// It holds a user name or a password, which belong to a protocol above and which logs would show.
    #[error("user name or password in the URL")]
    Credentials,
}

impl From<UrlError> for std::io::Error {
    fn from(error: UrlError) -> Self {
        Self::new(std::io::ErrorKind::InvalidInput, error)
    }
}

impl ConnectionInfo {
    /// Takes host and port from a URL with the scheme `tcp`, `http`, `https`, `ws` or `wss`. The rest of it is for the
    /// protocols above.
    ///
    /// The port is the scheme's default one where the URL has none; `tcp` needs one. The IPv6 address of a link may name
    /// its interface: `[fe80::1%25eth0]` (RFC 6874) or `[fe80::1%eth0]`.
    ///
    /// # Errors
    ///
    /// [`UrlError`] says what is wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_stream::ConnectionInfo;
    ///
    /// let info = ConnectionInfo::from_url("wss://stream.example.com/ws?streams=btcusdt@trade")?;
    /// assert_eq!((info.host(), info.port()), ("stream.example.com", 443));
    ///
    /// let info = ConnectionInfo::from_url("tcp://[fe80::1%25eth0]:4001")?;
    /// assert_eq!((info.host(), info.port()), ("fe80::1%eth0", 4001));
    /// # Ok::<(), boom_stream::UrlError>(())
    /// ```
    pub fn from_url(url: &str) -> Result<Self, UrlError> {
        let (url, zone) = split_zone(url)?;
        let uri: Uri = url.parse().map_err(|_| UrlError::Malformed)?;
        let default_port = default_port(uri.scheme_str().ok_or(UrlError::Scheme)?)?;
        let authority = uri.authority().ok_or(UrlError::Host)?;
        let (text, host) = (authority.as_str(), authority.host());
        if text.contains('@') {
            return Err(UrlError::Credentials);
        }
        if host.is_empty() {
            return Err(UrlError::Host);
        }
        let port = match text.strip_prefix(host).ok_or(UrlError::Malformed)? {
            "" => default_port.ok_or(UrlError::Port)?,
            port => parse_port(port).ok_or(UrlError::Port)?,
        };
        let host = match host.strip_prefix('[') {
            Some(literal) => literal_host(literal, zone.as_deref())?,
            None => host.to_owned(),
        };
        Ok(Self::new(host, port))
    }
}

/// As [`ConnectionInfo::from_url`].
impl TryFrom<&str> for ConnectionInfo {
    type Error = UrlError;

    fn try_from(url: &str) -> Result<Self, UrlError> {
        Self::from_url(url)
    }
}

fn default_port(scheme: &str) -> Result<Option<u16>, UrlError> {
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    if is("https") || is("wss") {
        Ok(Some(443))
    } else if is("http") || is("ws") {
        Ok(Some(80))
    } else if is("tcp") {
        Ok(None)
    } else {
        Err(UrlError::Scheme)
    }
}

/// Takes the zone out of an IPv6 literal, which the general syntax of URLs (RFC 3986 §3.2.2) has no place for.
fn split_zone(url: &str) -> Result<(String, Option<String>), UrlError> {
    let unchanged = || Ok((url.to_owned(), None));
    let Some((scheme, rest)) = url.split_once("://[") else {
        return unchanged();
    };
    let Some((literal, rest)) = rest.split_once(']') else {
        return unchanged();
    };
    let Some((address, zone)) = literal.split_once('%') else {
        return unchanged();
    };
    // RFC 6874 §2: ZoneID = 1*( unreserved / pct-encoded ), behind "%25".
    let zone = match zone.strip_prefix("25") {
        Some(zone) if !zone.is_empty() => zone,
        _ => zone,
    };
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if zone.is_empty() || !zone.bytes().all(is_unreserved) {
        return Err(UrlError::Malformed);
    }
    Ok((
        format!("{scheme}://[{address}]{rest}"),
        Some(zone.to_owned()),
    ))
}

fn literal_host(literal: &str, zone: Option<&str>) -> Result<String, UrlError> {
    let address = literal.strip_suffix(']').ok_or(UrlError::Malformed)?;
    // `Uri` lets pass what is no address.
    address
        .parse::<Ipv6Addr>()
        .map_err(|_| UrlError::Malformed)?;
    Ok(match zone {
        Some(zone) => format!("{address}%{zone}"),
        None => address.to_owned(),
    })
}

/// A colon and digits alone (RFC 3986 §3.2.3).
fn parse_port(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(':')?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn peer(url: &str) -> (String, u16) {
        let info = ConnectionInfo::from_url(url).unwrap();
        (info.host().to_owned(), info.port())
    }

    #[test]
    fn each_scheme_has_its_port() {
        assert_eq!(peer("http://h"), ("h".into(), 80));
        assert_eq!(peer("ws://h/path"), ("h".into(), 80));
        assert_eq!(peer("https://h?a=b"), ("h".into(), 443));
        assert_eq!(peer("WSS://h"), ("h".into(), 443));
        assert_eq!(peer("tcp://h:4001"), ("h".into(), 4001));
        assert_eq!(peer("wss://h:9443/x@y"), ("h".into(), 9443));
    }

    #[test]
    fn literals_of_both_families() {
        assert_eq!(peer("tcp://192.0.2.1:1"), ("192.0.2.1".into(), 1));
        assert_eq!(peer("ws://[2001:db8::1]/a"), ("2001:db8::1".into(), 80));
        assert_eq!(peer("tcp://[::1]:9001"), ("::1".into(), 9001));
    }

    #[test]
    fn rfc_6874_a_zone_is_kept_for_the_resolver_and_from_the_wire() {
        for url in ["http://[fe80::1%25en1]:8080", "http://[fe80::1%en1]:8080"] {
            let info = ConnectionInfo::try_from(url).unwrap();
            assert_eq!(info.host(), "fe80::1%en1");
            assert_eq!(info.to_string(), "[fe80::1]:8080");
        }
        assert_eq!(peer("http://[fe80::1%25]").0, "fe80::1%25");
    }

    #[test]
    fn what_names_no_peer_is_refused() {
        let cases = [
            ("", UrlError::Malformed),
            ("h", UrlError::Scheme),
            ("h:80", UrlError::Scheme),
            ("/path", UrlError::Scheme),
            ("ftp://h", UrlError::Scheme),
            ("http://", UrlError::Malformed),
            ("http://:80", UrlError::Host),
            ("tcp://h", UrlError::Port),
            ("tcp://h:", UrlError::Port),
            ("tcp://h:x", UrlError::Port),
            ("tcp://h:65536", UrlError::Port),
            ("tcp://h:+1", UrlError::Port),
            ("http://user:secret@h", UrlError::Credentials),
            ("http://[::1", UrlError::Malformed),
            ("http://[h]", UrlError::Malformed),
            ("http://[192.0.2.1]", UrlError::Malformed),
            ("http://[fe80::1%]", UrlError::Malformed),
            ("http://[fe80::1%a b]", UrlError::Malformed),
            ("http://h h", UrlError::Malformed),
        ];
        for (url, error) in cases {
            assert_eq!(ConnectionInfo::from_url(url), Err(error), "{url}");
        }
    }
    proptest! {
        #[test]
        fn whatever_is_taken_has_a_host_that_can_be_written_again(
            scheme in "(tcp|ws|https|[a-z]{0,3})",
            authority in "(\\PC{0,12}|\\[[0-9a-f:.%\\]]{0,12}|[a-z.]{1,8}:[0-9]{1,6}|[fe80:%2-5a]{1,12})",
            path in "(/\\PC{0,8})?",
        ) {
            if let Ok(info) = ConnectionInfo::from_url(&format!("{scheme}://{authority}{path}")) {
                prop_assert!(!info.host().is_empty());
                prop_assert!(!info.host().contains(['[', ']', '@', '/', ' ']), "{}", info.host());
                let again = ConnectionInfo::from_url(&format!("tcp://{info}")).unwrap();
                prop_assert_eq!(again.to_string(), info.to_string());
            }
        }
    }
}
