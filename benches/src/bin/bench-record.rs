//! What recording costs the thread that reads, beside the rival's recorder: `bench-record [--markdown]`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::record::main(&arguments)
}
