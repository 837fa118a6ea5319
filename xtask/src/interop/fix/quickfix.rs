//! QuickFIX for C++: getting it, compiling the acceptor.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use super::pair::End;
use crate::interop::authority::Authority;
use crate::interop::script;
use crate::process::{capture, find, run};
use crate::report::{Context, Failure, Result};
use crate::tools::{install_debian_package, openssl_library};
use crate::workspace::Workspace;

const PACKAGE: &str = "libquickfix-dev";

/// The compiled acceptor.
#[derive(Debug)]
pub(super) struct QuickFix {
    program: PathBuf,
    /// Why it speaks no TLS.
    pub(super) lacks_tls: Option<&'static str>,
}

impl QuickFix {
    pub(super) fn build(workspace: &Workspace, folder: &Path) -> Result<Self> {
        let source = script(workspace, "quickfix_acceptor.cpp");
        let lacks_tls = openssl_library().err();
        let name = match lacks_tls {
            None => "quickfix_acceptor_tls",
            Some(_) => "quickfix_acceptor",
        };
        let program = folder.join(name);
        if is_newer(&program, &source) {
            return Ok(Self { program, lacks_tls });
        }
        if find("g++").is_none() {
            install_debian_package("g++");
        }
        let usr = library(folder)?;
        let libraries = usr.join("lib").join(multiarch()?);
        // Its headers have exception specifications, which later standards do not know.
        let mut compile = Command::new("g++");
        compile.args(["-std=c++14", "-O1", "-w", "-isystem"]);
        compile
            .arg(usr.join("include"))
            .arg(&source)
            .arg("-o")
            .arg(&program);
        let run_path = format!("-Wl,-rpath,{}", libraries.display());
        compile
            .arg("-L")
            .arg(&libraries)
            .arg(run_path)
            .args(["-lquickfix", "-lpthread"]);
        if lacks_tls.is_none() {
            compile.args(["-DHAVE_SSL=1", "-lssl", "-lcrypto"]);
        }
        run(&mut compile)?;
        Ok(Self { program, lacks_tls })
    }

    /// Over TLS where there is an authority that has signed its certificate.
    pub(super) fn acceptor(&self, version: &'static str, authority: Option<&Authority>) -> End {
        let program = self.program.clone();
        let files =
            authority.map(|authority| [authority.server_certificate(), authority.server_key()]);
        let day = start_of_day();
        End {
            name: format!("QuickFIX ({version})"),
            make: Box::new(move |port, folder, seed| {
                let mut command = Command::new(&program);
                command.arg(version).arg(port.to_string()).arg(folder);
                command.arg(seed.to_string()).arg(&day);
                command.args(files.iter().flatten());
                command
            }),
        }
    }
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    time(file) > time(than)
}

/// The folder with `include/quickfix` in it: the machine's, or one unpacked below `folder`.
fn library(folder: &Path) -> Result<PathBuf> {
    let unpacked = folder.join("debian/quickfix");
    let found = || {
        let places = [Path::new("/usr").to_owned(), unpacked.join("usr")];
        places
            .into_iter()
            .find(|usr| usr.join("include/quickfix").is_dir())
    };
    if let Some(usr) = found() {
        return Ok(usr);
    }
    if let Err(failure) = unpack(&unpacked) {
        println!("    {failure}");
    }
    if found().is_none() {
        install_debian_package(PACKAGE);
    }
    found().ok_or_else(|| {
        Failure::new(format!(
            "QuickFIX is missing: install it, for example `apt-get install {PACKAGE}`"
        ))
    })
}

/// Downloads it and its library, and unpacks them without installing. Of what else they would pull in, they need only what
/// every machine with OpenSSL has.
fn unpack(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).context(folder.display())?;
    if download(folder).is_err() {
        // A fresh machine has no package lists.
        let _ = run(Command::new("apt-get").args(["update", "-qq"]));
        download(folder)?;
    }
    for entry in fs::read_dir(folder).context(folder.display())? {
        let file = entry.context(folder.display())?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(folder))?;
        }
    }
    Ok(())
}

fn download(folder: &Path) -> Result<()> {
    let arguments = ["-s", "install", "--no-install-recommends", PACKAGE];
    let plan = capture(Command::new("apt-get").args(arguments).env("LC_ALL", "C"))?;
    let packages = plan
        .lines()
        .filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next())
        .filter(|name| name.starts_with("libquickfix"));
    let mut fetch = Command::new("apt-get");
    fetch.args(["download", "-qq"]).args(packages);
    run(fetch.current_dir(folder).stdin(Stdio::null()))
}

/// The folder of libraries, as Debian names it.
fn multiarch() -> Result<String> {
    let name = capture(Command::new("g++").arg("-print-multiarch"))?;
    Ok(name.trim().to_owned())
}

/// An hour ago, so that the session's day does not end while it runs.
fn start_of_day() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs()) + 23 * 3600;
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:00")
}
