//! Passes connections on, knows the messages in them, and does them harm when it is told to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Random;
use super::wire::{self, Seen};
use crate::report::{Context, Result};

/// How often a thread that waits for bytes looks whether it is told something.
const TURN: Duration = Duration::from_millis(2);

/// How long the rest of a message is held back at most.
const HOLD: Duration = Duration::from_secs(2);

/// In front of an acceptor. It ends with its owner's process.
#[derive(Debug)]
pub(super) struct Relay {
    port: u16,
    shared: Arc<Shared>,
    moments: Receiver<()>,
}

#[derive(Debug)]
struct Shared {
    /// Of the acceptor.
    backend: u16,
    state: Mutex<State>,
    resumed: Condvar,
    moments: Mutex<Sender<()>>,
}

#[derive(Debug)]
struct State {
    seen: Vec<Seen>,
    /// How many messages of the acceptor, and of the initiator, are still to be dropped.
    drops: [u32; 2],
    is_stalled: bool,
    moment: Option<Moment>,
    is_held: bool,
    random: Random,
}

/// Something is to happen in the middle of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// So many messages come before it, of both sides together.
    pub(super) after: u64,
    pub(super) rest: Rest,
}

/// What becomes of the rest of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// It goes on.
    Sent,
    /// It goes on when [`Relay::resume`] is called.
    Held,
    /// It is lost, and so is the connection.
    Lost,
}

impl Relay {
    pub(super) fn start(backend: u16, random: Random) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
        let port = listener.local_addr().context("no port")?.port();
        let (sender, moments) = mpsc::channel();
        let shared = Arc::new(Shared {
            backend,
            state: Mutex::new(State {
                seen: Vec::new(),
                drops: [0; 2],
                is_stalled: false,
                moment: None,
                is_held: false,
                random,
            }),
            resumed: Condvar::new(),
            moments: Mutex::new(sender),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Nobody may be there yet; then the initiator tries again.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", accepting.backend)) {
                    connect(&accepting, client, server);
                }
            }
        });
        Ok(Self {
            port,
            shared,
            moments,
        })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// The next application messages of one side, so many of them, do not get through. What is sent again does, and what is
    /// encrypted.
    pub(super) fn drop_next(&self, is_from_initiator: bool, count: u32) {
        self.shared.lock().drops[usize::from(is_from_initiator)] = count;
    }

    /// Lets nothing through until it is called again.
    pub(super) fn stall(&self, is_stalled: bool) {
        self.shared.lock().is_stalled = is_stalled;
    }

    pub(super) fn set_moment(&self, moment: Moment) {
        self.shared.lock().moment = Some(moment);
    }

    /// Returns false if the moment has not come within this time.
    pub(super) fn wait_for_moment(&self, limit: Duration) -> bool {
        self.moments.recv_timeout(limit).is_ok()
    }

    /// Lets go on what was held back.
    pub(super) fn resume(&self) {
        self.shared.lock().is_held = false;
        self.shared.resumed.notify_all();
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// How many messages like this passed since there were `from`, dropped ones included.
    pub(super) fn count(&self, from: usize, is_it: impl Fn(&Seen) -> bool) -> usize {
        let state = self.shared.lock();
        let seen = state.seen.get(from..).unwrap_or_default();
        seen.iter().filter(|seen| is_it(seen)).count()
    }

    pub(super) fn total(&self) -> usize {
        self.shared.lock().seen.len()
    }
}

/// One of the two ways of a connection.
struct Lane {
    shared: Arc<Shared>,
    from: TcpStream,
    to: TcpStream,
    is_from_initiator: bool,
}

fn connect(shared: &Arc<Shared>, client: TcpStream, server: TcpStream) {
    let lane = |from: &TcpStream, to: &TcpStream, is_from_initiator| {
        from.set_nodelay(true)?;
        from.set_read_timeout(Some(TURN))?;
        std::io::Result::Ok(Lane {
            shared: Arc::clone(shared),
            from: from.try_clone()?,
            to: to.try_clone()?,
            is_from_initiator,
        })
    };
    // A connection that has ended already is none to pass on.
    if let (Ok(up), Ok(down)) = (lane(&client, &server, true), lane(&server, &client, false)) {
        for mut lane in [up, down] {
            thread::spawn(move || {
                lane.pass();
                lane.end();
            });
        }
    }
}

