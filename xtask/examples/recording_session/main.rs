//! Records sessions for others to read and prints what passed as JSON; `cargo xtask interop recordings` runs it.
//!
//! The servers are other people's code, or a thread that plays a script, on loopback.

mod fix;
mod frames;
mod http;
mod replay;
mod scripted;
mod side;
mod texts;
mod websocket;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
enum Session {
    /// Texts both ways over TLS, recorded above it, twice: in one file and in files of a limited size
    Websocket {
        folder: PathBuf,
        /// How many texts go each way; without end unless given
        #[arg(long)]
        messages: Option<u64>,
        /// Where a file of the second recording ends
        #[arg(long, value_name = "BYTES")]
        rotate_bytes: u64,
    },
    /// Requests and responses of HTTP/1.1
    Http { folder: PathBuf },
    /// Logon, heartbeats, orders and logout of FIX 4.4
    Fix { folder: PathBuf },
    /// No session: sums up frames that another program found, one a line of the standard input
    Frames,
    /// No session: what our replay finds in a recording
    Replay { file: PathBuf },
}

fn main() -> ExitCode {
    match run(Session::parse()) {
        Ok(passed) => {
            println!("{passed}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("recording_session: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(session: Session) -> Result<serde_json::Value, Box<dyn Error>> {
    match session {
        Session::Websocket {
            folder,
            messages,
            rotate_bytes,
        } => websocket::record(&folder, messages, rotate_bytes),
        Session::Http { folder } => http::record(&folder),
        Session::Fix { folder } => fix::record(&folder),
        Session::Frames => frames::sum(std::io::stdin().lock()),
        Session::Replay { file } => replay::read(&file),
    }
}
