//! When the thread that writes rests, and who ends that. The tests decide when it has slept long enough.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::super::stats::Activity;
use super::super::tests::{memory, recorder};
use super::super::{RecorderBuilder, SyncPolicy};
use super::*;
use crate::{ConnectionInfo, MonotonicClock};

/// The sleep of a thread that writes.
struct Sleep {
    begun: Receiver<Duration>,
    ended: Arc<Ended>,
}

/// No channel: who waits for one takes what unparks the thread.
#[derive(Default)]
struct Ended {
    by: Mutex<Option<By>>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Time,
    Unpark,
    /// This and all after it end at once.
    Test,
}

impl Ended {
    fn set(&self, by: By) {
        *self.by.lock().unwrap_or_else(PoisonError::into_inner) = Some(by);
        self.changed.notify_all();
    }

    fn wait(&self) -> By {
        let by = self.by.lock().unwrap_or_else(PoisonError::into_inner);
        let by = self.changed.wait_while(by, |by| by.is_none());
        let mut by = by.unwrap_or_else(PoisonError::into_inner);
        match *by {
            Some(By::Test) | None => By::Test,
            _ => by.take().unwrap_or(By::Test),
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.ended.set(By::Test);
    }
}

impl Sleep {
    /// Waits until it begins.
    fn begin(&self) -> Duration {
        self.begun.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    fn end(&self, by: By) {
        self.ended.set(by);
    }

    /// Lets it sleep so often, each time to its end. Returns for how long.
    fn take(&self, count: usize) -> Vec<u64> {
        let sleep = |_| {
            let time = self.begin();
            self.end(By::Time);
            u64::try_from(time.as_millis()).unwrap()
        };
        (0..count).map(sleep).collect()
    }
}

// In this order: the thread must not wait for the test when the tap waits for the thread.
fn start(builder: RecorderBuilder) -> (Tap<MonotonicClock>, Sleep) {
    let (begin, begun) = channel();
    let begin = Mutex::new(begin);
    let ended = Arc::<Ended>::default();
    let end = Arc::clone(&ended);
    let builder = builder.sleep(move |time| {
        let begin = begin.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = begin.send(time);
        if end.wait() == By::Unpark {
            thread::park();
        }
    });
    let info = ConnectionInfo::new("example.com", 1);
    let tap = builder.build().start(Some("name"), &info, false).unwrap();
    (tap, Sleep { begun, ended })
}

fn queue_of_1024() -> RecorderBuilder {
    recorder(&memory(usize::MAX)).queue_bytes(1024)
}

const INBOUND: Direction = Direction::Inbound;

#[test]
fn who_finds_nothing_sleeps_ever_longer() {
    let (tap, sleep) = start(queue_of_1024());
    assert_eq!(sleep.take(7), [2, 4, 8, 16, 32, 64, 64]);
    drop(sleep);
    drop(tap);
}

#[test]
fn who_rests_is_woken_once_when_a_quarter_is_taken() {
    let (mut tap, sleep) = start(queue_of_1024());
    for time in [2, 4, 8] {
        assert_eq!(sleep.begin(), Duration::from_millis(time));
        assert!(!tap.shared.is_resting(), "{time}");
        sleep.end(By::Time);
    }
    assert_eq!(sleep.begin(), Duration::from_millis(16));
    assert!(tap.shared.is_resting());
    sleep.end(By::Unpark);
    // Each takes 80 bytes, of which 256 have room in a quarter.
    for _ in 0..3 {
        tap.bytes(INBOUND, &[1; 64]);
    }
    assert_eq!((tap.wakes, tap.shared.is_resting()), (0, true));
    tap.bytes(INBOUND, &[2; 64]);
    assert_eq!((tap.wakes, tap.shared.is_resting()), (1, false));
    // It could not go on otherwise.
    assert_eq!(sleep.begin(), Duration::from_millis(1));
    assert!(!tap.shared.is_resting());
    assert_eq!(tap.stats().written_events, 4);

    // Who works looks by itself in time.
    for _ in 0..8 {
        tap.bytes(INBOUND, &[3; 64]);
    }
    assert_eq!((tap.wakes, tap.shared.is_resting()), (1, false));
    sleep.end(By::Time);
    assert_eq!(sleep.begin(), Duration::from_millis(1));
    assert_eq!(tap.stats().written_events, 12);
    drop(sleep);
    assert!(tap.finish().unwrap().is_complete());
}

#[test]
fn who_was_not_woken_works_again_when_the_time_is_over() {
    let (mut tap, sleep) = start(queue_of_1024());
    sleep.take(3);
    sleep.begin();
    tap.bytes(INBOUND, &[1; 64]);
    assert!(tap.shared.is_resting());
    sleep.end(By::Time);
    assert_eq!(sleep.begin(), Duration::from_millis(1));
    assert!(!tap.shared.is_resting());
    assert_eq!((tap.wakes, tap.stats().written_events), (0, 1));
    drop(sleep);
    drop(tap);
}

#[test]
fn who_rests_is_woken_by_what_has_no_room() {
    type Act = fn(&mut Tap<MonotonicClock>);
    let acts: [Act; 3] = [
        |tap| tap.bytes(INBOUND, &[0; 2000]),
        |tap| tap.pieces(INBOUND, &[&[0; 1000][..], &[0; 1000][..]], 2000),
        // The queue is full when this side ends.
        |tap| tap.closed(),
    ];
    for (index, act) in acts.into_iter().enumerate() {
        let (mut tap, sleep) = start(queue_of_1024());
        if index == 2 {
            assert_eq!(sleep.begin(), Duration::from_millis(2));
            tap.bytes(INBOUND, &[0; 1000]);
            tap.shared.set(Activity::Resting);
        } else {
            sleep.take(3);
            sleep.begin();
        }
        assert_eq!((tap.wakes, tap.shared.is_resting()), (0, true));
        act(&mut tap);
        assert_eq!((tap.wakes, tap.shared.is_resting()), (1, false), "{index}");
        drop(sleep);
        drop(tap);
    }
}

#[test]
fn a_rest_is_no_longer_than_the_interval_of_syncs() {
    let memory = memory(usize::MAX);
    let policy = SyncPolicy::Every(Duration::from_millis(10));
    let (mut tap, sleep) = start(recorder(&memory).sync(policy));
    for _ in 0..2 {
        let synced = memory.syncs();
        while memory.syncs() == synced {
            assert!(sleep.take(1)[0] <= 10);
        }
        // Nothing is new, but may come while it sleeps.
        let times = sleep.take(8);
        assert_eq!(times[4..], [10; 4], "{times:?}");
        tap.bytes(INBOUND, &[1; 64]);
    }
    drop(sleep);
    drop(tap);
}

#[test]
fn an_interval_is_no_reason_to_spin() {
    let policy = SyncPolicy::Every(Duration::ZERO);
    let (tap, sleep) = start(queue_of_1024().sync(policy));
    assert_eq!(sleep.take(5), [1; 5]);
    drop(sleep);
    drop(tap);
}
