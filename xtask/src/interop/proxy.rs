//! nginx, haproxy and others: getting them, starting them.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{Guard, capture, find, run};
use crate::report::{Context, Failure, Result};
use crate::tools::install_debian_package;

/// Another program may take a port between our finding it free and the proxy's binding it.
const ATTEMPTS: usize = 5;

const START_LIMIT: Duration = Duration::from_secs(10);

/// A program of the Debian package of the same name.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) name: &'static str,
    /// It prints its version and ends.
    pub(super) version: &'static str,
}

/// An installed one.
#[derive(Debug)]
pub(super) struct Installed {
    name: &'static str,
    file: PathBuf,
}

/// A running one.
#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) ports: Vec<u16>,
    _process: Guard,
}

impl Program {
    /// Finds it: the machine's, one unpacked below `folder`, or, as a last resort, one installed into the machine.
    pub(super) fn install(&self, folder: &Path) -> Result<Installed> {
        let unpacked = folder.join("debian").join(self.name);
        let found = self.on_machine().or_else(|| self.unpacked(&unpacked));
        let found = found.or_else(|| {
            if let Err(failure) = unpack(self.name, &unpacked) {
                println!("    {failure}");
            }
            self.unpacked(&unpacked)
        });
        let found = found.or_else(|| {
            install_debian_package(self.name);
            self.on_machine()
        });
        match found {
            Some(file) => Ok(Installed {
                name: self.name,
                file,
            }),
            None => Err(Failure::new(format!(
                "{0} is missing: install it, for example `apt-get install {0}`",
                self.name
            ))),
        }
    }

    /// Debian keeps such programs where `PATH` of a plain user does not look.
    fn on_machine(&self) -> Option<PathBuf> {
        find(self.name)
            .or_else(|| Some(Path::new("/usr/sbin").join(self.name)).filter(|file| file.is_file()))
    }

    /// The one below `folder`, if it runs: it must find its libraries among those unpacked with it.
    fn unpacked(&self, folder: &Path) -> Option<PathBuf> {
        let files = ["usr/sbin", "usr/bin"].map(|place| folder.join(place).join(self.name));
        files
            .into_iter()
            .find(|file| file.is_file() && capture(command(file).arg(self.version)).is_ok())
    }
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    // One in `usr/sbin` or `usr/bin` of a folder has its libraries in `usr/lib/<machine>`; a system's has them anyway.
    let Some(usr) = program.ancestors().nth(2) else {
        return command;
    };
    let Ok(entries) = fs::read_dir(usr.join("lib")) else {
        return command;
    };
    if usr != Path::new("/usr") {
        let folders = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_dir());
        if let Ok(folders) = std::env::join_paths(folders) {
            command.env("LD_LIBRARY_PATH", folders);
        }
    }
    command
}

/// Downloads a package, with those it needs and the machine lacks, and unpacks them without installing.
pub(crate) fn unpack(package: &str, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).context(folder.display())?;
    if download(package, folder).is_err() {
        // A fresh machine has no package lists, an old one such as name files that are gone. Only root can fetch them;
        // else the next call says what is missing.
        let _ = run(Command::new("apt-get").args(["update", "-qq"]));
        download(package, folder)?;
    }
    for entry in fs::read_dir(folder).context(folder.display())? {
        let file = entry.context(folder.display())?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(folder))?;
        }
    }
    Ok(())
}

fn download(package: &str, folder: &Path) -> Result<()> {
    let packages = missing_packages(package)?;
    run(Command::new("apt-get")
        .args(["download", "-qq"])
        .args(&packages)
        .current_dir(folder))
}

/// What apt-get would install, by a simulation that needs no rights.
fn missing_packages(package: &str) -> Result<Vec<String>> {
    let arguments = ["-s", "install", "--no-install-recommends", package];
    let plan = capture(Command::new("apt-get").args(arguments).env("LC_ALL", "C"))?;
    let names = plan
        .lines()
        .filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}

impl Installed {
    /// To start it in another way.
    pub(super) fn command(&self) -> Command {
        command(&self.file)
    }

    /// Starts it on `count` ports, which `configure` writes into the configuration in `folder`, and whose arguments it
    /// returns.
    pub(super) fn start(
        &self,
        folder: &Path,
        count: usize,
        configure: impl Fn(&Path, &[u16]) -> Result<Vec<String>>,
    ) -> Result<Proxy> {
        let folder = folder.join(self.name);
        fs::create_dir_all(&folder).context(folder.display())?;
        let mut failure = Failure::new(format!("{} was not started", self.name));
        for _ in 0..ATTEMPTS {
            let ports = free_ports(count)?;
            let arguments = configure(&folder, &ports)?;
            match self.launch(&folder, ports, &arguments) {
                Ok(proxy) => return Ok(proxy),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn launch(&self, folder: &Path, ports: Vec<u16>, arguments: &[String]) -> Result<Proxy> {
        let log = folder.join("output.log");
        let output = fs::File::create(&log).context(log.display())?;
        let mut command = dying_with_us(command(&self.file));
        command
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output);
        let child = command
            .spawn()
            .context(format!("cannot start {}", self.name))?;
        let mut process = Guard(child);
        let deadline = Instant::now() + START_LIMIT;
        for port in &ports {
            while TcpStream::connect(("127.0.0.1", *port)).is_err() {
                let ended = process.0.try_wait().context(self.name)?;
                if ended.is_some() || Instant::now() > deadline {
                    let words = fs::read_to_string(&log).unwrap_or_default();
                    let words = words.trim();
                    return Err(Failure::new(format!(
                        "{} does not listen: {words}",
                        self.name
                    )));
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(Proxy {
            ports,
            _process: process,
        })
    }
}

/// A proxy does not watch its standard input as the servers do, so the kernel is asked to end it when we are killed.
pub(super) fn dying_with_us(proxy: Command) -> Command {
    let Some(setpriv) = find("setpriv") else {
        return proxy;
    };
    let mut command = Command::new(setpriv);
    command
        .args(["--pdeathsig", "KILL", "--"])
        .arg(proxy.get_program())
        .args(proxy.get_args());
    if let Some(folder) = proxy.get_current_dir() {
        command.current_dir(folder);
    }
    command.envs(
        proxy
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command
}

pub(super) fn free_ports(count: usize) -> Result<Vec<u16>> {
    // All are held until all are known, so that no two are the same.
    let listeners: std::io::Result<Vec<_>> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect();
    let listeners = listeners.context("no free port")?;
    let ports: std::io::Result<_> = listeners
        .iter()
        .map(|listener| Ok(listener.local_addr()?.port()))
        .collect();
    ports.context("no free port")
}
