//! The targets as ordinary tests: their seeds, and a few thousand inputs that are the same each time.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use boomnet_fuzz::{
    fix_message, fix_session, fix_store, fix_stream, fix_validate, http_chunked, http_client,
    http_response, replay_file, tls_stream, ws_connection, ws_deflate, ws_differential, ws_frames,
    ws_handshake,
};

/// Inputs besides the seeds.
const INPUTS: usize = 4000;

#[test]
fn frames() {
    check("ws_frames", ws_frames::run);
}

#[test]
fn handshake() {
    check("ws_handshake", ws_handshake::run);
}

#[test]
fn connection() {
    check("ws_connection", ws_connection::run);
}

#[test]
fn deflate() {
    check("ws_deflate", ws_deflate::run);
}

#[test]
fn differential() {
    check("ws_differential", ws_differential::run);
}

#[test]
fn recordings() {
    check("replay_file", replay_file::run);
}

#[test]
fn tls() {
    check("tls_stream", tls_stream::run);
}

#[test]
fn fix_sessions() {
    check("fix_session", fix_session::run);
}

#[test]
fn http_answers() {
    check("http_response", http_response::run);
}

#[test]
fn http_chunks() {
    check("http_chunked", http_chunked::run);
}

#[test]
fn http_pool() {
    check("http_client", http_client::run);
}

#[test]
fn fix_messages() {
    check("fix_message", fix_message::run);
}

#[test]
fn fix_stores() {
    check("fix_store", fix_store::run);
}

#[test]
fn fix_streams() {
    check("fix_stream", fix_stream::run);
}

#[test]
fn fix_validation() {
    check("fix_validate", fix_validate::run);
}

fn check(target: &str, run: fn(&[u8])) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "no seeds of {target}");
    for (name, seed) in &seeds {
        attempt(name, seed, run);
    }
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for index in 0..INPUTS {
        let input = if index % 2 == 0 {
            random.bytes()
        } else {
            let (_, seed) = &seeds[random.below(seeds.len())];
            random.mutated(seed)
        };
        attempt(&format!("input {index}"), &input, run);
    }
}

fn attempt(name: &str, input: &[u8], run: fn(&[u8])) {
    assert!(catch_unwind(|| run(input)).is_ok(), "{name}: {input:?}");
}

fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    let entries = fs::read_dir(&folder).unwrap();
    let mut seeds: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), fs::read(path).unwrap())
        })
        .collect();
    seeds.sort();
    seeds
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

    fn bytes(&mut self) -> Vec<u8> {
        let len = self.below(400);
        (0..len).map(|_| (self.next() >> 40) as u8).collect()
    }

    /// A few bytes changed, put in or taken out.
    fn mutated(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(6) {
            let place = self.below(bytes.len() + 1);
            let byte = (self.next() >> 40) as u8;
            match self.below(3) {
                0 => bytes.insert(place, byte),
                1 if place < bytes.len() => drop(bytes.remove(place)),
                _ => bytes
                    .get_mut(place)
                    .into_iter()
                    .for_each(|place| *place = byte),
            }
        }
        bytes
    }
}
