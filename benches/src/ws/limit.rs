//! The limits: code by hand that does the bare minimum, without any rule, option or error handling.

mod deflate;
mod receive;
mod round_trip;
mod send;

pub(super) use deflate::{Deflating, Inflating};
pub(super) use receive::{Drain, Framed, Joined};
pub(super) use round_trip::{RawTcp, RawTls};
pub(super) use send::Masked;
