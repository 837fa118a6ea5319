//! Instructions and allocations of a message in memory, exact: the records that are received were encrypted before, and what
//! is sent goes nowhere.

use boom_tls::TlsVersion;

use super::Client;
use super::contestants::Who;
use super::memory::Pair;
use super::report::{COUNT, Cells};
use super::trust::Trust;
use crate::harness::table::Table;
use crate::harness::{Answer, Result, Work, measured_section, valgrind};
use crate::payload;

/// Which way the messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A record a read.
    Received,
    /// As many records a read as it asks for.
    ReceivedTogether,
    Sent,
}

impl Way {
    const ALL: [Self; 3] = [Self::Received, Self::ReceivedTogether, Self::Sent];

    const fn text(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::ReceivedTogether => "received in a burst",
            Self::Sent => "sent",
        }
    }
}

/// One kind of message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    version: TlsVersion,
    way: Way,
    size: usize,
}

impl Case {
    pub(super) const fn new(version: TlsVersion, way: Way, size: usize) -> Self {
        Self { version, way, size }
    }

    /// Messages to be counted.
    pub(super) const fn messages(&self) -> u64 {
        if self.size > 1024 { 64 } else { 1024 }
    }

    fn name(&self) -> String {
        let Self { version, way, size } = self;
        format!("{version}, {size} B {}", way.text())
    }

    /// What [`child`] is given.
    pub(super) fn arguments(&self, who: Who, messages: u64) -> Vec<String> {
        let way = Way::ALL.iter().position(|&way| way == self.way);
        vec![
            (self.version == TlsVersion::Tls13).to_string(),
            way.unwrap_or_default().to_string(),
            self.size.to_string(),
            who.index().to_string(),
            messages.to_string(),
        ]
    }
}

/// What instructions are counted of.
const COUNTED: [(Way, usize); 5] = [
    (Way::Received, 150),
    (Way::ReceivedTogether, 150),
    (Way::ReceivedTogether, 16 * 1024),
    (Way::Sent, 150),
    (Way::Sent, 16 * 1024),
];
const ALLOCATED_SIZE: usize = 150;

pub(super) fn measure(table: &mut Table) -> Result<()> {
    if let Some(reason) = valgrind::missing() {
        eprintln!("{reason}");
        return Ok(());
    }
    for (way, size) in COUNTED {
        instructions(Case::new(TlsVersion::Tls13, way, size), table)?;
    }
    for way in [Way::Received, Way::Sent] {
        for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
            allocations(Case::new(version, way, ALLOCATED_SIZE), table)?;
        }
    }
    Ok(())
}

fn instructions(case: Case, table: &mut Table) -> Result<()> {
    eprintln!("instructions: {}", case.name());
    let mut cells = Cells::new(format!("{}, instr/msg", case.name()));
    for &who in Who::ALL {
        check(who, case)?;
        let count = valgrind::instructions(case.messages(), |messages| under(case, who, messages))?;
        cells.put(who, format!("{count:.0}"));
    }
    table.push(cells.done());
    Ok(())
}

/// What the library underneath allocates for a record, which no caller of it can avoid: the docs of the modules of boom-tls
/// name the lines.
const fn unavoidable(who: Who, case: Case) -> u32 {
    match (who, case.way, case.version) {
        #[cfg(feature = "peers")]
        (Who::OursOpenssl, Way::Sent, TlsVersion::Tls12) => 2,
        #[cfg(feature = "peers")]
        (Who::OursOpenssl, Way::Sent, _) => 3,
        #[cfg(feature = "peers")]
        (Who::OursOpenssl, _, TlsVersion::Tls12) => 0,
        _ => 1,
    }
}

fn allocations(case: Case, table: &mut Table) -> Result<()> {
    eprintln!("allocations: {}", case.name());
    let mut cells = Cells::new(format!("{}, allocations/msg", case.name()));
    let mut met = true;
    let mut bounds = Vec::new();
    for &who in Who::ALL {
        check(who, case)?;
        let count = valgrind::allocations(case.messages(), |messages| under(case, who, messages))?;
        cells.put(who, format!("{count:.2}"));
        if who.is_ours() {
            let bound = unavoidable(who, case);
            met &= count <= f64::from(bound);
            bounds.push(bound.to_string());
        }
    }
    let target = format!(
        "ours 0, but for the library's own: {}",
        bounds.join(" and ")
    );
    table.push(cells.judged(&target, met));
    Ok(())
}

