//! A venue that is killed and stopped under many endpoints, and what they make of it; `cargo xtask interop outage` runs it.
//!
//! The venue is a process of its own. It numbers its messages, and the numbers go on while nobody can receive them. Before
//! each write it notes in a journal what it is about to write, so that after its end the truth is known: which message
//! was the last on each connection, and which the first on the next. What the endpoints report has to be that.

mod footprint;
mod journal;
mod ledger;
mod line;
mod message;
mod outage;
mod summary;
mod truth;
mod venue;
mod watch;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use boomnet::select::{MioSelector, MioStream};
use clap::{Parser, Subcommand, ValueEnum};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    role: Role,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// Keep endpoints connected to a venue that is killed and stopped
    Watch(Plan),
    /// Be the venue
    Serve(venue::serve::Orders),
}

/// What is done to how many.
#[derive(Debug, clap::Args)]
struct Plan {
    /// What watches the sockets
    #[arg(long)]
    selector: Kind,
    #[arg(long, default_value_t = 1000)]
    endpoints: u32,
    /// How often the venue is killed
    #[arg(long, default_value_t = 5)]
    kills: u32,
    /// Where the journals go
    #[arg(long)]
    folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Mio,
    IoUring,
}

fn main() -> ExitCode {
    raise_file_limit();
    let result = match Arguments::parse().role {
        Role::Serve(orders) => venue::serve::run(&orders),
        Role::Watch(plan) => watch(&plan),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("outage: {error}");
            ExitCode::FAILURE
        }
    }
}

fn watch(plan: &Plan) -> Result<()> {
    match plan.selector {
        Kind::Mio => outage::run::<_, MioStream>(MioSelector::new()?, plan),
        #[cfg(target_os = "linux")]
        Kind::IoUring => {
            use boomnet::select::{IoUringSelector, IoUringStream};
            match IoUringSelector::new() {
                Ok(selector) => outage::run::<_, IoUringStream>(selector, plan),
                // Who runs this program looks for the word.
                Err(error) => {
                    println!("unavailable: {error}");
                    Ok(())
                }
            }
        }
        #[cfg(not(target_os = "linux"))]
        Kind::IoUring => {
            println!("unavailable: there is no io_uring but on Linux");
            Ok(())
        }
    }
}

/// A thousand connections are more than many systems allow a process unless asked.
fn raise_file_limit() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where it is refused, the first connection too many says so.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}
