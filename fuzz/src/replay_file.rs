//! Recordings that nobody recorded: whatever the file holds, its replay ends, with the same bytes and in the same way
//! however it is read, and it never holds more than the file.

mod checksum;

use std::io::{Cursor, ErrorKind, Read, Write};

use boom_stream::replay::{Direction, Recorded, RecordingReader, ReplayError, ReplayStream};

/// The first bytes of the input say how much room each read has.
const ROOMS: usize = 4;

pub fn run(data: &[u8]) {
    let (rooms, file) = data.split_at(data.len().min(ROOMS));
    check(file, rooms);
    // Behind a wrong checksum nothing else is looked at.
    let mut file = file.to_vec();
    checksum::repair(&mut file);
    check(&file, rooms);
}

fn check(file: &[u8], rooms: &[u8]) {
    let listed = list(file);
    let whole = play(file, &[]);
    assert_eq!(whole, listed);
    assert_eq!(play(file, rooms), whole);
    assert!(whole.bytes.len() <= file.len());
    check_writes(file, &listed);
}

/// What a recording comes to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Played {
    bytes: Vec<u8>,
    /// Errors that the recorded stream had, and what is missing, by where they are.
    marks: Vec<(usize, Mark)>,
    error: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Mark {
    Failed(ErrorKind),
    Missing(u64),
}

/// By events of the inbound side.
fn list(file: &[u8]) -> Played {
    let mut played = Played::default();
    let mut reader = match RecordingReader::from_reader(Cursor::new(file.to_vec())) {
        Ok(reader) => reader,
        Err(error) => {
            played.error = Some(error.to_string());
            return played;
        }
    };
    let mut is_closed = false;
    loop {
        let event = match reader.next_event() {
            Ok(Some(event)) => event,
            Ok(None) => break,
            Err(error) => {
                // Nobody reads on after the peer's end.
                played.error = (!is_closed).then(|| error.to_string());
                break;
            }
        };
        if event.direction == Direction::Outbound || is_closed {
            continue;
        }
        let at = played.bytes.len();
        match event.what {
            Recorded::Bytes { bytes, .. } => played.bytes.extend_from_slice(bytes),
            Recorded::Closed => is_closed = true,
            Recorded::Failed(kind) => played.marks.push((at, Mark::Failed(kind))),
            Recorded::Missing(bytes) => played.marks.push((at, Mark::Missing(bytes))),
            _ => {}
        }
    }
    played
}

/// By reads, which have as much room as `rooms` says in turn, or plenty.
fn play(file: &[u8], rooms: &[u8]) -> Played {
    let mut played = Played::default();
    let mut stream = match ReplayStream::builder().from_reader(Cursor::new(file.to_vec())) {
        Ok(stream) => stream,
        Err(error) => {
            played.error = Some(error.to_string());
            return played;
        }
    };
    let mut rooms = rooms.iter().cycle().map(|&room| 1 + usize::from(room));
    let mut buffer = vec![0; 1 << 17];
    // Each read takes a byte or an event out of the file; an event has more than twelve bytes.
    for _ in 0..=file.len() {
        let room = rooms.next().unwrap_or(buffer.len());
        let at = played.bytes.len();
        match stream.read(&mut buffer[..room]) {
            Ok(0) => return played,
            Ok(count) => played.bytes.extend_from_slice(&buffer[..count]),
            Err(error) => {
                let kind = error.kind();
                match error.downcast::<ReplayError>() {
                    Ok(ReplayError::Missing { bytes }) => {
                        played.marks.push((at, Mark::Missing(bytes)));
                    }
                    Ok(error) => {
                        played.error = Some(error.to_string());
                        return played;
                    }
                    Err(_) if stream.next_event_ns().is_none() => {
                        // The last one is repeated for ever.
                        played.marks.push((at, Mark::Failed(kind)));
                        played.error = stream.finish().err().map(|error| error.to_string());
                        return played;
                    }
                    Err(_) => played.marks.push((at, Mark::Failed(kind))),
                }
            }
        }
    }
    panic!("the replay does not end");
}

/// What was recorded verifies, and no more than that is accepted.
fn check_writes(file: &[u8], listed: &Played) {
    if listed.error.is_some() {
        return;
    }
    let (written, is_gapless) = outbound(file);
    let verify = || {
        let builder = ReplayStream::builder().verify();
        builder.from_reader(Cursor::new(file.to_vec())).ok()
    };
    let Some(mut stream) = verify() else {
        return;
    };
    stream.write_all(&written).expect("it was recorded");
    let Ok(summary) = stream.finish() else {
        return;
    };
    assert_eq!(summary.verified_bytes, written.len() as u64);
    if let (true, Some(mut stream)) = (is_gapless, verify()) {
        let mut more = written;
        more.push(0);
        stream.write(&more).expect_err("more than was recorded");
    }
}

/// The bytes that can be compared, and whether nothing is missing behind them.
fn outbound(file: &[u8]) -> (Vec<u8>, bool) {
    let mut written = Vec::new();
    let Ok(mut reader) = RecordingReader::from_reader(Cursor::new(file.to_vec())) else {
        return (written, false);
    };
    while let Ok(Some(event)) = reader.next_event() {
        if event.direction == Direction::Inbound {
            continue;
        }
        match event.what {
            Recorded::Bytes { bytes, .. } => written.extend_from_slice(bytes),
            Recorded::Missing(_) => return (written, false),
            _ => return (written, true),
        }
    }
    (written, true)
}
