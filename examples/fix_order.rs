//! An order and the report of its execution by their names and types: all that a small program needs of FIX 4.4.
//!
//! `cargo xtask fix-size` tells what it costs: the time to compile it, and its bytes.

use std::error::Error;

use boom_fix::fix44::field::{
    AVG_PX, CL_ORD_ID, CUM_QTY, EXEC_ID, EXEC_TYPE, LEAVES_QTY, ORD_STATUS, ORD_TYPE, ORDER_ID,
    ORDER_QTY, PRICE, SIDE, SYMBOL, TRANSACT_TIME,
};
use boom_fix::fix44::message::{ExecutionReport, NewOrderSingle};
use boom_fix::fix44::value::{ExecType, OrdStatus, OrdType, Side};
use boom_fix::typed::MessageType;
use boom_fix::{BeginString, Decimal, Decoder, Encoder, FieldIndex, Precision, UtcTimestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let now = UtcTimestamp::from_unix_nanos(1_795_357_800_123_000_000, Precision::Millis);
    let buyer = Encoder::new(BeginString::Fix44, "BUYER", "VENUE")?;
    let venue = Encoder::new(BeginString::Fix44, "VENUE", "BUYER")?;
    let (mut room, mut answer) = ([0; 512], [0; 512]);

    let mut order = NewOrderSingle::new(&buyer, &mut room, 1, now);
    order.set(CL_ORD_ID, "id-1").set(SYMBOL, "MSFT");
    order.set(SIDE, Side::Buy).set(TRANSACT_TIME, now);
    order.set(ORDER_QTY, Decimal::new(1500, 0));
    order.set(ORD_TYPE, OrdType::Limit);
    order.set(PRICE, Decimal::new(41_235, 2));
    let order = order.finish()?.as_bytes();

    let report = execute(order, &venue, &mut answer, now)?;

    let (mut decoder, mut index) = (Decoder::new(), FieldIndex::new());
    let message = decoder.decode(&mut &report[..], &mut index)?;
    let report = ExecutionReport::view(message.ok_or("cut off")?).ok_or("no report")?;
    println!(
        "{}: {:?}, {} to go",
        report.typed(CL_ORD_ID)?,
        report.typed(ORD_STATUS)?,
        report.typed(LEAVES_QTY)?
    );
    assert_eq!(report.typed(ORD_STATUS)?, OrdStatus::Partial);
    Ok(())
}

/// The venue: fills a third of an order.
fn execute<'a>(
    order: &[u8],
    venue: &'a Encoder,
    room: &'a mut [u8],
    now: UtcTimestamp,
) -> Result<&'a [u8], Box<dyn Error>> {
    let (mut decoder, mut index) = (Decoder::new(), FieldIndex::new());
    let message = decoder.decode(&mut &order[..], &mut index)?;
    let order = NewOrderSingle::view(message.ok_or("cut off")?).ok_or("no order")?;
    let filled = Decimal::new(500, 0);
    let mut report = ExecutionReport::new(venue, room, 1, now);
    report.set(ORDER_ID, "venue-7").set(EXEC_ID, "exec-9");
    report.set(CL_ORD_ID, order.typed(CL_ORD_ID)?);
    report.set(EXEC_TYPE, ExecType::Trade);
    report.set(ORD_STATUS, OrdStatus::Partial);
    report.set(SYMBOL, order.typed(SYMBOL)?);
    report.set(SIDE, order.typed(SIDE)?);
    report.set(LEAVES_QTY, Decimal::new(1000, 0));
    report.set(CUM_QTY, filled);
    report.set(AVG_PX, order.typed(PRICE)?);
    Ok(report.finish()?.as_bytes())
}
