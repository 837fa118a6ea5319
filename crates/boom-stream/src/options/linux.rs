use std::io;
use std::time::Duration;

use nix::libc;
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::{SetBool, SetStruct};
use socket2::Socket;

use super::SocketOptions;
use super::apply::named;

/// `socket2` has no method for these two.
#[derive(Clone, Copy, Debug)]
struct PreferBusyPoll;

nix::setsockopt_impl!(
    PreferBusyPoll,
    libc::SOL_SOCKET,
    libc::SO_PREFER_BUSY_POLL,
    bool,
    SetBool
);

#[derive(Clone, Copy, Debug)]
struct BusyPollBudget;

nix::setsockopt_impl!(
    BusyPollBudget,
    libc::SOL_SOCKET,
    libc::SO_BUSY_POLL_BUDGET,
    libc::c_int,
    SetStruct<'_, libc::c_int>
);

impl SocketOptions {
    pub(super) fn apply_linux(&self, socket: &Socket) -> io::Result<()> {
        if let Some(cpu) = self.incoming_cpu {
            named("SO_INCOMING_CPU", socket.set_cpu_affinity(cpu.into()))?;
        }
        if let Some(time) = self.busy_poll {
            named("SO_BUSY_POLL", socket.set_busy_poll(microseconds(time)))?;
        }
        if let Some(prefer) = self.prefer_busy_poll {
            let result = setsockopt(socket, PreferBusyPoll, &prefer);
            named("SO_PREFER_BUSY_POLL", result.map_err(io::Error::from))?;
        }
        if let Some(packets) = self.busy_poll_budget {
            let result = setsockopt(socket, BusyPollBudget, &packets.into());
            named("SO_BUSY_POLL_BUDGET", result.map_err(io::Error::from))?;
        }
        if let Some(quickack) = self.quickack {
            named("TCP_QUICKACK", socket.set_tcp_quickack(quickack))?;
        }
        if let Some(timeout) = self.user_timeout {
            let timeout = whole_milliseconds(timeout);
            named(
                "TCP_USER_TIMEOUT",
                socket.set_tcp_user_timeout(Some(timeout)),
            )?;
        }
        Ok(())
    }
}

fn microseconds(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000)).unwrap_or(u32::MAX)
}

/// The system counts in milliseconds, and zero would mean none.
fn whole_milliseconds(time: Duration) -> Duration {
    let count = time.as_nanos().div_ceil(1_000_000);
    Duration::from_millis(u64::try_from(count).unwrap_or(u64::MAX))
}
