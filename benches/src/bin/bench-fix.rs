//! FIX beside its peers, for `cargo xtask bench fix`: `bench-fix`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::fix::main(&arguments)
}
