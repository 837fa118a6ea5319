//! Ten thousand connections on one thread, before and after a hundred thousand others came and went.

use crate::harness::Result;
use crate::harness::table::Table;
use crate::harness::timing::Samples;
use crate::service::contestants::RAW_MIO;
use crate::service::delivery::{RATIO_MAX, sample};
use crate::service::present;
use crate::service::process::{Player, Question};
use crate::service::report::{FLAT, Options, yes_or_no};

const CONNECTIONS: usize = 10_000;
const CHURN: usize = 100_000;
/// Others that come and go before the first figures are taken, so that the allocator keeps what a batch of them takes.
const FIRST: usize = 20_000;
const ROUNDS: usize = 61;

pub(super) fn measure(options: Options) -> Result<Table> {
    let mut table = Table::new(&[
        "10,000 connections",
        "idle poll, ns",
        "ratio to N = 1",
        "delivery, us",
        "ratio to raw mio",
        "resident a connection, KiB",
        "target",
        "met?",
    ]);
    let (mut players, mut alone) = (Vec::new(), Vec::new());
    for (index, contestant) in present() {
        let name = contestant.name;
        if name == RAW_MIO || name.starts_with("ours") {
            eprintln!("{name}, {CONNECTIONS} connections");
            players.push(Player::start(index, CONNECTIONS)?);
            alone.push(Player::start(index, 1)?);
        }
    }
    let rounds = options.rounds(ROUNDS);
    // What the first of the others take stays at hand for those after them.
    churn(&mut players, FIRST)?;
    let before = Figures::take(&mut players, &mut alone, rounds)?;
    for (place, player) in players.iter().enumerate() {
        let mut row = before.row(place, player.name);
        if player.name.starts_with("ours") {
            let is_flat = before.idle_ratio(place) <= FLAT;
            row.push(format!("flat within 5 %, <= {RATIO_MAX}"));
            row.push(yes_or_no(
                is_flat && before.delivery_ratio(place) <= RATIO_MAX,
            ));
        }
        table.push(row);
    }
    churn(&mut players, CHURN)?;
    let after = Figures::take(&mut players, &mut alone, rounds)?;
    for (place, player) in players.iter().enumerate() {
        let name = format!("{}, after {CHURN} others", player.name);
        let mut row = after.row(place, &name);
        if player.name.starts_with("ours") {
            row.push("as before, within 5 %".into());
            row.push(yes_or_no(after.is_like(&before, place)));
        }
        table.push(row);
    }
    Ok(table)
}

fn churn(players: &mut [Player], count: usize) -> Result<()> {
    for player in players {
        if player.name.starts_with("ours") {
            eprintln!("{}, churn of {count}", player.name);
            player.ask(Question::Churn(count))?;
        }
    }
    Ok(())
}

/// What was measured of each player, the first of whom is the limit.
struct Figures {
    idle: Vec<Samples>,
    idle_alone: Vec<Samples>,
    delivery: Vec<Samples>,
    resident: Vec<f64>,
}

impl Figures {
    /// Asks each player, and beside it the one with a single connection.
    fn take(players: &mut [Player], alone: &mut [Player], rounds: usize) -> Result<Self> {
        eprintln!("{CONNECTIONS} connections, idle and delivery");
        let (mut idle, mut idle_alone) = (Vec::new(), Vec::new());
        for (many, one) in players.iter_mut().zip(&mut *alone) {
            let (mut many_ns, mut one_ns) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                many_ns.push(many.ask(Question::Idle)?);
                one_ns.push(one.ask(Question::Idle)?);
            }
            idle.push(Samples::new(many_ns));
            idle_alone.push(Samples::new(one_ns));
        }
        let delivery = sample(players, Question::Delivery, rounds)?;
        let mut resident = Vec::new();
        for (many, one) in players.iter_mut().zip(&mut *alone) {
            let grown = many.ask(Question::Resident)? - one.ask(Question::Resident)?;
            resident.push(grown / (CONNECTIONS - 1) as f64);
        }
        Ok(Self {
            idle,
            idle_alone,
            delivery,
            resident,
        })
    }

    fn idle_ratio(&self, place: usize) -> f64 {
        self.idle[place].ratio_to(&self.idle_alone[place])
    }

    fn delivery_ratio(&self, place: usize) -> f64 {
        self.delivery[place].ratio_to(&self.delivery[0])
    }

    fn is_like(&self, before: &Self, place: usize) -> bool {
        self.idle_ratio(place) <= before.idle_ratio(place) * FLAT
            && self.delivery_ratio(place) <= before.delivery_ratio(place) * FLAT
            && self.resident[place] <= before.resident[place] * FLAT
    }

    fn row(&self, place: usize, name: &str) -> Vec<String> {
        vec![
            name.to_owned(),
            format!("{:.0}", self.idle[place].median()),
            format!("{:.3}", self.idle_ratio(place)),
            format!("{:.2}", self.delivery[place].median() / 1e3),
            format!("{:.2}", self.delivery_ratio(place)),
            format!("{:.1}", self.resident[place] / 1024.0),
        ]
    }
}
