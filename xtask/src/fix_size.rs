//! What FIX costs a program that needs little of it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{capture, run as run_program};
use crate::report::{Context, Failure, Outcome, Result};
use crate::workspace::Workspace;

/// Seconds of processor time that a clean build of the crate without features may take, its dependencies too.
const SECONDS_MAX: f64 = 15.0;
/// The program that uses an order and a report of FIX 4.4 and nothing else.
const PROGRAM: &str = "examples/fix_order.rs";
const NOTHING: &str = "fn main() {}\n";

/// A program that is built from nothing, in a folder of its own.
struct Build<'a> {
    name: &'static str,
    features: &'static str,
    main: &'a str,
    profile: &'static str,
}

struct Cost {
    /// User and system time of the compilers.
    seconds: f64,
    bytes: u64,
}

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let program = fs::read_to_string(workspace.root().join(PROGRAM)).context(PROGRAM)?;
    let build = |name, features, main, profile| Build {
        name,
        features,
        main,
        profile,
    };
    let builds = [
        build("the crate without features", "", NOTHING, "dev"),
        build("the crate without features", "", NOTHING, "release"),
        build("the crate with fix44", r#""fix44""#, NOTHING, "release"),
        build(
            "an order and a report of it",
            r#""fix44""#,
            &program,
            "release",
        ),
    ];
    println!("{:28} {:8} {:>6} {:>9}", "", "profile", "CPU s", "bytes");
    let mut without_features = 0.0_f64;
    for build in &builds {
        let cost = build.cost(workspace)?;
        println!(
            "{:28} {:8} {:6.1} {:9}",
            build.name, build.profile, cost.seconds, cost.bytes
        );
        if build.features.is_empty() {
            without_features = without_features.max(cost.seconds);
        }
    }
    if without_features >= SECONDS_MAX {
        let reason = format!(
            "the crate without features took {without_features:.1} s of processor time; it may take {SECONDS_MAX} s"
        );
        return Err(Failure::new(reason));
    }
    Ok(Outcome::Passed)
}

impl Build<'_> {
    fn cost(&self, workspace: &Workspace) -> Result<Cost> {
        let folder = workspace.target().join("fix-size");
        let _ = fs::remove_dir_all(&folder);
        self.write(workspace, &folder)?;
        let mut cargo = workspace.cargo("build");
        cargo
            .current_dir(&folder)
            .args(["--quiet", "--profile", self.profile])
            .env("CARGO_TARGET_DIR", folder.join("target"))
            // Whatever else the caller's environment has the compiler do is no cost of ours.
            .env_remove("RUSTFLAGS");
        let before = processor_seconds()?;
        run_program(&mut cargo)?;
        let seconds = processor_seconds()? - before;
        let bytes = fs::metadata(self.binary(&folder))
            .context("the program")?
            .len();
        fs::remove_dir_all(&folder).context(folder.display())?;
        Ok(Cost { seconds, bytes })
    }

    /// A package outside the workspace, so that cargo unites its features with nobody's.
    fn write(&self, workspace: &Workspace, folder: &Path) -> Result<()> {
        let source = folder.join("src");
        fs::create_dir_all(&source).context(source.display())?;
        let manifest = format!(
            "[package]\nname = \"small\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nboom-fix = {{ path = {:?}, \
             features = [{}] }}\n\n[profile.release]\nstrip = true\n",
            workspace.root().join("crates/boom-fix"),
            self.features
        );
        fs::write(folder.join("Cargo.toml"), manifest).context("Cargo.toml")?;
        // The versions of the workspace; what it has besides, cargo takes out.
        let lock = workspace.root().join("Cargo.lock");
        fs::copy(&lock, folder.join("Cargo.lock")).context(lock.display())?;
        fs::write(source.join("main.rs"), self.main).context("main.rs")
    }

    fn binary(&self, folder: &Path) -> PathBuf {
        let profile = if self.profile == "dev" {
            "debug"
        } else {
            self.profile
        };
        folder.join("target").join(profile).join("small")
    }
}

/// Of all programs that ended and were waited for, theirs included: `cutime` and `cstime` of proc(5).
fn processor_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("/proc/self/stat")?;
    let ticks = children_ticks(&stat);
    let ticks = ticks.ok_or_else(|| Failure::new("/proc/self/stat: a field is missing"))?;
    let per_second = capture(std::process::Command::new("getconf").arg("CLK_TCK"))?;
    let per_second: f64 = per_second.trim().parse().context("getconf CLK_TCK")?;
    Ok(ticks as f64 / per_second)
}

fn children_ticks(stat: &str) -> Option<u64> {
    // The name of the program, in brackets, may have spaces in it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(13);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<u64>().ok()? + system.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_children_are_found() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 1 2 3 4 11 12 130 21 20 0 1 0 5 6 7";
        assert_eq!(children_ticks(stat), Some(151));
        assert_eq!(children_ticks("7 (a) S 1"), None);
    }
}
