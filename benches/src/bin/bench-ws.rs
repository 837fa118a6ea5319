//! WebSocket beside the peers: `bench-ws [WORD..] [--quick] [--markdown]`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::ws::main(&arguments)
}
