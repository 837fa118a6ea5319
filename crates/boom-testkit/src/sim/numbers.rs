//! Payloads that tell which they are, so that nothing lost, repeated or changed goes unnoticed.

use std::error::Error;
use std::fmt;

use super::Random;

/// Makes the payloads of one direction of one connection, numbered from zero.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::{NumberChecker, Numbers};
///
/// let (mut numbers, mut checker) = (Numbers::new(7), NumberChecker::new(7));
/// let (first, second, third) = (numbers.next(100, 40), numbers.next(200, 24), numbers.next(300, 99));
/// assert_eq!(checker.check(&first)?, 100);
/// assert_eq!(checker.check(&second)?, 200);
/// assert!(checker.check(&second).is_err(), "repeated");
/// assert_eq!(checker.count(), 2);
/// # let _ = third;
/// # Ok::<(), boom_testkit::sim::Mismatch>(())
/// ```
#[derive(Clone, Debug)]
pub struct Numbers {
    stream: u64,
    next: u64,
}

/// Stream, number, time, length.
const HEAD: usize = 32;

impl Numbers {
    /// Starts at zero. Two streams have different numbers of their own.
    pub const fn new(stream: u64) -> Self {
        Self { stream, next: 0 }
    }

    /// Makes the next payload: sent at `now_ns`, and about `length` long, but not less than 32 bytes.
    pub fn next(&mut self, now_ns: u64, length: usize) -> Vec<u8> {
        let payload = payload(self.stream, self.next, now_ns, length.max(HEAD));
        self.next += 1;
        payload
    }

    /// How many were made.
    pub const fn count(&self) -> u64 {
        self.next
    }
}

/// Checks the payloads that [`Numbers`] has made.
///
/// # Examples
///
/// [`Numbers`] shows it.
#[derive(Clone, Debug)]
pub struct NumberChecker {
    stream: u64,
    next: u64,
}

impl NumberChecker {
    /// Expects the payloads of `stream` from zero.
    pub const fn new(stream: u64) -> Self {
        Self { stream, next: 0 }
    }

    /// Returns when `received` was sent.
    ///
    /// # Errors
    ///
    /// It is not the next one, or not as it was sent.
    pub fn check(&mut self, received: &[u8]) -> Result<u64, Mismatch> {
        let word = |place: usize| {
            let bytes = received
                .get(place..)
                .and_then(|rest| rest.first_chunk::<8>());
            bytes.map_or(u64::MAX, |bytes| u64::from_be_bytes(*bytes))
        };
        let sent_ns = word(16);
        let is_right = word(0) == self.stream && word(8) == self.next;
        if is_right && received == payload(self.stream, self.next, sent_ns, received.len()) {
            self.next += 1;
            return Ok(sent_ns);
        }
        Err(Mismatch {
            expected: (self.stream, self.next),
            received: (word(0), word(8)),
            length: received.len(),
        })
    }

    /// How many were right.
    pub const fn count(&self) -> u64 {
        self.next
    }
}

fn payload(stream: u64, number: u64, now_ns: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 8);
    for word in [stream, number, now_ns, length as u64] {
        bytes.extend_from_slice(&word.to_be_bytes());
    }
    let mut filler = Random::new(stream ^ number.rotate_left(32));
    while bytes.len() < length {
        bytes.extend_from_slice(&filler.number().to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Something else was received than what is next.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::NumberChecker;
///
/// let mismatch = NumberChecker::new(7).check(b"junk").unwrap_err();
/// assert!(mismatch.to_string().starts_with("expected 7/0"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    expected: (u64, u64),
    received: (u64, u64),
    length: usize,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((stream, number), (other, instead)) = (self.expected, self.received);
        let length = self.length;
        write!(
            f,
            "expected {stream}/{number}, received {other}/{instead} in {length} bytes"
        )
    }
}

impl Error for Mismatch {}
