//! Connections in memory: what one end writes, the other reads.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;

use boom_stream::{ConnectionInfo, Layer, Socket};

/// Bytes on the way, each way, and whether an end is gone.
#[derive(Debug, Default)]
struct Pipe {
    bytes: [VecDeque<u8>; 2],
    is_gone: [bool; 2],
}

/// One end. To drop it is to close it; what it has written is read still.
#[derive(Debug)]
pub(crate) struct End {
    pipe: Rc<RefCell<Pipe>>,
    side: usize,
    info: ConnectionInfo,
}

/// The client's end and the server's.
pub(crate) fn connect(info: &ConnectionInfo) -> (End, End) {
    let pipe = Rc::new(RefCell::new(Pipe::default()));
    let end = |side| End {
        pipe: Rc::clone(&pipe),
        side,
        info: info.clone(),
    };
    (end(0), end(1))
}

impl End {
    /// Takes away what was written and not read yet, up to `keep` bytes, as a cut does.
    pub(crate) fn truncate(&self, keep: usize) {
        self.pipe.borrow_mut().bytes[self.side].truncate(keep);
    }

    pub(crate) fn is_alone(&self) -> bool {
        self.pipe.borrow().is_gone[1 - self.side]
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.pipe.borrow_mut().is_gone[self.side] = true;
    }
}

impl Read for End {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut pipe = self.pipe.borrow_mut();
        let is_ended = pipe.is_gone[1 - self.side];
        match pipe.bytes[1 - self.side].read(buffer)? {
            0 if !is_ended => Err(ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }
}

impl Write for End {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pipe = self.pipe.borrow_mut();
        if pipe.is_gone[1 - self.side] {
            return Err(ErrorKind::BrokenPipe.into());
        }
        pipe.bytes[self.side].write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for End {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }
}

impl Socket for End {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }

    fn connected(&mut self) -> io::Result<bool> {
        Ok(true)
    }
}
