//! Messages that wait in front of the outbound buffer, the newest of each key in the place of the oldest.

use std::collections::VecDeque;

use crate::error::Error;
use crate::frame::client_header_len;
use crate::slow_consumer::SlowConsumerPolicy;

/// Messages in the order they will be sent.
#[derive(Debug)]
pub(super) struct Backlog {
    messages: VecDeque<Waiting>,
    /// Payloads of messages that were sent, emptied, to be used again.
    rooms: Vec<Vec<u8>>,
    /// Capacity of all `rooms`, at most `limit`.
    rooms_len: usize,
    /// Bytes that all messages that wait take as frames.
    len: usize,
    /// Bytes that may wait.
    limit: usize,
}

#[derive(Debug)]
struct Waiting {
    opcode: u8,
    payload: Vec<u8>,
}

impl Waiting {
    const fn frame_len(&self) -> usize {
        frame_len(self.payload.as_slice())
    }
}

/// Bytes that a message takes as a frame; a message without a payload is not for nothing.
const fn frame_len(payload: &[u8]) -> usize {
    client_header_len(payload.len()).saturating_add(payload.len())
}

impl Backlog {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            messages: VecDeque::new(),
            rooms: Vec::new(),
            rooms_len: 0,
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
        let freed = older.as_ref().map_or(0, |older| older.frame_len());
        let len = (self.len - freed).saturating_add(frame_len(payload));
        if len > self.limit {
            return Err(Error::OutboundFull);
        }
        self.len = len;
        match older {
            Some(older) => {
                older.opcode = opcode;
                older.payload.clear();
                older.payload.shrink_to(4 * payload.len());
                older.payload.extend_from_slice(payload);
                Ok(true)
            }
            None => {
                let mut room = self.rooms.pop().unwrap_or_default();
                self.rooms_len -= room.capacity();
                room.shrink_to(4 * payload.len());
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
        let message = self.messages.pop_front()?;
        self.len -= message.frame_len();
        Some((message.opcode, message.payload))
    }

    /// Undoes [`pop`](Self::pop).
    pub(super) fn put_back(&mut self, opcode: u8, payload: Vec<u8>) {
        self.len += frame_len(&payload);
        self.messages.push_front(Waiting { opcode, payload });
    }

    /// Takes back a payload that was popped, so that a later message needs no allocation.
    pub(super) fn keep_room(&mut self, mut payload: Vec<u8>) {
        let rooms_len = self.rooms_len.saturating_add(payload.capacity());
        if rooms_len <= self.limit {
            payload.clear();
            self.rooms_len = rooms_len;
            self.rooms.push(payload);
        }
    }

    /// Forgets all messages and returns how many those were.
    pub(super) fn clear(&mut self) -> usize {
        self.len = 0;
        self.messages.drain(..).count()
    }
}
