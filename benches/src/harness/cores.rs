//! Which core a thread runs on. Cores are taken from those the process may use, never by number.

/// The two ends of a connection, which get a core each where there are two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Client,
    Server,
}

/// A thread that stays on a core until this is dropped.
#[derive(Debug)]
pub(crate) struct Pinned {
    #[cfg(target_os = "linux")]
    before: Option<rustix::thread::CpuSet>,
}

/// Keeps the calling thread on its side's core; does nothing where that is not possible or there is only one core.
#[cfg(target_os = "linux")]
pub(crate) fn pin(side: Side) -> Pinned {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let Ok(allowed) = sched_getaffinity(None) else {
        return Pinned { before: None };
    };
    let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core));
    if let (Some(first), Some(last)) = (cores.next(), cores.next_back()) {
        let mut chosen = CpuSet::new();
        chosen.set(match side {
            Side::Client => first,
            Side::Server => last,
        });
        // A refusal costs precision, not correctness.
        let _ = sched_setaffinity(None, &chosen);
    }
    Pinned {
        before: Some(allowed),
    }
}

#[cfg(target_os = "linux")]
impl Drop for Pinned {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = rustix::thread::sched_setaffinity(None, before);
        }
    }
}

/// Keeps the calling thread where it is: there is no portable way.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn pin(_side: Side) -> Pinned {
    Pinned {}
}
