//! Recorded sessions decode entirely: those in `logs`, and larger ones where they are at hand: in the folder that the
//! environment names in `FIX_LOGS`.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod naive;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use boom_fix::{Decoder, FieldIndex, Fields};

/// What comes with the tests, else what is elsewhere; without it the test says so and goes on.
fn log(name: &str) -> Option<Vec<u8>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let near = package
        .ancestors()
        .map(|folder| folder.join("shared/data/fix"));
    let named = std::env::var_os("FIX_LOGS").map(PathBuf::from);
    let mut folders = [package.join("tests/logs")]
        .into_iter()
        .chain(named)
        .chain(near);
    let log = folders.find_map(|folder| fs::read(folder.join(name)).ok());
    if log.is_none() {
        // Not by `eprintln`, which the test harness keeps to itself.
        let reason =
            "not read: it does not come with the tests, and FIX_LOGS names no folder that has it";
        let _ = writeln!(std::io::stderr(), "{name}: {reason}");
    }
    log
}

/// Files whose frames are right: messages, and bytes that are none.
#[test]
fn framed_logs() {
    let mut files = 0;
    for (name, messages, noise) in [
        ("banzai-fix41.txt", 16, 1),
        ("order-session-fixt11.txt", 65, 0),
        ("jse-market-data-fixt11.txt", 5000, 0),
    ] {
        let Some(bytes) = log(name) else { continue };
        files += 1;
        let expected = naive::read(&bytes);
        assert_eq!(expected.messages.len(), messages, "{name}");
        assert!(
            expected
                .messages
                .iter()
                .all(|message| !message.is_malformed)
        );
        for decoder in Decoder::every_kernel() {
            let read = naive::decode(decoder, &[&bytes]);
            assert_eq!(read.messages, expected.messages);
            assert!(read.left + read.garbled as usize <= noise);
        }
    }
    assert!(files >= 2, "those that come with the tests");
}

/// Files whose lengths and sums are wrong, as their makers left them: the fields are read without a frame.
#[test]
fn logs_without_frames() {
    let mut files = 0;
    for (name, messages) in [
        ("new-order-cross-fix44.txt", 4),
        ("order-single-fix42.txt", 1),
        ("orders-fix42-zero-length.txt", 100),
    ] {
        let Some(mut bytes) = log(name) else { continue };
        files += 1;
        bytes
            .iter_mut()
            .filter(|byte| **byte == b'\n')
            .for_each(|byte| *byte = 1);
        let mut index = FieldIndex::new();
        let starts: Vec<_> = (0..bytes.len())
            .filter(|&at| bytes[at..].starts_with(b"8=FIX"))
            .collect();
        assert_eq!(starts.len(), messages, "{name}");
        for (number, &start) in starts.iter().enumerate() {
            let end = starts.get(number + 1).copied().unwrap_or(bytes.len());
            let message = &bytes[start..end];
            let length =
                message.len() - message.iter().rev().take_while(|&&byte| byte == 1).count() + 1;
            let fields = Fields::parse(&message[..length.min(message.len())], &mut index).unwrap();
            assert!(
                fields.len() > 10 && fields.tags().last() == Some(&10),
                "{name}: {fields:?}"
            );
        }
    }
    assert!(files >= 2, "those that come with the tests");
}
