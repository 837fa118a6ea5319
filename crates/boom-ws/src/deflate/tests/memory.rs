//! What a connection holds, and that it asks for no more after warm-up.

use boom_testkit::alloc::{self, CountingAllocator};

use super::super::{Agreed, Deflater, Inflater};
use super::{AGREED, LIMIT, deflater, depth_update, inflater};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// The figures of the documentation.
#[test]
fn a_connection_holds_what_the_documentation_says() {
    let bytes = |server_window_bits, client_window_bits| {
        let agreed = Agreed {
            server_window_bits,
            client_window_bits,
            ..AGREED
        };
        let inflater = alloc::count(|| drop(Inflater::new(&agreed, LIMIT))).bytes;
        let deflater = alloc::count(|| drop(Deflater::new(&agreed))).bytes;
        (inflater >> 10, deflater >> 10)
    };
    for (window_bits, documented) in [(15, (80, 384)), (8, (48, 256))] {
        let (inflater, deflater) = bytes(window_bits, window_bits);
        assert!(
            inflater <= documented.0,
            "{window_bits} bits: {inflater} KiB"
        );
        assert!(
            deflater <= documented.1,
            "{window_bits} bits: {deflater} KiB"
        );
    }
}

#[test]
fn ten_thousand_messages_each_way_allocate_nothing() {
    for takeover in [true, false] {
        let agreed = Agreed {
            client_takeover: takeover,
            server_takeover: takeover,
            ..AGREED
        };
        let (mut deflater, mut inflater) = (deflater(&agreed), inflater(&agreed));
        let messages: Vec<Vec<u8>> = (0..20)
            .map(|sequence| depth_update(sequence, 30 * (1 + sequence as usize)))
            .collect();
        let mut turn = |count: usize| {
            for message in messages.iter().cycle().take(count) {
                let (start, end) = message.split_at(message.len() / 2);
                inflater
                    .push(deflater.compress(start, false), false)
                    .unwrap();
                inflater.push(deflater.compress(end, true), true).unwrap();
                assert_eq!(inflater.message(), message);
            }
        };
        turn(messages.len());
        assert_eq!(alloc::count(|| turn(10_000)).count, 0);
    }
}

#[test]
fn final_blocks_allocate_nothing_either() {
    let hello = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    let mut inflater = inflater(&AGREED);
    inflater.push(&hello, true).unwrap();
    let work = || {
        for _ in 0..1000 {
            assert_eq!(inflater.push(&hello, true).unwrap(), b"Hello");
        }
    };
    assert_eq!(alloc::count(work).count, 0);
}
