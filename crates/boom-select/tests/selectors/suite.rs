//! The behaviours that every selector shares.

use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use boom_select::Selector;
use boom_stream::{Layer, Socket};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::support::{
    Deadline, Kind, Many, Pair, TOKEN, closed_port, connect, connect_pair, kind, poll,
    read_available, token,
};

/// Runs the suite on a kind, in a module of its own.
macro_rules! suite {
    ($module:ident, $kind:ty) => {
        mod $module {
            suite!(@each $kind;
                nothing_is_ready_before_the_first_report
                an_end_that_arrives_with_the_data_is_not_lost
                an_end_alone_is_reported
                a_drained_stream_does_not_look_without_a_report
                a_full_read_leaves_the_rest_readable
                an_empty_buffer_is_not_taken_for_the_end
                a_read_goes_on_across_the_callers_buffers
                a_refused_connect_is_told_by_connected
                a_refused_connect_is_told_by_the_first_read
                a_partial_write_waits_for_the_writable_report
                a_socket_that_stays_writable_is_reported_once
                a_write_of_more_buffers_than_the_kernel_takes_has_not_filled_the_socket
                a_report_names_the_generation_it_was_registered_with
                a_deregistered_socket_is_not_reported
                registering_again_reports_what_is_there
                a_socket_registered_after_its_end_is_reported
                without_a_selector_it_is_an_ordinary_stream
                a_reset_is_told_after_the_bytes_before_it
                waiting_ends_with_the_time_given
                waiting_ends_with_a_report
                a_thousand_sockets_receive_what_is_theirs
                any_order_of_drops_is_sound
                a_child_process_changes_nothing
                a_graceful_end_waits_for_that_of_the_peer_and_loses_nothing_before_it
                a_graceful_end_of_what_has_failed_is_an_error
            );
        }
    };
    (@each $kind:ty; $($behaviour:ident)*) => {
        $(
            #[test]
            fn $behaviour() {
                crate::suite::$behaviour::<$kind>();
            }
        )*
    };
}

pub(crate) fn nothing_is_ready_before_the_first_report<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    assert!(!pair.selector.may_read(&pair.stream));
    assert_eq!(pair.selector.may_write(&pair.stream), K::IS_EDGE);
    assert_eq!(pair.stream.connection_info().host(), "127.0.0.1");
    assert_eq!(
        kind(pair.stream.read(&mut [0; 8])),
        Some(ErrorKind::WouldBlock)
    );
}

pub(crate) fn an_end_that_arrives_with_the_data_is_not_lost<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.write_all(b"last words").unwrap();
    pair.peer.shutdown(Shutdown::Write).unwrap();
    let mut saw_end = !K::IS_EDGE;
    while !saw_end {
        for report in poll::<K>(&mut pair.selector, Duration::from_secs(10)) {
            saw_end |= report.readiness.read_closed;
            pair.selector.deliver(&mut pair.stream, report.readiness);
        }
    }
    // No report will follow, so the short read must not be taken for an empty socket.
    let mut buffer = [0; 64];
    let count = first_read::<K>(&mut pair, &mut buffer);
    assert_eq!(&buffer[..count], b"last words");
    assert_eq!(pair.selector.may_read(&pair.stream), K::IS_EDGE);
    assert_eq!(first_read::<K>(&mut pair, &mut buffer), 0);
    assert!(
        !pair.selector.may_read(&pair.stream),
        "the end is no reason to come back"
    );
    assert_eq!(
        pair.stream.read(&mut buffer).unwrap(),
        0,
        "the end can be read again"
    );
}

/// Reads once, at once where the stream has been told that it can.
fn first_read<K: Kind>(pair: &mut Pair<K>, buffer: &mut [u8]) -> usize {
    let deadline = Deadline::new();
    loop {
        match pair.stream.read(buffer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock && !K::IS_EDGE => deadline.check(),
            result => return result.unwrap(),
        }
    }
}

pub(crate) fn an_end_alone_is_reported<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.forget_reports();
    pair.peer.shutdown(Shutdown::Write).unwrap();
    assert_eq!(pair.receive(1), b"");
}

pub(crate) fn a_drained_stream_does_not_look_without_a_report<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.write_all(b"one").unwrap();
    assert_eq!(pair.receive(3), b"one");
    assert!(!pair.selector.may_read(&pair.stream));
    pair.peer.write_all(b"two").unwrap();
    if K::IS_EDGE {
        assert_eq!(
            kind(pair.stream.read(&mut [0; 8])),
            Some(ErrorKind::WouldBlock)
        );
    }
    assert_eq!(pair.receive(3), b"two");
}

