//! Each option of a connection is read back from the kernel.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, SocketError};
use socket2::{Domain, SockRef, Socket, Type};

fn listener() -> (TcpListener, ConnectionInfo) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, ConnectionInfo::new("127.0.0.1", port))
}

fn listener_v6() -> Option<(TcpListener, ConnectionInfo)> {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("skipped: this machine has no IPv6 loopback");
        return None;
    };
    let port = listener.local_addr().unwrap().port();
    Some((listener, ConnectionInfo::new("::1", port)))
}

fn connect(info: ConnectionInfo) -> TcpStream {
    let mut stream = TcpStream::try_from(info).unwrap();
    while !stream.connected().unwrap() {}
    stream
}

fn refused(info: ConnectionInfo) -> SocketError {
    TcpStream::try_from(info).unwrap_err().downcast().unwrap()
}

/// Keeps a port of 127.0.0.1 from all who do not ask to share it.
fn kept_port() -> (Socket, u16) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

#[test]
fn nodelay_is_on_unless_switched_off() {
    let (_listener, info) = listener();
    let nodelay = |info| SockRef::from(&connect(info)).tcp_nodelay().unwrap();
    assert!(nodelay(info.clone()));
    assert!(!nodelay(info.clone().with_nodelay(false)));
    assert!(nodelay(info.with_nodelay(false).with_nodelay(true)));
}

#[test]
fn buffer_sizes() {
    let (_listener, info) = listener();
    let info = info.with_send_buffer(40_000).with_receive_buffer(50_000);
    let stream = connect(info);
    let socket = SockRef::from(&stream);
    // "The kernel doubles this value (to allow space for bookkeeping overhead)": socket(7).
    let factor = if cfg!(target_os = "linux") { 2 } else { 1 };
    assert_eq!(socket.send_buffer_size().unwrap(), 40_000 * factor);
    assert_eq!(socket.recv_buffer_size().unwrap(), 50_000 * factor);
}

#[test]
fn a_buffer_size_beyond_what_the_option_holds_is_the_largest_and_not_the_least() {
    let (_listener, info) = listener();
    let size = |info| SockRef::from(&connect(info)).recv_buffer_size().unwrap();
    let least = size(info.clone().with_receive_buffer(0));
    match TcpStream::try_from(info.clone().with_receive_buffer(1 << 32)) {
        Ok(_) => assert!(size(info.with_receive_buffer(1 << 32)) > least),
        Err(error) => assert!(error.downcast::<SocketError>().is_ok()),
    }
}

#[test]
fn keepalive_times() {
    let (_listener, info) = listener();
    let plain = connect(info.clone());
    assert!(!SockRef::from(&plain).keepalive().unwrap());

    let info = info
        .with_keepalive_idle(Duration::from_millis(6_001))
        .with_keepalive_interval(Duration::from_secs(3))
        .with_keepalive_count(4);
    let stream = connect(info);
    let socket = SockRef::from(&stream);
    assert!(socket.keepalive().unwrap());
    let seconds = Duration::from_secs;
    assert_eq!(socket.tcp_keepalive_time().unwrap(), seconds(7));
    assert_eq!(socket.tcp_keepalive_interval().unwrap(), seconds(3));
    assert_eq!(socket.tcp_keepalive_retries().unwrap(), 4);
}

#[test]
fn keepalive_times_can_be_set_one_by_one() {
    let (_listener, info) = listener();
    let stream = connect(info.with_keepalive_count(5));
    let socket = SockRef::from(&stream);
    assert!(socket.keepalive().unwrap());
    assert_eq!(socket.tcp_keepalive_retries().unwrap(), 5);
}

#[test]
fn type_of_service_by_ipv4_and_ipv6() {
    let (_listener, info) = listener();
    let stream = connect(info.with_tos(0xb8));
    assert_eq!(SockRef::from(&stream).tos_v4().unwrap(), 0xb8);

    let Some((_listener, info)) = listener_v6() else {
        return;
    };
    let stream = connect(info.with_tos(0xb8));
    assert_eq!(SockRef::from(&stream).tclass_v6().unwrap(), 0xb8);
}

#[test]
fn local_address() {
    let (listener, info) = listener();
    // Linux has all of 127.0.0.0/8, other systems one of them.
    let local = if cfg!(target_os = "linux") {
        Ipv4Addr::new(127, 0, 0, 2)
    } else {
        Ipv4Addr::LOCALHOST
    };
    let stream = connect(info.with_local_address(local));
    let (_, seen) = listener.accept().unwrap();
    assert_eq!(seen.ip(), IpAddr::V4(local));
    assert_eq!(stream.local_addr().unwrap(), seen);

    let Some((listener, info)) = listener_v6() else {
        return;
    };
    connect(info.with_local_address(Ipv6Addr::LOCALHOST));
    assert_eq!(
        listener.accept().unwrap().1.ip(),
        IpAddr::V6(Ipv6Addr::LOCALHOST)
    );
}

#[test]
fn local_port_with_and_without_an_address() {
    let (listener, info) = listener();
    let (_kept, port) = kept_port();
    let info = info.with_local_port(port);
    let stream = connect(info.clone());
    let (mut peer, seen) = listener.accept().unwrap();
    assert_eq!((seen.port(), stream.local_addr().unwrap()), (port, seen));

    // Ended from this side, the connection lingers; to another peer its port is free all the same.
    drop(stream);
    assert_eq!(peer.read(&mut [0; 1]).unwrap(), 0);
    drop(peer);
    let (listener, other) = self::listener();
    let info = other
        .with_options_of(&info)
        .with_local_address(Ipv4Addr::LOCALHOST);
    connect(info);
    let seen = listener.accept().unwrap().1;
    assert_eq!(seen, SocketAddr::from(([127, 0, 0, 1], port)));
}

