//! Speaks HTTP to a server and prints how it went; `cargo xtask interop http` runs it.

mod checks;
mod client;
mod orders;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use client::Site;

#[derive(Debug, Parser)]
struct Arguments {
    /// The port of the server on this machine
    #[arg(long)]
    port: u16,
    /// The authority whose certificates it accepts; without one it speaks in the clear
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Try every form of request and answer; prints its name, a tab and `ok` or `FAILED` for each
    Checks,
    /// Send orders whatever happens to the server, and print `milestone` now and then
    Orders(orders::Arguments),
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interop_http: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let site = Site::new(arguments.port, arguments.ca.as_deref())?;
    match &arguments.work {
        Work::Checks => {
            checks::run(&site);
            Ok(())
        }
        Work::Orders(arguments) => orders::run(&site, arguments),
    }
}
