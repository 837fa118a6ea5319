//! A table for people, aligned or as Markdown.

/// Rows of text under a heading.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self {
            rows: vec![heading.iter().map(ToString::to_string).collect()],
        }
    }

    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Returns true if there is nothing under the heading.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    pub(crate) fn print(&self, markdown: bool) {
        print!("{}", self.render(markdown));
    }

    fn render(&self, markdown: bool) -> String {
        let widths = self.widths();
        let mut text = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            text += &line(row, &widths, markdown);
            if index == 0 {
                let rule: Vec<_> = widths.iter().map(|&width| "-".repeat(width)).collect();
                text += &line(&rule, &widths, markdown);
            }
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cells = |column: usize| self.rows.iter().filter_map(move |row| row.get(column));
        let width = |column| cells(column).map(|cell| cell.chars().count()).max();
        (0..columns)
            .map(|column| width(column).unwrap_or(0).max(3))
            .collect()
    }
}

fn line(row: &[String], widths: &[usize], markdown: bool) -> String {
    let cells = widths.iter().enumerate().map(|(column, &width)| {
        let cell = row.get(column).map_or("", String::as_str);
        format!("{cell:width$}")
    });
    let cells: Vec<_> = cells.collect();
    if markdown {
        format!("| {} |\n", cells.join(" | "))
    } else {
        format!("{}\n", cells.join("  ").trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_under_their_heading() {
        let mut table = Table::new(&["work", "ours"]);
        table.push(vec!["decode".into(), "80".into()]);
        assert_eq!(
            table.render(false),
            "work    ours\n------  ----\ndecode  80\n"
        );
        assert_eq!(
            table.render(true),
            "| work   | ours |\n| ------ | ---- |\n| decode | 80   |\n"
        );
    }
}
