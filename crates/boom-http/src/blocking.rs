//! Waiting for one answer, for scripts.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use boom_stream::{MonotonicClock, TimeSource};
use http::StatusCode;

use crate::client::HttpClient;
use crate::error::{Error, Reason, RequestError};
use crate::request::RequestBuilder;
use crate::response::Response;

/// An answer that is kept.
///
/// # Examples
///
/// ```
/// use boom_http::{OwnedResponse, ResponseDecoder};
///
/// let mut received = *b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
/// let mut decoder = ResponseDecoder::default();
/// decoder.advance(&mut received, false)?;
/// let kept = OwnedResponse::from(decoder.response(&received));
/// assert_eq!((kept.status.as_u16(), kept.body), (200, b"{}".to_vec()));
/// # Ok::<(), boom_http::Reason>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedResponse {
    /// The status.
    pub status: StatusCode,
    /// Names and values, in the order received.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The fields after a chunked body.
    pub trailers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl OwnedResponse {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
        header.map(|(_, value)| value.as_slice())
    }
}

impl From<Response<'_>> for OwnedResponse {
    fn from(response: Response<'_>) -> Self {
        let own = |(name, value): (&[u8], &[u8])| (name.to_vec(), value.to_vec());
        Self {
            status: response.status(),
            headers: response.headers().map(own).collect(),
            trailers: response.trailers().map(own).collect(),
            body: response.body().to_vec(),
        }
    }
}

/// Short beside a round trip to anywhere else.
const PAUSE: Duration = Duration::from_micros(50);

impl<S: Read + Write> RequestBuilder<'_, HttpClient<S>> {
    /// Sends the request and waits for its answer, for scripts. Between looks the thread sleeps.
    ///
    /// It goes by [`MonotonicClock`], so use that one's times elsewhere with this client.
    ///
    /// # Errors
    ///
    /// Why there is no answer; [`RequestError::RequestsUnderWay`] where others are under way, whose outcomes it could
    /// not tell.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn script(client: &mut boom_http::HttpClient<boom_stream::tcp::TcpStream>) -> Result<(), boom_http::Error> {
    /// let response = client.request(boom_http::Method::GET, "/time").send()?;
    /// println!("{}: {}", response.status, String::from_utf8_lossy(&response.body));
    /// # Ok(())
    /// # }
    /// ```
    pub fn send(self) -> Result<OwnedResponse, Error> {
        let clock = MonotonicClock::default();
        let Self { sender } = self;
        if sender.under_way() > 0 {
            return Err(Error::unsent(RequestError::RequestsUnderWay));
        }
        let ticket = RequestBuilder {
            sender: &mut *sender,
        }
        .submit(clock.now_ns())?;
        loop {
            let mut outcome = None;
            sender.poll(clock.now_ns(), |_, result| {
                outcome = Some(result.map(Into::into))
            });
            if let Some(outcome) = outcome {
                return outcome;
            }
            if sender.under_way() == 0 {
                // Its outcome was told, or there is none to come; it is not.
                let sent = sender.cancel(ticket).unwrap_or(crate::Sent::Nothing);
                return Err(Error {
                    reason: Reason::Closed,
                    sent,
                });
            }
            thread::sleep(PAUSE);
        }
    }
}
