//! rustyfix

use rustyfix::tagvalue::{Decoder, Encoder, Message};
use rustyfix::{Dictionary, FieldMap, RepeatingGroup, SetField};

use super::{price_of, put, put_entry};
use crate::fix::messages::{NOW, Order};
use crate::fix::sink::Sink;
use crate::fix::work::{Reads, TEN, Writes};
use crate::harness::Result;

pub(in crate::fix) struct RustyFix {
    decoder: Decoder,
    encoder: Encoder,
    written: Vec<u8>,
}

impl RustyFix {
    pub(in crate::fix) fn new() -> Result<Self> {
        let dictionary = Dictionary::fix44().map_err(|error| format!("{error:?}"))?;
        Ok(Self {
            decoder: Decoder::new(dictionary),
            encoder: Encoder::new(),
            written: Vec::new(),
        })
    }

    fn decode<'a>(&'a mut self, message: &'a [u8]) -> Result<Message<'a, &'a [u8]>> {
        let message = self.decoder.decode(message);
        message.map_err(|error| format!("{error:?}").into())
    }
}

impl Reads for RustyFix {
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        sink.text(self.decode(message)?.get_raw(35).ok_or("missing")?);
        Ok(())
    }

    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.decode(message)?;
        for tag in TEN {
            put(sink, tag, message.get_raw(tag).ok_or("missing")?)?;
        }
        Ok(())
    }

    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.decode(message)?;
        let group = FieldMap::<u32>::group(&message, 268);
        let group = group.map_err(|error| format!("{error:?}"))?;
        for entry in group.entries() {
            let get = |tag| entry.get_raw(tag).unwrap_or_default();
            put_entry(sink, [get(269), get(270), get(271)])?;
        }
        Ok(())
    }
}

impl Writes for RustyFix {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        self.written.clear();
        let mut message = self
            .encoder
            .start_message(b"FIX.4.4", &mut self.written, b"D");
        message.set(49, "BUYER");
        message.set(56, "VENUE");
        message.set(34, order.seq);
        message.set(52, NOW);
        message.set(11, order.id.as_str());
        message.set(1, "ACCT-0017");
        message.set(55, "MSFT");
        message.set(54, "1");
        message.set(60, NOW);
        message.set(38, order.quantity);
        message.set(40, "2");
        message.set(44, price_of(order).as_str());
        message.set(59, "0");
        message.done();
        Ok(&self.written)
    }
}
