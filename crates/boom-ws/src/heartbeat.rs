//! Deadlines of a connection that is open. Time comes in; there is no clock here.

/// How often to ping, and after how long a silence to give up.
///
/// Times are nanoseconds of any monotonic clock, which the caller passes to
/// [`Websocket::handle_timeout`](crate::Websocket::handle_timeout). What was received is noted when it is, and dated by
/// the next such call: call it as often as the deadlines shall be exact, not for each message.
///
/// # Examples
///
/// ```
/// use boom_ws::{Heartbeat, WebsocketConfig};
/// use std::time::Duration;
///
/// let heartbeat = Heartbeat::new()
///     .with_ping_every(Duration::from_secs(15))
///     .with_dead_peer_after(Duration::from_secs(40))
///     .with_idle_data_after(Duration::from_secs(60));
/// let config = WebsocketConfig::new().with_heartbeat(heartbeat);
/// # let _ = config;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Heartbeat {
    ping_every_ns: Option<u64>,
    dead_peer_after_ns: Option<u64>,
    idle_data_after_ns: Option<u64>,
}

impl Heartbeat {
    /// No deadline at all.
    pub const fn new() -> Self {
        Self {
            ping_every_ns: None,
            dead_peer_after_ns: None,
            idle_data_after_ns: None,
        }
    }

    /// Sends a ping each time this has passed.
    #[must_use]
    pub const fn with_ping_every(mut self, period: std::time::Duration) -> Self {
        self.ping_every_ns = Some(nanoseconds(period));
        self
    }

    /// Ends the connection where nothing at all has come for so long.
    #[must_use]
    pub const fn with_dead_peer_after(mut self, silence: std::time::Duration) -> Self {
        self.dead_peer_after_ns = Some(nanoseconds(silence));
        self
    }

    /// Ends the connection where nothing of a text or binary message has come for so long; pongs do not count.
    #[must_use]
    pub const fn with_idle_data_after(mut self, silence: std::time::Duration) -> Self {
        self.idle_data_after_ns = Some(nanoseconds(silence));
        self
    }
}

pub(crate) const fn nanoseconds(duration: std::time::Duration) -> u64 {
    let nanoseconds = duration.as_nanos();
    if nanoseconds > u64::MAX as u128 {
        u64::MAX
    } else {
        nanoseconds as u64
    }
}

/// Which deadline of an open connection has passed.
///
/// # Examples
///
/// ```
/// use boom_ws::Silence;
///
/// assert_eq!(Silence::DeadPeer.to_string(), "nothing was received for too long");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Silence {
    /// Nothing at all has come.
    #[error("nothing was received for too long")]
    DeadPeer,
    /// No data has come.
    #[error("no data was received for too long")]
    IdleData,
    /// The closing handshake has not come to its end.
    #[error("the peer has not closed in time")]
    Close,
}

/// The deadlines of one connection.
#[derive(Debug)]
pub(crate) struct Deadlines {
    heartbeat: Heartbeat,
    close_timeout_ns: Option<u64>,
    /// When the closing handshake was first seen to last.
    closing_since_ns: Option<u64>,
    /// `None` before the first call.
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    bytes_ns: u64,
    data_ns: u64,
    ping_ns: u64,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    Ping,
    GiveUp(Silence),
}

impl Deadlines {
    pub(crate) const fn new(heartbeat: Heartbeat, close_timeout_ns: Option<u64>) -> Self {
        Self {
            heartbeat,
            close_timeout_ns,
            closing_since_ns: None,
            last: None,
        }
    }

    /// Returns true if the closing handshake, which is under way, has lasted too long.
    pub(crate) fn is_close_over(&mut self, now_ns: u64) -> bool {
        let since_ns = *self.closing_since_ns.get_or_insert(now_ns);
        now_ns >= deadline(since_ns, self.close_timeout_ns)
    }

    /// Takes the time, and what has come since the last call.
    pub(crate) fn advance(&mut self, now_ns: u64, has_bytes: bool, has_data: bool) -> Due {
        let last = self.last.get_or_insert(Last {
            bytes_ns: now_ns,
            data_ns: now_ns,
            ping_ns: now_ns,
        });
        if has_bytes {
            last.bytes_ns = now_ns;
        }
        if has_data {
            last.data_ns = now_ns;
        }
        let is_over = |since_ns, limit_ns| now_ns >= deadline(since_ns, limit_ns);
        if is_over(last.bytes_ns, self.heartbeat.dead_peer_after_ns) {
            return Due::GiveUp(Silence::DeadPeer);
        }
        if is_over(last.data_ns, self.heartbeat.idle_data_after_ns) {
            return Due::GiveUp(Silence::IdleData);
        }
        if is_over(last.ping_ns, self.heartbeat.ping_every_ns) {
            last.ping_ns = now_ns;
            return Due::Ping;
        }
        Due::Nothing
    }

