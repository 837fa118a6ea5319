//! RFC 7692 §7.2: messages in, messages out.

use proptest::prelude::*;

use super::super::{Agreed, InflateFault, TAIL};
use super::{AGREED, LIMIT, deflater, depth_update, inflate, inflater};
use crate::deflate::{Deflater, Inflater};

/// RFC 7692 §7.2.3.1 and all that follows.
#[test]
fn the_examples_of_the_rfc_inflate() {
    let hello = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let examples: [(&str, &[u8]); 4] = [
        ("7.2.3.1 one compressed block", hello),
        (
            "7.2.3.3 a block with no compression",
            &[
                0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00,
            ],
        ),
        (
            "7.2.3.4 a block with BFINAL set to 1",
            &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
        ),
        (
            "7.2.3.5 two blocks in one message",
            &[
                0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
            ],
        ),
    ];
    for (name, payload) in examples {
        // Whole, and in two frames cut anywhere (§7.2.3.1 shows one such cut).
        for cut in 0..payload.len() {
            let mut inflater = inflater(&AGREED);
            let mut parts = inflater.push(&payload[..cut], false).unwrap().to_vec();
            parts.extend_from_slice(inflater.push(&payload[cut..], true).unwrap());
            assert_eq!(parts, b"Hello", "{name}, cut at {cut}");
            assert_eq!(inflater.message(), b"Hello", "{name}, cut at {cut}");
            // §7.2.3.6: an empty message, in the state that the example has left.
            assert_eq!(inflate(&mut inflater, &[0x00]).unwrap(), b"", "{name}");
            assert_eq!(inflate(&mut inflater, hello).unwrap(), b"Hello", "{name}");
        }
    }
}

/// RFC 7692 §7.2.3.2: the second message refers to the first.
#[test]
fn the_example_of_a_shared_window_inflates_with_takeover_alone() {
    let first = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let second = &[0xf2, 0x00, 0x11, 0x00, 0x00];
    let mut with = inflater(&AGREED);
    assert_eq!(inflate(&mut with, first).unwrap(), b"Hello");
    assert_eq!(inflate(&mut with, second).unwrap(), b"Hello");

    // §7.1.1.1: a server that has agreed to forget its window may not refer to it.
    let mut without = inflater(&Agreed {
        server_takeover: false,
        ..AGREED
    });
    assert_eq!(inflate(&mut without, first).unwrap(), b"Hello");
    assert_eq!(inflate(&mut without, first).unwrap(), b"Hello");
    assert_eq!(inflate(&mut without, second), Err(InflateFault::Corrupt));
}

/// The same two examples from the other side, and §7.2.3.6.
#[test]
fn what_is_compressed_is_what_the_rfc_shows() {
    let hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    // Level 1 finds a longer match than the example has.
    for (level, again) in [
        (1, &[0x02, 0x13, 0x00, 0x00][..]),
        (6, &[0xf2, 0x00, 0x11, 0x00, 0x00]),
    ] {
        let mut with = deflater(&Agreed { level, ..AGREED });
        assert_eq!(with.compress(b"Hello", true), hello);
        assert_eq!(with.compress(b"Hello", true), again);
        assert_eq!(with.compress(b"", true), [0x00]);
    }

    let mut without = deflater(&Agreed {
        client_takeover: false,
        ..AGREED
    });
    for _ in 0..3 {
        assert_eq!(without.compress(b"Hello", true), hello);
    }
}

/// RFC 7692 §7.2.1: "the next DEFLATE block follows the padded data", and §7.2.2: the window goes on.
#[test]
fn the_window_outlives_a_final_block() {
    let final_hello = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let again = [0xf2, 0x00, 0x11, 0x00, 0x00];

    let mut inflater = inflater(&AGREED);
    let earlier = deflater(&AGREED).compress(b"earlier", true).to_vec();
    assert_eq!(inflate(&mut inflater, &earlier).unwrap(), b"earlier");
    // In one message, over two frames.
    assert_eq!(inflater.push(&final_hello, false).unwrap(), b"Hello");
    assert_eq!(inflater.push(&again, true).unwrap(), b"Hello");
    assert_eq!(inflater.message(), b"HelloHello");
    // Into the next message, with the empty block that §7.2.3.4 puts behind the final one and without.
    for ending in [&[0x00][..], &[]] {
        assert_eq!(
            inflate(&mut inflater, &[&final_hello[..], ending].concat()).unwrap(),
            b"Hello"
        );
        assert_eq!(inflate(&mut inflater, &again).unwrap(), b"Hello");
    }
    // A match of 7 bytes from 42 back: to what came before any final block.
    let mut deflater = deflater(&AGREED);
    deflater.compress(b"earlier", true);
    for _ in 0..6 {
        deflater.compress(b"Hello", true);
    }
    let far = deflater.compress(b"earlier", true).to_vec();
    assert!(far.len() < 7, "{far:x?}");
    assert_eq!(inflate(&mut inflater, &far).unwrap(), b"earlier");
}

