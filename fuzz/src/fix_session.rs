//! A session with a hostile peer: whatever comes, in whatever order, application messages are told once and in order, what
//! is sent is numbered without a gap and bounded, and cutting the input changes nothing.

use arbitrary::{Arbitrary, Unstructured};
use boom_fix::session::{
    Event, Inbox, MemoryStore, Now, OfflineSend, Session, SessionConfig, Skip, Store,
};
use boom_fix::{BeginString, Decoder, FieldIndex, Precision, UtcTimestamp};

#[derive(Arbitrary, Debug)]
enum Operation {
    /// A message that is in order but for what is said.
    Message {
        kind: Kind,
        /// From the number that is expected.
        number: i8,
        flags: u8,
        /// For the fields that hold numbers.
        numbers: (i8, i8),
    },
    Raw(Vec<u8>),
    Seconds(u8),
    Send,
    Logout,
    Reconnect,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Kind {
    Heartbeat,
    TestRequest,
    ResendRequest,
    Reject,
    SequenceReset,
    Logout,
    Logon,
    Order,
}

/// The first byte of the input chooses the options, the rest is operations.
pub fn run(data: &[u8]) {
    let Some((&options, rest)) = data.split_first() else {
        return;
    };
    let mut input = Unstructured::new(rest);
    let (mut whole, mut pieces) = (Drive::new(options), Drive::new(options));
    for _ in 0..200 {
        let Ok(operation) = Operation::arbitrary(&mut input) else {
            break;
        };
        whole.perform(&operation, usize::MAX);
        pieces.perform(&operation, 3);
        assert_eq!(whole.told, pieces.told);
        if input.is_empty() {
            break;
        }
    }
}

const START: Now = Now {
    monotonic_ns: 1,
    unix_ns: 1_714_998_896_789_000_000,
};

struct Drive {
    session: Session<MemoryStore>,
    inbox: Inbox,
    now: Now,
    told: Vec<String>,
    /// The application message that was told last.
    last: u64,
    /// The number that we send next.
    next: u64,
    index: FieldIndex,
    /// Messages are kept while there is no logon.
    keeps: bool,
}

impl Drive {
    fn new(options: u8) -> Self {
        let new = if options & 1 == 0 {
            SessionConfig::initiator
        } else {
            SessionConfig::acceptor
        };
        let mut config = new(BeginString::Fix44, "US", "PEER")
            .with_reset_on_logout(options & 2 != 0)
            .with_next_expected(options & 4 != 0);
        if options & 8 != 0 {
            config = config.with_resend_chunk(2);
        }
        if options & 16 != 0 {
            config = config.with_offline_send(OfflineSend::Queue);
        }
        if options & 32 != 0 {
            config = config.with_dictionary(&boom_fix::fix44::DICTIONARY);
        }
        let ahead = if options & 64 != 0 { 2 } else { 100 };
        let skip = if options & 128 != 0 {
            Skip::ByLength
        } else {
            Skip::ToNextStart
        };
        let store = MemoryStore::new();
        let mut session = Session::new(config, store).expect("the names are good");
        session.connected(START).expect("memory does not fail");
        Self {
            session,
            inbox: Inbox::new()
                .with_ahead(ahead, 1 << 16)
                .with_skip(skip)
                .with_max_message_bytes(4096),
            now: START,
            told: Vec::new(),
            last: 0,
            next: 1,
            index: FieldIndex::new(),
            keeps: options & 16 != 0,
        }
    }

    fn perform(&mut self, operation: &Operation, piece: usize) {
        match operation {
            Operation::Message {
                kind,
                number,
                flags,
                numbers,
            } => {
                let bytes = self.message(*kind, *number, *flags, *numbers);
                self.receive(&bytes, piece);
            }
            Operation::Raw(bytes) => self.receive(bytes, piece),
            Operation::Seconds(seconds) => {
                self.now = self.now.after_ns(u64::from(*seconds) * 1_000_000_000);
                self.check(|session, now| session.handle_timeout(now));
                self.receive(&[], 1);
            }
            Operation::Send => {
                self.check(|session, now| {
                    let sent = session.send("D", now, |order| {
                        order.text(11, "id").text(55, "MSFT");
                    });
                    sent.map(drop)
                });
            }
            Operation::Logout => self.check(|session, now| session.logout(Some("bye"), now)),
            Operation::Reconnect => self.reconnect(),
        }
        self.take_outgoing();
    }

    /// What fails is refused, and changes nothing that the checks do not see.
    fn check<E>(&mut self, act: impl FnOnce(&mut Session<MemoryStore>, Now) -> Result<(), E>) {
        let _ = act(&mut self.session, self.now);
        self.take_outgoing();
    }

