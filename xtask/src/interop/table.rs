//! A table that grows by its cells.

/// What is printed, with a line for each row's name and a column for each column's.
#[derive(Debug)]
pub(super) struct Table {
    title: &'static str,
    /// In the order of their first appearance.
    columns: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    /// As many as columns, or fewer.
    cells: Vec<String>,
}

impl Table {
    pub(super) const fn new(title: &'static str) -> Self {
        Self {
            title,
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds a word to a cell, which may hold several.
    pub(super) fn add(&mut self, row: &str, column: &str, word: &str) {
        let column = position(&mut self.columns, |name| name == column, || column.into());
        let new = || Row {
            name: row.into(),
            cells: Vec::new(),
        };
        let row = position(&mut self.rows, |known| known.name == row, new);
        let cells = &mut self.rows[row].cells;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        let cell = &mut cells[column];
        if !cell.is_empty() {
            cell.push_str(" / ");
        }
        cell.push_str(word);
    }

    pub(super) fn print(&self) {
        let names = self.rows.iter().map(|row| row.name.as_str());
        let first = width(names.chain([self.title]));
        let widths: Vec<_> = (0..self.columns.len())
            .map(|column| {
                width(
                    self.rows
                        .iter()
                        .map(|row| row.cell(column))
                        .chain([&*self.columns[column]]),
                )
            })
            .collect();
        let line = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
            let mut line = format!("{name:<first$}");
            for (cell, width) in cells.zip(&widths) {
                line.push_str(&format!("  {cell:<width$}"));
            }
            println!("{}", line.trim_end());
        };
        line(self.title, &mut self.columns.iter().map(String::as_str));
        for row in &self.rows {
            line(
                &row.name,
                &mut (0..widths.len()).map(|column| row.cell(column)),
            );
        }
        println!();
    }
}

impl Row {
    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Where the one asked for is, at the end if it is new.
fn position<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    list.iter().position(is_it).unwrap_or_else(|| {
        list.push(new());
        list.len() - 1
    })
}

fn width<'a>(words: impl Iterator<Item = &'a str>) -> usize {
    words.map(|word| word.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_find_their_row_and_column() {
        let mut table = Table::new("file");
        table.add("a", "one", "ok");
        table.add("b", "two", "ok");
        table.add("a", "one", "FAILED");
        assert_eq!(table.columns, ["one", "two"]);
        assert_eq!(table.rows[0].cell(0), "ok / FAILED");
        assert_eq!((table.rows[1].cell(0), table.rows[1].cell(1)), ("", "ok"));
    }
}
