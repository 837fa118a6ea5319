//! libcurl by its easy interface, one handle that is used again.

use curl::easy::{Easy, List};

use crate::harness::Result;
use crate::http::client::Client;
use crate::http::dial::Dial;
use crate::http::kind::{KEY, Kind};

pub(super) struct Handle {
    easy: Easy,
    body: Vec<u8>,
}

impl Handle {
    pub(super) fn new(kind: Kind, dial: &Dial) -> Result<Self> {
        let (name, value) = KEY;
        let mut headers = List::new();
        headers.append(&format!("{name}: {value}"))?;
        let mut easy = Easy::new();
        easy.url(&dial.url(kind.path()))?;
        easy.http_headers(headers)?;
        easy.proxy("")?;
        easy.signal(false)?;
        if let Some(trust) = &dial.tls {
            easy.ssl_cainfo_blob(trust.pem.as_bytes())?;
        }
        Ok(Self {
            easy,
            body: Vec::new(),
        })
    }
}

impl Client for Handle {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        self.body.clear();
        let body = &mut self.body;
        let mut transfer = self.easy.transfer();
        transfer.write_function(|piece| {
            body.extend_from_slice(piece);
            Ok(piece.len())
        })?;
        transfer.perform()?;
        drop(transfer);
        each(u16::try_from(self.easy.response_code()?)?, &self.body);
        Ok(())
    }
}
