use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use socket2::{Socket, TcpKeepalive};

use super::{Keepalive, SocketOptions};
use crate::SocketError;

impl SocketOptions {
    /// Sets up a fresh socket that is about to connect to `peer`.
    pub(crate) fn apply(&self, socket: &Socket, peer: SocketAddr) -> io::Result<()> {
        self.apply_common(socket, peer)?;
        #[cfg(target_os = "linux")]
        self.apply_linux(socket)?;
        let instead = self.bind_interface(socket, peer)?;
        if let Some(config) = &self.config {
            (config.0)(socket)?;
        }
        self.bind_address(socket, peer, instead)
    }

    fn apply_common(&self, socket: &Socket, peer: SocketAddr) -> io::Result<()> {
        named("TCP_NODELAY", socket.set_tcp_nodelay(!self.delay))?;
        if let Some(bytes) = self.send_buffer {
            named(
                "SO_SNDBUF",
                socket.set_send_buffer_size(bytes.min(BUFFER_MAX)),
            )?;
        }
        if let Some(bytes) = self.receive_buffer {
            named(
                "SO_RCVBUF",
                socket.set_recv_buffer_size(bytes.min(BUFFER_MAX)),
            )?;
        }
        if let Some(keepalive) = self.keepalive {
            named(
                "SO_KEEPALIVE",
                socket.set_tcp_keepalive(&keepalive.parameters()),
            )?;
        }
        match (self.tos, peer) {
            (None, _) => Ok(()),
            (Some(tos), SocketAddr::V4(_)) => named("IP_TOS", socket.set_tos_v4(tos.into())),
            #[cfg(unix)]
            (Some(tos), SocketAddr::V6(_)) => {
                named("IPV6_TCLASS", socket.set_tclass_v6(tos.into()))
            }
            #[cfg(not(unix))]
            (Some(_), SocketAddr::V6(_)) => {
                named("IPV6_TCLASS", Err(io::ErrorKind::Unsupported.into()))
            }
        }
    }

    /// Returns the address to bind to where the device cannot be bound.
    #[cfg(unix)]
    fn bind_interface(&self, socket: &Socket, peer: SocketAddr) -> io::Result<Option<SocketAddr>> {
        let Some(name) = &self.interface else {
            return Ok(None);
        };
        #[cfg(target_os = "linux")]
        match socket.bind_device(Some(name.as_bytes())) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            result => return named("SO_BINDTODEVICE", result).map(|()| None),
        }
        let _ = socket;
        crate::interface::address_of(name, self.local_port, peer).map(Some)
    }

    #[cfg(not(unix))]
    fn bind_interface(&self, _: &Socket, _: SocketAddr) -> io::Result<Option<SocketAddr>> {
        Ok(None)
    }

    /// Binds to the address that was asked for, otherwise to that of the interface, otherwise to none in particular.
    fn bind_address(
        &self,
        socket: &Socket,
        peer: SocketAddr,
        of_interface: Option<SocketAddr>,
    ) -> io::Result<()> {
        if self.local_port != 0 {
            named("SO_REUSEADDR", socket.set_reuse_address(true))?;
        }
        let local = match (self.local_address, of_interface) {
            (Some(address), _) => local_address(address, self.local_port, peer)?,
            (None, Some(address)) => address,
            (None, None) if self.local_port != 0 => {
                SocketAddr::new(unspecified(peer), self.local_port)
            }
            (None, None) => return Ok(()),
        };
        named("bind", socket.bind(&local.into()))
    }
}

impl Keepalive {
    fn parameters(self) -> TcpKeepalive {
        let mut parameters = TcpKeepalive::new();
        if let Some(idle) = self.idle {
            parameters = parameters.with_time(whole_seconds(idle));
        }
        if let Some(interval) = self.interval {
            parameters = parameters.with_interval(whole_seconds(interval));
        }
        #[cfg(unix)]
        if let Some(count) = self.count {
            parameters = parameters.with_retries(count);
        }
        parameters
    }
}

/// The option is a C `int`.
const BUFFER_MAX: usize = i32::MAX as usize;

/// The system counts in seconds, and refuses zero.
fn whole_seconds(time: Duration) -> Duration {
    let part = u64::from(time.subsec_nanos() > 0);
    Duration::from_secs(time.as_secs().saturating_add(part))
}

/// The address of a link means one of the link that the peer is on.
fn local_address(address: IpAddr, port: u16, peer: SocketAddr) -> Result<SocketAddr, SocketError> {
    match (address, peer) {
        (IpAddr::V4(_), SocketAddr::V4(_)) => Ok(SocketAddr::new(address, port)),
        (IpAddr::V6(local), SocketAddr::V6(peer)) if local.is_unicast_link_local() => {
            Ok(SocketAddrV6::new(local, port, 0, peer.scope_id()).into())
        }
        (IpAddr::V6(_), SocketAddr::V6(_)) => Ok(SocketAddr::new(address, port)),
        _ => Err(SocketError::Family {
            local: address,
            peer: peer.ip(),
        }),
    }
}

const fn unspecified(peer: SocketAddr) -> IpAddr {
    match peer {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// Says in an error which option it is about.
pub(super) fn named(option: &'static str, result: io::Result<()>) -> io::Result<()> {
    result.map_err(|source| SocketError::Option { option, source }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_device_the_interfaces_address_is_bound_unless_another_is_asked_for() {
        let peer = "127.0.0.1:80".parse().unwrap();
        let of_interface: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let bound = |options: SocketOptions, of_interface| {
            let domain = socket2::Domain::IPV4;
            let socket = Socket::new(domain, socket2::Type::STREAM, None).unwrap();
            options.bind_address(&socket, peer, of_interface).unwrap();
            socket.local_addr().unwrap().as_socket().unwrap()
        };
        let options = SocketOptions::default();
        assert_eq!(bound(options.clone(), None), "0.0.0.0:0".parse().unwrap());
        let address = bound(options.clone(), Some(of_interface));
        assert_eq!(address.ip(), of_interface.ip());
        assert_ne!(address.port(), 0);
        if cfg!(target_os = "linux") {
            let local_address = "127.0.0.3".parse().ok();
            let options = SocketOptions {
                local_address,
                ..options
            };
            let address = bound(options, Some(of_interface));
            assert_eq!(Some(address.ip()), local_address);
        }
    }

    #[test]
    fn the_address_of_a_link_is_one_of_the_peers_link() {
        let peer = "[fe80::2%7]:80".parse().unwrap();
        let local = |address: &str| local_address(address.parse().unwrap(), 5, peer).unwrap();
        assert_eq!(local("fe80::1"), "[fe80::1%7]:5".parse().unwrap());
        assert_eq!(local("fd00::1"), "[fd00::1]:5".parse().unwrap());
    }

    #[test]
    fn parts_of_seconds_are_not_lost() {
        assert_eq!(whole_seconds(Duration::ZERO), Duration::ZERO);
        assert_eq!(
            whole_seconds(Duration::from_nanos(1)),
            Duration::from_secs(1)
        );
        assert_eq!(whole_seconds(Duration::MAX).as_secs(), u64::MAX);
    }
}
