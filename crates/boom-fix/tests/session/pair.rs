//! Two sessions of ours, joined.

use boom_fix::BeginString;
use boom_fix::session::{
    DisconnectReason, Event, Inbox, MemoryStore, Now, Session, SessionConfig, SessionError,
};

pub(crate) const START: Now = Now {
    monotonic_ns: 1_000_000_000,
    unix_ns: 1_714_998_896_789_000_000,
};

pub(crate) const SECOND: u64 = 1_000_000_000;

/// A session, what came for it, and what it told.
pub(crate) struct Side {
    pub(crate) session: Session<MemoryStore>,
    pub(crate) inbox: Inbox,
    /// `ClOrdID` (11) of every application message, in the order in which they were told.
    pub(crate) journal: Vec<String>,
    /// Everything else, in words.
    pub(crate) told: Vec<String>,
    pub(crate) ended: Option<DisconnectReason>,
}

impl Side {
    pub(crate) fn new(config: SessionConfig) -> Self {
        Self {
            session: Session::new(config, MemoryStore::new()).unwrap(),
            inbox: Inbox::new(),
            journal: Vec::new(),
            told: Vec::new(),
            ended: None,
        }
    }

    /// Takes all events.
    pub(crate) fn poll(&mut self, now: Now) -> Result<(), SessionError> {
        while let Some(event) = self.session.poll_event(&mut self.inbox, now)? {
            match event {
                Event::Message(received) => {
                    let id = received.message.text(11).unwrap_or("?");
                    self.journal.push(id.to_owned());
                }
                Event::Disconnected(reason) => self.ended = Some(reason),
                Event::LoggedOn => self.told.push("logged on".to_owned()),
                Event::Gap { from, to } => self.told.push(format!("gap {from} to {to}")),
                Event::Missed { from, to } => self.told.push(format!("missed {from} to {to}")),
                Event::Rejected { refusal, .. } => self.told.push(refusal.text().to_owned()),
                Event::Reject(message) => {
                    let text = message.text(58).unwrap_or("");
                    self.told.push(format!("reject: {text}"));
                }
                Event::Logout(message) => {
                    let text = message.text(58).unwrap_or("");
                    self.told.push(format!("logout: {text}"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn take_outgoing(&mut self) -> Vec<u8> {
        let bytes = self.session.outgoing().to_vec();
        self.session.sent(bytes.len());
        bytes
    }

    pub(crate) fn order(&mut self, id: &str, now: Now) -> u64 {
        let sent = self.session.send("D", now, |order| {
            order.text(11, id).text(55, "MSFT");
        });
        sent.unwrap()
    }

    pub(crate) fn connect(&mut self, now: Now) {
        self.inbox.clear();
        self.ended = None;
        self.session.connected(now).unwrap();
    }
}

/// An initiator and an acceptor.
pub(crate) struct Pair {
    pub(crate) buyer: Side,
    pub(crate) venue: Side,
    pub(crate) now: Now,
}

impl Pair {
    pub(crate) fn new(configure: impl Fn(SessionConfig) -> SessionConfig) -> Self {
        let buyer = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
        let venue = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
        Self {
            buyer: Side::new(configure(buyer)),
            venue: Side::new(configure(venue)),
            now: START,
        }
    }

    /// Connects, and logs on.
    pub(crate) fn connected(configure: impl Fn(SessionConfig) -> SessionConfig) -> Self {
        let mut pair = Self::new(configure);
        pair.connect();
        assert!(pair.buyer.session.is_logged_on() && pair.venue.session.is_logged_on());
        pair
    }

    pub(crate) fn connect(&mut self) {
        self.venue.connect(self.now);
        self.buyer.connect(self.now);
        self.run();
    }

    /// The connection breaks; what was on its way is lost.
    pub(crate) fn cut(&mut self) {
        self.buyer.session.disconnected(self.now).unwrap();
        self.venue.session.disconnected(self.now).unwrap();
    }

    /// Passes bytes until nobody has any.
    pub(crate) fn run(&mut self) {
        for _ in 0..10_000 {
            let to_venue = self.buyer.take_outgoing();
            let to_buyer = self.venue.take_outgoing();
            assert_eq!(self.venue.inbox.extend(&to_venue), to_venue.len());
            assert_eq!(self.buyer.inbox.extend(&to_buyer), to_buyer.len());
            self.venue.poll(self.now).unwrap();
            self.buyer.poll(self.now).unwrap();
            let waits = [&self.buyer, &self.venue]
                .iter()
                .any(|side| !side.session.outgoing().is_empty());
            if to_venue.is_empty() && to_buyer.is_empty() && !waits {
                return;
            }
        }
        panic!("they go on for ever");
    }

    /// Time passes, a little at a time.
    pub(crate) fn pass(&mut self, seconds: u64) {
        for _ in 0..10 * seconds {
            self.now = self.now.after_ns(SECOND / 10);
            self.buyer.session.handle_timeout(self.now).unwrap();
            self.venue.session.handle_timeout(self.now).unwrap();
            self.run();
        }
    }
}
