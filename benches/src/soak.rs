//! Many frames through a connection in memory, everything checked.
//!
//! The client is ours. The server is written here, reads and writes the wire by itself, and knows each byte that is to
//! come. Between them reads are cut anywhere, writes are short, and both block now and then; connections close and open.

mod session;

mod block;
mod deflate;
mod link;
mod memory;
mod random;
mod server;
mod wire;

use std::error::Error;
use std::time::{Duration, Instant};

use block::Block;
use memory::Memory;
use random::Random;
use session::Totals;

/// How long to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    Frames(u64),
    Seconds(u64),
}

/// Runs `soak-ws [--frames N | --seconds S] [--seed N]`.
///
/// # Errors
///
/// An argument is wrong, or memory has grown.
///
/// # Panics
///
/// Panics where anything that was sent either way is not what was received: the message says what.
pub fn main(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (until, seed) = parse(arguments)?;
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let block = Block::new(&mut random);
    let mut totals = Totals::default();
    let start = Instant::now();
    let mut memory = None;
    let mut last_line = start;
    while !is_over(until, &totals, start) {
        totals.add(&connection(&block, &mut random, totals.connections));
        if totals.connections < WARM_UP {
            continue;
        }
        memory.get_or_insert_with(Memory::begin).look();
        if last_line.elapsed() >= LINE_EVERY {
            last_line = Instant::now();
            print(&totals, start.elapsed(), memory.unwrap_or_default());
        }
    }
    let memory = memory.unwrap_or_default();
    print(&totals, start.elapsed(), memory);
    if memory.growth() > GROWTH_MAX {
        return Err(format!("memory has grown by {} bytes", memory.growth()).into());
    }
    Ok(())
}

/// Connections before memory is measured; each of them has every buffer there is.
const WARM_UP: u64 = 64;
/// What memory may grow by after the warm-up: the allocator's own ups and downs.
const GROWTH_MAX: u64 = 4 << 20;
/// How often to say how it goes.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Of so many connections one has compression.
const DEFLATE_EVERY: u64 = 4;

/// Most connections are short, and some go on for long. Those with compression take some ten times as long a frame.
fn connection(block: &Block, random: &mut Random, index: u64) -> Totals {
    let deflates = index % DEFLATE_EVERY == 1;
    let longest = if random.once_in(4) { 400_000 } else { 20_000 };
    let frames = random.below(longest) as u64;
    let frames = if deflates { frames / 16 } else { frames };
    session::run(block, random.next(), frames, deflates)
}

fn is_over(until: Until, totals: &Totals, start: Instant) -> bool {
    match until {
        Until::Frames(frames) => totals.frames() >= frames,
        Until::Seconds(seconds) => start.elapsed().as_secs() >= seconds,
    }
}

fn print(totals: &Totals, elapsed: Duration, memory: Memory) {
    let seconds = elapsed.as_secs_f64();
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!(
        "{} frames ({} received, {} sent; {} with compression; {} refused for want of room and sent later), {} \
         connections, {:.1} GiB, {:.1} s, {:.2} M frames/s, resident MiB: {:.2} after the warm-up, {:.2} at most, {:.2} now",
        totals.frames(),
        totals.received,
        totals.sent,
        totals.deflated,
        totals.refused,
        totals.connections,
        mib(totals.bytes) / 1024.0,
        seconds,
        totals.frames() as f64 / seconds / 1e6,
        mib(memory.start),
        mib(memory.most),
        mib(memory.now),
    );
}

fn parse(arguments: &[String]) -> Result<(Until, u64), Box<dyn Error>> {
    let (mut until, mut seed) = (Until::Seconds(10), 1);
    for pair in arguments.chunks(2) {
        let [name, value] = pair else {
            return Err(format!("{} needs a number", pair.concat()).into());
        };
        let number = value.replace('_', "").parse()?;
        match name.as_str() {
            "--frames" => until = Until::Frames(number),
            "--seconds" => until = Until::Seconds(number),
            "--seed" => seed = number,
            other => return Err(format!("no such argument: {other}").into()),
        }
    }
    Ok((until, seed))
}
