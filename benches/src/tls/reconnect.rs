//! Reconnects: from the start of a connection to the first message of WebSocket, with the session of the one before and without.
//! The server is that of `bench service`, whose chain is that of a public one.

use std::time::Instant;

use boom_stream::tcp::TcpStream;
use boom_tls::{Backend, Roots, Stream, TlsConfig};
use boom_ws::{IntoWebsocket, WebsocketFrame};

use super::contestants::Who;
use super::report::{Cells, Options};
use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::harness::table::Table;
use crate::harness::timing::Samples;
use crate::service::server::{RESUMED, Server, Serving};

const ROUNDS: usize = 201;
/// Of a resumed handshake, to a full one.
const RATIO_MAX: f64 = 0.6;
/// Connections that the server keeps, of those that have ended.
const KEPT: usize = 16;

pub(super) fn measure(options: Options, table: &mut Table) -> Result<()> {
    eprintln!("reconnect");
    let mut cells = Cells::new("reconnect to the first message, us: full, resumed (ratio)".into());
    let mut met = true;
    for who in Who::ALL.iter().copied().filter(|who| who.is_ours()) {
        let [full, resumed] = match who {
            #[cfg(feature = "peers")]
            Who::OursOpenssl => interleaved::<boom_tls::openssl::Backend>(options.rounds(ROUNDS))?,
            _ => interleaved::<boom_tls::rustls::Backend>(options.rounds(ROUNDS))?,
        };
        let ratio = resumed.ratio_to(&full);
        let us = |samples: &Samples| samples.median() / 1e3;
        let text = format!("{:.0}, {:.0} ({ratio:.2})", us(&full), us(&resumed));
        cells.put(who, text);
        met &= ratio <= RATIO_MAX;
    }
    table.push(cells.judged(&format!("ours <= {RATIO_MAX} x"), met));
    Ok(())
}

/// Nanoseconds of full handshakes and of resumed ones.
fn interleaved<B: Backend>(rounds: usize) -> Result<[Samples; 2]> {
    let server = Server::in_thread(Serving::Tls, KEPT)?;
    let _pinned = pin(Side::Client);
    let resuming = TlsConfig::default()
        .with_roots(Roots::OwnOnly)
        .with_root_der(server.authority())?;
    let configs = [resuming.clone().without_resumption(), resuming];
    for config in &configs {
        // The last of them has nothing to resume yet.
        connect::<B>(&server, config)?;
    }
    let mut samples = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (resumes, (config, samples)) in configs.iter().zip(&mut samples).enumerate() {
            let (taken, is_resumed) = connect::<B>(&server, config)?;
            if is_resumed != (resumes == 1) {
                return Err("the handshake was not the one that was meant".into());
            }
            samples.push(taken);
        }
    }
    Ok(samples.map(Samples::new))
}

/// Nanoseconds to the first message, and whether the server has seen a session resumed.
fn connect<B: Backend>(server: &Server, config: &TlsConfig) -> Result<(f64, bool)> {
    let start = Instant::now();
    let mut socket = TcpStream::try_from(("127.0.0.1", server.address().port()))?;
    while !socket.connected()? {}
    let mut websocket = Stream::<_, B>::new(socket, "localhost", config)?.into_websocket("/");
    loop {
        for frame in websocket.read_batch()? {
            if let WebsocketFrame::Text(_, payload) = frame? {
                let taken = start.elapsed().as_nanos() as f64;
                return Ok((taken, payload.last() == Some(&RESUMED)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_resumes_and_the_other_does_not() {
        interleaved::<boom_tls::rustls::Backend>(3).unwrap();
        #[cfg(feature = "peers")]
        interleaved::<boom_tls::openssl::Backend>(3).unwrap();
    }
}
