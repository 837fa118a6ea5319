//! The peers, each by the quickest of the ways that it documents, with length and sum checked.
//!
//! | peer | what there is to say |
//! | --- | --- |
//! | of_fix, ironfix | no dictionary; ironfix has no groups, so its entries are gathered from its fields |
//! | hotfix | builds its tree of fields by a dictionary |
//! | fefix | compiles a driver of PostgreSQL, which its codec does not use; its decoder keeps the groups of the message before, so entries are gathered from its fields |
//! | rustyfix | its descendant, with fields that own their bytes |
//! | quickfix-tokio | without TLS and typed messages |
//! | QuickFIX | Debian's `libquickfix-dev`, by a program in C++ beside this file: `quickfix.cpp` |
//!
//! All of them build on stable Rust. Where QuickFIX cannot be built, the table says so.

pub(super) mod fefix;
pub(super) mod hotfix;
pub(super) mod ironfix;
pub(super) mod of_fix;
pub(super) mod quickfix;
pub(super) mod quickfix_tokio;
pub(super) mod rustyfix;

use super::messages::Order;
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

/// As text, which most peers leave to the caller.
pub(super) fn price_of(order: &Order) -> String {
    format!("{}.{:02}", order.price / 100, order.price % 100)
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
