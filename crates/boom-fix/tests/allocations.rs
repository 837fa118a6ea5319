//! Nothing is allocated for a message, read or written.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_fix::{
    BeginString, Decimal, Decoder, Encoder, FieldIndex, GroupDef, Precision, UtcTimestamp,
};
use boom_testkit::alloc::{CountingAllocator, count};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const PARTIES: GroupDef<'_> = GroupDef::new(453, &[448, 447]);

#[test]
fn ten_thousand_messages_each_way() {
    let encoder = Encoder::new(BeginString::Fix44, "BUYER", "VENUE").unwrap();
    let mut template = encoder
        .template("D", |order| {
            order.slot(11).text(55, "MSFT").slot(44);
        })
        .unwrap();
    let (mut decoder, mut index, mut room) = (Decoder::new(), FieldIndex::new(), [0; 512]);
    let mut total = 0;
    let allocations = count(|| {
        for number in 0..10_000 {
            let now = UtcTimestamp::from_unix_nanos(number * 1_000_003, Precision::Nanos);
            let mut order = encoder.message(&mut room, "D", number as u64, now);
            order
                .text(11, "id")
                .decimal(44, Decimal::new(number, 2))
                .data(95, 96, b"\x01\x02");
            order.group(453, |parties| {
                for name in ["A", "B"] {
                    parties.entry().text(448, name).char(447, 'D');
                }
            });
            let bytes = order.finish().unwrap().as_bytes();
            let message = decoder
                .decode(&mut &bytes[..], &mut index)
                .unwrap()
                .unwrap();
            total += message.decimal(44).unwrap().mantissa();
            for party in message.group(&PARTIES).unwrap() {
                total += party.unwrap().len() as i64;
            }
            let mut order = template.message(number as u64, now);
            order.text(11, "id").decimal(44, Decimal::new(number, 2));
            total += order.finish().unwrap().as_bytes().len() as i64;
            decoder
                .decode(&mut &b"8=FIX garbled"[..], &mut index)
                .unwrap();
        }
    });
    assert_eq!(allocations.count, 0);
    assert!(total > 10_000 * 9_999 / 2);
}
