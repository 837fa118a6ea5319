//! Kernels out of Debian's packages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Kernel;
use crate::process::{capture, capture_within, find};
use crate::report::{Context, Failure, Result};
use crate::workspace::Workspace;

/// A folder with a kernel, its modules in the order to load them, and busybox.
#[derive(Debug)]
pub(super) struct Home {
    folder: PathBuf,
}

/// The modules that are needed, each with what it needs; those that a kernel has not are built in, or not there.
const MODULES: [&str; 10] = [
    "net/tls/tls",
    "crypto/ctr",
    "crypto/ghash-generic",
    "crypto/gcm",
    "crypto/ccm",
    "crypto/chacha_generic",
    "crypto/chacha",
    "crypto/poly1305_generic",
    "crypto/chacha20poly1305",
    "net/ipv6/ipv6",
];

/// What a download may take.
const PATIENCE: Duration = Duration::from_secs(300);

impl Home {
    /// Makes it under the target directory, once.
    pub(super) fn provide(workspace: &Workspace, kernel: Kernel) -> Result<Self> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return Err(Failure::new("user-mode-linux is for x86_64 Linux"));
        }
        let cache = workspace.target().join("ktls-vm");
        let home = Self {
            folder: cache.join(kernel.name()),
        };
        if home.folder.join("version").is_file() {
            return Ok(home);
        }
        for program in ["apt-get", "dpkg-deb"] {
            if find(program).is_none() {
                return Err(Failure::new(format!("there is no {program}")));
            }
        }
        let new = cache.join(format!("{}.new", kernel.name()));
        remove(&new)?;
        remove(&home.folder)?;
        fill(&new, kernel)?;
        fs::rename(&new, &home.folder).context(home.folder.display())?;
        Ok(home)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The libraries of a kernel that is linked against a later C library than this machine's.
    pub(super) fn libraries(&self) -> Option<PathBuf> {
        Some(self.folder.join("lib")).filter(|folder| folder.is_dir())
    }

    /// What an older kernel needs on newer processors; see `ptrace.c`.
    pub(super) fn shim(&self) -> Option<PathBuf> {
        Some(self.folder.join("ptrace.so")).filter(|file| file.is_file())
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).context(folder.display())?;
    }
    Ok(())
}

fn fill(home: &Path, kernel: Kernel) -> Result<()> {
    let packages = Packages::open(&home.join("packages"), kernel)?;
    let linux = packages.unpack("user-mode-linux")?;
    let busybox = packages.unpack("busybox-static")?;
    copy(&linux.join("usr/bin/linux.uml"), &home.join("linux"))?;
    let busybox = [busybox.join("bin/busybox"), busybox.join("usr/bin/busybox")];
    let busybox = busybox.iter().find(|file| file.is_file());
    let busybox = busybox.ok_or_else(|| Failure::new("the package has no busybox"))?;
    copy(busybox, &home.join("busybox"))?;
    copy_modules(&linux.join("usr/lib/uml/modules"), home)?;
    let version = match version(home) {
        Ok(version) => version,
        Err(_) => {
            bring_libraries(home, &packages.unpack("libc6")?)?;
            version(home)?
        }
    };
    if is_before_6_13(&version) {
        compile_shim(home)?;
    }
    remove(&home.join("packages"))?;
    fs::write(home.join("version"), version).context(home.display())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).context(from.display())?;
    Ok(())
}

/// Copies the modules, and lists them in the order to load them.
fn copy_modules(packaged: &Path, home: &Path) -> Result<()> {
    let mut versions = fs::read_dir(packaged).context(packaged.display())?;
    let version = versions
        .next()
        .ok_or_else(|| Failure::new("the package has no modules"))?;
    let packaged = version.context(packaged.display())?.path();
    let list = packaged.join("modules.dep");
    let order = load_order(&fs::read_to_string(&list).context(list.display())?);
    let folder = home.join("modules");
    fs::create_dir_all(&folder).context(folder.display())?;
    let mut names = String::new();
    for module in &order {
        let name = module.rsplit('/').next().unwrap_or(module);
        copy(&packaged.join(module), &folder.join(name))?;
        names += &format!("{name}\n");
    }
    if !names.lines().any(|name| name == "tls.ko") {
        return Err(Failure::new("the package has no module for TLS"));
    }
    fs::write(folder.join("list"), names).context(folder.display())
}

/// Each wanted module behind those that it needs. In `modules.dep` they follow it, the one to be loaded first at the end.
fn load_order(list: &str) -> Vec<String> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for wanted in MODULES {
        let name = format!("kernel/{wanted}.ko");
        let needs = list
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(module, _)| *module == name);
        let Some((module, needs)) = needs else {
            continue;
        };
        for module in needs.split_whitespace().rev().chain([module]) {
            if seen.insert(module.to_owned()) {
                order.push(module.to_owned());
            }
        }
    }
    order
}

/// What the kernel calls itself, if it starts here.
fn version(home: &Path) -> Result<String> {
    let mut ask = Command::new("./linux");
    ask.arg("--version").current_dir(home);
    ask.env("LD_LIBRARY_PATH", home.join("lib"));
    Ok(capture(&mut ask)?.trim().to_owned())
}

