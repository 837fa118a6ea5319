//! What the compiler does not check.

mod layering;
mod manifests;
mod readmes;
mod sources;

use crate::report::{Failure, Outcome, Report, Result};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    report.step("tidy: layering", || {
        verdict(Ok(layering::check(workspace.members())))
    });
    report.step("tidy: manifests", || verdict(manifests::check(workspace)));
    report.step("tidy: sources", || verdict(sources::check(workspace)));
    report.step("tidy: READMEs", || verdict(readmes::check(workspace)));
}

/// A check returns every fault it finds, so that one run shows them all.
fn verdict(faults: Result<Vec<String>>) -> Result<Outcome> {
    let faults = faults?;
    if faults.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Err(Failure::new(format!("\n  {}", faults.join("\n  "))))
    }
}
