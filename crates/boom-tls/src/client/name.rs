//! From a host to the name that a server has to prove.

use std::net::Ipv6Addr;

use rustls_pki_types::ServerName;

use crate::Error;

/// Returns the name of a host as URLs and users write it.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'static>, Error> {
    let name = ServerName::try_from(bare(host)).map_err(|_| Error::InvalidServerName)?;
    Ok(name.to_owned())
}

/// The host without what only its writing or the way to it needs.
fn bare(host: &str) -> &str {
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    // RFC 4007, section 11: a zone says by which interface the address is reached, on this machine alone. Certificates
    // know nothing of it.
    let address = address
        .split_once('%')
        .map_or(address, |(address, _)| address);
    if address.parse::<Ipv6Addr>().is_ok() {
        return address;
    }
    // RFC 6066, section 3: a name is told without the dot at its end.
    match host.strip_suffix('.') {
        Some(name) if !name.ends_with('.') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_host_is_called() {
        for (host, name) in [
            ("feed.example", "feed.example"),
            ("feed.example.", "feed.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]", "fe80::1"),
        ] {
            assert_eq!(server_name(host).unwrap().to_str(), name, "{host}");
        }
    }

    #[test]
    fn what_is_no_name() {
        for host in [
            "",
            ".",
            "..",
            "[]",
            "[feed.example]",
            "[127.0.0.1]",
            "feed.example%eth0",
            "127.0.0.1%eth0",
            "%eth0",
            "[::1",
            "::1]",
            "feed.example..",
            "a host",
        ] {
            assert!(
                matches!(server_name(host), Err(Error::InvalidServerName)),
                "{host}"
            );
        }
    }
}
