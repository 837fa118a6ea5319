//! Values are read as they were written.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_fix::{
    BeginString, Date, Decimal, Decoder, EncodeError, Encoder, FieldFault, FieldIndex, Fields,
    GroupDef, MonthYear, Precision, Time, TzTime, UtcTimestamp, Value,
};
use proptest::prelude::*;

fn with<T>(text: &[u8], read: impl FnOnce(Value<'_>) -> T) -> T {
    let mut index = FieldIndex::new();
    let bytes = [b"1=", text, b"\x01"].concat();
    read(Fields::parse(&bytes, &mut index).unwrap().value(1).unwrap())
}

#[test]
fn numbers() {
    for (text, expected) in [
        ("0", 0),
        ("007", 7),
        ("-12", -12),
        ("999999999999999999", 999_999_999_999_999_999),
    ] {
        assert_eq!(with(text.as_bytes(), |value| value.int()), Ok(expected));
    }
    for text in ["", "-", "+1", "1.0", " 1", "9999999999999999999", "--1"] {
        let fault = with(text.as_bytes(), |value| value.int().unwrap_err().fault);
        assert_eq!(fault, FieldFault::NotAnInt, "{text}");
    }
    for (text, mantissa, scale) in [
        ("1.5", 15, 1),
        ("-0.25", -25, 2),
        ("5.", 5, 0),
        (".5", 5, 1),
        ("1234567", 1_234_567, 0),
        ("100.0000", 1_000_000, 4),
        ("0.000000000000000001", 1, 18),
        ("00023.23", 2323, 2),
        ("1.08430", 108_430, 5),
        ("-.500", -500, 3),
    ] {
        let decimal = with(text.as_bytes(), |value| value.decimal().unwrap());
        if text.len() < 20 {
            assert_eq!(
                (decimal.mantissa(), decimal.scale()),
                (mantissa, scale),
                "{text}"
            );
        }
    }
    for text in [
        "",
        ".",
        "-",
        "-.",
        "1..2",
        "1.2.3",
        "1e5",
        "1,5",
        "1234x.5",
        "12.34-5",
        "1234567890123456789",
    ] {
        assert!(
            with(text.as_bytes(), |value| value.decimal().is_err()),
            "{text}"
        );
    }
}

#[cfg(feature = "rust_decimal")]
#[test]
fn decimals_of_another_crate() {
    use rust_decimal::Decimal as Other;
    for (text, mantissa, scale) in [
        ("101.50", 10_150, 2),
        ("-0.5", -5, 1),
        ("0.000000000000000001", 1, 18),
        ("-999999999999999999", -999_999_999_999_999_999, 0),
    ] {
        let other: Other = text.parse().unwrap();
        let ours = Decimal::from_rust_decimal(other).unwrap();
        assert_eq!((ours.mantissa(), ours.scale()), (mantissa, scale), "{text}");
        assert_eq!(ours.to_rust_decimal().to_string(), text);
    }
    // Nineteen digits or places are more than a field is read with.
    for text in [
        "1000000000000000000",
        "0.0000000000000000001",
        "79228162514264337593543950335",
    ] {
        let other: Other = text.parse().unwrap();
        assert_eq!(Decimal::from_rust_decimal(other), None, "{text}");
    }
}

#[test]
fn dates_and_times() {
    let time = |text: &str| Time::parse(text.as_bytes());
    assert_eq!(
        time("12:34:56.123456789012").unwrap().picos,
        123_456_789_012
    );
    assert_eq!(time("12:34:56.1").unwrap().nanos(), 100_000_000);
    for wrong in [
        "24:00:00",
        "12:60:00",
        "12:00:61",
        "12:00",
        "12:00:00.",
        "1:00:00",
        "12-00-00",
        "12:00:00.1234567890123",
    ] {
        assert_eq!(time(wrong), None, "{wrong}");
    }
    for wrong in [
        "20230229", "20231301", "20230100", "2023011", "x0230101", "19000229",
    ] {
        assert_eq!(Date::parse(wrong.as_bytes()), None, "{wrong}");
    }
    for wrong in ["202513", "202512w6", "202512w", "20251232", "2025"] {
        assert_eq!(MonthYear::parse(wrong.as_bytes()), None, "{wrong}");
    }
    for wrong in ["07:39", "07:39+5", "07:39+15", "07:39+05:60", "07:39*05"] {
        assert_eq!(TzTime::parse(wrong.as_bytes()), None, "{wrong}");
    }
    assert_eq!(TzTime::parse(b"07:39Z").unwrap().offset_minutes, 0);
}

fn encoder() -> Encoder {
    Encoder::new(BeginString::Fix44, "A", "B").unwrap()
}

#[test]
fn what_may_not_be_written_is_refused_whole() {
    let encoder = encoder();
    let mut room = [0; 256];
    let mut refused = |write: &dyn Fn(&mut boom_fix::MessageWriter<'_>)| {
        let mut message = encoder.message(&mut room, "0", 1, UtcTimestamp::UNIX_EPOCH);
        write(&mut message);
        message.text(58, "after");
        message.finish().unwrap_err()
    };
    assert_eq!(
        refused(&|message| {
            message.text(58, "a\x01b");
        }),
        EncodeError::Delimiter { tag: 58 }
    );
    assert_eq!(
        refused(&|message| {
            message.bytes(11, b"\x01");
        }),
        EncodeError::Delimiter { tag: 11 }
    );
    assert_eq!(
        refused(&|message| {
            message.char(54, '\x01');
        }),
        EncodeError::Delimiter { tag: 54 }
    );
    assert_eq!(
        refused(&|message| {
            message.char(54, 'é');
        }),
        EncodeError::NotAscii { tag: 54 }
    );
    assert_eq!(
        refused(&|message| {
            message.text(58, "");
        }),
        EncodeError::Empty { tag: 58 }
    );
    for tag in [0, 8, 9, 10] {
        assert_eq!(
            refused(&|message| {
                message.int(tag, 1);
            }),
            EncodeError::Tag { tag }
        );
    }
    assert_eq!(
        Encoder::new(BeginString::Fix44, "A\x01", "B").unwrap_err(),
        EncodeError::Delimiter { tag: 49 }
    );
}

#[test]
fn times_that_there_are_not() {
    let encoder = encoder();
    let good = UtcTimestamp::from_unix_nanos(1_714_998_896_789_000_000, Precision::Picos);
    let mut wrong = [good; 9];
    wrong[0].time.picos = 1_000_000_000_000;
    wrong[1].time.picos = u64::MAX;
    wrong[2].time.second = 61;
    wrong[3].time.minute = 60;
    wrong[4].time.hour = 24;
    wrong[5].date.day = 0;
    wrong[6].date.day = 32;
    wrong[7].date.month = 13;
    wrong[8].date.year = 10_000;
    let mut template = encoder.template("0", |_| {}).unwrap();
    let mut room = [0; 256];
    for (index, time) in wrong.into_iter().enumerate() {
        assert!(!time.is_valid(), "{time}");
        let error = EncodeError::NoSuchTime { tag: 52 };
        let message = encoder.message(&mut room, "0", 1, time).finish();
        assert_eq!(message.unwrap_err(), error);
        assert_eq!(template.message(1, time).finish().unwrap_err(), error);
        let mut message = encoder.message(&mut room, "0", 1, good);
        message.time(273, time.time).date(75, time.date);
        let tag = if index < 5 { 273 } else { 75 };
        assert_eq!(
            message.finish().unwrap_err(),
            EncodeError::NoSuchTime { tag }
        );
    }
    assert_eq!(wrong[0].time.to_string(), "12:34:56.1000000000000");
    assert!(good.is_valid() && template.message(1, good).finish().is_ok());
    for (year, month, day) in [(2023, 2, 29), (1900, 2, 29), (2024, 4, 31)] {
        assert!(!Date { year, month, day }.is_valid());
    }
    let leap_day = Date {
        year: 2024,
        month: 2,
        day: 29,
    };
    assert!(leap_day.is_valid());
}

#[test]
fn the_widest_integers() {
    let encoder = encoder();
    let mut room = [0; 256];
    let mut message = encoder.message(&mut room, "0", u64::MAX, UtcTimestamp::UNIX_EPOCH);
    message.int(1, i64::MIN).int(2, i64::MAX).uint(3, u64::MAX);
    let bytes = message.finish().unwrap().as_bytes();
    let mut index = FieldIndex::new();
    let message = Decoder::new().decode(&mut &bytes[..], &mut index);
    let message = message.unwrap().unwrap();
    assert_eq!(
        (message.int(1), message.int(2)),
        (Ok(i64::MIN), Ok(i64::MAX))
    );
    assert_eq!(message.read::<u64>(3), Ok(u64::MAX));
    assert_eq!(message.msg_seq_num(), Ok(u64::MAX));
    for text in ["-9223372036854775809", "9223372036854775808"] {
        assert!(
            with(text.as_bytes(), |value| value.int().is_err()),
            "{text}"
        );
    }
    let more = with(b"18446744073709551616", |value| value.uint());
    assert_eq!(more.unwrap_err().fault, FieldFault::NotAnInt);
}

#[test]
fn fields_that_the_encoder_writes_itself() {
    for tag in [0, 8, 9, 10, 34, 35, 49, 52, 56] {
        let error = encoder().with_field(tag, "x").unwrap_err();
        assert_eq!(error, EncodeError::Tag { tag });
    }
    assert!(encoder().with_field(50, "desk").is_ok());
}

#[test]
fn a_template_refuses_what_the_encoder_refuses() {
    let mut template = encoder()
        .template("D", |order| {
            order.slot(11).slot(38);
        })
        .unwrap();
    let now = UtcTimestamp::UNIX_EPOCH;
    let mut refused = |write: &dyn Fn(&mut boom_fix::TemplateWriter<'_>)| {
        let mut message = template.message(1, now);
        write(&mut message);
        message.finish().map(|message| message.as_bytes().len())
    };
    let error = refused(&|message| {
        message.text(11, "some text a\x01b").int(38, 1);
    });
    assert_eq!(error, Err(EncodeError::Delimiter { tag: 11 }));
    let error = refused(&|message| {
        message.text(11, "");
    });
    assert_eq!(error, Err(EncodeError::Empty { tag: 11 }));
    let error = refused(&|message| {
        message.int(38, 1).text(11, "a");
    });
    assert_eq!(error, Err(EncodeError::Missing { tag: 11 }));
    let error = refused(&|message| {
        message.text(11, "a");
    });
    assert_eq!(error, Err(EncodeError::Missing { tag: 38 }));
    let error = refused(&|message| {
        message.text(11, "a").int(38, 1).int(44, 1);
    });
    assert_eq!(error, Err(EncodeError::Missing { tag: 44 }));
    let length = refused(&|message| {
        message.text(11, "a").int(38, 1);
    });
    assert_eq!(
        length,
        Ok("8=FIX.4.4|9=56|35=D|49=A|56=B|34=1|52=19700101-00:00:00.000|11=a|38=1|10=000|".len())
    );
}

/// One after the other in the same template, as the encoder writes them.
fn templates_are_as_the_encoder_writes(orders: &[AnOrder]) {
    let encoder = encoder();
    let mut template = encoder
        .template("D", |order| {
            order.slot(11).text(55, "MSFT").slot(38).slot(44).slot(60);
        })
        .unwrap();
    let mut room = [0; 8192];
    for (seq, id, quantity, price, time) in orders {
        let mut expected = encoder.message(&mut room, "D", *seq, *time);
        expected.text(11, id).text(55, "MSFT").int(38, *quantity);
        expected.decimal(44, *price).timestamp(60, *time);
        let expected = expected.finish().unwrap().as_bytes();
        let mut order = template.message(*seq, *time);
        order.text(11, id).int(38, *quantity);
        order.decimal(44, *price).timestamp(60, *time);
        let written = order.finish().unwrap().as_bytes();
        assert_eq!(
            written.escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }
}

type AnOrder = (u64, String, i64, Decimal, UtcTimestamp);

fn an_order() -> impl Strategy<Value = AnOrder> {
    let precision = prop_oneof![
        Just(Precision::Seconds),
        Just(Precision::Millis),
        Just(Precision::Micros),
        Just(Precision::Nanos),
        Just(Precision::Picos)
    ];
    let time = (0..5i64, any::<u32>(), precision).prop_map(|(day, nanos, precision)| {
        let nanos = day * 86_400_000_000_000 + i64::from(nanos);
        UtcTimestamp::from_unix_nanos(nanos, precision)
    });
    let price = (prop_oneof![any::<i64>(), -10i64..1_000_000_000], 0u8..9);
    (
        prop_oneof![any::<u64>(), 0u64..200_000_000],
        "[ -~]{1,40}",
        prop_oneof![any::<i64>(), -10i64..200_000_000],
        price.prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        time,
    )
}

#[test]
fn a_template_with_every_width() {
    let orders: Vec<AnOrder> = (0..400)
        .map(|number: u32| {
            let time = UtcTimestamp::from_unix_nanos(number.into(), Precision::Nanos);
            let seq = 10u64.saturating_pow(number % 21);
            let price = Decimal::new(10i64.pow(number % 18), (number % 8) as u8);
            let id = "x".repeat(1 + (7 * number as usize) % 900);
            (seq, id, -i64::from(number), price, time)
        })
        .collect();
    templates_are_as_the_encoder_writes(&orders);
}

#[test]
fn too_little_room_is_told() {
    let encoder = encoder();
    let mut message = [0; 512];
    let write = |room: &mut [u8]| {
        let mut message = encoder.message(room, "D", 1, UtcTimestamp::UNIX_EPOCH);
        message.text(58, "0123456789").group(453, |parties| {
            parties.entry().text(448, "X");
        });
        message.finish().map(|message| message.as_bytes().len())
    };
    let whole = write(&mut message).unwrap();
    let mut tags = Vec::new();
    for room in 0..whole {
        let Err(EncodeError::NoRoom { tag }) = write(&mut message[..room]) else {
            panic!("{room} bytes are too few");
        };
        tags.push(tag);
    }
    // The first that finds none, however much there is.
    tags.dedup();
    assert_eq!(tags, [35, 34, 52, 58, 453]);
    assert_eq!(write(&mut message[..whole + 64]), Ok(whole));
    let error = EncodeError::NoRoom { tag: 58 };
    assert_eq!(
        error.to_string(),
        "tag 58: no room for it and what has to follow it"
    );
}

#[test]
fn the_last_bytes_of_room() {
    let encoder = encoder();
    let mut written = Vec::new();
    for room in 60..200 {
        let mut room = vec![0; room];
        let mut message = encoder.message(&mut room, "0", 1, UtcTimestamp::UNIX_EPOCH);
        message.group(453, |parties| {
            for number in 0..10 {
                parties.entry().int(448, number);
            }
        });
        match message.finish() {
            Ok(message) => written.push(message.as_bytes().len()),
            Err(error) => assert!(matches!(error, EncodeError::NoRoom { .. }), "{error}"),
        }
    }
    assert!(written.len() > 20 && written.iter().all(|&length| length == written[0]));
}

/// Where a value looks like fields, it cannot be told whose it is, and nothing else is blamed.
#[test]
fn whose_value_has_the_delimiter() {
    let encoder = encoder();
    let mut room = [0; 512];
    let mut refused = |write: &dyn Fn(&mut boom_fix::MessageWriter<'_>)| {
        let mut message = encoder.message(&mut room, "0", 1, UtcTimestamp::UNIX_EPOCH);
        write(&mut message);
        message.finish().unwrap_err()
    };
    let error = refused(&|message| {
        message.text(11, "id\x0154=2").text(58, "innocent");
    });
    assert_eq!(error, EncodeError::Delimiter { tag: 0 });
    // The delimiter in data is where it may be.
    let error = refused(&|message| {
        message
            .data(95, 96, b"a\x01b")
            .text(58, "a\x01b")
            .text(1, "x");
    });
    assert_eq!(error, EncodeError::Delimiter { tag: 58 });
    let error = refused(&|message| {
        message.text(58, "\x01").data(95, 96, b"a\x01b");
    });
    assert_eq!(error, EncodeError::Delimiter { tag: 58 });
    let error = refused(&|message| {
        message.text(58, "a\x01");
    });
    assert_eq!(error, EncodeError::Delimiter { tag: 58 });
}

#[test]
fn groups_of_any_number() {
    let encoder = encoder();
    let definition = GroupDef::new(453, &[448, 802, 523]);
    for count in [0, 1, 9, 10, 11, 100, 123] {
        let mut room = [0; 8192];
        let mut message = encoder.message(&mut room, "D", 1, UtcTimestamp::UNIX_EPOCH);
        message.group(453, |parties| {
            for number in 0..count {
                parties.entry().int(448, number).group(802, |subs| {
                    for sub in 0..number % 12 {
                        subs.entry().int(523, sub);
                    }
                });
            }
        });
        message.text(58, "end");
        let bytes = message.finish().unwrap().as_bytes();
        let mut index = FieldIndex::new();
        let message = Decoder::new()
            .decode(&mut &bytes[..], &mut index)
            .unwrap()
            .unwrap();
        let subs = GroupDef::new(802, &[523]);
        let mut entries = 0;
        for (number, entry) in message.group(&definition).unwrap().enumerate() {
            let entry = entry.unwrap();
            assert_eq!(entry.int(448), Ok(number as i64));
            assert_eq!(entry.group(&subs).unwrap().count(), number % 12);
            entries += 1;
        }
        assert_eq!(entries, count);
        assert_eq!(message.get(453).is_some(), count > 0);
        assert_eq!(message.text(58), Ok("end"));
    }
}

#[test]
fn a_group_that_is_shorter_than_its_count() {
    let definition = GroupDef::new(453, &[448, 452]);
    let count = |bytes: &[u8]| {
        let mut index = FieldIndex::new();
        let fields = Fields::parse(bytes, &mut index).unwrap();
        let entries: Vec<_> = fields
            .group(&definition)
            .unwrap()
            .map(|entry| entry.map(|entry| entry.len()))
            .collect();
        entries
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| error.fault)
    };
    assert_eq!(
        count(b"453=2\x01448=A\x01452=1\x01448=B\x0158=x\x01"),
        Ok(vec![2, 1])
    );
    let found = |found| Err(FieldFault::GroupCount { found });
    assert_eq!(count(b"453=3\x01448=A\x01448=B\x0158=x\x01"), found(2));
    assert_eq!(count(b"453=1\x0158=x\x01"), found(0));
    assert_eq!(count(b"453=1\x01"), found(0));
    // What stands behind the group is not taken for a part of it, though an entry seems to come later.
    assert_eq!(count(b"453=2\x01448=A\x0158=x\x01448=B\x01"), found(1));
    assert_eq!(
        count(b"453=2\x01448=A\x01452=1\x0158=x\x0159=0\x01448=B\x0158=y\x01"),
        found(1)
    );
    assert_eq!(count(b"453=0\x01448=A\x01"), Ok(vec![]));
}

/// The entries of a group as the rule says it: fields that belong to it, up to the next first one or to one that does not.
fn plain_entries(tags: &[u32], promised: usize, members: &[u32]) -> (Vec<usize>, Option<usize>) {
    let first = tags.first().copied().unwrap_or(0);
    let (mut widths, mut at) = (Vec::new(), 0);
    while widths.len() < promised {
        if tags.get(at) != Some(&first) || !members.contains(&first) {
            let found = widths.len();
            return (widths, Some(found));
        }
        let others = tags[at + 1..].iter();
        let width = 1 + others
            .take_while(|&&tag| tag != first && members.contains(&tag))
            .count();
        widths.push(width);
        at += width;
    }
    (widths, None)
}

proptest! {
    #[test]
    fn everything_written_is_read(
        int in any::<i64>(), mantissa in -999_999_999_999_999_999i64..=999_999_999_999_999_999, scale in 0u8..=18,
        text in "[^\u{1}]{1,40}", data in prop::collection::vec(any::<u8>(), 1..50), flag in any::<bool>(),
        nanos in -2_000_000_000_000_000_000i64..8_000_000_000_000_000_000, seq in 0u64..1_000_000_000_000,
    ) {
        let encoder = encoder();
        let mut room = [0; 1024];
        let time = UtcTimestamp::from_unix_nanos(nanos, Precision::Nanos);
        let mut message = encoder.message(&mut room, "D", seq, time);
        let decimal = Decimal::new(mantissa, scale);
        message.int(1, int).decimal(44, decimal).text(58, &text).data(95, 96, &data).bool(43, flag).date(75, time.date);
        message.time(273, time.time);
        let bytes = message.finish().unwrap().as_bytes();
        for mut decoder in Decoder::every_kernel() {
            let mut index = FieldIndex::new();
            let message = decoder.decode(&mut &bytes[..], &mut index).unwrap().unwrap();
            prop_assert_eq!(message.msg_seq_num(), Ok(seq));
            prop_assert_eq!(message.timestamp(52), Ok(time));
            prop_assert_eq!(message.timestamp(52).unwrap().unix_nanos(), nanos);
            prop_assert_eq!(message.int(1), Ok(int));
            let read = message.decimal(44).unwrap();
            prop_assert_eq!((read.mantissa(), read.scale()), (mantissa, scale));
            prop_assert_eq!(read.to_string().parse(), Ok(read));
            prop_assert_eq!(message.text(58), Ok(text.as_str()));
            prop_assert_eq!(message.value(96).unwrap().as_bytes(), &data[..]);
            prop_assert_eq!(message.bool(43), Ok(flag));
            prop_assert_eq!(message.date(75), Ok(time.date));
            prop_assert_eq!(message.read(273), Ok(time.time));
        }
    }

    #[test]
    fn decimals_are_read_as_a_plain_reader_does(text in "-?[0-9.x]{1,12}") {
        let digits = text.trim_start_matches('-');
        let points = digits.matches('.').count();
        let is_good = points <= 1 && !digits.contains('x') && digits.len() > points;
        let read = Decimal::parse(text.as_bytes());
        prop_assert_eq!(read.is_some(), is_good);
        if let Some(read) = read {
            prop_assert_eq!(read.mantissa(), text.replace('.', "").parse::<i64>().unwrap());
            let places = digits.split_once('.').map_or(0, |(_, places)| places.len());
            prop_assert_eq!(usize::from(read.scale()), places);
        }
    }

    #[test]
    fn groups_are_read_as_a_plain_reader_does(
        shapes in prop::collection::vec((0usize..4, 1usize..6), 0..8),
        count in 0usize..16,
        noise in prop::collection::vec((any::<prop::sample::Index>(), 1u32..16), 0..3),
    ) {
        // Entries of many widths, most like those before them, and a few fields that are elsewhere or of another group.
        let members: Vec<u32> = (1..13).collect();
        let entry = |shape: usize| -> &[u32] {
            [&[1, 2, 3][..], &[1], &[1, 2, 3, 4, 5, 6, 7], &[1, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]][shape]
        };
        let mut tags: Vec<u32> = shapes.iter().flat_map(|&(shape, times)| entry(shape).repeat(times)).collect();
        for (place, tag) in noise {
            tags.insert(place.index(tags.len() + 1), tag);
        }
        let fields: String = tags.iter().map(|tag| format!("{tag}=x\x01")).collect();
        let bytes = format!("453={count}\x01{fields}");
        let mut index = FieldIndex::new();
        let fields = Fields::parse(bytes.as_bytes(), &mut index).unwrap();
        let definition = GroupDef::new(453, &members);
        let (mut widths, mut error) = (Vec::new(), None);
        for entry in fields.group(&definition).unwrap() {
            match entry {
                Ok(entry) => widths.push(entry.len()),
                Err(wrong) => error = Some(wrong),
            }
        }
        let (expected, found) = plain_entries(&tags, count, &members);
        prop_assert_eq!(widths, expected);
        let fault = found.map(|found| FieldFault::GroupCount { found: found as u16 });
        prop_assert_eq!(error.map(|error| (error.tag, error.offset, error.fault)), fault.map(|fault| (453, 4, fault)));
    }

    #[test]
    fn templates(orders in prop::collection::vec(an_order(), 1..8)) {
        templates_are_as_the_encoder_writes(&orders);
    }

    #[test]
    fn days(days in -719_528i64..=2_932_896) {
        let date = Date::from_days_since_epoch(days);
        prop_assert_eq!(date.days_since_epoch(), days);
        prop_assert_eq!(Date::parse(date.to_string().as_bytes()), Some(date));
    }
}
