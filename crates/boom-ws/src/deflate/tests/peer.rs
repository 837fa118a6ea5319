//! A peer whose DEFLATE is another implementation.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

use super::super::{Agreed, TAIL};
use super::{AGREED, deflater, depth_update, inflate, inflater};

const MESSAGES: u64 = 45;

fn agreed(takeover: bool, level: u8) -> Agreed {
    Agreed {
        client_takeover: takeover,
        server_takeover: takeover,
        level,
        ..AGREED
    }
}

/// Sizes from nothing to beyond the window.
fn message(sequence: u64) -> Vec<u8> {
    depth_update(sequence, (sequence * sequence * 20) as usize)
}

#[test]
fn the_peer_inflates_what_we_compress() {
    for (takeover, level) in [(true, 1), (true, 6), (false, 1)] {
        let mut deflater = deflater(&agreed(takeover, level));
        let mut peer = Decompress::new(false);
        for sequence in 0..MESSAGES {
            let message = message(sequence);
            let payload = [deflater.compress(&message, true), &TAIL].concat();
            let mut inflated = Vec::with_capacity(message.len() + 64);
            let total_in = peer.total_in();
            peer.decompress_vec(&payload, &mut inflated, FlushDecompress::Sync)
                .unwrap();
            assert_eq!(peer.total_in() - total_in, payload.len() as u64);
            assert!(inflated == message, "{sequence}, takeover {takeover}");
            if !takeover {
                peer.reset(false);
            }
        }
    }
}

#[test]
fn we_inflate_what_the_peer_compresses() {
    for (takeover, level) in [(true, 1), (true, 6), (false, 1)] {
        let mut inflater = inflater(&agreed(takeover, level));
        let mut peer = Compress::new(Compression::new(level.into()), false);
        for sequence in 0..MESSAGES {
            let message = message(sequence);
            let mut payload = Vec::with_capacity(message.len() + 1024);
            peer.compress_vec(&message, &mut payload, FlushCompress::Sync)
                .unwrap();
            let sent = payload.strip_suffix(&TAIL).unwrap();
            assert!(
                inflate(&mut inflater, sent).unwrap() == message,
                "{sequence}"
            );
            if !takeover {
                peer.reset();
            }
        }
    }
}

/// RFC 7692 §7.2.3.4: a peer that cannot flush ends a stream with each message.
#[test]
fn we_inflate_what_a_peer_finishes() {
    let mut inflater = inflater(&AGREED);
    for sequence in 0..MESSAGES {
        let message = message(sequence);
        let mut peer = Compress::new(Compression::fast(), false);
        let mut payload = Vec::with_capacity(message.len() + 1024);
        peer.compress_vec(&message, &mut payload, FlushCompress::Finish)
            .unwrap();
        payload.push(0x00);
        assert!(
            inflate(&mut inflater, &payload).unwrap() == message,
            "{sequence}"
        );
    }
}
