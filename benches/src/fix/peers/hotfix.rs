//! hotfix

use hotfix_dictionary::{Dictionary, TagU32};
use hotfix_message::message::{Config, Message};
use hotfix_message::{Field, MessageBuilder, Part};

use super::{price_of, put, put_entry};
use crate::fix::messages::{NOW, Order};
use crate::fix::sink::Sink;
use crate::fix::work::{Reads, TEN, Writes};
use crate::harness::Result;

pub(in crate::fix) struct HotFix(MessageBuilder);

impl HotFix {
    pub(in crate::fix) fn new() -> Result<Self> {
        let builder = MessageBuilder::new(Dictionary::fix44(), Config::default());
        Ok(Self(builder.map_err(|error| format!("{error:?}"))?))
    }

    fn build(&self, message: &[u8]) -> Result<Message> {
        let message = self.0.build(message).into_message();
        message.ok_or_else(|| "garbled".into())
    }
}

fn tag(number: u32) -> Result<TagU32> {
    TagU32::new(number).ok_or_else(|| "no tag".into())
}

impl Reads for HotFix {
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.build(message)?;
        sink.text(
            message
                .header()
                .get_field_map()
                .get_raw(tag(35)?)
                .unwrap_or_default(),
        );
        Ok(())
    }

    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.build(message)?;
        for number in TEN {
            let body = message.get_field_map().get_raw(tag(number)?);
            let value = match body {
                Some(value) => value,
                None => message
                    .header()
                    .get_field_map()
                    .get_raw(tag(number)?)
                    .ok_or("missing")?,
            };
            put(sink, number, value)?;
        }
        Ok(())
    }

    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = self.build(message)?;
        let mut index = 0;
        while let Some(entry) = message.get_field_map().get_group(tag(268)?, index) {
            let get = |number| {
                Ok::<_, Box<dyn std::error::Error>>(
                    entry
                        .get_field_map()
                        .get_raw(tag(number)?)
                        .unwrap_or_default(),
                )
            };
            put_entry(sink, [get(269)?, get(270)?, get(271)?])?;
            index += 1;
        }
        Ok(())
    }
}

#[derive(Default)]
pub(in crate::fix) struct HotFixWriter {
    written: Vec<u8>,
}

impl Writes for HotFixWriter {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        let field = |number, value: &str| {
            let tag = tag(number)?;
            Ok::<_, Box<dyn std::error::Error>>(Field::new(tag, value.as_bytes().to_vec()))
        };
        let mut message = Message::new("FIX.4.4", "D");
        let header = message.header_mut();
        header.store_field(field(49, "BUYER")?);
        header.store_field(field(56, "VENUE")?);
        header.store_field(field(34, &order.seq.to_string())?);
        header.store_field(field(52, NOW)?);
        message.store_field(field(11, &order.id)?);
        message.store_field(field(1, "ACCT-0017")?);
        message.store_field(field(55, "MSFT")?);
        message.store_field(field(54, "1")?);
        message.store_field(field(60, NOW)?);
        message.store_field(field(38, &order.quantity.to_string())?);
        message.store_field(field(40, "2")?);
        message.store_field(field(44, &price_of(order))?);
        message.store_field(field(59, "0")?);
        let written = message.encode(&Config::default());
        self.written = written.map_err(|error| format!("{error:?}"))?;
        Ok(&self.written)
    }
}
