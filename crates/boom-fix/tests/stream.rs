//! Every way of this processor, every cut and every kind of noise give what a plain reading gives.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod naive;

use boom_fix::{DataFields, Decoded, Decoder, Error, FieldFault, FieldIndex};
use naive::{decode, framed};
use proptest::prelude::*;

fn check(input: &[u8]) {
    let expected = naive::read(input);
    for decoder in Decoder::every_kernel() {
        let read = decode(decoder.clone(), &[input]);
        // Not `assert_eq`, which would print long messages.
        assert!(
            read == expected,
            "{decoder:?} reads {} bytes otherwise",
            input.len()
        );
    }
}

fn stream() -> Vec<u8> {
    let mut stream = b"108=30\x01".to_vec();
    stream.extend(framed("35=0|34=1|49=A|56=B|52=20240506-12:34:56|"));
    stream.extend(b"8=FIX.4.4\x019=5\x01noise");
    stream.extend(framed(
        "35=B|34=2|95=7|96=a\x018=FIX|1128=9|10005=x|58=a|58=b|",
    ));
    stream.extend(b"8=FIX8=FIX.4.4\x019=12\x0135=0\x01");
    stream.extend(framed(&format!(
        "35=D|34=3|{}",
        "58=text of some length|".repeat(30)
    )));
    stream.extend(framed("35=0|3x=1|"));
    stream.extend(b"8=FIXT.1.1\x019=5\x0135=0\x0110=000\x01");
    stream.extend(b"8=FIX.4.4\x019=");
    stream
}

#[test]
fn the_stream_gives_what_it_is_made_of() {
    let read = naive::read(&stream());
    let numbers = |wanted| {
        read.messages
            .iter()
            .flat_map(|message| &message.fields)
            .filter(|(tag, _)| *tag == wanted)
            .count()
    };
    assert_eq!(read.messages.len(), 4);
    assert_eq!((numbers(34), numbers(1128), numbers(10_005)), (3, 1, 1));
    assert_eq!(
        read.messages
            .iter()
            .filter(|message| message.is_malformed)
            .count(),
        1
    );
    check(&stream());
}

#[test]
fn cut_at_every_byte() {
    let stream = stream();
    let expected = naive::read(&stream);
    for decoder in Decoder::every_kernel() {
        for cut in 0..=stream.len() {
            let (first, second) = stream.split_at(cut);
            assert_eq!(
                decode(decoder.clone(), &[first, second]),
                expected,
                "cut at {cut}"
            );
        }
        let bytes: Vec<_> = stream.chunks(1).collect();
        assert_eq!(decode(decoder, &bytes), expected);
    }
}

#[test]
fn every_byte_wrong() {
    let message = framed(
        "35=D|34=17|49=A|56=B|52=20240506-12:34:56|354=3|355=a\x01b|44=1.5|38=100|58=some text here|",
    );
    for place in 0..message.len() {
        for byte in [0, 1, b'0', b'9', b'=', b'8', 255] {
            let mut wrong = message.clone();
            wrong[place] = byte;
            wrong.extend(framed("35=0|"));
            check(&wrong);
        }
    }
}

#[test]
fn every_length_of_message() {
    for length in 1..300 {
        check(&framed(&format!("35=0|58={}|", "x".repeat(length))));
        check(&framed(&format!("35=0|{}", "1=y|".repeat(length))));
    }
}

#[test]
fn every_tag() {
    for tag in (0..2100).chain([9999, 10_000, 12_345, u32::MAX]) {
        for field in [
            format!("{tag}=x|"),
            format!("0{tag}=y|"),
            format!("00{tag}=|"),
        ] {
            check(&framed(&format!("35=0|{field}58=some text|")));
        }
        check(&framed(&format!("35=0|{tag}x=y|{tag}|:{tag}=|58=end|")));
    }
}

/// However near to the trailer they start.
#[test]
fn the_last_field_of_every_length() {
    for tag in [1, 58, 448, 1128] {
        for length in 0..40 {
            let value = "x".repeat(length);
            check(&framed(&format!("35=0|{tag}={value}|")));
            check(&framed(&format!("35=0|1=a|2=b|{tag}={value}|3=c|")));
        }
    }
}

/// Bytes that are delimiters to a look that is not exact, at every place of a value, and what may follow one.
#[test]
fn bytes_that_are_nearly_delimiters() {
    for byte in [0, 2, 3, b'=', 0x7f, 0x80, 0x81, 0x82, 0x83, 0xc3, 0xff] {
        for ahead in (0..10).chain([15, 16, 17, 24]) {
            for rest in [
                "", "44=1", "1=", "448=a", "1128=a", "=", "##", "###", "\x02#=", "#|#",
            ] {
                let value = format!("{}#{rest}", "x".repeat(ahead));
                // The first alone, because the second has all of a message read again with care.
                for more in ["448=y|", "55=#|448=##|"] {
                    let text = framed(&format!("35=0|58={value}|34=7|{more}"));
                    let bytes = text[..text.len() - 7].iter();
                    let bytes = bytes.map(|&known| if known == b'#' { byte } else { known });
                    check(&with_trailer(bytes.collect()));
                }
            }
        }
    }
}

