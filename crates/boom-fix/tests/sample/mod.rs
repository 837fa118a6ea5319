//! Samples of messages: their shape by a dictionary, their values by proptest.
#![allow(missing_docs, reason = "of tests")]

use boom_fix::dictionary::{DataType, Dictionary, Part};
use boom_fix::{DataFields, MessageWriter, is_header_tag};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;

/// What was written.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Field(u32, Vec<u8>),
    Group {
        tag: u32,
        /// The tags of an entry, those of groups in it too.
        members: Vec<u32>,
        entries: Vec<Vec<Self>>,
    },
}

/// In the order of the message.
pub(crate) fn flat(nodes: &[Node], fields: &mut Vec<(u32, Vec<u8>)>) {
    for node in nodes {
        match node {
            Node::Field(tag, value) => fields.push((*tag, value.clone())),
            Node::Group { tag, entries, .. } => {
                fields.push((*tag, entries.len().to_string().into_bytes()));
                entries.iter().for_each(|entry| flat(entry, fields));
            }
        }
    }
}

/// Draws values.
pub(crate) struct Sampler {
    runner: TestRunner,
    texts: Vec<(DataType, BoxedStrategy<String>)>,
    /// Tags of lengths and of the data that they announce.
    pairs: Vec<(u32, u32)>,
}

impl Sampler {
    pub(crate) fn new() -> Self {
        let data = DataFields::standard();
        let pairs = (1..2000).filter_map(|length| Some((length, data.data_of(length)?)));
        Self {
            runner: TestRunner::deterministic(),
            texts: texts(),
            pairs: pairs.collect(),
        }
    }

    /// Every field that a message may have, groups with one to three entries.
    pub(crate) fn message(
        &mut self,
        dictionary: &'static Dictionary,
        parts: &'static [Part],
    ) -> Vec<Node> {
        let mut nodes = Vec::new();
        self.parts(dictionary, parts, 0, &mut Vec::new(), &mut nodes);
        nodes
    }

    fn parts(
        &mut self,
        dictionary: &'static Dictionary,
        parts: &'static [Part],
        depth: usize,
        seen: &mut Vec<u32>,
        nodes: &mut Vec<Node>,
    ) {
        for part in parts {
            match part {
                Part::Component { parts, .. } => self.parts(dictionary, parts, depth, seen, nodes),
                Part::Field { tag, .. } | Part::Group { tag, .. }
                    if seen.contains(tag) || is_header_tag(*tag) => {}
                Part::Field { tag, .. } => {
                    seen.push(*tag);
                    self.field(dictionary, *tag, nodes);
                }
                Part::Group { tag, parts, .. } => {
                    seen.push(*tag);
                    nodes.push(self.group(dictionary, *tag, parts, depth));
                }
            }
        }
    }

    fn group(
        &mut self,
        dictionary: &'static Dictionary,
        tag: u32,
        parts: &'static [Part],
        depth: usize,
    ) -> Node {
        // The files have counts with a list of values, of which 1 is one; and deep groups grow by powers.
        let definition = dictionary.field(tag).unwrap();
        let count = if depth > 0 || !definition.values.is_empty() {
            1
        } else {
            self.draw(&(1..=3usize))
        };
        let entries = (0..count).map(|_| {
            let mut entry = Vec::new();
            self.parts(dictionary, parts, depth + 1, &mut Vec::new(), &mut entry);
            entry
        });
        let entries = entries.collect();
        let mut members = Vec::new();
        members_of(parts, &mut members);
        Node::Group {
            tag,
            members,
            entries,
        }
    }

