//! What an exchange of ours costs in instructions, for comparison with what it cost before.

use crate::harness::{Result, valgrind};
use crate::http::contestants::{ALL, OURS};
use crate::http::kind::Kind;
use crate::http::report::{COUNTED, child_arguments};

/// Counts every kind; `arguments` has this program run [`child`](super::report::child) with those given.
pub(crate) fn counts(arguments: impl Fn(Vec<String>) -> Vec<String>) -> Result<Vec<(String, f64)>> {
    let ours = ALL.iter().position(|contestant| contestant.column == OURS);
    let ours = ours.ok_or("ours takes no part")?;
    let mut counts = Vec::with_capacity(Kind::ALL.len());
    for (index, kind) in Kind::ALL.into_iter().enumerate() {
        let instructions = valgrind::instructions(COUNTED, |exchanges| {
            arguments(child_arguments(index, ours, exchanges))
        })?;
        counts.push((format!("http: {}", kind.name()), instructions));
    }
    Ok(counts)
}