fn under(case: Case, who: Who, messages: u64) -> Vec<String> {
    let mut arguments = vec![COUNT.to_owned()];
    arguments.extend(case.arguments(who, messages));
    arguments
}

/// Instructions of a message received and of one sent by boom-tls over rustls; `arguments` has this program run [`child`] with
/// those given.
pub(crate) fn golden(
    arguments: impl Fn(Vec<String>) -> Vec<String>,
) -> Result<Vec<(&'static str, f64)>> {
    let watched = [
        ("TLS 1.3 received 150 B, rustls", Way::Received),
        (
            "TLS 1.3 received 150 B in a burst, rustls",
            Way::ReceivedTogether,
        ),
        ("TLS 1.3 sent 150 B, rustls", Way::Sent),
    ];
    let mut counts = Vec::with_capacity(watched.len());
    for (name, way) in watched {
        let case = Case::new(TlsVersion::Tls13, way, 150);
        let count = valgrind::instructions(case.messages(), |messages| {
            arguments(case.arguments(Who::OursRustls, messages))
        })?;
        counts.push((name, count));
    }
    Ok(counts)
}

/// What runs under valgrind.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    let [is_tls13, way, size, who, messages] = arguments else {
        return Err("count IS_TLS13 WAY SIZE CONTESTANT MESSAGES".into());
    };
    let version = match is_tls13.parse()? {
        true => TlsVersion::Tls13,
        false => TlsVersion::Tls12,
    };
    let way = *Way::ALL.get(way.parse::<usize>()?).ok_or("no such way")?;
    let case = Case::new(version, way, size.parse()?);
    let mut flow = Flow::new(Who::from_index(who)?, case)?;
    flow.run(WARM_UP)?;
    measured_section(&mut flow, messages.parse()?)
}

/// Nobody is measured who does not do the work.
fn check(who: Who, case: Case) -> Result<()> {
    let mut flow = Flow::new(who, case)?;
    let given = flow.answer(WARM_UP)?;
    let message = &flow.message[..];
    if case.way != Way::Sent && given != Answer::of((0..WARM_UP).map(|_| message)) {
        return Err(format!("{}: {}: wrong messages", case.name(), who.name()).into());
    }
    Ok(())
}

const WARM_UP: u64 = 16;

/// Messages, one after the other.
struct Flow {
    client: Box<dyn Client>,
    way: Way,
    message: Vec<u8>,
    room: Vec<u8>,
}

impl Flow {
    /// What the server encrypts is the same however much of it is counted, so that it cancels.
    fn new(who: Who, case: Case) -> Result<Self> {
        let trust = Trust::new(case.version, false)?;
        let pair = Pair::new(&trust.server)?;
        let client = who.open(pair.clone(), &trust)?;
        let message = payload::json(case.size).swap_remove(0).into_bytes();
        let count = match case.way {
            Way::Sent => 0,
            Way::Received | Way::ReceivedTogether => WARM_UP + 2 * case.messages(),
        };
        let messages = (0..count).map(|_| &message[..]);
        pair.load(messages, case.way == Way::Received)?;
        Ok(Self {
            client,
            way: case.way,
            room: vec![0; case.size],
            message,
        })
    }

    fn step(&mut self) -> Result<()> {
        if self.way == Way::Sent {
            return self.client.send(&self.message);
        }
        super::receive_all(self.client.as_mut(), &mut self.room)
    }
}

impl Work for Flow {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let mut answer = Answer::new();
        for _ in 0..messages {
            self.room.fill(0);
            self.step()?;
            answer.add(&self.room);
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            self.step()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_does_the_work() {
        for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
            for way in Way::ALL {
                for &who in Who::ALL {
                    check(who, Case::new(version, way, 150)).unwrap();
                }
            }
        }
    }
}
