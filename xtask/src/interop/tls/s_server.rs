//! `openssl s_server`, a process for each port.
//!
//! What it receives it writes to its standard output, and what comes by its standard input it sends. So a thread carries
//! the one to the other. One process is left talkative: it takes commands from its input, and a client gives them to it by
//! lines that begin with [`COMMAND`].

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::certificates::Shown;
use super::server::{Offer, PROTOCOL, Start};
use crate::interop::proxy::{dying_with_us, free_ports};
use crate::process::Guard;
use crate::report::{Context, Failure, Result};

/// What stands before a line that the talkative one takes from its client: a command such as `K`, or text.
pub(super) const COMMAND: &str = "boom ";

/// Another program may take a port between our finding it free and the server's binding it.
const ATTEMPTS: usize = 5;

const START_LIMIT: Duration = Duration::from_secs(10);

/// All of them.
#[derive(Debug)]
pub(super) struct SServers {
    ports: Vec<u16>,
    pub(super) key_updates: Arc<KeyUpdates>,
    _processes: Vec<Guard>,
}

/// How many the talkative one has sent and received.
#[derive(Debug, Default)]
pub(super) struct KeyUpdates {
    sent: AtomicUsize,
    received: AtomicUsize,
}

impl KeyUpdates {
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    pub(super) fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }

    /// Takes a line of what `-msg` prints.
    fn notice(&self, line: &str) {
        if line.ends_with(", KeyUpdate") {
            let count = match line.starts_with(">>>") {
                true => &self.sent,
                false => &self.received,
            };
            count.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl SServers {
    /// In the order of the offers.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        self.ports.iter().copied()
    }

    pub(super) fn talkative_port(&self) -> u16 {
        self.ports.last().copied().unwrap_or_default()
    }
}

/// Starts one for each offer, and the talkative one.
pub(super) fn start(start: &Start<'_>, offers: &[Offer]) -> Result<SServers> {
    let mut failure = Failure::new("s_server was not started");
    for _ in 0..ATTEMPTS {
        match launch(start, offers) {
            Ok(servers) => return Ok(servers),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn launch(start: &Start<'_>, offers: &[Offer]) -> Result<SServers> {
    let ports = free_ports(offers.len() + 1)?;
    let key_updates = Arc::new(KeyUpdates::default());
    let mut processes = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        let offer = offers.get(index).copied();
        let mut process = Guard(spawn(start, offer, *port)?);
        match offer {
            Some(_) => carry_bytes(&mut process.0),
            None => carry_commands(&mut process.0, Arc::clone(&key_updates)),
        }
        processes.push(process);
    }
    let deadline = Instant::now() + START_LIMIT;
    for (port, process) in ports.iter().zip(&mut processes) {
        while TcpStream::connect(("127.0.0.1", *port)).is_err() {
            let ended = process.0.try_wait().context("s_server")?;
            if ended.is_some() || Instant::now() > deadline {
                return Err(Failure::new(format!(
                    "s_server does not listen at {port}, {ended:?}"
                )));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(SServers {
        ports,
        key_updates,
        _processes: processes,
    })
}

fn spawn(start: &Start<'_>, offer: Option<Offer>, port: u16) -> Result<Child> {
    let certificates = start.certificates;
    let shown = offer.map_or(Shown::Ecdsa, Offer::shown);
    let mut command = dying_with_us(Command::new(start.openssl));
    command
        .args(["s_server", "-accept", &format!("127.0.0.1:{port}"), "-cert"])
        .arg(certificates.leaf(shown))
        .arg("-key")
        .arg(certificates.key(shown));
    let with_file = |command: &mut Command, option: &str, file: &Path| {
        command.arg(option).arg(file);
    };
    match offer {
        None => drop(command.arg("-msg")),
        Some(_) => drop(command.arg("-quiet")),
    }
    match offer {
        Some(Offer::Shows(Shown::Chain)) => {
            with_file(&mut command, "-cert_chain", &certificates.intermediate());
        }
        Some(Offer::ClientAuth) => {
            with_file(&mut command, "-CAfile", &certificates.root());
            command.args(["-Verify", "2", "-verify_return_error"]);
        }
        Some(Offer::Alpn) => drop(command.args(["-alpn", PROTOCOL])),
        Some(Offer::NoResumption) => {
            command.args(["-no_ticket", "-no_cache", "-num_tickets", "0"]);
        }
        _ => {}
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start `openssl s_server`")
}

/// Sends back all that is received. The queue between has no limit: the process waits for the one pipe while it does not
/// empty the other.
fn carry_bytes(process: &mut Child) {
    carry(process, |output, send| {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if send(buffer[..count].to_vec()).is_none() {
                break;
            }
        }
    });
}

/// Sends back the lines that are commands, and those alone.
fn carry_commands(process: &mut Child, key_updates: Arc<KeyUpdates>) {
    carry(process, move |output, send| {
        let mut commands = Commands::default();
        for line in BufReader::new(output)
            .split(b'\n')
            .map_while(std::result::Result::ok)
        {
            let line = String::from_utf8_lossy(&line);
            key_updates.notice(&line);
            commands.notice(&line);
            while let Some(command) = commands.next() {
                if send(command.into_bytes()).is_none() {
                    return;
                }
            }
        }
    });
}

/// What s_server is to read, one after the other: lines that it reads together it takes for one.
#[derive(Debug, Default)]
struct Commands {
    waiting: VecDeque<String>,
    /// Whether one is under way that ends by a message to the client.
    awaits_message: bool,
}

impl Commands {
    /// Takes a line of what it prints.
    fn notice(&mut self, line: &str) {
        if line.starts_with(">>> ")
            && [", KeyUpdate", ", HelloRequest"]
                .iter()
                .any(|message| line.ends_with(message))
        {
            self.awaits_message = false;
        }
        if let Some(command) = line.strip_prefix(COMMAND) {
            self.waiting.push_back(format!("{command}\n"));
        }
    }

    fn next(&mut self) -> Option<String> {
        if self.awaits_message {
            return None;
        }
        let command = self.waiting.pop_front()?;
        self.awaits_message = matches!(command.trim_end(), "k" | "K" | "r");
        Some(command)
    }
}

fn carry(
    process: &mut Child,
    work: impl FnOnce(&mut dyn Read, &dyn Fn(Vec<u8>) -> Option<()>) + Send + 'static,
) {
    let (Some(mut output), Some(mut input)) = (process.stdout.take(), process.stdin.take()) else {
        return;
    };
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    thread::spawn(move || work(&mut output, &|bytes| sender.send(bytes).ok()));
    thread::spawn(move || {
        receiver
            .into_iter()
            .all(|bytes| input.write_all(&bytes).is_ok())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_waits_for_the_command_before_it() {
        let mut commands = Commands::default();
        commands.notice("boom K");
        commands.notice("boom =text");
        commands.notice("something else");
        assert_eq!(commands.next().as_deref(), Some("K\n"));
        assert_eq!(commands.next(), None);
        commands.notice(">>> TLS 1.3, Handshake [length 0005], KeyUpdate");
        assert_eq!(commands.next().as_deref(), Some("=text\n"));
        assert_eq!(commands.next(), None);
    }

    #[test]
    fn key_updates_are_counted_by_their_direction() {
        let count = KeyUpdates::default();
        for line in [
            ">>> TLS 1.3, RecordHeader [length 0005]",
            ">>> TLS 1.3, Handshake [length 0005], KeyUpdate",
            "<<< TLS 1.3, Handshake [length 0005], KeyUpdate",
            "<<< TLS 1.3, Handshake [length 0005], KeyUpdate",
            "<<< TLS 1.3, Handshake [length 0024], Finished",
        ] {
            count.notice(line);
        }
        assert_eq!((count.sent(), count.received()), (1, 2));
    }
}
