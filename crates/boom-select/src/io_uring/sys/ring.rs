//! The ring: operations to the kernel, completions from it.

use std::fmt;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::Duration;

use io_uring::types::{CancelBuilder, Fd, Napi, SubmitArgs, Timespec};
use io_uring::{IoUring, Probe, cqueue, opcode, squeue};

use super::pool::{Bell, BufferRing, Pool, Received};
use crate::io_uring::error::{of_busy_poll, of_enter, of_setup};
use crate::io_uring::{IoUringConfig, IoUringError};

/// What the kernel says of an operation.
#[derive(Debug)]
pub(in crate::io_uring) struct Completion {
    /// The number that the operation was given.
    pub(in crate::io_uring) name: u64,
    /// The count or the flags it returned, or the number of its error.
    pub(in crate::io_uring) result: Result<u32, i32>,
    /// More completions of the operation will come.
    pub(in crate::io_uring) more: bool,
    /// What it has received.
    pub(in crate::io_uring) received: Option<Received>,
}

/// An io_uring with one group of buffers.
///
/// Its operations keep the socket open that they were started on, until they are done or cancelled. The descriptor is
/// looked at when the operation is [submitted](Self::submit), so it has to be open until then.
pub(in crate::io_uring) struct Ring {
    ring: IoUring,
    buffers: BufferRing,
    pool: Arc<Pool>,
    /// A thread of the kernel's takes the operations.
    is_sqpoll: bool,
    /// The kernel does not interrupt, but notes that it has work to do on this thread.
    is_cooperative: bool,
    /// The only thread that may enter the kernel for a cooperative ring, once there is one.
    thread: Option<ThreadId>,
    /// Something was pushed that may not have been submitted, or the kernel may keep completions that found no place.
    is_restless: bool,
    /// Operations whose last completion was not taken.
    running: usize,
}

/// The number of the one group of buffers.
const GROUP: u16 = 0;