    /// When [`advance`](Self::advance), or while the connection closes [`is_close_over`](Self::is_close_over), has
    /// something to do at the earliest; 0 where it has to be told the time first.
    pub(crate) fn next_ns(&self, is_closing: bool) -> Option<u64> {
        let close_ns = match (is_closing, self.closing_since_ns) {
            (true, None) => deadline(0, self.close_timeout_ns.map(|_| 0)),
            (true, Some(since_ns)) => deadline(since_ns, self.close_timeout_ns),
            (false, _) => u64::MAX,
        };
        let next_ns = self.heartbeat_ns().min(close_ns);
        (next_ns < u64::MAX).then_some(next_ns)
    }

    fn heartbeat_ns(&self) -> u64 {
        let heartbeat = &self.heartbeat;
        let limits = [
            heartbeat.dead_peer_after_ns,
            heartbeat.idle_data_after_ns,
            heartbeat.ping_every_ns,
        ];
        match self.last {
            None if limits.iter().all(Option::is_none) => u64::MAX,
            None => 0,
            Some(last) => limits
                .into_iter()
                .zip([last.bytes_ns, last.data_ns, last.ping_ns])
                .map(|(limit_ns, since_ns)| deadline(since_ns, limit_ns))
                .fold(u64::MAX, u64::min),
        }
    }
}

fn deadline(since_ns: u64, limit_ns: Option<u64>) -> u64 {
    limit_ns.map_or(u64::MAX, |limit_ns| since_ns.saturating_add(limit_ns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn deadlines() -> Deadlines {
        Deadlines::new(
            Heartbeat::new()
                .with_ping_every(Duration::from_nanos(10))
                .with_dead_peer_after(Duration::from_nanos(25))
                .with_idle_data_after(Duration::from_nanos(100)),
            Some(50),
        )
    }

    #[test]
    fn a_closing_handshake_has_its_own_deadline() {
        let mut deadlines = Deadlines::new(Heartbeat::new(), Some(50));
        deadlines.advance(0, false, false);
        assert_eq!(deadlines.next_ns(false), None);
        assert_eq!(deadlines.next_ns(true), Some(0));
        assert!(!deadlines.is_close_over(1000));
        assert_eq!(deadlines.next_ns(true), Some(1050));
        assert!(!deadlines.is_close_over(1049));
        assert!(deadlines.is_close_over(1050));
        let mut patient = Deadlines::new(Heartbeat::new(), None);
        assert!(!patient.is_close_over(0));
        assert!(!patient.is_close_over(u64::MAX - 1));
    }

    #[test]
    fn pings_are_due_at_their_times() {
        let mut deadlines = deadlines();
        assert_eq!(deadlines.next_ns(false), Some(0));
        assert_eq!(deadlines.advance(1000, false, false), Due::Nothing);
        assert_eq!(deadlines.next_ns(false), Some(1010));
        assert_eq!(deadlines.advance(1009, true, true), Due::Nothing);
        assert_eq!(deadlines.advance(1010, false, false), Due::Ping);
        assert_eq!(deadlines.advance(1011, false, false), Due::Nothing);
        assert_eq!(deadlines.next_ns(false), Some(1020));
    }

    #[test]
    fn any_byte_keeps_the_peer_alive_and_only_data_keeps_the_feed() {
        let mut deadlines = deadlines();
        deadlines.advance(0, false, false);
        for now_ns in (5..100).step_by(5) {
            assert!(
                !matches!(deadlines.advance(now_ns, true, false), Due::GiveUp(_)),
                "{now_ns}"
            );
        }
        assert_eq!(
            deadlines.advance(100, true, false),
            Due::GiveUp(Silence::IdleData)
        );

        let mut deadlines = self::deadlines();
        deadlines.advance(0, false, false);
        deadlines.advance(24, false, false);
        assert_eq!(
            deadlines.advance(25, false, false),
            Due::GiveUp(Silence::DeadPeer)
        );
    }

    #[test]
    fn without_limits_nothing_is_ever_due() {
        let mut deadlines = Deadlines::new(Heartbeat::new(), None);
        deadlines.advance(0, false, false);
        assert_eq!(deadlines.advance(u64::MAX - 1, false, false), Due::Nothing);
        assert_eq!(deadlines.next_ns(false), None);
        let forever = Heartbeat::new().with_ping_every(Duration::MAX);
        let mut deadlines = Deadlines::new(forever, None);
        deadlines.advance(5, false, false);
        assert_eq!(deadlines.next_ns(false), None);
    }
}
