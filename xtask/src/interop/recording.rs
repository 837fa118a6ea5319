//! The recorded messages, and what a client must have received of them.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::client::Received;
use crate::report::{Context, Failure, Result};
use crate::workspace::Workspace;

/// Where the recordings lie, seen from the workspace, unless `BOOMNET_DATA` names another folder.
const DATA: &str = "../shared/data/ws";

/// One file and its digest: messages, bytes, and SHA-256 over each message and a line feed.
#[derive(Debug)]
pub(super) struct Recording {
    name: String,
    expected: Received,
}

/// Copies every recording to `folder`, from which the servers read, with one of our own making.
pub(super) fn stage(workspace: &Workspace, folder: &Path) -> Result<Vec<Recording>> {
    let staged = folder.join("recordings");
    fs::create_dir_all(&staged).context(staged.display())?;
    let mut recordings = vec![Recording::write(&staged, "sample.jsonl", &sample())?];
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
        let expected = expected(name, content).context(file.display())?;
        Ok(Self {
            name: name.to_owned(),
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

    pub(super) fn compare(&self, received: &Received) -> Result<()> {
        if *received == self.expected {
            return Ok(());
        }
        Err(Failure::new(format!(
            "received {received}, the file holds {}",
            self.expected
        )))
    }
}

/// A `.hex` file holds a binary message a line, in hexadecimal; any other a message a line as it is.
fn expected(name: &str, content: &[u8]) -> std::result::Result<Received, std::num::ParseIntError> {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let mut hash = Sha256::new();
    let (mut messages, mut bytes) = (0, 0);
    for line in content.split(|byte| *byte == b'\n') {
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

/// A message at each border of the length forms (RFC 6455, 5.2), of one to four bytes a character, and a long one.
///
/// Enough messages for every kind of fragmentation and ping that the servers know.
fn sample() -> Vec<u8> {
    const SIZES: [usize; 13] = [
        0, 1, 2, 124, 125, 126, 127, 150, 1000, 4096, 65_535, 65_536, 65_537,
    ];
    const TEXTS: [&str; 4] = ["trade", "Größe", "価格は円", "📈🚀"];
    let mut lines = Vec::new();
    for round in 0..32 {
        for (index, size) in SIZES.into_iter().enumerate() {
            let size = if round > 0 && size > 4096 {
                size / 64
            } else {
                size
            };
            lines.extend(text_of(TEXTS[(index + round) % TEXTS.len()], size));
            lines.push(b'\n');
        }
    }
    lines.extend(text_of(TEXTS[3], 200_000));
    lines.push(b'\n');
    lines
}

/// Repeats `word` up to `size` bytes, ending with ASCII where the last character does not fit.
fn text_of(word: &str, size: usize) -> Vec<u8> {
    let mut text = String::with_capacity(size);
    for character in word.chars().cycle() {
        if text.len() + character.len_utf8() > size {
            break;
        }
        text.push(character);
    }
    let mut text = text.into_bytes();
    text.resize(size, b'.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_hashed_as_they_lie_in_the_file() {
        let received = expected("a.jsonl", b"one\ntwo\n").unwrap();
        assert_eq!((received.messages, received.bytes), (2, 6));
        assert_eq!(
            received.sha256,
            "c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8"
        );
    }

    #[test]
    fn hexadecimal_is_decoded() {
        let received = expected("a.hex", b"6f6e65\n74776f\n").unwrap();
        assert_eq!(received, expected("a.jsonl", b"one\ntwo\n").unwrap());
        assert!(expected("a.hex", b"zz\n").is_err());
    }

    #[test]
    fn the_sample_is_text_of_many_sizes() {
        let sample = String::from_utf8(sample()).unwrap();
        assert_eq!(sample.lines().count(), 32 * 13 + 1);
        assert_eq!(sample.lines().map(str::len).max(), Some(200_000));
        assert_eq!(sample.lines().map(str::len).min(), Some(0));
    }
}
