//! A stream of FIX from a hostile peer: every way of this processor, however the input is cut, gives what a plain
//! reading gives.

use boom_fix::Decoder;

use crate::fix_naive::{decode, read};

/// The first byte of the input says how the rest is cut.
pub fn run(data: &[u8]) {
    let Some((&size, input)) = data.split_first() else {
        return;
    };
    let expected = read(input);
    let pieces: Vec<_> = input.chunks(usize::from(size).max(1)).collect();
    for decoder in Decoder::every_kernel() {
        assert_eq!(decode(decoder.clone(), &[input]), expected);
        assert_eq!(decode(decoder, &pieces), expected);
    }
}
