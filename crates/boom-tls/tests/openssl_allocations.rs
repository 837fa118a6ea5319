//! What a message allocates, in this crate and inside OpenSSL.

// Helpers of tests, where a panic is the report.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "openssl")]

#[path = "suite/support.rs"]
#[allow(dead_code, reason = "it serves the other tests too")]
mod support;

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::io::{BufRead, Read, Write};

use boom_stream::Layer;
use boom_testkit::alloc::{self, CountingAllocator};
use boom_tls::TlsVersion;
use boom_tls::openssl::Backend;

use support::connected_by;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

thread_local! {
    static IN_OPENSSL: Cell<u64> = const { Cell::new(0) };
}

/// How often OpenSSL has asked for memory on this thread.
fn in_openssl() -> u64 {
    IN_OPENSSL.get()
}

type Malloc = unsafe extern "C" fn(usize, *const c_char, c_int) -> *mut c_void;
type Realloc = unsafe extern "C" fn(*mut c_void, usize, *const c_char, c_int) -> *mut c_void;
type Free = unsafe extern "C" fn(*mut c_void, *const c_char, c_int);

#[allow(unsafe_code)]
unsafe extern "C" {
    /// `openssl/crypto.h`. The library is linked to this crate's.
    fn CRYPTO_set_mem_functions(malloc: Malloc, realloc: Realloc, free: Free) -> c_int;
}

fn count_in_openssl() {
    // SAFETY: the functions are those of the C library with a counter before them, so what one gives the others take, and
    // nothing has been given yet: the return value says so.
    #[allow(unsafe_code)]
    let is_set = unsafe { CRYPTO_set_mem_functions(malloc, realloc, free) };
    assert_eq!(is_set, 1);
}

#[allow(unsafe_code)]
unsafe extern "C" fn malloc(size: usize, _: *const c_char, _: c_int) -> *mut c_void {
    IN_OPENSSL.set(IN_OPENSSL.get() + 1);
    // SAFETY: any size will do.
    unsafe { libc::malloc(size) }
}

#[allow(unsafe_code)]
unsafe extern "C" fn realloc(
    memory: *mut c_void,
    size: usize,
    _: *const c_char,
    _: c_int,
) -> *mut c_void {
    IN_OPENSSL.set(IN_OPENSSL.get() + 1);
    // SAFETY: OpenSSL gives back what `malloc` and this gave.
    unsafe { libc::realloc(memory, size) }
}

#[allow(unsafe_code)]
unsafe extern "C" fn free(memory: *mut c_void, _: *const c_char, _: c_int) {
    // SAFETY: as above.
    unsafe { libc::free(memory) };
}

/// Everything is one test: OpenSSL takes other functions for its memory only before it has asked for any.
#[test]
fn what_a_message_allocates() {
    count_in_openssl();
    // The handshake shows that they are counted.
    let before = in_openssl();
    let _ = connected_by(TlsVersion::Tls12);
    assert!(in_openssl() > before + 100);

    // This crate allocates nothing. OpenSSL 3.0 does, and later ones no more: see the docs of the module `openssl`.
    for (allocations, limit) in [
        (received(TlsVersion::Tls12), 0),
        (received(TlsVersion::Tls13), 1),
        (sent(TlsVersion::Tls12), 2),
        (sent(TlsVersion::Tls13), 3),
    ] {
        let (ours, openssl) = allocations;
        assert_eq!(ours, 0);
        assert!(
            openssl <= limit * MESSAGES,
            "{openssl}, not {limit} a message"
        );
    }
}

const MESSAGES: u64 = 10_000;
const SIZE: usize = 150;

/// Allocations of [`MESSAGES`] messages received, in this crate and in OpenSSL.
fn received(version: TlsVersion) -> (u64, u64) {
    let (mut client, mut server) = connected_by(version);
    let mut buffer = [0; 4096];
    let (mut ours, mut openssl) = (0, 0);
    for round in 0..MESSAGES + 10 {
        client.base_mut().push_read(server.encrypt(&[2; SIZE]));
        let before = in_openssl();
        let allocations = alloc::count(|| {
            // By turns: copied to the caller, and lent.
            if round % 2 == 0 {
                assert_eq!(client.read(&mut buffer).unwrap(), SIZE);
            } else {
                assert_eq!(client.fill_buf().unwrap().len(), SIZE);
                client.consume(SIZE);
            }
        });
        if round >= 10 {
            ours += allocations.count;
            openssl += in_openssl() - before;
        }
    }
    (ours, openssl)
}

/// The same of messages sent.
fn sent(version: TlsVersion) -> (u64, u64) {
    let (mut client, _server) = connected_by(version);
    client.base_mut().reserve_written(2 << 20);
    for _ in 0..10 {
        client.write_all(&[1; SIZE]).unwrap();
    }
    let before = in_openssl();
    let allocations = alloc::count(|| {
        for _ in 0..MESSAGES {
            client.write_all(&[1; SIZE]).unwrap();
        }
        client.flush().unwrap();
    });
    (allocations.count, in_openssl() - before)
}
