//! However a recording is cut, what is left of it plays, and then the replay says so.
#![cfg(feature = "record")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod recordings;

use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use boom_stream::ConnectionInfo;
use boom_stream::record::Recorder;
use boom_stream::replay::{ReplayError, ReplayStream};

use recordings::folder;

const RECORDINGS: u64 = 1_000;
const KILLS: usize = 50;
/// Tells the test below that it is the process to be killed, and where to record.
const CHILD: &str = "BOOM_STREAM_RECORDS_UNTIL_KILLED";

#[test]
fn a_small_file_is_cut_at_every_byte() {
    let mut random = Random(7);
    let (file, reads) = record(&folder("every_byte"), &mut random, 8);
    for cut in 0..file.len() {
        let (bytes, error) = play(&file[..cut], &mut Random(cut as u64));
        check_prefix(&bytes, &reads);
        assert!(
            matches!(error, Some(ReplayError::Truncated { .. })),
            "{cut}: {error:?}"
        );
    }
    let (bytes, error) = play(&file, &mut random);
    assert_eq!(bytes, reads.concat());
    assert!(error.is_none());
}

#[test]
fn a_thousand_recordings_are_cut_anywhere() {
    let folder = folder("thousand");
    for seed in 1..=RECORDINGS {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let count = random.below(60);
        let (file, reads) = record(&folder, &mut random, count);
        let cut = random.below(file.len() + 1);
        let (bytes, error) = play(&file[..cut], &mut random);
        check_prefix(&bytes, &reads);
        if cut == file.len() {
            assert!(error.is_none(), "seed {seed}");
            assert_eq!(bytes, reads.concat(), "seed {seed}");
        } else {
            let is_truncated = matches!(error, Some(ReplayError::Truncated { .. }));
            assert!(is_truncated, "seed {seed}: {error:?}");
            // Nothing that is whole is withheld: what is missing begins behind the cut.
            let (longer, _) = play(&file[..cut - cut % 4], &mut random);
            assert_eq!(bytes, longer, "seed {seed}");
        }
    }
}

#[test]
fn changed_files_never_panic_or_go_on_forever() {
    let mut random = Random(99);
    let (file, reads) = record(&folder("changed"), &mut random, 20);
    let mut refused = 0;
    for _ in 0..5_000 {
        let mut changed = file.clone();
        for _ in 0..=random.below(3) {
            let place = random.below(changed.len());
            changed[place] = random.next() as u8;
        }
        let (bytes, error) = play(&changed, &mut random);
        check_prefix(&bytes, &reads);
        refused += usize::from(error.is_some());
    }
    // The rest is in what a replay does not look at, as times and addresses of Ethernet.
    assert!(refused > 3_000, "{refused}");
}

#[test]
fn a_killed_recorder_leaves_what_it_said_it_had_synced() {
    let folder = folder("killed");
    let mut longest = 0;
    for round in 0..KILLS {
        let path = folder.join(format!("{round}.pcapng"));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "records_until_killed",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(CHILD, path.with_extension(""))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let mut synced = 0;
        let mut lines = BufReader::new(stdout).lines();
        // A different moment each time.
        for _ in 0..=round % 7 {
            synced = next_synced(&mut lines).unwrap();
        }
        child.kill().unwrap();
        while let Some(more) = next_synced(&mut lines) {
            synced = more;
        }
        child.wait().unwrap();
        let (bytes, error) = play(&fs::read(&path).unwrap(), &mut Random(round as u64 + 1));
        assert!(
            matches!(error, Some(ReplayError::Truncated { .. })),
            "{error:?}"
        );
        assert!(bytes.len() >= synced, "{} of {synced}", bytes.len());
        assert!(bytes.iter().zip(0..).all(|(&byte, at)| byte == pattern(at)));
        longest = longest.max(bytes.len());
        fs::remove_file(path).unwrap();
    }
    assert!(longest > 0);
}

