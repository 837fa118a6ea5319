//! Peers that are broken or mean harm.

use boom_testkit::inflate::Inflater as Naive;
use proptest::prelude::*;

use super::super::{Agreed, InflateFault, Inflater};
use super::{AGREED, LIMIT, deflater, depth_update, inflate, inflater};

/// A megabyte of zeros in a kilobyte, so often that it comes to a gibibyte.
#[test]
fn a_bomb_stops_at_the_limit() {
    let zeros = vec![0; 1 << 20];
    let mut deflater = deflater(&Agreed { level: 6, ..AGREED });
    let mebibyte = deflater.compress(&zeros, false).to_vec();
    assert!(mebibyte.len() < 1200, "{}", mebibyte.len());
    let bomb = mebibyte.repeat(1024);

    for limit in [0, 1, 1000, 4096, 5_000_000] {
        // In one frame.
        let mut inflater = Inflater::new(&AGREED, limit);
        assert_eq!(inflater.push(&bomb, true), Err(InflateFault::TooLong));
        assert!(inflater.out.capacity() <= limit + 1, "{limit}");
        // In a thousand.
        let mut inflater = Inflater::new(&AGREED, limit);
        let faults = bomb
            .chunks(mebibyte.len())
            .position(|frame| inflater.push(frame, false) == Err(InflateFault::TooLong));
        assert_eq!(faults, Some(limit >> 20), "{limit}");
        assert!(inflater.out.capacity() <= limit + 1, "{limit}");
    }
}

#[test]
fn a_message_may_be_as_long_as_the_limit() {
    for len in [1, 511, 512, 513, 4096, 70_000] {
        let message = depth_update(7, len);
        let payload = deflater(&AGREED).compress(&message, true).to_vec();
        for limit in [len, len + 1] {
            let mut inflater = Inflater::new(&AGREED, limit);
            for _ in 0..3 {
                assert_eq!(
                    inflate(&mut inflater, &payload).unwrap(),
                    message,
                    "{limit}"
                );
            }
        }
        let mut inflater = Inflater::new(&AGREED, len - 1);
        assert_eq!(inflate(&mut inflater, &payload), Err(InflateFault::TooLong));
    }
}

#[test]
fn a_message_that_ends_too_early_is_corrupt() {
    for level in [0, 1, 6] {
        let message = depth_update(3, 600);
        let payload = deflater(&Agreed { level, ..AGREED })
            .compress(&message, true)
            .to_vec();
        // One byte of level 0 is an empty message, and the last byte of others may be nothing but padding.
        for end in 2..payload.len() - 1 {
            assert_eq!(
                inflate(&mut inflater(&AGREED), &payload[..end]),
                Err(InflateFault::Corrupt),
                "level {level}, {end} of {}",
                payload.len()
            );
        }
    }
}

#[test]
fn known_faults_of_the_format_are_corrupt() {
    let faults: [(&str, &[u8]); 6] = [
        ("block type 3", &[0x06]),
        (
            "stored length without its complement",
            &[0x00, 0x05, 0x00, 0xfa, 0xfe],
        ),
        (
            "a stored block cut short",
            &[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48],
        ),
        ("nothing to refer to", &[0xf2, 0x00, 0x11, 0x00, 0x00]),
        (
            "a code over-subscribed",
            &[0x04, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
        (
            "the tail left on",
            &[
                0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00, 0x00, 0xff, 0xff,
            ],
        ),
    ];
    for (name, payload) in faults {
        let mut inflater = inflater(&AGREED);
        assert_eq!(
            inflate(&mut inflater, payload),
            Err(InflateFault::Corrupt),
            "{name}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever comes, it is judged as a plain reading of RFC 1951 judges it, and memory stays within the limit.
    #[test]
    fn garbage_is_judged_as_by_the_naive_inflater(
        payload in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut inflater = Inflater::new(&AGREED, LIMIT);
        let got = inflate(&mut inflater, &payload);
        judge(&payload, got)?;
    }

    /// The same for good messages with a few bytes changed, which get further.
    #[test]
    fn damage_is_judged_as_by_the_naive_inflater(
        level in 0..=9_u8,
        len in 1..1500_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..3),
    ) {
        let mut payload = deflater(&Agreed { level, ..AGREED })
            .compress(&depth_update(1, len), true)
            .to_vec();
        for (place, byte) in damage {
            let place = place.index(payload.len());
            payload[place] = byte;
        }
        let mut inflater = Inflater::new(&AGREED, LIMIT);
        let got = inflate(&mut inflater, &payload);
        judge(&payload, got)?;
    }
}

fn judge(payload: &[u8], got: Result<Vec<u8>, InflateFault>) -> Result<(), TestCaseError> {
    match Naive::new(false, 15, usize::MAX).message(payload) {
        Ok(message) => prop_assert_eq!(got, Ok(message)),
        Err(_) => prop_assert_eq!(got, Err(InflateFault::Corrupt)),
    }
    Ok(())
}
