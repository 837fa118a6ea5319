use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use boomnet::prelude::*;

use crate::clock::Clock;
use crate::digest::Digest;
use crate::latency::Latency;

/// Where all endpoints write what they see: the context of the service.
///
/// The one thread that polls the service owns it, so there is nothing to lock. `D` is what a feed keeps beside its counts.
#[derive(Debug)]
pub(crate) struct Board<D> {
    pub(crate) feeds: Vec<Feed<D>>,
    pub(crate) latency: Latency,
    /// Of whose message came when, where one is wanted. With the hashes of the feeds that makes all messages in their order.
    order: Option<Digest>,
    clock: Clock,
    /// The run ends after it.
    duration: Duration,
    seconds_reported: u32,
    messages_reported: u64,
    /// Connections that end are not to be made again.
    pub(crate) is_ending: bool,
}

impl<D> Context for Board<D> {}

/// One endpoint's part of the board.
#[derive(Debug)]
pub(crate) struct Feed<D> {
    pub(crate) name: String,
    pub(crate) detail: D,
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
    pub(crate) connects: u32,
    pub(crate) is_connected: bool,
    /// After so many messages the feed is complete.
    limit: Option<u64>,
    is_sample_due: bool,
}

impl<D> Feed<D> {
    pub(crate) const fn new(name: String, limit: Option<u64>, detail: D) -> Self {
        Self {
            name,
            detail,
            messages: 0,
            bytes: 0,
            connects: 0,
            is_connected: false,
            limit,
            is_sample_due: true,
        }
    }

    pub(crate) const fn count_message(&mut self) {
        self.messages += 1;
    }

    pub(crate) const fn count_bytes(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// Returns true once a second, for the message to print.
    pub(crate) const fn takes_sample(&mut self) -> bool {
        std::mem::replace(&mut self.is_sample_due, false)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.limit.is_some_and(|limit| self.messages >= limit)
    }
}

impl<D> Board<D> {
    pub(crate) fn new(clock: Clock, feeds: Vec<Feed<D>>, duration: Duration) -> Self {
        Self {
            feeds,
            latency: Latency::new(),
            order: None,
            clock,
            duration,
            seconds_reported: 0,
            messages_reported: 0,
            is_ending: false,
        }
    }

    /// Keeps a hash of the order in which the messages of all feeds arrive, too.
    pub(crate) fn hashing(mut self) -> Self {
        self.order = Some(Digest::default());
        self
    }

    /// Adds that a feed has a message to that hash, if it is kept.
    pub(crate) fn hash_order(&mut self, feed: usize) {
        if let Some(order) = &mut self.order {
            order.add_message(self.feeds[feed].name.as_bytes());
        }
    }

    /// The hash of the order; that of no messages where it is not kept.
    pub(crate) fn order(&self) -> Digest {
        self.order.clone().unwrap_or_default()
    }

    /// The time since the run began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Notes the latency of a message that is here now.
    pub(crate) fn record_latency(&mut self, sent_at_ns: u64) {
        self.latency.record(sent_at_ns, self.clock.unix_ns());
    }

    /// Returns true when time is up, Ctrl-C was pressed, or every feed is complete.
    pub(crate) fn is_over(&self, stop: &AtomicBool) -> bool {
        self.elapsed() >= self.duration
            || stop.load(Ordering::Relaxed)
            || self.feeds.iter().all(Feed::is_complete)
    }

    pub(crate) fn is_anyone_connected(&self) -> bool {
        self.feeds.iter().any(|feed| feed.is_connected)
    }

    /// Prints something that has happened to a feed.
    pub(crate) fn print_event(&self, feed: usize, event: fmt::Arguments<'_>) {
        say!(
            "{:8.3} s  {}: {event}",
            self.elapsed().as_secs_f64(),
            self.feeds[feed].name
        );
    }

    /// Prints a status line if a second has passed since the last one.
    pub(crate) fn print_status_if_due(&mut self) {
        let seconds = self.elapsed().as_secs() as u32;
        if seconds == self.seconds_reported {
            return;
        }
        self.seconds_reported = seconds;
        let messages: u64 = self.feeds.iter().map(|feed| feed.messages).sum();
        let bytes: u64 = self.feeds.iter().map(|feed| feed.bytes).sum();
        say!(
            "{seconds:4} s      {messages} messages (+{}), {bytes} bytes, latency {}",
            messages - self.messages_reported,
            self.latency.end_second()
        );
        self.messages_reported = messages;
        self.feeds
            .iter_mut()
            .for_each(|feed| feed.is_sample_due = true);
    }

    /// Returns true if every feed has received something, and as many messages as it was told to; else says which has
    /// not.
    pub(crate) fn is_satisfied(&self) -> bool {
        let is_satisfied = |feed: &&Feed<D>| feed.messages >= feed.limit.unwrap_or(1);
        for feed in self.feeds.iter().filter(|feed| !is_satisfied(feed)) {
            say!("{}: only {} messages", feed.name, feed.messages);
        }
        self.feeds.iter().all(|feed| is_satisfied(&feed))
    }
}
