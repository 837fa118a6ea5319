//! What is true, whatever the sessions say: which messages the applications have sent, and what came of each.

use std::collections::BTreeMap;

use boom_fix::session::Received;

/// A message of an application.
#[derive(Clone, Copy, Debug)]
struct Sent {
    epoch: u64,
    number: u64,
    /// It has to come, or to be reported.
    is_owed: bool,
    delivered: u32,
    /// May come once more, with `PossDupFlag`: the peer had not kept that it came.
    may_repeat: bool,
    is_reported: bool,
}

/// One direction.
#[derive(Debug, Default)]
struct Course {
    /// By identifier: they ascend as messages are sent.
    sent: BTreeMap<u64, Sent>,
    /// The number that was delivered last, of which epoch.
    last: Option<(u64, u64)>,
    /// Numbers went lost in the store of the sender, and the receiver had seen some of them: in this epoch, back to this.
    conflict: Option<(u64, u64)>,
    /// The application has sent something since.
    has_sent_in_conflict: bool,
    /// Numbers went lost in the store of the sender, in this epoch.
    has_lost: Option<u64>,
    /// At any time.
    has_ever_lost: bool,
}

/// The truth about a run. Sides are 0 and 1; a direction is named by who sends.
#[derive(Debug)]
pub(crate) struct Oracle {
    courses: [Course; 2],
    next_id: u64,
    /// A wrong clock lets sessions reject what is in order.
    pub(crate) may_reject: bool,
    pub(crate) delivered: u64,
    pub(crate) repeated: u64,
    pub(crate) reported: u64,
    pub(crate) forgotten: u64,
}

impl Oracle {
    pub(crate) fn new(may_reject: bool) -> Self {
        Self {
            courses: Default::default(),
            next_id: 1,
            may_reject,
            delivered: 0,
            repeated: 0,
            reported: 0,
            forgotten: 0,
        }
    }

    pub(crate) const fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// The session took a message; or, if not `is_sure`, the process ended meanwhile.
    pub(crate) fn sent(&mut self, side: usize, id: u64, epoch: u64, number: u64, is_sure: bool) {
        let course = &mut self.courses[side];
        let is_in_conflict = course.is_in_conflict(epoch);
        course.has_sent_in_conflict |= is_in_conflict;
        let sent = Sent {
            epoch,
            number,
            is_owed: is_sure && !is_in_conflict,
            delivered: 0,
            may_repeat: false,
            is_reported: false,
        };
        course.sent.insert(id, sent);
    }

    /// The other side's application was given a message.
    pub(crate) fn delivered(&mut self, side: usize, received: &Received<'_>) {
        let id = read_id(received);
        check_content(received, id);
        let course = &mut self.courses[side];
        let Some(&sent) = course.sent.get(&id) else {
            panic!("side {side} never sent {id}, and it was delivered");
        };
        let number = received.number;
        assert_eq!(
            sent.number, number,
            "message {id} of side {side} came under another number"
        );
        if sent.delivered > 0 {
            assert!(
                sent.may_repeat,
                "message {id} ({number}) of side {side} came twice"
            );
            assert!(
                received.is_poss_dup,
                "message {id} ({number}) of side {side} came again without PossDupFlag"
            );
            self.repeated += 1;
        }
        let (epoch, last) = course.last.unwrap_or((sent.epoch, 0));
        assert!(
            epoch <= sent.epoch,
            "message {id} of side {side} is from before a reset"
        );
        assert!(
            epoch < sent.epoch || last < number,
            "message {id} ({number}) of side {side} came behind {last}"
        );
        course.last = Some((sent.epoch, number));
        let earlier = course.sent.range(..id).rev();
        let left_out = earlier
            .take_while(|(_, earlier)| earlier.epoch == sent.epoch && earlier.number > last)
            .find(|(_, earlier)| earlier.is_missing());
        if let Some((earlier, missing)) = left_out {
            panic!(
                "message {earlier} ({}) of side {side} was left out before {id} ({number})",
                missing.number
            );
        }
        if let Some(sent) = course.sent.get_mut(&id) {
            sent.delivered += 1;
            sent.may_repeat = false;
        }
        self.delivered += 1;
    }

    /// The other side's application was told that a message does not come.
    pub(crate) fn reported(&mut self, side: usize, id: u64) {
        assert!(self.may_reject, "message {id} of side {side} was rejected");
        if let Some(sent) = self.courses[side].sent.get_mut(&id) {
            sent.is_reported = true;
            self.reported += 1;
        }
    }