/// RFC 7692 §7.1.1.1 once more: what went before a final block is forgotten with the message.
#[test]
fn without_takeover_nothing_outlives_the_message() {
    let final_hello = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let again = [0xf2, 0x00, 0x11, 0x00, 0x00];
    let mut inflater = inflater(&Agreed {
        server_takeover: false,
        ..AGREED
    });
    for _ in 0..2 {
        let both = [&final_hello[..], &again].concat();
        assert_eq!(inflate(&mut inflater, &both).unwrap(), b"HelloHello");
    }
    let empty = [0x01, 0x00, 0x00, 0xff, 0xff];
    let reaching = [&empty[..], &again].concat();
    assert_eq!(
        inflate(&mut inflater, &reaching),
        Err(InflateFault::Corrupt)
    );
}

#[test]
fn final_blocks_may_stand_anywhere() {
    // Empty final blocks without compression, before, between and after.
    let empty = [0x01, 0x00, 0x00, 0xff, 0xff];
    let hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let mut inflater = inflater(&AGREED);
    for _ in 0..2 {
        assert_eq!(inflate(&mut inflater, &empty).unwrap(), b"");
        let payload = [&empty[..], &empty, &hello, &TAIL, &empty, &[0x00]].concat();
        assert_eq!(inflate(&mut inflater, &payload).unwrap(), b"Hello");
        // One whose end is in the tail.
        assert_eq!(inflate(&mut inflater, &[0x01]).unwrap(), b"");
        assert_eq!(inflate(&mut inflater, &hello).unwrap(), b"Hello");
    }
}

#[test]
fn a_message_of_no_payload_is_empty() {
    let mut inflater = inflater(&AGREED);
    let mut deflater = deflater(&AGREED);
    for _ in 0..2 {
        assert_eq!(inflate(&mut inflater, b"").unwrap(), b"");
        assert_eq!(inflater.push(b"", false).unwrap(), b"");
        assert_eq!(inflater.push(b"", true).unwrap(), b"");
        assert_eq!(
            inflate(&mut inflater, deflater.compress(b"Hello", true)).unwrap(),
            b"Hello"
        );
    }
}

#[test]
fn each_fragment_can_be_inflated_at_once() {
    for takeover in [true, false] {
        let agreed = Agreed {
            client_takeover: takeover,
            server_takeover: takeover,
            ..AGREED
        };
        let (mut deflater, mut inflater) = (deflater(&agreed), inflater(&agreed));
        for sequence in 0..5 {
            let message = depth_update(sequence, 700);
            for part in message.chunks(200) {
                let payload = deflater.compress(part, false);
                assert_eq!(inflater.push(payload, false).unwrap(), part);
            }
            // RFC 7692 §7.2.3.6: the last fragment may be empty.
            let payload = deflater.compress(b"", true);
            assert_eq!(payload, [0x00]);
            assert_eq!(inflater.push(payload, true).unwrap(), b"");
            assert_eq!(inflater.message(), message);
        }
    }
}

#[test]
fn a_message_that_was_not_sent_can_be_forgotten() {
    let (mut deflater, mut inflater) = (deflater(&AGREED), inflater(&AGREED));
    let message = depth_update(1, 1000);
    deflater.compress(&message, true);
    deflater.forget();
    let payload = deflater.compress(&message, true).to_vec();
    assert_eq!(inflate(&mut inflater, &payload).unwrap(), message);
    let again = deflater.compress(&message, true).len();
    assert!(again < payload.len() / 5, "{again} of {}", payload.len());
}

#[test]
fn takeover_makes_similar_messages_smaller() {
    let compressed = |takeover| {
        let mut deflater = deflater(&Agreed {
            client_takeover: takeover,
            ..AGREED
        });
        (0..20)
            .map(|sequence| deflater.compress(&depth_update(sequence, 300), true).len())
            .sum::<usize>()
    };
    let (with, without) = (compressed(true), compressed(false));
    assert!(with * 4 < without * 3, "{with} with, {without} without");
}

