//! HTTP/1.1 beside the peers: `bench-http [WORD..] [--quick] [--markdown]`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::http::main(&arguments)
}