fn is_before_6_13(version: &str) -> bool {
    let mut numbers = version
        .split('.')
        .map(|number| number.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    version < (6, 13)
}

/// Puts a C library beside the kernel and has the kernel start with it, by a path from its own folder.
fn bring_libraries(home: &Path, unpacked: &Path) -> Result<()> {
    const LOADER: &[u8] = b"/lib64/ld-linux-x86-64.so.2";
    const OURS: &[u8] = b"lib/ld";
    let folder = home.join("lib");
    fs::create_dir_all(&folder).context(folder.display())?;
    let libraries = unpacked.join("usr/lib/x86_64-linux-gnu");
    copy(&libraries.join("libc.so.6"), &folder.join("libc.so.6"))?;
    copy(&libraries.join("ld-linux-x86-64.so.2"), &folder.join("ld"))?;
    let file = home.join("linux");
    let mut program = fs::read(&file).context(file.display())?;
    let place = program
        .windows(LOADER.len())
        .position(|window| window == LOADER)
        .ok_or_else(|| Failure::new("the kernel names no loader"))?;
    let name = &mut program[place..place + LOADER.len()];
    name.fill(0);
    name[..OURS.len()].copy_from_slice(OURS);
    fs::write(&file, program).context(file.display())
}

fn compile_shim(home: &Path) -> Result<()> {
    let source = home.join("ptrace.c");
    fs::write(&source, include_str!("ptrace.c")).context(source.display())?;
    let mut compile = Command::new("cc");
    compile.args(["-O1", "-shared", "-fPIC", "-o"]);
    capture(compile.arg(home.join("ptrace.so")).arg(&source))?;
    Ok(())
}

/// An apt of our own: its lists and its state are below a folder, so it needs no rights and leaves the system's alone. It
/// checks Debian's signatures as that does.
struct Packages {
    folder: PathBuf,
    options: Vec<String>,
}

impl Packages {
    fn open(folder: &Path, kernel: Kernel) -> Result<Self> {
        for part in ["lists/partial", "archives/partial", "state"] {
            let part = folder.join(part);
            fs::create_dir_all(&part).context(part.display())?;
        }
        fs::write(folder.join("status"), "").context(folder.display())?;
        let suite = match kernel {
            Kernel::Stable => "bookworm",
            Kernel::Testing => "testing",
        };
        let keys = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
        let signed = if keys.exists() {
            format!("[signed-by={}] ", keys.display())
        } else {
            String::new()
        };
        let source = format!("deb {signed}{} {suite} main\n", mirror()?);
        fs::write(folder.join("sources.list"), source).context(folder.display())?;
        let path = |part: &str| folder.join(part).display().to_string();
        let packages = Self {
            folder: folder.to_owned(),
            options: vec![
                "-q".to_owned(),
                format!("-oDir::Etc::SourceList={}", path("sources.list")),
                "-oDir::Etc::SourceParts=/dev/null".to_owned(),
                format!("-oDir::State={}", path("state")),
                format!("-oDir::State::Lists={}", path("lists")),
                format!("-oDir::State::status={}", path("status")),
                format!("-oDir::Cache={}", path("")),
                "-oAPT::Architecture=amd64".to_owned(),
                "-oAPT::Architectures=amd64".to_owned(),
                "-oAPT::Sandbox::User=root".to_owned(),
                "-oAcquire::Languages=none".to_owned(),
                "-oAcquire::Retries=3".to_owned(),
            ],
        };
        packages.apt(&["update"])?;
        Ok(packages)
    }

    fn apt(&self, arguments: &[&str]) -> Result<String> {
        let mut apt = Command::new("apt-get");
        apt.args(&self.options).args(arguments);
        capture_within(apt.current_dir(&self.folder), PATIENCE)
    }

    /// Downloads a package, and returns the folder that it is unpacked in.
    fn unpack(&self, package: &str) -> Result<PathBuf> {
        self.apt(&["download", package])?;
        let mut files = fs::read_dir(&self.folder).context(self.folder.display())?;
        let file = files.find_map(|file| {
            let name = file.ok()?.file_name().into_string().ok()?;
            (name.starts_with(&format!("{package}_")) && name.ends_with(".deb")).then_some(name)
        });
        let file = file.ok_or_else(|| Failure::new(format!("no package {package} came")))?;
        let folder = self.folder.join(package);
        let mut unpack = Command::new("dpkg-deb");
        unpack.arg("-x").arg(self.folder.join(file)).arg(&folder);
        capture(&mut unpack)?;
        Ok(folder)
    }
}

/// Where this machine gets its packages from.
fn mirror() -> Result<String> {
    let mut ask = Command::new("apt-get");
    ask.args(["indextargets", "--format", "$(REPO_URI)"]);
    let places = capture(ask.arg("Created-By: Packages"))?;
    let places: BTreeSet<_> = places
        .lines()
        .filter(|place| !place.contains("security"))
        .collect();
    let first = places.first().map(|place| (*place).to_owned());
    first.ok_or_else(|| Failure::new("apt knows no place of packages"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_loaded_first_and_once() {
        let list = "kernel/crypto/gcm.ko: kernel/crypto/b.ko kernel/crypto/a.ko\n\
                    kernel/net/tls/tls.ko:\n\
                    kernel/other.ko: kernel/net/tls/tls.ko\n\
                    kernel/crypto/ccm.ko: kernel/crypto/a.ko\n";
        assert_eq!(
            load_order(list),
            [
                "kernel/net/tls/tls.ko",
                "kernel/crypto/a.ko",
                "kernel/crypto/b.ko",
                "kernel/crypto/gcm.ko",
                "kernel/crypto/ccm.ko",
            ]
        );
    }

    #[test]
    fn versions_are_numbers() {
        for old in ["6.1.176", "6.12", "5.19.1"] {
            assert!(is_before_6_13(old), "{old}");
        }
        for new in ["6.13", "6.14.2", "7.2.7", "10.0"] {
            assert!(!is_before_6_13(new), "{new}");
        }
    }
}