impl Ring {
    /// Sets up a ring and tells the kernel of the buffers.
    pub(in crate::io_uring) fn new(config: &IoUringConfig) -> io::Result<Self> {
        let ring = build(config)?;
        check(&ring)?;
        if let Some(time) = config.busy_poll() {
            let time = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
            let mut napi = Napi::new().set_busy_poll_timeout(time);
            ring.submitter()
                .register_napi(&mut napi)
                .map_err(of_busy_poll)?;
        }
        let pool = Pool::new(config.buffers(), config.buffer_size())?;
        let address = pool.entries().as_ptr().expose_provenance() as u64;
        // SAFETY: `address` is that of `buffers` entries, aligned to a page, that live until the kernel has let go of
        // them: see `drop`, which is reached in any case, since nothing between here and the end can fail.
        let registered = unsafe {
            ring.submitter()
                .register_buf_ring_with_flags(address, config.buffers(), GROUP, 0)
        };
        match registered {
            Ok(()) => Ok(Self {
                ring,
                buffers: BufferRing::new(Arc::clone(&pool)),
                pool,
                is_sqpoll: config.sqpoll().is_some(),
                is_cooperative: config.is_cooperative(),
                thread: None,
                is_restless: false,
                running: 0,
            }),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                Err(IoUringError::TooOld("rings of buffers").into())
            }
            Err(error) => Err(error),
        }
    }

    /// What has the next poll look around.
    pub(in crate::io_uring) fn bell(&self) -> Bell {
        Bell::new(Arc::clone(&self.pool))
    }

    /// Receives from the socket into the pool until cancelled, or the socket ends, or the buffers do.
    pub(in crate::io_uring) fn receive(
        &mut self,
        socket: BorrowedFd<'_>,
        name: u64,
    ) -> io::Result<()> {
        let operation = opcode::RecvMulti::new(Fd(socket.as_raw_fd()), GROUP);
        self.push(&operation.build().user_data(name))
    }

    /// Reports the state of the socket at each wake-up for one of the `events`, and once now where there is any, until
    /// cancelled.
    pub(in crate::io_uring) fn watch(
        &mut self,
        socket: BorrowedFd<'_>,
        events: u32,
        name: u64,
    ) -> io::Result<()> {
        let operation = opcode::PollAdd::new(Fd(socket.as_raw_fd()), events).multi(true);
        self.push(&operation.build().user_data(name))
    }

    /// Cancels the operation that was given `name`; the completion of this one has the number `own_name`.
    pub(in crate::io_uring) fn cancel(&mut self, name: u64, own_name: u64) -> io::Result<()> {
        self.push(&opcode::AsyncCancel::new(name).build().user_data(own_name))
    }

    /// Closes the socket, behind the operations that were pushed before.
    pub(in crate::io_uring) fn close(&mut self, socket: OwnedFd, own_name: u64) -> io::Result<()> {
        let operation = opcode::Close::new(Fd(socket.as_raw_fd()));
        self.push(&operation.build().user_data(own_name))?;
        // The descriptor is the operation's from here on.
        let _ = socket.into_raw_fd();
        Ok(())
    }

    fn push(&mut self, operation: &squeue::Entry) -> io::Result<()> {
        self.bind()?;
        if self.ring.submission().is_full() {
            self.submit()?;
            // The kernel's thread has been woken, and makes room when it comes to it.
            while self.is_sqpoll && self.ring.submission().is_full() {
                match self.ring.submitter().squeue_wait() {
                    Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                    _ => {}
                }
            }
        }
        // SAFETY: the operation names no memory of ours except, by its number, the group of buffers, which lives as
        // the kernel demands (rule 3).
        let pushed = unsafe { self.ring.submission().push(operation) };
        pushed.map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.running += 1;
        self.is_restless = true;
        Ok(())
    }

    /// Binds a cooperative ring to this thread, unless it has been bound.
    fn bind(&mut self) -> io::Result<()> {
        if self.is_cooperative && self.thread.is_none() {
            self.ring.submitter().register_enable_rings()?;
            self.thread = Some(thread::current().id());
        }
        Ok(())
    }

    /// Refuses any thread but the one that the ring is bound to.
    ///
    /// The kernel would as well, but only when it is entered: too late for what has been changed by then.
    pub(in crate::io_uring) fn check_thread(&self) -> io::Result<()> {
        match self.thread {
            Some(thread) if thread != thread::current().id() => {
                Err(IoUringError::OtherThread.into())
            }
            _ => Ok(()),
        }
    }

    /// Hands the kernel what was pushed; where it has a thread for that, wakes it if need be.
    #[inline]
    pub(in crate::io_uring) fn submit(&mut self) -> io::Result<()> {
        if self.is_restless {
            self.submit_pushed()?;
        }
        Ok(())
    }

    fn submit_pushed(&mut self) -> io::Result<()> {
        while !self.ring.submission().is_empty() {
            match self.ring.submit() {
                // The thread takes it when it comes to it.
                Ok(_) if self.is_sqpoll => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The kernel keeps completions that found no place and takes nothing more: the next poll makes room.
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => return Ok(()),
                Err(error) => return Err(of_enter(error)),
            }
        }
        self.is_restless = self.has_overflowed();
        Ok(())
    }

    /// Hands the kernel what was pushed and waits for a completion, without end where no time is given. It may return
    /// earlier.
    pub(in crate::io_uring) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.bind()?;
        // More seconds than the kernel can count are no limit.
        let timeout = timeout.filter(|timeout| i64::try_from(timeout.as_secs()).is_ok());
        let waited = match timeout {
            None => self.ring.submit_and_wait(1),
            Some(timeout) => {
                let timeout = Timespec::from(timeout);
                let arguments = SubmitArgs::new().timespec(&timeout);
                self.ring.submitter().submit_with_args(1, &arguments)
            }
        };
        match waited {
            Err(error) if error.raw_os_error() != Some(ETIME) && !is_passing(&error) => {
                Err(of_enter(error))
            }
            _ => Ok(()),
        }
    }

    /// Has the kernel do what it has noted for this thread, such as receiving, if there is any of it.
    pub(in crate::io_uring) fn run_noted(&mut self) -> io::Result<()> {
        if self.has_noted() {
            // With nothing to be submitted this is the way into the kernel all the same.
            match self.ring.submit() {
                Err(error) if !is_passing(&error) => return Err(of_enter(error)),
                _ => {}
            }
        }
        Ok(())
    }

    #[inline]
    fn has_noted(&mut self) -> bool {
        self.is_cooperative && self.ring.submission().taskrun()
    }

    /// Returns true if nothing has completed or waits for this thread, no buffer has been given back, and nothing waits to be
    /// submitted.
    ///
    /// That completions found no place needs no look of its own: they only do so while there are others.
    #[inline]
    pub(in crate::io_uring) fn is_idle(&mut self) -> bool {
        !self.is_restless
            && !self.pool.has_returned()
            && self.ring.completion().is_empty()
            && !self.has_noted()
    }

    /// Returns true if the kernel keeps completions that found no place.
    pub(in crate::io_uring) fn has_overflowed(&mut self) -> bool {
        self.ring.submission().cq_overflow()
    }

    /// Has the kernel bring the completions that found no place, if there are any.
    pub(in crate::io_uring) fn fetch_overflow(&mut self) -> io::Result<()> {
        if self.has_overflowed() {
            // Until it is known that none are left.
            self.is_restless = true;
            self.wait(Some(Duration::ZERO))?;
        }
        Ok(())
    }

    /// How many completions there are now.
    pub(in crate::io_uring) fn completions(&mut self) -> usize {
        self.ring.completion().len()
    }

    /// Takes the oldest completion.
    pub(in crate::io_uring) fn next(&mut self) -> Option<Completion> {
        let entry = self.ring.completion().next()?;
        let more = cqueue::more(entry.flags());
        self.running = self.running.saturating_sub(usize::from(!more));
        let result = u32::try_from(entry.result()).map_err(|_| -entry.result());
        let received = cqueue::buffer_select(entry.flags()).map(|id| {
            // SAFETY: the kernel has just named the buffer, and each completion is taken once.
            unsafe { Received::take_over(&self.pool, id, result.unwrap_or(0)) }
        });
        Some(Completion {
            name: entry.user_data(),
            result,
            more,
            received,
        })
    }

    /// Gives the kernel the buffers that were given back, and calls `seen` with each. Returns true if the bell was rung.
    pub(in crate::io_uring) fn replenish(&mut self, seen: impl FnMut(u16)) -> bool {
        self.pool.has_returned() && self.buffers.replenish(seen)
    }

    /// Ends all operations. Returns true if all have told their end.
    fn end_all(&mut self) -> io::Result<bool> {
        for _ in 0..END_WAITS {
            if self.running == 0 {
                return Ok(true);
            }
            // What was not submitted could not be cancelled.
            self.submit()?;
            let submitter = self.ring.submitter();
            match submitter.register_sync_cancel(None, CancelBuilder::any()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            while self.next().is_some() {}
            // The kernel does only some of what it has noted at a time.
            for _ in 0..self.running {
                if !self.has_noted() {
                    break;
                }
                self.run_noted()?;
                while self.next().is_some() {}
            }
            if self.running > 0 {
                self.wait(Some(END_WAIT))?;
            }
        }
        Ok(self.running == 0)
    }

    /// Returns true once the kernel has let go of the buffers: false where it does not say so.
    fn let_go(&mut self) -> bool {
        let is_over = self.end_all().unwrap_or(false);
        // Nothing can choose a buffer from now on.
        let is_forgotten = self.ring.submitter().unregister_buf_ring(GROUP).is_ok();
        is_over && is_forgotten
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        if !self.let_go() {
            mem::forget(Arc::clone(&self.pool));
        }
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("parameters", self.ring.params())
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

/// A signal came, or there is no room for completions: the next attempt does it.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::ResourceBusy
    )
}

