//! A market-data feed.
fn main() {}
