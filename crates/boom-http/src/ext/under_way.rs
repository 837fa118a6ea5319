//! What an endpoint knows of the requests on its connections once these are gone.

use std::io;
use std::sync::{Arc, Weak};

use boom_service::{DisconnectReason, Stage};

use crate::connection::Connection;
use crate::error::{Error, Reason, Sent, Timeout};
use crate::ticket::Ticket;

/// The requests that have no outcome, as they were when their connection was looked at last.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    list: Vec<Request>,
}

#[derive(Debug)]
struct Request {
    ticket: Ticket,
    sent: Sent,
    /// Another connection has taken the place of the one that carries it, which may still be there.
    retired: Option<Weak<()>>,
}

impl Request {
    fn may_be_answered(&self) -> bool {
        let retired = self.retired.as_ref();
        retired.is_some_and(|alive| alive.strong_count() > 0)
    }
}

impl UnderWay {
    pub(super) const fn new() -> Self {
        Self { list: Vec::new() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Forgets what was cancelled on a connection: it is to have no outcome.
    fn forget_cancelled(&mut self, connection: &Connection) {
        for ticket in connection.cancelled() {
            self.settle(*ticket);
        }
    }

    /// Notes what there is on a connection, and how much of it was sent.
    pub(super) fn note(&mut self, connection: &Connection) {
        self.forget_cancelled(connection);
        for ticket in connection.tickets() {
            let sent = connection.sent_of_ticket(ticket).unwrap_or(Sent::All);
            match self.find(ticket) {
                Some(request) => request.sent = sent,
                None => self.list.push(Request {
                    ticket,
                    sent,
                    retired: None,
                }),
            }
        }
    }

    /// The request has its outcome.
    pub(super) fn settle(&mut self, ticket: Ticket) {
        self.list.retain(|request| request.ticket != ticket);
    }

    /// The connection is not the one any more by which requests are sent; what it carries it may still answer.
    pub(super) fn retire(&mut self, connection: &Connection, alive: &Weak<()>) {
        self.note(connection);
        for ticket in connection.tickets() {
            if let Some(request) = self.find(ticket) {
                request.retired = Some(Weak::clone(alive));
            }
        }
    }

    /// What belonged to a connection before this one, of whose end nobody has told.
    pub(super) fn take_lost(&mut self, connection: &Connection) -> Vec<(Ticket, Error)> {
        self.forget_cancelled(connection);
        let mut lost = Vec::new();
        self.list.retain(|request| {
            let is_there =
                request.may_be_answered() || connection.sent_of_ticket(request.ticket).is_some();
            if !is_there {
                lost.push(request.error(Reason::Closed));
            }
            is_there
        });
        lost
    }

    /// What belonged to the connection that has ended for a reason, and all of it where there is none: no connection is left.
    pub(super) fn take_all(&mut self, reason: Option<&DisconnectReason>) -> Vec<(Ticket, Error)> {
        let mut cause = reason.map_or(Reason::Closed, cause);
        let mut lost = Vec::with_capacity(self.list.len());
        let is_over = reason.is_none();
        let ended = |request: &mut Request| is_over || !request.may_be_answered();
        for request in self.list.extract_if(.., ended) {
            // The time that was up was that of the first; what ends a connection by itself ends them all.
            let others = match &cause {
                Reason::TimedOut(_) => Reason::Abandoned,
                reason => reason.again(),
            };
            lost.push(request.error(std::mem::replace(&mut cause, others)));
        }
        lost
    }

    fn find(&mut self, ticket: Ticket) -> Option<&mut Request> {
        let mut requests = self.list.iter_mut();
        requests.find(|request| request.ticket == ticket)
    }
}

impl Request {
    const fn error(&self, reason: Reason) -> (Ticket, Error) {
        let sent = self.sent;
        (self.ticket, Error { reason, sent })
    }
}

/// What the service says of the end of a connection, in the words of this crate.
fn cause(reason: &DisconnectReason) -> Reason {
    match reason {
        DisconnectReason::Error(error) | DisconnectReason::Connect(error) => of_io(error),
        DisconnectReason::Timeout(Stage::Tls | Stage::Handshake) => Timeout::Tls.into(),
        DisconnectReason::Timeout(_) => Timeout::Connect.into(),
        DisconnectReason::Idle(_) => Timeout::Idle.into(),
        _ => Reason::Closed,
    }
}

fn of_io(error: &Arc<io::Error>) -> Reason {
    let inner = error.get_ref();
    if let Some(timeout) = inner.and_then(|inner| inner.downcast_ref::<Timeout>()) {
        return (*timeout).into();
    }
    io::Error::new(error.kind(), Arc::clone(error)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HttpConfig, Method, Origin};
    use boom_stream::Layer;
    use boom_testkit::stream::ScriptedStream;
    use std::time::Duration;

    fn connection() -> Connection {
        let config = HttpConfig::new().with_pipeline_depth(2);
        Connection::new(&Origin::new("localhost", 80), &config)
    }

    fn submit(connection: &mut Connection) -> Ticket {
        connection.request(Method::GET, "/").submit(0).unwrap()
    }

    fn told(lost: Vec<(Ticket, Error)>) -> Vec<(Ticket, String)> {
        let text = |(ticket, error): (Ticket, Error)| {
            (ticket, format!("{:?} {:?}", error.reason, error.sent))
        };
        lost.into_iter().map(text).collect()
    }

    #[test]
    fn a_timeout_keeps_its_name_and_is_that_of_the_first() {
        let mut under_way = UnderWay::new();
        let mut connection = connection();
        let (first, second) = (submit(&mut connection), submit(&mut connection));
        let first_len = connection.outgoing().len() / 2;
        connection.sent(first_len + 1);
        under_way.note(&connection);
        let error = io::Error::new(io::ErrorKind::TimedOut, Timeout::FirstByte);
        let reason = DisconnectReason::Error(Arc::new(error));
        assert_eq!(
            told(under_way.take_all(Some(&reason))),
            [
                (first, "TimedOut(FirstByte) All".to_owned()),
                (second, "Abandoned Partial".to_owned()),
            ]
        );
        assert!(under_way.is_empty());
    }

    #[test]
    fn other_errors_keep_their_source() {
        let error = Arc::new(io::Error::other("a reason"));
        let Reason::Io(error) = cause(&DisconnectReason::Error(error)) else {
            panic!("another reason");
        };
        assert_eq!(error.to_string(), "a reason");
        assert!(
            error
                .get_ref()
                .is_some_and(|source| source.is::<Arc<io::Error>>())
        );
    }

    #[test]
    fn what_another_connection_carried_is_lost_unless_it_may_still_answer() {
        let mut under_way = UnderWay::new();
        let mut old = connection();
        let kept = submit(&mut old);
        let alive = Arc::new(());
        under_way.retire(&old, &Arc::downgrade(&alive));
        let mut gone = connection();
        let lost = submit(&mut gone);
        under_way.note(&gone);
        let mut new = connection();
        submit(&mut new);
        under_way.note(&new);
        assert_eq!(
            told(under_way.take_lost(&new)),
            [(lost, "Closed Nothing".to_owned())]
        );
        under_way.settle(kept);
        assert_eq!(told(under_way.take_lost(&new)), []);
        assert!(!under_way.is_empty());
    }

    #[test]
    fn the_end_of_a_connection_is_not_that_of_one_that_was_replaced_before() {
        let mut under_way = UnderWay::new();
        let mut old = connection();
        let kept = submit(&mut old);
        let alive = Arc::new(());
        under_way.retire(&old, &Arc::downgrade(&alive));
        let mut new = connection();
        let lost = submit(&mut new);
        under_way.note(&new);
        assert_eq!(
            told(under_way.take_all(Some(&DisconnectReason::Renewed))),
            [(lost, "Closed Nothing".to_owned())]
        );
        // The service closes a connection whose end takes too long, and tells the endpoint nothing of it.
        drop(alive);
        let next = connection();
        assert_eq!(
            told(under_way.take_lost(&next)),
            [(kept, "Closed Nothing".to_owned())]
        );
        assert!(under_way.is_empty());
    }

    #[test]
    fn a_request_that_was_cancelled_has_no_outcome() {
        let mut under_way = UnderWay::new();
        let mut connection = connection();
        let (first, second) = (submit(&mut connection), submit(&mut connection));
        under_way.note(&connection);
        assert!(connection.cancel(first).is_some());
        assert_eq!(told(under_way.take_lost(&connection)), []);
        under_way.settle(second);
        assert!(under_way.is_empty());
    }

    #[test]
    fn a_connection_that_was_replaced_tells_what_became_of_its_requests_before_its_end() {
        let origin = Origin::new("localhost", 80);
        let mut http =
            crate::HttpConnection::new(ScriptedStream::new(), &origin, &HttpConfig::new());
        let request = http.request(Method::POST, "/order").body("qty=1");
        let ticket = request.timeout(Duration::from_nanos(5)).submit(1).unwrap();
        let alive = http.retire();
        assert!(http.handle_timeout(5).is_ok() && !http.has_buffered());
        // An error would have the service close it without another poll.
        assert!(http.handle_timeout(6).is_ok() && http.has_buffered());
        let mut outcome = None;
        http.poll(6, |told, result| {
            outcome = Some((told, result.unwrap_err()))
        });
        let (told, error) = outcome.unwrap();
        assert_eq!((told, error.sent), (ticket, Sent::All));
        assert!(matches!(error.reason, Reason::TimedOut(Timeout::Total)));
        assert!(!http.has_buffered() && alive.strong_count() == 1);
        drop(http);
        assert_eq!(alive.strong_count(), 0);
    }
}
