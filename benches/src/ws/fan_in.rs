//! Fan-in: many messages wait in a socket, and one core takes them out and decodes them. The reads are part of the
//! time, the sender's work on the same core is not.

use std::hint::black_box;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Instant;

use crate::harness::cores::{Side, pin};
use crate::harness::timing::Samples;
use crate::harness::{Answer, Result};
use crate::ws::decode::Decoder;
use crate::ws::feed::Messages;

pub(super) const PAYLOAD_LENGTH: usize = 150;
/// Messages that are written at once: what a socket holds by default, and no more.
const BURST: u64 = 256;
const BURSTS_A_TURN: usize = 8;

/// Who takes messages out of a socket.
pub(crate) trait Receiver {
    /// Takes exactly `messages` of them.
    fn receive(&mut self, messages: u64) -> Result<()>;

    /// The same, every byte looked at.
    fn answer(&mut self, messages: u64) -> Result<Answer>;
}

impl<D: Decoder> Receiver for D {
    fn receive(&mut self, messages: u64) -> Result<()> {
        self.decode(messages, |payload| {
            black_box(payload);
        })
    }

    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let mut answer = Answer::new();
        self.decode(messages, |payload| answer.add(payload))?;
        Ok(answer)
    }
}

/// How to make a receiver of a socket.
pub(super) type Open = fn(TcpStream) -> Result<Box<dyn Receiver>>;

/// Nanoseconds a message of each turn, for each of `receivers`; `true` beside one that hands over payloads.
pub(super) fn measure(receivers: &[(Open, bool)], rounds: usize) -> Result<Vec<Samples>> {
    let messages = Messages::Json(PAYLOAD_LENGTH);
    let frames = messages.frames()?;
    let burst = &frames[..frames.len() / messages.distinct()? * usize::try_from(BURST)?];
    let _pinned = pin(Side::Client);
    let mut pairs = Vec::with_capacity(receivers.len());
    for (open, has_answer) in receivers {
        let (mut sender, socket) = pair()?;
        let mut receiver = open(socket)?;
        sender.write_all(burst)?;
        let answer = receiver.answer(BURST)?;
        if *has_answer && answer != messages.answer(BURST)? {
            return Err(format!("wrong payloads from a socket: {answer:?}").into());
        }
        pairs.push((sender, receiver));
    }
    let mut samples = vec![Vec::with_capacity(rounds); pairs.len()];
    for _ in 0..rounds {
        for ((sender, receiver), samples) in pairs.iter_mut().zip(&mut samples) {
            samples.push(turn(sender, receiver.as_mut(), burst)?);
        }
    }
    Ok(samples.into_iter().map(Samples::new).collect())
}

/// The shortest of some bursts: what the machine does besides only adds.
fn turn(sender: &mut TcpStream, receiver: &mut dyn Receiver, burst: &[u8]) -> Result<f64> {
    let mut shortest = f64::INFINITY;
    for _ in 0..BURSTS_A_TURN {
        sender.write_all(burst)?;
        let start = Instant::now();
        receiver.receive(BURST)?;
        let elapsed = start.elapsed().as_nanos() as f64;
        shortest = shortest.min(elapsed / BURST as f64);
    }
    Ok(shortest)
}

/// Two ends over loopback. They block, but nobody reads what is not there.
fn pair() -> Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let sender = TcpStream::connect(listener.local_addr()?)?;
    let (receiver, _) = listener.accept()?;
    sender.set_nodelay(true)?;
    Ok((sender, receiver))
}
