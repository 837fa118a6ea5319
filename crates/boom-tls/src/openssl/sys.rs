//! The functions of OpenSSL that the crate `openssl` has not made safe.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_long};
use std::ptr;

use ::openssl::error::ErrorStack;
use ::openssl::ssl::{Ssl, SslRef, SslSession, SslStream};
use ::openssl::x509::X509CrlRef;
use ::openssl::x509::store::X509StoreBuilderRef;
use foreign_types::ForeignTypeRef;

unsafe extern "C" {
    /// `openssl/x509_vfy.h`: returns 1, or 0 and leaves the reasons with the thread.
    fn X509_STORE_add_crl(
        store: *mut openssl_sys::X509_STORE,
        crl: *mut openssl_sys::X509_CRL,
    ) -> c_int;
    /// `openssl/ssl.h`.
    fn SSL_get_early_data_status(ssl: *const openssl_sys::SSL) -> c_int;
    /// `openssl/ssl.h`: returns 1, or 0 and leaves the reasons with the thread.
    fn SSL_key_update(ssl: *mut openssl_sys::SSL, kind: c_int) -> c_int;
}

/// `SSL_CTRL_GET_NEGOTIATED_GROUP` of `openssl/ssl.h`.
const GET_NEGOTIATED_GROUP: c_int = 134;
/// `SSL_EARLY_DATA_ACCEPTED` of `openssl/ssl.h`.
const EARLY_DATA_ACCEPTED: c_int = 2;
/// `SSL_KEY_UPDATE_REQUESTED` of `openssl/ssl.h`.
const KEY_UPDATE_REQUESTED: c_int = 1;

/// Lets a connection that has not begun resume `session`, which belongs to the context of `ssl`.
///
/// # Safety
///
/// The session was made by a connection of the same context.
pub(super) unsafe fn resume(ssl: &mut Ssl, session: &SslSession) -> Result<(), ErrorStack> {
    // SAFETY: what the function asks for is asked of the caller.
    unsafe { ssl.set_session(session) }
}

/// Has the connection look like one that both sides have closed.
pub(super) fn mark_closed(ssl: &mut Ssl) {
    let both = openssl_sys::SSL_SENT_SHUTDOWN | openssl_sys::SSL_RECEIVED_SHUTDOWN;
    // SAFETY: the pointer comes from a reference that nobody else has, so it is valid and nobody uses the connection meanwhile.
    // The function sets a field.
    unsafe { openssl_sys::SSL_set_shutdown(ssl.as_ptr(), both) };
}

/// Has the store look certificates up in this list.
pub(super) fn add_revocation_list(
    store: &mut X509StoreBuilderRef,
    list: &X509CrlRef,
) -> Result<(), ErrorStack> {
    // SAFETY: both pointers come from references, so they are valid, and nobody else uses the store meanwhile. The store
    // takes a reference of its own to the list, whose count is atomic.
    let added = unsafe { X509_STORE_add_crl(store.as_ptr(), list.as_ptr()) };
    if added == 1 {
        Ok(())
    } else {
        Err(ErrorStack::get())
    }
}

/// The number of the group that the keys were agreed on by: OpenSSL's, or IANA's where OpenSSL has none of its own.
/// `None` before there is one, and where OpenSSL is older than 3.0 and does not tell.
pub(super) fn negotiated_group(ssl: &SslRef) -> Option<Group> {
    // SAFETY: the pointer comes from a reference, so it is valid. The command reads a field; a library that does not
    // know it answers 0.
    let answer =
        unsafe { openssl_sys::SSL_ctrl(ssl.as_ptr(), GET_NEGOTIATED_GROUP, 0, ptr::null_mut()) };
    match answer {
        ..=0 => None,
        UNKNOWN.. => u16::try_from(answer - UNKNOWN).ok().map(Group::Iana),
        nid => c_int::try_from(nid).ok().map(Group::Nid),
    }
}

/// `TLSEXT_nid_unknown` of `openssl/tls1.h`.
const UNKNOWN: c_long = 0x0100_0000;

/// A group by one number or the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Group {
    Iana(u16),
    Nid(c_int),
}

/// Returns true if the server has taken early data.
pub(super) fn is_early_data_accepted(ssl: &SslRef) -> bool {
    // SAFETY: the pointer comes from a reference, so it is valid, and the function reads a field.
    let status = unsafe { SSL_get_early_data_status(ssl.as_ptr()) };
    status == EARLY_DATA_ACCEPTED
}

/// Has the next handshake, as OpenSSL calls it, renew the keys of this side and ask the peer for the same.
pub(super) fn renew_keys<S>(stream: &mut SslStream<S>) -> Result<(), ErrorStack> {
    // SAFETY: the pointer comes from a reference, so it is valid, and the stream is borrowed for changes, so nobody else uses
    // the connection meanwhile. The function notes what is to be done, or refuses it.
    let is_noted = unsafe { SSL_key_update(stream.ssl().as_ptr(), KEY_UPDATE_REQUESTED) };
    if is_noted == 1 {
        Ok(())
    } else {
        Err(ErrorStack::get())
    }
}
