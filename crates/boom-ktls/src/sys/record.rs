//! A record of another type than data, which `nix` does not send.

#![allow(unsafe_code)]

use std::io;
use std::mem::{MaybeUninit, offset_of, size_of};
use std::os::fd::{AsRawFd, BorrowedFd};

use nix::libc;

use crate::records::Kind;

/// A control message with the type of a record (`TLS_SET_RECORD_TYPE`), laid out as `CMSG_DATA` finds it.
#[repr(C)]
struct RecordType {
    header: libc::cmsghdr,
    kind: u8,
    padding: [u8; 7],
}

// `CMSG_DATA` is the first address behind the header that is aligned as the header's length is.
const _: () = assert!(
    offset_of!(RecordType, kind) == size_of::<libc::cmsghdr>()
        && size_of::<libc::cmsghdr>().is_multiple_of(size_of::<usize>())
);

/// Sends one record of another type than data. Returns how many bytes of it were taken.
pub(crate) fn send_record(socket: BorrowedFd<'_>, kind: Kind, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: a header of a control message is made of integers, for which all bits zero is a value. (Some C libraries
    // have private padding in it, so it cannot be written out.)
    let mut header: libc::cmsghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    header.cmsg_len = (offset_of!(RecordType, kind) + 1) as _;
    header.cmsg_level = libc::SOL_TLS;
    header.cmsg_type = libc::TLS_SET_RECORD_TYPE;
    let mut control = RecordType {
        header,
        kind: kind.0,
        padding: [0; 7],
    };
    let mut vector = libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    // SAFETY: a message header is made of integers and pointers, for which all bits zero is a value: no name, no buffers.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_iov = &raw mut vector;
    message.msg_iovlen = 1;
    message.msg_control = (&raw mut control).cast();
    message.msg_controllen = size_of::<RecordType>() as _;
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the descriptor is open, for it is borrowed. `message` points to one vector and to one control message, both of which
    // live until the call is over, with their true lengths; the vector is that of `bytes`. The kernel only reads them.
    let sent = unsafe { libc::sendmsg(socket.as_raw_fd(), &raw const message, flags) };
    // Negative: an error.
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (one, listener.accept().unwrap().0)
    }

    /// On a plain socket the kernel skips control messages of other protocols, so the call itself is tried everywhere.
    #[test]
    fn a_record_reaches_the_socket() {
        let (one, mut other) = pair();
        assert_eq!(send_record(one.as_fd(), Kind::ALERT, b"word").unwrap(), 4);
        let mut word = [0; 4];
        other.read_exact(&mut word).unwrap();
        assert_eq!(&word, b"word");
    }

    #[test]
    fn a_socket_that_is_gone_is_an_error_and_no_signal() {
        let (one, other) = pair();
        drop(other);
        // The first may still be taken; the peer's answer to it is a reset.
        let failed = (0..1000).find_map(|_| send_record(one.as_fd(), Kind::ALERT, b"word").err());
        let kind = failed.unwrap().kind();
        assert!(
            matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset),
            "{kind}"
        );
    }
}
