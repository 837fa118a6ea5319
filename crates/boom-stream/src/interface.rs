//! The network interfaces of this machine.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use nix::ifaddrs::getifaddrs;
use nix::net::if_::if_nameindex;

use crate::SocketError;

/// Fails, with the names there are, if no interface is called so.
pub(crate) fn check_name(name: &str) -> io::Result<()> {
    let known: Vec<String> = if_nameindex()?
        .iter()
        .map(|interface| interface.name().to_string_lossy().into_owned())
        .collect();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    let name = name.to_owned();
    Err(SocketError::UnknownInterface { name, known }.into())
}

/// The interface's address of the peer's family that can reach it: for a peer on a link the address there, for any
/// other a routed one, if there is one.
pub(crate) fn address_of(name: &str, port: u16, peer: SocketAddr) -> io::Result<SocketAddr> {
    let addresses = getifaddrs()?
        .filter(|interface| interface.interface_name == name)
        .filter_map(|interface| interface.address);
    let address = match peer {
        SocketAddr::V4(_) => addresses
            .filter_map(|address| address.as_sockaddr_in().map(|address| address.ip()))
            .map(|address| SocketAddrV4::new(address, port).into())
            .next(),
        SocketAddr::V6(peer) => {
            let is_on_link = peer.ip().is_unicast_link_local();
            addresses
                .filter_map(|address| address.as_sockaddr_in6().copied())
                .map(|address| (address.ip(), address.scope_id()))
                .min_by_key(|(address, _)| address.is_unicast_link_local() != is_on_link)
                .map(|(address, scope)| local_v6(address, scope, port))
        }
    };
    address.ok_or_else(|| {
        SocketError::NoInterfaceAddress {
            name: name.to_owned(),
            peer: peer.ip(),
        }
        .into()
    })
}

fn local_v6(address: Ipv6Addr, scope: u32, port: u16) -> SocketAddr {
    SocketAddrV6::new(address, port, 0, scope).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Linux and macOS call it differently.
    fn loopback() -> String {
        getifaddrs()
            .unwrap()
            .find(|interface| {
                interface
                    .address
                    .as_ref()
                    .and_then(|address| address.as_sockaddr_in())
                    .is_some_and(|address| address.ip().is_loopback())
            })
            .unwrap()
            .interface_name
    }

    #[test]
    fn the_address_is_of_the_peers_family() {
        let v4 = address_of(&loopback(), 7, "192.0.2.1:80".parse().unwrap()).unwrap();
        assert_eq!(v4, "127.0.0.1:7".parse().unwrap());
        match address_of(&loopback(), 7, "[2001:db8::1]:80".parse().unwrap()) {
            Ok(v6) => assert_eq!(v6, "[::1]:7".parse().unwrap()),
            Err(error) => println!("skipped: this machine has no IPv6 loopback: {error}"),
        }
    }

    #[test]
    fn an_interface_without_an_address_is_an_error() {
        let error = address_of("no such", 0, "192.0.2.1:80".parse().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
        assert_eq!(
            error.to_string(),
            "interface no such has no address to reach 192.0.2.1 from"
        );
    }
}
