//! A process that is killed while it sends: what was kept before the kill is there after it.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod store_model;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use boom_fix::session::store::{Durability, FileStore, Store};
use store_model::Scratch;

/// The folder of the store that a child writes to.
const FOLDER: &str = "BOOM_FIX_STORE_OF_CHILD";
const ROUNDS: u64 = 12;

fn message(number: u64) -> Vec<u8> {
    let length = 10 + (number * 37 % 900) as usize;
    vec![number as u8; length]
}

fn open(folder: impl AsRef<Path>) -> FileStore {
    let builder = FileStore::builder(folder.as_ref()).rotate_bytes(20_000);
    builder.durability(Durability::Flush).open().unwrap()
}

/// Keeps messages, and says so after each, until it is killed. Without the folder it does nothing: it is a test to be
/// started by the other one.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let mut store = open(folder);
    // Not by `println!`, which the test harness may keep to itself.
    let mut out = std::io::stdout();
    // Bounded, should nobody kill it.
    for _ in 0..1_000_000 {
        let number = store.next_outgoing();
        store.append(number, &message(number)).unwrap();
        store.set_next_incoming(2 * number).unwrap();
        if writeln!(out, "kept {number}").is_err() {
            return;
        }
    }
}

#[test]
fn killed_again_and_again() {
    let folder = Scratch::new();
    let mut kept = 0;
    for round in 1..=ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut numbers = lines.map_while(Result::ok).filter_map(|line| {
            let (_, number) = line.split_once("kept ")?;
            number.parse::<u64>().ok()
        });
        let until = kept + round * 13 % 57;
        kept = numbers.find(|number| *number > until).unwrap();
        child.kill().unwrap();
        // What it said before it was killed.
        kept = numbers.last().unwrap_or(kept);
        child.wait().unwrap();

        let mut store = open(folder.path());
        let next = store.next_outgoing();
        // One more may have been kept and not said.
        assert!(next == kept + 1 || next == kept + 2);
        assert!(store.next_incoming() == 2 * (next - 1) || store.next_incoming() == 2 * (next - 2));
        let mut read = Vec::new();
        for number in 1..next {
            assert!(store.read(number, &mut read).unwrap());
            assert_eq!(read, message(number));
        }
        kept = next - 1;
    }
    assert!(kept > ROUNDS);
}
