//! Which work is measured, who takes part, and what is to be reached.

mod connected;
mod decoding;
mod deflating;
mod encoding;
mod kernels;

pub(super) use connected::{FAN_IN_TARGET, ROUND_TRIP_TARGET, fan_in, round_trip};

use crate::harness::target::Target;
use crate::harness::{Result, Work};
use crate::ws::feed::Messages;

/// The columns of the table, in order.
pub(super) const COLUMNS: [&str; 9] = [
    "limit",
    "rival",
    "tungstenite",
    "fastwebsockets",
    "tokio-websockets",
    "yawc",
    "ws-tool",
    "sockudo-ws",
    "ours",
];

/// One kind of work and all who do it.
pub(super) struct Case {
    pub(super) name: String,
    /// What goes through; every contestant must come to the same messages.
    pub(super) messages: Messages,
    pub(super) contestants: Vec<Contestant>,
    /// Peers that cannot take part, and why.
    pub(super) absent: &'static [(&'static str, &'static str)],
    /// Whether instructions are counted, which takes longest.
    pub(super) counted: bool,
    pub(super) allocations: Allocations,
    pub(super) instructions: Option<Target>,
    pub(super) time: Option<Target>,
}

/// Whose heap blocks are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allocations {
    Nobodys,
    Ours,
    Everyones,
}

impl Allocations {
    pub(super) fn include(self, who: &Contestant) -> bool {
        match self {
            Self::Nobodys => false,
            Self::Ours => who.column == OURS,
            Self::Everyones => who.column != LIMIT,
        }
    }
}

/// Who does the work.
pub(super) struct Contestant {
    pub(super) column: &'static str,
    /// Tells it from another contestant in the same column.
    pub(super) label: &'static str,
    pub(super) make: Make,
}

type Make = Box<dyn Fn() -> Result<Box<dyn Work>>>;

pub(super) const LIMIT: &str = "limit";
pub(super) const OURS: &str = "ours";
const DRAIN: &str = "drain";

impl Contestant {
    /// Its column, and what tells it from another one there.
    pub(super) const fn name(&self) -> (&'static str, &'static str) {
        (self.column, self.label)
    }

    /// False for who only takes the bytes and does not know where a message ends.
    pub(super) fn has_answer(&self) -> bool {
        self.label != DRAIN
    }

    /// The limit that ratios are taken to: the first that does the whole work.
    pub(super) fn is_base(&self) -> bool {
        self.column == LIMIT && self.has_answer()
    }

    /// Whether a quick look leaves it in.
    pub(super) fn is_limit_or_ours(&self) -> bool {
        self.column == LIMIT || self.column == OURS
    }

    fn labelled(self, label: &'static str) -> Self {
        Self { label, ..self }
    }
}

fn contestant(
    column: &'static str,
    make: impl Fn() -> Result<Box<dyn Work>> + 'static,
) -> Contestant {
    Contestant {
        column,
        label: "",
        make: Box::new(make),
    }
}

impl Case {
    fn new(name: String, messages: Messages, contestants: Vec<Contestant>) -> Self {
        Self {
            name,
            messages,
            contestants,
            absent: &[],
            counted: true,
            allocations: Allocations::Nobodys,
            instructions: None,
            time: None,
        }
    }
}

const fn count(at_most: f64) -> Option<Target> {
    Some(Target::Count(at_most))
}

const fn time(ns: f64, limit_ns: f64) -> Option<Target> {
    Some(Target::Time { ns, limit_ns })
}

/// Nobody may take a block of the heap for a message.
pub(super) const ALLOCATIONS_TARGET: Target = Target::Count(0.0);

/// All the work that is done in memory.
pub(super) fn in_memory() -> Vec<Case> {
    let mut cases = decoding::cases();
    cases.extend(encoding::cases());
    cases.extend(deflating::cases());
    cases.extend(kernels::cases());
    cases
}

/// A length as people read it.
fn size(length: usize) -> String {
    if length.is_multiple_of(1024) {
        format!("{} KiB", length / 1024)
    } else {
        format!("{length} B")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::dial::Security;
    use crate::ws::{fan_in as sockets, feed, round_trip as trips};

    #[test]
    fn every_contestant_gives_the_right_answer() {
        for case in in_memory() {
            if matches!(case.messages, Messages::Recorded) && feed::no_recordings().is_some() {
                continue;
            }
            let messages = 2 * case.messages.distinct().unwrap() as u64 + 1;
            let expected = case.messages.answer(messages).unwrap();
            for contestant in case.contestants.iter().filter(|who| who.has_answer()) {
                let answer = (contestant.make)().unwrap().answer(messages).unwrap();
                assert_eq!(answer, expected, "{} by {}", case.name, contestant.column);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = in_memory().into_iter().map(|case| case.name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_client_gets_its_echo() {
        for security in [Security::plain(), Security::tls()] {
            let clients: Vec<_> = round_trip()
                .into_iter()
                .map(|(_, connect)| connect)
                .collect();
            let samples = trips::measure(&clients, &security, 1).unwrap();
            assert_eq!(samples.len(), clients.len());
        }
    }

    #[test]
    fn every_receiver_takes_the_messages_out_of_a_socket() {
        let receivers: Vec<_> = fan_in()
            .into_iter()
            .map(|receiver| (receiver.open, receiver.has_answer))
            .collect();
        let samples = sockets::measure(&receivers, 1).unwrap();
        assert_eq!(samples.len(), receivers.len());
    }
}
