//! One connection that receives as fast as it takes, from a thread that is never more than a few messages ahead.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use crate::harness::Result;
use crate::service::{Connect, Watch};

pub(super) struct Receiving {
    messages: u64,
    /// How many of them may have been sent by now.
    permitted: Arc<AtomicU64>,
    sender: JoinHandle<io::Result<()>>,
    watch: Box<dyn Watch>,
}

/// Messages on the way at once.
const AHEAD: u64 = 64;

/// A text message of 100 bytes as a server frames it (RFC 6455, section 5.2).
fn frame() -> Vec<u8> {
    let mut frame = vec![0x81, 100];
    frame.resize(102, b'x');
    frame
}

impl Receiving {
    /// Starts the thread too, which waits for [`run`](Self::run).
    pub(super) fn new(connect: Connect, messages: u64) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut watch = connect(listener.local_addr()?, 1)?;
        let (mut peer, _) = listener.accept()?;
        for _ in 0..100 {
            watch.poll()?;
        }
        let permitted = Arc::new(AtomicU64::new(0));
        let limit = Arc::clone(&permitted);
        let sender = std::thread::spawn(move || {
            let frame = frame();
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
        })
    }

    /// Polls until all messages have come.
    pub(super) fn run(&mut self) -> Result<()> {
        loop {
            let received = self.watch.poll()? as u64;
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
