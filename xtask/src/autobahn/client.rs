//! The client that is examined.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::server::Server;
use crate::process::{capture, capture_within};
use crate::report::{Context, Failure, Result};
use crate::workspace::Workspace;

const EXAMPLE: &str = "autobahn_client";

/// All cases together. The server ends each one after some minutes at most.
const LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

/// The file that names the build which a folder's results are of.
const SIGNATURE: &str = "client.sha256";

/// The built client.
#[derive(Debug)]
pub(super) struct Client {
    program: PathBuf,
}

pub(super) fn build(workspace: &Workspace) -> Result<Client> {
    let mut build = workspace.cargo("build");
    build.args(["--release", "--quiet", "--package", "examples"]);
    build.args(["--example", EXAMPLE, "--message-format", "json"]);
    let messages = capture(&mut build)?;
    match executable(&messages) {
        Some(program) => Ok(Client { program }),
        None => Err(Failure::new(format!("cargo built no {EXAMPLE}"))),
    }
}

/// Where cargo put the program, out of the messages it wrote, one JSON value a line.
fn executable(messages: &str) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut built = messages.filter(|message| message["target"]["name"] == EXAMPLE);
    built.find_map(|message| Some(message["executable"].as_str()?.into()))
}

impl Client {
    /// Goes through all cases of the server and has it write its reports.
    pub(super) fn examine(&self, server: &Server, agent: &str, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(&self.program);
        command
            .args(["--url", &server.url(), "--agent", agent])
            .args(arguments);
        if let Some(authority) = server.authority() {
            command.arg("--ca").arg(authority);
        }
        capture_within(&mut command, LIMIT).map(drop)
    }

    /// Says in the folder of results that they are this build's.
    pub(super) fn sign(&self, folder: &Path) -> Result<()> {
        let file = folder.join(SIGNATURE);
        fs::write(&file, self.digest()?).context(file.display())
    }

    /// Whether the results in the folder, if there are any, are this build's.
    pub(super) fn has_signed(&self, folder: &Path) -> Result<bool> {
        let digest = self.digest()?;
        Ok(fs::read(folder.join(SIGNATURE)).is_ok_and(|known| known == digest.as_bytes()))
    }

    /// SHA-256 of the program.
    fn digest(&self) -> Result<String> {
        let program = fs::read(&self.program).context(self.program.display())?;
        let digest = Sha256::digest(program);
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_program_among_the_messages_of_cargo() {
        let messages = "{\"target\":{\"name\":\"boomnet\"},\"executable\":null}\n\
             {\"target\":{\"name\":\"autobahn_client\"},\"executable\":\"/t/a\"}";
        assert_eq!(executable(messages), Some(PathBuf::from("/t/a")));
        assert_eq!(executable("{}"), None);
    }
}
