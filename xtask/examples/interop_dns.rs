//! Resolves names and prints what it found; `cargo xtask interop dns` runs it.

use std::io::{self, ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use boom_service::dns::{
    CachingResolver, DnsClient, DnsQuery, DnsResolver, ThreadQuery, ThreadResolver,
};
use boomnet::select::{IntoMioStream, MioSelector, MioStream};
use boomnet::service::{Endpoint, Event, IntoIOService};
use boomnet::stream::tcp::TcpStream;
use boomnet::stream::{ConnectionInfo, ConnectionInfoProvider};
use clap::Parser;

#[derive(Debug, Parser)]
struct Arguments {
    /// A name server to ask; may be given several times. Without any the system's resolver is asked
    #[arg(long, value_name = "ADDRESS")]
    server: Vec<SocketAddr>,
    /// How long one server has to answer, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    timeout: u64,
    /// How often each server is asked
    #[arg(long, value_name = "N", default_value_t = 2)]
    attempts: u32,
    /// Take datagrams there and never answer
    #[arg(long, value_name = "ADDRESS")]
    silent: Option<SocketAddr>,
    /// Have so many endpoints connect to the first name, lose their connections and connect again
    #[arg(long, value_name = "N")]
    endpoints: Option<usize>,
    /// What to resolve, all at once
    names: Vec<String>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interop_dns: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    // It is there, and full after a while, which nobody notices.
    let _silent = arguments.silent.map(UdpSocket::bind).transpose()?;
    let resolver = if arguments.server.is_empty() {
        ThreadResolver::default()
    } else {
        let client = DnsClient::new(arguments.server.iter().copied())
            .with_timeout(Duration::from_millis(arguments.timeout))
            .with_attempts(arguments.attempts);
        ThreadResolver::with_client(client)
    };
    match (arguments.endpoints, arguments.names.first()) {
        (Some(count), Some(name)) => connect(resolver, name, count),
        _ => lookup(resolver, &arguments.names),
    }
}

/// A line for each name, in the order of the answers: the name, how long it holds, and the addresses or what is wrong.
fn lookup(mut resolver: ThreadResolver, names: &[String]) -> io::Result<()> {
    let ask = |name: &String| (name.clone(), resolver.resolve(name, 443));
    let mut queries: Vec<_> = names.iter().map(ask).collect();
    while !queries.is_empty() {
        queries.retain_mut(|(name, query)| !print(name, query));
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Returns whether there was an answer.
fn print(name: &str, query: &mut ThreadQuery) -> bool {
    let Some(answer) = query.poll() else {
        return false;
    };
    let ttl = query
        .ttl()
        .map_or_else(|| "-".to_owned(), |ttl| ttl.as_secs().to_string());
    match answer {
        Ok(mut addresses) => {
            // Their order depends on the machine's routes.
            addresses.sort();
            let words: Vec<_> = addresses.iter().map(|one| one.ip().to_string()).collect();
            println!("{name} {ttl} {}", words.join(" "));
        }
        Err(error) => println!("{name} {ttl} error: {error}"),
    }
    true
}

struct Client {
    connection_info: ConnectionInfo,
}

impl ConnectionInfoProvider for Client {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl Endpoint for Client {
    type Target = MioStream;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<MioStream>> {
        let stream = TcpStream::try_from((&self.connection_info, addr))?;
        Ok(Some(stream.into_mio_stream()))
    }

    fn poll(&mut self, stream: &mut MioStream) -> io::Result<()> {
        match stream.read(&mut [0; 64])? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Connects endpoints to a server of ours, which drops them all once; prints how often they were connected, and where.
fn connect(resolver: ThreadResolver, name: &str, count: usize) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let server = thread::spawn(move || -> io::Result<Vec<std::net::TcpStream>> {
        let round = || listener.incoming().take(count).collect::<io::Result<_>>();
        drop::<Vec<_>>(round()?);
        round()
    });
    let mut service = MioSelector::new()?
        .into_io_service()
        .with_resolver(CachingResolver::new(resolver));
    for _ in 0..count {
        service.register(Client {
            connection_info: ConnectionInfo::new(name, port),
        });
    }
    let (mut connected, mut resolved_in_vain) = (0, 0);
    while connected < 2 * count {
        service.wait(Duration::from_millis(10))?;
        while let Some(event) = service.poll_event() {
            match event {
                Event::Connected { addr, .. } if addr.ip() == Ipv4Addr::LOCALHOST => connected += 1,
                Event::Connected { addr, .. } => return Err(io::Error::other(addr.to_string())),
                Event::AttemptFailed { addr: None, .. } => resolved_in_vain += 1,
                _ => {}
            }
        }
    }
    let held = server
        .join()
        .unwrap_or_else(|_panic| Err(ErrorKind::Other.into()))?;
    let active = service.stats().active;
    println!(
        "connected {connected} active {active} held {} unresolved {resolved_in_vain}",
        held.len()
    );
    Ok(())
}
