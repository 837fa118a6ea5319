//! Sessions that a later connection resumes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::openssl::ssl::{SslSession, SslVersion};

/// Sessions by the name of the server, of which those used least recently make room.
pub(super) struct Sessions {
    limit: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    by_name: HashMap<Arc<str>, VecDeque<SslSession>>,
    /// The names, the least recently used first.
    order: VecDeque<Arc<str>>,
}

/// Tickets of one server: as many as servers give by default, and some of a connection that is still open.
const TICKETS: usize = 4;

impl Sessions {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: Mutex::default(),
        }
    }

    pub(super) fn insert(&self, name: &Arc<str>, session: SslSession) {
        if self.limit == 0 {
            return;
        }
        let mut kept = self.kept();
        kept.touch(name);
        while kept.order.len() > self.limit {
            if let Some(oldest) = kept.order.pop_front() {
                kept.by_name.remove(&oldest);
            }
        }
        let tickets = kept.by_name.entry(name.clone()).or_default();
        if tickets.len() == TICKETS {
            tickets.pop_front();
        }
        tickets.push_back(session);
    }

    /// The newest session; one of TLS 1.3 is taken out, since it is for one use.
    pub(super) fn take(&self, name: &Arc<str>) -> Option<SslSession> {
        let mut kept = self.kept();
        let tickets = kept.by_name.get_mut(name)?;
        let session = tickets.pop_back()?;
        if session.protocol_version() != SslVersion::TLS1_3 {
            tickets.push_back(session.clone());
        }
        kept.touch(name);
        Some(session)
    }

    /// A thread that panicked amid an insertion can have left no more than a name without sessions.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn touch(&mut self, name: &Arc<str>) {
        self.order.retain(|other| other != name);
        self.order.push_back(name.clone());
    }
}
