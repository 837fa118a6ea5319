//! What `cargo metadata` says of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::capture;
use crate::report::{Context, Failure, Result};

/// The root folder, the target directory and the packages.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    members: Vec<Member>,
}

/// One package.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// The folder that holds its `Cargo.toml`.
    pub(crate) folder: PathBuf,
    /// Whether users can depend on it.
    pub(crate) published: bool,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One arrow from a package to another.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Used by tests, benches and examples alone.
    pub(crate) development: bool,
    /// Only there with a feature.
    pub(crate) optional: bool,
}

impl Workspace {
    pub(crate) fn load() -> Result<Self> {
        let text = capture(Command::new(cargo_program()).args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
        ]))?;
        let value = serde_json::from_str(&text).context("cargo metadata wrote no JSON")?;
        Self::parse(&value).ok_or_else(|| Failure::new("cargo metadata: a field is missing"))
    }

    fn parse(value: &Value) -> Option<Self> {
        let members = value["packages"]
            .as_array()?
            .iter()
            .map(Member::parse)
            .collect::<Option<_>>()?;
        let root = value["workspace_root"].as_str()?.into();
        let target = value["target_directory"].as_str()?.into();
        Some(Self {
            root,
            target,
            members,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where build output and installed tools go; follows `CARGO_TARGET_DIR`.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// A cargo command run at the root, by the cargo that runs us.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new(cargo_program());
        command.arg(subcommand).current_dir(&self.root);
        command
    }
}

impl Member {
    fn parse(value: &Value) -> Option<Self> {
        let manifest = Path::new(value["manifest_path"].as_str()?);
        Some(Self {
            name: value["name"].as_str()?.to_owned(),
            folder: manifest.parent()?.to_owned(),
            // `publish = false` reads as a list of no registries.
            published: value["publish"]
                .as_array()
                .is_none_or(|registries| !registries.is_empty()),
            dependencies: value["dependencies"]
                .as_array()?
                .iter()
                .map(Dependency::parse)
                .collect::<Option<_>>()?,
        })
    }
}

impl Dependency {
    fn parse(value: &Value) -> Option<Self> {
        Some(Self {
            name: value["name"].as_str()?.to_owned(),
            development: value["kind"] == "dev",
            optional: value["optional"].as_bool()?,
        })
    }
}

fn cargo_program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_cargo_writes() {
        let value = json!({
            "workspace_root": "/w", "target_directory": "/t", "packages": [{
                "name": "upper", "manifest_path": "/w/upper/Cargo.toml", "publish": [],
                "dependencies": [
                    { "name": "lower", "kind": null, "optional": true },
                    { "name": "kit", "kind": "dev", "optional": false },
                ],
            }],
        });
        let workspace = Workspace::parse(&value).unwrap();
        assert_eq!(workspace.root(), Path::new("/w"));
        assert_eq!(workspace.target(), Path::new("/t"));
        let [upper] = workspace.members() else {
            panic!("one member")
        };
        assert_eq!(upper.folder, Path::new("/w/upper"));
        assert!(!upper.published);
        assert!(upper.dependencies[0].optional && !upper.dependencies[0].development);
        assert!(upper.dependencies[1].development && !upper.dependencies[1].optional);
    }
}
