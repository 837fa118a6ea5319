//! What the targets share: cutting input at chosen places, and a decoder of the RFC's words, slow and plain, to
//! compare with.

pub mod drive;
pub mod naive;
