//! The command: checks, counts, times, and prints the table.

use std::net::SocketAddr;

use boom_testkit::tls::Authority;

use crate::harness::row::Row;
use crate::harness::table::Table;
use crate::harness::target::Target;
use crate::harness::{Result, Work, measured_section, strace, valgrind};
use crate::http::client::Exchanges;
use crate::http::contestants::{
    ALL, ALLOCATIONS_TARGET, COLUMNS, Contestant, ROUND_TRIP_TARGET, TLS_ALLOCATIONS_TARGET,
    WRITES_TARGET, instructions_target,
};
use crate::http::dial::Dial;
use crate::http::kind::Kind;
use crate::http::{round_trip, server};

pub(super) const COUNTED: u64 = 1024;
/// Enough for a difference of whole blocks; memcheck is slow.
const ALLOCATING: u64 = 128;
const WRITING: u64 = 1000;
/// Before anything is counted.
const WARM: u64 = 32;
const ROUNDS: usize = 101;
const QUICK_ROUNDS: usize = 21;

const USAGE: &str = "bench-http [WORD..] [--quick] [--markdown]";

/// Runs the command `bench-http [WORD..] [--quick] [--markdown]`.
///
/// The words choose the work whose name contains all of them. `--quick` takes fewer rounds, and counts the limit and ours
/// alone.
///
/// # Errors
///
/// A contestant that gives a wrong answer, or fails.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    match arguments {
        [first, rest @ ..] if first == COUNT => return child(rest),
        [first, rest @ ..] if first == SOCKET => return socket_child(rest, false),
        [first, rest @ ..] if first == CALL => return socket_child(rest, true),
        _ => {}
    }
    let mut bench = Bench::new();
    let mut is_markdown = false;
    for argument in arguments {
        match argument.as_str() {
            "--quick" => bench.is_quick = true,
            "--markdown" => is_markdown = true,
            word if !word.starts_with('-') => bench.words.push(word.to_owned()),
            _ => return Err(USAGE.into()),
        }
    }
    bench.run()?;
    if bench.table.is_empty() {
        return Err(format!("no work has {:?} in its name", bench.words.join(" ")).into());
    }
    bench.table.print(is_markdown);
    Ok(())
}

/// The first argument of a run under valgrind: in memory, and by a socket.
const COUNT: &str = "count";
const SOCKET: &str = "socket";
/// That of a run under strace.
const CALL: &str = "call";

/// What runs under valgrind: the kind and the contestant by index, and the exchanges to be counted.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    let [kind, contestant, exchanges] = arguments else {
        return Err(USAGE.into());
    };
    let (kind, contestant) = find(kind, contestant)?;
    let in_memory = contestant.in_memory.ok_or("not in memory")?;
    let mut work = Exchanges(in_memory(kind)?);
    work.run(WARM)?;
    measured_section(&mut work, exchanges.parse()?)
}

/// The arguments of [`child`].
pub(super) fn child_arguments(kind: usize, contestant: usize, exchanges: u64) -> Vec<String> {
    vec![
        kind.to_string(),
        contestant.to_string(),
        exchanges.to_string(),
    ]
}

/// The same by a socket, to a server in the process that started this one.
fn socket_child(arguments: &[String], is_marked: bool) -> Result<()> {
    let [kind, contestant, exchanges, address, pem] = arguments else {
        return Err(USAGE.into());
    };
    let (kind, contestant) = find(kind, contestant)?;
    let dial = Dial::new(address.parse()?, pem)?;
    let mut work = Exchanges((contestant.connect)(kind, &dial)?);
    work.run(WARM)?;
    if is_marked {
        strace::marked(|| work.run(WRITING))
    } else {
        measured_section(&mut work, exchanges.parse()?)
    }
}

fn find(kind: &str, contestant: &str) -> Result<(Kind, &'static Contestant)> {
    let kind = Kind::ALL.get(kind.parse::<usize>()?);
    let contestant = ALL.get(contestant.parse::<usize>()?);
    Ok((
        *kind.ok_or("no such kind")?,
        contestant.ok_or("no such contestant")?,
    ))
}

/// A server in this process for the programs that it starts.
struct Waiting {
    address: SocketAddr,
    pem: String,
}

impl Waiting {
    fn start(is_tls: bool) -> Result<Self> {
        let authority = is_tls.then(Authority::new);
        let config = authority
            .as_ref()
            .map(|authority| authority.server_config(&["127.0.0.1"]));
        Ok(Self {
            address: server::start_waiting(config)?,
            pem: authority.map_or_else(String::new, |authority| {
                authority.certificate_pem().to_owned()
            }),
        })
    }

    fn arguments(
        &self,
        first: &str,
        (kind, contestant): (usize, usize),
        exchanges: u64,
    ) -> Vec<String> {
        let mut arguments = vec![first.to_owned()];
        arguments.extend(child_arguments(kind, contestant, exchanges));
        arguments.extend([self.address.to_string(), self.pem.clone()]);
        arguments
    }
}

struct Bench {
    words: Vec<String>,
    is_quick: bool,
    table: Table,
}

/// The system calls that write.
const WRITES: [&str; 5] = ["write", "writev", "send", "sendto", "sendmsg"];

/// What follows the name of the kind.
const SECURITIES: [(&str, bool); 2] = [("", false), (", TLS 1.3", true)];

impl Bench {
    fn new() -> Self {
        let mut heading = vec!["work"];
        heading.extend(COLUMNS);
        heading.extend(["target", "met?"]);
        Self {
            words: Vec::new(),
            is_quick: false,
            table: Table::new(&heading),
        }
    }

