//! Who is measured.

#[cfg(target_os = "linux")]
use super::raw_epoll;
use super::{Connect, ours, raw_mio};
#[cfg(feature = "peers")]
use super::{rival, tokio_tungstenite};

/// Somebody who watches connections.
pub(super) struct Contestant {
    pub(super) name: &'static str,
    pub(super) connect: Connect,
    /// Connections of the idle poll, at most: one whose poll goes through all of them is not waited for.
    pub(super) idle_max: usize,
    /// The same of the delivery.
    pub(super) delivery_max: usize,
    /// Does handshakes of WebSocket.
    pub(super) shakes_hands: bool,
    /// Does TLS.
    pub(super) has_tls: bool,
}

const MANY: usize = 10_000;

/// The limit of the others.
pub(super) const RAW_MIO: &str = "raw mio";
pub(super) const OURS: &str = "ours (mio)";
/// The kernel interrupts the polling thread: receiving costs no system call.
pub(super) const OURS_IO_URING: &str = "ours (io_uring)";
/// The polling thread enters the kernel for what has arrived.
pub(super) const OURS_COOPERATIVE: &str = "ours (cooperative io_uring)";

/// Ours is the last.
pub(super) const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: RAW_MIO,
        connect: raw_mio::connect,
        idle_max: MANY,
        delivery_max: MANY,
        shakes_hands: false,
        has_tls: false,
    },
    #[cfg(target_os = "linux")]
    Contestant {
        name: "raw epoll",
        connect: raw_epoll::connect,
        idle_max: MANY,
        delivery_max: MANY,
        shakes_hands: false,
        has_tls: false,
    },
    #[cfg(feature = "peers")]
    Contestant {
        name: "rival (mio)",
        connect: rival::connect_mio,
        idle_max: 1000,
        delivery_max: 5000,
        shakes_hands: true,
        has_tls: false,
    },
    #[cfg(all(feature = "peers", target_os = "linux"))]
    Contestant {
        name: "rival (io_uring)",
        connect: rival::connect_io_uring,
        idle_max: 1000,
        delivery_max: 5000,
        shakes_hands: true,
        has_tls: false,
    },
    #[cfg(feature = "peers")]
    Contestant {
        name: "rival (direct)",
        connect: rival::connect_direct,
        idle_max: 1000,
        delivery_max: 1000,
        shakes_hands: true,
        has_tls: false,
    },
    #[cfg(feature = "peers")]
    Contestant {
        name: "tokio-tungstenite",
        connect: tokio_tungstenite::connect,
        idle_max: MANY,
        delivery_max: 5000,
        shakes_hands: true,
        has_tls: true,
    },
    #[cfg(target_os = "linux")]
    Contestant {
        name: OURS_IO_URING,
        connect: ours::connect_io_uring,
        idle_max: MANY,
        delivery_max: MANY,
        shakes_hands: true,
        has_tls: true,
    },
    #[cfg(target_os = "linux")]
    Contestant {
        name: OURS_COOPERATIVE,
        connect: ours::connect_cooperative,
        idle_max: MANY,
        delivery_max: MANY,
        shakes_hands: true,
        has_tls: true,
    },
    Contestant {
        name: OURS,
        connect: ours::connect_mio,
        idle_max: MANY,
        delivery_max: MANY,
        shakes_hands: true,
        has_tls: true,
    },
];

/// Everyone who can be measured here, with the place among all.
pub(super) fn present() -> impl Iterator<Item = (usize, &'static Contestant)> {
    let all = CONTESTANTS.iter().enumerate();
    all.filter(|(_, contestant)| missing(contestant.name).is_none())
}

/// Says why somebody cannot be measured here.
pub(super) fn missing(name: &str) -> Option<String> {
    #[cfg(target_os = "linux")]
    if name.ends_with("io_uring)")
        && let Err(error) = boom_select::IoUringSelector::new()
    {
        return Some(error.to_string());
    }
    let _ = name;
    None
}

/// The place of ours among all.
pub(super) const fn ours() -> usize {
    CONTESTANTS.len() - 1
}
