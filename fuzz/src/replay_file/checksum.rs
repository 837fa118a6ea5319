//! Right checksums in packets that were changed.

const ENHANCED_PACKET: u32 = 6;
const FRAME: usize = 28;
const IPV4: usize = FRAME + 14;
const TCP: usize = IPV4 + 20;
const CHECKSUM: usize = TCP + 16;

/// Makes the checksum of each TCP segment over IPv4 without options right, as far as the blocks can be followed.
pub(super) fn repair(file: &mut [u8]) {
    let mut rest = file;
    while let (Some(kind), Some(length)) = (word(rest, 0), word(rest, 4)) {
        let length = length as usize;
        if length < 12 || length > rest.len() {
            return;
        }
        let (block, next) = rest.split_at_mut(length);
        if kind == ENHANCED_PACKET
            && let Some(captured) = word(block, 20)
        {
            repair_block(block, FRAME.saturating_add(captured as usize));
        }
        rest = next;
    }
}

fn repair_block(block: &mut [u8], end: usize) {
    if end > block.len() || end < TCP + 20 || block[IPV4] != 0x45 {
        return;
    }
    block[CHECKSUM..CHECKSUM + 2].fill(0);
    // RFC 9293 §3.1: addresses, protocol and length of the segment stand before it.
    let length = (end - TCP) as u32;
    let addresses = sum(&block[IPV4 + 12..IPV4 + 20]);
    let mut sum = addresses + 6 + length + sum(&block[TCP..end]);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    block[CHECKSUM..CHECKSUM + 2].copy_from_slice(&(!sum as u16).to_be_bytes());
}

fn sum(bytes: &[u8]) -> u32 {
    let pairs = bytes.chunks(2);
    pairs
        .map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |&low| u32::from(low)))
        .sum()
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}
