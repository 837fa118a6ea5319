//! Messages that came before their turn.

use std::collections::BTreeMap;

/// By number, and bounded.
#[derive(Debug)]
pub(in crate::session) struct Ahead {
    messages: BTreeMap<u64, Vec<u8>>,
    bytes: usize,
    max_messages: usize,
    max_bytes: usize,
}

impl Ahead {
    pub(super) const fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self {
            messages: BTreeMap::new(),
            bytes: 0,
            max_messages,
            max_bytes,
        }
    }

    pub(in crate::session) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Keeps a message; false where there is no room.
    pub(in crate::session) fn keep(&mut self, number: u64, message: &[u8]) -> bool {
        if self.messages.contains_key(&number) {
            return true;
        }
        let bytes = self.bytes.saturating_add(message.len());
        if self.messages.len() >= self.max_messages || bytes > self.max_bytes {
            return false;
        }
        self.bytes = bytes;
        self.messages.insert(number, message.to_vec());
        true
    }

    /// Moves a message to `into`; false if it is not kept.
    pub(super) fn take(&mut self, number: u64, into: &mut Vec<u8>) -> bool {
        let Some(message) = self.messages.remove(&number) else {
            return false;
        };
        self.bytes -= message.len();
        *into = message;
        true
    }

    /// The lowest number.
    pub(in crate::session) fn first(&self) -> Option<u64> {
        self.messages.keys().next().copied()
    }

    /// Drops what is below a number.
    pub(in crate::session) fn drop_below(&mut self, number: u64) {
        while let Some(entry) = self.messages.first_entry() {
            if *entry.key() >= number {
                break;
            }
            self.bytes -= entry.remove().len();
        }
    }

    pub(in crate::session) fn clear(&mut self) {
        self.messages.clear();
        self.bytes = 0;
    }
}
