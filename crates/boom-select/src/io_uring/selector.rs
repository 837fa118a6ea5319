//! Readiness from io_uring.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::slot::{
    Copied, End, GENERATION_MASK, Kind, Mailbox, Name, News, Operation, Part, Slot, Watch,
};
use super::sys::{Completion, Received, Ring};
use super::{IoUringConfig, IoUringStream};
use crate::{Readiness, Ready, Selector, Token};

/// Watches [`IoUringStream`]s by io_uring, and receives for them.
///
/// The kernel receives by itself, into buffers that all streams share, and says so in memory that is shared with it. So
/// an idle poll makes no system call, and neither does a poll that reports what has arrived nor the read after it. A
/// registration costs one system call, the end of a connect one, a deregistration two or more. Bytes are copied once between
/// the kernel's receive and the buffer of whoever reads.
///
/// Linux 6.0 or later, not forbidden to the process: see [`IoUringError`](crate::IoUringError).
///
/// The kernel does its part of the work on the thread that registered a stream, which it interrupts, so polls and
/// registrations belong on one thread. The selector can be moved to another; where the first one ends, receives are
/// started again on the other. With [`IoUringConfig::with_cooperative_receive`] it waits for a poll in place of interrupting,
/// with [`IoUringConfig::with_sqpoll`] a thread of the kernel's does it instead.
///
/// A stream that was made by [`into_polled_io_uring_stream`](crate::IntoIoUringStream::into_polled_io_uring_stream) is only
/// told when it can read and write, and does so by the ordinary system calls, as one of mio; kernel TLS needs that. It takes
/// no buffer. Streams of both kinds can be registered with one selector.
///
/// What is done on other threads, such as to read or to drop a stream, is seen by the next poll, and does not end one that
/// waits.
///
/// A child process that is started by `fork` cannot use the selector, nor drop it: the ring is not mapped there. One that
/// goes on to `exec`, as those of `std::process::Command` do, changes nothing.
///
/// # Examples
///
/// ```
/// use boom_select::{IntoIoUringStream, IoUringSelector, Selector, Token};
/// use boom_stream::tcp::TcpStream;
/// use std::io::{Read, Write};
/// use std::net::TcpListener;
/// use std::time::Duration;
///
/// # if IoUringSelector::new().is_err() { return Ok(()) }
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut selector = IoUringSelector::new()?;
/// let mut stream = TcpStream::try_from(("127.0.0.1", listener.local_addr()?.port()))?.into_io_uring_stream();
/// selector.register(&mut stream, Token { index: 0, generation: 0 })?;
/// listener.accept()?.0.write_all(b"ping")?;
///
/// let mut ready = Vec::new();
/// let mut received = Vec::new();
/// while received != b"ping" {
///     ready.clear();
///     selector.poll(&mut ready, Some(Duration::from_secs(1)))?;
///     for report in &ready {
///         selector.deliver(&mut stream, report.readiness);
///         let mut buffer = [0; 64];
///         if let Ok(count) = stream.read(&mut buffer) {
///             received.extend_from_slice(&buffer[..count]);
///         }
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct IoUringSelector {
    ring: Ring,
    config: IoUringConfig,
    slots: Vec<Slot>,
    vacant: Vec<u32>,
    /// Slots that have something to report.
    touched: Vec<u32>,
    /// Slots whose receive ended because there was no buffer, by slot and generation.
    starved: VecDeque<(u32, u32)>,
    /// By buffer, the slot and generation that received into it last.
    owners: Box<[(u32, u32)]>,
    /// Buffers that the kernel does not have.
    buffers_out: u32,
    /// Shared with the streams that are registered.
    mailbox: Arc<Mailbox>,
}

impl IoUringSelector {
    /// Sets up a ring of the usual sizes.
    ///
    /// # Errors
    ///
    /// An [`IoUringError`](crate::IoUringError) where the kernel has no such thing or forbids it, else the operating
    /// system's, such as too many open files.
    pub fn new() -> io::Result<Self> {
        Self::with_config(IoUringConfig::default())
    }

