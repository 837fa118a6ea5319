//! System calls, by strace on real sockets: in a ping-pong, and in a burst. The server works on a thread that is not traced,
//! and says without a system call when there is something to be read.

use boom_tls::TlsVersion;

use super::contestants::Who;
use super::fan_in::{Packing, burst};
use super::report::{CALL, Cells};
use super::server::{Server, Serving};
use super::trust::Trust;
use super::{Client, receive_all};
use crate::harness::table::Table;
use crate::harness::{Result, strace};

const SIZE: usize = 150;
const TRIPS: usize = 200;
const BURSTS: usize = 20;

const PING_PONG: &str = "ping-pong";
const BURST: &str = "burst";

pub(super) fn measure(table: &mut Table) -> Result<()> {
    if let Some(reason) = strace::missing() {
        eprintln!("{reason}");
        return Ok(());
    }
    ping_pong(table)?;
    in_a_burst(table)
}

fn ping_pong(table: &mut Table) -> Result<()> {
    eprintln!("system calls of a ping-pong");
    let mut cells = Cells::new(format!("ping-pong {SIZE} B, reads + writes a message"));
    let mut met = true;
    for &who in Who::ALL {
        let calls = Calls::of(PING_PONG, who)?;
        let (reads, writes) = (each(calls.reads, TRIPS), each(calls.writes, TRIPS));
        cells.put(who, format!("{reads:.2} + {writes:.2}{}", calls.rest()));
        met &= !who.is_ours() || (reads <= 1.0 && writes <= 1.0 && calls.others == 0);
    }
    table.push(cells.judged("ours <= 1 + 1", met));
    Ok(())
}

fn in_a_burst(table: &mut Table) -> Result<()> {
    eprintln!("system calls of a burst");
    let messages = burst(SIZE);
    let ciphertext: usize = messages.iter().map(|message| message.len() + RECORD).sum();
    let most = ciphertext / (16 * 1024) + 1;
    let mut cells = Cells::new(format!(
        "burst of {} records of {SIZE} B ({ciphertext} bytes), reads",
        messages.len()
    ));
    let mut met = true;
    for &who in Who::ALL {
        let calls = Calls::of(BURST, who)?;
        let reads = each(calls.reads, BURSTS);
        cells.put(who, format!("{reads:.2}{}", calls.rest()));
        met &= !who.is_ours() || (reads <= most as f64 && calls.writes + calls.others == 0);
    }
    table.push(cells.judged(&format!("ours <= {most}"), met));
    Ok(())
}

/// What a record of TLS 1.3 without padding adds: a header of 5 bytes, a type of 1 and a tag of 16 (RFC 8446, section 5.2).
const RECORD: usize = 22;

fn each(calls: usize, times: usize) -> f64 {
    calls as f64 / times as f64
}

/// By what they do.
#[derive(Debug, Default)]
struct Calls {
    reads: usize,
    writes: usize,
    others: usize,
}

impl Calls {
    fn of(scene: &str, who: Who) -> Result<Self> {
        let arguments = [CALL.to_owned(), scene.to_owned(), who.index().to_string()];
        let mut calls = Self::default();
        for name in strace::names(&arguments)? {
            match name.as_str() {
                "read" | "readv" | "recvfrom" | "recvmsg" => calls.reads += 1,
                "write" | "writev" | "sendto" | "sendmsg" => calls.writes += 1,
                _ => calls.others += 1,
            }
        }
        Ok(calls)
    }

    fn rest(&self) -> String {
        match self.others {
            0 => String::new(),
            others => format!(", {others} others in all"),
        }
    }
}

/// What runs under strace.
pub(super) fn child(arguments: &[String]) -> Result<()> {
    let [scene, who] = arguments else {
        return Err("call SCENE CONTESTANT".into());
    };
    let who = Who::from_index(who)?;
    let trust = Trust::new(TlsVersion::Tls13, false)?;
    match scene.as_str() {
        PING_PONG => {
            let server = Server::start(1, &trust.server, Serving::Echo(SIZE))?;
            let mut client = who.open(server.connect()?, &trust)?;
            trips(client.as_mut(), &server)?;
            strace::marked(|| trips(client.as_mut(), &server))
        }
        BURST => {
            let messages = burst(SIZE);
            let serving = Serving::Bursts(Packing::Apart.writes(&messages));
            let server = Server::start(1, &trust.server, serving)?;
            let mut client = who.open(server.connect()?, &trust)?;
            let mut room = vec![0; messages.concat().len()];
            bursts(client.as_mut(), &server, &mut room)?;
            strace::marked(|| bursts(client.as_mut(), &server, &mut room))
        }
        _ => Err("no such scene".into()),
    }
}

fn trips(client: &mut dyn Client, server: &Server) -> Result<()> {
    let mut room = [0; SIZE];
    for _ in 0..TRIPS {
        let before = server.done();
        client.send(&[b'x'; SIZE])?;
        while server.done() == before {
            std::hint::spin_loop();
        }
        receive_all(client, &mut room)?;
    }
    Ok(())
}

fn bursts(client: &mut dyn Client, server: &Server, room: &mut [u8]) -> Result<()> {
    for _ in 0..BURSTS {
        server.burst();
        receive_all(client, room)?;
    }
    Ok(())
}
