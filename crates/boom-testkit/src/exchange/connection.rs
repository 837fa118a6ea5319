//! One connection of a client, on its own thread.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tungstenite::handshake::HandshakeError;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::StatusCode;
use tungstenite::{Error, Message, WebSocket};

use super::request::{self, Action};
use super::session::{Entry, SentTrades, SessionEnd};
use super::trade::{self, Stamps};
use super::venue::{Venue, unix_time};
use crate::server::{Transport, finish, is_pending};

/// How long the thread sleeps between two looks at the clock: short beside what a client would notice, long enough
/// to leave the core to the client.
const TICK: Duration = Duration::from_micros(500);

/// Trades sent for one instrument at one tick at most, so that a connection that lags catches up in steps.
const TRADES_A_TICK: u64 = 256;

/// How long a client may take for the handshake, for reading the last of what was sent, and for closing its side.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves a connection until either side ends it.
pub(super) fn serve(venue: &Venue, socket: TcpStream, peer: SocketAddr) {
    let socket = Arc::new(socket);
    let Ok(websocket) = accept(venue, &socket) else {
        // Whoever did not speak the protocol knows it already.
        return;
    };
    let entry = venue.sessions.add(peer, websocket.get_ref().is_resumed());
    let mut connection = Connection {
        venue,
        entry: &entry,
        websocket,
        feeds: Vec::new(),
        message_capacity: 256,
    };
    let end = connection.run();
    // The record is final before the client can see the end.
    entry.session().end = Some(end);
    if end == SessionEnd::Dropped {
        let deadline = Instant::now() + PATIENCE;
        finish(&socket, || venue.is_stopping() || Instant::now() > deadline);
    }
}

fn accept(venue: &Venue, socket: &Arc<TcpStream>) -> Result<WebSocket<Transport>, Error> {
    socket.set_nonblocking(true)?;
    let transport = Transport::new(Arc::clone(socket), venue.tls.as_ref())?;
    // tungstenite's callback returns a whole response as its error.
    #[allow(clippy::result_large_err)]
    let check_path = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        if request.uri().path() == venue.path {
            return Ok(response);
        }
        let mut refusal = ErrorResponse::new(Some("no such path".to_owned()));
        *refusal.status_mut() = StatusCode::NOT_FOUND;
        Err(refusal)
    };
    let deadline = Instant::now() + PATIENCE;
    let mut progress = tungstenite::accept_hdr(transport, check_path);
    loop {
        match progress {
            Ok(websocket) => return Ok(websocket),
            Err(HandshakeError::Failure(error)) => return Err(error),
            Err(HandshakeError::Interrupted(_))
                if venue.is_stopping() || Instant::now() > deadline =>
            {
                return Err(io::Error::from(io::ErrorKind::TimedOut).into());
            }
            Err(HandshakeError::Interrupted(handshake)) => {
                thread::sleep(TICK / 2);
                progress = handshake.handshake();
            }
        }
    }
}

struct Connection<'a> {
    venue: &'a Venue,
    entry: &'a Entry,
    websocket: WebSocket<Transport>,
    feeds: Vec<Feed>,
    /// Of the longest message so far, so that a message is one allocation.
    message_capacity: usize,
}

/// A subscription.
struct Feed {
    instrument: usize,
    last_id: u64,
    /// Where the session keeps its record.
    record: usize,
}

