//! of_fix

use of_fix::{
    FixFieldView, FixMessageView, FixNewOrderSingle, FixOrdType, FixOrderSide,
    FixRepeatingGroupDefinition, FixRepeatingGroupEntry, FixSessionHeader, FixTag, FixTimeInForce,
    FixVersion, encode_new_order_single, parse_message,
};

use super::{price_of, put, put_entry};
use crate::fix::messages::{NOW, Order};
use crate::fix::sink::Sink;
use crate::fix::work::{Reads, TEN, Writes};
use crate::harness::Result;

pub(in crate::fix) struct OfFix;

/// The crate lends what it parsed for as long as the scratch lives, so each message takes a fresh one.
const FIELDS: usize = 80;

fn parse<'a>(
    message: &'a [u8],
    scratch: &'a mut [FixFieldView<'a>; FIELDS],
) -> Result<FixMessageView<'a>> {
    parse_message(message, scratch).map_err(|error| format!("{error:?}").into())
}

impl Reads for OfFix {
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let mut scratch = [FixFieldView::empty(); FIELDS];
        sink.text(parse(message, &mut scratch)?.msg_type().unwrap_or_default());
        Ok(())
    }

    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let mut scratch = [FixFieldView::empty(); FIELDS];
        let message = parse(message, &mut scratch)?;
        for tag in TEN {
            put(sink, tag, message.get(FixTag(tag)).unwrap_or_default())?;
        }
        Ok(())
    }

    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        const MEMBERS: [FixTag; 6] = [
            FixTag(269),
            FixTag(270),
            FixTag(271),
            FixTag(272),
            FixTag(273),
            FixTag(299),
        ];
        let mut scratch = [FixFieldView::empty(); FIELDS];
        let mut entries = [FixRepeatingGroupEntry::empty(); 16];
        let message = parse(message, &mut scratch)?;
        let definition = FixRepeatingGroupDefinition::new(FixTag(268), FixTag(269), &MEMBERS);
        let group = message
            .repeating_group(definition, &mut entries)
            .map_err(|error| format!("{error:?}"))?;
        for entry in group.iter() {
            let get = |tag| entry.get(FixTag(tag)).unwrap_or_default();
            put_entry(sink, [get(269), get(270), get(271)])?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub(in crate::fix) struct OfFixWriter {
    buffer: Vec<u8>,
}

impl Writes for OfFixWriter {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        // Numbers are the caller's to write.
        let quantity = order.quantity.to_string();
        let price = price_of(order);
        let header = FixSessionHeader::new(b"BUYER", b"VENUE", order.seq, NOW.as_bytes());
        let request = FixNewOrderSingle::new(
            order.id.as_bytes(),
            b"MSFT",
            FixOrderSide::Buy,
            NOW.as_bytes(),
            quantity.as_bytes(),
            FixOrdType::Limit,
        )
        .with_account(b"ACCT-0017")
        .with_price(price.as_bytes())
        .with_time_in_force(FixTimeInForce::Day);
        self.buffer.clear();
        encode_new_order_single(&mut self.buffer, FixVersion::Fix44, header, request)
            .map_err(|error| format!("{error:?}"))?;
        Ok(&self.buffer)
    }
}