fn with_trailer(mut content: Vec<u8>) -> Vec<u8> {
    let sum = content
        .iter()
        .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    content.extend(format!("10={sum:03}\x01").bytes());
    content
}

#[test]
fn limits_name_tag_and_place() {
    let long = framed("35=0|58=0123456789|");
    let (mut input, mut index) = (&long[..], FieldIndex::with_max_fields(4));
    let mut decoder = Decoder::new().with_max_message_bytes(long.len() - 1);
    let error = decoder.decode(&mut input, &mut index).unwrap_err();
    let (length, max) = (long.len(), long.len() - 1);
    assert_eq!(
        error,
        Error::MessageTooLong {
            offset: 12,
            length,
            max
        }
    );
    let many = framed("35=0|1=a|2=b|");
    let error = Decoder::new()
        .decode(&mut &many[..], &mut index)
        .unwrap_err();
    assert_eq!(
        error,
        Error::TooManyFields {
            tag: 2,
            offset: 24,
            max: 4
        }
    );
    let fits = framed("35=0|");
    assert!(
        Decoder::new()
            .decode(&mut &fits[..], &mut index)
            .unwrap()
            .is_some()
    );
    let Error::Field(error) = Decoder::new()
        .decode(&mut &framed("35=0|95=9|96=a|")[..], &mut FieldIndex::new())
        .unwrap_err()
    else {
        panic!("a field is wrong");
    };
    assert_eq!(
        (error.tag, error.offset, error.fault),
        (96, 28, FieldFault::DataLength)
    );
}

#[test]
fn what_can_be_read_of_a_malformed_message() {
    // A tag that is none, no sign, an empty value, tag 0, and a length that is wrong, in front of MsgSeqNum.
    for (wrong, tag, offset, fault) in [
        ("x=1|", 0, 20, FieldFault::Malformed),
        ("58|", 0, 20, FieldFault::Malformed),
        ("|", 0, 20, FieldFault::Malformed),
        ("0=1|", 0, 20, FieldFault::Malformed),
        ("00=1|", 0, 20, FieldFault::Malformed),
        ("4294967296=1|", 0, 20, FieldFault::Malformed),
        ("1\u{e9}=1|", 0, 20, FieldFault::Malformed),
        ("95=3|96=ab|", 96, 28, FieldFault::DataLength),
        ("95=9999999|96=ab|", 96, 34, FieldFault::DataLength),
    ] {
        let bytes = framed(&format!("35=D|{wrong}34=17|58=|49=A|"));
        for mut decoder in Decoder::every_kernel() {
            let mut index = FieldIndex::new();
            let decoded = decoder.decode_frame(&mut &bytes[..], &mut index);
            let Decoded::Malformed(malformed) = decoded.unwrap().unwrap() else {
                panic!("{wrong} is no field");
            };
            let Error::Field(error) = malformed.error() else {
                panic!("a field is wrong");
            };
            // BodyLength has three digits where the message is longer.
            let offset = offset + usize::from(bytes[12 + 2] != 1);
            assert_eq!(
                (error.tag, error.offset, error.fault),
                (tag, offset, fault),
                "{wrong}"
            );
            let message = malformed.readable();
            assert_eq!(message.msg_type(), b"D");
            assert_eq!(message.msg_seq_num(), Ok(17), "{wrong}");
            assert_eq!(message.get(58).unwrap().as_bytes(), b"");
            assert_eq!(message.as_bytes(), bytes);
            assert_eq!(message.trailer().tags(), [10]);
        }
    }
}

#[test]
fn what_can_be_read_of_a_message_with_too_many_fields() {
    // A few too many, and more than the tables have room for.
    for rest in ["58=x|", &"1=a|448=b|1128=c|58=d|".repeat(30)] {
        let bytes = framed(&format!("35=D|34=17|49=A|56=B|{rest}"));
        for mut decoder in Decoder::every_kernel() {
            let mut index = FieldIndex::with_max_fields(4);
            let decoded = decoder.decode_frame(&mut &bytes[..], &mut index);
            let Decoded::Malformed(malformed) = decoded.unwrap().unwrap() else {
                panic!("too many fields");
            };
            let error = Error::TooManyFields {
                tag: 49,
                offset: 26 + usize::from(bytes[12 + 2] != 1),
                max: 4,
            };
            assert_eq!(malformed.error(), error);
            assert_eq!(malformed.readable().tags(), [8, 9, 35, 34, 10]);
            assert_eq!(malformed.readable().msg_seq_num(), Ok(17));
        }
    }
}

