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
    ///
    /// One that was answered when it came has some room of its own: asked for again it would only be asked for by a
    /// message that the peer might have to ask for in turn, and so on without end.
    pub(in crate::session) fn keep(
        &mut self,
        number: u64,
        message: &[u8],
        is_answered: bool,
    ) -> bool {
        if self.messages.contains_key(&number) {
            return true;
        }
        let more = if is_answered { MOST_ANSWERED } else { 0 };
        let bytes = self.bytes.saturating_add(message.len());
        let max_bytes = self.max_bytes.saturating_add(more * ANSWERED_BYTES);
        if self.messages.len() >= self.max_messages.saturating_add(more) || bytes > max_bytes {
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

/// Answered messages that are kept at most above the others, and how long they may be on average.
const MOST_ANSWERED: usize = 256;
const ANSWERED_BYTES: usize = 256;
