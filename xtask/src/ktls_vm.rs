//! Kernel TLS on kernels that have it.
//!
//! Few machines that build programs have the kernel's module for TLS, and nobody should have to be root for a test. So the tests run
//! in a small machine that is an ordinary process: Debian's package `user-mode-linux`, a Linux kernel built as a program,
//! with the file system of this machine as its own. Two kernels are used: that of Debian 12 (6.1), which cannot renew keys amid a
//! connection, and that of Debian testing (7.2 when this was written), which can.

mod fetch;
mod guest;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::process::capture;
use crate::report::{Context, Failure, Outcome, Report, Result};
use crate::tools::{debian_program, openssl_compiler, openssl_library};
use crate::workspace::Workspace;

use fetch::Home;
use guest::Job;

/// Which kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kernel {
    /// Debian 12's: 6.1, without renewed keys.
    Stable,
    /// Debian testing's: 6.14 or later.
    Testing,
}

impl Kernel {
    const ALL: [Self; 2] = [Self::Stable, Self::Testing];

    const fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Testing => "testing",
        }
    }
}

/// What to run where.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// One kernel; both without it.
    #[arg(long)]
    kernel: Option<Kernel>,
    /// How long one program may take.
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// A program and its arguments; the tests of kernel TLS without it.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    program: Vec<String>,
}

/// A set of features whose tests run.
struct Build {
    name: &'static str,
    package: &'static str,
    features: &'static str,
    /// A test of the package; all of them without it.
    test: Option<&'static str>,
    lacks: fn() -> std::result::Result<(), &'static str>,
}

const BUILDS: [Build; 3] = [
    Build {
        name: "rustls and the system's OpenSSL",
        package: "boom-ktls",
        features: "openssl",
        test: None,
        lacks: openssl_library,
    },
    Build {
        name: "a compiled OpenSSL",
        package: "boom-ktls",
        features: "openssl-vendored",
        test: Some("ktls"),
        lacks: openssl_compiler,
    },
    Build {
        name: "selectors and protocols",
        package: "boomnet",
        features: "ktls,ktls-rustls,io-uring,record,http,fix",
        test: Some("ktls"),
        lacks: openssl_library,
    },
];

pub(crate) fn run(workspace: &Workspace, report: &mut Report, arguments: &Arguments) {
    let kernels = Kernel::ALL.into_iter();
    let kernels = kernels.filter(|kernel| arguments.kernel.is_none_or(|one| one == *kernel));
    let limit = Duration::from_secs(arguments.seconds);
    for kernel in kernels {
        let name = kernel.name();
        let mut home = None;
        report.step(&format!("a machine with the kernel {name}"), || {
            provide(workspace, kernel, &mut home)
        });
        let Some(home) = home else { continue };
        if let [program, rest @ ..] = &*arguments.program {
            report.step(&format!("{program} with the kernel {name}"), || {
                let mut job = Job::new(program.into(), rest.to_vec());
                job.set("BOOM_KTLS_KERNEL", name);
                guest::run(&home, &job, limit)
            });
            continue;
        }
        for build in &BUILDS {
            let step = format!("{} with the kernel {name}", build.name);
            report.step(&step, || tests(workspace, &home, name, build, limit));
        }
        let step = format!("example market_feed with the kernel {name}");
        report.step(&step, || market_feed(workspace, &home, limit));
    }
}

/// Makes the machine, and sees whether it starts.
fn provide(workspace: &Workspace, kernel: Kernel, home: &mut Option<Home>) -> Result<Outcome> {
    let made = Home::provide(workspace, kernel).and_then(|home| {
        let job = Job::new("/bin/uname".into(), vec!["-r".to_owned()]);
        guest::run(&home, &job, Duration::from_secs(60)).map(|_| home)
    });
    match made {
        Ok(made) => {
            *home = Some(made);
            Ok(Outcome::Passed)
        }
        Err(reason) => Outcome::unavailable(format!("no machine with kernel TLS: {reason}")),
    }
}

fn tests(
    workspace: &Workspace,
    home: &Home,
    kernel: &str,
    build: &Build,
    limit: Duration,
) -> Result<Outcome> {
    if let Err(reason) = (build.lacks)() {
        return Outcome::unavailable(reason);
    }
    // Peers of the tests, which tell where one is missing.
    let has_peers = [("openssl", "openssl"), ("nginx", "nginx-light")]
        .into_iter()
        .all(|(program, package)| debian_program(program, package).is_some());
    let programs = test_programs(workspace, build)?;
    if programs.is_empty() {
        return Err(Failure::new(format!("{} has no tests", build.package)));
    }
    for program in programs {
        let mut job = Job::new(program, Vec::new());
        if has_peers {
            job.set("BOOM_KTLS_PEERS", "required");
        }
        // What the kernel can do is known, and the tests must not take the probe's word for it.
        job.set("BOOM_KTLS_KERNEL", kernel);
        guest::run(home, &job, limit)?;
    }
    if has_peers {
        Ok(Outcome::Passed)
    } else {
        Outcome::unavailable("openssl or nginx is missing: only servers of rustls were tried")
    }
}

/// Builds the tests and returns their programs.
fn test_programs(workspace: &Workspace, build: &Build) -> Result<Vec<PathBuf>> {
    let mut test = workspace.cargo("test");
    test.args(["--package", build.package, "--features", build.features]);
    match build.test {
        Some(name) => test.args(["--test", name]),
        None => test.args(["--lib", "--tests"]),
    };
    let messages = capture(test.args(["--no-run", "--quiet", "--message-format=json"]))?;
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let messages = messages
        .collect::<std::result::Result<Vec<_>, _>>()
        .context("cargo wrote no JSON")?;
    let tests = messages
        .iter()
        .filter(|message| message["profile"]["test"] == true);
    Ok(tests
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .collect())
}

/// The program of the README: it fails if a trade was lost, repeated or corrupted, or if the kernel did not do its part.
fn market_feed(workspace: &Workspace, home: &Home, limit: Duration) -> Result<Outcome> {
    let mut build = workspace.cargo("build");
    build.args(["--package", "examples", "--example", "market_feed"]);
    let messages = capture(build.args(["--quiet", "--message-format=json"]))?;
    let program = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "market_feed")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| Failure::new("cargo built no market_feed"))?;
    for selector in ["direct", "mio", "io-uring-polled"] {
        let arguments = [
            "--seconds",
            "3",
            "--drop-every",
            "1",
            "--trades-per-second",
            "500",
            "--ktls",
            "require",
            "--selector",
            selector,
        ];
        let job = Job::new(program.clone(), arguments.map(str::to_owned).to_vec());
        guest::run(home, &job, limit)?;
    }
    Ok(Outcome::Passed)
}
