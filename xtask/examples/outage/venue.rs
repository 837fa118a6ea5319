//! The venue: what holds the process, and what runs in it.

pub(crate) mod serve;

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use socket2::{Domain, Socket, Type};

use crate::Result;
use crate::footprint;

/// A port that stays ours while no venue listens on it.
#[derive(Debug)]
pub(crate) struct Port {
    address: SocketAddr,
    _socket: Socket,
}

impl Port {
    pub(crate) fn reserve() -> Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // A venue may listen beside this socket, which never does.
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let address = socket.local_addr()?.as_socket();
        Ok(Self {
            address: address.ok_or("the socket has no address")?,
            _socket: socket,
        })
    }

    pub(crate) const fn number(&self) -> u16 {
        self.address.port()
    }
}

/// A process of the venue; it ends with its owner.
#[derive(Debug)]
pub(crate) struct Venue {
    process: Child,
    journal: PathBuf,
    listening: Receiver<Instant>,
    run: u32,
}

impl Venue {
    /// Starts process number `run`, whose first message has the number `first`, and which sends no more than that before
    /// `hold` connections are there.
    pub(crate) fn start(
        port: &Port,
        run: u32,
        first: u64,
        hold: u32,
        folder: &Path,
    ) -> Result<Self> {
        let journal = folder.join(format!("run-{run}.journal"));
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(["--port", &port.number().to_string()])
            .args(["--run", &run.to_string()])
            .args(["--first", &first.to_string()])
            .args(["--hold", &hold.to_string()])
            .arg("--journal")
            .arg(&journal)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (sender, listening) = mpsc::channel();
        let output = process.stdout.take();
        thread::spawn(move || {
            let mut line = String::new();
            let read = output.map(|output| BufReader::new(output).read_line(&mut line));
            if matches!(read, Some(Ok(1..))) {
                // Nobody waits for it where the owner has gone.
                let _ = sender.send(Instant::now());
            }
        });
        Ok(Self {
            process,
            journal,
            listening,
            run,
        })
    }

    pub(crate) const fn run(&self) -> u32 {
        self.run
    }

    pub(crate) fn journal(&self) -> &Path {
        &self.journal
    }

    /// Since when it has been listening, told once.
    pub(crate) fn listening_since(&self) -> Option<Instant> {
        self.listening.try_recv().ok()
    }

    /// Ends it by SIGKILL.
    pub(crate) fn kill(&mut self) -> Result<()> {
        Ok(self.process.kill()?)
    }

    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.process.try_wait()?.is_some())
    }

    /// Lets it do nothing from now on, though its sockets stay open.
    pub(crate) fn stop(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    pub(crate) fn is_stopped(&self) -> Result<bool> {
        footprint::is_stopped(self.process.id())
    }

    pub(crate) fn go_on(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.process.id())?;
        let pid = Pid::from_raw(pid).ok_or("no process has that number")?;
        Ok(kill_process(pid, signal)?)
    }
}

impl Drop for Venue {
    fn drop(&mut self) {
        // Both fail only where it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
