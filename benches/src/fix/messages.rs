//! What is read and written: the same bytes for everybody.

use std::fmt::Write as _;

/// Distinct messages, so that no two in a row are equal.
pub(super) const DISTINCT: usize = 64;

/// ExecutionReport of 331 bytes with 33 fields.
pub(super) fn execution_reports() -> Vec<Vec<u8>> {
    let body = |number: usize| {
        format!(
            "35=8|49=VENUE|56=BUYER|34={}|52=20261122-14:30:00.{}|{}",
            1000 + number,
            100 + number,
            report(number),
        )
    };
    (0..DISTINCT).map(|number| framed(&body(number))).collect()
}

/// What follows the header of each.
pub(super) fn reports() -> Vec<String> {
    (0..DISTINCT).map(report).collect()
}

fn report(number: usize) -> String {
    format!(
        "37=ORD-20261122-000{}|11=CL-7731-0{}|17=EX-99120{}|150=F|39=1|1=ACCT-0017|55=MSFT|48=US5949181045|22=4|\
         54=1|38=1500|40=2|44=412.{}|59=0|15=USD|32=300|31=412.34|30=XNAS|151=1200|14=300|6=412.34|\
         60=20261122-14:30:00.122|21=1|64=20261124|58=partial fi|",
        100 + number,
        100 + number,
        100 + number,
        10 + number,
    )
}

/// MarketDataSnapshotFullRefresh of 818 bytes with a group of ten entries of six fields.
pub(super) fn snapshots() -> Vec<Vec<u8>> {
    let body = |number: usize| {
        let mut body = format!(
            "35=W|49=VENUE|56=BUYER|34={}|52=20261122-14:30:00.456|262=REQ-1|55=EUR/USD|268=10|",
            88_000 + number
        );
        for level in 0..10 {
            let (kind, price) = (level % 2, 430 + 3 * level + number);
            let size = 1_000_000 + 250_000 * level;
            // Writing to a `String` cannot fail.
            let _ = write!(
                body,
                "269={kind}|270=1.08{price}|271={size}|272=20261122|273=14:30:00.45{level}|299=Q{level:03}-8|"
            );
        }
        body
    };
    (0..DISTINCT).map(|number| framed(&body(number))).collect()
}

/// The part of a NewOrderSingle that differs from one to the next.
pub(super) struct Order {
    pub(super) seq: u64,
    pub(super) id: String,
    pub(super) quantity: i64,
    /// In hundredths.
    pub(super) price: i64,
}

/// 2026-11-22 14:30:00.123 UTC
pub(super) const NOW_NS: i64 = 1_795_357_800_123_000_000;
#[cfg(feature = "fix-peers")]
pub(super) const NOW: &str = "20261122-14:30:00.123";

pub(super) fn orders() -> Vec<Order> {
    let order = |number: usize| Order {
        seq: 1000 + number as u64,
        id: format!("CL-7731-0{}", 100 + number),
        quantity: 1500 + number as i64,
        price: 41_235 + number as i64,
    };
    (0..DISTINCT).map(order).collect()
}

/// With `8`, `9` and `10` around it; `|` is the delimiter.
pub(super) fn framed(body: &str) -> Vec<u8> {
    let body = body.replace('|', "\x01");
    let message = format!("8=FIX.4.4\x019={}\x01{body}", body.len());
    let sum = message.bytes().fold(0u8, u8::wrapping_add);
    format!("{message}10={sum:03}\x01").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_as_long_as_they_are_called() {
        assert!(
            execution_reports()
                .iter()
                .all(|message| message.len() == 331)
        );
        assert!(snapshots().iter().all(|message| message.len() == 818));
    }
}