    /// As [`new`](Self::new), with other sizes.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_config(config: IoUringConfig) -> io::Result<Self> {
        let ring = Ring::new(&config)?;
        let mailbox = Arc::new(Mailbox::new(ring.bell()));
        Ok(Self {
            ring,
            config,
            slots: Vec::new(),
            vacant: Vec::new(),
            touched: Vec::new(),
            starved: VecDeque::new(),
            owners: vec![NOBODY; usize::from(config.buffers())].into(),
            buffers_out: 0,
            mailbox,
        })
    }
}

impl Selector<IoUringStream> for IoUringSelector {
    fn register(&mut self, socket: &mut IoUringStream, token: Token) -> io::Result<()> {
        if socket.slot().is_some() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.ring.check_thread()?;
        let mut watch = Watch::new(token, Arc::clone(socket.shared()));
        watch.is_polled = socket.is_polled();
        // After its end there is nothing to receive.
        watch.has_received = watch.is_polled || socket.has_end();
        let slot = self.occupy(watch)?;
        if let Err(error) = self.start(slot, socket.is_connected()) {
            // What was started of it is ended later, if it cannot be now, and the slot with it.
            let _ = self.close(slot);
            self.vacate_if_done(slot);
            return Err(error);
        }
        let generation = self.slots[slot as usize].generation;
        socket.watch(slot, generation, &self.mailbox);
        if socket.has_inbox() {
            self.touch(slot, |readiness| readiness.readable = true);
        }
        Ok(())
    }

    fn deregister(&mut self, socket: &mut IoUringStream, _token: Token) -> io::Result<()> {
        let slot = self.slot_of(socket).ok_or(ErrorKind::NotFound)?;
        self.ring.check_thread()?;
        if let Some(watch) = self.watch(slot) {
            watch.is_awaited = true;
        }
        let ended = self.end(slot);
        let Some(watch) = self.watch(slot) else {
            return Err(ErrorKind::NotFound.into());
        };
        watch.is_awaited = false;
        let may_receive = watch.receive.runs();
        let mut rest = std::mem::take(&mut watch.inbox);
        if may_receive {
            // The kernel may still take bytes, which the stream would miss.
            rest.end = rest.end.or(Some(End::Failed(ECANCELED)));
        }
        socket.unwatch(&mut rest);
        self.vacate_if_done(slot);
        ended
    }

    #[inline]
    fn poll(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()> {
        if timeout == Some(Duration::ZERO) && self.touched.is_empty() && self.ring.is_idle() {
            return Ok(());
        }
        self.turn(ready, timeout)
    }

    #[inline]
    fn deliver(&mut self, socket: &mut IoUringStream, readiness: Readiness) {
        let Some(slot) = self.slot_of(socket) else {
            return;
        };
        if let Some(watch) = self.watch(slot) {
            socket.deliver(readiness, &mut watch.inbox, watch.has_failed);
        }
    }

    #[inline]
    fn may_read(&self, socket: &IoUringStream) -> bool {
        socket.may_read()
    }

    #[inline]
    fn may_write(&self, socket: &IoUringStream) -> bool {
        socket.may_write()
    }
}

/// No slot and no generation.
const NOBODY: (u32, u32) = (u32::MAX, u32::MAX);

/// How long a deregistration waits for the kernel at most: it answers in microseconds, unless the thread that the socket
/// was registered on does not run.
const CANCEL_TIME: Duration = Duration::from_secs(1);
/// Of which it sleeps so long at a time.
const CANCEL_WAIT: Duration = Duration::from_millis(1);

/// Slots and what runs in them.
impl IoUringSelector {
    #[inline]
    fn watch(&mut self, slot: u32) -> Option<&mut Watch> {
        self.slots.get_mut(slot as usize)?.watch.as_mut()
    }

    /// The slot of a stream that is registered here.
    #[inline]
    fn slot_of(&self, socket: &IoUringStream) -> Option<u32> {
        let slot = socket.slot()?;
        let watch = self.slots.get(slot as usize)?.watch.as_ref()?;
        Arc::ptr_eq(&watch.shared, socket.shared()).then_some(slot)
    }

