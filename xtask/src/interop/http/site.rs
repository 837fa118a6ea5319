//! A server that is ended and started again where it was.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::interop::http::{Scene, apache, folder_of, haproxy, nginx};
use crate::interop::proxy::{dying_with_us, free_ports};
use crate::process::Guard;
use crate::report::{Context, Failure, Result};

const LIMIT: Duration = Duration::from_secs(20);

/// How long a server that was asked to end may take; then it is killed.
const END_LIMIT: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Node,
    Uvicorn,
    Hypercorn,
    Nginx,
    Haproxy,
    Apache,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::Node,
        Self::Uvicorn,
        Self::Hypercorn,
        Self::Nginx,
        Self::Haproxy,
        Self::Apache,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Uvicorn => "uvicorn",
            Self::Hypercorn => "hypercorn",
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Apache => "Apache",
        }
    }

    const fn is_proxy(self) -> bool {
        matches!(self, Self::Nginx | Self::Haproxy | Self::Apache)
    }
}

/// How a server is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At once.
    Kill,
    /// By `SIGTERM`, at which some finish what they are doing.
    Ask,
}

/// A running server, and Node behind it where it is a proxy.
pub(super) struct Site {
    kind: Kind,
    is_tls: bool,
    port: u16,
    journal: PathBuf,
    log: PathBuf,
    /// Makes the command for a port, 0 for any.
    command: Box<dyn Fn(u16) -> Result<Command>>,
    process: Option<Guard>,
    _behind: Option<Box<Self>>,
}

impl Site {
    /// The inner error says what the machine lacks.
    pub(super) fn start(
        kind: Kind,
        is_tls: bool,
        scene: &Scene,
    ) -> Result<std::result::Result<Self, String>> {
        if !kind.is_proxy() {
            let folder = folder_of(&scene.folder, kind.name())?;
            return Self::start_origin(kind, is_tls, scene, &folder);
        }
        let folder = folder_of(&scene.folder, &name(kind, is_tls))?;
        let behind = match Self::start_origin(Kind::Node, false, scene, &folder)? {
            Ok(behind) => behind,
            Err(reason) => return Ok(Err(reason)),
        };
        let configure = match kind {
            Kind::Nginx => nginx::command,
            Kind::Haproxy => haproxy::command,
            _ => apache::command,
        };
        let tls = is_tls.then_some(&scene.authority);
        let command = match configure(&scene.folder, &folder, tls, behind.port) {
            Ok(command) => command,
            Err(failure) => return Ok(Err(failure.to_string())),
        };
        let port = free_ports(1)?.pop().unwrap_or(0);
        let mut site = Self {
            kind,
            is_tls,
            port,
            journal: behind.journal.clone(),
            log: folder.join("output.log"),
            command,
            process: None,
            _behind: Some(Box::new(behind)),
        };
        site.launch()?;
        Ok(Ok(site))
    }

    fn start_origin(
        kind: Kind,
        is_tls: bool,
        scene: &Scene,
        folder: &Path,
    ) -> Result<std::result::Result<Self, String>> {
        let name = name(kind, is_tls).replace(", ", "-");
        let journal = folder.join(format!("{name}.journal"));
        fs::write(&journal, "").context(journal.display())?;
        let tls = is_tls.then_some(&scene.authority);
        let command = match scene.tools.command(kind, &journal, tls) {
            Ok(command) => command,
            Err(failure) => return Ok(Err(failure.to_string())),
        };
        let mut site = Self {
            kind,
            is_tls,
            port: 0,
            journal,
            log: folder.join(format!("{name}.log")),
            command,
            process: None,
            _behind: None,
        };
        site.launch()?;
        Ok(Ok(site))
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn name(&self) -> String {
        name(self.kind, self.is_tls)
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// Where whoever answers an order has written it before.
    pub(super) fn journal(&self) -> &Path {
        &self.journal
    }

    /// Ends it, and starts it at the same port.
    pub(super) fn restart(&mut self, end: End) -> Result<()> {
        if let Some(mut process) = self.process.take()
            && end == End::Ask
        {
            self.ask_to_end(&mut process)?;
        }
        self.launch()
    }

    fn ask_to_end(&self, process: &mut Guard) -> Result<()> {
        let id = process.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        sent.context("cannot run `kill`")?;
        let deadline = Instant::now() + END_LIMIT;
        while process.0.try_wait().context(self.kind.name())?.is_none() && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn launch(&mut self) -> Result<()> {
        let output = fs::File::create(&self.log).context(self.log.display())?;
        let mut command = dying_with_us((self.command)(self.port)?);
        command.stdin(Stdio::piped()).stderr(output);
        command.stdout(if self.kind.is_proxy() {
            Stdio::null()
        } else {
            Stdio::piped()
        });
        let child = command
            .spawn()
            .context(format!("cannot start {}", self.kind.name()))?;
        let mut process = Guard(child);
        if self.kind.is_proxy() {
            self.wait_until_it_listens(&mut process)?;
        } else {
            self.port = self.told_port(&mut process)?;
        }
        self.process = Some(process);
        Ok(())
    }

    fn told_port(&self, process: &mut Guard) -> Result<u16> {
        let (sender, lines) = mpsc::channel();
        if let Some(output) = process.0.stdout.take() {
            thread::spawn(move || {
                let mut lines = BufReader::new(output).lines();
                let _ = sender.send(lines.next());
                // Whatever else it says, it is not to find nobody there.
                lines.for_each(drop);
            });
        }
        let line = lines
            .recv_timeout(LIMIT)
            .ok()
            .flatten()
            .and_then(std::result::Result::ok);
        let port = line
            .as_deref()
            .and_then(|line| line.strip_prefix("listening "));
        port.and_then(|port| port.parse().ok())
            .ok_or_else(|| self.does_not_listen())
    }

    fn wait_until_it_listens(&self, process: &mut Guard) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = process.0.try_wait().context(self.kind.name())?;
            if ended.is_some() || Instant::now() > deadline {
                return Err(self.does_not_listen());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn does_not_listen(&self) -> Failure {
        let words = fs::read_to_string(&self.log).unwrap_or_default();
        Failure::new(format!("{} does not listen: {}", self.name(), words.trim()))
    }
}

fn name(kind: Kind, is_tls: bool) -> String {
    let security = if is_tls { "TLS" } else { "clear" };
    format!("{}, {security}", kind.name())
}
