#![doc = include_str!("../README.md")]

// The code of dictionaries, here and in other crates, names this crate.
extern crate self as boom_fix;

mod decoder;
mod message;

mod fields;
mod group;
mod value;

mod encoder;

pub mod guide;

pub mod dictionary;
pub mod typed;
mod validate;

#[cfg(feature = "session")]
pub mod session;

#[cfg(feature = "ext")]
mod ext;

mod data_fields;
mod error;
mod index;

// What the machine offers for delimiters and sums: the only unsafe code of the crate.
#[allow(unsafe_code, reason = "vector instructions, behind run-time detection")]
mod sys;

pub use data_fields::DataFields;
pub use decoder::Decoder;
pub use encoder::{
    BeginString, Encoded, Encoder, GroupWriter, MessageWriter, Template, TemplateBuilder,
    TemplateWriter,
};
pub use error::{EncodeError, Error, FieldError, FieldFault};
#[cfg(feature = "ext")]
pub use ext::{
    FixEndpoint, FixEndpointWithContext, FixInitiator, FixStream, TlsFixEndpoint,
    TlsFixEndpointWithContext,
};
pub use fields::{Fields, Iter, Reader, SOH};
pub use group::{Group, GroupDef};
pub use index::FieldIndex;
pub use message::{Decoded, Malformed, Message, is_header_tag, is_trailer_tag};
pub use validate::{Reject, RejectReason, Validator};
pub use value::{
    Date, Decimal, FromValue, MonthYear, Precision, Time, TzTime, TzTimestamp, UtcTimestamp, Value,
};

// Fields that several of the versions below have.
#[rustfmt::skip]
#[allow(unreachable_pub, reason = "the modules of the versions have what is in these")]
#[path = "generated/shared.rs"]
mod shared;

/// FIX 4.0.
#[cfg(feature = "fix40")]
#[rustfmt::skip]
#[path = "generated/fix40.rs"]
pub mod fix40;

/// FIX 4.1.
#[cfg(feature = "fix41")]
#[rustfmt::skip]
#[path = "generated/fix41.rs"]
pub mod fix41;

/// FIX 4.2.
#[cfg(feature = "fix42")]
#[rustfmt::skip]
#[path = "generated/fix42.rs"]
pub mod fix42;

/// FIX 4.3.
#[cfg(feature = "fix43")]
#[rustfmt::skip]
#[path = "generated/fix43.rs"]
pub mod fix43;

/// FIX 4.4.
#[cfg(feature = "fix44")]
#[rustfmt::skip]
#[path = "generated/fix44.rs"]
pub mod fix44;

/// FIXT 1.1, the session of FIX 5.0.
#[cfg(feature = "fixt11")]
#[rustfmt::skip]
#[path = "generated/fixt11.rs"]
pub mod fixt11;

/// FIX 5.0 over FIXT 1.1.
#[cfg(feature = "fix50")]
#[rustfmt::skip]
#[path = "generated/fix50.rs"]
pub mod fix50;

/// FIX 5.0 SP1 over FIXT 1.1.
#[cfg(feature = "fix50sp1")]
#[rustfmt::skip]
#[path = "generated/fix50sp1.rs"]
pub mod fix50sp1;

/// FIX 5.0 SP2 over FIXT 1.1.
#[cfg(feature = "fix50sp2")]
#[rustfmt::skip]
#[path = "generated/fix50sp2.rs"]
pub mod fix50sp2;
