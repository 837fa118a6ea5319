//! What a seed draws: the world, and how each endpoint is to be kept connected.

use std::net::SocketAddr;
use std::time::Duration;

use boom_service::{EndpointOptions, Hosts, ReconnectPolicy, Timeouts};
use boom_stream::ConnectionInfo;
use boom_testkit::sim::{Faults, FeedOptions, Random};

/// The servers, two of each protocol, and how they are reached.
pub(crate) const SERVERS: u16 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Framed,
    Websocket,
}

/// The port says which protocol is spoken there.
pub(crate) fn protocol(server: u16) -> Protocol {
    match server % 2 {
        0 => Protocol::Framed,
        _ => Protocol::Websocket,
    }
}

pub(crate) fn port(server: u16) -> u16 {
    1000 + server
}

/// The addresses of a server; the last of three has nobody listening.
pub(crate) fn addresses(server: u16) -> Vec<SocketAddr> {
    (1..=3u8)
        .map(|last| ([10, 0, server as u8, last], port(server)).into())
        .collect()
}

pub(crate) fn host(server: u16) -> String {
    format!("feed-{server}.test")
}

pub(crate) struct Plan {
    pub(crate) faults: Faults,
    pub(crate) endpoints_max: u64,
    pub(crate) trouble: Duration,
    /// How many of the servers the endpoints connect to.
    pub(crate) servers: u16,
    pub(crate) connect_rate: (u32, Duration),
    pub(crate) host_rate: Option<(u32, Duration)>,
    pub(crate) feed: FeedOptions,
    /// Steps in a thousand that do something to the service.
    pub(crate) operations: u32,
    pub(crate) shutdown_in_trouble: bool,
}

impl Plan {
    pub(crate) fn draw(random: &mut Random) -> Self {
        let period = |random: &mut Random| Duration::from_millis(random.between(5, 200));
        Self {
            faults: Faults::drawn(random),
            endpoints_max: random.pick(&[1, 3, 8, 14]),
            trouble: Duration::from_millis(random.between(2000, 7500)),
            servers: random.pick(&[1, 2, SERVERS]),
            connect_rate: (random.pick(&[1, 4, 20, 1000]), period(random)),
            host_rate: random
                .chance(300)
                .then(|| (random.between(1, 4) as u32, period(random))),
            feed: FeedOptions {
                period_us: random.pick(&[100_000, 200_000, 400_000]),
                burst: random.between(1, 4),
                hang_ups: random.pick(&[0, 20, 100]),
                length: random.pick(&[40, 300, 3000]),
            },
            operations: random.pick(&[50, 200, 500]),
            shutdown_in_trouble: random.chance(250),
        }
    }
}

/// What one endpoint is registered with.
#[derive(Clone)]
pub(crate) struct EndpointPlan {
    pub(crate) protocol: Protocol,
    pub(crate) hosts: Hosts,
    pub(crate) host_count: u32,
    pub(crate) options: EndpointOptions,
    pub(crate) backoff: Backoff,
    /// How long a silent peer is borne.
    pub(crate) dead_peer: Duration,
    /// So many of a thousand polls send something.
    pub(crate) sends: u32,
    /// Messages taken of one batch, so that some are left.
    pub(crate) batch: usize,
    /// How many addresses its hosts have.
    pub(crate) addresses: usize,
    /// Lets a replacement take over when the first message has come.
    pub(crate) switches_when_fed: bool,
    /// Of a thousand, `create_target`s that want no connection, in trouble.
    pub(crate) refusals: u32,
    /// Of a thousand, ends after which the endpoint gives up, in trouble.
    pub(crate) surrenders: u32,
}

