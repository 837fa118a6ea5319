//! Frames from a hostile server: whatever comes, and however it is cut, the connection gives what a plain reading of
//! RFC 6455 gives, answers by its rules, and stays within its buffer.

use boom_ws::{Connection, WebsocketConfig};

use crate::drive::{Listed, Observed, Whole, drive, drive_messages};
use crate::naive::{Decoded, End, Frame, Limits, decode_client, decode_server, join};

/// Small, so that short inputs reach them.
const LIMITS: Limits = Limits {
    frame: 2048,
    message: 3000,
};

/// The first bytes of the input say how the rest is cut.
const CUTS: usize = 8;

pub fn run(data: &[u8]) {
    let (cuts, input) = data.split_at(data.len().min(CUTS));
    let mut expected = decode_server(input, LIMITS);
    check(&drive(&mut connection(), input, &mut Whole), &expected);
    check(
        &drive(&mut connection(), input, &mut Listed::new(cuts)),
        &expected,
    );
    expected.frames = join(&expected.frames);
    check(
        &drive_messages(connection(), input, Listed::new(cuts)),
        &expected,
    );
}

fn connection() -> Connection {
    let config = WebsocketConfig::new()
        .with_max_frame_bytes(LIMITS.frame as usize)
        .with_max_message_bytes(LIMITS.message)
        // Smaller than most frames, so that the buffer has to move and grow.
        .with_read_window_bytes(64)
        .with_predictable_masks([7; 32]);
    Connection::established(&config).expect("a seed is given")
}

fn check(observed: &Observed, expected: &Decoded) {
    assert_eq!(observed.frames, expected.frames);
    let permitted = expected.ending.permits(observed.end);
    assert!(permitted, "{:?} is not {:?}", observed.end, expected.ending);
    assert_eq!(observed.handshake, None);
    check_answers(observed, expected);
}

/// Each ping is answered by its payload, and a connection that ends is closed with the right code, once.
fn check_answers(observed: &Observed, expected: &Decoded) {
    let mut answers = decode_client(&observed.sent);
    if let Some(end) = observed.end {
        let close = answers
            .pop()
            .expect("a close frame is answered and a broken rule reported");
        let code = match end {
            End::Broken(code) => Some(code),
            End::Closed(code) => code,
        };
        let payload = code.map_or_else(Vec::new, |code| code.to_be_bytes().to_vec());
        assert_eq!(
            close,
            Frame {
                fin: true,
                opcode: 8,
                payload
            }
        );
    }
    let pings = expected.frames.iter().filter(|frame| frame.opcode == 9);
    let pongs: Vec<_> = pings
        .map(|ping| Frame {
            opcode: 10,
            ..ping.clone()
        })
        .collect();
    assert_eq!(answers, pongs);
}
