use std::fmt;

use sha2::{Digest as _, Sha256};

/// SHA-256 over whole messages, a line feed after each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    whole: Sha256,
    /// With the frames of a message that has not ended, where messages come frame by frame.
    with_part: Sha256,
}

impl Digest {
    /// Adds a message that is whole.
    pub(crate) fn add_message(&mut self, message: &[u8]) {
        self.whole.update(message);
        self.whole.update(b"\n");
    }

    /// Adds a frame of a message. Who has added one adds whole messages no more.
    pub(crate) fn update(&mut self, frame: &[u8]) {
        self.with_part.update(frame);
    }

    pub(crate) fn end_message(&mut self) {
        self.with_part.update(b"\n");
        self.whole = self.with_part.clone();
    }

    /// Forgets a message that its connection did not live to end.
    pub(crate) fn end_connection(&mut self) {
        self.with_part = self.whole.clone();
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = self.whole.clone().finalize();
        hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hash_of_the_lines() {
        let mut digest = Digest::default();
        digest.update(b"hel");
        digest.update(b"lo");
        digest.end_message();
        digest.update(b"cut o");
        digest.end_connection();
        let mut whole = Digest::default();
        whole.add_message(b"hello");
        // printf 'hello\n' | sha256sum
        for digest in [digest, whole] {
            assert_eq!(
                digest.to_string(),
                "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
            );
        }
    }
}