    fn occupy(&mut self, watch: Watch) -> io::Result<u32> {
        let slot = match self.vacant.pop() {
            Some(slot) => slot,
            None => {
                let slot = u32::try_from(self.slots.len()).map_err(io::Error::other)?;
                self.slots.push(Slot::default());
                slot
            }
        };
        self.slots[slot as usize].watch = Some(watch);
        Ok(slot)
    }

    fn name(&self, slot: u32, kind: Kind) -> Name {
        Name {
            slot,
            generation: self.slots[slot as usize].generation,
            kind,
        }
    }

    /// Waits for the end of a connect, and receives at once where there is none to wait for. A stream that reads for
    /// itself is watched for all that it waits for, by one operation.
    fn start(&mut self, slot: u32, is_connected: bool) -> io::Result<()> {
        self.start_writable(slot)?;
        if is_connected && self.watch(slot).is_some_and(|watch| !watch.has_received) {
            self.start_receive(slot)?;
        }
        self.ring.submit()
    }

    fn start_writable(&mut self, slot: u32) -> io::Result<()> {
        let name = self.name(slot, Kind::Writable);
        let Some(watch) = self.slots[slot as usize].watch.as_mut() else {
            return Ok(());
        };
        let events = match watch.is_polled {
            true => POLLIN | POLLOUT | POLLRDHUP,
            false => POLLOUT,
        };
        self.ring
            .watch(watch.shared.socket.as_fd(), events, name.into())?;
        watch.writable = Operation::Active;
        Ok(())
    }

    fn start_receive(&mut self, slot: u32) -> io::Result<()> {
        let name = self.name(slot, Kind::Receive);
        let Some(watch) = self.slots[slot as usize].watch.as_mut() else {
            return Ok(());
        };
        self.ring
            .receive(watch.shared.socket.as_fd(), name.into())?;
        watch.receive = Operation::Active;
        watch.has_received = true;
        Ok(())
    }

    fn cancel(&mut self, slot: u32, kind: Kind) -> io::Result<()> {
        let name = self.name(slot, kind);
        let own_name = self.name(slot, Kind::Cancel);
        self.ring.cancel(name.into(), own_name.into())
    }

    /// Ends what runs in a slot and waits for it. What the kernel received until then is in the slot afterwards.
    fn end(&mut self, slot: u32) -> io::Result<()> {
        self.close(slot)?;
        self.ring.submit()?;
        // By the clock: with other streams busy, a wait returns at once.
        let start = Instant::now();
        loop {
            self.settle()?;
            if self.watch(slot).is_none_or(|watch| watch.is_done()) || start.elapsed() > CANCEL_TIME
            {
                return Ok(());
            }
            self.ring.wait(Some(CANCEL_WAIT))?;
        }
    }

    /// Ends what runs in a slot.
    fn close(&mut self, slot: u32) -> io::Result<()> {
        let Some(watch) = self.watch(slot) else {
            return Ok(());
        };
        watch.is_closing = true;
        let (receive, writable) = (watch.receive, watch.writable);
        if receive == Operation::Active {
            self.cancel(slot, Kind::Receive)?;
        }
        if writable == Operation::Active {
            self.cancel(slot, Kind::Writable)?;
        }
        if let Some(watch) = self.watch(slot) {
            if watch.receive.runs() {
                watch.receive = Operation::Cancelled;
            } else {
                watch.receive = Operation::Off;
            }
            if watch.writable.runs() {
                watch.writable = Operation::Cancelled;
            }
        }
        Ok(())
    }

