//! One connection that receives as fast as it takes, from a thread that is never more than a few messages ahead.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use crate::harness::Result;
use crate::service::inbox::frame;
use crate::service::{Connect, Dial, Inbox, Stack, Watch, open};

pub(super) struct Receiving {
    messages: u64,
    /// How many of them may have been sent by now.
    permitted: Arc<AtomicU64>,
    sender: JoinHandle<io::Result<()>>,
    watch: Box<dyn Watch>,
    inbox: Arc<Inbox>,
}

/// Messages on the way at once.
const AHEAD: u64 = 64;

impl Receiving {
    /// Starts the thread too, which waits for [`run`](Self::run).
    pub(super) fn new(connect: Connect, messages: u64) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let inbox = Arc::<Inbox>::default();
        let dial = Dial {
            server: listener.local_addr()?,
            count: 1,
            stack: Stack::Established,
            inbox: Arc::clone(&inbox),
        };
        let mut watch = open(connect, &dial)?;
        let (mut peer, _) = listener.accept()?;
        for _ in 0..100 {
            watch.poll()?;
        }
        let permitted = Arc::new(AtomicU64::new(0));
        let limit = Arc::clone(&permitted);
        let sender = std::thread::spawn(move || {
            let frame = frame(b'x');
            for number in 0..messages {
                while number >= limit.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
                peer.write_all(&frame)?;
            }
            Ok(())
        });
        Ok(Self {
            messages,
            permitted,
            sender,
            watch,
            inbox,
        })
    }

    /// Polls until all messages have come.
    pub(super) fn run(&mut self) -> Result<()> {
        loop {
            self.watch.poll()?;
            let received = self.inbox.count();
            self.permitted.store(received + AHEAD, Ordering::Relaxed);
            if received == self.messages {
                return Ok(());
            }
        }
    }

    /// Says whether the thread has sent all.
    pub(super) fn end(self) -> Result<()> {
        let sent = self.sender.join();
        Ok(sent.map_err(|_| "the sender has panicked")??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::present;

    #[test]
    fn ours_receive_every_message() {
        for (_, contestant) in present() {
            if contestant.name.starts_with("ours") {
                let mut work = Receiving::new(contestant.connect, 1000).unwrap();
                work.run().unwrap();
                work.end().unwrap();
            }
        }
    }
}
