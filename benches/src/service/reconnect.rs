//! How soon all connections stand again after their server was restarted, from when it listens.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::harness::table::Table;
use crate::harness::timing::median;
use crate::service::report::{Options, yes_or_no};
use crate::service::server::listen_at;
use crate::service::{Connect, Dial, Stack, Watch, open, present};

/// Endpoints, and the milliseconds that ours may take.
const ENDPOINTS: [(usize, f64); 2] = [(100, 50.0), (1000, 500.0)];
/// How long the server is away, and how often that is done.
const OUTAGES: [(Duration, usize); 2] =
    [(Duration::from_millis(100), 5), (Duration::from_secs(1), 5)];
/// How long all connections stand before that: long enough for what came before not to count as failed.
const UP: Duration = Duration::from_millis(1500);
/// When nobody waits any longer.
const LIMIT: Duration = Duration::from_secs(20);

pub(super) fn measure(options: Options) -> Result<Table> {
    let mut table = Table::new(&["reconnect, ms", "100", "1000", "target", "met?"]);
    for (down, times) in OUTAGES {
        for (_, contestant) in present() {
            let name = contestant.name;
            // The limits do not reconnect, and the rival does it at its own pace.
            if !contestant.shakes_hands || name.starts_with("rival") {
                continue;
            }
            eprintln!("{name}, reconnect after {down:?}");
            let mut row = vec![format!("{name}, server down for {down:?}")];
            let mut met = true;
            for (endpoints, most) in ENDPOINTS {
                let taken = restarts(
                    contestant.connect,
                    endpoints,
                    UP,
                    down,
                    options.rounds(times),
                )?;
                met &= taken <= most;
                row.push(milliseconds(taken));
            }
            if name.starts_with("ours") {
                row.push("<= 50, <= 500".into());
                row.push(yes_or_no(met));
            }
            table.push(row);
        }
    }
    #[cfg(feature = "peers")]
    rival_alone(&mut table)?;
    Ok(table)
}

/// It opens one connection a second.
#[cfg(feature = "peers")]
fn rival_alone(table: &mut Table) -> Result<()> {
    const FEW: usize = 3;
    eprintln!("rival (mio), reconnect");
    let taken = restarts(super::rival::connect_unhurried, FEW, UP, Duration::ZERO, 1)?;
    table.push(vec![
        format!("rival (mio), {FEW} endpoints instead, server down for no time"),
        milliseconds(taken),
        "-".into(),
    ]);
    Ok(())
}

fn milliseconds(taken: f64) -> String {
    if taken.is_finite() {
        format!("{taken:.1}")
    } else {
        format!("never in {LIMIT:?}")
    }
}

/// Milliseconds until all stand again, the median of some restarts.
///
/// Each is the first of its service: a server that is restarted again and again is met with more caution.
fn restarts(
    connect: Connect,
    endpoints: usize,
    up: Duration,
    down: Duration,
    times: usize,
) -> Result<f64> {
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let mut server = Restarting::start()?;
        let _pinned = pin(Side::Client);
        let dial = Dial {
            server: server.address,
            count: endpoints,
            stack: Stack::Established,
            inbox: Arc::default(),
        };
        let mut watch = open(connect, &dial)?;
        let start = Instant::now();
        while start.elapsed() < up {
            watch.settle()?;
        }
        taken.push(restart(watch.as_mut(), &mut server, endpoints, down)?);
    }
    Ok(median(taken))
}

fn restart(
    watch: &mut dyn Watch,
    server: &mut Restarting,
    endpoints: usize,
    down: Duration,
) -> Result<f64> {
    server.stop()?;
    let stopped = Instant::now();
    // Where there is a pause, it lasts until everyone has seen the end of its connection.
    while !down.is_zero() && (watch.settle()? > 0 || stopped.elapsed() < down) {
        if stopped.elapsed() > LIMIT {
            return Err("connections stand that have no server".into());
        }
    }
    server.listen()?;
    let start = Instant::now();
    // Where nobody had the time to see the end of its connection, all seem to stand at first.
    let mut has_fallen = !down.is_zero();
    loop {
        let connected = watch.settle()?;
        has_fallen |= connected < endpoints;
        if has_fallen && connected == endpoints {
            return Ok(start.elapsed().as_secs_f64() * 1e3);
        }
        if start.elapsed() > LIMIT {
            return Ok(f64::INFINITY);
        }
    }
}

/// Not the address that clients connect from: one of those that try a port over and over would get it for its own sooner
/// or later, and be connected to itself.
#[cfg(target_os = "linux")]
const HOST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
#[cfg(not(target_os = "linux"))]
const HOST: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A server that ends all its connections at once and comes back to where it was.
struct Restarting {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<TcpStream>>>,
}

impl Restarting {
    fn start() -> Result<Self> {
        let mut server = Self {
            address: (HOST, 0).into(),
            stop: Arc::default(),
            thread: None,
        };
        server.listen()?;
        Ok(server)
    }

    fn listen(&mut self) -> Result<()> {
        let listener = listen_at(self.address)?;
        self.address = listener.local_addr()?;
        self.stop.store(false, Ordering::Relaxed);
        let stop = Arc::clone(&self.stop);
        self.thread = Some(std::thread::spawn(move || {
            let _pinned = pin(Side::Server);
            let mut kept = Vec::new();
            while let Ok((stream, _)) = listener.accept() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                kept.push(stream);
            }
            kept
        }));
        Ok(())
    }

    /// First nobody listens any more, then the connections end.
    fn stop(&mut self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // Wakes it out of `accept`.
            TcpStream::connect(self.address)?;
            drop(thread.join());
        }
        Ok(())
    }
}

impl Drop for Restarting {
    fn drop(&mut self) {
        // Where it cannot be reached, it has ended.
        let _ = self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_reconnect_are_back_after_a_restart() {
        for (_, contestant) in present() {
            if contestant.shakes_hands && !contestant.name.starts_with("rival") {
                let (up, down) = (Duration::ZERO, Duration::from_millis(20));
                let taken = restarts(contestant.connect, 3, up, down, 2).unwrap();
                assert!(taken.is_finite(), "{}", contestant.name);
            }
        }
    }
}
