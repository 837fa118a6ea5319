//! One message whose frame is right and whose body is anything: all ways agree with a plain reading, no read panics, and
//! what is written again from its fields is the same.

use boom_fix::{BeginString, Decoder, Encoder, FieldIndex, GroupDef, UtcTimestamp};

use crate::fix_naive::{decode, read};

pub fn run(data: &[u8]) {
    let body = [b"35=X\x01", data, b"\x01"].concat();
    let message = framed(&body);
    let expected = read(&message);
    for decoder in Decoder::every_kernel() {
        assert_eq!(decode(decoder.clone(), &[&message]), expected);
        touch(decoder, &message);
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut message = format!("8=FIX.4.4\x019={}\x01", body.len()).into_bytes();
    message.extend(body);
    let sum = message
        .iter()
        .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    message.extend(format!("10={sum:03}\x01").bytes());
    message
}

const GROUP: GroupDef<'_> = GroupDef::new(453, &[448, 447, 452, 802, 523]);

/// Reads everything as everything.
fn touch(mut decoder: Decoder, bytes: &[u8]) {
    let mut index = FieldIndex::new();
    let Ok(Some(message)) = decoder.decode(&mut &bytes[..], &mut index) else {
        return;
    };
    for (position, field) in message.iter().enumerate() {
        assert_eq!(message.at(position), Some(field));
        assert_eq!(message.get(field.tag()), message.all(field.tag()).next());
        assert_eq!(
            &bytes[field.offset()..][..field.as_bytes().len()],
            field.as_bytes()
        );
        let _ = (
            field.int(),
            field.char(),
            field.bool(),
            field.text(),
            field.date(),
            field.time(),
        );
        let _ = (
            field.timestamp(),
            field.tz_time(),
            field.tz_timestamp(),
            field.month_year(),
        );
        if let Ok(decimal) = field.decimal() {
            assert_eq!(decimal.to_string().parse(), Ok(decimal));
        }
    }
    let parts = [
        message.header().len(),
        message.body().len(),
        message.trailer().len(),
    ];
    assert!(parts.iter().sum::<usize>() <= message.len() + parts[2]);
    let mut group = message.group(&GROUP).into_iter().flatten();
    let entries = group.by_ref().map_while(Result::ok);
    let first = entries.map(|entry| {
        // Nothing is in an entry that does not belong to it.
        assert!(entry.tags().iter().all(|tag| GROUP.members().contains(tag)));
        let _ = entry.reader().int(447);
        entry.tags().first().copied()
    });
    let first: Vec<_> = first.collect();
    assert!(first.iter().all(|tag| *tag == first[0] && tag.is_some()));
    assert!(group.next().is_none(), "an error ends it");
    write_again(message.iter().skip(3));
}

fn write_again<'a>(fields: impl Iterator<Item = boom_fix::Value<'a>> + Clone) {
    let encoder = Encoder::new(BeginString::Fix44, "A", "B").expect("good names");
    let mut room = vec![0; 1 << 17];
    let mut writer = encoder.message(&mut room, "X", 1, UtcTimestamp::UNIX_EPOCH);
    let mut written = Vec::new();
    for field in fields {
        let is_plain = !matches!(field.tag(), 8 | 9 | 10) && !field.as_bytes().is_empty();
        if is_plain && !field.as_bytes().contains(&1) {
            writer.bytes(field.tag(), field.as_bytes());
            written.push((field.tag(), field.as_bytes().to_vec()));
        }
    }
    let bytes = writer
        .finish()
        .expect("each field can be written")
        .as_bytes();
    let mut index = FieldIndex::new();
    // A length without its data, or with other data, is no message that can be read.
    if let Ok(message) = Decoder::new().decode(&mut &bytes[..], &mut index) {
        let message = message.expect("what is written is whole");
        let body = message.iter().skip(7).take(written.len());
        assert!(
            body.map(|field| (field.tag(), field.as_bytes().to_vec()))
                .eq(written)
        );
    }
}