pub(crate) fn a_full_read_leaves_the_rest_readable<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.write_all(b"abcdef").unwrap();
    let mut buffer = [0; 3];
    let mut first = 0;
    pair.turn_until(|pair| {
        first = pair.stream.read(&mut buffer).unwrap_or(0);
        first > 0
    });
    assert_eq!((first, &buffer), (3, b"abc"));
    assert_eq!(pair.selector.may_read(&pair.stream), K::IS_EDGE);
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert_eq!(&buffer, b"def");
    assert_eq!(
        kind(pair.stream.read(&mut buffer)),
        Some(ErrorKind::WouldBlock)
    );
    assert!(!pair.selector.may_read(&pair.stream));
}

pub(crate) fn an_empty_buffer_is_not_taken_for_the_end<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.write_all(b"x").unwrap();
    if K::IS_EDGE {
        pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    }
    assert_eq!(pair.stream.read(&mut []).unwrap(), 0);
    assert_eq!(pair.stream.read_vectored(&mut []).unwrap(), 0);
    assert_eq!(pair.selector.may_read(&pair.stream), K::IS_EDGE);
    assert_eq!(pair.receive(1), b"x");
}

pub(crate) fn a_read_goes_on_across_the_callers_buffers<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    let bytes: Vec<_> = (0..3000_u32).map(|number| number as u8).collect();
    pair.peer.write_all(&bytes).unwrap();
    let mut received = vec![0; 3000];
    let mut filled = 0;
    pair.turn_until(|pair| {
        loop {
            // More of them than one call of the kernel's takes.
            let rest = received[filled..].chunks_mut(1);
            let mut parts: Vec<_> = rest.map(IoSliceMut::new).collect();
            match pair.stream.read_vectored(&mut parts) {
                Ok(0) => return filled == 3000,
                Ok(count) => filled += count,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    return false;
                }
            }
        }
    });
    assert_eq!(received, bytes);
}

pub(crate) fn a_refused_connect_is_told_by_connected<K: Kind>() {
    let error = refused::<K>(|stream| stream.connected().map(|connected| assert!(!connected)));
    assert_eq!(or_skip!(error), ErrorKind::ConnectionRefused);
}

pub(crate) fn a_refused_connect_is_told_by_the_first_read<K: Kind>() {
    let error = refused::<K>(|stream| match stream.read(&mut [0; 8]) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
        result => result.map(|count| panic!("{count} bytes of nobody")),
    });
    assert_eq!(or_skip!(error), ErrorKind::ConnectionRefused);
}

/// What `ask` fails with on a stream that nobody accepts.
fn refused<K: Kind>(
    mut ask: impl FnMut(&mut K::Stream) -> std::io::Result<()>,
) -> Option<ErrorKind> {
    let mut selector = K::selector()?;
    let mut stream = connect::<K>(closed_port());
    selector.register(&mut stream, TOKEN).unwrap();
    let deadline = Deadline::new();
    loop {
        for report in poll::<K>(&mut selector, Duration::from_secs(10)) {
            selector.deliver(&mut stream, report.readiness);
        }
        if let Err(error) = ask(&mut stream) {
            return Some(error.kind());
        }
        deadline.check();
    }
}

pub(crate) fn a_partial_write_waits_for_the_writable_report<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    let block = vec![7_u8; 1 << 20];
    let mut sent = 0;
    sent += loop {
        match pair.stream.write(&block) {
            Ok(count) if count == block.len() => sent += count,
            Ok(count) => break count,
            Err(error) => panic!("the first refusal is a partial write, not {error}"),
        }
    };
    assert!(!pair.selector.may_write(&pair.stream));
    pair.forget_reports();

    // The peer makes room for a part; without a report the stream does not try.
    let mut received = vec![0; sent];
    pair.peer.read_exact(&mut received).unwrap();
    if K::IS_EDGE {
        assert_eq!(kind(pair.stream.write(&block)), Some(ErrorKind::WouldBlock));
        assert_eq!(
            kind(pair.stream.write_vectored(&[IoSlice::new(&block)])),
            Some(ErrorKind::WouldBlock)
        );
    }
    pair.turn_until(|pair| pair.stream.write(&block).is_ok_and(|count| count > 0));
}

pub(crate) fn a_socket_that_stays_writable_is_reported_once<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    if !K::IS_EDGE {
        return;
    }
    pair.forget_reports();
    for _ in 0..10 {
        pair.stream.write_all(b"x").unwrap();
        assert_eq!(poll::<K>(&mut pair.selector, Duration::ZERO), []);
    }
    // Nor does what arrives make it writable once more.
    pair.peer.write_all(b"y").unwrap();
    let reports = poll::<K>(&mut pair.selector, Duration::from_secs(10));
    assert!(reports[0].readiness.readable);
    assert_eq!(reports.len(), 1);
}

