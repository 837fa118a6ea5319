//! Programs that the steps need and a fresh machine lacks.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{find, prepend_path, run};
use crate::report::Result;
use crate::workspace::Workspace;

/// A cargo subcommand that `cargo install` provides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CargoTool {
    name: &'static str,
    /// The versions known to take the arguments we give.
    version: &'static str,
}

pub(crate) const CARGO_HACK: CargoTool = CargoTool {
    name: "cargo-hack",
    version: "^0.6.40",
};
pub(crate) const CARGO_FUZZ: CargoTool = CargoTool {
    name: "cargo-fuzz",
    version: "^0.13.0",
};

impl CargoTool {
    /// Makes sure that the tool is there, and lets `command` find it.
    ///
    /// One on `PATH` is used as it is; else it is installed under the target directory, once.
    pub(crate) fn provide(self, workspace: &Workspace, command: &mut Command) -> Result<()> {
        if find(self.name).is_some() {
            return Ok(());
        }
        let folder = workspace.target().join("tools");
        if !folder.join("bin").join(self.name).is_file() {
            self.install(workspace, &folder)?;
        }
        prepend_path(command, &folder.join("bin"));
        Ok(())
    }

    fn install(self, workspace: &Workspace, folder: &Path) -> Result<()> {
        let mut install = workspace.cargo("install");
        install
            .args(["--locked", "--quiet", "--version", self.version, "--root"])
            .arg(folder)
            .arg(self.name);
        run(&mut install)
    }
}

/// Finds a program, which Debian's `package` holds, and installs that where it is missing and we may.
pub(crate) fn debian_program(program: &str, package: &str) -> Option<PathBuf> {
    if let Some(file) = find(program) {
        return Some(file);
    }
    install_debian_package(package);
    find(program)
}

/// Makes sure that a program can be linked to the system's OpenSSL. Returns why it cannot.
pub(crate) fn openssl_library() -> std::result::Result<(), &'static str> {
    let is_there = || {
        let mut ask = Command::new("pkg-config");
        ask.args(["--exists", "openssl"]).stderr(Stdio::null());
        ask.status().is_ok_and(|status| status.success())
    };
    if is_there() {
        return Ok(());
    }
    install_debian_package("pkg-config");
    install_debian_package("libssl-dev");
    if is_there() {
        Ok(())
    } else {
        Err(
            "OpenSSL's headers are missing: install them, for example `apt-get install pkg-config libssl-dev`",
        )
    }
}

/// Makes sure that OpenSSL can be compiled. Returns why it cannot.
pub(crate) fn openssl_compiler() -> std::result::Result<(), &'static str> {
    // Its configuration needs modules that the smallest Perl does not have.
    let has_perl = || {
        let mut ask = Command::new("perl");
        ask.args(["-MFindBin", "-MIPC::Cmd", "-e", "1"])
            .stderr(Stdio::null());
        ask.status().is_ok_and(|status| status.success())
    };
    if !has_perl() {
        install_debian_package("perl");
    }
    if has_perl() && debian_program("make", "make").is_some() {
        Ok(())
    } else {
        Err("Perl or make is missing: install them, for example `apt-get install perl make`")
    }
}

/// Installs a Debian package if we are root on Debian or its like. Whether it worked, the caller sees by what it needs.
pub(crate) fn install_debian_package(package: &str) {
    if !is_root() || find("apt-get").is_none() {
        return;
    }
    // A fresh machine has no package lists; an old list is still better than none.
    let _ = run(Command::new("apt-get").args(["update", "-qq"]));
    let mut install = Command::new("apt-get");
    install.args([
        "install",
        "-qq",
        "--yes",
        "--no-install-recommends",
        package,
    ]);
    let _ = run(install
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null()));
}

/// Makes an environment of Python 3 in `folder`; `python3` must be there.
pub(crate) fn python_environment(folder: &Path) -> Result<()> {
    let create = || {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder))
    };
    create().or_else(|_| {
        // Debian keeps the module in a package of its own.
        install_debian_package("python3-venv");
        create()
    })
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
