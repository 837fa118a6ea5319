//! What becomes of the bytes that the program writes.

use std::collections::VecDeque;
use std::fmt;
use std::io::ErrorKind;

use super::inbox::drop_consumed;
use super::{Normalise, Recorded, ReplayError};

/// Where written bytes go.
#[derive(Debug)]
pub(super) enum Written {
    Ignored,
    Collected(Vec<u8>),
    Adapted(Adapter),
    Verified(Box<Verifier>),
}

impl Written {
    /// Lets the normaliser, if there is one, change what is about to be read.
    pub(super) fn adapt(&mut self, recorded: &mut [u8]) {
        match self {
            Self::Ignored | Self::Collected(_) => {}
            Self::Adapted(adapter) => adapter.normaliser.adapt(recorded),
            Self::Verified(verifier) => verifier.written.adapt(recorded),
        }
    }
}

/// A normaliser whose normal form nobody wants.
pub(super) struct Adapter {
    normaliser: Box<dyn Normalise + Send>,
    normal: Vec<u8>,
}

impl Adapter {
    pub(super) fn new(normaliser: impl Normalise + Send + 'static) -> Self {
        Self {
            normaliser: Box::new(normaliser),
            normal: Vec::new(),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.normaliser.normalise(bytes, &mut self.normal);
        self.normal.clear();
    }
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adapter")
    }
}

/// Compares what is written with what was recorded, both normalised.
pub(super) struct Verifier {
    recorded: Box<dyn Normalise + Send>,
    written: Box<dyn Normalise + Send>,
    /// Recorded and not yet written: `expected[head..]`.
    expected: Vec<u8>,
    head: usize,
    /// Written and not yet compared.
    pending: Vec<u8>,
    verified: u64,
    /// Writes that failed when they were recorded, and behind how many bytes.
    failed: VecDeque<(u64, ErrorKind)>,
    /// The failure that a write met last, if none has gone through since.
    met: Option<ErrorKind>,
    end: Option<End>,
    failure: Option<ReplayError>,
}

/// What comes after all that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Closed,
    /// Something that was not recorded: from there on nothing can be compared.
    Missing,
}

/// What came of a write.
#[derive(Debug)]
pub(super) enum Verdict {
    Equal,
    /// More of the recording is needed.
    NotKnown,
    /// The recorded program's write failed here.
    Failed(ErrorKind),
    Different(ReplayError),
}

impl Verifier {
    pub(super) fn new(
        recorded: impl Normalise + Send + 'static,
        written: impl Normalise + Send + 'static,
    ) -> Self {
        Self {
            recorded: Box::new(recorded),
            written: Box::new(written),
            expected: Vec::new(),
            head: 0,
            pending: Vec::new(),
            verified: 0,
            failed: VecDeque::new(),
            met: None,
            end: None,
            failure: None,
        }
    }

    /// Takes the next event of the recorded outbound side. Returns by how many bytes the normal form grew.
    pub(super) fn expect(&mut self, what: Recorded<'_>) -> u64 {
        match what {
            // Whatever comes after the end has no place to be expected at.
            _ if self.end.is_some() => 0,
            Recorded::Bytes { bytes, .. } => {
                drop_consumed(&mut self.expected, &mut self.head);
                let earlier = self.expected.len();
                self.recorded.normalise(bytes, &mut self.expected);
                self.expected.len().saturating_sub(earlier) as u64
            }
            Recorded::Closed => self.end_by(End::Closed),
            Recorded::Failed(kind) => {
                self.failed
                    .push_back((self.verified + self.unwritten(), kind));
                0
            }
            Recorded::Missing(_) => self.end_by(End::Missing),
        }
    }

    const fn end_by(&mut self, end: End) -> u64 {
        self.end = Some(end);
        0
    }

    /// Returns true if the recording must be read on to tell what comes next.
    pub(super) fn is_exhausted(&self) -> bool {
        self.unwritten() == 0 && self.failed.is_empty() && self.end.is_none()
    }

    /// Takes the failure that the recorded program's write had here, before any byte of it passed.
    pub(super) fn take_failed(&mut self) -> Option<ErrorKind> {
        let &(at, kind) = self.failed.front()?;
        if at > self.verified {
            return None;
        }
        self.failed.pop_front();
        self.met = Some(kind);
        Some(kind)
    }

    /// Takes what the program writes. Returns by how many bytes its normal form grew.
    pub(super) fn write(&mut self, bytes: &[u8]) -> u64 {
        let earlier = self.pending.len();
        self.written.normalise(bytes, &mut self.pending);
        self.pending.len().saturating_sub(earlier) as u64
    }

    /// Compares as much as both sides have.
    pub(super) fn compare(&mut self) -> Verdict {
        if let Some(failure) = &self.failure {
            return Verdict::Different(failure.clone());
        }
        let expected = self.expected.get(self.head..).unwrap_or_default();
        let expected = match self.failed.front() {
            Some(&(at, _)) => {
                let until = usize::try_from(at - self.verified).unwrap_or(usize::MAX);
                expected.get(..until).unwrap_or(expected)
            }
            None => expected,
        };
        let count = expected.len().min(self.pending.len());
        let pairs = expected.iter().zip(&self.pending);
        if let Some((at, (&recorded, &written))) = pairs
            .enumerate()
            .find(|(_, (recorded, written))| recorded != written)
        {
            return self.differ(ReplayError::Differs {
                offset: self.verified + at as u64,
                recorded,
                written,
            });
        }
        self.head += count;
        self.verified += count as u64;
        self.pending.drain(..count);
        if count > 0 {
            self.met = None;
        }
        if self.pending.is_empty() {
            return Verdict::Equal;
        }
        if let Some(kind) = self.take_failed() {
            self.pending.clear();
            return Verdict::Failed(kind);
        }
        match self.end {
            None => Verdict::NotKnown,
            Some(End::Missing) => {
                self.pending.clear();
                Verdict::Equal
            }
            Some(End::Closed) => self.exceed(ReplayError::Unrecorded {
                offset: self.verified,
            }),
        }
    }

    fn differ(&mut self, failure: ReplayError) -> Verdict {
        self.failure = Some(failure.clone());
        Verdict::Different(failure)
    }

    /// The recording has no more to compare with, as far as it is known. A write that failed goes on to fail so: that was
    /// recorded once.
    pub(super) fn exceed(&mut self, failure: ReplayError) -> Verdict {
        match self.met {
            Some(kind) => {
                self.pending.clear();
                Verdict::Failed(kind)
            }
            None => self.differ(failure),
        }
    }

    pub(super) const fn verified(&self) -> u64 {
        self.verified
    }

    pub(super) const fn unwritten(&self) -> u64 {
        (self.expected.len() - self.head) as u64
    }

    pub(super) const fn failure(&self) -> Option<&ReplayError> {
        self.failure.as_ref()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("verified", &self.verified)
            .field("end", &self.end)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}
