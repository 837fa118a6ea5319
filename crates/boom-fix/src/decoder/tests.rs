use super::*;

/// Many starts of messages in front of many trailers. Every start claims some trailer, and none has the sum that it says.
fn hostile(starts: usize, trailers: usize) -> Vec<u8> {
    // Each as long as the other, so that the lengths can be told in advance.
    const START_WIDTH: usize = "8=FIX.4.4|9=000000|35=0|".len();
    const HEAD_WIDTH: usize = "8=FIX.4.4|9=000000|".len();
    let mut bytes = Vec::new();
    for number in 0..starts {
        // As far from one to the next as it goes.
        let trailer = if number % 2 == 0 {
            0
        } else {
            trailers - 1 - number % trailers
        };
        let body = starts * START_WIDTH + 7 * trailer - number * START_WIDTH - HEAD_WIDTH;
        bytes.extend(format!("8=FIX.4.4\x019={body:06}\x0135=0\x01").bytes());
    }
    // All sums are above 255, so none is right.
    bytes.extend(b"10=999\x01".repeat(trailers));
    bytes
}

/// Reads all of it, so many more bytes each time; returns how many messages there were.
fn read(decoder: &mut Decoder, bytes: &[u8], piece: usize) -> usize {
    let (mut index, mut messages) = (FieldIndex::new(), 0);
    let (mut start, mut end) = (0, 0);
    while end < bytes.len() {
        end = bytes.len().min(end + piece);
        let mut input = &bytes[start..end];
        while let Some(message) = decoder.decode_frame(&mut input, &mut index).unwrap() {
            messages += usize::from(matches!(message, Decoded::Message(_)));
        }
        start = end - input.len();
    }
    messages
}

fn looked_at(decoder: &Decoder) -> usize {
    decoder.filled_bytes.get() + decoder.sums.looked_at.get()
}

#[test]
fn garbled_input_is_summed_a_few_times_and_not_for_every_start() {
    let mut bytes = hostile(10_000, 10_000);
    bytes.extend(b"8=FIX.4.2\x019=5\x0135=0\x0110=161\x01");
    for piece in [bytes.len(), 4096, 61] {
        let mut decoder = Decoder::new();
        assert_eq!(read(&mut decoder, &bytes, piece), 1);
        assert_eq!(decoder.garbled(), 10_000);
        // Two to sum it, and some 256 for each start. One by one it would be some 2,000 million.
        let limit = 2 * bytes.len() + 1000 * 10_000;
        assert!(
            looked_at(&decoder) < limit,
            "{} of {limit}",
            looked_at(&decoder)
        );
    }
}

#[test]
fn messages_among_garbled_ones_do_not_begin_it_anew() {
    // Each start claims the trailer at the end, and a whole message follows each.
    let good = b"8=FIX.4.2\x019=5\x0135=0\x0110=161\x01";
    let width = "8=FIX.4.4|9=000000|35=0|".len() + good.len();
    let mut bytes = Vec::new();
    for number in 0..5000 {
        let body = (5000 - number) * width - "8=FIX.4.4|9=000000|".len();
        bytes.extend(format!("8=FIX.4.4\x019={body:06}\x0135=0\x01").bytes());
        bytes.extend(good);
    }
    bytes.extend(b"10=999\x01");
    let mut decoder = Decoder::new();
    assert_eq!(read(&mut decoder, &bytes, bytes.len()), 5000);
    // What is left at the end is noise too.
    assert_eq!(decoder.garbled(), 5001);
    let limit = 4 * bytes.len() + 1000 * 5000;
    assert!(
        looked_at(&decoder) < limit,
        "{} of {limit}",
        looked_at(&decoder)
    );
}

#[test]
fn bytes_that_were_left_out_do_not_spoil_what_follows() {
    // Within the first frame, whose sum is wrong, starts a message that does not end in it.
    let inner = "8=FIX.4.4\x019=60\x0135=0\x0158=";
    let body = format!("35=0\x0158={inner}\x01");
    let wrong = format!("8=FIX.4.4\x019={}\x01{body}10=999\x01", body.len());
    let (mut decoder, mut index) = (Decoder::new(), FieldIndex::new());
    assert!(
        decoder
            .decode(&mut wrong.as_bytes(), &mut index)
            .unwrap()
            .is_none()
    );
    assert!(!decoder.sums.is_empty());
    // What the decoder left is not given again.
    let body = format!("35=0\x0158={}\x01", "x".repeat(51));
    let text = format!("8=FIX.4.4\x019={}\x01{body}", body.len());
    let sum = text.bytes().fold(0u8, u8::wrapping_add);
    let text = format!("{text}10={sum:03}\x01");
    assert_eq!(body.len(), 60);
    let message = decoder.decode(&mut text.as_bytes(), &mut index);
    assert_eq!(
        message.unwrap().map(|message| message.as_bytes()),
        Some(text.as_bytes())
    );
}

#[test]
fn a_short_limit_has_few_notes() {
    let bytes = hostile(20, 20);
    let mut decoder = Decoder::new().with_max_message_bytes(bytes.len());
    assert_eq!(read(&mut decoder, &bytes, 1), 0);
    assert_eq!(decoder.garbled(), 20);
    assert!(decoder.sums.is_empty());
}
