//! A place for a connection.

use std::io::{self, Read, Write};

use boom_stream::{Layer, Phase, Socket};

use crate::config::Times;
use crate::error::{Reason, Timeout};
use crate::stream::{HttpConnection, Traits};

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Connecting,
    Handshaking,
    Established,
}

/// What a stream is asked.
#[derive(Debug)]
pub(super) struct Probe<S> {
    /// How far it is.
    pub(super) stage: fn(&mut S) -> io::Result<Stage>,
    pub(super) traits: Traits<S>,
}

impl<S> Clone for Probe<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Probe<S> {}

impl<S> Probe<S> {
    /// Nothing is known of the stream.
    pub(super) const fn nothing() -> Self {
        Self {
            stage: |_| Ok(Stage::Established),
            traits: Traits::unknown(),
        }
    }
}

impl<S: Layer<Base: Socket>> Probe<S> {
    pub(super) fn layers() -> Self {
        Self {
            stage: probe_layers,
            traits: Traits::of_layers(),
        }
    }
}

fn probe_layers<S: Layer<Base: Socket>>(stream: &mut S) -> io::Result<Stage> {
    if !stream.base_mut().connected()? {
        return Ok(Stage::Connecting);
    }
    Ok(match stream.phase() {
        Phase::Established => Stage::Established,
        _ => Stage::Handshaking,
    })
}

#[derive(Debug)]
pub(super) struct Slot<S> {
    link: Option<HttpConnection<S>>,
    stage: Stage,
    /// When the stage began.
    since_ns: u64,
}

impl<S> Default for Slot<S> {
    fn default() -> Self {
        Self {
            link: None,
            stage: Stage::Connecting,
            since_ns: 0,
        }
    }
}

/// What became of a connection that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Advance {
    Waiting,
    Established,
}

impl<S: Read + Write> Slot<S> {
    pub(super) fn fill(&mut self, link: HttpConnection<S>, now_ns: u64) {
        self.link = Some(link);
        self.stage = Stage::Connecting;
        self.since_ns = now_ns;
    }

    #[inline]
    pub(super) const fn link(&self) -> Option<&HttpConnection<S>> {
        self.link.as_ref()
    }

    #[inline]
    pub(super) const fn link_mut(&mut self) -> Option<&mut HttpConnection<S>> {
        self.link.as_mut()
    }

    pub(super) const fn take(&mut self) -> Option<HttpConnection<S>> {
        self.link.take()
    }

    /// A connection that is over and carries nothing has nothing to tell.
    pub(super) fn close_if_unused(&mut self) {
        self.link
            .take_if(|link| link.is_over() && link.under_way() == 0);
    }

    pub(super) fn take_upgraded(&mut self) -> Option<(S, Vec<u8>)> {
        let link = self.link.take_if(|link| link.connection().is_upgraded());
        link.map(HttpConnection::into_parts)
    }

    #[inline]
    pub(super) const fn is_established(&self) -> bool {
        self.link.is_some() && matches!(self.stage, Stage::Established)
    }

    /// Returns true if a request could be sent at once.
    #[inline]
    pub(super) fn is_warm(&self) -> bool {
        self.is_established() && self.link.as_ref().is_some_and(HttpConnection::is_idle)
    }

    /// Goes on with connect and handshake.
    pub(super) fn advance(
        &mut self,
        probe: Probe<S>,
        times: &Times,
        now_ns: u64,
    ) -> Result<Advance, Reason> {
        let Some(link) = &mut self.link else {
            return Ok(Advance::Waiting);
        };
        let mut stage = (probe.stage)(link.stream_mut())?;
        if stage == Stage::Handshaking {
            link.drive_handshake()?;
            stage = (probe.stage)(link.stream_mut())?;
        }
        if stage != self.stage {
            self.stage = stage;
            self.since_ns = now_ns;
        }
        let timeout = match stage {
            Stage::Connecting => Timeout::Connect,
            Stage::Handshaking => Timeout::Tls,
            Stage::Established => {
                link.connection_mut().note_opened(now_ns);
                return Ok(Advance::Established);
            }
        };
        match self.deadline(times) {
            Some(deadline) if now_ns >= deadline => Err(timeout.into()),
            _ => Ok(Advance::Waiting),
        }
    }

    /// When the connect or the handshake has taken too long.
    pub(super) fn deadline(&self, times: &Times) -> Option<u64> {
        self.link.as_ref()?;
        match self.stage {
            Stage::Connecting => Some(self.since_ns.saturating_add(times.connect_ns)),
            Stage::Handshaking => Some(self.since_ns.saturating_add(times.tls_ns)),
            Stage::Established => None,
        }
    }
}