#[test]
fn data_fields_of_a_venue() {
    let bytes = framed("35=U|5050=5|5051=a\x01b\x01c|58=end|");
    for mut decoder in Decoder::every_kernel() {
        let mut index = FieldIndex::new().with_data_fields(DataFields::standard().with(5050, 5051));
        let message = decoder
            .decode(&mut &bytes[..], &mut index)
            .unwrap()
            .unwrap();
        assert_eq!(message.value(5051).unwrap().as_bytes(), b"a\x01b\x01c");
        assert_eq!(message.text(58), Ok("end"));
    }
}

/// Long messages, whose sums are taken in parts, and bytes of which many are high.
#[test]
fn long_messages() {
    for (count, text) in [(1, "~".repeat(9000)), (700, "\u{fe}\u{ff}".to_owned())] {
        check(&framed(&format!(
            "35=0|{}",
            format!("58={text}|").repeat(count)
        )));
    }
    let parties = "448=X|447=D|452=1|1128=9|445=2|446=ab|".repeat(200);
    check(&framed(&format!("35=0|453=200|{parties}")));
}

/// Starts of messages within what others claim, trailers that several of them end with, right sums and wrong ones, whole
/// messages among them, and cuts anywhere.
fn a_hostile_piece() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &str| Just(text.as_bytes().to_vec());
    prop_oneof![
        4 => (5usize..700).prop_map(|length| format!("8=FIX.4.4\x019={length}\x0135=0\x01").into_bytes()),
        4 => (0u8..=255).prop_map(|sum| format!("10={sum:03}\x01").into_bytes()),
        2 => (0usize..300).prop_map(|length| [b"58=", &b"x".repeat(length)[..], b"\x01"].concat()),
        2 => text("8=FIX.4.2\x019=5\x0135=0\x0110=161\x01"),
        1 => text("noise"),
        1 => text("8=FIX.4.4\x019=9999999\x01"),
    ]
}

/// Gives starts the length to some trailer behind them, and trailers the sum from some start before them.
fn with_lengths_and_sums(
    mut bytes: Vec<u8>,
    choices: &[(prop::sample::Index, prop::sample::Index, bool)],
) -> Vec<u8> {
    let find = |bytes: &[u8], wanted: &[u8]| -> Vec<usize> {
        let found = bytes.windows(wanted.len()).enumerate();
        found
            .filter(|(_, window)| *window == wanted)
            .map(|(place, _)| place)
            .collect()
    };
    for (start, trailer, is_right) in choices {
        let (starts, trailers) = (find(&bytes, b"8=FIX.4.4\x019="), find(&bytes, b"\x0110="));
        if starts.is_empty() || trailers.is_empty() {
            return bytes;
        }
        let start = starts[start.index(starts.len())];
        let trailer = trailers[trailer.index(trailers.len())] + 1;
        let digits = start + 12;
        let Some(end) = bytes[digits..].iter().position(|&byte| byte == 1) else {
            continue;
        };
        let body = digits + end + 1;
        if body + 5 > trailer {
            continue;
        }
        bytes.splice(digits..digits + end, (trailer - body).to_string().bytes());
        let trailer = find(&bytes, b"\x0110=")
            .into_iter()
            .map(|place| place + 1)
            .find(|&place| place + 3 >= trailer);
        if let Some(trailer) = trailer.filter(|_| *is_right) {
            let sum = bytes[start..trailer]
                .iter()
                .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
            bytes.splice(trailer + 3..trailer + 6, format!("{sum:03}").bytes());
        }
    }
    bytes
}

fn a_field() -> impl Strategy<Value = String> {
    let tag = prop_oneof![1u32..100, 90u32..96, 1u32..1000, 1u32..10_000, any::<u32>()];
    (tag, "[ -~]{0,20}").prop_map(|(tag, value)| format!("{tag}={}|", value.replace('|', "")))
}

fn a_message() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(a_field(), 0..60)
        .prop_map(|fields| framed(&format!("35=X|{}", fields.concat())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn messages(messages in prop::collection::vec(a_message(), 1..4)) {
        check(&messages.concat());
    }

    #[test]
    fn garbled_bytes_with_many_starts(
        pieces in prop::collection::vec(a_hostile_piece(), 1..24),
        choices in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index, bool)>(), 0..12),
        size in 1usize..400,
    ) {
        let bytes = with_lengths_and_sums(pieces.concat(), &choices);
        let expected = naive::read(&bytes);
        for decoder in Decoder::every_kernel() {
            prop_assert_eq!(&decode(decoder.clone(), &[&bytes]), &expected);
            let pieces: Vec<_> = bytes.chunks(size).collect();
            prop_assert_eq!(&decode(decoder, &pieces), &expected);
        }
    }

    #[test]
    fn messages_with_changes(
        message in a_message(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = message;
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        check(&bytes);
        // With a checksum that lets the fields be looked at.
        bytes.truncate(bytes.len() - 7);
        check(&with_trailer(bytes));
    }
}
