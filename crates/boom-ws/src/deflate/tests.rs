//! Both directions together, and what they come to with peers that are not ours.

mod faults;
mod memory;
mod messages;
mod negotiation;
mod peer;
mod window;

use super::{Agreed, Deflater, InflateFault, Inflater};

/// More than any test needs.
const LIMIT: usize = 1 << 20;

/// What the defaults of both sides come to, with every message compressed.
const AGREED: Agreed = Agreed {
    server_takeover: true,
    client_takeover: true,
    server_window_bits: 15,
    client_window_bits: 15,
    level: 1,
    compress_from: 0,
};

fn inflater(agreed: &Agreed) -> Inflater {
    Inflater::new(agreed, LIMIT)
}

fn deflater(agreed: &Agreed) -> Deflater {
    Deflater::new(agreed).unwrap()
}

/// Inflates a message in one frame.
fn inflate(inflater: &mut Inflater, payload: &[u8]) -> Result<Vec<u8>, InflateFault> {
    inflater.push(payload, true).map(<[u8]>::to_vec)
}

/// A message such as a feed sends: each is like the one before, none is the same.
fn depth_update(sequence: u64, len: usize) -> Vec<u8> {
    use std::fmt::Write as _;

    let mut random = sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = format!(
        r#"{{"stream":"btcusdt@depth","data":{{"e":"depthUpdate","u":{},"b":["#,
        sequence.wrapping_mul(17)
    );
    while text.len() < len {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (price, quantity) = (61_000 + random % 900, random % 100_000);
        let _ = write!(text, r#"["{price}.10000000","0.{quantity:05}000"],"#);
    }
    text.truncate(len);
    text.into_bytes()
}
