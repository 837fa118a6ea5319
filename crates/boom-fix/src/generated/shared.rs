// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

#[cfg(any(feature = "fix40", feature = "fix41"))]
#[path = "shared/f40_41.rs"]
pub(crate) mod f40_41;
#[cfg(any(feature = "fix40", feature = "fix41", feature = "fix42"))]
#[path = "shared/f40_41_42.rs"]
pub(crate) mod f40_41_42;
#[cfg(any(feature = "fix40", feature = "fix41", feature = "fix42", feature = "fix43", feature = "fix44", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f40_41_42_43_44_50_50sp1_50sp2.rs"]
pub(crate) mod f40_41_42_43_44_50_50sp1_50sp2;
#[cfg(any(feature = "fix40", feature = "fix41", feature = "fix42", feature = "fix43", feature = "fix44", feature = "fixt11", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f40_41_42_43_44_t11_50_50sp1_50sp2.rs"]
pub(crate) mod f40_41_42_43_44_t11_50_50sp1_50sp2;
#[cfg(any(feature = "fix41", feature = "fix42", feature = "fix43", feature = "fix44", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f41_42_43_44_50_50sp1_50sp2.rs"]
pub(crate) mod f41_42_43_44_50_50sp1_50sp2;
#[cfg(any(feature = "fix42", feature = "fix43"))]
#[path = "shared/f42_43.rs"]
pub(crate) mod f42_43;
#[cfg(any(feature = "fix42", feature = "fix43", feature = "fix44", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f42_43_44_50_50sp1_50sp2.rs"]
pub(crate) mod f42_43_44_50_50sp1_50sp2;
#[cfg(any(feature = "fix42", feature = "fix43", feature = "fix44", feature = "fixt11", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f42_43_44_t11_50_50sp1_50sp2.rs"]
pub(crate) mod f42_43_44_t11_50_50sp1_50sp2;
#[cfg(any(feature = "fix42", feature = "fix43", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f42_43_50_50sp1_50sp2.rs"]
pub(crate) mod f42_43_50_50sp1_50sp2;
#[cfg(any(feature = "fix42", feature = "fix44", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f42_44_50_50sp1_50sp2.rs"]
pub(crate) mod f42_44_50_50sp1_50sp2;
#[cfg(any(feature = "fix42", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f42_50_50sp1_50sp2.rs"]
pub(crate) mod f42_50_50sp1_50sp2;
#[cfg(any(feature = "fix43", feature = "fix44", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f43_44_50_50sp1_50sp2.rs"]
pub(crate) mod f43_44_50_50sp1_50sp2;
#[cfg(any(feature = "fix43", feature = "fix44", feature = "fixt11", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f43_44_t11_50_50sp1_50sp2.rs"]
pub(crate) mod f43_44_t11_50_50sp1_50sp2;
#[cfg(any(feature = "fix43", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f43_50_50sp1_50sp2.rs"]
pub(crate) mod f43_50_50sp1_50sp2;
#[cfg(any(feature = "fix44", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f44_50_50sp1_50sp2.rs"]
pub(crate) mod f44_50_50sp1_50sp2;
#[cfg(any(feature = "fix50", feature = "fix50sp1"))]
#[path = "shared/f50_50sp1.rs"]
pub(crate) mod f50_50sp1;
#[cfg(any(feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f50_50sp1_50sp2.rs"]
pub(crate) mod f50_50sp1_50sp2;
#[cfg(any(feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/f50sp1_50sp2.rs"]
pub(crate) mod f50sp1_50sp2;
#[cfg(any(feature = "fixt11", feature = "fix50", feature = "fix50sp1", feature = "fix50sp2"))]
#[path = "shared/ft11_50_50sp1_50sp2.rs"]
pub(crate) mod ft11_50_50sp1_50sp2;