fn build(config: &IoUringConfig) -> io::Result<IoUring> {
    let mut builder = IoUring::builder();
    builder
        .dontfork()
        .setup_clamp()
        .setup_cqsize(config.completions());
    if config.is_cooperative() {
        // The thread is that of the first operation, which need not be the one that sets up the ring.
        builder
            .setup_single_issuer()
            .setup_r_disabled()
            .setup_defer_taskrun()
            .setup_taskrun_flag();
    }
    let mut cpu = None;
    if let Some(idle) = config.sqpoll() {
        builder.setup_sqpoll(u32::try_from(idle.as_millis()).unwrap_or(u32::MAX));
        cpu = config.sqpoll_cpu();
    }
    if let Some(cpu) = cpu {
        builder.setup_sqpoll_cpu(cpu);
    }
    let entries = SUBMISSIONS.min(config.completions());
    builder
        .build(entries)
        .map_err(|error| of_setup(error, cpu, config.is_cooperative()))
}

/// Refuses a kernel that lacks what is needed.
fn check(ring: &IoUring) -> io::Result<()> {
    let parameters = ring.params();
    if !parameters.is_feature_nodrop() || !parameters.is_feature_ext_arg() {
        return Err(IoUringError::TooOld("completions that are never dropped").into());
    }
    let mut probe = Probe::new();
    ring.submitter().register_probe(&mut probe)?;
    // Receiving many times by one operation has no number of its own to ask for. This one came with it.
    if !probe.is_supported(opcode::SendZc::CODE) {
        return Err(IoUringError::TooOld("multishot receive").into());
    }
    Ok(())
}

/// Operations that are pushed before they have to be submitted.
const SUBMISSIONS: u32 = 256;

/// How often and how long the end waits for the kernel, which answers in microseconds unless a thread that operations were
/// submitted by does not run.
const END_WAITS: usize = 100;
const END_WAIT: Duration = Duration::from_millis(1);

// The same on every architecture that io_uring is used on here.
const ETIME: i32 = 62;

#[cfg(test)]
mod tests;
