//! How much has happened.

use boom_fix::session::Statistics;

macro_rules! counts {
    ($($name:ident),* $(,)?) => {
        /// Of one run, or of many.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) struct Counts { $(pub(crate) $name: u64),* }

        impl Counts {
            pub(crate) fn sum(&mut self, other: &Self) { $(self.$name += other.$name;)* }

            /// Something that never happened.
            pub(crate) fn never(&self) -> Option<&'static str> {
                [$((stringify!($name), self.$name)),*].into_iter().find(|(name, count)| *count == 0 && *name != "silent_losses").map(|(name, _)| name)
            }
        }
    };
}

counts! {
    steps, polls, connections, sent, sent_offline, refused, delivered, repeated, reported, forgotten, process_crashes,
    machine_crashes, lossy_crashes, bytes_lost, store_failures, cuts, fates, stalls, clock_jumps, logouts, operator_resets,
    gaps, resent, gap_fills, resend_requests, queued_ahead, discarded_ahead, duplicates, test_requests, wire_messages,
    throttled, refused_full, silent_losses,
}

impl Counts {
    /// What a session counts.
    pub(crate) const fn add(&mut self, statistics: &Statistics) {
        self.resent += statistics.resent;
        self.gap_fills += statistics.gap_fills_sent;
        self.resend_requests += statistics.resend_requests_sent;
        self.queued_ahead += statistics.queued;
        self.discarded_ahead += statistics.discarded;
        self.duplicates += statistics.duplicates;
        self.test_requests += statistics.test_requests_sent;
        self.wire_messages += statistics.messages_sent;
        self.throttled += statistics.throttled;
        self.refused_full += statistics.refused_full;
    }
}
