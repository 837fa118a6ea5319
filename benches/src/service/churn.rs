//! Whether an idle poll costs after many endpoints were added and removed what it did before.

use crate::harness::table::Table;
use crate::harness::{Result, valgrind};
use crate::service::report::{Options, yes_or_no};
use crate::service::{idle, present};

/// Endpoints that stay.
const CONNECTIONS: usize = 100;
/// Endpoints that are connected and removed again.
const ADDED: usize = 5000;
const RATIO_MAX: f64 = 1.01;

pub(super) fn measure(_: Options) -> Result<Table> {
    let mut table = Table::new(&[
        "idle poll after 5000 endpoints were added and removed, instr",
        "before",
        "after",
        "ratio",
        "target",
        "met?",
    ]);
    if let Some(reason) = valgrind::missing() {
        eprintln!("{reason}");
        return Ok(table);
    }
    for (index, contestant) in present() {
        let name = contestant.name;
        if !name.starts_with("ours") {
            continue;
        }
        eprintln!("{name}, add and remove");
        let before = idle::instructions(index, CONNECTIONS, 0)?;
        let after = idle::instructions(index, CONNECTIONS, ADDED)?;
        let ratio = after / before;
        table.push(vec![
            name.to_owned(),
            format!("{before:.0}"),
            format!("{after:.0}"),
            format!("{ratio:.3}"),
            format!("<= {RATIO_MAX}"),
            yes_or_no(ratio <= RATIO_MAX),
        ]);
    }
    Ok(table)
}
