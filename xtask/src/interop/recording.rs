//! The recorded messages, and what a client must have received of them.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::client::Received;
use super::made;
use crate::report::{Context, Failure, Result};
use crate::workspace::Workspace;

/// Where the recordings lie, seen from the workspace, unless `BOOMNET_DATA` names another folder.
const DATA: &str = "../shared/data/ws";

/// One file and its digest: messages, bytes, and SHA-256 over each message and a line feed.
#[derive(Debug)]
pub(super) struct Recording {
    name: String,
    /// Where the servers find it.
    file: PathBuf,
    expected: Received,
}

/// Copies every recording to `folder`, from which the servers read, with one of our own making.
pub(super) fn stage(workspace: &Workspace, folder: &Path) -> Result<Vec<Recording>> {
    let staged = folder.join("recordings");
    fs::create_dir_all(&staged).context(staged.display())?;
    let mut recordings = vec![Recording::write(&staged, "sample.jsonl", &made::sample())?];
    let source =
        std::env::var_os("BOOMNET_DATA").map_or_else(|| workspace.root().join(DATA), PathBuf::from);
    if !source.is_dir() {
        println!(
            "    no recordings in {}: only the sample is sent",
            source.display()
        );
        return Ok(recordings);
    }
    for file in files(&source)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        recordings.push(Recording::write(
            &staged,
            &name,
            &fs::read(&file).context(file.display())?,
        )?);
    }
    Ok(recordings)
}

/// Recordings of our own making, for single properties.
#[derive(Debug)]
pub(super) struct Made {
    /// Trades of some hundred bytes, one of which is long.
    pub(super) trades: Recording,
    /// One text of 16 MiB.
    pub(super) text: Recording,
    /// One binary message of 16 MiB.
    pub(super) binary: Recording,
}

impl Made {
    pub(super) fn stage(folder: &Path) -> Result<Self> {
        let staged = folder.join("recordings");
        fs::create_dir_all(&staged).context(staged.display())?;
        Ok(Self {
            trades: Recording::write(&staged, "trades.jsonl", &made::trades())?,
            text: Recording::write(&staged, "text.jsonl", &made::text())?,
            binary: Recording::write(&staged, "binary.bin", &made::binary())?,
        })
    }
}

/// The files that hold messages, by name.
fn files(source: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(source).context(source.display())? {
        files.push(entry.context(source.display())?.path());
    }
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "jsonl" || extension == "hex")
    });
    files.sort();
    Ok(files)
}

impl Recording {
    fn write(folder: &Path, name: &str, content: &[u8]) -> Result<Self> {
        let file = folder.join(name);
        fs::write(&file, content).context(file.display())?;
        let expected = expected(name, content, usize::MAX).context(file.display())?;
        Ok(Self {
            name: name.to_owned(),
            file,
            expected,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn messages(&self) -> u64 {
        self.expected.messages
    }

    pub(super) const fn bytes(&self) -> u64 {
        self.expected.bytes
    }

    /// How many of its messages the servers send as text.
    pub(super) fn texts(&self) -> u64 {
        let is_text = self.name.ends_with(".jsonl") && self.name != "upbit.jsonl";
        if is_text { self.messages() } else { 0 }
    }

    pub(super) fn compare(&self, received: &Received) -> Result<()> {
        if *received == self.expected {
            return Ok(());
        }
        Err(Failure::new(format!(
            "received {received}, the file holds {}",
            self.expected
        )))
    }

    /// That what was received are the file's first messages, no matter how many.
    pub(super) fn compare_start(&self, received: &Received) -> Result<()> {
        let content = fs::read(&self.file).context(self.file.display())?;
        let count = usize::try_from(received.messages).context(self.file.display())?;
        let start = expected(&self.name, &content, count).context(self.file.display())?;
        if *received == start {
            return Ok(());
        }
        Err(Failure::new(format!(
            "received {received}, the file starts with {start}"
        )))
    }
}

/// The digest of the first `count` messages.
///
/// A `.hex` file holds a binary message a line, in hexadecimal; a `.bin` file is one message; any other holds a message a
/// line as it is.
fn expected(
    name: &str,
    content: &[u8],
    count: usize,
) -> std::result::Result<Received, std::num::ParseIntError> {
    let is_whole = name.ends_with(".bin");
    let content = match content.strip_suffix(b"\n") {
        Some(lines) if !is_whole => lines,
        _ => content,
    };
    let mut hash = Sha256::new();
    let (mut messages, mut bytes) = (0, 0);
    let lines = content.split(|byte| *byte == b'\n' && !is_whole);
    for line in lines.take(count) {
        let message = if name.ends_with(".hex") {
            decode_hex(line)?
        } else {
            line.to_vec()
        };
        hash.update(&message);
        hash.update(b"\n");
        messages += 1;
        bytes += message.len() as u64;
    }
    let sha256 = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(Received {
        messages,
        bytes,
        sha256,
    })
}

fn decode_hex(line: &[u8]) -> std::result::Result<Vec<u8>, std::num::ParseIntError> {
    let line = String::from_utf8_lossy(line);
    let pairs = (0..line.len())
        .step_by(2)
        .map(|at| line.get(at..at + 2).unwrap_or_default());
    pairs.map(|pair| u8::from_str_radix(pair, 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_hashed_as_they_lie_in_the_file() {
        let received = expected("a.jsonl", b"one\ntwo\n", 9).unwrap();
        assert_eq!((received.messages, received.bytes), (2, 6));
        assert_eq!(
            received.sha256,
            "c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8"
        );
    }

    #[test]
    fn hexadecimal_is_decoded() {
        let received = expected("a.hex", b"6f6e65\n74776f\n", 9).unwrap();
        assert_eq!(received, expected("a.jsonl", b"one\ntwo\n", 9).unwrap());
        assert!(expected("a.hex", b"zz\n", 9).is_err());
    }

    #[test]
    fn a_line_feed_is_part_of_a_whole_file() {
        let received = expected("a.bin", b"one\ntwo\n", 9).unwrap();
        assert_eq!((received.messages, received.bytes), (1, 8));
    }

    #[test]
    fn the_first_messages_have_a_digest_of_their_own() {
        let start = expected("a.jsonl", b"one\ntwo\n", 1).unwrap();
        assert_eq!(start, expected("a.jsonl", b"one\n", 9).unwrap());
        assert_eq!(expected("a.jsonl", b"one\n", 0).unwrap().messages, 0);
    }
}
