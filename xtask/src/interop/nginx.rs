//! nginx, which ends TLS in front of the servers.

use std::fmt::Write;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::authority::Authority;
use crate::process::{Guard, capture, find, run};
use crate::report::{Context, Failure, Result};
use crate::tools::install_debian_package;

/// Another program may take a port between our finding it free and nginx's binding it.
const ATTEMPTS: usize = 5;

const START_LIMIT: Duration = Duration::from_secs(10);

/// Running nginx.
#[derive(Debug)]
pub(super) struct Nginx {
    ports: Vec<u16>,
    _process: Guard,
}

impl Nginx {
    /// The port with TLS in front of each server, in the order of the servers.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> + '_ {
        self.ports.iter().copied()
    }
}

/// Finds nginx: the machine's, one unpacked below `folder`, or, as a last resort, one installed into the machine.
pub(super) fn install(folder: &Path) -> Option<PathBuf> {
    if let Some(program) = installed() {
        return Some(program);
    }
    let unpacked = folder.join("debian/usr/sbin/nginx");
    if runs(&unpacked) {
        return Some(unpacked);
    }
    if let Err(failure) = unpack(folder) {
        println!("    {failure}");
    }
    if runs(&unpacked) {
        return Some(unpacked);
    }
    install_debian_package("nginx");
    installed()
}

/// Debian keeps it where `PATH` of a plain user does not look.
fn installed() -> Option<PathBuf> {
    find("nginx").or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|file| file.is_file()))
}

fn runs(program: &Path) -> bool {
    program.is_file() && capture(&mut with_libraries(program)).is_ok()
}

/// `nginx -v`, which must find its libraries among those unpacked with it.
fn with_libraries(program: &Path) -> Command {
    let mut command = command(program);
    command.arg("-v");
    command
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    // `debian/usr/sbin/nginx` has its libraries in `debian/usr/lib/<machine>`; a system's nginx has them anyway.
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

/// Downloads nginx's packages, with those it needs and the machine lacks, and unpacks them without installing.
fn unpack(folder: &Path) -> Result<()> {
    let target = folder.join("debian");
    fs::create_dir_all(&target).context(target.display())?;
    let mut packages = missing_packages();
    if packages.is_err() {
        // A fresh machine has no package lists. Only root can fetch them; else the next call says what is missing.
        let _ = run(Command::new("apt-get").args(["update", "-qq"]));
        packages = missing_packages();
    }
    for package in packages? {
        run(Command::new("apt-get")
            .args(["download", "-qq", &package])
            .current_dir(&target))?;
    }
    for entry in fs::read_dir(&target).context(target.display())? {
        let file = entry.context(target.display())?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&target))?;
        }
    }
    Ok(())
}

/// What apt-get would install for nginx, by a simulation that needs no rights.
fn missing_packages() -> Result<Vec<String>> {
    let arguments = ["-s", "install", "--no-install-recommends", "nginx"];
    let plan = capture(Command::new("apt-get").args(arguments).env("LC_ALL", "C"))?;
    let names = plan
        .lines()
        .filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}

/// Starts nginx with a TLS port in front of each of the `backends`.
pub(super) fn start(
    program: &Path,
    folder: &Path,
    authority: &Authority,
    backends: &[u16],
) -> Result<Nginx> {
    let folder = folder.join("nginx");
    fs::create_dir_all(folder.join("temporary")).context(folder.display())?;
    let mut failure = Failure::new("nginx was not started");
    for _ in 0..ATTEMPTS {
        let ports = free_ports(backends.len())?;
        let pairs: Vec<_> = ports
            .iter()
            .copied()
            .zip(backends.iter().copied())
            .collect();
        fs::write(folder.join("nginx.conf"), configuration(authority, &pairs))
            .context(folder.display())?;
        match launch(program, &folder, ports) {
            Ok(nginx) => return Ok(nginx),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn launch(program: &Path, folder: &Path, ports: Vec<u16>) -> Result<Nginx> {
    let log = folder.join("error.log");
    // A log of an earlier run would be shown as the reason of this one.
    let _ = fs::remove_file(&log);
    let mut command = dying_with_us(command(program));
    command
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(folder.join("nginx.conf"))
        .arg("-e")
        .arg(&log);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut process = Guard(command.spawn().context("cannot start nginx")?);
    let deadline = Instant::now() + START_LIMIT;
    for port in &ports {
        while TcpStream::connect(("127.0.0.1", *port)).is_err() {
            let ended = process.0.try_wait().context("nginx")?;
            if ended.is_some() || Instant::now() > deadline {
                let words = fs::read_to_string(&log).unwrap_or_default();
                return Err(Failure::new(format!(
                    "nginx does not listen: {}",
                    words.trim()
                )));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(Nginx {
        ports,
        _process: process,
    })
}

/// nginx does not watch its standard input as the other servers do, so the kernel is asked to end it when we are killed.
fn dying_with_us(nginx: Command) -> Command {
    let Some(setpriv) = find("setpriv") else {
        return nginx;
    };
    let mut command = Command::new(setpriv);
    command
        .args(["--pdeathsig", "KILL", "--"])
        .arg(nginx.get_program());
    command.envs(
        nginx
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command
}

fn free_ports(count: usize) -> Result<Vec<u16>> {
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

/// One process in the foreground, so that ending it ends all of nginx, with every file below its own folder.
fn configuration(authority: &Authority, pairs: &[(u16, u16)]) -> String {
    let mut text = String::from(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nevents { worker_connections 256; }\nhttp {\n\
         access_log off;\n",
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(text, "{kind}_temp_path temporary/{kind};");
    }
    let (certificate, key) = (authority.server_certificate(), authority.server_key());
    for (port, backend) in pairs {
        let _ = writeln!(
            text,
            "server {{\nlisten 127.0.0.1:{port} ssl;\n\
             ssl_certificate \"{}\";\nssl_certificate_key \"{}\";\nssl_protocols TLSv1.2 TLSv1.3;\n\
             location / {{\nproxy_pass http://127.0.0.1:{backend};\nproxy_http_version 1.1;\n\
             proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \"upgrade\";\n\
             proxy_set_header Host $http_host;\nproxy_buffering off;\n}}\n}}",
            certificate.display(),
            key.display(),
        );
    }
    text.push_str("}\n");
    text
}
