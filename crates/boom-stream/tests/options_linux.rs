//! The options that Linux alone has, read back from the kernel.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, SocketError};
use nix::libc;
use nix::sys::socket::sockopt::{GetBool, GetStruct, SetStruct};
use nix::sys::socket::{getsockopt, setsockopt};
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
use socket2::{SockRef, Socket};

#[derive(Clone, Copy)]
struct PreferBusyPoll;
nix::getsockopt_impl!(
    PreferBusyPoll,
    libc::SOL_SOCKET,
    libc::SO_PREFER_BUSY_POLL,
    bool,
    GetBool
);

#[derive(Clone, Copy)]
struct BusyPollBudget;
nix::setsockopt_impl!(
    BusyPollBudget,
    libc::SOL_SOCKET,
    libc::SO_BUSY_POLL_BUDGET,
    libc::c_int,
    SetStruct<'_, libc::c_int>
);
nix::getsockopt_impl!(
    BusyPollBudget,
    libc::SOL_SOCKET,
    libc::SO_BUSY_POLL_BUDGET,
    libc::c_int,
    GetStruct<libc::c_int>
);

fn listener() -> (TcpListener, ConnectionInfo) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, ConnectionInfo::new("127.0.0.1", port))
}

fn connect(info: ConnectionInfo) -> TcpStream {
    let mut stream = TcpStream::try_from(info).unwrap();
    while !stream.connected().unwrap() {}
    stream
}

/// What `read` finds on the socket before it connects, which changes some options.
fn before_connect<T: Send + 'static>(info: ConnectionInfo, read: fn(&Socket) -> T) -> T {
    let (sender, receiver) = mpsc::channel();
    connect(info.with_socket_config(move |socket| {
        sender.send(read(socket)).unwrap();
        Ok(())
    }));
    receiver.recv().unwrap()
}

/// Says whether this thread may set what takes `CAP_NET_ADMIN`; where CI runs it must.
fn is_admin() -> bool {
    let effective = capabilities(None).unwrap().effective;
    let is_admin = effective.contains(CapabilitySet::NET_ADMIN);
    if !is_admin {
        println!("skipped: to raise the options of busy polling takes CAP_NET_ADMIN");
        assert!(
            std::env::var_os("CI").is_none(),
            "CI runs the tests as root"
        );
    }
    is_admin
}

/// Runs `work` on a thread of its own, which has given up `CAP_NET_ADMIN`.
fn without_admin<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let work = || {
        let mut sets = capabilities(None).unwrap();
        sets.effective.remove(CapabilitySet::NET_ADMIN);
        set_capabilities(None, sets).unwrap();
        work()
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

#[test]
fn incoming_cpu() {
    let (_listener, info) = listener();
    let cpu = |socket: &Socket| socket.cpu_affinity().unwrap();
    for wish in [0, 1] {
        assert_eq!(
            before_connect(info.clone().with_incoming_cpu(wish), cpu),
            usize::from(wish)
        );
    }
}

#[test]
fn quickack() {
    let (_listener, info) = listener();
    let quickack = |socket: &Socket| socket.tcp_quickack().unwrap();
    assert!(before_connect(info.clone().with_quickack(true), quickack));
    assert!(!before_connect(info.with_quickack(false), quickack));
}

#[test]
fn user_timeout() {
    let (_listener, info) = listener();
    let stream = connect(info.with_user_timeout(Duration::from_micros(7_500_001)));
    assert_eq!(
        SockRef::from(&stream).tcp_user_timeout().unwrap(),
        Some(Duration::from_millis(7_501))
    );
}

#[test]
fn an_interface_by_name_binds_the_device() {
    let (_listener, info) = listener();
    assert_eq!(
        SockRef::from(&connect(info.clone())).device().unwrap(),
        None
    );
    let stream = connect(info.with_net_iface_from_name("lo").unwrap());
    assert_eq!(
        SockRef::from(&stream).device().unwrap().as_deref(),
        Some(&b"lo"[..])
    );
}

#[test]
fn busy_poll() {
    if !is_admin() {
        return;
    }
    let (_listener, info) = listener();
    let stream = connect(info.with_busy_poll(Duration::from_nanos(49_001)));
    assert_eq!(SockRef::from(&stream).busy_poll().unwrap(), 50);
}

#[test]
fn prefer_busy_poll() {
    if !is_admin() {
        return;
    }
    let (_listener, info) = listener();
    for prefer in [true, false] {
        let stream = connect(info.clone().with_prefer_busy_poll(prefer));
        assert_eq!(getsockopt(&stream, PreferBusyPoll).unwrap(), prefer);
    }
}

/// Reads the option that Linux lets be set but not be read: `getsockopt` does not know it (`sk_getsockopt` of
/// `net/core/sock.c`, which answers io_uring too; the helper of BPF knows fewer), and neither `/proc` nor what `ss` asks
/// (sock_diag) has it. What is left is that to raise it takes `CAP_NET_ADMIN`. Who comes from above without that is refused
/// until he names the value that the socket holds, and setting that changes nothing.
fn busy_poll_budget_of(stream: &TcpStream) -> libc::c_int {
    match getsockopt(stream, BusyPollBudget) {
        // A kernel to come.
        Ok(budget) => return budget,
        Err(error) => assert_eq!(error, nix::errno::Errno::ENOPROTOOPT),
    }
    without_admin(|| {
        let is_held = |budget: &libc::c_int| match setsockopt(stream, BusyPollBudget, budget) {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error, nix::errno::Errno::EPERM);
                false
            }
        };
        (0..=libc::c_int::from(u16::MAX))
            .rev()
            .find(is_held)
            .unwrap()
    })
}

#[test]
fn busy_poll_budget() {
    if !is_admin() {
        return;
    }
    let (_listener, info) = listener();
    assert_eq!(busy_poll_budget_of(&connect(info.clone())), 0);
    for budget in [1, 33, u16::MAX] {
        let stream = connect(info.clone().with_busy_poll_budget(budget));
        assert_eq!(busy_poll_budget_of(&stream), i32::from(budget));
        // To ask has not changed it.
        assert_eq!(busy_poll_budget_of(&stream), i32::from(budget));
    }
}

#[test]
fn what_is_not_permitted_is_an_error_that_names_the_option() {
    let (_listener, info) = listener();
    let cases = [
        (
            info.clone().with_prefer_busy_poll(true),
            "SO_PREFER_BUSY_POLL",
        ),
        (info.with_busy_poll_budget(u16::MAX), "SO_BUSY_POLL_BUDGET"),
    ];
    for (info, name) in cases {
        let error = without_admin(|| TcpStream::try_from(info).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{name}");
        let SocketError::Option { option, .. } = error.downcast().unwrap() else {
            panic!("not about an option");
        };
        assert_eq!(option, name);
    }
}
