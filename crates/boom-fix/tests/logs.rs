//! Recorded sessions, where they are at hand, decode entirely.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod naive;

use std::fs;
use std::path::Path;

use boom_fix::{Decoder, FieldIndex, Fields};

fn log(name: &str) -> Option<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folders = root.map(|folder| folder.join("shared/data/fix"));
    let named = std::env::var_os("FIX_LOGS").map(Into::into);
    folders
        .chain(named)
        .find_map(|folder: std::path::PathBuf| fs::read(folder.join(name)).ok())
}

/// Files whose frames are right: messages, and bytes that are none.
#[test]
fn framed_logs() {
    for (name, messages, noise) in [
        ("jse-market-data-fixt11.txt", 5000, 0),
        ("order-session-fixt11.txt", 65, 0),
        ("banzai-fix41.txt", 16, 1),
    ] {
        let Some(bytes) = log(name) else { continue };
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
}

/// Files whose lengths and sums are wrong, as their makers left them: the fields are read without a frame.
#[test]
fn logs_without_frames() {
    for (name, messages) in [
        ("orders-fix42-zero-length.txt", 100),
        ("new-order-cross-fix44.txt", 4),
        ("order-single-fix42.txt", 1),
    ] {
        let Some(mut bytes) = log(name) else { continue };
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
}