pub(crate) fn a_write_of_more_buffers_than_the_kernel_takes_has_not_filled_the_socket<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.forget_reports();
    let buffers = vec![IoSlice::new(b"x"); 2000];
    let count = pair.stream.write_vectored(&buffers).unwrap();
    assert!((1..2000).contains(&count));
    // No report would come for a socket that was writable all the time.
    assert_eq!(pair.selector.may_write(&pair.stream), K::IS_EDGE);
    assert_eq!(pair.stream.write(b"y").unwrap(), 1);
}

pub(crate) fn a_report_names_the_generation_it_was_registered_with<K: Kind>() {
    let mut selector = or_skip!(K::selector());
    let (mut old, mut old_peer) = connect_pair::<K>();
    selector.register(&mut old, token(0, 1)).unwrap();
    old_peer.write_all(b"stale").unwrap();
    selector.deregister(&mut old, token(0, 1)).unwrap();

    let (mut new, _new_peer) = connect_pair::<K>();
    selector.register(&mut new, token(0, 2)).unwrap();
    let reports = poll::<K>(&mut selector, Duration::from_secs(10));
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].token, token(0, 2));

    // The old one is an ordinary stream again.
    let mut received = Vec::new();
    let deadline = Deadline::new();
    while received.len() < 5 {
        deadline.check();
        read_available(&mut old, &mut received);
    }
    assert_eq!(received, b"stale");
}

pub(crate) fn a_deregistered_socket_is_not_reported<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.write_all(b"before").unwrap();
    pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    pair.peer.write_all(b"after").unwrap();
    let mut received = Vec::new();
    let deadline = Deadline::new();
    while received.len() < 11 {
        deadline.check();
        read_available(&mut pair.stream, &mut received);
    }
    assert_eq!(received, b"beforeafter");
    for _ in 0..10 {
        assert_eq!(poll::<K>(&mut pair.selector, Duration::ZERO), []);
    }
}

pub(crate) fn registering_again_reports_what_is_there<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.write_all(b"kept").unwrap();
    if K::IS_EDGE {
        pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    }
    pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    pair.selector.register(&mut pair.stream, TOKEN).unwrap();
    let mut is_reported = false;
    while !is_reported {
        for report in poll::<K>(&mut pair.selector, Duration::from_secs(10)) {
            is_reported |= report.readiness.readable;
            pair.selector.deliver(&mut pair.stream, report.readiness);
        }
    }
    assert_eq!(pair.receive(4), b"kept");
}

pub(crate) fn a_socket_registered_after_its_end_is_reported<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.shutdown(Shutdown::Write).unwrap();
    for _ in 0..3 {
        assert_eq!(pair.receive(1), b"");
        pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
    }
}

pub(crate) fn without_a_selector_it_is_an_ordinary_stream<K: Kind>() {
    let (mut stream, mut peer) = connect_pair::<K>();
    while !stream.connected().unwrap() {}
    assert_eq!(kind(stream.read(&mut [0; 8])), Some(ErrorKind::WouldBlock));
    stream.write_all(b"question").unwrap();
    let mut question = [0; 8];
    peer.read_exact(&mut question).unwrap();
    peer.write_all(b"answer").unwrap();
    drop(peer);
    let mut answer = Vec::new();
    while kind(stream.read_to_end(&mut answer)) == Some(ErrorKind::WouldBlock) {}
    assert_eq!(answer, b"answer");
}

pub(crate) fn a_reset_is_told_after_the_bytes_before_it<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    let kind = reset(&mut pair);
    assert_eq!(kind, ErrorKind::ConnectionReset);
    assert!(pair.selector.deregister(&mut pair.stream, TOKEN).is_ok());
}

/// Has the peer send a word and then reset the connection, and reads up to that.
pub(crate) fn reset<K: Kind>(pair: &mut Pair<K>) -> ErrorKind {
    pair.stream.write_all(b"unread by the peer").unwrap();
    pair.peer.write_all(b"before").unwrap();
    assert_eq!(pair.receive(6), b"before");
    while pair.peer.peek(&mut [0; 64]).unwrap() < 18 {}
    // Closing with unread bytes resets.
    let (_, other) = connect_pair::<K>();
    drop(std::mem::replace(&mut pair.peer, other));
    let mut error = None;
    pair.turn_until(|pair| {
        error = kind(pair.stream.read(&mut [0; 8]));
        error != Some(ErrorKind::WouldBlock)
    });
    error.unwrap()
}

