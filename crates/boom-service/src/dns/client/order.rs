//! In which order to try addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Alternates between IPv6 and IPv4, and puts those without a route last.
pub(super) fn in_order(addresses: Vec<IpAddr>, has_route: impl Fn(IpAddr) -> bool) -> Vec<IpAddr> {
    let (v6, v4): (Vec<_>, Vec<_>) = addresses.into_iter().partition(IpAddr::is_ipv6);
    let is_routed = |family: &[IpAddr]| family.first().is_some_and(|&first| has_route(first));
    if v4.is_empty() || v6.is_empty() {
        [v6, v4].concat()
    } else if !is_routed(&v6) {
        [v4, v6].concat()
    } else if !is_routed(&v4) {
        [v6, v4].concat()
    } else {
        alternate(&v6, &v4)
    }
}

fn alternate(first: &[IpAddr], second: &[IpAddr]) -> Vec<IpAddr> {
    let pairs =
        (0..first.len().max(second.len())).map(|index| [first.get(index), second.get(index)]);
    pairs.flatten().flatten().copied().collect()
}

/// Whether the machine would know where to send to. Nothing is sent.
pub(super) fn has_route(address: IpAddr) -> bool {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    // Any port will do.
    UdpSocket::bind((any, 0)).is_ok_and(|socket| socket.connect((address, 443)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(addresses: &[&str], has_route: impl Fn(IpAddr) -> bool) -> Vec<String> {
        let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let ordered = in_order(addresses, has_route);
        ordered.iter().map(ToString::to_string).collect()
    }

    const MIXED: [&str; 5] = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1", "fd00::2"];

    #[test]
    fn both_kinds_alternate() {
        assert_eq!(
            ordered(&MIXED, |_| true),
            ["fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3"]
        );
        assert_eq!(ordered(&MIXED[..2], |_| true), ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(ordered(&MIXED[3..], |_| true), ["fd00::1", "fd00::2"]);
        assert!(ordered(&[], |_| true).is_empty());
    }

    #[test]
    fn what_has_no_route_comes_last() {
        assert_eq!(ordered(&MIXED, |address| address.is_ipv4()), MIXED);
        assert_eq!(
            ordered(&MIXED, |address| address.is_ipv6()),
            ["fd00::1", "fd00::2", "10.0.0.1", "10.0.0.2", "10.0.0.3"]
        );
        assert_eq!(ordered(&MIXED, |_| false), MIXED);
    }

    #[test]
    fn loopback_has_a_route() {
        assert!(has_route([127, 0, 0, 1].into()));
    }
}
