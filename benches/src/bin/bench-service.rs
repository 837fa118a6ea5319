//! Idle polls of a service, beside raw readiness: `bench-service [--markdown]`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::service::main(&arguments)
}
