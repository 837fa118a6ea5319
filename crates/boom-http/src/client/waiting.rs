//! Requests that wait for a connection.

use std::collections::VecDeque;

use crate::connection::Exchange;
use crate::error::{Error, Reason, Sent, Timeout};
use crate::request::RequestFacts;
use crate::ticket::Ticket;
use crate::visitor::Visitor;

/// In the order in which they are sent, with memory that is used again.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    queue: VecDeque<(Exchange, Vec<u8>)>,
    spare: Vec<Vec<u8>>,
}

impl Waiting {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn first(&self) -> Option<RequestFacts> {
        self.queue.front().map(|(exchange, _)| exchange.facts)
    }

    pub(super) fn push_back(&mut self, exchange: Exchange, bytes: Vec<u8>) {
        self.queue.push_back((exchange, bytes));
    }

    pub(super) fn push_front(&mut self, exchange: Exchange, bytes: Vec<u8>) {
        self.queue.push_front((exchange, bytes));
    }

    pub(super) fn pop(&mut self) -> Option<(Exchange, Vec<u8>)> {
        self.queue.pop_front()
    }

    /// Takes a request out, and tells what an earlier connection has sent of it.
    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<Sent> {
        let mut queue = self.queue.iter();
        let index = queue.position(|(exchange, _)| exchange.ticket == ticket)?;
        let (exchange, bytes) = self.queue.remove(index)?;
        self.recycle(bytes);
        Some(exchange.sent_earlier)
    }

    pub(super) fn spare(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    pub(super) fn recycle(&mut self, bytes: Vec<u8>) {
        self.spare.push(bytes);
    }

    pub(super) fn copy(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut copy = self.spare();
        copy.clear();
        copy.extend_from_slice(bytes);
        copy
    }

    pub(super) fn deadline(&self) -> Option<u64> {
        let deadlines = self.queue.iter().map(|(exchange, _)| exchange.total_at_ns);
        deadlines.min()
    }

    /// Ends the requests that have waited for too long.
    pub(super) fn expire(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        let spare = &mut self.spare;
        self.queue.retain_mut(|(exchange, bytes)| {
            let is_due = now_ns >= exchange.total_at_ns;
            if is_due {
                spare.push(std::mem::take(bytes));
                let sent = exchange.sent_earlier;
                let reason = Timeout::Total.into();
                visitor.outcome(exchange.ticket, Err(Error { reason, sent }));
            }
            !is_due
        });
    }

    /// Counts a connect that failed, and ends the requests that have seen `attempts` of them.
    pub(super) fn fail(&mut self, reason: &Reason, attempts: u32, visitor: &mut impl Visitor) {
        let spare = &mut self.spare;
        self.queue.retain_mut(|(exchange, bytes)| {
            exchange.attempts += 1;
            let is_over = exchange.attempts >= attempts;
            if is_over {
                spare.push(std::mem::take(bytes));
                let sent = exchange.sent_earlier;
                let reason = reason.again();
                visitor.outcome(exchange.ticket, Err(Error { reason, sent }));
            }
            !is_over
        });
    }
}
