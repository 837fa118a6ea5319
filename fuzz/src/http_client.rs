//! The pool under a list of operations: the world of the seeded fault test of boom-http, with operations that a fuzzer chooses.

#[path = "../../crates/boom-http/tests/faults/operations.rs"]
mod operations;

pub fn run(data: &[u8]) {
    operations::run(data);
}
