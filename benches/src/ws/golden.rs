//! What the hot paths of ours cost in instructions, for comparison with what they cost before.

use crate::harness::{Result, valgrind};
use crate::ws::cases::{self, Case, OURS};
use crate::ws::feed::Messages;
use crate::ws::report::{COUNTED, child_arguments};

/// The work that is watched: the hot paths, each once.
const WATCHED: [&str; 14] = [
    "decode 150 B, 2 KiB reads, unchecked",
    "decode 150 B, 2 KiB reads, checked",
    "decode 16 B, 2 KiB reads, unchecked",
    "decode 16 B, 2 KiB reads, checked",
    "messages 150 B, 2 KiB reads, checked",
    "messages 150 B in 3 frames, 2 KiB reads, checked",
    "ping and its answer",
    "encode 16 B, masked, one write",
    "encode 150 B, masked, one write",
    "encode 150 B in 3 frames, a write each",
    "deflate 1 KiB with takeover, level 1",
    "inflate 1 KiB with takeover, level 1",
    "kernel: copy and mask 150 B",
    "kernel: is UTF-8 150 B",
];

/// Counts all of them; `arguments` has this program run [`child`](super::report::child) with those given.
pub(crate) fn counts(
    arguments: impl Fn(Vec<String>) -> Vec<String>,
) -> Result<Vec<(&'static str, f64)>> {
    let cases = cases::in_memory();
    let mut counts = Vec::with_capacity(WATCHED.len());
    for name in WATCHED {
        let (index, contestant) = find(&cases, name)?;
        let instructions = valgrind::instructions(messages(&cases[index]), |messages| {
            arguments(child_arguments(index, contestant, messages))
        })?;
        counts.push((name, instructions));
    }
    Ok(counts)
}

/// Compression takes a hundred times as long as anything else.
const fn messages(case: &Case) -> u64 {
    match case.messages {
        Messages::Deflated(_) => COUNTED / 8,
        _ => COUNTED,
    }
}

fn find(cases: &[Case], name: &str) -> Result<(usize, usize)> {
    let index = cases.iter().position(|case| case.name == name);
    let index = index.ok_or_else(|| format!("there is no work {name:?}"))?;
    let ours = cases[index].contestants.iter();
    let ours = ours.map(|who| who.column).position(|column| column == OURS);
    Ok((index, ours.ok_or("ours takes no part")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_watched_is_there() {
        let cases = cases::in_memory();
        for name in WATCHED {
            find(&cases, name).unwrap();
        }
    }
}
