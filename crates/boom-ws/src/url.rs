//! RFC 6455 §3, WebSocket URIs.

use boom_stream::ConnectionInfo;
use http::Uri;

/// Why a string is no WebSocket URL.
///
/// # Examples
///
/// ```
/// use boom_ws::UrlError;
/// use boom_ws::util::parse_url;
///
/// assert_eq!(parse_url("https://example.com"), Err(UrlError::Scheme));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It is not a URL at all.
    #[error("not a URL")]
    Malformed,
    /// The scheme is neither `ws` nor `wss`.
    #[error("the scheme is neither ws nor wss")]
    Scheme,
    /// There is no host.
    #[error("no host")]
    Host,
    /// It holds a user name or a password, for which the URLs of RFC 6455 §3 have no place and which logs would show.
    /// Give them by [`with_basic_auth`](crate::WebsocketConfig::with_basic_auth).
    #[error("user name or password in the URL")]
    Credentials,
    /// It has a fragment (`#`), which RFC 6455 §3 forbids.
    #[error("fragment in the URL")]
    Fragment,
}

impl From<UrlError> for std::io::Error {
    fn from(error: UrlError) -> Self {
        Self::new(std::io::ErrorKind::InvalidInput, error)
    }
}

/// Splits a `ws://` or `wss://` URL into the peer, the path with its query, and whether it is secure.
///
/// The port is the scheme's default one (80 or 443) where the URL has none, and the path is never empty. User name and
/// password in the URL are refused.
///
/// # Errors
///
/// [`UrlError`] says what is wrong.
///
/// # Examples
///
/// ```
/// use boom_ws::util::parse_url;
///
/// let (info, path, secure) = parse_url("wss://stream.example.com:9443/ws?streams=btcusdt@trade")?;
/// assert_eq!((info.host(), info.port()), ("stream.example.com", 9443));
/// assert_eq!(path, "/ws?streams=btcusdt@trade");
/// assert!(secure);
/// # Ok::<(), boom_ws::UrlError>(())
/// ```
pub fn parse_url(url: &str) -> Result<(ConnectionInfo, String, bool), UrlError> {
    // `Uri` would drop it without a word.
    if url.contains('#') {
        return Err(UrlError::Fragment);
    }
    let uri: Uri = url.parse().map_err(|_| UrlError::Malformed)?;
    let is_scheme = |name: &str| {
        uri.scheme_str()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(name))
    };
    let secure = is_scheme("wss");
    if !secure && !is_scheme("ws") {
        return Err(UrlError::Scheme);
    }
    let authority = uri.authority().ok_or(UrlError::Host)?;
    if authority.as_str().contains('@') {
        return Err(UrlError::Credentials);
    }
    if authority.host().is_empty() {
        return Err(UrlError::Host);
    }
    // `Uri` lets pass what is no number.
    let port = match authority.as_str().strip_prefix(authority.host()) {
        Some("") => default_port(secure),
        Some(port) => parse_port(port).ok_or(UrlError::Malformed)?,
        None => return Err(UrlError::Malformed),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    Ok((ConnectionInfo::new(authority.host(), port), path, secure))
}

const fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
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
    use super::*;

    fn parts(url: &str) -> (String, u16, String, bool) {
        let (info, path, secure) = parse_url(url).unwrap();
        (info.host().to_owned(), info.port(), path, secure)
    }

    #[test]
    fn rfc_3_defaults() {
        assert_eq!(parts("ws://h"), ("h".into(), 80, "/".into(), false));
        assert_eq!(parts("wss://h"), ("h".into(), 443, "/".into(), true));
        assert_eq!(
            parts("wss://h?a=1&b=/c"),
            ("h".into(), 443, "/?a=1&b=/c".into(), true)
        );
        assert_eq!(parts("WSS://h/x"), ("h".into(), 443, "/x".into(), true));
    }

    #[test]
    fn ipv6_literals_lose_their_brackets() {
        assert_eq!(
            parts("ws://[::1]:9001/ws"),
            ("::1".into(), 9001, "/ws".into(), false)
        );
        assert_eq!(
            parts("ws://[::1]/ws"),
            ("::1".into(), 80, "/ws".into(), false)
        );
    }

    #[test]
    fn rfc_3_a_number_sign_is_escaped() {
        assert_eq!(parts("ws://h/a%23b?c=%23").2, "/a%23b?c=%23");
        for url in ["ws://h/a#b", "ws://h?a#", "ws://h#", "ws://h/#"] {
            assert_eq!(parse_url(url), Err(UrlError::Fragment), "{url}");
        }
    }

    #[test]
    fn credentials_are_refused_and_not_told_again() {
        for url in [
            "ws://user@h/",
            "wss://user:pass@h:1/",
            "ws://@h/",
            "ws://:@h/",
            "ws://a@b@h/",
        ] {
            assert!(parse_url(url).is_err(), "{url}");
        }
        assert_eq!(parse_url("ws://user:pass@h/"), Err(UrlError::Credentials));
        let error = std::io::Error::from(UrlError::Credentials);
        assert!(!format!("{error:?} {error}").contains("pass@"));
        // Behind the host it is a character as any other.
        assert_eq!(parts("ws://h/ws/btcusdt@trade").2, "/ws/btcusdt@trade");
    }

    #[test]
    fn what_is_no_websocket_url_is_refused() {
        for (url, error) in [
            ("", UrlError::Malformed),
            ("wss://", UrlError::Malformed),
            ("http://h/", UrlError::Scheme),
            ("h/ws", UrlError::Malformed),
            ("/ws", UrlError::Scheme),
            ("ws://h/#part", UrlError::Fragment),
            ("ws://user:pass@h/", UrlError::Credentials),
            ("ws://h:65536/", UrlError::Malformed),
            ("ws://h:/", UrlError::Malformed),
            ("ws://h:h/", UrlError::Malformed),
            ("ws://h:+80/", UrlError::Malformed),
            ("ws://h:-1/", UrlError::Malformed),
            ("ws://h:port/", UrlError::Malformed),
            ("ws://h/a b", UrlError::Malformed),
            ("ws://h/a\r\nX: y", UrlError::Malformed),
        ] {
            assert_eq!(parse_url(url), Err(error), "{url:?}");
        }
    }
}
