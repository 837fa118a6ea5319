//! ureq, which waits in its calls.

use std::io::Read;

use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::harness::Result;
use crate::http::client::Client;
use crate::http::dial::Dial;
use crate::http::kind::{KEY, Kind};

pub(super) struct Waiting {
    agent: Agent,
    url: String,
    body: Vec<u8>,
}

impl Waiting {
    pub(super) fn new(kind: Kind, dial: &Dial) -> Result<Self> {
        let mut tls = TlsConfig::builder();
        if let Some(trust) = &dial.tls {
            let roots = [Certificate::from_pem(trust.pem.as_bytes())?];
            let provider = trust.config.crypto_provider().clone();
            tls = tls
                .root_certs(RootCerts::new_with_certs(&roots))
                .unversioned_rustls_crypto_provider(provider);
        }
        let config = Agent::config_builder()
            .proxy(None)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .tls_config(tls.build());
        Ok(Self {
            agent: config.build().new_agent(),
            url: dial.url(kind.path()),
            body: Vec::new(),
        })
    }
}

impl Client for Waiting {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        let (name, value) = KEY;
        let mut response = self.agent.get(&self.url).header(name, value).call()?;
        self.body.clear();
        response
            .body_mut()
            .as_reader()
            .read_to_end(&mut self.body)?;
        each(response.status().as_u16(), &self.body);
        Ok(())
    }
}
