//! Fan-in: many messages wait in a socket, and one core takes them out and decrypts them. The reads are part of the time,
//! the server's work is not.

use std::hint::black_box;
use std::net::TcpStream;
use std::time::Instant;

use boom_tls::TlsVersion;

use super::contestants::Who;
use super::report::{Cells, Options, named, ratio_to_raw};
use super::round_trip::SIZES;
use super::server::{Server, Serving};
use super::trust::Trust;
use super::{Client, receive_all};
use crate::harness::cores::{Side, pin};
use crate::harness::table::Table;
use crate::harness::timing::Samples;
use crate::harness::{Answer, Result};
use crate::payload;
use crate::ws::{Receiver, server_frame};

const ROUNDS: usize = 101;
const BURSTS_A_TURN: usize = 8;
/// What a burst has at most, in messages and in bytes: no more than a socket holds by default.
const MESSAGES_MAX: usize = 256;
const BYTES_MAX: usize = 48 * 1024;
/// Messages of WebSocket.
const FRAME_PAYLOAD: usize = 150;
/// The least that ours has to take in, in messages a second, to what the rival does.
#[cfg(feature = "peers")]
const FASTER: f64 = 1.5;

/// How the server makes records of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// One for each: a server that sends what it has at once.
    Apart,
    /// As few as the messages fit in: a server that gathers.
    Together,
}

impl Packing {
    const ALL: [Self; 2] = [Self::Apart, Self::Together];

    const fn text(self) -> &'static str {
        match self {
            Self::Apart => "a record each",
            Self::Together => "in records of 16 KiB",
        }
    }

    /// What is written to TLS, write by write.
    pub(super) fn writes(self, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
        match self {
            Self::Apart => messages.to_vec(),
            Self::Together => vec![messages.concat()],
        }
    }
}

/// The messages of a burst.
pub(super) fn burst(size: usize) -> Vec<Vec<u8>> {
    let count = MESSAGES_MAX.min(BYTES_MAX / size);
    let texts = payload::json(size).into_iter().cycle().take(count);
    texts.map(String::into_bytes).collect()
}

pub(super) fn measure(options: Options, table: &mut Table) -> Result<()> {
    for size in SIZES {
        for packing in Packing::ALL {
            if size == 16 * 1024 && packing == Packing::Together {
                // The same.
                continue;
            }
            bytes(options, size, packing, table)?;
        }
    }
    for packing in Packing::ALL {
        frames(options, packing, table)?;
    }
    Ok(())
}

/// Messages as bytes, as a protocol gets them.
fn bytes(options: Options, size: usize, packing: Packing, table: &mut Table) -> Result<()> {
    eprintln!("fan-in {size} B, {}", packing.text());
    let messages = burst(size);
    let all = messages.concat();
    let samples = interleaved(
        Who::ALL,
        &packing.writes(&messages),
        messages.len(),
        options.rounds(ROUNDS),
        Answer::of([&all[..]]),
        |who, stream, trust| {
            Ok(Box::new(Bytes {
                client: who.open(stream, trust)?,
                room: vec![0; all.len()],
            }))
        },
    )?;
    let name = format!("fan-in {size} B, {}, ns/msg (x raw)", packing.text());
    let mut cells = Cells::new(name);
    for (who, mine) in &samples {
        let ratio = ratio_to_raw(*who, &samples);
        cells.put(*who, format!("{:.0} ({ratio:.2})", mine.median()));
    }
    table.push(cells.done());
    #[cfg(feature = "peers")]
    if size == FRAME_PAYLOAD && packing == Packing::Apart {
        table.push(beside_raw_openssl(&samples)?);
    }
    Ok(())
}

/// The rival is built with rustls here. Its stream by OpenSSL reads as that library does by itself, and stands in its place.
#[cfg(feature = "peers")]
fn beside_raw_openssl(samples: &[(Who, Samples)]) -> Result<Vec<String>> {
    let faster = ratio_to_raw(Who::OursOpenssl, samples).recip();
    let name =
        format!("fan-in {FRAME_PAYLOAD} B, a record each, messages a second to raw OpenSSL's");
    let mut cells = Cells::new(name);
    cells.put(Who::RawOpenssl, "1.00".into());
    cells.put(Who::OursOpenssl, format!("{faster:.2}"));
    let target = format!("ours (OpenSSL) >= {FASTER} x");
    Ok(cells.judged(&target, faster >= FASTER))
}

