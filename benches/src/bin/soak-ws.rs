//! Frames through a connection in memory, everything checked: `soak-ws [--frames N | --seconds S] [--seed N]`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::soak::main(&arguments)
}