/// The process that is killed: it reads for as long as it lives. Without the variable there is nothing to do.
#[test]
fn records_until_killed() {
    let Ok(path) = std::env::var(CHILD) else {
        return;
    };
    let recorder = Recorder::builder("").build();
    let info = ConnectionInfo::new("example.com", 1);
    let mut stream = recorder.record(Pattern(0), &path, &info).unwrap();
    let mut random = Random(u64::from(std::process::id()));
    let mut buffer = [0; 3_000];
    loop {
        for _ in 0..50 {
            let len = random.below(buffer.len()) + 1;
            stream.read_exact(&mut buffer[..len]).unwrap();
        }
        let stats = stream.sync_recording().unwrap();
        assert!(stats.is_complete());
        println!("\nsynced {}", stats.written_bytes);
        // The burst that the next mark may or may not follow.
        for _ in 0..50 {
            let len = random.below(buffer.len()) + 1;
            stream.read_exact(&mut buffer[..len]).unwrap();
        }
    }
}

fn next_synced(lines: &mut impl Iterator<Item = io::Result<String>>) -> Option<usize> {
    lines
        .by_ref()
        .find_map(|line| line.ok()?.strip_prefix("synced ")?.parse().ok())
}

fn pattern(at: usize) -> u8 {
    (at.wrapping_mul(2_654_435_761) >> 11) as u8
}

/// Endless bytes that are known by their place.
struct Pattern(usize);

impl Read for Pattern {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *buffer {
            *byte = pattern(self.0);
            self.0 += 1;
        }
        Ok(buffer.len())
    }
}

/// Records reads and writes of random sizes. Returns the file and the reads.
fn record(folder: &Path, random: &mut Random, count: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let info = ConnectionInfo::new("example.com", 1);
    let mut incoming = VecDeque::new();
    for _ in 0..count {
        incoming.push_back(random.bytes());
    }
    let reads = incoming.iter().cloned().collect();
    let recorder = Recorder::builder(folder).build();
    let mut stream = recorder.record(Reads(incoming), "cut", &info).unwrap();
    let mut buffer = vec![0; 1 << 17];
    while stream.read(&mut buffer).is_ok() {
        if random.below(3) == 0 {
            stream.write_all(&random.bytes()).unwrap();
        }
    }
    let (_, result) = stream.finish();
    assert!(result.unwrap().is_complete());
    let path = folder.join("cut.pcapng");
    let file = fs::read(&path).unwrap();
    fs::remove_file(path).unwrap();
    (file, reads)
}

/// Reads to the end with buffers of random sizes.
fn play(file: &[u8], random: &mut Random) -> (Vec<u8>, Option<ReplayError>) {
    let mut bytes = Vec::new();
    let mut stream = match ReplayStream::builder().from_reader(Cursor::new(file.to_vec())) {
        Ok(stream) => stream,
        Err(error) => return (bytes, Some(error)),
    };
    let mut buffer = vec![0; 70_000];
    // More than any of these recordings can need.
    for _ in 0..1_000_000 {
        let room = match random.below(3) {
            0 => 1 + random.below(300),
            _ => buffer.len(),
        };
        match stream.read(&mut buffer[..room]) {
            Ok(0) => return (bytes, None),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) => match error.downcast() {
                Ok(error) => return (bytes, Some(error)),
                // A recorded one.
                Err(_) => {
                    let end = stream.finish();
                    return (bytes, end.err());
                }
            },
        }
    }
    panic!("the replay does not end");
}

fn check_prefix(bytes: &[u8], reads: &[Vec<u8>]) {
    assert!(reads.concat().starts_with(bytes));
}

/// Returns what it is given, read by read, and then nothing more.
struct Reads(VecDeque<Vec<u8>>);

impl Read for Reads {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.pop_front().ok_or(ErrorKind::WouldBlock)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

impl Write for Reads {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// xorshift64*
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    /// Mostly short, seldom longer than a packet; never none.
    fn bytes(&mut self) -> Vec<u8> {
        let longest = match self.below(100) {
            0 => 100_000,
            1..20 => 3_000,
            _ => 200,
        };
        let len = 1 + self.below(longest);
        (0..len).map(|_| self.next() as u8).collect()
    }
}
