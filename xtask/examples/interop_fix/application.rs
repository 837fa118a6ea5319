//! Orders and reports.

use boom_fix::session::{Event, Now, Received, Rejection, Session, SessionError, Store};
use boom_fix::{Message, MessageWriter, Precision, UtcTimestamp};

use crate::Result;
use crate::journal::Journal;

#[derive(Debug)]
pub(crate) struct Application {
    journal: Journal,
    is_acceptor: bool,
    is_logged_on: bool,
    /// It sends all the time.
    is_busy: bool,
    next_burst_ns: u64,
    dice: u64,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
enum Content<'a> {
    /// Of this `OrdType` (40).
    Order(char),
    /// On the order of this `ClOrdID` (11).
    Report(&'a str),
    /// Without `OrderID` (37).
    BadReport,
    News,
}

impl Application {
    pub(crate) const fn new(journal: Journal, is_acceptor: bool, seed: u64) -> Self {
        Self {
            journal,
            is_acceptor,
            is_logged_on: false,
            is_busy: false,
            next_burst_ns: 0,
            dice: seed,
        }
    }

    /// Something happened.
    pub(crate) fn react<T: Store>(
        &mut self,
        event: &Event<'_>,
        session: &mut Session<T>,
        now: Now,
    ) -> Result<()> {
        match event {
            Event::LoggedOn => {
                self.is_logged_on = true;
                println!("logged on");
            }
            Event::Message(received) => return self.received(received, session, now),
            Event::Rejected { message, .. } if is_application(message) => {
                self.journal.received(message, true)?;
            }
            Event::Disconnected(reason) => {
                eprintln!("disconnected: {reason}");
                if std::mem::take(&mut self.is_logged_on) {
                    println!("logged out");
                }
            }
            other => eprintln!("{other:?}"),
        }
        Ok(())
    }

    fn received<T: Store>(
        &mut self,
        received: &Received<'_>,
        session: &mut Session<T>,
        now: Now,
    ) -> Result<()> {
        let message = &received.message;
        let is_bad = message.msg_type() == b"8" && message.get(37).is_none();
        let is_new = self.journal.received(message, is_bad)?;
        match message.msg_type() {
            b"8" if is_bad => {
                let rejection = Rejection::new("no OrderID").with_reason(1).with_ref_tag(37);
                ignore_logout(session.reject(message, &rejection, now))?;
            }
            // One that has come before was answered before.
            b"D" if is_new => {
                let order = message.text(11).unwrap_or("NONE");
                self.send(Content::Report(order), session, now)?;
            }
            b"B" => {
                let text = "no news";
                let number = session.store().next_outgoing();
                self.journal.sending(number, "j", text)?;
                let sent = session.business_reject(message, 3, text, now);
                self.check_sent(sent, session)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Does what it is told.
    pub(crate) fn obey<T: Store>(
        &mut self,
        line: &str,
        session: &mut Session<T>,
        now: Now,
    ) -> Result<()> {
        match line {
            "traffic on" => self.is_busy = true,
            "traffic off" => self.is_busy = false,
            "status" => {
                let store = session.store();
                println!("next {} {}", store.next_outgoing(), store.next_incoming());
            }
            "bad" if self.is_acceptor => self.send(Content::BadReport, session, now)?,
            "bad" => self.send(Content::Order('?'), session, now)?,
            "strange" => self.send(Content::News, session, now)?,
            "test" => {
                let sent = session.send("1", now, |request| {
                    request.text(112, "asked");
                });
                ignore_logout(sent)?;
            }
            "logout" => ignore_logout(session.logout(Some("enough"), now))?,
            _ => {
                let count = line
                    .strip_prefix("send ")
                    .and_then(|count| count.parse().ok());
                let count: u32 = count.ok_or_else(|| format!("{line:?} is not understood"))?;
                for _ in 0..count {
                    self.send_own(session, now)?;
                }
            }
        }
        Ok(())
    }

    /// While it is busy, a few messages every millisecond or two; now and then without a logon.
    pub(crate) fn make_traffic<T: Store>(
        &mut self,
        session: &mut Session<T>,
        now: Now,
    ) -> Result<()> {
        if !self.is_busy || now.monotonic_ns < self.next_burst_ns {
            return Ok(());
        }
        self.next_burst_ns = now.monotonic_ns + self.roll(2_000_000);
        if session.is_logged_on() || self.roll(32) == 0 {
            for _ in 0..self.roll(4) {
                self.send_own(session, now)?;
            }
        }
        Ok(())
    }

    fn send_own<T: Store>(&mut self, session: &mut Session<T>, now: Now) -> Result<()> {
        let content = if self.is_acceptor {
            Content::Report("NONE")
        } else {
            Content::Order('2')
        };
        self.send(content, session, now)
    }

    fn send<T: Store>(
        &mut self,
        content: Content<'_>,
        session: &mut Session<T>,
        now: Now,
    ) -> Result<()> {
        let id = format!("F{}", self.roll(u64::MAX));
        let letter = char::from(b'a' + self.roll(26) as u8);
        let text = format!("{id}{}", letter.to_string().repeat(self.roll(200) as usize));
        self.journal
            .sending(session.store().next_outgoing(), content.kind(), &text)?;
        let sent = session.send(content.kind(), now, |writer| {
            content.write(writer, &id, &text, now);
        });
        self.check_sent(sent, session)
    }

    /// A message that was refused has no number.
    fn check_sent<T: Store>(
        &mut self,
        sent: std::result::Result<u64, SessionError>,
        session: &Session<T>,
    ) -> Result<()> {
        match sent {
            Ok(_) => Ok(()),
            Err(SessionError::Full { .. }) => Ok(self.journal.void(session)?),
            Err(error) => Err(error.into()),
        }
    }

    /// Below `sides` (splitmix64).
    const fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

impl Content<'_> {
    const fn kind(self) -> &'static str {
        match self {
            Self::Order(_) => "D",
            Self::Report(_) | Self::BadReport => "8",
            Self::News => "B",
        }
    }

    fn write(self, writer: &mut MessageWriter<'_>, id: &str, text: &str, now: Now) {
        let time = UtcTimestamp::from_unix_nanos(now.unix_ns, Precision::Millis);
        match self {
            Self::Order(kind) => {
                writer
                    .text(11, id)
                    .text(55, "BOOM")
                    .char(54, '1')
                    .timestamp(60, time);
                writer
                    .uint(38, 100)
                    .char(40, kind)
                    .text(44, "1.25")
                    .text(58, text);
            }
            Self::Report(_) | Self::BadReport => {
                if let Self::Report(order) = self {
                    writer.text(37, id).text(11, order);
                }
                writer
                    .text(17, id)
                    .char(150, '0')
                    .char(39, '0')
                    .text(55, "BOOM")
                    .char(54, '1');
                writer
                    .uint(38, 100)
                    .uint(151, 100)
                    .uint(14, 0)
                    .uint(6, 0)
                    .text(58, text);
            }
            Self::News => {
                writer.text(148, id).uint(33, 1).text(58, text);
            }
        }
    }
}

fn is_application(message: &Message<'_>) -> bool {
    matches!(message.msg_type(), b"8" | b"B" | b"D" | b"j")
}

/// What is told to a peer that has just gone is not needed.
fn ignore_logout<T>(result: std::result::Result<T, SessionError>) -> Result<()> {
    match result {
        Ok(_) | Err(SessionError::NotLoggedOn) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
