//! What the kernel is asked for (`Documentation/networking/tls.rst` of Linux), safely by `nix`.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd};

use boom_tls::TlsVersion;
use nix::libc;
use nix::sys::sendfile::sendfile64;
use nix::sys::socket::sockopt::{SocketError, TcpTlsRx, TcpTlsTx, TcpUlp, TlsCryptoInfo};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SetSockOpt, TlsGetRecordType, getsockopt, recvmsg,
};

use super::Direction;
use crate::keys::{Cipher, Keys};
use crate::records::Kind;

/// Puts the TLS of the kernel over a connected socket; without keys it passes on what it is given.
pub(crate) fn set_ulp(socket: BorrowedFd<'_>) -> io::Result<()> {
    Ok(TcpUlp::default().set(&socket, b"tls")?)
}

/// Takes the error off the socket that a record of the peer's has left there (`SO_ERROR`), 0 if there is none: nothing is sent
/// over it before.
pub(crate) fn take_error(socket: BorrowedFd<'_>) -> i32 {
    getsockopt(&socket, SocketError).unwrap_or(0)
}

/// Gives the kernel the keys of one direction.
pub(crate) fn install(socket: BorrowedFd<'_>, direction: Direction, keys: &Keys) -> io::Result<()> {
    let info = crypto_info(keys);
    match direction {
        Direction::Transmit => TcpTlsTx.set(&socket, &info)?,
        Direction::Receive => TcpTlsRx.set(&socket, &info)?,
    }
    Ok(())
}

fn crypto_info(keys: &Keys) -> TlsCryptoInfo {
    let info = |cipher_type| libc::tls_crypto_info {
        version: match keys.version {
            TlsVersion::Tls12 => libc::TLS_1_2_VERSION,
            _ => libc::TLS_1_3_VERSION,
        },
        cipher_type,
    };
    let rec_seq = keys.sequence.to_be_bytes();
    match keys.cipher {
        Cipher::Aes128Gcm => {
            let mut key = [0; 16];
            key.copy_from_slice(&keys.key[..16]);
            TlsCryptoInfo::Aes128Gcm(libc::tls12_crypto_info_aes_gcm_128 {
                info: info(libc::TLS_CIPHER_AES_GCM_128),
                iv: keys.counter(),
                key,
                salt: keys.salt(),
                rec_seq,
            })
        }
        Cipher::Aes256Gcm => TlsCryptoInfo::Aes256Gcm(libc::tls12_crypto_info_aes_gcm_256 {
            info: info(libc::TLS_CIPHER_AES_GCM_256),
            iv: keys.counter(),
            key: keys.key,
            salt: keys.salt(),
            rec_seq,
        }),
        Cipher::Chacha20Poly1305 => {
            TlsCryptoInfo::Chacha20Poly1305(libc::tls12_crypto_info_chacha20_poly1305 {
                info: info(libc::TLS_CIPHER_CHACHA20_POLY1305),
                iv: keys.iv,
                key: keys.key,
                salt: [],
                rec_seq,
            })
        }
    }
}

/// Room for the control message that tells a record's type, where such messages may lie.
#[repr(align(8))]
struct ControlRoom([u8; 64]);

/// Receives data of one or more records, or (a part of) one other record, and tells which. With `peek` it stays where it is.
///
/// 0 bytes of data are the end of the stream.
pub(crate) fn receive(
    socket: BorrowedFd<'_>,
    buffer: &mut [u8],
    peek: bool,
) -> io::Result<(usize, Kind)> {
    let mut control = ControlRoom([0; 64]);
    let mut buffers = [IoSliceMut::new(buffer)];
    let mut flags = MsgFlags::MSG_DONTWAIT;
    flags.set(MsgFlags::MSG_PEEK, peek);
    let message = recvmsg::<()>(
        socket.as_raw_fd(),
        &mut buffers,
        Some(&mut control.0),
        flags,
    )?;
    let mut kind = Kind::DATA;
    for control in message.cmsgs()? {
        if let ControlMessageOwned::TlsGetRecordType(record_type) = control {
            kind = number(record_type);
        }
    }
    Ok((message.bytes, kind))
}

const fn number(record_type: TlsGetRecordType) -> Kind {
    Kind(match record_type {
        TlsGetRecordType::ChangeCipherSpec => 20,
        TlsGetRecordType::Alert => Kind::ALERT.0,
        TlsGetRecordType::Handshake => Kind::HANDSHAKE.0,
        TlsGetRecordType::ApplicationData => Kind::DATA.0,
        TlsGetRecordType::Unknown(number) => number,
        _ => 0,
    })
}

/// Sends a part of a file.
pub(crate) fn send_file(
    socket: BorrowedFd<'_>,
    file: &File,
    offset: u64,
    count: usize,
) -> io::Result<usize> {
    let mut offset = i64::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput)?;
    Ok(sendfile64(socket, file, Some(&mut offset), count)?)
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (one, listener.accept().unwrap().0)
    }

    #[test]
    fn plain_bytes_are_data_and_a_peek_leaves_them() {
        let (one, mut other) = pair();
        let mut room = [0; 8];
        let nothing = receive(one.as_fd(), &mut room, false).unwrap_err();
        assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
        other.write_all(b"data").unwrap();
        // Loopback delivers within the write.
        for peek in [true, false] {
            let received = receive(one.as_fd(), &mut room, peek).unwrap();
            assert_eq!(received, (4, Kind::DATA));
            assert_eq!(&room[..4], b"data");
        }
        drop(other);
        assert_eq!(
            receive(one.as_fd(), &mut room, false).unwrap(),
            (0, Kind::DATA)
        );
    }
}
