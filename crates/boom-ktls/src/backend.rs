//! What a stream asks of who makes the handshake.

use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::AsFd;

use boom_stream::{HalfClose, Layer, Socket};
use boom_tls::{CipherSuite, KeyExchangeGroup, TlsVersion};

use crate::{KtlsConfig, Offload};

/// A stream that is a socket, or wraps one, whose descriptor the kernel can be given the keys of.
///
/// What lies between the socket and TLS must pass bytes on as they are.
///
/// # Examples
///
/// ```
/// use boom_ktls::SocketStream;
/// use boom_stream::tcp::TcpStream;
///
/// fn assert_socket<S: SocketStream>() {}
/// assert_socket::<TcpStream>();
/// ```
pub trait SocketStream: Read + Write + Layer<Base: Socket + AsFd> {}

impl<S: Read + Write + Layer<Base: Socket + AsFd>> SocketStream for S {}

/// A library that makes the handshake: `boom_tls::rustls::Backend` or `boom_tls::openssl::Backend`.
///
/// It is the second parameter of [`KtlsStream`](crate::KtlsStream), and nobody else's to implement.
///
/// # Examples
///
/// ```
/// use boom_ktls::{Backend, DefaultBackend, IntoKtlsStream, KtlsStream};
/// use boom_stream::tcp::TcpStream;
///
/// fn secure<B: Backend>(stream: TcpStream) -> KtlsStream<TcpStream, B> {
///     stream.into_ktls_stream_by()
/// }
/// # let _ = secure::<DefaultBackend>;
/// ```
#[allow(private_bounds, reason = "that is what seals it")]
pub trait Backend: Sealed + boom_tls::Backend {}

pub(crate) trait Sealed {
    type Link<S: SocketStream>: Link<S>;
}

/// One connection over a socket, wherever its records are made.
pub(crate) trait Link<S: SocketStream>: Sized {
    fn open(stream: S, host: &str, config: &KtlsConfig) -> io::Result<Self>;

    /// By the configuration that the process shares; what fails is reported by the first read or write.
    fn open_by_default(stream: S) -> Self;

    fn get_ref(&self) -> &S;
    fn get_mut(&mut self) -> &mut S;
    fn into_inner(self) -> S;

    fn offload(&self) -> Offload;
    fn is_handshaking(&self) -> bool;
    fn protocol_version(&self) -> Option<TlsVersion>;
    fn cipher_suite(&self) -> Option<CipherSuite>;
    fn key_exchange_group(&self) -> Option<KeyExchangeGroup>;
    fn alpn_protocol(&self) -> Option<&[u8]>;
    fn peer_certificates(&self) -> Vec<Vec<u8>>;
    fn is_resumed(&self) -> Option<bool>;

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize>;
    fn flush(&mut self) -> io::Result<()>;
    fn send_file(&mut self, file: &File, offset: u64, count: usize) -> io::Result<usize>;
    fn update_keys(&mut self) -> io::Result<()>;
    fn close_notify(&mut self) -> io::Result<()>;
    fn close_write(&mut self) -> io::Result<()>
    where
        S: HalfClose;

    fn has_buffered(&self) -> bool;
    fn wants_write(&self) -> bool;
    fn poll_timeout(&self) -> Option<u64>;
    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()>;
    fn poll_close(&mut self) -> io::Result<bool>;
}

/// The first buffer that is not empty: what a vectored write writes at least.
pub(crate) fn first<'a>(buffers: &'a [IoSlice<'_>]) -> &'a [u8] {
    let mut buffers = buffers.iter().filter(|buffer| !buffer.is_empty());
    buffers.next().map_or(&[], |buffer| &**buffer)
}

/// Sends a part of a file that the kernel does not encrypt: by way of a buffer.
pub(crate) fn copy_file(
    file: &File,
    offset: u64,
    count: usize,
    write: impl FnOnce(&[u8]) -> io::Result<usize>,
) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;

    let mut buffer = [0; 16 * 1024];
    let count = count.min(buffer.len());
    let count = file.read_at(&mut buffer[..count], offset)?;
    if count == 0 {
        return Ok(0);
    }
    write(&buffer[..count])
}
