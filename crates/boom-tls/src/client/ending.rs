//! How a connection ends, in both directions: the same for every backend.

use crate::Error;

/// What has become of the two directions of a connection.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    received: Option<End>,
    is_told: bool,
    /// True once this side's `close_notify` is queued.
    is_closed: bool,
}

/// Why nothing more will be received.
#[derive(Debug)]
enum End {
    /// The peer's `close_notify`.
    Clean,
    Failed(Error),
}

impl Ending {
    /// Of a connection that failed before it began.
    pub(crate) fn failed(error: Error) -> Self {
        Self {
            received: Some(End::Failed(error)),
            ..Self::default()
        }
    }

    /// Returns true once nothing more will be received.
    pub(crate) const fn has_come(&self) -> bool {
        self.received.is_some()
    }

    /// Returns true if nobody has been told yet that nothing more will be received.
    pub(crate) const fn is_untold(&self) -> bool {
        self.received.is_some() && !self.is_told
    }

    /// The peer's `close_notify` has come.
    pub(crate) fn peer_closed(&mut self) {
        self.received = Some(End::Clean);
    }

    pub(crate) fn fail(&mut self, error: Error) {
        self.received = Some(End::Failed(error));
    }

    pub(crate) const fn failure(&self) -> Option<&Error> {
        match &self.received {
            Some(End::Failed(error)) => Some(error),
            _ => None,
        }
    }

    /// How receiving has ended, if it has: well, or by an error.
    pub(crate) fn tell(&mut self) -> Option<Result<(), Error>> {
        let end = self.received.as_ref()?;
        self.is_told = true;
        Some(match end {
            End::Clean => Ok(()),
            End::Failed(error) => Err(error.clone()),
        })
    }

    pub(crate) const fn has_come_well(&self) -> bool {
        matches!(self.received, Some(End::Clean))
    }

    /// Ends writing. Returns true if there is `close_notify` to be queued for it: not the second time.
    pub(crate) fn close(&mut self) -> Result<bool, Error> {
        if let Some(error) = self.failure() {
            return Err(error.clone());
        }
        Ok(!std::mem::replace(&mut self.is_closed, true))
    }

    pub(crate) const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Returns the error that writing has ended with.
    pub(crate) fn check_writable(&self) -> Result<(), Error> {
        match self.failure() {
            Some(error) => Err(error.clone()),
            None if self.is_closed => Err(Error::Closed),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_untold_once_and_told_again_and_again() {
        let mut ending = Ending::default();
        assert!(!ending.is_untold());
        assert!(ending.tell().is_none());
        ending.peer_closed();
        assert!(ending.is_untold() && ending.has_come_well());
        for _ in 0..2 {
            assert!(matches!(ending.tell(), Some(Ok(()))));
            assert!(!ending.is_untold());
        }
        // The peer's end is none of writing.
        ending.check_writable().unwrap();
    }

    #[test]
    fn writing_is_closed_once() {
        let mut ending = Ending::default();
        assert!(ending.close().unwrap());
        assert!(!ending.close().unwrap());
        assert!(matches!(ending.check_writable(), Err(Error::Closed)));
        let mut failed = Ending::failed(Error::Truncated);
        assert!(matches!(failed.close(), Err(Error::Truncated)));
        assert!(!failed.is_closed() && !failed.has_come_well());
        assert!(matches!(failed.check_writable(), Err(Error::Truncated)));
    }
}