    fn wants(&self, name: &str) -> bool {
        let is_wanted = self.words.iter().all(|word| name.contains(word.as_str()));
        if is_wanted {
            eprintln!("{name}");
        }
        is_wanted
    }

    fn counts(&self, contestant: &Contestant) -> bool {
        !self.is_quick || contestant.is_limit_or_ours()
    }

    fn run(&mut self) -> Result<()> {
        check()?;
        match valgrind::missing() {
            Some(reason) => eprintln!("{reason}"),
            None => self.count()?,
        }
        match strace::missing() {
            Some(reason) => eprintln!("{reason}"),
            None => self.count_writes()?,
        }
        for (security, is_tls) in SECURITIES {
            for kind in Kind::ALL {
                let name = format!("round trip {} over loopback{security}", kind.name());
                if self.wants(&name) {
                    self.round_trip(&name, kind, is_tls)?;
                }
            }
        }
        Ok(())
    }

    /// The rows of instructions and of heap blocks.
    fn count(&mut self) -> Result<()> {
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            let name = format!("{}, instr (x raw)", kind.name());
            if self.wants(&name) {
                let row = self.instructions(name, index, kind)?;
                self.table.push(row);
            }
        }
        for (security, is_tls) in SECURITIES {
            for (index, kind) in Kind::ALL.into_iter().enumerate() {
                let name = format!("{}, allocations{security}", kind.name());
                if self.wants(&name) {
                    let row = self.allocations(name, index, is_tls)?;
                    self.table.push(row);
                }
            }
        }
        Ok(())
    }

    fn instructions(&self, name: String, index: usize, kind: Kind) -> Result<Vec<String>> {
        let mut row = Row::new(name, &COLUMNS);
        let mut raw = None;
        for (who, contestant) in ALL.iter().enumerate() {
            if contestant.in_memory.is_none() || !self.counts(contestant) {
                continue;
            }
            let count = valgrind::instructions(COUNTED, |exchanges| {
                let mut arguments = vec![COUNT.to_owned()];
                arguments.extend(child_arguments(index, who, exchanges));
                arguments
            })?;
            let ratio = count / *raw.get_or_insert(count);
            let text = format!("{count:.0} ({ratio:.2})");
            row.add((contestant.column, ""), text, count, Some(ratio));
        }
        Ok(row.judge(instructions_target(kind)))
    }

    fn allocations(&self, name: String, index: usize, is_tls: bool) -> Result<Vec<String>> {
        let server = Waiting::start(is_tls)?;
        let each = |who| {
            let arguments = |exchanges| server.arguments(SOCKET, (index, who), exchanges);
            valgrind::allocations(ALLOCATING, arguments)
        };
        let target = if is_tls {
            TLS_ALLOCATIONS_TARGET
        } else {
            ALLOCATIONS_TARGET
        };
        self.counted_by_socket(name, target, each)
    }

    /// The rows of writes.
    fn count_writes(&mut self) -> Result<()> {
        for (security, is_tls) in SECURITIES {
            let name = format!("system calls that write a request{security}");
            if self.wants(&name) {
                let server = Waiting::start(is_tls)?;
                let each = |who| {
                    let arguments = server.arguments(CALL, (0, who), WRITING);
                    let names = strace::names(&arguments)?;
                    let writes = names.iter().filter(|name| WRITES.contains(&name.as_str()));
                    Ok(writes.count() as f64 / WRITING as f64)
                };
                let row = self.counted_by_socket(name, WRITES_TARGET, each)?;
                self.table.push(row);
            }
        }
        Ok(())
    }

    fn counted_by_socket(
        &self,
        name: String,
        target: Target,
        each: impl Fn(usize) -> Result<f64>,
    ) -> Result<Vec<String>> {
        let mut row = Row::new(name, &COLUMNS);
        let mut raw = None;
        for (who, contestant) in ALL.iter().enumerate() {
            if self.counts(contestant) {
                let count = each(who)?;
                let ratio = count / *raw.get_or_insert(count);
                row.add(
                    (contestant.column, ""),
                    format!("{count:.2}"),
                    count,
                    Some(ratio),
                );
            }
        }
        Ok(row.judge(Some(target)))
    }

    /// The row of round trips, with ratios to the raw stream.
    fn round_trip(&mut self, name: &str, kind: Kind, is_tls: bool) -> Result<()> {
        let rounds = if self.is_quick { QUICK_ROUNDS } else { ROUNDS };
        let samples = round_trip::measure(kind, is_tls, rounds)?;
        let raw = samples.first().ok_or("no limit to compare with")?;
        let mut row = Row::new(format!("{name}, us (x raw)"), &COLUMNS);
        for (contestant, samples) in ALL.iter().zip(&samples) {
            let (ns, ratio) = (samples.median(), samples.ratio_to(raw));
            let text = format!("{:.2} ({ratio:.3})", ns / 1000.0);
            row.add((contestant.column, ""), text, ns, Some(ratio));
        }
        self.table.push(row.judge(Some(ROUND_TRIP_TARGET)));
        Ok(())
    }
}

/// Nobody is counted who does not do the work. Over sockets, answers are compared before the round trips.
fn check() -> Result<()> {
    for contestant in ALL {
        let Some(in_memory) = contestant.in_memory else {
            continue;
        };
        for kind in Kind::ALL {
            let answer = Exchanges(in_memory(kind)?).answer(3)?;
            if answer != kind.expected(3) {
                let (work, who) = (kind.name(), contestant.column);
                return Err(format!("{work}: {who} gave {answer:?}").into());
            }
        }
    }
    Ok(())
}
