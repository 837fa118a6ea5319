//! On which cores a thread may run.

use std::io;

/// Lets the calling thread run on these cores only.
#[cfg(target_os = "linux")]
pub(super) fn restrict(cpus: &[usize]) -> io::Result<()> {
    use nix::sched::{CpuSet, sched_setaffinity};
    use nix::unistd::Pid;

    let mut set = CpuSet::new();
    for &cpu in cpus {
        set.set(cpu)?;
    }
    // Zero is the calling thread.
    sched_setaffinity(Pid::from_raw(0), &set)?;
    Ok(())
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub(super) fn restrict(_cpus: &[usize]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