impl Connection<'_> {
    fn run(&mut self) -> SessionEnd {
        loop {
            if self.venue.is_stopping() {
                return SessionEnd::Abandoned;
            }
            if self.handle_requests().is_err() {
                return SessionEnd::ByClient;
            }
            if self.entry.is_drop_requested() || self.venue.is_halted() {
                return self.flush_all();
            }
            match self.send_due_trades() {
                Ok(()) => {}
                Err(error) if would_block(&error) => {}
                Err(_) => return SessionEnd::ByClient,
            }
            thread::sleep(TICK);
        }
    }

    /// Reads what the client has sent; tungstenite answers pings and closes by itself.
    fn handle_requests(&mut self) -> Result<(), Error> {
        loop {
            match self.websocket.read() {
                Ok(Message::Text(text)) => self.handle_request(&text)?,
                Ok(_) => {}
                Err(error) if would_block(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn handle_request(&mut self, text: &str) -> Result<(), Error> {
        let (action, answer) = request::handle(text, &self.venue.instruments);
        match action {
            Action::Subscribe(instruments) => instruments
                .into_iter()
                .for_each(|instrument| self.subscribe(instrument)),
            Action::Unsubscribe(instruments) => self
                .feeds
                .retain(|feed| !instruments.contains(&feed.instrument)),
            Action::Refuse => {}
        }
        // It waits in tungstenite's buffer where the socket takes no more.
        match self.websocket.send(answer.into()) {
            Err(error) if would_block(&error) => Ok(()),
            result => result,
        }
    }

    fn subscribe(&mut self, instrument: usize) {
        if self.feeds.iter().any(|feed| feed.instrument == instrument) {
            return;
        }
        let last_id = self.venue.newest_id();
        let symbol = self.venue.instruments[instrument].clone();
        let mut session = self.entry.session();
        session.sent.push(SentTrades {
            symbol,
            first_id: last_id + 1,
            last_id,
            count: 0,
        });
        self.feeds.push(Feed {
            instrument,
            last_id,
            record: session.sent.len() - 1,
        });
    }

    fn send_due_trades(&mut self) -> Result<(), Error> {
        // Nothing new while the socket has not taken the old: a slow client lags, it does not fill memory.
        self.websocket.flush()?;
        let newest_id = self.venue.newest_id();
        for place in 0..self.feeds.len() {
            self.send_feed(place, newest_id)?;
        }
        Ok(())
    }

    /// Sends a feed's trades up to `newest_id`, each with a stamp of its own, and hands them to the kernel together.
    fn send_feed(&mut self, place: usize, newest_id: u64) -> Result<(), Error> {
        let feed = &mut self.feeds[place];
        let until = newest_id.min(feed.last_id + TRADES_A_TICK);
        if until <= feed.last_id {
            return Ok(());
        }
        let symbol = &self.venue.instruments[feed.instrument];
        let first_id = feed.last_id + 1;
        feed.last_id = until;
        {
            // Before the first byte leaves: whoever has seen a trade finds it in the record.
            let mut session = self.entry.session();
            let record = &mut session.sent[feed.record];
            record.count += until + 1 - first_id;
            record.last_id = until;
        }
        for id in first_id..=until {
            let mut message = String::with_capacity(self.message_capacity);
            let happened_at_ms = self.venue.happened_at_ms(id);
            let sent_at_ns = unix_time().as_nanos() as u64;
            trade::write_message(
                &mut message,
                symbol,
                id,
                &Stamps {
                    happened_at_ms,
                    sent_at_ns,
                },
            );
            self.message_capacity = self.message_capacity.max(message.len());
            match self.websocket.write(message.into()) {
                // It is in tungstenite's buffer all the same.
                Err(error) if would_block(&error) => {}
                result => result?,
            }
        }
        self.websocket.flush()
    }

    /// Hands the kernel all that was sent; what comes after the last byte is the caller's FIN.
    fn flush_all(&mut self) -> SessionEnd {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.websocket.flush() {
                Ok(()) => return SessionEnd::Dropped,
                Err(error) if !would_block(&error) => return SessionEnd::ByClient,
                Err(_) if self.venue.is_stopping() || Instant::now() > deadline => {
                    return SessionEnd::Abandoned;
                }
                Err(_) => thread::sleep(TICK),
            }
        }
    }
}

fn would_block(error: &Error) -> bool {
    matches!(error, Error::Io(error) if is_pending(error))
}
