//! reqwest, on a runtime of one thread.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client as Reqwest, Url};
use tokio::runtime::{Builder, Runtime};

use crate::harness::Result;
use crate::http::client::Client;
use crate::http::dial::{Dial, trusting_nobody};
use crate::http::kind::{KEY, Kind};

pub(super) struct OnRuntime {
    runtime: Runtime,
    client: Reqwest,
    url: Url,
}

impl OnRuntime {
    pub(super) fn new(kind: Kind, dial: &Dial) -> Result<Self> {
        let tls = match &dial.tls {
            Some(trust) => trust.config.clone(),
            None => trusting_nobody()?,
        };
        let (name, value) = KEY;
        let name: HeaderName = name.parse()?;
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        let client = Reqwest::builder()
            .no_proxy()
            .default_headers(headers)
            .tls_backend_preconfigured((*tls).clone());
        Ok(Self {
            runtime: Builder::new_current_thread().enable_all().build()?,
            client: client.build()?,
            url: dial.url(kind.path()).parse()?,
        })
    }
}

impl Client for OnRuntime {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        let request = self.client.get(self.url.clone());
        let (status, body) = self.runtime.block_on(async {
            let response = request.send().await?;
            Ok::<_, reqwest::Error>((response.status().as_u16(), response.bytes().await?))
        })?;
        each(status, &body);
        Ok(())
    }
}
