//! Instructions of the hot paths, for `cargo xtask golden`: `bench-golden`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::golden::main(&arguments)
}
