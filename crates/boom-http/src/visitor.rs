//! Who is told of outcomes.

use crate::error::Error;
use crate::response::Response;
use crate::ticket::Ticket;

/// Is told what comes of requests, with the pieces of streamed bodies and with interim responses.
///
/// # Examples
///
/// ```
/// use boom_http::{Connection, Error, HttpConfig, Method, Origin, Response, Ticket, Visitor};
///
/// #[derive(Default)]
/// struct Download {
///     bytes: u64,
///     is_done: bool,
/// }
///
/// impl Visitor for Download {
///     fn body(&mut self, _: Ticket, _: &Response<'_>, piece: &[u8]) {
///         self.bytes += piece.len() as u64;
///     }
///
///     fn outcome(&mut self, _: Ticket, outcome: Result<Response<'_>, Error>) {
///         self.is_done = outcome.is_ok();
///     }
/// }
///
/// let mut connection = Connection::new(&Origin::new("localhost", 80), &HttpConfig::new());
/// connection.request(Method::GET, "/history").streamed().submit(0)?;
/// connection.sent(connection.outgoing().len());
/// connection.handle_input(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
/// let mut download = Download::default();
/// connection.poll(0, &mut download);
/// assert_eq!((download.bytes, download.is_done), (2, false));
/// connection.handle_input(b"cd");
/// connection.poll(0, &mut download);
/// assert_eq!((download.bytes, download.is_done), (4, true));
/// # Ok::<(), Error>(())
/// ```
pub trait Visitor {
    /// The request is over: its answer, or why there is none. It is told once for each ticket that was not cancelled.
    fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>);

    /// An interim response (1xx) has come.
    fn interim(&mut self, ticket: Ticket, response: &Response<'_>) {
        let _ = (ticket, response);
    }

    /// A piece of the body of a request that is [streamed](crate::RequestBuilder::streamed) has come; `head` has the status and the
    /// headers.
    fn body(&mut self, ticket: Ticket, head: &Response<'_>, piece: &[u8]) {
        let _ = (ticket, head, piece);
    }
}

/// A visitor that wants the outcomes alone.
#[derive(Debug)]
pub(crate) struct Outcomes<F>(pub(crate) F);

impl<F: FnMut(Ticket, Result<Response<'_>, Error>)> Visitor for Outcomes<F> {
    #[inline]
    fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>) {
        (self.0)(ticket, outcome);
    }
}
