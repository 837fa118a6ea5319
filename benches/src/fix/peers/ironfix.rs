//! ironfix

use ironfix_tagvalue::{Decoder, Encoder, FieldIndex};

use super::{price_of, put, put_entry};
use crate::fix::messages::{NOW, Order};
use crate::fix::sink::Sink;
use crate::fix::work::{Reads, TEN, Writes};
use crate::harness::Result;

pub(in crate::fix) struct IronFix {
    index: FieldIndex,
    encoder: Encoder,
    written: Vec<u8>,
}

impl IronFix {
    pub(in crate::fix) fn new() -> Self {
        Self {
            index: FieldIndex::with_capacity(128),
            encoder: Encoder::new("FIX.4.4"),
            written: Vec::new(),
        }
    }
}

impl Reads for IronFix {
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = Decoder::new(message).decode_into(&mut self.index)?;
        sink.text(message.msg_type().as_str().as_bytes());
        Ok(())
    }

    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = Decoder::new(message).decode_into(&mut self.index)?;
        for tag in TEN {
            let value = message.get_field_str(tag).ok_or("missing")?;
            put(sink, tag, value.as_bytes())?;
        }
        Ok(())
    }

    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = Decoder::new(message).decode()?;
        let mut entry: [&[u8]; 3] = [b""; 3];
        for field in message.fields() {
            match field.tag {
                269 => entry[0] = field.value,
                270 => entry[1] = field.value,
                271 => {
                    entry[2] = field.value;
                    put_entry(sink, entry)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Writes for IronFix {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        let encoder = &mut self.encoder;
        encoder.clear();
        encoder.put_str(35, "D");
        encoder.put_str(49, "BUYER");
        encoder.put_str(56, "VENUE");
        encoder.put_uint(34, order.seq);
        encoder.put_str(52, NOW);
        encoder.put_str(11, &order.id);
        encoder.put_str(1, "ACCT-0017");
        encoder.put_str(55, "MSFT");
        encoder.put_char(54, '1');
        encoder.put_str(60, NOW);
        encoder.put_int(38, order.quantity);
        encoder.put_char(40, '2');
        encoder.put_str(44, &price_of(order));
        encoder.put_char(59, '0');
        self.written.clear();
        self.written.extend_from_slice(encoder.finish()?);
        Ok(&self.written)
    }
}