    fn reconnect(&mut self) {
        self.check(|session, now| session.disconnected(now));
        self.inbox.clear();
        // Messages kept offline, and a reset, count from what the store says.
        self.next = self.session.store().next_outgoing();
        if self.session.store().next_incoming() == 1 {
            self.last = 0;
        }
        self.check(|session, now| session.connected(now));
    }

    fn receive(&mut self, bytes: &[u8], piece: usize) {
        for piece in bytes.chunks(piece.min(bytes.len()).max(1)) {
            self.inbox.extend(piece);
            self.poll();
        }
        if bytes.is_empty() {
            self.poll();
        }
    }

    fn poll(&mut self) {
        loop {
            let event = self.session.poll_event(&mut self.inbox, self.now);
            match event {
                Ok(Some(event)) => {
                    match event {
                        Event::Message(received) => {
                            assert!(received.number > self.last, "told twice");
                            self.last = received.number;
                        }
                        Event::Logon(logon) if logon.get(141).is_some() => self.last = 0,
                        _ => {}
                    }
                    self.told.push(format!("{event:?}"));
                }
                Ok(None) => break,
                Err(_) => {
                    let _ = self.session.disconnected(self.now);
                    break;
                }
            }
            self.take_outgoing();
        }
        self.take_outgoing();
    }

    /// Every message is whole, and new ones are numbered without a gap.
    fn take_outgoing(&mut self) {
        let out = self.session.outgoing();
        assert!(out.len() < (1 << 20) + (1 << 17));
        let (mut input, mut decoder) = (out, Decoder::new());
        while let Ok(Some(message)) = decoder.decode(&mut input, &mut self.index) {
            let number = message.msg_seq_num().expect("ours have a number");
            if message.get(43).is_some() {
                assert!(number < self.session.store().next_outgoing());
                continue;
            }
            if message.msg_type() == b"A" || self.keeps {
                // After a reset, or behind what was kept while there was no logon.
                assert!(
                    number == 1 || number >= self.next,
                    "{number} behind {}: {message:?}",
                    self.next
                );
                self.next = number;
            }
            assert_eq!(number, self.next, "{message:?}");
            self.next += 1;
        }
        assert!(input.is_empty() && decoder.garbled() == 0);
        let count = out.len();
        self.session.sent(count);
    }

    fn message(&self, kind: Kind, number: i8, flags: u8, numbers: (i8, i8)) -> Vec<u8> {
        let expected = self.session.store().next_incoming();
        let sent = self.session.store().next_outgoing();
        let number = expected.saturating_add_signed(number.into());
        let from = |base: u64, delta: i8| base.saturating_add_signed(delta.into());
        let (first, second) = numbers;
        let (kind, body) = match kind {
            Kind::Heartbeat => ("0", String::new()),
            Kind::TestRequest => ("1", format!("112={first}|")),
            Kind::ResendRequest => {
                let body = format!("7={}|16={}|", from(sent, first), from(0, second));
                ("2", body)
            }
            Kind::Reject => ("3", "45=1|".to_owned()),
            Kind::SequenceReset => {
                let fill = if flags & 2 != 0 { "Y" } else { "N" };
                ("4", format!("36={}|123={fill}|", from(number, first)))
            }
            Kind::Logout => ("5", String::new()),
            Kind::Logon => {
                let mut body = format!("98=0|108={}|", first.unsigned_abs());
                if flags & 2 != 0 {
                    body += "141=Y|";
                }
                if flags & 4 != 0 {
                    body += &format!("789={}|", from(sent, second));
                }
                ("A", body)
            }
            Kind::Order => {
                let body = "11=id|54=1|55=MSFT|60=20240506-12:34:56|40=1|38=1|";
                ("D", body.to_owned())
            }
        };
        let time = UtcTimestamp::from_unix_nanos(self.now.unix_ns, Precision::Millis);
        let dup = match flags & 1 {
            0 => String::new(),
            _ => format!("43=Y|122={time}|"),
        };
        frame(&format!(
            "35={kind}|34={number}|49=PEER|52={time}|56=US|{dup}{body}"
        ))
    }
}

fn frame(body: &str) -> Vec<u8> {
    let body = body.replace('|', "\x01");
    let mut message = format!("8=FIX.4.4\x019={}\x01{body}", body.len()).into_bytes();
    let sum = message
        .iter()
        .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    message.extend(format!("10={sum:03}\x01").bytes());
    message
}
