//! One row of the table.

use crate::harness::target::Target;

/// A row while it is filled.
pub(crate) struct Row {
    columns: &'static [&'static str],
    cells: Vec<String>,
    /// The figure of the last column, and its ratio to the limit.
    ours: (f64, Option<f64>),
}

impl Row {
    pub(crate) fn new(work: String, columns: &'static [&'static str]) -> Self {
        let mut cells = vec![work];
        cells.resize(1 + columns.len(), "-".to_owned());
        Self {
            columns,
            cells,
            ours: (f64::NAN, None),
        }
    }

    /// Writes to the column of a contestant, whose label tells it from another one there.
    pub(crate) fn add(
        &mut self,
        (column, label): (&str, &str),
        text: String,
        figure: f64,
        ratio: Option<f64>,
    ) {
        let text = if label.is_empty() {
            text
        } else {
            format!("{text} {label}")
        };
        self.cell(column, text, figure, ratio);
    }

    /// Writes to a column, after what is there.
    fn cell(&mut self, column: &str, text: String, figure: f64, ratio: Option<f64>) {
        if column == "ours" {
            self.ours = (figure, ratio);
        }
        let index = self.columns.iter().position(|name| *name == column);
        if let Some(cell) = index.and_then(|index| self.cells.get_mut(1 + index)) {
            *cell = if cell == "-" {
                text
            } else {
                format!("{cell}, {text}")
            };
        }
    }

    /// Ends the row with the target and whether ours meets it.
    pub(crate) fn judge(mut self, target: Option<Target>) -> Vec<String> {
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