    /// The store of a side goes on at these numbers, after a loss or a failure.
    pub(crate) fn recovered(&mut self, side: usize, epoch: u64, outgoing: u64, incoming: u64) {
        let course = &mut self.courses[side];
        for sent in course.sent.values_mut().rev() {
            if sent.epoch == epoch && sent.number >= outgoing && sent.is_owed {
                sent.is_owed = false;
                self.forgotten += 1;
                course.has_lost = Some(epoch);
            }
        }
        let course = &mut self.courses[1 - side];
        if course
            .conflict
            .is_some_and(|(_, back_to)| incoming <= back_to)
        {
            // The receiver has lost as much.
            course.conflict = None;
        }
        let Some((peers_epoch, last)) = course.last else {
            return;
        };
        if incoming > last {
            return;
        }
        for sent in course.sent.values_mut().rev() {
            if sent.epoch == peers_epoch && sent.number >= incoming && sent.delivered > 0 {
                sent.may_repeat = true;
            }
        }
        course.last = Some((peers_epoch, incoming - 1));
    }

    /// A connection of the receiver ended without a fault of its store: what it was given counts as received.
    pub(crate) fn kept(&self, side: usize, incoming: u64) {
        if let Some((_, last)) = self.courses[side].last {
            assert!(
                incoming > last,
                "{last} of side {side} was delivered, and {incoming} is expected next"
            );
        }
    }

    /// A side has begun its numbers anew, by hand.
    pub(crate) const fn reset(&mut self, side: usize) {
        self.courses[1 - side].last = None;
    }

    /// The store of a side has lost something.
    pub(crate) const fn lost(&mut self, side: usize, epoch: u64) {
        self.courses[side].has_lost = Some(epoch);
        self.courses[side].has_ever_lost = true;
    }

    /// A store has lost numbers that the peer has seen, so a logon may be told that it expects too much.
    pub(crate) fn has_lost_numbers(&self) -> bool {
        self.courses.iter().any(|course| course.has_ever_lost)
    }

    /// A connection is made: the sender's next number, and the one that the receiver expects.
    pub(crate) fn compare(&mut self, side: usize, epoch: u64, outgoing: u64, expected: u64) {
        let course = &mut self.courses[side];
        if outgoing < expected {
            let is_explained = course.has_lost == Some(epoch);
            assert!(
                is_explained,
                "side {side} is at {outgoing}, its peer expects {expected}, and no store lost a number"
            );
            course.conflict = Some((epoch, outgoing));
            course.has_sent_in_conflict = false;
        } else if !course.has_sent_in_conflict {
            // Messages of the session have used the numbers up.
            course.conflict = None;
        }
    }

    pub(crate) fn has_conflict(&self, epochs: [u64; 2]) -> bool {
        (0..2).any(|side| self.courses[side].is_in_conflict(epochs[side]))
    }

    pub(crate) fn had_conflict(&self) -> bool {
        self.courses.iter().any(|course| course.conflict.is_some())
    }

    /// All that is owed has come, of the numbers that are in use.
    pub(crate) fn finish(&self, epochs: [u64; 2]) {
        for (side, course) in self.courses.iter().enumerate() {
            let missing = course
                .sent
                .iter()
                .find(|(_, sent)| sent.epoch == epochs[side] && sent.is_missing());
            if let Some((id, sent)) = missing {
                panic!("message {id} ({}) of side {side} never came", sent.number);
            }
        }
    }
}

impl Course {
    fn is_in_conflict(&self, epoch: u64) -> bool {
        self.conflict.is_some_and(|(of, _)| of == epoch)
    }
}

impl Sent {
    const fn is_missing(&self) -> bool {
        self.is_owed && self.delivered == 0 && !self.is_reported
    }
}

/// What a message says follows from its identifier.
pub(crate) fn text_of(id: u64) -> String {
    let length = if id.is_multiple_of(17) { 600 } else { id % 90 };
    (0..=length)
        .map(|place| char::from(b'a' + ((id + place) % 26) as u8))
        .collect()
}

/// Bytes that look like the end of a message and the beginning of another.
pub(crate) fn data_of(id: u64) -> Option<Vec<u8>> {
    id.is_multiple_of(5)
        .then(|| format!("{id}\x0110=000\x018=FIX.4.4\x019=5\x0135=0\x01").into_bytes())
}

fn read_id(received: &Received<'_>) -> u64 {
    let id = received.message.text(11).unwrap();
    id.parse().unwrap()
}

fn check_content(received: &Received<'_>, id: u64) {
    assert_eq!(
        received.message.text(58).unwrap(),
        text_of(id),
        "message {id} has changed"
    );
    let data = received
        .message
        .get(96)
        .map(|data| data.as_bytes().to_vec());
    assert_eq!(data, data_of(id), "message {id} has changed");
}
