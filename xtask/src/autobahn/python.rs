//! Python 2.7 with the suite, under the target directory.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{capture, find, run};
use crate::report::{Context, Failure, Result};
use crate::tools::python_environment;

/// The last version on PyPI; it asks for no newer Python.
const SUITE: &str = "autobahntestsuite==25.10.1";
/// The last one that makes environments of Python 2.7.
const VIRTUALENV: &str = "virtualenv==20.21.1";

/// The last Debian that has Python 2.7, and the packages that hold it.
const DEBIAN: &str = "bullseye";
const PACKAGES: &[&str] = &[
    "python2.7",
    "python2.7-minimal",
    "python2.7-dev",
    "libpython2.7",
    "libpython2.7-minimal",
    "libpython2.7-stdlib",
    "libpython2.7-dev",
    "libdb5.3",
    "libffi7",
    "libreadline8",
    "libssl1.1",
];

/// The environment that holds the suite.
#[derive(Debug)]
pub(super) struct Python {
    program: PathBuf,
    interpreter: Interpreter,
}

impl Python {
    /// A command that runs a script; its arguments follow.
    pub(super) fn script(&self, script: &Path) -> Command {
        let mut command = self.interpreter.command(&self.program);
        command.arg(script);
        command
    }

    fn has_suite(&self) -> bool {
        let mut import = self.interpreter.command(&self.program);
        import.args(["-c", "import autobahntestsuite.fuzzing, OpenSSL"]);
        succeeds(&mut import)
    }
}

/// Installs what is missing below `folder`.
pub(super) fn install(folder: &Path) -> Result<Python> {
    let environment = folder.join("environment");
    let python = Python {
        program: environment.join("bin/python"),
        interpreter: Interpreter::find_or_unpack(folder)?,
    };
    if python.has_suite() {
        return Ok(python);
    }
    // What an interrupted installation has left is no use.
    let _ = fs::remove_dir_all(&environment);
    let tool = virtualenv(folder)?;
    let mut create = python.interpreter.command(&tool);
    create
        .arg("--quiet")
        .arg("--python")
        .arg(&python.interpreter.program);
    run(create.arg(&environment))?;
    let mut pip = python.interpreter.command(&python.program);
    run(pip.args(["-m", "pip", "install", "--quiet", SUITE]))?;
    if python.has_suite() {
        Ok(python)
    } else {
        Err(Failure::new(format!(
            "Python 2.7 does not import what `pip install {SUITE}` installed"
        )))
    }
}

/// The program `virtualenv`, in an environment of its own.
fn virtualenv(folder: &Path) -> Result<PathBuf> {
    let environment = folder.join("virtualenv");
    let program = environment.join("bin/virtualenv");
    if succeeds(Command::new(&program).arg("--version")) {
        return Ok(program);
    }
    if find("python3").is_none() {
        return Err(Failure::new(
            "python3 is missing: install it with its venv module",
        ));
    }
    python_environment(&environment)?;
    let mut pip = Command::new(environment.join("bin/python"));
    run(pip.args(["-m", "pip", "install", "--quiet", VIRTUALENV]))?;
    Ok(program)
}

/// Python 2.7: the machine's, or one unpacked from Debian's packages.
#[derive(Debug)]
struct Interpreter {
    program: PathBuf,
    /// Variables without which neither it nor its environments run.
    variables: Vec<(&'static str, OsString)>,
}

impl Interpreter {
    fn find_or_unpack(folder: &Path) -> Result<Self> {
        if let Some(program) = find("python2.7") {
            let interpreter = Self {
                program,
                variables: Vec::new(),
            };
            if interpreter.runs() {
                return Ok(interpreter);
            }
        }
        let folder = folder.join("debian");
        let unpacked = Self::unpacked(&folder)?;
        if unpacked.runs() {
            return Ok(unpacked);
        }
        unpack(&folder)?;
        let unpacked = Self::unpacked(&folder)?;
        if unpacked.runs() {
            return Ok(unpacked);
        }
        Err(Failure::new(format!(
            "Python 2.7 of Debian {DEBIAN} does not run here: put a python2.7 on PATH"
        )))
    }

