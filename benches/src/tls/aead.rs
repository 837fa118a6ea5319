//! What nobody gets below: the cipher alone, by ring, which rustls and the peers have in common, over records in memory.

use std::hint::black_box;
use std::time::Instant;

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::contestants::Who;
use super::report::{Cells, Options};
use crate::harness::Result;
use crate::harness::table::Table;
use crate::harness::timing::median;

const ROUNDS: usize = 101;
const RECORDS: u32 = 256;
const SIZES: [usize; 2] = [150, 16 * 1024];

pub(super) fn measure(options: Options, table: &mut Table) -> Result<()> {
    for size in SIZES {
        let ns = open_all(size, options.rounds(ROUNDS))?;
        let mut cells = Cells::new(format!("the cipher alone, {size} B opened, ns"));
        cells.put(Who::RawRustls, format!("{ns:.0}"));
        table.push(cells.done());
    }
    Ok(())
}

/// Nanoseconds a record: the median of some rounds over all of them.
fn open_all(size: usize, rounds: usize) -> Result<f64> {
    let failed = |_| "the cipher failed";
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &[7; 16]).map_err(failed)?);
    let records = RECORDS.min((4 << 20) / size as u32);
    let mut sealed = Vec::new();
    for number in 0..records {
        // The byte behind is the type of the record (RFC 8446, section 5.2).
        let mut record = vec![b'x'; size + 1];
        key.seal_in_place_append_tag(nonce(number), Aad::from(HEADER), &mut record)
            .map_err(failed)?;
        sealed.push(record);
    }
    let mut taken = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let mut records = sealed.clone();
        let start = Instant::now();
        for (number, record) in (0..).zip(&mut records) {
            let opened = key.open_in_place(nonce(number), Aad::from(HEADER), record);
            black_box(opened.map_err(failed)?);
        }
        taken.push(start.elapsed().as_nanos() as f64 / records.len() as f64);
    }
    Ok(median(taken))
}

/// The header of a record is authenticated.
const HEADER: [u8; 5] = [23, 3, 3, 0, 167];

fn nonce(number: u32) -> Nonce {
    let mut bytes = [0; 12];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens() {
        for size in SIZES {
            assert!(open_all(size, 1).unwrap() > 0.0);
        }
    }
}
