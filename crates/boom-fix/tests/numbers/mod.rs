//! A store that allocates nothing.

use boom_fix::session::{Session, SessionConfig, Store, StoreError};

/// Remembers the numbers alone.
#[derive(Debug)]
pub(crate) struct Numbers {
    outgoing: u64,
    incoming: u64,
}

impl Store for Numbers {
    fn next_outgoing(&self) -> u64 {
        self.outgoing
    }

    fn next_incoming(&self) -> u64 {
        self.incoming
    }

    fn set_next_outgoing(&mut self, number: u64) -> Result<(), StoreError> {
        self.outgoing = number;
        Ok(())
    }

    fn set_next_incoming(&mut self, number: u64) -> Result<(), StoreError> {
        self.incoming = number;
        Ok(())
    }

    fn append(&mut self, number: u64, _message: &[u8]) -> Result<(), StoreError> {
        self.outgoing = number + 1;
        Ok(())
    }

    fn read(&mut self, _number: u64, into: &mut Vec<u8>) -> Result<bool, StoreError> {
        into.clear();
        Ok(false)
    }

    fn created(&self) -> i64 {
        0
    }

    fn reset(&mut self, _now: i64) -> Result<(), StoreError> {
        self.outgoing = 1;
        self.incoming = 1;
        Ok(())
    }
}

pub(crate) fn session(config: SessionConfig) -> Session<Numbers> {
    let store = Numbers {
        outgoing: 1,
        incoming: 1,
    };
    Session::new(config, store).unwrap()
}
