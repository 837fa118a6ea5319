//! TLS over both backends, beside the libraries themselves and the peers: `bench-tls [PART..] [--quick] [--markdown]`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    benches::tls::main(&arguments)
}
