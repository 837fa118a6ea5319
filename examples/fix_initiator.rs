//! Order entry over FIX 4.4: two orders that meet, a replacement and a cancellation, against the exchange of `fix_acceptor`.

#[path = "fix_acceptor/acceptor.rs"]
mod acceptor;
#[path = "fix_acceptor/exchange.rs"]
mod exchange;

use std::error::Error;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use boom_fix::session::{
    DisconnectReason, Event, FixConnection, MemoryStore, Now, Session, SessionConfig, SessionError,
};
use boom_fix::{BeginString, Decimal, FieldError, Message};

use acceptor::Acceptor;
use exchange::Exchange;

/// What is done next, once the report before it is here.
const STEPS: [Work; 5] = [
    |trader| trader.order("sell-1", '2', 100, 1010),
    |trader| trader.order("buy-1", '1', 60, 1015),
    |trader| trader.replace("sell-1", "sell-2", 80, 1020),
    |trader| trader.cancel("sell-2", "sell-3"),
    |trader| {
        trader
            .connection
            .session_mut()
            .logout(Some("done"), trader.now)
    },
];
/// How many reports each step has: the second is two fills besides.
const REPORTS: [usize; 5] = [1, 3, 1, 1, usize::MAX];

type Work = fn(&mut Trader) -> Result<(), SessionError>;

struct Trader {
    connection: FixConnection<TcpStream, MemoryStore>,
    now: Now,
}

fn main() -> Result<(), Box<dyn Error>> {
    let stream = TcpStream::connect(exchange()?)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE")
        .with_heartbeat(Duration::from_secs(5))
        .with_dictionary(&boom_fix::fix44::DICTIONARY);
    let connection = FixConnection::new(stream, Session::new(config, MemoryStore::new())?)?;
    let mut trader = Trader {
        now: connection.now(),
        connection,
    };
    let (mut step, mut awaited) = (0, 0);
    loop {
        let mut outcome = Outcome::default();
        let (session, inbox, now) = trader.connection.read_batch()?;
        while let Some(event) = session.poll_event(inbox, now)? {
            outcome.take(event)?;
        }
        trader.now = now;
        if outcome.ended == Some(DisconnectReason::LoggedOut) {
            let statistics = trader.connection.session().statistics();
            println!(
                "logged out: {} messages sent, {} received",
                statistics.messages_sent, statistics.messages_received
            );
            return Ok(());
        }
        if outcome.logged_on {
            println!("logged on");
        }
        if outcome.logged_on || (awaited > 0 && outcome.reports >= awaited) {
            awaited = REPORTS[step];
            STEPS[step](&mut trader)?;
            step += 1;
        } else {
            awaited -= outcome.reports;
        }
        trader.connection.flush()?;
        thread::sleep(Duration::from_micros(100));
    }
}

/// What one batch has brought.
#[derive(Debug, Default)]
struct Outcome {
    logged_on: bool,
    reports: usize,
    ended: Option<DisconnectReason>,
}

impl Outcome {
    fn take(&mut self, event: Event<'_>) -> Result<(), Box<dyn Error>> {
        match event {
            Event::LoggedOn => self.logged_on = true,
            Event::Message(received) => {
                print(&received.message)?;
                self.reports += 1;
            }
            Event::Disconnected(reason) => self.ended = Some(reason),
            Event::Reject(message) => return Err(format!("rejected: {message:?}").into()),
            _ => {}
        }
        Ok(())
    }
}

fn print(report: &Message<'_>) -> Result<(), FieldError> {
    let what = match report.char(150)? {
        '0' => "new",
        '4' => "cancelled",
        '5' => "replaced",
        'F' => "filled",
        _ => "rejected",
    };
    let mut line = format!(
        "{:<8} {what:<10} {} open",
        report.text(11)?,
        report.int(151)?
    );
    if let Some(price) = report.optional::<Decimal>(31)? {
        line += &format!(", {} at {price}", report.int(32)?);
    }
    println!("{line}");
    Ok(())
}

impl Trader {
    fn order(
        &mut self,
        id: &str,
        side: char,
        quantity: i64,
        cents: i64,
    ) -> Result<(), SessionError> {
        let session = self.connection.session_mut();
        session.send("D", self.now, |order| {
            order.text(11, id).text(55, "MSFT").char(54, side);
            order.timestamp(60, time(self.now));
            order.int(38, quantity).char(40, '2');
            order.decimal(44, Decimal::new(cents, 2));
        })?;
        Ok(())
    }

    fn replace(
        &mut self,
        old: &str,
        new: &str,
        quantity: i64,
        cents: i64,
    ) -> Result<(), SessionError> {
        let session = self.connection.session_mut();
        session.send("G", self.now, |order| {
            order.text(41, old).text(11, new);
            order.text(55, "MSFT").char(54, '2');
            order.timestamp(60, time(self.now));
            order.int(38, quantity).char(40, '2');
            order.decimal(44, Decimal::new(cents, 2));
        })?;
        Ok(())
    }

    fn cancel(&mut self, old: &str, id: &str) -> Result<(), SessionError> {
        let session = self.connection.session_mut();
        session.send("F", self.now, |order| {
            order.text(41, old).text(11, id);
            order.text(55, "MSFT").char(54, '2');
            order.timestamp(60, time(self.now)).int(38, 80);
        })?;
        Ok(())
    }
}

const fn time(now: Now) -> boom_fix::UtcTimestamp {
    boom_fix::UtcTimestamp::from_unix_nanos(now.unix_ns, boom_fix::Precision::Millis)
}

/// Starts the exchange on a thread that ends with this program.
fn exchange() -> Result<SocketAddr, Box<dyn Error>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut acceptor = Acceptor::bind(0, Exchange::default())?;
        acceptor.add(BeginString::Fix44, ("VENUE", "BUYER"), |config| {
            config.with_dictionary(&boom_fix::fix44::DICTIONARY)
        })?;
        sender.send(acceptor.address()?)?;
        loop {
            if !acceptor.poll()? {
                thread::sleep(Duration::from_micros(100));
            }
        }
    });
    Ok(receiver.recv()?)
}
