//! Every message and group of every dictionary: written, read and found good.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![cfg(all(
    feature = "fix40",
    feature = "fix41",
    feature = "fix42",
    feature = "fix43",
    feature = "fix44",
    feature = "fixt11",
    feature = "fix50",
    feature = "fix50sp1",
    feature = "fix50sp2"
))]

use boom_fix::dictionary::{DataType, Dictionary, Part};
use boom_fix::{
    BeginString, DataFields, Decoder, Encoder, FieldIndex, MessageWriter, UtcTimestamp, Validator,
    is_header_tag,
};

const DICTIONARIES: [&Dictionary; 9] = [
    &boom_fix::fix40::DICTIONARY,
    &boom_fix::fix41::DICTIONARY,
    &boom_fix::fix42::DICTIONARY,
    &boom_fix::fix43::DICTIONARY,
    &boom_fix::fix44::DICTIONARY,
    &boom_fix::fixt11::DICTIONARY,
    &boom_fix::fix50::DICTIONARY,
    &boom_fix::fix50sp1::DICTIONARY,
    &boom_fix::fix50sp2::DICTIONARY,
];

/// Writes fields and notes them.
struct Sampler<'w, 'a> {
    writer: &'w mut MessageWriter<'a>,
    dictionary: &'static Dictionary,
    data: DataFields,
    /// All pairs of it.
    lengths: &'w [(u32, u32)],
    written: Vec<(u32, Vec<u8>)>,
    seed: u64,
}

impl Sampler<'_, '_> {
    fn random(&mut self) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed >> 8
    }

    fn parts(&mut self, parts: &'static [Part], seen: &mut Vec<u32>, depth: usize) {
        for part in parts {
            match part {
                Part::Component { parts, .. } => self.parts(parts, seen, depth),
                Part::Field { tag, .. } | Part::Group { tag, .. }
                    if seen.contains(tag) || is_header_tag(*tag) => {}
                Part::Field { tag, .. } => {
                    seen.push(*tag);
                    self.field(*tag);
                }
                Part::Group { tag, parts, .. } => {
                    seen.push(*tag);
                    let is_listed = self
                        .dictionary
                        .field(*tag)
                        .is_some_and(|field| !field.values.is_empty());
                    let entries = if depth == 0 && !is_listed {
                        1 + self.random() % 3
                    } else {
                        1
                    };
                    self.put(*tag, entries.to_string().into_bytes());
                    for _ in 0..entries {
                        self.parts(parts, &mut Vec::new(), depth + 1);
                    }
                }
            }
        }
    }

    fn field(&mut self, tag: u32) {
        // Written with the data that it announces.
        if self.data.data_of(tag).is_some() {
            return;
        }
        if let Some(&(length, _)) = self.lengths.iter().find(|&&(_, data)| data == tag) {
            let value = vec![b'a', 1, b'=', (self.random() % 256) as u8];
            self.writer.data(length, tag, &value);
            self.written.push((length, b"4".to_vec()));
            self.written.push((tag, value));
            return;
        }
        let value = self.sample(tag);
        self.put(tag, value.into_bytes());
    }

    fn put(&mut self, tag: u32, value: Vec<u8>) {
        self.writer.bytes(tag, &value);
        self.written.push((tag, value));
    }

    fn sample(&mut self, tag: u32) -> String {
        let random = self.random();
        let field = self.dictionary.field(tag).unwrap();
        if !field.values.is_empty() {
            return field.values[random as usize % field.values.len()]
                .0
                .to_owned();
        }
        match field.data_type {
            DataType::DayOfMonth => (1 + random % 31).to_string(),
            DataType::Int => format!("-{}", random % 1000),
            DataType::Length | DataType::SeqNum | DataType::NumInGroup | DataType::TagNum => {
                (random % 100_000).to_string()
            }
            DataType::Float => format!("{}.{}", random % 100_000, random % 1000),
            DataType::Char | DataType::MultipleCharValue => "A".to_owned(),
            DataType::Boolean => "Y".to_owned(),
            DataType::UtcTimestamp => "20240506-12:34:56.789".to_owned(),
            DataType::UtcTimeOnly => "12:34:56".to_owned(),
            DataType::DateOnly => "20240229".to_owned(),
            DataType::MonthYear => "202512w2".to_owned(),
            DataType::TzTimeOnly => "07:39Z".to_owned(),
            DataType::TzTimestamp => "20060901-07:39-05".to_owned(),
            _ => format!("text {random}"),
        }
    }
}

#[test]
fn every_message_comes_back_and_is_valid() {
    let encoder = Encoder::new(BeginString::Fix44, "A", "B").unwrap();
    let mut room = vec![0; 1 << 22];
    let mut index = FieldIndex::with_max_fields(1 << 18);
    let mut decoder = Decoder::new().with_max_message_bytes(1 << 22);
    let data = DataFields::standard();
    let pairs = (1..2000).filter_map(|length| Some((length, data.data_of(length)?)));
    let lengths: Vec<_> = pairs.collect();
    let (mut messages, mut fields) = (0, 0);
    for dictionary in DICTIONARIES {
        let mut validator = Validator::new(dictionary);
        for message in dictionary.messages {
            for seed in 1..=3u64 {
                let mut writer =
                    encoder.message(&mut room, message.msg_type, 1, UtcTimestamp::UNIX_EPOCH);
                let mut sampler = Sampler {
                    writer: &mut writer,
                    dictionary,
                    data: data.clone(),
                    lengths: &lengths,
                    written: Vec::new(),
                    seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                };
                sampler.parts(message.parts, &mut Vec::new(), 0);
                let written = sampler.written;
                let name = format!("{} {}", dictionary.name, message.name);
                let bytes = writer.finish().unwrap().as_bytes();
                let read = decoder
                    .decode(&mut &bytes[..], &mut index)
                    .unwrap()
                    .expect(&name);
                let body = read.iter().skip(7).take(written.len());
                assert!(
                    body.map(|field| (field.tag(), field.as_bytes().to_vec()))
                        .eq(written.iter().cloned()),
                    "{name}"
                );
                assert_eq!(
                    validator.validate(&read),
                    Ok(()),
                    "{name}: {:?}",
                    read.fields()
                );
                messages += 1;
                fields += written.len();
            }
        }
    }
    assert!(
        messages == 3 * 596 && fields > 100_000,
        "{messages} messages, {fields} fields"
    );
}

#[test]
fn tables_are_sorted_and_whole() {
    for dictionary in DICTIONARIES {
        assert!(
            dictionary.fields.is_sorted_by(|a, b| a.tag < b.tag),
            "{}",
            dictionary.name
        );
        assert!(
            dictionary
                .messages
                .is_sorted_by(|a, b| a.msg_type < b.msg_type),
            "{}",
            dictionary.name
        );
        assert_eq!(
            dictionary
                .field(55)
                .map(|field| field.name)
                .filter(|_| dictionary.name != "FIXT.1.1"),
            (dictionary.name != "FIXT.1.1").then_some("Symbol")
        );
        assert!(dictionary.message(b"0").is_some() && dictionary.message(b"none").is_none());
    }
}

#[test]
fn length_fields_are_known() {
    let data = DataFields::standard();
    for dictionary in DICTIONARIES {
        for field in dictionary
            .fields
            .iter()
            .filter(|field| field.data_type == DataType::Data)
        {
            assert!(
                (1..2000).any(|length| data.data_of(length) == Some(field.tag)),
                "{} {}",
                dictionary.name,
                field.name
            );
        }
    }
}
