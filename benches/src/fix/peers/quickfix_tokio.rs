//! quickfix-tokio

use quickfix_tokio::{GroupTemplate, Message};

use super::{price_of, put, put_entry};
use crate::fix::messages::{NOW, Order};
use crate::fix::sink::Sink;
use crate::fix::work::{Reads, TEN, Writes};
use crate::harness::Result;

pub(in crate::fix) struct QuickFixTokio {
    entries: GroupTemplate,
    written: Vec<u8>,
}

impl QuickFixTokio {
    pub(in crate::fix) fn new() -> Self {
        Self {
            entries: GroupTemplate::new(268, vec![269, 270, 271, 272, 273, 299]),
            written: Vec::new(),
        }
    }
}

/// With length and sum checked, as its sessions do.
fn decode(message: &[u8]) -> Result<Message> {
    Message::parse(message, true).map_err(|error| format!("{error:?}").into())
}

impl Reads for QuickFixTokio {
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        sink.text(decode(message)?.header.get_raw(35).ok_or("missing")?);
        Ok(())
    }

    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = decode(message)?;
        for tag in TEN {
            let fields = if tag == 34 {
                &message.header
            } else {
                &message.body
            };
            put(sink, tag, fields.get_raw(tag as i32).ok_or("missing")?)?;
        }
        Ok(())
    }

    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()> {
        let message = decode(message)?;
        let entries = message.body.read_groups(&self.entries);
        for entry in entries.map_err(|error| format!("{error:?}"))? {
            let get = |tag| entry.get_raw(tag).unwrap_or_default();
            put_entry(sink, [get(269), get(270), get(271)])?;
        }
        Ok(())
    }
}

impl Writes for QuickFixTokio {
    fn order(&mut self, order: &Order) -> Result<&[u8]> {
        let mut message = Message::with_type("D");
        message.set_header(8, "FIX.4.4");
        message.set_header(49, "BUYER");
        message.set_header(56, "VENUE");
        message.set_header(34, order.seq);
        message.set_header(52, NOW);
        message.set(11, order.id.as_str());
        message.set(1, "ACCT-0017");
        message.set(55, "MSFT");
        message.set(54, '1');
        message.set(60, NOW);
        message.set(38, order.quantity);
        message.set(40, '2');
        message.set(44, price_of(order));
        message.set(59, '0');
        self.written = message.to_bytes();
        Ok(&self.written)
    }
}