    fn field(&mut self, dictionary: &'static Dictionary, tag: u32, nodes: &mut Vec<Node>) {
        // Written with the data that it announces.
        if self.pairs.iter().any(|&(length, _)| length == tag) {
            return;
        }
        if let Some(&(length, _)) = self.pairs.iter().find(|&&(_, data)| data == tag) {
            let value = self.draw(&vec(any::<u8>(), 1..24));
            nodes.push(Node::Field(length, value.len().to_string().into_bytes()));
            nodes.push(Node::Field(tag, value));
            return;
        }
        let definition = dictionary.field(tag).unwrap();
        let value = match definition.values {
            [] => {
                let strategy = self.texts.iter();
                let mut strategy = strategy.filter(|(kind, _)| *kind == definition.data_type);
                let strategy = strategy.next().expect(definition.name).1.clone();
                self.draw(&strategy)
            }
            values => self.draw(&select(values)).0.to_owned(),
        };
        nodes.push(Node::Field(tag, value.into_bytes()));
    }

    fn draw<T>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.runner).unwrap().current()
    }

    /// Writes what was drawn.
    pub(crate) fn write(&self, writer: &mut MessageWriter<'_>, nodes: &[Node]) {
        let mut fields = Vec::new();
        flat(nodes, &mut fields);
        let mut fields = fields.iter().peekable();
        while let Some((tag, value)) = fields.next() {
            let pair = self.pairs.iter().find(|(length, _)| length == tag);
            match (pair, fields.peek()) {
                (Some(&(length, data)), Some((next, value))) if *next == data => {
                    writer.data(length, data, value);
                    fields.next();
                }
                _ => drop(writer.bytes(*tag, value)),
            }
        }
    }
}

fn members_of(parts: &[Part], members: &mut Vec<u32>) {
    for part in parts {
        match part {
            Part::Field { tag, .. } => members.push(*tag),
            Part::Component { parts, .. } => members_of(parts, members),
            Part::Group { tag, parts, .. } => {
                members.push(*tag);
                members_of(parts, members);
            }
        }
    }
}

/// Values of each type that has no list of them (FIX 5.0 SP2 Volume 1, "FIX Data Types").
fn texts() -> Vec<(DataType, BoxedStrategy<String>)> {
    const DATE: &str = "(19[0-9]{2}|20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])";
    const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
    const FRACTION: &str = r"(\.[0-9]{3}|\.[0-9]{6}|\.[0-9]{9}|\.[0-9]{12})?";
    const ZONE: &str = "(Z|[+-](0[0-9]|1[0-2])(:[0-5][0-9])?)";
    let text = |pattern: &str| string_regex(pattern).unwrap().boxed();
    let counts = || any::<u32>().prop_map(|number| number.to_string()).boxed();
    vec![
        (
            DataType::Int,
            any::<i64>().prop_map(|number| number.to_string()).boxed(),
        ),
        (DataType::Length, counts()),
        (DataType::SeqNum, counts()),
        (DataType::NumInGroup, counts()),
        (
            DataType::TagNum,
            (1..=u32::MAX).prop_map(|tag| tag.to_string()).boxed(),
        ),
        (
            DataType::DayOfMonth,
            (1..=31u8).prop_map(|day| day.to_string()).boxed(),
        ),
        (DataType::Float, text(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")),
        (DataType::Char, text("[!-~]")),
        (
            DataType::Boolean,
            select(vec!["Y", "N"]).prop_map(str::to_owned).boxed(),
        ),
        (DataType::String, text(r"\PC{1,16}")),
        (DataType::MultipleCharValue, text("[!-~]( [!-~]){0,3}")),
        (
            DataType::MultipleStringValue,
            text("[!-~]{1,5}( [!-~]{1,5}){0,3}"),
        ),
        (
            DataType::UtcTimestamp,
            text(&format!("{DATE}-{TIME}{FRACTION}")),
        ),
        (DataType::UtcTimeOnly, text(&format!("{TIME}{FRACTION}"))),
        (DataType::DateOnly, text(DATE)),
        (
            DataType::MonthYear,
            text("20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|2[0-8]|w[1-5])?"),
        ),
        (
            DataType::TzTimeOnly,
            text(&format!(
                "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?{ZONE}"
            )),
        ),
        (DataType::TzTimestamp, text(&format!("{DATE}-{TIME}{ZONE}"))),
        (DataType::Data, Just("data".to_owned()).boxed()),
    ]
}
