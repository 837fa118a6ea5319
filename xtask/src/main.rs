//! The commands of those who work on the project.
fn main() {}