pub(crate) fn waiting_ends_with_the_time_given<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.forget_reports();
    let reports = poll::<K>(&mut pair.selector, Duration::from_millis(1));
    assert_eq!(reports.is_empty(), K::IS_EDGE);
    pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    // With nothing to wait for, too.
    assert_eq!(poll::<K>(&mut pair.selector, Duration::from_millis(1)), []);
}

pub(crate) fn waiting_ends_with_a_report<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.forget_reports();
    let mut peer = pair.peer.try_clone().unwrap();
    let sender = std::thread::spawn(move || peer.write_all(b"wakes").unwrap());
    let mut ready = Vec::new();
    while ready.is_empty() {
        pair.selector.poll(&mut ready, None).unwrap();
    }
    assert!(ready[0].readiness.readable);
    sender.join().unwrap();
}

/// Tests that hold thousands of descriptors do so one after the other.
static CROWD: Mutex<()> = Mutex::new(());

pub(crate) fn a_thousand_sockets_receive_what_is_theirs<K: Kind>() {
    let _alone = CROWD.lock().unwrap_or_else(PoisonError::into_inner);
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
    // Two descriptors each, and those of the other tests.
    let count = maximum.map_or(1000, |maximum| (maximum / 3).min(1000) as usize);
    let mut many = Many::<K>::connected(or_skip!(K::selector()), count);
    many.each_receives_its_number(5);
    // Once most have gone, the others are served as before.
    for index in 0..count {
        if index % 10 != 0 {
            let stream = &mut many.streams[index];
            many.selector
                .deregister(stream, token(index as u32, 0))
                .unwrap();
        }
    }
    for peer in &mut many.peers {
        peer.write_all(b"last").unwrap();
    }
    many.receive_until(
        |index| index % 10 == 0,
        |received| received.iter().step_by(10).all(|one| one.len() == 24),
    );
}

pub(crate) fn any_order_of_drops_is_sound<K: Kind>() {
    for order in 0..40_u32 {
        let mut pair = or_skip!(Pair::<K>::connected());
        let mut peer = pair.peer.try_clone().unwrap();
        let sender = std::thread::spawn(move || while peer.write_all(&[1; 1000]).is_ok() {});
        assert!(!pair.receive(10).is_empty());
        let Pair {
            selector,
            stream,
            peer,
        } = pair;
        if order % 2 == 0 {
            drop(selector);
            drop(stream);
        } else {
            drop(stream);
            drop(selector);
        }
        peer.shutdown(Shutdown::Both).ok();
        sender.join().unwrap();
    }
}

pub(crate) fn a_child_process_changes_nothing<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.peer.write_all(b"before").unwrap();
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    pair.peer.write_all(b"meanwhile").unwrap();
    assert_eq!(pair.receive(15), b"beforemeanwhile");
    // The child has no part of the connection, which ends although the child goes on.
    drop(pair.stream);
    drop(pair.selector);
    assert_eq!(pair.peer.read(&mut [0; 8]).unwrap(), 0);
    child.kill().unwrap();
    child.wait().unwrap();
}

pub(crate) fn a_graceful_end_waits_for_that_of_the_peer_and_loses_nothing_before_it<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    pair.stream.write_all(b"goodbye").unwrap();
    assert!(!pair.stream.poll_close().unwrap(), "the peer has not ended");
    let mut heard = Vec::new();
    pair.peer.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"goodbye", "this side has said that it has ended");

    pair.peer.write_all(b"last words").unwrap();
    pair.peer.shutdown(Shutdown::Write).unwrap();
    // Whether the end is known or not: what is unread comes first.
    pair.turn_until(|pair| {
        assert!(!pair.stream.poll_close().unwrap());
        !K::IS_EDGE || pair.selector.may_read(&pair.stream)
    });
    let mut received = Vec::new();
    let mut buffer = [0; 3];
    pair.turn_until(|pair| {
        while received.len() < 10 {
            assert!(!pair.stream.poll_close().unwrap(), "{received:?} of ten");
            match pair.stream.read(&mut buffer) {
                Ok(count) => received.extend_from_slice(&buffer[..count]),
                Err(_) => return false,
            }
        }
        true
    });
    assert_eq!(received, b"last words");
    pair.turn_until(|pair| pair.stream.poll_close().unwrap());
    assert!(pair.stream.poll_close().unwrap(), "and it stays so");
    assert_eq!(pair.stream.read(&mut [0; 8]).unwrap(), 0);
}

pub(crate) fn a_graceful_end_of_what_has_failed_is_an_error<K: Kind>() {
    let mut pair = or_skip!(Pair::<K>::connected());
    reset(&mut pair);
    assert!(pair.stream.poll_close().is_err());
}
