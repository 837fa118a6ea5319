//! Where OpenSSL reads and writes: memory.

use std::io::{self, ErrorKind, Read, Write};

use boom_stream::buffer::{ReadBuffer, WriteBuffer};

/// Ciphertext on its way: what the socket gave, and what it is to take.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) incoming: ReadBuffer,
    pub(super) outgoing: WriteBuffer,
}

impl Read for Wire {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let incoming = self.incoming.filled();
        if incoming.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = incoming.len().min(out.len());
        let (bytes, _) = incoming.split_at(count);
        let (room, _) = out.split_at_mut(count);
        room.copy_from_slice(bytes);
        self.incoming.consume(count);
        Ok(count)
    }
}

impl Write for Wire {
    /// Takes all: the session asks for no more than there is room for.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.outgoing.reserve(bytes.len());
        let room = room.map_err(|_| ErrorKind::OutOfMemory)?;
        let (room, _) = room.split_at_mut(bytes.len());
        room.copy_from_slice(bytes);
        self.outgoing.commit(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
