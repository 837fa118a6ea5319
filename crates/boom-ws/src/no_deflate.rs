//! What stands for compression where it is left out: types of which there is no value, so that the rest of the crate is
//! written once.

#![expect(
    clippy::needless_pass_by_ref_mut,
    reason = "the signatures are those of the module it stands for"
)]

use crate::error::HandshakeError;

/// How a direction is held: as it is, so that `Option<Held<..>>` is known to be `None` and costs nothing.
pub(crate) type Held<T> = T;

pub(crate) const fn hold<T>(value: T) -> Held<T> {
    value
}

#[derive(Clone, Debug)]
pub(crate) enum DeflateConfig {}

impl DeflateConfig {
    pub(crate) fn offer(&self) -> String {
        match *self {}
    }

    pub(crate) fn negotiate<'a>(
        &self,
        _: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Option<Agreed>, HandshakeError> {
        match *self {}
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Agreed {}

#[derive(Debug)]
#[expect(dead_code, reason = "what is matched on is never made")]
pub(crate) enum InflateFault {
    TooLong,
    Corrupt,
}

#[derive(Debug)]
pub(crate) enum Inflater {}

impl Inflater {
    pub(crate) fn new(agreed: &Agreed, _: usize) -> Self {
        match *agreed {}
    }

    pub(crate) fn push(&mut self, _: &[u8], _: bool) -> Result<&[u8], InflateFault> {
        match *self {}
    }

    pub(crate) fn message(&self) -> &[u8] {
        match *self {}
    }
}

#[derive(Debug)]
pub(crate) enum Deflater {}

impl Deflater {
    pub(crate) fn new(agreed: &Agreed) -> Option<Self> {
        match *agreed {}
    }

    pub(crate) fn wants(&self, _: usize) -> bool {
        match *self {}
    }

    pub(crate) const fn bound(payload_len: usize) -> usize {
        payload_len
    }

    pub(crate) fn compress(&mut self, _: &[u8], _: bool) -> &[u8] {
        match *self {}
    }
}
