//! What an endpoint knows of the requests on its connections once these are gone.

use std::io;
use std::sync::Arc;

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
    /// Another connection has taken the place of the one that carries it.
    is_retired: bool,
}

impl UnderWay {
    pub(super) const fn new() -> Self {
        Self { list: Vec::new() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Notes what there is on a connection, and how much of it was sent.
    pub(super) fn note(&mut self, connection: &Connection) {
        for ticket in connection.tickets() {
            let sent = connection.sent_of_ticket(ticket).unwrap_or(Sent::All);
            match self.find(ticket) {
                Some(request) => request.sent = sent,
                None => self.list.push(Request {
                    ticket,
                    sent,
                    is_retired: false,
                }),
            }
        }
    }

    /// The request has its outcome.
    pub(super) fn settle(&mut self, ticket: Ticket) {
        self.list.retain(|request| request.ticket != ticket);
    }

    /// The connection is not the one any more by which requests are sent; what it carries it may still answer.
    pub(super) fn retire(&mut self, connection: &Connection) {
        self.note(connection);
        for ticket in connection.tickets() {
            if let Some(request) = self.find(ticket) {
                request.is_retired = true;
            }
        }
    }

    /// What belonged to a connection before this one, of whose end nobody has told.
    pub(super) fn take_lost(&mut self, connection: &Connection) -> Vec<(Ticket, Error)> {
        let mut lost = Vec::new();
        self.list.retain(|request| {
            let is_there =
                request.is_retired || connection.sent_of_ticket(request.ticket).is_some();
            if !is_there {
                lost.push(request.error(Reason::Closed));
            }
            is_there
        });
        lost
    }

    /// All of it, since there is no connection any more.
    pub(super) fn take_all(&mut self, reason: Option<&DisconnectReason>) -> Vec<(Ticket, Error)> {
        let mut cause = reason.map_or(Reason::Closed, cause);
        let mut lost = Vec::with_capacity(self.list.len());
        for request in self.list.drain(..) {
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
        under_way.retire(&old);
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
}
