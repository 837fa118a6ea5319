//! Messages that wait in front of the outbound buffer, the newest of each key in the place of the oldest.

use std::collections::VecDeque;

use crate::error::Error;
use crate::slow_consumer::SlowConsumerPolicy;

/// Messages in the order they will be sent.
#[derive(Debug)]
pub(super) struct Backlog {
    messages: VecDeque<Waiting>,
    /// Payloads of messages that were sent, to be used again.
    rooms: Vec<Vec<u8>>,
    /// Bytes of all payloads that wait.
    len: usize,
    /// Bytes that may wait.
    limit: usize,
}

#[derive(Debug)]
struct Waiting {
    opcode: u8,
    payload: Vec<u8>,
}

impl Backlog {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            messages: VecDeque::new(),
            rooms: Vec::new(),
            len: 0,
            limit,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Takes a copy of a message. Returns whether it took the place of an older one.
    pub(super) fn push(
        &mut self,
        policy: &SlowConsumerPolicy,
        opcode: u8,
        payload: &[u8],
    ) -> Result<bool, Error> {
        let older = policy.key(payload).and_then(|key| {
            self.messages
                .iter_mut()
                .find(|waiting| policy.key(&waiting.payload) == Some(key))
        });
        let freed = older.as_ref().map_or(0, |older| older.payload.len());
        let len = (self.len - freed).saturating_add(payload.len());
        if len > self.limit {
            return Err(Error::OutboundFull);
        }
        self.len = len;
        match older {
            Some(older) => {
                older.opcode = opcode;
                older.payload.clear();
                older.payload.extend_from_slice(payload);
                Ok(true)
            }
            None => {
                let mut room = self.rooms.pop().unwrap_or_default();
                room.extend_from_slice(payload);
                self.messages.push_back(Waiting {
                    opcode,
                    payload: room,
                });
                Ok(false)
            }
        }
    }

    /// Takes the message that is next.
    pub(super) fn pop(&mut self) -> Option<(u8, Vec<u8>)> {
        let Waiting { opcode, payload } = self.messages.pop_front()?;
        self.len -= payload.len();
        Some((opcode, payload))
    }

    /// Undoes [`pop`](Self::pop).
    pub(super) fn put_back(&mut self, opcode: u8, payload: Vec<u8>) {
        self.len += payload.len();
        self.messages.push_front(Waiting { opcode, payload });
    }

    /// Takes back a payload that was popped, so that the next message needs no allocation.
    pub(super) fn keep_room(&mut self, mut payload: Vec<u8>) {
        payload.clear();
        self.rooms.push(payload);
    }

    /// Forgets all messages and returns how many those were.
    pub(super) fn clear(&mut self) -> usize {
        self.len = 0;
        self.messages.drain(..).count()
    }
}
