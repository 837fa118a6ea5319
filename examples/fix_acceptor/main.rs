//! An acceptor of FIX sessions from one thread that polls: a toy exchange, which `fix_initiator` starts too.
//!
//! With `--conformance`, and the feature `fix-conformance`, it is the acceptor that QuickFIX's acceptance definitions
//! examine (`cargo xtask fix-at`).

mod acceptor;
#[cfg(feature = "fix-conformance")]
mod conformance;
mod exchange;
#[cfg(feature = "fix-conformance")]
mod tls;

use std::error::Error;
use std::thread;
use std::time::Duration;

use boom_fix::BeginString;
use clap::Parser;

use acceptor::{Acceptor, Application};
use exchange::Exchange;

#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen on loopback; any free port without it.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// For how many seconds; for ever without it.
    #[arg(long)]
    seconds: Option<u64>,
    /// Be what the acceptance definitions want.
    #[cfg(feature = "fix-conformance")]
    #[arg(long)]
    conformance: bool,
    /// Speak TLS, and listen for plain connections that are passed on over TLS.
    #[cfg(feature = "fix-conformance")]
    #[arg(long, requires = "conformance")]
    tls: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    #[cfg(feature = "fix-conformance")]
    if arguments.conformance {
        return examined(&arguments);
    }
    let mut acceptor = Acceptor::bind(arguments.port, Exchange::default())?;
    for name in ["BUYER", "SELLER"] {
        acceptor.add(BeginString::Fix44, ("VENUE", name), |config| {
            config.with_dictionary(&boom_fix::fix44::DICTIONARY)
        })?;
    }
    println!("listening on {}", acceptor.address()?);
    run(acceptor, arguments.seconds)
}

#[cfg(feature = "fix-conformance")]
fn examined(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let acceptor = conformance::acceptor(arguments.port)?;
    if arguments.tls {
        let (acceptor, address) = tls::around(acceptor)?;
        println!("listening on {address}");
        return run(acceptor, arguments.seconds);
    }
    println!("listening on {}", acceptor.address()?);
    run(acceptor, arguments.seconds)
}

fn run(
    mut acceptor: Acceptor<impl Application>,
    seconds: Option<u64>,
) -> Result<(), Box<dyn Error>> {
    let start = std::time::Instant::now();
    while seconds.is_none_or(|seconds| start.elapsed().as_secs() < seconds) {
        if !acceptor.poll()? {
            thread::sleep(Duration::from_micros(200));
        }
    }
    Ok(())
}