#[test]
fn a_local_port_that_another_keeps_is_an_error() {
    let (listener, info) = listener();
    let port = listener.local_addr().unwrap().port();
    let info = info
        .with_local_address(Ipv4Addr::LOCALHOST)
        .with_local_port(port);
    let error = TcpStream::try_from(info).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let SocketError::Option { option, .. } = error.downcast().unwrap() else {
        panic!("not about an option");
    };
    assert_eq!(option, "bind");
}

#[test]
fn a_local_address_of_the_other_family_is_an_error() {
    let (listener, info) = listener();
    let info = info.with_local_address(Ipv6Addr::LOCALHOST);
    // No answer of the resolver is of use.
    assert_eq!(info.resolve().unwrap_err().kind(), ErrorKind::NotFound);
    let error = TcpStream::connect(info, listener.local_addr().unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        error.to_string(),
        "127.0.0.1 cannot be reached from ::1: one is IPv4, one IPv6"
    );
}

#[test]
fn the_resolver_answers_in_the_family_of_the_local_address() {
    let info = ConnectionInfo::new("localhost", 1).with_local_address(Ipv4Addr::LOCALHOST);
    for address in info.resolve().unwrap() {
        assert_eq!(address, SocketAddr::from(([127, 0, 0, 1], 1)));
    }
}

#[cfg(unix)]
#[test]
fn an_interface_by_name_reaches_loopback_by_both_families() {
    let name = if cfg!(target_os = "linux") {
        "lo"
    } else {
        "lo0"
    };
    let (listener, info) = listener();
    connect(info.with_net_iface_from_name(name).unwrap());
    assert_eq!(listener.accept().unwrap().1.ip(), Ipv4Addr::LOCALHOST);

    let Some((listener, info)) = listener_v6() else {
        return;
    };
    connect(info.with_net_iface_from_name(name).unwrap());
    assert_eq!(listener.accept().unwrap().1.ip(), Ipv6Addr::LOCALHOST);
}

#[cfg(unix)]
#[test]
fn an_unknown_interface_is_an_error_with_the_names_there_are() {
    let error = ConnectionInfo::new("127.0.0.1", 1)
        .with_net_iface_from_name("no such")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let text = error.to_string();
    let loopback = if cfg!(target_os = "linux") {
        "lo"
    } else {
        "lo0"
    };
    assert!(
        text.starts_with("no network interface \"no such\"; there are: "),
        "{text}"
    );
    let SocketError::UnknownInterface { name, known } = error.downcast().unwrap() else {
        panic!("{text}");
    };
    assert_eq!(name, "no such");
    assert!(known.iter().any(|name| name == loopback), "{known:?}");
}

#[test]
fn a_function_sees_the_socket_after_the_options_and_before_it_is_bound() {
    let (listener, info) = listener();
    let info = info
        .with_nodelay(false)
        .with_local_address(Ipv4Addr::LOCALHOST)
        .with_socket_config(|socket| {
            assert!(!socket.tcp_nodelay()?);
            assert_eq!(socket.local_addr()?.as_socket().unwrap().port(), 0);
            assert!(socket.peer_addr().is_err());
            socket.set_tcp_nodelay(true)?;
            socket.set_ttl_v4(9)
        });
    for info in [info.clone(), info] {
        let stream = connect(info);
        let socket = SockRef::from(&stream);
        assert!(socket.tcp_nodelay().unwrap());
        assert_eq!(socket.ttl_v4().unwrap(), 9);
        listener.accept().unwrap();
    }
}

#[test]
fn what_a_function_returns_fails_the_connect_as_it_is() {
    let (_listener, info) = listener();
    let info = info.with_socket_config(|_| Err(io::Error::other("mine")));
    let error = TcpStream::try_from(info).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Other, "mine".into())
    );
}

#[test]
fn a_value_that_the_system_refuses_names_the_option() {
    let (_listener, info) = listener();
    let error = refused(info.with_keepalive_idle(Duration::ZERO));
    let SocketError::Option { option, source } = error else {
        panic!("{error}");
    };
    assert_eq!(option, "SO_KEEPALIVE");
    assert_eq!(source.kind(), ErrorKind::InvalidInput);
}

#[test]
fn parameters_are_equal_by_peer_and_options() {
    let info = ConnectionInfo::new("h", 1);
    assert_eq!(info, info.clone().with_nodelay(true).with_local_port(0));
    assert_ne!(info, info.clone().with_nodelay(false));
    assert_eq!(info.clone().with_tos(8), info.clone().with_tos(8));
    assert_ne!(info.clone().with_tos(8), info.clone().with_tos(16));
    assert_eq!(info, info.clone().with_tos(8).with_options_of(&info));

    let config = info.clone().with_socket_config(|_| Ok(()));
    assert_eq!(config, config.clone());
    assert_eq!(hash(&config), hash(&config.clone()));
    assert_ne!(config, info.clone().with_socket_config(|_| Ok(())));
    assert_eq!(config.with_options_of(&info), info);
}

fn hash(info: &ConnectionInfo) -> u64 {
    let mut hasher = DefaultHasher::new();
    info.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn a_clone_that_is_changed_changes_no_other() {
    let (listener, info) = listener();
    let first = info.with_tos(8);
    let second = first.clone().with_tos(16);
    for (info, tos) in [(first, 8), (second, 16)] {
        let mut stream = connect(info);
        assert_eq!(SockRef::from(&stream).tos_v4().unwrap(), tos);
        let (mut peer, _) = listener.accept().unwrap();
        stream.write_all(b"x").unwrap();
        peer.read_exact(&mut [0]).unwrap();
    }
}
