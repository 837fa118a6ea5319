//! The results: a line for each file, a column for each way to a server, in it a word for each client.

use super::client::Client;
use super::recording::Recording;
use crate::report::Result;

#[derive(Debug)]
pub(super) struct Table {
    clients: Vec<&'static str>,
    cells: Vec<Cell>,
}

#[derive(Debug)]
struct Cell {
    route: String,
    file: String,
    bytes: u64,
    passed: bool,
}

impl Table {
    pub(super) fn new(clients: &[Client]) -> Self {
        Self {
            clients: clients.iter().map(Client::name).collect(),
            cells: Vec::new(),
        }
    }

    /// Adds a transfer; those of one route and file come in the order of the clients.
    pub(super) fn add(
        &mut self,
        route: &str,
        recording: &Recording,
        client: &str,
        result: Result<()>,
    ) {
        let passed = result.is_ok();
        if let Err(failure) = result {
            println!(
                "    {} from {route} by {client}: {failure}",
                recording.name()
            );
        }
        let (route, file) = (route.to_owned(), recording.name().to_owned());
        self.cells.push(Cell {
            route,
            file,
            bytes: recording.bytes(),
            passed,
        });
    }

    pub(super) const fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn failures(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.passed).count()
    }

    pub(super) fn print(&self) {
        let routes = distinct(self.cells.iter().map(|cell| cell.route.as_str()));
        let columns: String = routes
            .iter()
            .map(|route| format!("  {route:<15}"))
            .collect();
        println!("bytes identical, by {}:", self.clients.join(" / "));
        println!("{:<18} {:>9}{}", "file", "bytes", columns.trim_end());
        for file in distinct(self.cells.iter().map(|cell| cell.file.as_str())) {
            println!("{}", self.row(file, &routes).trim_end());
        }
    }

    fn row(&self, file: &str, routes: &[&str]) -> String {
        let cells = || self.cells.iter().filter(|cell| cell.file == file);
        let mut row = format!(
            "{file:<18} {:>9}",
            cells().next().map_or(0, |cell| cell.bytes)
        );
        for route in routes {
            let cells = cells().filter(|cell| cell.route == *route);
            let words: Vec<_> = cells
                .map(|cell| if cell.passed { "ok" } else { "FAILED" })
                .collect();
            row.push_str(&format!("  {:<15}", words.join(" / ")));
        }
        row
    }
}

/// Each name once, in the order of its first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}
