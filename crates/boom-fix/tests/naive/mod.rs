//! A slow and plain reader of the same rules, to compare with.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, reason = "of tests")]

use boom_fix::{DataFields, Decoded, Decoder, Error, FieldIndex, Message};

/// Tags and values in order.
type NaiveFields = Vec<(u32, Vec<u8>)>;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NaiveMessage {
    /// Those that can be read.
    pub(crate) fields: NaiveFields,
    /// Whether there is anything else in it.
    pub(crate) is_malformed: bool,
}

/// What a stream of bytes gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) messages: Vec<NaiveMessage>,
    pub(crate) garbled: u64,
    /// What is not a whole message yet.
    pub(crate) left: usize,
}

/// One byte after the other.
pub(crate) fn read(input: &[u8]) -> Read {
    let mut read = Read::default();
    let mut at = 0;
    loop {
        match step(&input[at..]) {
            Step::Partial => break,
            Step::Message(length) => {
                let bytes = &input[at..at + length];
                read.messages.push(fields(bytes));
                at += length;
            }
            Step::Garbled => {
                read.garbled += 1;
                let rest = &input[at + 1..];
                match (0..rest.len()).find(|&place| rest[place..].starts_with(START)) {
                    Some(place) => at += 1 + place,
                    None => {
                        let kept = (0..5).rev().find(|&len| rest.ends_with(&START[..len]));
                        read.left = kept.unwrap_or(0);
                        return read;
                    }
                }
            }
        }
    }
    read.left = input.len() - at;
    read
}

const START: &[u8] = b"8=FIX";

enum Step {
    Message(usize),
    Garbled,
    Partial,
}

fn step(input: &[u8]) -> Step {
    if !START.starts_with(&input[..input.len().min(5)]) {
        return Step::Garbled;
    }
    let Some(begin) = input.iter().position(|&byte| byte == 1) else {
        return if input.len() > 18 {
            Step::Garbled
        } else {
            Step::Partial
        };
    };
    if begin > 18 {
        return Step::Garbled;
    }
    let rest = &input[begin + 1..];
    if !b"9=".starts_with(&rest[..rest.len().min(2)]) {
        return Step::Garbled;
    }
    let digits = rest.get(2..).unwrap_or_default();
    let number = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if number > 9 {
        return Step::Garbled;
    }
    match digits.get(number) {
        None => return Step::Partial,
        Some(1) if number > 0 => {}
        Some(_) => return Step::Garbled,
    }
    let length: usize = std::str::from_utf8(&digits[..number])
        .unwrap()
        .parse()
        .unwrap();
    let body = begin + 3 + number + 1;
    let Some(message) = input.get(..body + length + 7) else {
        // Longer than is permitted is never whole.
        return if length > 1 << 20 {
            Step::Garbled
        } else {
            Step::Partial
        };
    };
    let (content, trailer) = message.split_at(body + length);
    let sum = content
        .iter()
        .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    let is_message = trailer == format!("10={sum:03}\x01").as_bytes()
        && content.ends_with(b"\x01")
        && length > 4
        && content[body..].starts_with(b"35=")
        && content[body + 3] != 1;
    if is_message {
        Step::Message(message.len())
    } else {
        Step::Garbled
    }
}

fn fields(bytes: &[u8]) -> NaiveMessage {
    let (mut fields, mut is_malformed) = (Vec::new(), false);
    let (mut at, mut announced) = (0, None);
    while at < bytes.len() {
        let end = at + bytes[at..].iter().position(|&byte| byte == 1).unwrap();
        let Some((tag, start)) = tag(&bytes[..end], at) else {
            (is_malformed, announced, at) = (true, None, end + 1);
            continue;
        };
        let end = match announced.take() {
            Some((data, length)) if data == tag => {
                match start
                    .checked_add(length)
                    .filter(|&end| bytes.get(end) == Some(&1))
                {
                    // Not into the trailer.
                    Some(by_length) if by_length < bytes.len() - 7 => by_length,
                    _ => {
                        is_malformed = true;
                        end
                    }
                }
            }
            _ => end,
        };
        let value = &bytes[start..end];
        if let Some(data) = DataFields::standard().data_of(tag) {
            let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let text = std::str::from_utf8(value).unwrap_or_default();
            announced = text
                .parse::<i64>()
                .ok()
                .filter(|_| is_number)
                .map(|length| (data, length as usize));
        }
        fields.push((tag, value.to_vec()));
        at = end + 1;
    }
    NaiveMessage {
        fields,
        is_malformed,
    }
}

/// The tag at `at` and where its value starts.
fn tag(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let sign = at + bytes[at..].iter().position(|&byte| byte == b'=')?;
    let digits = &bytes[at..sign];
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let tag: u32 = std::str::from_utf8(digits).unwrap().parse().ok()?;
    (tag > 0).then_some((tag, sign + 1))
}

fn all_fields(message: &Message<'_>, is_malformed: bool) -> NaiveMessage {
    let fields = message.iter();
    NaiveMessage {
        fields: fields
            .map(|field| (field.tag(), field.as_bytes().to_vec()))
            .collect(),
        is_malformed,
    }
}

/// By the decoder, the input arriving in pieces.
pub(crate) fn decode(mut decoder: Decoder, pieces: &[&[u8]]) -> Read {
    let mut index = FieldIndex::with_max_fields(4096);
    let mut read = Read::default();
    let mut buffer = Vec::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        let mut input = &buffer[..];
        loop {
            let before = input.len();
            let start = input;
            match decoder.decode_frame(&mut input, &mut index) {
                Ok(Some(Decoded::Message(message))) => {
                    assert!(message.as_bytes().len() <= before - input.len());
                    read.messages.push(all_fields(&message, false));
                    strict(&decoder, start, Some(&all_fields(&message, false)));
                }
                Ok(Some(Decoded::Malformed(malformed))) => {
                    let message = malformed.readable();
                    assert_eq!(message.tags()[..3], [8, 9, 35]);
                    read.messages.push(all_fields(&message, true));
                    strict(&decoder, start, None);
                }
                Ok(None) => {
                    assert!(decoder.needed() > input.len());
                    break;
                }
                Err(Error::MessageTooLong { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        let taken = buffer.len() - input.len();
        buffer.drain(..taken);
    }
    read.garbled = decoder.garbled();
    read.left = buffer.len();
    read
}

/// The decoder that takes only whole messages gives the same, or an error. Nothing is said of noise in front.
fn strict(decoder: &Decoder, mut input: &[u8], expected: Option<&NaiveMessage>) {
    if !input.starts_with(START) {
        return;
    }
    let mut index = FieldIndex::with_max_fields(4096);
    match decoder.clone().decode(&mut input, &mut index) {
        Ok(Some(message)) => assert_eq!(Some(&all_fields(&message, false)), expected),
        Ok(None) => panic!("a message was there"),
        Err(Error::MessageTooLong { .. }) => {}
        Err(_) => assert_eq!(expected, None),
    }
}

/// `|` as the delimiter, with `8`, `9` and `10` around it.
pub(crate) fn framed(body: &str) -> Vec<u8> {
    let body = body.replace('|', "\x01");
    let message = format!("8=FIX.4.4\x019={}\x01{body}", body.len());
    let sum = message.bytes().fold(0u8, u8::wrapping_add);
    format!("{message}10={sum:03}\x01").into_bytes()
}
