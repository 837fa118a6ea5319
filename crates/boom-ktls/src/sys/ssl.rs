//! OpenSSL over the descriptor of a socket, which the crate `openssl` does not do.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::{c_int, c_long, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use ::openssl::error::ErrorStack;
use ::openssl::ssl::SslRef;
use foreign_types::ForeignTypeRef;
use openssl_sys as ffi;

use crate::Offload;

// SAFETY: the signatures are those of the headers named beside them, in every OpenSSL from 3.0 on.
unsafe extern "C" {
    /// `openssl/ssl.h`: makes a BIO of the descriptor, which it does not close. Returns 1, or 0 and leaves the reasons with
    /// the thread.
    fn SSL_set_fd(ssl: *mut ffi::SSL, fd: c_int) -> c_int;
    /// `openssl/ssl.h`, since 3.0.
    fn SSL_set_options(ssl: *mut ffi::SSL, options: u64) -> u64;
    /// `openssl/ssl.h`: returns 1, or 0 and leaves the reasons with the thread.
    fn SSL_key_update(ssl: *mut ffi::SSL, kind: c_int) -> c_int;
    /// `openssl/ssl.h`: what kind of `KeyUpdate` is to be sent, or -1.
    fn SSL_get_key_update_type(ssl: *const ffi::SSL) -> c_int;
    /// `openssl/ssl.h`: has each message of the protocol told to a function.
    fn SSL_set_msg_callback(ssl: *mut ffi::SSL, callback: Option<MessageCallback>);
    /// `openssl/ssl.h`: as `SSL_read`, and the bytes stay.
    fn SSL_peek(ssl: *mut ffi::SSL, buffer: *mut c_void, length: c_int) -> c_int;
}

/// What is told: whether it was sent, the version, the content type, the bytes and how many, the connection, and nothing of ours.
type MessageCallback =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut ffi::SSL, *mut c_void);

thread_local! {
    /// True if the peer has sent `KeyUpdate` in the call that goes on.
    static PEER_RENEWS: Cell<bool> = const { Cell::new(false) };
}

/// Notes a `KeyUpdate` of the peer's.
///
/// # Safety
///
/// `bytes` points to `length` bytes that can be read.
unsafe extern "C" fn note_message(
    is_sent: c_int,
    _version: c_int,
    content_type: c_int,
    bytes: *const c_void,
    length: usize,
    _ssl: *mut ffi::SSL,
    _: *mut c_void,
) {
    const HANDSHAKE: c_int = 22;
    const KEY_UPDATE: u8 = 24;
    if is_sent != 0 || content_type != HANDSHAKE || length == 0 || bytes.is_null() {
        return;
    }
    // SAFETY: there is at least one byte, which the caller lets be read.
    let kind = unsafe { *bytes.cast::<u8>() };
    if kind == KEY_UPDATE {
        // It cannot fail: the cell needs no destructor.
        let _ = PEER_RENEWS.try_with(|renews| renews.set(true));
    }
}

// `openssl/ssl.h` and `openssl/bio.h`.
const OP_ENABLE_KTLS: u64 = 1 << 3;
const CTRL_MODE: c_int = 33;
const MODE_ENABLE_PARTIAL_WRITE: c_long = 1;
const MODE_ACCEPT_MOVING_WRITE_BUFFER: c_long = 2;
const CTRL_GET_KTLS_SEND: c_int = 73;
const CTRL_GET_KTLS_RECV: c_int = 76;
const KEY_UPDATE_NOT_REQUESTED: c_int = 0;
const KEY_UPDATE_REQUESTED: c_int = 1;
const KEY_UPDATE_NONE: c_int = -1;

/// Why a call has not done what it was called for.
#[derive(Debug)]
pub(crate) enum Halt {
    WantRead,
    WantWrite,
    /// The peer's `close_notify` has come.
    Closed,
    /// The stream has ended without it.
    Ended,
    Io(io::Error),
    Failed(ErrorStack),
}

/// Lets the connection use the socket, by kernel TLS where it can. OpenSSL is 3.0 or later.
///
/// Whoever calls another function here keeps the socket open until then.
pub(crate) fn attach(ssl: &mut SslRef, socket: BorrowedFd<'_>) -> Result<(), ErrorStack> {
    // SAFETY: the pointer comes from a reference, so it is valid. The function sets bits in a field.
    unsafe { SSL_set_options(ssl.as_ptr(), OP_ENABLE_KTLS) };
    let mode = MODE_ENABLE_PARTIAL_WRITE | MODE_ACCEPT_MOVING_WRITE_BUFFER;
    // SAFETY: the pointer comes from a reference, so it is valid. The command sets bits in a field, and takes no pointer.
    unsafe { ffi::SSL_ctrl(ssl.as_ptr(), CTRL_MODE, mode, ptr::null_mut()) };
    // SAFETY: the pointer comes from a reference, so it is valid. The function keeps the callback, which lives as long as the
    // program, and OpenSSL calls it as `note_message` wants it.
    unsafe { SSL_set_msg_callback(ssl.as_ptr(), Some(note_message)) };
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    // The descriptor is a number to the function, which reads the type of its socket.
    let is_set = unsafe { SSL_set_fd(ssl.as_ptr(), socket.as_raw_fd()) };
    if is_set == 1 {
        Ok(())
    } else {
        Err(ErrorStack::get())
    }
}

/// Which directions have become the kernel's.
pub(crate) fn offload(ssl: &SslRef) -> Offload {
    // SAFETY: the pointer comes from a reference, so it is valid. The function returns a field.
    let incoming = unsafe { ffi::SSL_get_rbio(ssl.as_ptr()) };
    // SAFETY: as above.
    let outgoing = unsafe { ffi::SSL_get_wbio(ssl.as_ptr()) };
    Offload {
        tx: has(outgoing, CTRL_GET_KTLS_SEND),
        rx: has(incoming, CTRL_GET_KTLS_RECV),
    }
}