/// Messages of WebSocket, by ours and by the rival.
fn frames(options: Options, packing: Packing, table: &mut Table) -> Result<()> {
    eprintln!("fan-in of WebSocket, {}", packing.text());
    let payloads = burst(FRAME_PAYLOAD);
    let frames: Vec<_> = payloads
        .iter()
        .map(|payload| server_frame(payload))
        .collect();
    let who: Vec<_> = Who::ALL
        .iter()
        .copied()
        .filter(|who| who.has_websocket())
        .collect();
    let samples = interleaved(
        &who,
        &packing.writes(&frames),
        frames.len(),
        options.rounds(ROUNDS),
        Answer::of(payloads.iter().map(Vec::as_slice)),
        |who, stream, trust| {
            Ok(Box::new(Frames {
                receiver: who.open_websocket(stream, trust)?,
                count: frames.len() as u64,
            }))
        },
    )?;
    let name = format!("fan-in WebSocket {FRAME_PAYLOAD} B, {}", packing.text());
    let mut cells = Cells::new(format!("{name}, ns/msg"));
    for (who, mine) in &samples {
        cells.put(*who, format!("{:.0}", mine.median()));
    }
    table.push(cells.done());
    #[cfg(feature = "peers")]
    table.push(beside_the_rival(&name, &samples)?);
    Ok(())
}

#[cfg(feature = "peers")]
fn beside_the_rival(name: &str, samples: &[(Who, Samples)]) -> Result<Vec<String>> {
    let rival = samples.iter().find(|(who, _)| *who == Who::Rival);
    let (_, rival) = rival.ok_or("the rival takes no part")?;
    let mut cells = Cells::new(format!("{name}, messages a second to the rival's"));
    let mut met = false;
    for (who, mine) in samples {
        let faster = rival.ratio_to(mine);
        cells.put(*who, format!("{faster:.2}"));
        met |= *who == Who::OursRustls && faster >= FASTER;
    }
    Ok(cells.judged(&format!("ours (rustls) >= {FASTER} x"), met))
}

/// Takes the messages of a burst.
trait Taker {
    fn take(&mut self) -> Result<()>;

    /// The same, every byte looked at.
    fn answer(&mut self) -> Result<Answer>;
}

struct Bytes {
    client: Box<dyn Client>,
    room: Vec<u8>,
}

impl Taker for Bytes {
    fn take(&mut self) -> Result<()> {
        receive_all(self.client.as_mut(), &mut self.room)?;
        black_box(&self.room);
        Ok(())
    }

    fn answer(&mut self) -> Result<Answer> {
        self.room.fill(0);
        self.take()?;
        Ok(Answer::of([&self.room[..]]))
    }
}

struct Frames {
    receiver: Box<dyn Receiver>,
    count: u64,
}

impl Taker for Frames {
    fn take(&mut self) -> Result<()> {
        self.receiver.receive(self.count)
    }

    fn answer(&mut self) -> Result<Answer> {
        self.receiver.answer(self.count)
    }
}

/// Nanoseconds a message of each turn, for each of `who`.
fn interleaved(
    who: &[Who],
    writes: &[Vec<u8>],
    messages: usize,
    rounds: usize,
    expected: Answer,
    open: impl Fn(Who, TcpStream, &Trust) -> Result<Box<dyn Taker>>,
) -> Result<Vec<(Who, Samples)>> {
    let trust = Trust::new(TlsVersion::Tls13, false)?;
    let server = Server::start(who.len(), &trust.server, Serving::Bursts(writes.to_vec()))?;
    let _pinned = pin(Side::Client);
    let mut takers = Vec::with_capacity(who.len());
    for &who in who {
        takers.push(open(who, server.connect()?, &trust)?);
    }
    for (index, (taker, who)) in takers.iter_mut().zip(who).enumerate() {
        server.attend(index);
        server.burst();
        if taker.answer()? != expected {
            return Err(format!("{}: wrong messages", who.name()).into());
        }
    }
    let mut samples = vec![Vec::with_capacity(rounds); takers.len()];
    for _ in 0..rounds {
        for (index, (taker, samples)) in takers.iter_mut().zip(&mut samples).enumerate() {
            server.attend(index);
            samples.push(turn(&server, taker.as_mut())? / messages as f64);
        }
    }
    Ok(named(who, samples))
}

/// The shortest of some bursts: what the machine does besides only adds.
fn turn(server: &Server, taker: &mut dyn Taker) -> Result<f64> {
    let mut shortest = f64::INFINITY;
    for _ in 0..BURSTS_A_TURN {
        server.burst();
        let start = Instant::now();
        taker.take()?;
        shortest = shortest.min(start.elapsed().as_nanos() as f64);
    }
    Ok(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_takes_the_same_out_of_a_burst() {
        let mut table = Table::new(&[]);
        let options = Options::least();
        for packing in Packing::ALL {
            bytes(options, 1024, packing, &mut table).unwrap();
            frames(options, packing, &mut table).unwrap();
        }
    }
}
