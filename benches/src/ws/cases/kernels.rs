//! The inner loops alone.

use super::{Case, contestant, size};
use crate::ws::feed::Messages;
use crate::ws::kernel::{self, mask, masking, utf8, validating};

const LENGTHS: [usize; 4] = [16, 150, 1 << 10, 16 << 10];

pub(super) fn cases() -> Vec<Case> {
    let masks = LENGTHS.into_iter().map(mask_kernel);
    masks.chain(LENGTHS.into_iter().map(utf8_kernel)).collect()
}

fn mask_kernel(length: usize) -> Case {
    let messages = Messages::Json(length);
    let contestants = vec![
        contestant("limit", move || masking(messages, kernel::copy_then_mask))
            .labelled("copy, then u64"),
        contestant("limit", move || {
            masking(messages, kernel::copy_masked_naively)
        })
        .labelled("byte by byte"),
        contestant("ours", move || masking(messages, mask::copy_masked)),
    ];
    Case {
        counted: length == 150,
        ..Case::new(
            format!("kernel: copy and mask {}", size(length)),
            messages,
            contestants,
        )
    }
}

fn utf8_kernel(length: usize) -> Case {
    let messages = Messages::Json(length);
    let contestants = vec![
        contestant("limit", move || {
            validating(messages, |text| simdutf8::basic::from_utf8(text).is_ok())
        })
        .labelled("simdutf8"),
        contestant("limit", move || {
            validating(messages, |text| std::str::from_utf8(text).is_ok())
        })
        .labelled("std"),
        contestant("ours", move || validating(messages, utf8::is_valid)),
    ];
    Case {
        counted: length == 150,
        ..Case::new(
            format!("kernel: is UTF-8 {}", size(length)),
            messages,
            contestants,
        )
    }
}
