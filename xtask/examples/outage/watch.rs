//! The endpoints in their service, and the checks that hold at any time.

use std::time::{Duration, Instant};

use boomnet::prelude::*;
use boomnet::select::Selector;
use boomnet::service::{Event, ReconnectPolicy};

use crate::Result;
use crate::ledger::Ledger;
use crate::line::{Feed, Line, Stream};

/// Sleep in the selector at most so long, so that what is outside of it is seen soon.
const TURN: Duration = Duration::from_millis(1);
/// Connecting and its handshake may take so long.
const OVERDUE: Duration = Duration::from_secs(1);
/// Each endpoint may bring an end, a failed attempt and a wait in one turn.
const EVENTS_EACH: usize = 4;

pub(crate) struct Watch<R, S: Stream> {
    pub(crate) service: IOService<R, Line<S>, Feed>,
    pub(crate) feed: Feed,
    pub(crate) ledger: Ledger,
    pub(crate) endpoints: u32,
    /// How long the endpoints had received nothing when their connections ended, at least and at most.
    pub(crate) silences: Option<(Duration, Duration)>,
}

impl<R: Selector<S>, S: Stream> Watch<R, S> {
    /// A service as it is by default, but that it keeps all events of a turn.
    pub(crate) fn new(selector: R, port: u16, endpoints: u32) -> Self {
        let mut feed = Feed::default();
        let mut service = selector
            .into_io_service_with_context(&mut feed)
            .with_event_limit(endpoints as usize * EVENTS_EACH);
        for stream in 0..endpoints {
            service.register(Line::new(port, stream));
        }
        Self {
            service,
            feed,
            ledger: Ledger::new(endpoints as usize),
            endpoints,
            silences: None,
        }
    }

    /// Begins to count those that come back, to process number `run` of the venue.
    pub(crate) fn begin_return(&mut self, run: u32) {
        (self.feed.run, self.feed.begun) = (run, 0);
        self.ledger.first_connect = None;
    }

    /// Polls until `is_done`, and fails where that takes longer than `limit`.
    pub(crate) fn until(
        &mut self,
        what: &str,
        limit: Duration,
        mut is_done: impl FnMut(&Self) -> Result<bool>,
    ) -> Result<()> {
        let start = Instant::now();
        while !is_done(self)? {
            if start.elapsed() > limit {
                let stats = self.service.stats();
                let overdue = self.ledger.overdue(OVERDUE);
                return Err(format!(
                    "{what}: not within {limit:?}, the longest wait is {:?}, {overdue} are overdue; {stats:?}",
                    self.longest_wait(),
                )
                .into());
            }
            self.turn()?;
        }
        Ok(())
    }

    fn turn(&mut self) -> Result<()> {
        self.service.wait(TURN, &mut self.feed)?;
        while let Some(event) = self.service.poll_event() {
            self.note(&event)?;
        }
        match self.feed.faults.first() {
            None => Ok(()),
            Some(fault) => Err(fault.as_str().into()),
        }
    }

    fn note(&mut self, event: &Event<Line<S>>) -> Result<()> {
        let (Event::Connected { handle, .. }
        | Event::Disconnected { handle, .. }
        | Event::AttemptFailed { handle, .. }
        | Event::RetryIn { handle, .. }) = event
        else {
            return Err("an event that nothing has asked for".into());
        };
        let (Some(line), Some(stats)) = (
            self.service.get(*handle),
            self.service.endpoint_stats(*handle),
        ) else {
            return Err("an event of an endpoint that is not there".into());
        };
        if let (Event::Disconnected { .. }, Some(received_at)) = (event, line.received_at) {
            let silence = received_at.elapsed();
            let (least, most) = self.silences.unwrap_or((silence, silence));
            self.silences = Some((least.min(silence), most.max(silence)));
        }
        let stream = line.stream;
        self.ledger
            .note(stream, &stats, event)
            .map_err(|fault| format!("stream {stream}: {fault}").into())
    }

    /// The longest time to the next attempt of any endpoint by its policy, waiting for the connect rate included.
    pub(crate) fn longest_wait(&self) -> Duration {
        let failed_rounds = self.service.iter().filter_map(|(handle, _)| {
            let stats = self.service.endpoint_stats(handle)?;
            Some(stats.failed_rounds)
        });
        let delay = ReconnectPolicy::default().longest_delay(failed_rounds.max().unwrap_or(0));
        delay + Duration::from_secs(u64::from(self.endpoints)) / CONNECTS_EACH_SECOND
    }
}

/// What a service opens unless told otherwise.
const CONNECTS_EACH_SECOND: u32 = 5000;
