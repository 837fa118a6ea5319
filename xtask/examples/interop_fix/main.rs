//! One end of a FIX session that is killed and started again; `cargo xtask interop fix` runs it.
//!
//! An initiator sends orders, an acceptor answers them by execution reports and sends reports that nobody asked for. Every
//! application message is written into a journal first. It is told what to do by lines on its standard input, says what
//! happens on its standard output, and ends with its input. An initiator begins at the line `go`.

mod application;
mod journal;
mod link;
mod stream;

use std::error::Error;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use boom_fix::BeginString;
use boom_fix::session::store::FileStore;
use boom_fix::session::{OfflineSend, Session, SessionConfig};
use clap::{Parser, ValueEnum};

use application::Application;
use journal::Journal;
use link::Link;
use stream::Wrap;

#[derive(Debug, Parser)]
struct Arguments {
    #[arg(long)]
    role: Role,
    /// The session's version: `FIX.4.4` or `FIXT.1.1`
    #[arg(long)]
    version: String,
    /// On this machine: to connect to, or to listen at
    #[arg(long)]
    port: u16,
    /// Where the store and the journal are
    #[arg(long)]
    folder: PathBuf,
    /// Of what is sent
    #[arg(long)]
    seed: u64,
    /// How many missing messages are asked for at once
    #[arg(long)]
    chunk: u64,
    /// Speak TLS as initiator, and trust this authority
    #[arg(long)]
    authority: Option<PathBuf>,
    /// Speak TLS as acceptor, with this certificate
    #[arg(long, requires = "key")]
    certificate: Option<PathBuf>,
    /// Of the certificate
    #[arg(long)]
    key: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    Initiator,
    Acceptor,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interop_fix: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let commands = commands();
    let wrap = wrap(arguments)?;
    let link = match arguments.role {
        Role::Initiator => {
            println!("ready");
            // Nothing may be read before: another process may still write it.
            if commands.recv()? != "go" {
                return Err("the first line is `go`".into());
            }
            Link::to(arguments.port, wrap)
        }
        Role::Acceptor => Link::at(arguments.port, wrap)?,
    };
    let store = FileStore::open(arguments.folder.join("store"))?;
    let session = Session::new(config(arguments)?, store)?;
    let mut application = application(arguments, &session)?;
    if arguments.role == Role::Acceptor {
        println!("listening");
    }
    link::run(&link, session, &mut application, &commands)
}

fn wrap(arguments: &Arguments) -> Result<Wrap> {
    match (&arguments.authority, &arguments.certificate, &arguments.key) {
        (Some(authority), ..) => Wrap::client(authority),
        (None, Some(certificate), Some(key)) => Wrap::server(certificate, key),
        _ => Ok(Wrap::Plain),
    }
}

fn application(arguments: &Arguments, session: &Session<FileStore>) -> Result<Application> {
    let journal = Journal::open(&arguments.folder.join("journal"), session)?;
    let is_acceptor = arguments.role == Role::Acceptor;
    Ok(Application::new(journal, is_acceptor, arguments.seed))
}

fn config(arguments: &Arguments) -> Result<SessionConfig> {
    let version = match arguments.version.as_str() {
        "FIX.4.4" => BeginString::Fix44,
        "FIXT.1.1" => BeginString::Fixt11,
        other => return Err(format!("{other}: no version of this program").into()),
    };
    let config = match arguments.role {
        Role::Initiator => SessionConfig::initiator(version, "BUYER", "VENUE"),
        Role::Acceptor => SessionConfig::acceptor(version, "VENUE", "BUYER"),
    };
    let config = config
        .with_heartbeat(Duration::from_secs(2))
        .with_resend_chunk(arguments.chunk)
        .with_offline_send(OfflineSend::Queue);
    Ok(match version {
        BeginString::Fix44 => config.with_dictionary(&boom_fix::fix44::DICTIONARY),
        // 9 is FIX 5.0 SP2. What breaks the rules there, the application rejects.
        _ => config.with_default_appl_ver_id("9"),
    })
}

/// The lines of the standard input. At its end there is nobody to work for.
fn commands() -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in std::io::stdin()
            .lock()
            .lines()
            .map_while(std::result::Result::ok)
        {
            if sender.send(line).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    receiver
}

/// What is in the folder belongs to one process at a time, which is the caller's care.
fn known_journal(path: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        result => result,
    }
}
