//! Orders by POST while the server comes and goes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use boom_http::{Error, HttpConfig, Method, OwnedResponse, Sent, Ticket};
use boomnet::stream::{MonotonicClock, TimeSource};

use crate::Result;
use crate::client::{Client, Site};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What every order's name begins with
    #[arg(long)]
    prefix: String,
    /// How many orders are settled between two milestones, at least
    #[arg(long)]
    step: usize,
    /// How often `milestone` is printed. Orders go on until a line on standard input answers it
    #[arg(long)]
    milestones: usize,
    /// Where it writes what became of each order
    #[arg(long, value_name = "FILE")]
    outcomes: PathBuf,
}

/// More than there are connections, so that some always wait.
const AT_ONCE: usize = 8;

/// Far above what it takes, so that only one that hangs is ended.
const LIMIT: Duration = Duration::from_secs(40);

/// Sends them all. One of which nothing was sent is sent again: had the server got it, it would get it twice.
pub(crate) fn run(site: &Site, arguments: &Arguments) -> Result<()> {
    let config = HttpConfig::new()
        .with_min_warm(4)
        .with_retry_delay(Duration::from_millis(10));
    let (client, connections) = site.client(&config);
    let mut desk = Desk {
        client,
        clock: MonotonicClock::default(),
        prefix: arguments.prefix.clone(),
        is_closing: false,
        next: 0,
        again: Vec::new(),
        under_way: HashMap::new(),
        settled: String::new(),
        count: 0,
        sent_again: 0,
    };
    let answers = lines_of_input();
    let start = Instant::now();
    for milestone in 0..=arguments.milestones {
        let wanted = desk.count + arguments.step;
        desk.go_on(start, |desk| desk.count >= wanted)?;
        if milestone < arguments.milestones {
            println!("milestone");
            desk.go_on(start, |_| answers.try_recv().is_ok())?;
        }
    }
    desk.is_closing = true;
    desk.go_on(start, |desk| {
        desk.under_way.is_empty() && desk.again.is_empty()
    })?;
    fs::write(&arguments.outcomes, &desk.settled)?;
    let (count, again) = (desk.count, desk.sent_again);
    println!(
        "{count} orders, {again} sent again, {} connections",
        connections.get()
    );
    Ok(())
}

struct Desk {
    client: Client,
    clock: MonotonicClock,
    prefix: String,
    /// Nothing new is sent.
    is_closing: bool,
    next: usize,
    /// Those of which nothing was sent.
    again: Vec<usize>,
    under_way: HashMap<Ticket, usize>,
    /// A line for each order: its name and what became of it.
    settled: String,
    count: usize,
    sent_again: usize,
}

/// Standard input by lines, without waiting for them.
fn lines_of_input() -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let lines = io::stdin().lines().map_while(io::Result::ok);
        lines.map(|line| sender.send(line)).all(|sent| sent.is_ok())
    });
    lines
}

impl Desk {
    /// Sends and receives until that is so.
    fn go_on(&mut self, start: Instant, mut is_enough: impl FnMut(&Self) -> bool) -> Result<()> {
        while !is_enough(self) {
            self.turn()?;
            if start.elapsed() > LIMIT {
                return Err(
                    format!("still not done after {LIMIT:?}, with {} orders", self.count).into(),
                );
            }
            thread::yield_now();
        }
        Ok(())
    }

    fn take_next(&mut self) -> Option<usize> {
        self.again.pop().or_else(|| {
            self.next += usize::from(!self.is_closing);
            (!self.is_closing).then(|| self.next - 1)
        })
    }

    fn turn(&mut self) -> Result<()> {
        let now_ns = self.clock.now_ns();
        while self.under_way.len() < AT_ONCE
            && let Some(number) = self.take_next()
        {
            let name = format!("{}-{number}", self.prefix);
            let ticket = self
                .client
                .request(Method::POST, "/order")
                .body(name)
                .submit(now_ns)?;
            self.under_way.insert(ticket, number);
        }
        let mut outcomes = Vec::new();
        self.client.poll(now_ns, |ticket, outcome| {
            outcomes.push((ticket, outcome.map(OwnedResponse::from)));
        });
        for (ticket, outcome) in outcomes {
            let number = self
                .under_way
                .remove(&ticket)
                .ok_or("an outcome of no order, or a second one")?;
            self.settle(number, outcome)?;
        }
        Ok(())
    }

    fn settle(
        &mut self,
        number: usize,
        outcome: std::result::Result<OwnedResponse, Error>,
    ) -> Result<()> {
        let name = format!("{}-{number}", self.prefix);
        let word = match &outcome {
            Ok(answer) if answer.status.as_u16() != 200 => "refused",
            Ok(answer) if answer.body == name.as_bytes() => "answered",
            Ok(answer) => {
                let body = answer.body.escape_ascii();
                return Err(format!("{name} got the answer of {body}").into());
            }
            Err(error) => match error.sent {
                Sent::Nothing => {
                    self.sent_again += 1;
                    self.again.push(number);
                    return Ok(());
                }
                Sent::Partial => "partial",
                Sent::All => "unknown",
            },
        };
        self.settled += &format!("{name} {word}\n");
        self.count += 1;
        Ok(())
    }
}
