//! Who is measured.

use super::trust::Trust;
use super::{Client, Transport, ours, rustls};
#[cfg(feature = "peers")]
use super::{openssl, rival, tokio_rustls};
use crate::harness::Result;
use crate::ws::Receiver;

/// Somebody who speaks TLS; the columns of the tables are in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    RawRustls,
    #[cfg(feature = "peers")]
    TokioRustls,
    #[cfg(feature = "peers")]
    Rival,
    OursRustls,
    #[cfg(feature = "peers")]
    RawOpenssl,
    #[cfg(feature = "peers")]
    OursOpenssl,
}

impl Who {
    pub(super) const ALL: &[Self] = &[
        Self::RawRustls,
        #[cfg(feature = "peers")]
        Self::TokioRustls,
        #[cfg(feature = "peers")]
        Self::Rival,
        Self::OursRustls,
        #[cfg(feature = "peers")]
        Self::RawOpenssl,
        #[cfg(feature = "peers")]
        Self::OursOpenssl,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::RawRustls => "raw rustls",
            #[cfg(feature = "peers")]
            Self::TokioRustls => "tokio-rustls",
            #[cfg(feature = "peers")]
            Self::Rival => "rival",
            Self::OursRustls => "ours (rustls)",
            #[cfg(feature = "peers")]
            Self::RawOpenssl => "raw OpenSSL",
            #[cfg(feature = "peers")]
            Self::OursOpenssl => "ours (OpenSSL)",
        }
    }

    pub(super) const fn is_ours(self) -> bool {
        self.raw().is_some()
    }

    /// The library itself, where this is ours over it.
    pub(super) const fn raw(self) -> Option<Self> {
        match self {
            Self::OursRustls => Some(Self::RawRustls),
            #[cfg(feature = "peers")]
            Self::OursOpenssl => Some(Self::RawOpenssl),
            _ => None,
        }
    }

    /// A library as it is.
    pub(super) fn is_raw(self) -> bool {
        Self::ALL.iter().any(|who| who.raw() == Some(self))
    }

    /// Whether its handshakes are measured: the rival does not verify here, and the crate `openssl` resumes a session by an
    /// unsafe function alone.
    pub(super) fn shakes_hands(self, resumes: bool) -> bool {
        match self {
            #[cfg(feature = "peers")]
            Self::Rival => false,
            #[cfg(feature = "peers")]
            Self::RawOpenssl => !resumes,
            _ => {
                let _ = resumes;
                true
            }
        }
    }

    pub(super) fn from_index(index: &str) -> Result<Self> {
        let who = Self::ALL.get(index.parse::<usize>()?);
        Ok(*who.ok_or("no such contestant")?)
    }

    pub(super) fn index(self) -> usize {
        Self::ALL
            .iter()
            .position(|&who| who == self)
            .unwrap_or(usize::MAX)
    }

    /// Connects, up to the greeting of the server.
    pub(super) fn open<S: Transport>(self, stream: S, trust: &Trust) -> Result<Box<dyn Client>> {
        match self {
            Self::RawRustls => rustls::open(stream, trust),
            #[cfg(feature = "peers")]
            Self::TokioRustls => tokio_rustls::open(stream, trust),
            #[cfg(feature = "peers")]
            Self::Rival => rival::open(stream),
            Self::OursRustls => ours::open::<boom_tls::rustls::Backend, S>(stream, trust),
            #[cfg(feature = "peers")]
            Self::RawOpenssl => openssl::open(stream, trust),
            #[cfg(feature = "peers")]
            Self::OursOpenssl => ours::open::<boom_tls::openssl::Backend, S>(stream, trust),
        }
    }

    /// Whether there is a client of WebSocket over it that is measured.
    pub(super) const fn has_websocket(self) -> bool {
        #[cfg(feature = "peers")]
        if matches!(self, Self::Rival) {
            return true;
        }
        self.is_ours()
    }

    /// The same as a client of WebSocket, whose handshake is left out.
    pub(super) fn open_websocket<S: Transport>(
        self,
        stream: S,
        trust: &Trust,
    ) -> Result<Box<dyn Receiver>> {
        match self {
            Self::OursRustls => websocket::<boom_tls::rustls::Backend, S>(stream, trust),
            #[cfg(feature = "peers")]
            Self::OursOpenssl => websocket::<boom_tls::openssl::Backend, S>(stream, trust),
            #[cfg(feature = "peers")]
            Self::Rival => {
                let stream = rival::connect(stream)?;
                Ok(Box::new(crate::ws::rival::Receiving::new(stream)))
            }
            _ => Err("has no WebSocket".into()),
        }
    }
}

fn websocket<B: boom_tls::Backend + 'static, S: Transport>(
    stream: S,
    trust: &Trust,
) -> Result<Box<dyn Receiver>> {
    let stream = ours::connect::<B, S>(stream, trust)?;
    Ok(Box::new(crate::ws::ours::Receiving::new(stream, true)?))
}
