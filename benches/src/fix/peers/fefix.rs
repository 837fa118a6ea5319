//! fefix

use fefix::Dictionary;
use fefix::tagvalue::{Config, Decoder, Encoder, FieldAccess, FvWrite, Message};

use super::{price_of, put, put_entry};
use crate::fix::messages::{NOW, Order};
use crate::fix::sink::Sink;
use crate::fix::work::{Reads, TEN, Writes};
use crate::harness::Result;

pub(in crate::fix) struct FeFix {
    decoder: Decoder<Config>,
    encoder: Encoder<Config>,
    written: Vec<u8>,
}

impl FeFix {
    pub(in crate::fix) fn new() -> Self {
        Self {
            decoder: Decoder::new(Dictionary::fix44()),
            encoder: Encoder::default(),
            written: Vec::new(),
        }
    }

    fn decode<'a>(&'a mut self, message: &'a [u8]) -> Result<Message<'a, &'a [u8]>> {
        let message = self.decoder.decode(message);
        message.map_err(|error| format!("{error:?}").into())
    }
}

impl Reads for FeFix {
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        sink.text(self.decode(message)?.fv_raw(&35u32).ok_or("missing")?);
        Ok(())
    }

    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.decode(message)?;
        for tag in TEN {
            put(sink, tag, message.fv_raw(&tag).ok_or("missing")?)?;
        }
        Ok(())
    }

    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.decode(message)?;
        // By the order of the fields, and not by `group`: its decoder keeps the groups of the message before, and puts
        // all fields of the next into them.
        let mut entry: [&[u8]; 3] = [b""; 3];
        for (tag, value) in message.fields() {
            match tag.get() {
                269 => entry[0] = value,
                270 => entry[1] = value,
                271 => {
                    entry[2] = value;
                    put_entry(sink, entry)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Writes for FeFix {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        self.written.clear();
        let mut message = self
            .encoder
            .start_message(b"FIX.4.4", &mut self.written, b"D");
        message.set_fv(&49u32, "BUYER");
        message.set_fv(&56u32, "VENUE");
        message.set_fv(&34u32, order.seq);
        message.set_fv(&52u32, NOW);
        message.set_fv(&11u32, order.id.as_str());
        message.set_fv(&1u32, "ACCT-0017");
        message.set_fv(&55u32, "MSFT");
        message.set_fv(&54u32, "1");
        message.set_fv(&60u32, NOW);
        message.set_fv(&38u32, order.quantity);
        message.set_fv(&40u32, "2");
        message.set_fv(&44u32, price_of(order).as_str());
        message.set_fv(&59u32, "0");
        message.wrap();
        Ok(&self.written)
    }
}
