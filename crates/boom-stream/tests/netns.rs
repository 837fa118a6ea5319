//! An interface by name, proven from the other side: between two network namespaces joined by two veth pairs, where the
//! routes say one and the connection asks for the other.
//!
//! The test runs itself again inside the namespaces, once as the server and once for each client.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};

use boom_stream::ConnectionInfo;
use boom_stream::tcp::TcpStream;
use socket2::{Domain, Socket, Type};

const TEST: &str = "the_peer_sees_the_interface_that_was_asked_for";
/// What the test is to be inside a namespace.
const ROLE: &str = "BOOM_STREAM_NETNS_ROLE";
const HOST: &str = "BOOM_STREAM_NETNS_HOST";
const PORT: &str = "BOOM_STREAM_NETNS_PORT";
const INTERFACE: &str = "BOOM_STREAM_NETNS_INTERFACE";
const LOCAL: &str = "BOOM_STREAM_NETNS_LOCAL";

/// What a role prints, beside what the test harness does.
const MARK: &str = "netns: ";

#[test]
fn the_peer_sees_the_interface_that_was_asked_for() {
    match env::var(ROLE).as_deref() {
        Ok("server") => return serve(),
        Ok(_) => return report(),
        Err(_) => {}
    }
    let network = match Network::set_up() {
        Ok(network) => network,
        Err(reason) => {
            println!("skipped: {reason}");
            assert!(env::var_os("CI").is_none(), "CI may not skip: {reason}");
            return;
        }
    };
    let server = Server::start(&network);
    let seen = |host: &str, variables: &[(&str, &str)]| server.address_seen(host, variables);

    // The peer's own address is reached by both pairs, by the first unless asked otherwise.
    assert_eq!(seen("10.213.9.9", &[]), "10.213.0.1 by s0");
    assert_eq!(seen("10.213.9.9", &[(INTERFACE, "c0")]), "10.213.0.1 by s0");
    assert_eq!(seen("10.213.9.9", &[(INTERFACE, "c1")]), "10.213.1.1 by s1");
    // Whatever the routes say, and whatever the address.
    assert_eq!(seen("10.213.1.2", &[(INTERFACE, "c0")]), "10.213.0.1 by s0");
    let both = [(INTERFACE, "c1"), (LOCAL, "10.213.0.1")];
    assert_eq!(seen("10.213.9.9", &both), "10.213.0.1 by s1");
    let address = [(LOCAL, "10.213.1.1")];
    assert_eq!(seen("10.213.1.2", &address), "10.213.1.1 by s1");

    assert_eq!(seen("fd13::9:9", &[]), "fd13::1 by s0");
    assert_eq!(seen("fd13::9:9", &[(INTERFACE, "c1")]), "fd13:1::1 by s1");
    let address = [(LOCAL, "fd13:1::1")];
    assert_eq!(seen("fd13:1::2", &address), "fd13:1::1 by s1");
    // An address of a link means nothing without the interface, which the literal names.
    assert_eq!(seen("fe80::2%c0", &[]), "fe80::1 by s0");
    let address = [(LOCAL, "fe80::1")];
    assert_eq!(seen("fe80::2%c0", &address), "fe80::1 by s0");
}

/// Two namespaces, deleted with all that is in them when it is dropped.
struct Network {
    client: String,
    server: String,
}

impl Network {
    /// Returns the reason where this machine or this user cannot.
    fn set_up() -> Result<Self, String> {
        let id = std::process::id();
        let network = Self {
            client: format!("boom-c-{id}"),
            server: format!("boom-s-{id}"),
        };
        let Self { client, server } = &network;
        ip(&format!("netns add {client}"))?;
        ip(&format!("netns add {server}"))?;
        for namespace in [client, server] {
            // Some distributions drop what comes by another interface than the answer would take.
            let lenient =
                "cd /proc/sys/net/ipv4/conf; echo 0 >all/rp_filter; echo 0 >default/rp_filter";
            ip_with(&["netns", "exec", namespace, "sh", "-c", lenient])?;
        }
        for pair in 0..2 {
            ip(&format!(
                "link add c{pair} netns {client} type veth peer name s{pair} netns {server}"
            ))?;
            let v6 = if pair == 0 { "fd13" } else { "fd13:1" };
            for (namespace, side, host) in [(client, 'c', 1), (server, 's', 2)] {
                for command in [
                    format!("address add 10.213.{pair}.{host}/24 dev {side}{pair}"),
                    format!("address add {v6}::{host}/64 dev {side}{pair} nodad"),
                    format!("link set {side}{pair} addrgenmode none up"),
                ] {
                    ip(&format!("-n {namespace} {command}"))?;
                }
            }
        }
        ip(&format!("-n {client} address add fe80::1/64 dev c0 nodad"))?;
        ip(&format!("-n {server} address add fe80::2/64 dev s0 nodad"))?;
        ip(&format!("-n {server} link set lo up"))?;
        ip(&format!("-n {server} address add 10.213.9.9/32 dev lo"))?;
        ip(&format!("-n {server} address add fd13::9:9/128 dev lo"))?;
        for route in [
            "10.213.9.9 via 10.213.0.2 dev c0 metric 10",
            "10.213.9.9 via 10.213.1.2 dev c1 metric 20",
            "fd13::9:9 via fd13::2 dev c0 metric 10",
            "fd13::9:9 via fd13:1::2 dev c1 metric 20",
        ] {
            ip(&format!("-n {client} route add {route}"))?;
        }
        Ok(network)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for name in [&self.client, &self.server] {
            // It may not have come to be.
            let _ = ip(&format!("netns delete {name}"));
        }
    }
}

