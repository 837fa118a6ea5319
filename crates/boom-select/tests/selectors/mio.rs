//! `MioSelector` and `MioStream`.

use std::io::{IoSliceMut, Read, Write};
use std::net::TcpStream as Peer;
use std::os::fd::AsFd;
use std::time::Duration;

use boom_select::{MioSelector, MioStream, Selector};

use crate::support::{Kind, Many, Pair, poll};

pub(crate) struct Mio;

impl Kind for Mio {
    type Selector = MioSelector;
    type Stream = MioStream;

    const IS_EDGE: bool = true;

    fn selector() -> Option<MioSelector> {
        Some(MioSelector::new().unwrap())
    }
}

suite!(mio_stream, super::Mio);

#[test]
fn a_drained_stream_makes_no_system_call() {
    let mut pair = Pair::<Mio>::connected().unwrap();
    let same_socket = Peer::from(pair.stream.as_fd().try_clone_to_owned().unwrap());
    pair.a_drained_stream_makes_no_system_call(&same_socket);
}

#[test]
fn more_ready_sockets_than_fit_one_poll_come_with_the_next() {
    let selector = MioSelector::with_capacity(2).unwrap();
    let mut many = Many::<Mio>::connected(selector, 5);
    let mut seen = [false; 5];
    while seen.contains(&false) {
        let reports = poll::<Mio>(&mut many.selector, Duration::from_secs(10));
        assert!((1..=2).contains(&reports.len()));
        for report in reports {
            seen[report.token.index as usize] = true;
        }
    }
}

#[test]
fn a_read_into_more_buffers_than_the_kernel_takes_has_not_emptied_the_socket() {
    let mut pair = Pair::<Mio>::connected().unwrap();
    pair.peer.write_all(&[1; 3000]).unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    let mut bytes = [0; 2000];
    let mut buffers: Vec<_> = bytes.chunks_mut(1).map(IoSliceMut::new).collect();
    let count = pair.stream.read_vectored(&mut buffers).unwrap();
    assert!((1..2000).contains(&count));
    // No report would come for the bytes that are left.
    assert!(pair.selector.may_read(&pair.stream));
}
