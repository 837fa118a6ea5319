//! boom-fix.

use std::hint::black_box;

use boom_fix::{
    BeginString, Decimal, Decoder, Encoder, FieldIndex, GroupDef, Message, Precision, Template,
    UtcTimestamp,
};

use super::messages::{NOW_NS, Order};
use super::sink::Sink;
use super::work::{Reads, TEN, Writes};
use crate::harness::Result;

const ENTRIES: GroupDef<'_> = GroupDef::new(268, &[269, 270, 271, 272, 273, 299]);

pub(super) struct Ours {
    decoder: Decoder,
    index: FieldIndex,
    encoder: Encoder,
    room: [u8; 512],
}

impl Ours {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            decoder: Decoder::new(),
            index: FieldIndex::new(),
            encoder: encoder()?,
            room: [0; 512],
        })
    }

    /// By another way than the quickest of this processor.
    pub(super) fn by_kernel(number: usize) -> Result<Self> {
        let decoder = Decoder::every_kernel().nth(number);
        let mut ours = Self::new()?;
        ours.decoder = decoder.ok_or("this processor has fewer ways")?;
        Ok(ours)
    }

    #[inline]
    fn decode<'a>(&'a mut self, mut message: &'a [u8]) -> Result<Message<'a>> {
        let message = self.decoder.decode(&mut message, &mut self.index)?;
        message.ok_or_else(|| "no message".into())
    }
}

impl Reads for Ours {
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        sink.text(self.decode(message)?.msg_type());
        Ok(())
    }

    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.decode(message)?;
        let mut reader = message.reader();
        let [
            seq,
            id,
            exec,
            kind,
            status,
            quantity,
            price,
            last_quantity,
            last_price,
            time,
        ] = TEN;
        sink.number(reader.int(seq)?);
        sink.text(reader.value(id)?.as_bytes());
        sink.text(reader.value(exec)?.as_bytes());
        sink.text(reader.value(kind)?.as_bytes());
        sink.text(reader.value(status)?.as_bytes());
        sink.number(reader.decimal(quantity)?);
        sink.number(reader.decimal(price)?);
        sink.number(reader.decimal(last_quantity)?);
        sink.number(reader.decimal(last_price)?);
        sink.text(reader.value(time)?.as_bytes());
        Ok(())
    }

    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        for entry in self.decode(message)?.group(&ENTRIES)? {
            let mut entry = entry?.reader();
            sink.text(entry.value(269)?.as_bytes());
            sink.number(entry.decimal(270)?);
            sink.number(entry.decimal(271)?);
        }
        Ok(())
    }
}

fn encoder() -> Result<Encoder> {
    Ok(Encoder::new(BeginString::Fix44, "BUYER", "VENUE")?)
}

impl Writes for Ours {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        let now = UtcTimestamp::from_unix_nanos(black_box(NOW_NS), Precision::Millis);
        let mut message = self.encoder.message(&mut self.room, "D", order.seq, now);
        message.text(11, &order.id).text(1, "ACCT-0017");
        message.text(55, "MSFT").char(54, '1').timestamp(60, now);
        message.int(38, order.quantity).char(40, '2');
        message
            .decimal(44, Decimal::new(order.price, 2))
            .char(59, '0');
        Ok(message.finish()?.as_bytes())
    }
}

pub(super) struct Templated {
    template: Template,
}

impl Templated {
    pub(super) fn new() -> Result<Self> {
        let template = encoder()?.template("D", |order| {
            order
                .slot(11)
                .text(1, "ACCT-0017")
                .text(55, "MSFT")
                .text(54, "1");
            order.slot(60).slot(38).text(40, "2").slot(44).text(59, "0");
        })?;
        Ok(Self { template })
    }
}

impl Writes for Templated {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        let now = UtcTimestamp::from_unix_nanos(black_box(NOW_NS), Precision::Millis);
        let mut message = self.template.message(order.seq, now);
        message
            .text(11, &order.id)
            .timestamp(60, now)
            .int(38, order.quantity);
        message.decimal(44, Decimal::new(order.price, 2));
        Ok(message.finish()?.as_bytes())
    }
}
