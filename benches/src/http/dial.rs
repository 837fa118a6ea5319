//! Where the server is, and whom it is trusted to be.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::harness::Result;
use crate::ws::dial::{Dialed, dial};

/// How to reach the server.
#[derive(Clone)]
pub(super) struct Dial {
    pub(super) address: SocketAddr,
    pub(super) tls: Option<Trust>,
}

/// The authority that the server's certificate is of. Everyone but curl, which has a TLS of its own, uses rustls with
/// the same cryptography.
#[derive(Clone)]
pub(super) struct Trust {
    /// For those who build their own configuration.
    #[cfg(feature = "peers")]
    pub(super) pem: String,
    pub(super) config: Arc<ClientConfig>,
}

impl Dial {
    /// `pem` is the authority's certificate; the empty one stands for no TLS.
    pub(super) fn new(address: SocketAddr, pem: &str) -> Result<Self> {
        let tls = if pem.is_empty() {
            None
        } else {
            Some(Trust {
                #[cfg(feature = "peers")]
                pem: pem.to_owned(),
                config: client_config(pem)?,
            })
        };
        Ok(Self { address, tls })
    }

    /// Opens a connection of the kind that peers without one of their own are given.
    pub(super) fn open(&self) -> Result<Dialed> {
        dial(self.address, self.tls.as_ref().map(|trust| &trust.config))
    }

    /// As it stands in `Host`.
    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    #[cfg(feature = "peers")]
    pub(super) fn url(&self, path: &str) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }
}

fn client_config(pem: &str) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes())?)?;
    Ok(with_roots(roots)?)
}

/// Of one that trusts nobody, for those who want a configuration even without TLS.
#[cfg(feature = "peers")]
pub(super) fn trusting_nobody() -> Result<Arc<ClientConfig>> {
    Ok(with_roots(RootCertStore::empty())?)
}

fn with_roots(roots: RootCertStore) -> std::result::Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(
        builder.with_root_certificates(roots).with_no_client_auth(),
    ))
}
