//! Longer explanations.

#[doc = include_str!("../guide/data_types.md")]
pub mod data_types {}

#[doc = include_str!("../guide/dialects.md")]
pub mod dialects {}