#[test]
fn messages_are_chosen_by_their_size() {
    let agreed = |compress_from| Agreed {
        compress_from,
        ..AGREED
    };
    let deflater = Deflater::new(&agreed(100)).unwrap();
    assert!(!deflater.wants(99));
    assert!(deflater.wants(100));
    assert!(Deflater::new(&agreed(0)).unwrap().wants(0));
    assert!(Deflater::new(&agreed(usize::MAX)).is_none());
}

#[test]
fn the_window_lasts_from_fragment_to_fragment_of_one_message() {
    let mut deflater = deflater(&Agreed {
        client_takeover: false,
        ..AGREED
    });
    let fragment = depth_update(1, 500);
    for _ in 0..2 {
        let first = deflater.compress(&fragment, false).len();
        let second = deflater.compress(&fragment, true).len();
        assert!(first > 100 && second < 20, "{first}, {second}");
    }
}

/// Stored blocks would come out right as well, so it is not seen from outside that they are not needed.
#[test]
fn the_bound_is_enough_room() {
    let mut random = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Above 143 a byte takes nine bits in the fixed codes.
        random as u8 | 0x90
    })
    .take(60_000)
    .collect();
    let text = depth_update(1, 60_000);
    for level in 0..=9 {
        for window_bits in [8, 9, 12, 15] {
            let mut deflater = deflater(&Agreed {
                level,
                client_window_bits: window_bits,
                ..AGREED
            });
            for len in [1, 2, 100, 1000, 33_000, 60_000] {
                assert!(
                    deflater.deflate(&noise[..len]).is_some(),
                    "{level} {window_bits} {len}"
                );
                assert!(
                    deflater.deflate(&text[..len]).is_some(),
                    "{level} {window_bits} {len}"
                );
            }
        }
    }
}

#[test]
fn stored_blocks_are_a_way_out() {
    let (mut deflater, mut inflater) = (deflater(&AGREED), inflater(&AGREED));
    let message = depth_update(1, 150_000);
    let payload = deflater.compress(&message, true).to_vec();
    assert_eq!(inflate(&mut inflater, &payload).unwrap(), message);
    for len in [1, 65_535, 65_536, 150_000] {
        let stored = deflater.store(&message[..len]);
        let payload = deflater.out[..stored - TAIL.len()].to_vec();
        assert_eq!(inflate(&mut inflater, &payload).unwrap(), &message[..len]);
    }
    let payload = deflater.compress(&message, true).to_vec();
    assert_eq!(inflate(&mut inflater, &payload).unwrap(), message);
}

/// Bytes that cannot be compressed, those that can, and a mix.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..2000),
        prop::collection::vec(0..4_u8, 0..5000),
        (any::<u64>(), 0..3000_usize).prop_map(|(sequence, len)| depth_update(sequence, len)),
        (any::<u8>(), 0..40_000_usize).prop_map(|(byte, len)| vec![byte; len]),
    ]
}

fn agreed() -> impl Strategy<Value = Agreed> {
    let takeover = any::<bool>();
    (takeover, 8..=15_u8, 0..=9_u8).prop_map(|(takeover, window_bits, level)| Agreed {
        client_takeover: takeover,
        server_takeover: takeover,
        client_window_bits: window_bits,
        server_window_bits: window_bits,
        level,
        ..AGREED
    })
}

/// Cuts at the given fractions.
fn cut<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    places.push(bytes.len());
    let mut start = 0;
    places
        .into_iter()
        .map(|end| &bytes[std::mem::replace(&mut start, end)..end])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Messages in fragments of ours, sent in other fragments, come out as they went in.
    #[test]
    fn what_is_compressed_inflates_however_it_is_cut(
        agreed in agreed(),
        messages in prop::collection::vec(
            (payload(), prop::collection::vec(any::<prop::sample::Index>(), 0..4)),
            1..8,
        ),
    ) {
        let mut deflater = deflater(&agreed);
        let mut inflater = Inflater::new(&agreed, LIMIT);
        for (message, cuts) in &messages {
            let mut sent = Vec::new();
            let fragments = cut(message, cuts);
            for (index, fragment) in fragments.iter().enumerate() {
                let compressed = deflater.compress(fragment, index + 1 == fragments.len());
                prop_assert!(compressed.len() <= Deflater::bound(fragment.len()));
                sent.extend_from_slice(compressed);
            }
            let frames = cut(&sent, cuts);
            let mut joined = Vec::new();
            for (index, frame) in frames.iter().enumerate() {
                joined.extend_from_slice(inflater.push(frame, index + 1 == frames.len()).unwrap());
            }
            prop_assert_eq!(&joined, message);
            prop_assert_eq!(inflater.message(), &message[..]);
        }
    }
}
