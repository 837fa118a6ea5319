//! One row of the table.

use crate::ws::cases::{COLUMNS, Case, Contestant};
use crate::ws::target::Target;

/// A row while it is filled.
pub(super) struct Row {
    cells: Vec<String>,
    /// The figure of the last column, and its ratio to the limit.
    ours: (f64, Option<f64>),
}

impl Row {
    pub(super) fn new(work: String) -> Self {
        let mut cells = vec![work];
        cells.resize(1 + COLUMNS.len(), "-".to_owned());
        Self {
            cells,
            ours: (f64::NAN, None),
        }
    }

    pub(super) fn of(case: &Case, unit: &str) -> Self {
        Self::new(format!("{}, {unit}", case.name))
    }

    pub(super) fn add(&mut self, who: &Contestant, text: String, figure: f64, ratio: Option<f64>) {
        let text = if who.label.is_empty() {
            text
        } else {
            format!("{text} {}", who.label)
        };
        self.cell(who.column, text, figure, ratio);
    }

    /// Writes to a column, after what is there.
    pub(super) fn cell(&mut self, column: &str, text: String, figure: f64, ratio: Option<f64>) {
        if column == "ours" {
            self.ours = (figure, ratio);
        }
        let index = COLUMNS.iter().position(|name| *name == column);
        if let Some(cell) = index.and_then(|index| self.cells.get_mut(1 + index)) {
            *cell = if cell == "-" {
                text
            } else {
                format!("{cell}, {text}")
            };
        }
    }

    /// Ends the row with the target and whether ours meets it.
    pub(super) fn judge(mut self, target: Option<Target>) -> Vec<String> {
        if let Some(target) = target {
            let (figure, ratio) = self.ours;
            let is_met = target.is_met(figure, ratio);
            self.cells.push(target.to_string());
            self.cells
                .push(if is_met { "yes" } else { "no" }.to_owned());
        }
        self.cells
    }
}
