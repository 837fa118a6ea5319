//! Speaks TLS to other people's servers as it is told, by either backend and over three kinds of streams;
//! `cargo xtask interop tls` runs it.
//!
//! Standard input holds a conversation a line, as JSON; for each one line of JSON says what came of it. One process
//! holds them all, one after the other, so that sessions can be resumed.

mod conversation;
mod link;
mod order;
mod payload;
mod tap;
mod told;

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use boomnet::tls::{Backend, Stream, TlsConfig, openssl, rustls};
use serde_json::Value;

use conversation::Conversation;
use link::Link;
use order::Order;
use tap::Tap;
use told::Told;

/// Far above what a conversation takes.
const LIMIT: Duration = Duration::from_secs(15);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interop_tls: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let mut client = Client::new()?;
    for line in io::stdin().lock().lines() {
        let order = Order::parse(&line?)?;
        let told = client.follow(&order)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{told}")?;
        out.flush()?;
    }
    Ok(())
}

/// What conversations share.
struct Client {
    plain: link::Plain,
    mio: link::Mio,
    #[cfg(target_os = "linux")]
    io_uring: Result<link::IoUring, String>,
    /// By the names that the orders give them. Who has one in common resumes the other's session.
    configs: HashMap<String, TlsConfig>,
}

impl Client {
    fn new() -> io::Result<Self> {
        Ok(Self {
            plain: link::Plain,
            mio: link::Mio::new()?,
            #[cfg(target_os = "linux")]
            io_uring: link::IoUring::new().map_err(|error| error.to_string()),
            configs: HashMap::new(),
        })
    }

    fn follow(&mut self, order: &Order) -> io::Result<Value> {
        let config = match self.configs.get(&order.config) {
            Some(config) => config.clone(),
            None => {
                let config = order.tls()?;
                self.configs.insert(order.config.clone(), config.clone());
                config
            }
        };
        match order.stream.as_str() {
            "std" => by_backend(&mut self.plain, order, &config),
            "mio" => by_backend(&mut self.mio, order, &config),
            #[cfg(not(target_os = "linux"))]
            _ => Ok(told::skipped("there is none but on Linux")),
            #[cfg(target_os = "linux")]
            _ => match &mut self.io_uring {
                Ok(link) => by_backend(link, order, &config),
                Err(reason) => Ok(told::skipped(reason)),
            },
        }
    }
}

fn by_backend<L: Link>(link: &mut L, order: &Order, config: &TlsConfig) -> io::Result<Value> {
    if order.backend == "openssl" {
        speak::<L, openssl::Backend>(link, order, config)
    } else {
        speak::<L, rustls::Backend>(link, order, config)
    }
}

fn speak<L: Link, B: Backend>(
    link: &mut L,
    order: &Order,
    config: &TlsConfig,
) -> io::Result<Value> {
    let tap = Tap::new(link.open(order.port)?);
    let mut stream = Stream::<_, B>::new(tap, &order.name, config)?;
    link.attach(stream.get_mut().socket())?;
    let mut conversation = Conversation::new(&order.steps, order.closes);
    let deadline = Instant::now() + LIMIT;
    let end = loop {
        if let Some(end) = conversation.advance(&mut stream) {
            break end;
        }
        if Instant::now() > deadline {
            break conversation::End::LateFor(conversation.step());
        }
        link.wait(&mut stream)?;
    };
    let told = Told::new(&mut stream, &conversation, &end);
    link.detach(stream.get_mut().socket())?;
    Ok(told.into_json())
}
