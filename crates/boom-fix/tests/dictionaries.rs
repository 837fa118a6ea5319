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

mod sample;

use boom_fix::dictionary::{DataType, Dictionary};
use boom_fix::{
    BeginString, DataFields, Decoder, Encoder, FieldIndex, Fields, GroupDef, UtcTimestamp,
    Validator,
};
use sample::{Node, Sampler, flat};

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

/// Samples of each message.
const SAMPLES: usize = 3;

#[test]
fn every_message_and_group_comes_back_and_is_valid() {
    let encoder = Encoder::new(BeginString::Fix44, "A", "B").unwrap();
    let mut room = vec![0; 1 << 22];
    let mut index = FieldIndex::with_max_fields(1 << 18);
    let mut decoder = Decoder::new().with_max_message_bytes(1 << 22);
    let mut sampler = Sampler::new();
    let (mut messages, mut fields, mut groups) = (0, 0, 0);
    for dictionary in DICTIONARIES {
        let mut validator = Validator::new(dictionary);
        for message in dictionary.messages {
            for _ in 0..SAMPLES {
                let name = format!("{} {}", dictionary.name, message.name);
                let nodes = sampler.message(dictionary, message.parts);
                let mut writer =
                    encoder.message(&mut room, message.msg_type, 1, UtcTimestamp::UNIX_EPOCH);
                sampler.write(&mut writer, &nodes);
                let bytes = writer.finish().expect(&name).as_bytes();
                let read = decoder.decode(&mut &bytes[..], &mut index).unwrap();
                let read = read.expect(&name);
                let mut written = Vec::new();
                flat(&nodes, &mut written);
                let body = read.iter().skip(7).take(written.len());
                let body = body.map(|field| (field.tag(), field.as_bytes().to_vec()));
                assert!(body.eq(written.iter().cloned()), "{name}");
                let valid = validator.validate(&read);
                assert_eq!(valid, Ok(()), "{name}: {:?}", read.fields());
                groups += compare_groups(read.fields(), &nodes, &name);
                (messages, fields) = (messages + 1, fields + written.len());
            }
        }
    }
    assert_eq!(messages, SAMPLES * 596);
    assert!(
        fields > 100_000 && groups > 10_000,
        "{fields} fields, {groups} groups"
    );
}

/// Reads each group by its members and compares its entries with what was written, those in entries too. Returns how many
/// there were.
fn compare_groups(fields: Fields<'_>, nodes: &[Node], name: &str) -> usize {
    let mut groups = 0;
    for (place, node) in nodes.iter().enumerate() {
        let Node::Group {
            tag,
            members,
            entries,
        } = node
        else {
            continue;
        };
        let group = GroupDef::new(*tag, members);
        let read = fields.group(&group).unwrap();
        assert_eq!(read.len(), entries.len(), "{name} {tag}");
        for (number, (entry, expected)) in read.zip(entries).enumerate() {
            let (entry, mut written) = (entry.expect(name), Vec::new());
            flat(expected, &mut written);
            let found: Vec<_> = entry
                .iter()
                .map(|field| (field.tag(), field.as_bytes().to_vec()))
                .collect();
            // Nothing in the bytes ends a last entry where a field of the group follows the group.
            let is_last = number + 1 == entries.len();
            if is_last
                && let Some(Node::Field(next, _)) = nodes.get(place + 1)
                && members.contains(next)
            {
                assert!(found.starts_with(&written), "{name} {tag}");
            } else {
                assert_eq!(found, written, "{name} {tag}");
            }
            groups += compare_groups(entry, expected, name);
        }
        groups += 1;
    }
    groups
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