impl Lane {
    /// Returns when the connection ends.
    fn pass(&mut self) {
        let mut pending = Vec::new();
        let mut held = Vec::new();
        let mut buffer = [0; 16 << 10];
        loop {
            match self.from.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => pending.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if is_passing(&error) => {}
                Err(_) => break,
            }
            while let Some(length) = wire::length(&pending) {
                let message: Vec<u8> = pending.drain(..length).collect();
                if !self.decide(&message, &mut held) {
                    return;
                }
            }
            if !held.is_empty() && !self.shared.lock().is_stalled {
                if self.to.write_all(&held).is_err() {
                    return;
                }
                held.clear();
            }
        }
        // What was cut off when the sender ended is for the receiver to see.
        let _ = self.to.write_all(&pending);
    }

    /// Both directions end, behind what was written.
    fn end(&self) {
        let _ = self.to.shutdown(Shutdown::Both);
        let _ = self.from.shutdown(Shutdown::Both);
    }

    /// Returns false if the connection ends here.
    fn decide(&mut self, message: &[u8], held: &mut Vec<u8>) -> bool {
        let mut seen = Seen::parse(message, self.is_from_initiator);
        let mut state = self.shared.lock();
        let drops = &mut state.drops[usize::from(self.is_from_initiator)];
        seen.is_dropped = *drops > 0 && seen.is_application() && !seen.is_poss_dup;
        *drops -= u32::from(seen.is_dropped);
        let is_dropped = seen.is_dropped;
        state.seen.push(seen);
        let moment = state.count_down();
        if let Some(rest) = moment {
            let cut = state.random.below(message.len() as u64 + 1) as usize;
            state.is_held = rest == Rest::Held;
            drop(state);
            return self.interrupt(message, cut, rest);
        }
        if is_dropped {
            return true;
        }
        if state.is_stalled || !held.is_empty() {
            held.extend_from_slice(message);
            return true;
        }
        drop(state);
        self.to.write_all(message).is_ok()
    }

    fn interrupt(&mut self, message: &[u8], cut: usize, rest: Rest) -> bool {
        let (first, last) = message.split_at(cut);
        let is_written = self.to.write_all(first).is_ok();
        if rest == Rest::Lost {
            self.end();
        }
        let moments = self.shared.moments.lock();
        // Where nobody waits any more, all is over.
        let _ = moments.unwrap_or_else(PoisonError::into_inner).send(());
        if rest == Rest::Held {
            let deadline = Instant::now() + HOLD;
            let mut state = self.shared.lock();
            while state.is_held && Instant::now() < deadline {
                let result = self.shared.resumed.wait_timeout(state, TURN);
                state = result.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        is_written && rest != Rest::Lost && self.to.write_all(last).is_ok()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // What a thread that panicked leaves is still counts and flags.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// One more message: is it the one?
    fn count_down(&mut self) -> Option<Rest> {
        let moment = self.moment.as_mut()?;
        if moment.after > 0 {
            moment.after -= 1;
            return None;
        }
        self.moment.take().map(|moment| moment.rest)
    }
}

/// No reason to end: the time of a turn is up.
fn is_passing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};

    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: &[u8] = b"8=FIX.4.4\x019=0005\x0135=D\x0110=000\x01";

    /// The two ends of a connection through a relay.
    fn through() -> (Relay, TcpStream, TcpStream) {
        let acceptor = TcpListener::bind("127.0.0.1:0").unwrap();
        let backend = acceptor.local_addr().unwrap().port();
        let relay = Relay::start(backend, Random::new(1)).unwrap();
        let client = TcpStream::connect(("127.0.0.1", relay.port())).unwrap();
        let server = acceptor.accept().unwrap().0;
        (relay, client, server)
    }

    fn read_to_end(mut stream: TcpStream) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A reset ends it as well.
        let _ = stream.read_to_end(&mut bytes);
        bytes
    }

    #[test]
    fn what_is_to_be_dropped_does_not_get_through() {
        let (relay, mut client, server) = through();
        relay.drop_next(true, 2);
        client.write_all(&ORDER.repeat(3)).unwrap();
        client.write_all(b"8=FIX").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(server), [ORDER, b"8=FIX"].concat());
        assert_eq!(relay.count(0, |seen| seen.is("D", true)), 3);
        assert_eq!(relay.count(1, |seen| seen.is_dropped), 1);
    }

    #[test]
    fn a_connection_is_lost_in_the_middle_of_a_message() {
        let (relay, mut client, server) = through();
        relay.set_moment(Moment {
            after: 1,
            rest: Rest::Lost,
        });
        client.write_all(&ORDER.repeat(3)).unwrap();
        assert!(relay.wait_for_moment(HOLD));
        let read = read_to_end(server).len();
        assert!((ORDER.len()..=2 * ORDER.len()).contains(&read), "{read}");
    }

    #[test]
    fn what_is_held_back_goes_on_later() {
        let (relay, mut client, mut server) = through();
        relay.set_moment(Moment {
            after: 0,
            rest: Rest::Held,
        });
        client.write_all(ORDER).unwrap();
        assert!(relay.wait_for_moment(HOLD));
        relay.resume();
        let mut bytes = vec![0; ORDER.len()];
        server.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, ORDER);
        assert_eq!(relay.total(), 1);
    }

    #[test]
    fn a_stalled_relay_lets_nothing_through() {
        let (relay, mut client, mut server) = through();
        relay.stall(true);
        client.write_all(ORDER).unwrap();
        while relay.total() == 0 {
            thread::yield_now();
        }
        server.set_nonblocking(true).unwrap();
        assert!(server.read(&mut [0]).is_err());
        server.set_nonblocking(false).unwrap();
        relay.stall(false);
        let mut bytes = vec![0; ORDER.len()];
        server.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, ORDER);
    }
}
