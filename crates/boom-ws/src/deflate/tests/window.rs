//! RFC 7692 §7.1.2: no message refers further back than was agreed.

use boom_testkit::inflate::Inflater as Naive;

use super::super::Agreed;
use super::{AGREED, deflater, depth_update, inflate, inflater};

/// Messages that repeat themselves just inside and just outside of the window.
fn tempting(window_bits: u8) -> Vec<u8> {
    let window = 1_usize << window_bits;
    let mut message = Vec::new();
    for period in (window - 12..=window + 12).chain([window * 2, window * 2 - 262]) {
        let piece = depth_update(period as u64, period);
        message.extend(piece.iter().cycle().take(period * 3));
    }
    message
}

#[test]
fn distances_stay_within_the_window() {
    for window_bits in 8..=10 {
        let message = tempting(window_bits);
        for level in 0..=9 {
            let agreed = Agreed {
                client_window_bits: window_bits,
                server_window_bits: window_bits,
                level,
                ..AGREED
            };
            let payload = deflater(&agreed).compress(&message, true).to_vec();
            let mut naive = Naive::new(false, 15, usize::MAX);
            let inflated = naive.message(&payload).unwrap();
            let distance = naive.longest_distance;
            assert!(inflated == message, "{window_bits} bits, level {level}");
            assert!(
                distance <= 1 << window_bits,
                "{window_bits} bits, level {level}: {distance}"
            );
            let is_used = distance > (1 << window_bits) / 3;
            assert_eq!(
                is_used,
                level > 0,
                "{window_bits} bits, level {level}: {distance}"
            );
            assert!(inflate(&mut inflater(&agreed), &payload).unwrap() == message);
        }
    }
}