fn ip(arguments: &str) -> Result<(), String> {
    ip_with(&arguments.split(' ').collect::<Vec<_>>())
}

fn ip_with(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .map_err(|error| format!("ip, of iproute2, cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("ip {}: {}", arguments.join(" "), text.trim()))
}

/// Runs this very test inside a namespace.
fn run_inside(namespace: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new("ip");
    command
        .args(["netns", "exec", namespace])
        .arg(env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .envs(variables.iter().copied())
        .stdout(Stdio::piped());
    command
}

struct Server<'a> {
    network: &'a Network,
    process: Child,
    /// Open as long as the process may print.
    _output: BufReader<ChildStdout>,
    port_v4: String,
    port_v6: String,
}

impl<'a> Server<'a> {
    fn start(network: &'a Network) -> Self {
        let mut process = run_inside(&network.server, &[(ROLE, "server")])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let (port_v4, port_v6) = (marked_line(&mut output), marked_line(&mut output));
        Self {
            network,
            process,
            _output: output,
            port_v4,
            port_v6,
        }
    }

    /// What the server says to a client that is set up so.
    fn address_seen(&self, host: &str, variables: &[(&str, &str)]) -> String {
        let port = if host.contains(':') {
            &self.port_v6
        } else {
            &self.port_v4
        };
        let output = run_inside(&self.network.client, variables)
            .env(ROLE, "client")
            .env(HOST, host)
            .env(PORT, port)
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        marked_line(&mut output.stdout.as_slice())
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // The end of its input ends it; it is a child of `ip`, which has become it.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn marked_line(output: &mut dyn BufRead) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the role failed");
        // The harness may have begun the line.
        if let Some((_, text)) = line.split_once(MARK) {
            return text.trim().to_owned();
        }
    }
}

/// Tells each client the address it comes from and the interface it came by, until the standard input ends.
fn serve() {
    for any in ["0.0.0.0:0", "[::]:0"] {
        let mut any: SocketAddr = any.parse().unwrap();
        for device in ["s0", "s1"] {
            let listener = listener_on(device, any);
            any = listener.local_addr().unwrap();
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    let mut stream = stream.unwrap();
                    let address = stream.peer_addr().unwrap().ip();
                    write!(stream, "{address} by {device}").unwrap();
                }
            });
        }
        println!("{MARK}{}", any.port());
    }
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Hears only what comes in by one interface.
fn listener_on(device: &str, address: SocketAddr) -> TcpListener {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.bind_device(Some(device.as_bytes())).unwrap();
    if address.is_ipv6() {
        socket.set_only_v6(true).unwrap();
    }
    socket.bind(&address.into()).unwrap();
    socket.listen(16).unwrap();
    socket.into()
}

/// Connects and prints what the server says.
fn report() {
    let port = env::var(PORT).unwrap().parse().unwrap();
    let mut info = ConnectionInfo::new(env::var(HOST).unwrap(), port);
    if let Ok(interface) = env::var(INTERFACE) {
        info = info.with_net_iface_from_name(&interface).unwrap();
    }
    if let Ok(local) = env::var(LOCAL) {
        info = info.with_local_address(local.parse::<IpAddr>().unwrap());
    }
    println!("{MARK}{}", address_told(info));
}

fn address_told(info: ConnectionInfo) -> String {
    let mut stream = TcpStream::try_from(info).unwrap();
    while !stream.connected().unwrap() {
        std::thread::yield_now();
    }
    let (mut stream, _) = stream.into_parts();
    stream.set_nonblocking(false).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}
