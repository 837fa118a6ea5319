//! Where a connection is in its life (RFC 6455 §4.1, §7.1).

use crate::close::CloseCode;

/// Where a connection is in its life.
///
/// # Examples
///
/// ```
/// use boom_ws::{CloseCode, Connection, State};
///
/// let mut connection = Connection::established(&Default::default())?;
/// assert_eq!(connection.state(), State::Open);
/// connection.send_close(Some(CloseCode::NORMAL), "")?;
/// assert_eq!(connection.state(), State::Closing);
/// connection.handle_input(b"\x88\x02\x03\xe8");
/// for frame in connection.batch()? {
///     frame?;
/// }
/// assert_eq!(
///     connection.state(),
///     State::Closed { code: Some(CloseCode::NORMAL), reason: "", clean: true },
/// );
/// # Ok::<(), boom_ws::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<'a> {
    /// The opening handshake lasts.
    Connecting,
    /// Messages pass both ways.
    Open,
    /// A close frame of ours is queued or sent, and the peer's has not come.
    Closing,
    /// Over.
    Closed {
        /// The code of the peer's close frame, where it sent one with a code.
        code: Option<CloseCode>,
        /// The reason in the peer's close frame, empty where there is none.
        reason: &'a str,
        /// Both sides have sent a close frame (RFC 6455 §7.1.4).
        clean: bool,
    },
}
