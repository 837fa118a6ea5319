//! What a session counts.

/// Counts since the session was made.
///
/// # Examples
///
/// ```
/// use boom_fix::session::Statistics;
///
/// assert_eq!(Statistics::default().messages_sent, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Logons that succeeded.
    pub logons: u64,
    /// Connections that ended.
    pub disconnects: u64,
    /// Messages put into the outbound buffer, resent ones included.
    pub messages_sent: u64,
    /// Their bytes.
    pub bytes_sent: u64,
    /// Whole messages taken out of inboxes.
    pub messages_received: u64,
    /// Their bytes.
    pub bytes_received: u64,
    /// Application messages that were lent to the application.
    pub delivered: u64,
    /// Messages with `PossDupFlag` (43) that had been received before and were dropped.
    pub duplicates: u64,
    /// Messages that were ahead of a gap and kept.
    pub queued: u64,
    /// Messages that were ahead of a gap and not kept; they are asked for again.
    pub discarded: u64,
    /// Messages that were left out because they were garbled.
    pub garbled: u64,
    /// Gaps that were found.
    pub gaps: u64,
    /// `ResendRequest`s that were sent.
    pub resend_requests_sent: u64,
    /// `ResendRequest`s that were received.
    pub resend_requests_received: u64,
    /// Messages that were sent again.
    pub resent: u64,
    /// `SequenceReset`s in gap fill mode that were sent.
    pub gap_fills_sent: u64,
    /// `Reject`s that were sent.
    pub rejects_sent: u64,
    /// `Reject`s that were received.
    pub rejects_received: u64,
    /// Heartbeats that were sent.
    pub heartbeats_sent: u64,
    /// `TestRequest`s that were sent.
    pub test_requests_sent: u64,
    /// How long the last answer to a [`test_request`](super::Session::test_request) took.
    pub last_round_trip_ns: Option<u64>,
    /// Sends that were refused because the peer reads too slowly.
    pub refused_full: u64,
    /// Sends that were refused by the throttle.
    pub throttled: u64,
}
