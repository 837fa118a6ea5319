//! How long a message is under way to one connection of many, from before it is written to when the endpoint has it.

use crate::harness::Result;
use crate::harness::table::Table;
use crate::harness::timing::Samples;
use crate::service::contestants::RAW_MIO;
use crate::service::present;
use crate::service::process::{Player, Question};
use crate::service::report::{Options, yes_or_no};

/// Numbers of connections.
const CONNECTIONS: [usize; 4] = [1, 100, 1000, 5000];
/// Of ours, to raw mio.
pub(super) const RATIO_MAX: f64 = 1.1;
const ROUNDS: usize = 61;

pub(super) fn measure(options: Options) -> Result<Table> {
    let mut heading = vec!["delivery, 1 active of N".to_owned()];
    heading.extend(CONNECTIONS.map(|count| format!("N = {count}")));
    heading.extend(["target", "met?"].map(str::to_owned));
    let heading: Vec<_> = heading.iter().map(String::as_str).collect();
    let mut table = Table::new(&heading);
    let mut columns = Vec::new();
    for connections in CONNECTIONS {
        eprintln!("delivery with {connections} connections");
        columns.push(deliveries(connections, options.rounds(ROUNDS))?);
    }
    for (_, contestant) in present() {
        push_rows(&mut table, contestant.name, &columns);
    }
    Ok(table)
}

type Column = Vec<(&'static str, Samples)>;

/// The medians of each turn of everyone, in nanoseconds.
fn deliveries(connections: usize, rounds: usize) -> Result<Column> {
    let mut players = Vec::new();
    for (index, contestant) in present() {
        if connections <= contestant.delivery_max {
            players.push(Player::start(index, connections)?);
        }
    }
    let samples = sample(&mut players, Question::Delivery, rounds)?;
    Ok(players
        .iter()
        .map(|player| player.name)
        .zip(samples)
        .collect())
}

/// Asks everyone in turn, `rounds` times, after once for nothing.
pub(super) fn sample(
    players: &mut [Player],
    question: Question,
    rounds: usize,
) -> Result<Vec<Samples>> {
    for player in &mut *players {
        player.ask(question)?;
    }
    let mut samples = vec![Vec::with_capacity(rounds); players.len()];
    for _ in 0..rounds {
        for (player, samples) in players.iter_mut().zip(&mut samples) {
            samples.push(player.ask(question)?);
        }
    }
    Ok(samples.into_iter().map(Samples::new).collect())
}

fn push_rows(table: &mut Table, name: &str, columns: &[Column]) {
    let mut times = vec![format!("{name}, us")];
    let mut ratios = vec![format!("{name}, ratio to {RAW_MIO}")];
    let mut met = true;
    for column in columns {
        let of = |name| column.iter().find(|(known, _)| *known == name);
        match (of(name), of(RAW_MIO)) {
            (Some((_, mine)), Some((_, limit))) => {
                let ratio = mine.ratio_to(limit);
                met &= ratio <= RATIO_MAX;
                times.push(format!("{:.2}", mine.median() / 1e3));
                ratios.push(format!("{ratio:.2}"));
            }
            _ => {
                times.push("-".into());
                ratios.push("-".into());
            }
        }
    }
    if name.starts_with("ours") {
        ratios.extend([format!("<= {RATIO_MAX}"), yes_or_no(met)]);
    }
    table.push(times);
    if name != RAW_MIO {
        table.push(ratios);
    }
}