impl EndpointPlan {
    pub(crate) fn draw(random: &mut Random, servers: u16) -> Self {
        let server = random.below(servers.into()) as u16;
        let info = |server| ConnectionInfo::new(host(server), port(server));
        // The first of two hosts may be one that nobody knows.
        let (hosts, host_count, addresses) = match random.below(4) {
            0 => {
                let first = ConnectionInfo::new("nobody.test", port(server));
                (Hosts::new(first).with(info(server)), 2, 3)
            }
            1 => {
                let other = (server + 2) % SERVERS;
                (Hosts::new(info(server)).with(info(other)), 2, 3)
            }
            2 => {
                let numeric = ConnectionInfo::new(format!("10.0.{server}.1"), port(server));
                (Hosts::new(numeric), 1, 1)
            }
            _ => (Hosts::new(info(server)), 1, 3),
        };
        let (options, backoff) = options(random);
        Self {
            protocol: protocol(server),
            hosts,
            host_count,
            addresses,
            switches_when_fed: random.chance(500),
            options,
            backoff,
            dead_peer: Duration::from_millis(random.between(1500, 3000)),
            sends: random.pick(&[0, 100, 500]),
            batch: random.pick(&[1, 3, usize::MAX, usize::MAX]),
            refusals: random.pick(&[0, 0, 200]),
            surrenders: random.pick(&[0, 0, 0, 100]),
        }
    }
}

/// The numbers of a [`ReconnectPolicy`], to know by oneself what it has to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    base: Duration,
    factor: f64,
    pub(crate) cap: Duration,
    is_first_immediate: bool,
}

impl Backoff {
    /// The longest delay behind `failures` others.
    pub(crate) fn longest(&self, failures: u32) -> Duration {
        if failures == 0 && self.is_first_immediate {
            return Duration::ZERO;
        }
        let mut longest = self.base;
        for _ in u32::from(self.is_first_immediate)..failures {
            longest = longest.mul_f64(self.factor).min(self.cap);
        }
        longest.min(self.cap)
    }
}

fn options(random: &mut Random) -> (EndpointOptions, Backoff) {
    let mut time = |least, most| Duration::from_millis(random.between(least, most));
    let timeouts = Timeouts::default()
        .with_resolve(time(100, 1000))
        .with_connect(time(100, 1000))
        .with_tls(time(1500, 2500))
        .with_handshake(time(1500, 2500));
    let (base, cap, reset_after) = (time(2, 50), time(50, 2000), time(1000, 10_000));
    let idle_retry = time(10, 100);
    let ttl = time(1000, 8000);
    let idle = time(700, 3000);
    let head_starts = [time(0, 5), time(0, 50), time(300, 900)];
    let close_timeout = time(0, 3000);
    let total = time(3000, 5000);
    let backoff = Backoff {
        base,
        factor: random.pick(&[1.0, 1.5, 4.0]),
        cap,
        is_first_immediate: random.chance(700),
    };
    let reconnect = ReconnectPolicy::default()
        .with_base(base)
        .with_cap(cap)
        .with_reset_after(reset_after)
        .with_factor(backoff.factor)
        .with_immediate_retry(backoff.is_first_immediate)
        .with_follow(random.chance(600));
    let timeouts = match random.chance(300) {
        true => timeouts.with_total(total),
        false => timeouts,
    };
    let options = EndpointOptions::default()
        .with_timeouts(timeouts)
        .with_reconnect(reconnect)
        .with_idle_retry(idle_retry);
    let options = match random.chance(200) {
        true => options.with_max_attempts(random.between(1, 6) as u32),
        false => options,
    };
    let options = match random.below(5) {
        0 => options.with_auto_disconnect(ttl),
        1 => options.with_auto_disconnect_by(move || ttl),
        _ => options,
    };
    let options = match random.below(4) {
        // As it is unless set.
        0 => options,
        1 => options.with_head_start(None),
        _ => options.with_head_start(Some(random.pick(&head_starts))),
    };
    let options = match random.chance(500) {
        true => options.with_overlap(random.pick(&[close_timeout, CLOSE_TIMEOUT])),
        false => options,
    };
    let options = match random.chance(300) {
        true => options.with_idle_timeout(idle),
        false => options,
    };
    (options, backoff)
}

/// How long the end of a connection may take so that nothing but a fault keeps it from being one in good order.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
