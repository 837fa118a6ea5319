//! Work that goes through sockets.

use std::net::TcpStream;

use super::{DRAIN, LIMIT, OURS};
use crate::harness::Result;
use crate::harness::target::Target;
use crate::ws::dial::Dialed;
use crate::ws::fan_in::{Open, PAYLOAD_LENGTH, Receiver};
use crate::ws::limit::{Drain, Framed, RawTcp, RawTls};
use crate::ws::ours;
use crate::ws::round_trip::{Client, Connect};

#[cfg(feature = "peers")]
use crate::ws::dial::Dial;
#[cfg(feature = "peers")]
use crate::ws::polled::Socket;
#[cfg(feature = "peers")]
use crate::ws::{fastwebsockets, rival, sockudo, tokio_websockets, tungstenite, ws_tool, yawc};

pub(in crate::ws) const ROUND_TRIP_TARGET: Target = Target::Ratio(1.02);
pub(in crate::ws) const FAN_IN_TARGET: Target = Target::Ratio(1.05);

/// Who takes part in the round trips, plain or over TLS; the first is the limit.
pub(in crate::ws) fn round_trip() -> Vec<(&'static str, Connect)> {
    vec![
        (LIMIT, |dial| {
            Ok(match dial.open()? {
                Dialed::Plain(stream) => Box::new(RawTcp::new(stream, dial.text)),
                Dialed::Tls(stream) => Box::new(RawTls::new(*stream, dial.text)),
            })
        }),
        #[cfg(feature = "peers")]
        ("rival", |dial| {
            connected(dial, |stream| Ok(rival::Connected::new(stream)))
        }),
        #[cfg(feature = "peers")]
        ("tungstenite", |dial| {
            connected(dial, |stream| Ok(tungstenite::Connected::new(stream)))
        }),
        #[cfg(feature = "peers")]
        ("fastwebsockets", |dial| {
            connected(dial, |stream| Ok(fastwebsockets::Connected::new(stream)))
        }),
        #[cfg(feature = "peers")]
        ("tokio-websockets", |dial| {
            connected(dial, |stream| Ok(tokio_websockets::Connected::new(stream)))
        }),
        #[cfg(feature = "peers")]
        ("yawc", |dial| connected(dial, yawc::Connected::new)),
        #[cfg(feature = "peers")]
        ("ws-tool", |dial| {
            connected(dial, |stream| Ok(ws_tool::Connected::new(stream)))
        }),
        #[cfg(feature = "peers")]
        ("sockudo-ws", |dial| {
            connected(dial, |stream| Ok(sockudo::Connected::new(stream)))
        }),
        (OURS, |dial| {
            dial.open_by_ours(
                |stream| boxed(ours::Connected::new(stream)?),
                |stream| boxed(ours::Connected::new(stream)?),
            )?
        }),
    ]
}

#[cfg(feature = "peers")]
fn connected<C: Client + 'static>(
    dial: &Dial<'_>,
    make: impl FnOnce(Dialed) -> Result<C>,
) -> Result<Box<dyn Client>> {
    boxed(make(dial.open()?)?)
}

fn boxed(client: impl Client + 'static) -> Result<Box<dyn Client>> {
    Ok(Box::new(client))
}

/// Who takes messages out of a socket.
pub(in crate::ws) struct FanIn {
    pub(in crate::ws) column: &'static str,
    pub(in crate::ws) label: &'static str,
    pub(in crate::ws) open: Open,
    pub(in crate::ws) has_answer: bool,
}

impl FanIn {
    const fn new(column: &'static str, label: &'static str, open: Open) -> Self {
        Self {
            column,
            label,
            open,
            has_answer: true,
        }
    }
}

/// Who takes part in the fan-in; the first is the limit.
pub(in crate::ws) fn fan_in() -> Vec<FanIn> {
    vec![
        FanIn::new(LIMIT, "", |socket| {
            receiver(Framed::<_, true>::new(socket, PAYLOAD_LENGTH))
        }),
        FanIn::new(LIMIT, "unchecked", |socket| {
            receiver(Framed::<_, false>::new(socket, PAYLOAD_LENGTH))
        }),
        FanIn {
            has_answer: false,
            ..FanIn::new(LIMIT, DRAIN, |socket| {
                receiver(Drain::new(socket, PAYLOAD_LENGTH))
            })
        },
        #[cfg(feature = "peers")]
        FanIn::new("rival", "unchecked", |socket| {
            receiver(rival::Receiving::new(socket))
        }),
        #[cfg(feature = "peers")]
        FanIn::new("tungstenite", "", |socket| {
            receiver(tungstenite::Receiving::new(socket))
        }),
        #[cfg(feature = "peers")]
        FanIn::new("fastwebsockets", "", |socket| {
            receiver(fastwebsockets::Receiving::new(Socket::new(socket)))
        }),
        #[cfg(feature = "peers")]
        FanIn::new("tokio-websockets", "", |socket| {
            receiver(tokio_websockets::Receiving::new(Socket::new(socket)))
        }),
        #[cfg(feature = "peers")]
        FanIn::new("yawc", "", |socket| {
            receiver(yawc::Receiving::new(Socket::new(socket), true)?)
        }),
        #[cfg(feature = "peers")]
        FanIn::new("ws-tool", "", |socket| {
            receiver(ws_tool::Receiving::new(socket, true))
        }),
        #[cfg(feature = "peers")]
        FanIn::new("sockudo-ws", "", |socket| {
            receiver(sockudo::Receiving::checked(Socket::new(socket)))
        }),
        FanIn::new(OURS, "with reads of 24 KiB", |socket: TcpStream| {
            receiver(ours::Receiving::with_window(socket, 24 * 1024)?)
        }),
        FanIn::new(OURS, "", |socket: TcpStream| {
            receiver(ours::Receiving::new(socket, true)?)
        }),
    ]
}

fn receiver(receiver: impl Receiver + 'static) -> Result<Box<dyn Receiver>> {
    Ok(Box::new(receiver))
}