    /// The one below `folder`, which may not be there yet.
    fn unpacked(folder: &Path) -> Result<Self> {
        let (root, usr) = (folder.join("root"), folder.join("root/usr"));
        let libraries = [root.join("lib"), usr.join("lib")]
            .iter()
            .flat_map(|folder| subfolders(folder))
            .collect::<Vec<_>>();
        let libraries =
            std::env::join_paths(libraries).context("a path cannot stand in LD_LIBRARY_PATH")?;
        // Extensions that are built on installation look for Python's headers.
        let headers = std::env::join_paths([usr.join("include/python2.7"), usr.join("include")])
            .context("a path cannot stand in CPATH")?;
        Ok(Self {
            program: folder.join("python2.7"),
            variables: vec![("LD_LIBRARY_PATH", libraries), ("CPATH", headers)],
        })
    }

    fn runs(&self) -> bool {
        // `ssl` is the module whose library a newer Debian lacks.
        let mut version = self.command(&self.program);
        version.args([
            "-c",
            "import ssl, sys; sys.exit(sys.version_info[:2] != (2, 7))",
        ]);
        succeeds(&mut version)
    }

    /// A command for a program that needs this interpreter.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Downloads Debian's packages and unpacks them below `folder`, without installing anything into the machine.
fn unpack(folder: &Path) -> Result<()> {
    for program in ["apt-get", "dpkg-deb"] {
        if find(program).is_none() {
            return Err(Failure::new(
                "no python2.7 on PATH, and no apt-get to get one",
            ));
        }
    }
    let root = folder.join("root");
    for needed in [
        &root,
        &folder.join("state/lists/partial"),
        &folder.join("cache/archives/partial"),
        &folder.join("etc/preferences.d"),
        &folder.join("etc/apt.conf.d"),
    ] {
        fs::create_dir_all(needed).context(needed.display())?;
    }
    fs::write(folder.join("status"), "").context(folder.display())?;
    let source = format!(
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {} {DEBIAN} main\n",
        mirror()?
    );
    fs::write(folder.join("etc/sources.list"), source).context(folder.display())?;
    run(apt_get(folder).args(["-qq", "update"]))?;
    run(apt_get(folder).args(["-qq", "download"]).args(PACKAGES))?;
    for entry in fs::read_dir(folder).context(folder.display())? {
        let file = entry.context(folder.display())?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&root))?;
        }
    }
    write_launcher(&folder.join("python2.7"), &root.join("usr"))
}

/// An apt-get with lists, a cache and a source of its own.
fn apt_get(folder: &Path) -> Command {
    let mut command = Command::new("apt-get");
    command.current_dir(folder);
    for (name, place) in [
        ("Dir::Etc", "etc"),
        ("Dir::Etc::SourceList", "etc/sources.list"),
        ("Dir::State", "state"),
        ("Dir::State::Status", "status"),
        ("Dir::Cache", "cache"),
    ] {
        command
            .arg("-o")
            .arg(format!("{name}={}", folder.join(place).display()));
    }
    command.args(["-o", "Dir::Etc::SourceParts=/dev/null"]);
    command.args(["-o", "Acquire::Retries=3"]);
    // Its unprivileged user may not write here.
    command.args(["-o", "APT::Sandbox::User=root"]);
    command
}

/// Where this machine gets its packages from.
fn mirror() -> Result<String> {
    if let Some(mirror) = known_mirror()? {
        return Ok(mirror);
    }
    // apt-get names only mirrors whose lists it has, and a fresh machine has none. Only root can fetch them.
    let _ = run(Command::new("apt-get").args(["-qq", "update"]));
    known_mirror()?.ok_or_else(|| {
        Failure::new("no package lists: run `apt-get update`, or put a python2.7 on PATH")
    })
}

fn known_mirror() -> Result<Option<String>> {
    let mut targets = Command::new("apt-get");
    targets.args(["indextargets", "--format", "$(REPO_URI)"]);
    let targets = capture(targets.arg("Created-By: Packages"))?;
    let mut mirrors = targets.lines().filter(|line| !line.contains("security"));
    Ok(mirrors.next().map(str::to_owned))
}

/// A script that can stand for the interpreter: without its home Python would look into the machine's `/usr`.
fn write_launcher(file: &Path, home: &Path) -> Result<()> {
    let home = home.display();
    let script = format!("#!/bin/sh\nPYTHONHOME=\"{home}\" exec \"{home}/bin/python2.7\" \"$@\"\n");
    fs::write(file, script).context(file.display())?;
    run(Command::new("chmod").arg("+x").arg(file))
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
