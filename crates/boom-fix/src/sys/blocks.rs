//! What vectors share: delimiters of 64 bytes at a time, and tables in groups of fields.

use super::{BLOCK, FIRST, Frame, Place, Tables};

/// Places of delimiters, block by block; the bodies of the kernels' functions, which compile it for their instructions.
/// `block` gives the delimiters of one block and how many they are, and keeps the sum. False if the table might be too short.
#[inline(always)]
pub(super) fn delimiters(
    frame: &Frame<'_>,
    tables: &mut Tables,
    mut block: impl FnMut(&[u8; BLOCK]) -> (u64, usize),
) -> (usize, bool) {
    let mut count = FIRST;
    let mut at = frame.body as u32;
    let (blocks, rest) = frame.body().as_chunks::<BLOCK>();
    for bytes in blocks {
        if !store(&mut tables.ends, &mut count, block(bytes), at) {
            return (count, false);
        }
        at += BLOCK as u32;
    }
    if !rest.is_empty() {
        let before_trailer = frame.bytes.get(..frame.end).unwrap_or_default();
        let (bytes, first) = tail(before_trailer, rest.len());
        let at = (frame.end - first) as u32;
        if !store(&mut tables.ends, &mut count, block(&bytes), at) {
            return (count, false);
        }
    }
    (count, true)
}

/// The last `rest` bytes and zeros, which are neither delimiters nor change a sum, as a block; and how far it starts
/// before the end.
#[inline(always)]
fn tail(bytes: &[u8], rest: usize) -> ([u8; BLOCK], usize) {
    let mut block = [0; BLOCK];
    let kept = KEPT
        .get(rest..)
        .and_then(|kept| kept.first_chunk::<BLOCK>());
    if let (Some(last), Some(kept)) = (bytes.last_chunk::<BLOCK>(), kept) {
        // What stands before the rest was looked at already.
        for ((byte, last), kept) in block.iter_mut().zip(last).zip(kept) {
            *byte = last & kept;
        }
        return (block, BLOCK);
    }
    copy_tail(&mut block, bytes, rest);
    (block, rest)
}

/// From the place n on, the last n of a block are ones.
const KEPT: [u8; 2 * BLOCK] = {
    let mut kept = [0; 2 * BLOCK];
    let mut index = BLOCK;
    while index < kept.len() {
        kept[index] = 0xff;
        index += 1;
    }
    kept
};

#[inline(never)]
fn copy_tail(block: &mut [u8; BLOCK], bytes: &[u8], rest: usize) {
    let from = bytes.len().saturating_sub(rest);
    if let (Some(room), Some(bytes)) = (block.get_mut(..rest), bytes.get(from..)) {
        room.copy_from_slice(bytes);
    }
}

/// Writes the places of the bits of `mask`; false if the table might be too short.
#[inline(always)]
fn store(ends: &mut [u32], count: &mut usize, (mut mask, found): (u64, usize), at: u32) -> bool {
    let Some(room) = ends
        .get_mut(*count..)
        .and_then(|ends| ends.first_chunk_mut::<BLOCK>())
    else {
        return mask == 0;
    };
    // Many blocks hold no more. What is written beyond the last bit is overwritten later.
    for end in &mut room[..AT_ONCE] {
        *end = at + mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
    }
    if found > AT_ONCE {
        more(room, mask, at);
    }
    *count += found;
    true
}

/// How many delimiters of a block are written before they are counted.
const AT_ONCE: usize = 6;

/// The bits behind those.
#[inline(always)]
fn more(room: &mut [u32; BLOCK], mut mask: u64, at: u32) {
    for end in &mut room[AT_ONCE..] {
        if mask == 0 {
            break;
        }
        *end = at + mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
    }
}

/// The number of delimiters; `block` is as for [`delimiters`].
#[inline(always)]
pub(super) fn count_blocks(
    bytes: &[u8],
    mut block: impl FnMut(&[u8; BLOCK]) -> (u64, usize),
) -> usize {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut count = 0;
    for bytes in blocks {
        count += block(bytes).1;
    }
    if !rest.is_empty() {
        count += block(&tail(bytes, rest.len()).0).1;
    }
    count
}

/// The delimiters before fields and those behind them, in groups of `N`.
pub(super) type Ends<'t, const N: usize> = (&'t [[u32; N]], &'t [[u32; N]]);
pub(super) type GroupsOf<'t, const N: usize> =
    (Ends<'t, N>, &'t mut [[u32; N]], &'t mut [[Place; N]]);

impl Tables {
    /// The tables from [`FIRST`] to `count` in whole groups. A last one of fewer fields reads behind them: at the
    /// trailer, whose tag is never odd.
    #[inline(always)]
    pub(super) fn behind_first<const N: usize>(
        &mut self,
        frame: &Frame<'_>,
        count: usize,
    ) -> Option<GroupsOf<'_, N>> {
        *self.ends.get_mut(count..)?.first_chunk_mut()? = [frame.end as u32 - 1; N];
        let fields = count.saturating_sub(FIRST).next_multiple_of(N);
        let before = self.ends.get(FIRST - 1..)?.get(..fields)?;
        let behind = self.ends.get(FIRST..)?.get(..fields)?;
        let tags = self.tags.get_mut(FIRST..)?.get_mut(..fields)?;
        let places = self.places.get_mut(FIRST..)?.get_mut(..fields)?;
        Some((
            (before.as_chunks().0, behind.as_chunks().0),
            tags.as_chunks_mut().0,
            places.as_chunks_mut().0,
        ))
    }
}
