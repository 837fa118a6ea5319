//! What TLS itself has to say while the socket is full: it comes behind the data that the kernel has taken.

use std::fs::File;
use std::io::{ErrorKind, Seek, Write};
use std::sync::mpsc;

use boom_ktls::{Backend, Offload};
use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::TlsVersion;
use socket2::SockRef;

use crate::handover::scratch_file;
use crate::peer::serve;
use crate::support::{
    Client, can_renew, connect, expected, only, shake, trusting, until, write_all,
};

/// A peer whose window has room for a part of a record.
const WINDOW: usize = 4096;
/// What this side's socket holds: a record at least, without which Linux 6.1 never gives away the last part of a file.
const BUFFER: usize = 16 * 1024;

pub(crate) fn the_end_comes_behind_a_record_that_was_sent_in_part<B: Backend>() {
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        speak_behind::<B>(version, false, |client| client.write(&[7; 16 * 1024]));
    }
}

pub(crate) fn new_keys_come_behind_a_record_that_was_sent_in_part<B: Backend>() {
    if can_renew::<B>() {
        speak_behind::<B>(TlsVersion::Tls13, true, |client| {
            client.write(&[7; 16 * 1024])
        });
    }
}

pub(crate) fn the_end_comes_behind_a_file<B: Backend>() {
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        let file = file_of_sevens();
        let mut offset = 0;
        speak_behind::<B>(version, false, |client| {
            let count = client.send_file(&file, offset, 1 << 20)?;
            offset += count as u64;
            Ok(count)
        });
    }
}

pub(crate) fn new_keys_come_behind_a_file<B: Backend>() {
    if can_renew::<B>() {
        let file = file_of_sevens();
        let mut offset = 0;
        speak_behind::<B>(TlsVersion::Tls13, true, |client| {
            let count = client.send_file(&file, offset, 1 << 20)?;
            offset += count as u64;
            Ok(count)
        });
    }
}

/// Sends until nothing more is taken, then what TLS has to say, a word by the new keys, and the end.
fn speak_behind<B: Backend>(
    version: TlsVersion,
    renews: bool,
    mut send: impl FnMut(&mut Client<B>) -> std::io::Result<usize>,
) {
    let (tell, told) = mpsc::channel();
    let authority = Authority::new();
    let config = authority.server_config(&["localhost"]);
    let (port, server) = serve(config, 1, move |_, mut peer| {
        // In user space much more is kept, which would take minutes.
        if Offload::probe().is_there() {
            SockRef::from(&peer.socket)
                .set_recv_buffer_size(WINDOW)
                .unwrap();
        }
        peer.shake();
        let sevens = peer.read_exact(told.recv().unwrap());
        let word = peer.read_exact(told.recv().unwrap());
        (sevens, word, peer.wait_for_close())
    });
    let mut client = connect::<B>(port, &only(trusting(&authority), version));
    shake(&mut client);
    SockRef::from(client.base())
        .set_send_buffer_size(BUFFER)
        .unwrap();
    let mut count = 0;
    let full = loop {
        match send(&mut client) {
            Ok(sent) => count += sent,
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind(), ErrorKind::WouldBlock);
    // The kernel's side notes it for when the socket has room, user space wants to be asked again.
    let is_noted = renews && client.update_keys().is_ok();
    tell.send(count).unwrap();
    if renews && !is_noted {
        until(|| client.update_keys()).unwrap();
    }
    let word: &[u8] = if renews { b"by the new keys" } else { b"" };
    write_all(&mut client, word);
    tell.send(word.len()).unwrap();
    until(|| client.close_notify()).unwrap();
    let (sevens, last, is_closed) = server.join().unwrap().remove(0);
    assert!(sevens.len() == count && sevens.iter().all(|byte| *byte == 7));
    assert_eq!(last, word);
    assert!(is_closed);
    let suite = client.cipher_suite().unwrap();
    assert_eq!(client.offload(), expected::<B>(version, suite));
}

fn file_of_sevens() -> File {
    let mut file = scratch_file();
    file.write_all(&[7; 4 << 20]).unwrap();
    file.rewind().unwrap();
    file
}
