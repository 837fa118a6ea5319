//! Selectors and service, beside raw readiness and the peers: `bench-service [PART..] [--quick] [--markdown]`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::service::main(&arguments)
}
