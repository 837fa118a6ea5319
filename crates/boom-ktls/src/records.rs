//! What a record holds, and how many of them one key may protect.

/// The content type of a record (RFC 8446, section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind(pub(crate) u8);

impl Kind {
    pub(crate) const ALERT: Self = Self(21);
    pub(crate) const HANDSHAKE: Self = Self(22);
    pub(crate) const DATA: Self = Self(23);
}

/// The longest plaintext of a record.
const FRAGMENT_MAX: usize = 16 * 1024;

/// Counts the records that a key has protected, against how many it may (RFC 8446, section 5.5).
#[derive(Debug)]
pub(crate) struct Budget {
    used: u64,
    limit: u64,
}

impl Budget {
    /// Kept free for what ends or renews: a `KeyUpdate`, an alert, a `close_notify`.
    const RESERVE: u64 = 8;
    /// Of data, at least: with no room at all a write would take nothing and say nothing.
    const LEAST: u64 = 8;

    /// A limit too low for anything to be written is raised.
    pub(crate) const fn new(used: u64, limit: u64) -> Self {
        let least = used.saturating_add(Self::RESERVE + Self::LEAST);
        Self {
            used,
            limit: if limit < least { least } else { limit },
        }
    }

    /// How many bytes one write may have.
    pub(crate) fn room(&self) -> usize {
        let records = self
            .limit
            .saturating_sub(self.used)
            .saturating_sub(Self::RESERVE);
        usize::try_from(records)
            .unwrap_or(usize::MAX)
            .saturating_mul(FRAGMENT_MAX)
    }

    /// One call has written so many bytes: the kernel ends a record with it.
    pub(crate) const fn wrote(&mut self, bytes: usize) {
        self.used = self
            .used
            .saturating_add(bytes.div_ceil(FRAGMENT_MAX) as u64);
    }

    /// So many records have been written.
    pub(crate) const fn wrote_records(&mut self, records: u64) {
        self.used = self.used.saturating_add(records);
    }

    /// There is a new key.
    pub(crate) const fn renew(&mut self) {
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_used_up_and_renewed() {
        let mut budget = Budget::new(1, 20);
        assert_eq!(budget.room(), 11 * FRAGMENT_MAX);
        budget.wrote_records(8);
        budget.wrote(1);
        budget.wrote(FRAGMENT_MAX);
        assert_eq!(budget.room(), FRAGMENT_MAX);
        budget.wrote(FRAGMENT_MAX + 1);
        assert_eq!(budget.room(), 0);
        budget.renew();
        assert_eq!(budget.room(), 12 * FRAGMENT_MAX);
        assert_eq!(Budget::new(0, u64::MAX).room(), usize::MAX);
    }

    #[test]
    fn something_can_be_written_whatever_the_limit_is() {
        for used in [0, 1, 5, u64::from(u32::MAX)] {
            for limit in 0..=16 {
                let mut budget = Budget::new(used, limit);
                assert_eq!(budget.room(), 8 * FRAGMENT_MAX, "{used} {limit}");
                budget.renew();
                assert!(budget.room() >= 8 * FRAGMENT_MAX, "{used} {limit}");
            }
        }
        assert_eq!(Budget::new(u64::MAX, 0).room(), 0);
    }
}