    /// Frees a slot whose operations have been ended.
    fn vacate_if_done(&mut self, slot: u32) {
        if !self
            .watch(slot)
            .is_some_and(|watch| watch.is_closing && !watch.is_awaited && watch.is_done())
        {
            return;
        }
        let own_name = self.name(slot, Kind::Close);
        let place = &mut self.slots[slot as usize];
        place.generation = (place.generation + 1) & GENERATION_MASK;
        let Some(watch) = place.watch.take() else {
            return;
        };
        if watch.is_touched {
            self.touched.retain(|&touched| touched != slot);
        }
        self.vacant.push(slot);
        // The stream is gone: its socket is closed with what is submitted next, or at once where that cannot be.
        if let Some(shared) = Arc::into_inner(watch.shared) {
            let _ = self
                .ring
                .close(OwnedFd::from(shared.socket), own_name.into());
        }
    }

    /// Notes that there is something to report.
    fn touch(&mut self, slot: u32, note: impl FnOnce(&mut Readiness)) {
        let Some(watch) = self.slots[slot as usize].watch.as_mut() else {
            return;
        };
        note(&mut watch.readiness);
        if !watch.is_touched && !watch.is_closing {
            watch.is_touched = true;
            self.touched.push(slot);
        }
    }
}

/// The work of a poll.
impl IoUringSelector {
    fn turn(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()> {
        self.ring.check_thread()?;
        self.settle()?;
        if self.touched.is_empty() && timeout != Some(Duration::ZERO) {
            self.ring.wait(timeout)?;
            self.settle()?;
        }
        self.ring.submit()?;
        for slot in self.touched.drain(..) {
            if let Some(watch) = self.slots[slot as usize].watch.as_mut() {
                watch.is_touched = false;
                let readiness = std::mem::take(&mut watch.readiness);
                // Its stream may be gone.
                if !watch.is_closing {
                    ready.push(Ready {
                        token: watch.token,
                        readiness,
                    });
                }
            }
        }
        Ok(())
    }

    /// Sees to what the kernel and the streams have brought about.
    ///
    /// In this order: a receive that ended without a buffer may have done so just before the buffers came back, and would
    /// wait for others otherwise. When this returns, such a receive waits only while the kernel has no buffer.
    fn settle(&mut self) -> io::Result<()> {
        self.ring.run_noted()?;
        self.collect()?;
        self.replenish()
    }

    /// Sees to the completions that are there now, and has the kernel bring those that found no place.
    fn collect(&mut self) -> io::Result<()> {
        for _ in 0..self.ring.completions() {
            let Some(completion) = self.ring.next() else {
                break;
            };
            self.complete(completion)?;
        }
        self.ring.fetch_overflow()
    }

    fn complete(&mut self, completion: Completion) -> io::Result<()> {
        let name = Name::from(completion.name);
        if let Some(received) = &completion.received {
            self.buffers_out += 1;
            self.owners[usize::from(received.id())] = NOBODY;
        }
        let is_current = self
            .slots
            .get(name.slot as usize)
            .is_some_and(|slot| slot.generation == name.generation && slot.watch.is_some());
        if !is_current {
            return Ok(());
        }
        match name.kind {
            Kind::Receive => self.received(name.slot, completion)?,
            Kind::Writable => self.became_writable(name.slot, &completion)?,
            Kind::Cancel | Kind::Close => return Ok(()),
        }
        self.vacate_if_done(name.slot);
        Ok(())
    }

    /// Buffers that the kernel has.
    fn free(&self) -> u32 {
        u32::from(self.config.buffers()).saturating_sub(self.buffers_out)
    }

    /// Parts that one stream may keep unread: the fewer the fewer buffers are free.
    fn parts_of_one(&self) -> u32 {
        (self.free() / 4).max(1)
    }

    fn received(&mut self, slot: u32, completion: Completion) -> io::Result<()> {
        if let Some(received) = completion.received {
            // Without bytes it was only lent.
            if completion.result.is_ok_and(|count| count > 0) {
                self.keep(slot, received);
            }
        }
        let parts_of_one = self.parts_of_one();
        let Some(watch) = self.watch(slot) else {
            return Ok(());
        };
        if completion.more {
            if watch.parts > parts_of_one && watch.receive == Operation::Active {
                watch.receive = Operation::Cancelled;
                self.cancel(slot, Kind::Receive)?;
            }
            return Ok(());
        }
        let is_too_many = watch.parts > parts_of_one;
        watch.receive = Operation::Off;
        match completion.result {
            Ok(0) => self.ended(slot, End::Closed),
            _ if watch.is_closing => {}
            // Its own parts have the buffers, or had them: it goes on when it is read.
            Err(ENOBUFS) if is_too_many => watch.receive = Operation::Paused,
            Err(ENOBUFS) => {
                watch.receive = Operation::Starved;
                let generation = self.slots[slot as usize].generation;
                self.starved.push_back((slot, generation));
            }
            // Told to, because the stream does not read; or the thread that it ran on has ended; or its last completion
            // found no place. The kernel's `EINTR` is that of a signal.
            Ok(_) | Err(ECANCELED | EINTR) if is_too_many => watch.receive = Operation::Paused,
            Ok(_) | Err(ECANCELED | EINTR) => self.start_receive(slot)?,
            Err(code) => self.ended(slot, End::Failed(code)),
        }
        Ok(())
    }

    /// Puts what has arrived into the slot.
    ///
    /// Streams that are not read would soon keep all buffers, and the others would starve. So some are never lent, and a
    /// stream that keeps too much is told to receive no more: the kernel fills as many as it finds before that, and those
    /// are emptied here.
    fn keep(&mut self, slot: u32, received: Received) {
        let generation = self.slots[slot as usize].generation;
        let (parts_of_one, free) = (self.parts_of_one(), self.free());
        let reserve = u32::from(self.config.buffers() / 8).max(1);
        let owner = &mut self.owners[usize::from(received.id())];
        if let Some(watch) = self.slots[slot as usize].watch.as_mut() {
            let part = if free < reserve || watch.parts > parts_of_one {
                let counted = (Arc::downgrade(&self.mailbox), slot, generation);
                Part::Copied(Copied::new(received.bytes(), Some(counted)))
            } else {
                *owner = (slot, generation);
                Part::Lent(received)
            };
            watch.parts += 1;
            watch.inbox.received.push_back(part);
        }
        self.touch(slot, |readiness| readiness.readable = true);
    }

    fn ended(&mut self, slot: u32, end: End) {
        if let Some(watch) = self.watch(slot) {
            watch.inbox.end = Some(end);
        }
        self.touch(slot, |readiness| {
            readiness.readable = true;
            readiness.read_closed = true;
            readiness.error |= end != End::Closed;
        });
    }

    fn became_writable(&mut self, slot: u32, completion: &Completion) -> io::Result<()> {
        let Some(watch) = self.watch(slot) else {
            return Ok(());
        };
        if !completion.more {
            watch.writable = Operation::Off;
        }
        if watch.is_closing {
            return Ok(());
        }
        if watch.is_polled {
            return self.became_ready(slot, completion);
        }
        let is_first = !watch.has_received;
        let has_failed = match completion.result {
            Ok(events) => events & (POLLERR | POLLHUP) != 0,
            Err(code) => code != ECANCELED,
        };
        watch.has_failed |= has_failed && is_first;
        let may_receive = is_first && !watch.has_failed && completion.result.is_ok();
        if completion.result.is_ok() || has_failed {
            self.touch(slot, |readiness| {
                readiness.writable = true;
                readiness.error |= has_failed;
                readiness.readable |= has_failed && is_first;
                readiness.read_closed |= has_failed && is_first;
            });
        }
        if may_receive {
            self.start_receive(slot)?;
        }
        // The last completion may have found no place, or the thread that it ran on has ended.
        if !completion.more && !has_failed {
            self.start_writable(slot)?;
        }
        Ok(())
    }

    /// Notes what a socket has become ready for that its stream reads for itself.
    ///
    /// The kernel looks at the socket after each wake-up, and when the operation starts. So what arrives after a read that
    /// found nothing is told, and so is what arrives between one operation and the next.
    fn became_ready(&mut self, slot: u32, completion: &Completion) -> io::Result<()> {
        let is_over = match completion.result {
            Ok(events) => {
                self.touch(slot, |readiness| {
                    readiness.readable |= events & POLLIN != 0;
                    readiness.writable |= events & POLLOUT != 0;
                    readiness.read_closed |= events & (POLLRDHUP | POLLHUP) != 0;
                    readiness.error |= events & (POLLERR | POLLHUP) != 0;
                });
                // Both sides have ended: nothing changes any more.
                events & POLLHUP != 0
            }
            Err(ECANCELED | EINTR) => false,
            Err(code) => {
                self.ended(slot, End::Failed(code));
                true
            }
        };
        // The last completion may have found no place, or the thread that it ran on has ended.
        if !completion.more && !is_over {
            self.start_writable(slot)?;
        }
        Ok(())
    }

    /// Gives the kernel the buffers that have been read, and starts the receives again that waited for that.
    fn replenish(&mut self) -> io::Result<()> {
        let low = self.parts_of_one() / 2;
        let (owners, slots) = (&self.owners, &mut self.slots);
        let (buffers_out, starved) = (&mut self.buffers_out, &mut self.starved);
        let was_rung = self.ring.replenish(|id| {
            *buffers_out = buffers_out.saturating_sub(1);
            let (slot, generation) = owners[usize::from(id)];
            part_read(slots, starved, slot, generation, low);
        });
        if was_rung {
            self.read_mail(low)?;
        }
        self.feed_starved()
    }

    fn read_mail(&mut self, low: u32) -> io::Result<()> {
        for note in self.mailbox.take() {
            let (slot, generation) = (note.slot, note.generation);
            match note.news {
                News::CopyRead => {
                    part_read(&mut self.slots, &mut self.starved, slot, generation, low);
                }
                News::Dropped if self.slots[slot as usize].generation == generation => {
                    self.close(slot)?;
                    self.vacate_if_done(slot);
                }
                News::Dropped => {}
            }
        }
        Ok(())
    }

    /// Starts as many of the receives that wait for a buffer as there are buffers.
    fn feed_starved(&mut self) -> io::Result<()> {
        let mut free = self.free();
        while free > 0 {
            let Some((slot, generation)) = self.starved.pop_front() else {
                break;
            };
            let place = &self.slots[slot as usize];
            let waits = place.generation == generation
                && place
                    .watch
                    .as_ref()
                    .is_some_and(|watch| watch.receive == Operation::Starved);
            // One that has gone meanwhile takes nobody's turn.
            if waits {
                self.start_receive(slot)?;
                free -= 1;
            }
        }
        Ok(())
    }
}

/// Notes that a stream has read a part, and has its receive started again where it had too many.
fn part_read(
    slots: &mut [Slot],
    starved: &mut VecDeque<(u32, u32)>,
    slot: u32,
    generation: u32,
    low: u32,
) {
    let Some(place) = slots.get_mut(slot as usize) else {
        return;
    };
    if place.generation != generation {
        return;
    }
    let Some(watch) = &mut place.watch else {
        return;
    };
    watch.parts = watch.parts.saturating_sub(1);
    if watch.receive == Operation::Paused && watch.parts <= low {
        watch.receive = Operation::Starved;
        starved.push_back((slot, generation));
    }
}

impl Drop for IoUringSelector {
    fn drop(&mut self) {
        for watch in self.slots.iter().filter_map(|slot| slot.watch.as_ref()) {
            // The stream of one that is closing may be registered elsewhere already.
            if !watch.is_closing {
                watch.shared.set_watched(false);
            }
        }
    }
}

// The same on every architecture that io_uring is used on here.
const EINTR: i32 = 4;
const ENOBUFS: i32 = 105;
const ECANCELED: i32 = 125;
const POLLIN: u32 = 0x1;
const POLLOUT: u32 = 0x4;
const POLLERR: u32 = 0x8;
const POLLHUP: u32 = 0x10;
const POLLRDHUP: u32 = 0x2000;

#[cfg(test)]
mod tests;
