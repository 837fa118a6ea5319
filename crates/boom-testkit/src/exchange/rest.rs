//! The order entry of the exchange: HTTP/1.1 by httparse, over TLS or plain, every order signed and counted.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ring::hmac;

use crate::server::{Acceptor, AcceptorState, Transport, is_pending};
use crate::tls::Authority;

/// How often a connection that waits for a request looks whether the server ends.
const LOOK: Duration = Duration::from_millis(20);

/// Orders by REST on `127.0.0.1`, at a free port. It ends when it is dropped.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /api/v3/time` | `{"serverTime":..}` |
/// | `POST /api/v3/order`, a body `..&signature=..` | `{"orderId":..}`, or 401 where the signature is wrong |
///
/// The signature is the HMAC-SHA256 of the body before `&signature=`, in hexadecimal digits.
///
/// # Examples
///
/// ```
/// use boom_testkit::exchange::RestExchange;
/// use std::io::{Read, Write};
///
/// let exchange = RestExchange::plain("secret")?;
/// let mut socket = std::net::TcpStream::connect(exchange.address())?;
/// socket.write_all(b"POST /api/v3/order HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nqty=1")?;
/// let mut answer = [0; 64];
/// let count = socket.read(&mut answer)?;
/// assert!(answer[..count].starts_with(b"HTTP/1.1 401 "));
/// assert!(exchange.orders().is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct RestExchange {
    authority: Option<Authority>,
    book: Arc<Book>,
    acceptor: Acceptor,
}

/// What was ordered, and by what it is signed.
#[derive(Debug)]
struct Book {
    key: hmac::Key,
    orders: Mutex<Vec<String>>,
}

impl RestExchange {
    /// Starts over TLS; orders are signed with `secret`.
    ///
    /// # Errors
    ///
    /// The kernel gives no socket or no thread.
    pub fn start(secret: &str) -> io::Result<Self> {
        Self::launch(secret, Some(Authority::new()))
    }

    /// As [`start`](Self::start), without TLS.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn plain(secret: &str) -> io::Result<Self> {
        Self::launch(secret, None)
    }

    fn launch(secret: &str, authority: Option<Authority>) -> io::Result<Self> {
        let tls = authority
            .as_ref()
            .map(|authority| authority.server_config(&["localhost", "127.0.0.1"]));
        let book = Arc::new(Book {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            orders: Mutex::default(),
        });
        let state = Arc::new(AcceptorState::default());
        let acceptor = {
            let (book, state) = (Arc::clone(&book), Arc::clone(&state));
            let address = (Ipv4Addr::LOCALHOST, 0).into();
            let stopping = Arc::clone(&state);
            Acceptor::start(address, state, move |socket, _| {
                // Whoever does not speak the protocol knows it already.
                let _ = socket.set_read_timeout(Some(LOOK));
                if let Ok(transport) = Transport::new(Arc::new(socket), tls.as_ref()) {
                    let _ = serve(transport, &book, &stopping);
                }
            })?
        };
        Ok(Self {
            authority,
            book,
            acceptor,
        })
    }

    /// The address that it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.acceptor.address()
    }

    /// The authority that clients must trust, `None` where it is plain.
    pub const fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// The bodies of the orders that were taken, in their order.
    pub fn orders(&self) -> Vec<String> {
        self.book.lock().clone()
    }
}

impl Book {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an order; status and body of the answer.
    fn order(&self, body: &str) -> (&'static str, String) {
        let Some((order, signature)) = body.split_once("&signature=") else {
            return ("401 Unauthorized", r#"{"msg":"no signature"}"#.to_owned());
        };
        let tag = hmac::sign(&self.key, order.as_bytes());
        let digits: String = tag
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if digits != signature {
            return (
                "401 Unauthorized",
                r#"{"msg":"the signature is wrong"}"#.to_owned(),
            );
        }
        let mut orders = self.lock();
        orders.push(order.to_owned());
        ("200 OK", format!(r#"{{"orderId":{}}}"#, orders.len()))
    }
}

fn serve(mut stream: Transport, book: &Book, state: &AcceptorState) -> io::Result<()> {
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    while !state.is_stopping() {
        while let Some(len) = answer(&received, book, &mut stream)? {
            received.drain(..len);
        }
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => received.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            Err(error) if is_pending(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Answers the first request if it is whole, and returns its length.
fn answer(received: &[u8], book: &Book, stream: &mut Transport) -> io::Result<Option<usize>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    let parsed = request.parse(received).map_err(io::Error::other)?;
    let httparse::Status::Complete(head) = parsed else {
        return Ok(None);
    };
    let mut headers = request.headers.iter();
    let length = headers.find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok());
    let length: usize = length.unwrap_or(0);
    let Some(body) = received.get(head..head.saturating_add(length)) else {
        return Ok(None);
    };
    let body = String::from_utf8_lossy(body);
    let (status, text) = match (request.method, request.path) {
        (Some("GET"), Some("/api/v3/time")) => {
            ("200 OK", r#"{"serverTime":1795384800000}"#.to_owned())
        }
        (Some("POST"), Some("/api/v3/order")) => book.order(&body),
        _ => ("404 Not Found", String::new()),
    };
    let head_and_body = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    );
    stream.write_all(head_and_body.as_bytes())?;
    stream.flush()?;
    Ok(Some(head + length))
}
