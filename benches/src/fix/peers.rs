//! The peers.

pub(super) mod hotfix;
pub(super) mod ironfix;
pub(super) mod of_fix;

use super::sink::Sink;
use super::work::is_number;
use crate::harness::Result;

/// A value as text, or as the number that it is: peers that keep text leave the reading to std.
#[inline]
fn put(sink: &mut impl Sink, tag: u32, value: &[u8]) -> Result<()> {
    if is_number(tag) {
        sink.number(std::str::from_utf8(value)?.parse::<f64>()?);
    } else {
        sink.text(value);
    }
    Ok(())
}

/// Type, price and size.
#[inline]
fn put_entry(sink: &mut impl Sink, [kind, price, size]: [&[u8]; 3]) -> Result<()> {
    sink.text(kind);
    for number in [price, size] {
        sink.number(std::str::from_utf8(number)?.parse::<f64>()?);
    }
    Ok(())
}
