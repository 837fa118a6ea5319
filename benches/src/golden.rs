//! Instructions of the hot paths of ours, a line each: what continuous integration compares with the last known.

use crate::harness::{Result, valgrind};
use crate::{fix, http, service, tls, ws};

/// Connections of the idle poll.
const CONNECTIONS: usize = 100;

/// Runs the command `bench-golden`, which prints `NAME = INSTRUCTIONS` lines.
///
/// # Errors
///
/// valgrind is missing or fails.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    match arguments {
        [] => print(),
        [group, rest @ ..] if group == WS => ws::report::child(rest),
        [group, rest @ ..] if group == HTTP => http::report::child(rest),
        [group, rest @ ..] if group == SERVICE => service::report::child(rest),
        [group, rest @ ..] if group == TLS => tls::counts::child(rest),
        [group, rest @ ..] if group == FIX => fix::report::child(rest),
        _ => Err("bench-golden".into()),
    }
}

/// The first argument of a run under valgrind says which group it is of.
const WS: &str = "ws";
const HTTP: &str = "http";
const FIX: &str = "fix";
const SERVICE: &str = "service";
const TLS: &str = "tls";

fn print() -> Result<()> {
    if let Some(reason) = valgrind::missing() {
        return Err(reason.into());
    }
    for (name, count) in ws::golden::counts(|rest| of_group(WS, rest))? {
        println!("{name} = {count:.1}");
    }
    for (name, count) in http::golden::counts(|rest| of_group(HTTP, rest))? {
        println!("{name} = {count:.1}");
    }
    for (name, count) in tls::counts::golden(|rest| of_group(TLS, rest))? {
        println!("{name} = {count:.1}");
    }
    for (name, count) in fix::report::golden(|rest| of_group(FIX, rest))? {
        println!("{name} = {count:.1}");
    }
    let idle = service::report::ours_idle(CONNECTIONS, |rest| of_group(SERVICE, rest))?;
    println!("idle poll of {CONNECTIONS} connections, mio = {idle:.1}");
    Ok(())
}

fn of_group(group: &str, rest: Vec<String>) -> Vec<String> {
    let mut arguments = vec![group.to_owned()];
    arguments.extend(rest);
    arguments
}