/// Asks a BIO of a connection that lives for a flag.
fn has(bio: *mut ffi::BIO, flag: c_int) -> bool {
    if bio.is_null() {
        return false;
    }
    // SAFETY: the BIO is one that `offload` has just been given by a connection that it has a reference of, so it is valid. The
    // command reads a field, and takes no pointer.
    let answer = unsafe { ffi::BIO_ctrl(bio, flag, 0, ptr::null_mut()) };
    answer > 0
}

/// Goes on with the handshake, or sends what of it is left.
pub(crate) fn connect(ssl: &mut SslRef) -> Result<(), Halt> {
    forget_errors();
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    let result = unsafe { ffi::SSL_connect(ssl.as_ptr()) };
    done(ssl, result).map(|_| ())
}

/// As [`read`], and tells whether the peer has renewed its keys meanwhile.
pub(crate) fn read_and_tell(ssl: &mut SslRef, buffer: &mut [u8]) -> (Result<usize, Halt>, bool) {
    PEER_RENEWS.set(false);
    let received = read(ssl, buffer);
    (received, PEER_RENEWS.get())
}

/// Reads into a buffer that is not empty.
fn read(ssl: &mut SslRef, buffer: &mut [u8]) -> Result<usize, Halt> {
    let length = length(buffer);
    forget_errors();
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    // The buffer is writable for at least `length` bytes.
    let result = unsafe { ffi::SSL_read(ssl.as_ptr(), buffer.as_mut_ptr().cast(), length) };
    done(ssl, result)
}

/// Looks whether there is data to be read. Takes in what is not data.
pub(crate) fn peek(ssl: &mut SslRef) -> Result<usize, Halt> {
    let mut byte = 0_u8;
    forget_errors();
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    // The one byte is writable.
    let result = unsafe { SSL_peek(ssl.as_ptr(), (&raw mut byte).cast(), 1) };
    done(ssl, result)
}

/// Writes a buffer that is not empty. After `WantWrite` the same bytes are to be written again.
pub(crate) fn write(ssl: &mut SslRef, bytes: &[u8]) -> Result<usize, Halt> {
    let length = length(bytes);
    forget_errors();
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    // The bytes are readable, at least `length` of them.
    let result = unsafe { ffi::SSL_write(ssl.as_ptr(), bytes.as_ptr().cast(), length) };
    done(ssl, result)
}

/// Sends `close_notify`.
pub(crate) fn close(ssl: &mut SslRef) -> Result<(), Halt> {
    forget_errors();
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    let result = unsafe { ffi::SSL_shutdown(ssl.as_ptr()) };
    if result >= 0 {
        return Ok(());
    }
    done(ssl, result).map(|_| ())
}

/// Notes that new keys are to be made and the peer be asked for its own; [`connect`] does it.
pub(crate) fn renew_keys(ssl: &mut SslRef) -> Result<(), ErrorStack> {
    note_key_update(ssl, KEY_UPDATE_REQUESTED)
}

/// Returns true if the peer has asked for new keys and not been answered.
pub(crate) fn is_asked_for_keys(ssl: &SslRef) -> bool {
    // SAFETY: the pointer comes from a reference, so it is valid. The function returns a field.
    let kind = unsafe { SSL_get_key_update_type(ssl.as_ptr()) };
    kind != KEY_UPDATE_NONE
}

/// Notes that the peer, which has asked for new keys, is to be answered; [`connect`] does it.
pub(crate) fn answer_key_update(ssl: &mut SslRef) -> Result<(), ErrorStack> {
    note_key_update(ssl, KEY_UPDATE_NOT_REQUESTED)
}

fn note_key_update(ssl: &mut SslRef, kind: c_int) -> Result<(), ErrorStack> {
    forget_errors();
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    let is_noted = unsafe { SSL_key_update(ssl.as_ptr(), kind) };
    if is_noted == 1 {
        Ok(())
    } else {
        Err(ErrorStack::get())
    }
}

fn length(bytes: &[u8]) -> c_int {
    c_int::try_from(bytes.len()).unwrap_or(c_int::MAX)
}

/// `SSL_get_error` wants the thread's list of errors to be that of the call alone.
fn forget_errors() {
    // SAFETY: the function empties a list of the thread's own.
    unsafe { ffi::ERR_clear_error() };
}

/// What a call's result means.
fn done(ssl: &SslRef, result: c_int) -> Result<usize, Halt> {
    if let Ok(count @ 1..) = usize::try_from(result) {
        return Ok(count);
    }
    // Before anything else may change it.
    let io = io::Error::last_os_error();
    // SAFETY: the pointer comes from a reference, so it is valid; the call before was of the same connection on this thread.
    let kind = unsafe { ffi::SSL_get_error(ssl.as_ptr(), result) };
    Err(match kind {
        ffi::SSL_ERROR_WANT_READ => Halt::WantRead,
        ffi::SSL_ERROR_WANT_WRITE => Halt::WantWrite,
        ffi::SSL_ERROR_ZERO_RETURN => Halt::Closed,
        ffi::SSL_ERROR_SYSCALL => {
            let errors = ErrorStack::get();
            match (errors.errors().is_empty(), io.raw_os_error()) {
                (false, _) => Halt::Failed(errors),
                (true, Some(0) | None) => Halt::Ended,
                (true, Some(_)) => Halt::Io(io),
            }
        }
        _ => Halt::Failed(ErrorStack::get()),
    })
}
