//! Our recordings, read by Wireshark's dissectors.
//!
//! `examples/recording_session` records sessions and says what passed. `tshark` must find the same in the files, and
//! nothing that it warns of: no sequence number, acknowledgement or checksum that is wrong, nothing malformed.

mod cut;
mod dissector;
mod scripted;
mod session;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::interop::check::{self, Check};
use crate::process::capture;
use crate::report::{Context, Failure, Outcome, Result};
use crate::workspace::Workspace;

use dissector::Tshark;

const EXAMPLE: &str = "recording_session";

const CHECKS: [Check<Recorded>; 7] = [
    ("WebSocket over TLS", session::frames),
    ("in files of 16 MiB", session::parts),
    ("files merged", session::merged),
    ("killed while recording", cut::killed),
    ("HTTP/1.1", scripted::http),
    ("FIX 4.4", scripted::fix),
    ("damaged on purpose", cut::damaged),
];

/// What the checks share.
#[derive(Debug)]
struct Recorded {
    tshark: Tshark,
    program: PathBuf,
    /// What the checks record.
    folder: PathBuf,
    /// The session in one file, and again in several.
    session: session::Session,
}

pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let Some(tshark) = Tshark::find(workspace)? else {
        return Outcome::unavailable(
            "tshark is missing: install it, for example `apt-get install tshark`",
        );
    };
    let folder = workspace.target().join("interop").join("recorded");
    if folder.exists() {
        fs::remove_dir_all(&folder).context(folder.display())?;
    }
    let program = check::build(workspace, EXAMPLE)?;
    let session = session::record(&program, &folder)?;
    let recorded = Recorded {
        tshark,
        program,
        folder,
        session,
    };
    println!("    {}", recorded.tshark.version()?);
    check::all(&CHECKS, &recorded, |failed, of| {
        format!("tshark finds something else in {failed} of {of} recordings")
    })
}

impl Recorded {
    /// Has the program do one thing, and returns what it says.
    fn run(&self, words: &[&str], path: &Path) -> Result<Value> {
        parse(&capture(Command::new(&self.program).args(words).arg(path))?)
    }
}

fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).context(format!("{EXAMPLE} wrote no JSON"))
}

/// Fails unless both are the same; `found` is what tshark says.
fn compare(passed: &Value, found: &Value) -> Result<()> {
    match passed == found {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "tshark finds\n{found}\nand what passed is\n{passed}"
        ))),
    }
}
