//! From the start of a connection over TLS to its first message: with the session of an earlier one, and without.

use std::sync::Arc;
use std::time::Instant;

use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::harness::table::Table;
use crate::harness::timing::Samples;
use crate::service::ours::{Reconnect, reconnecting};
use crate::service::report::{Options, yes_or_no};
use crate::service::server::{RESUMED, Server, Serving};
use crate::service::{Dial, Inbox, Stack};

const ROUNDS: usize = 201;
/// Of a resumed handshake, to a full one.
const RATIO_MAX: f64 = 0.6;
/// Connections that the server keeps, of those that have ended.
const KEPT: usize = 16;

pub(super) fn measure(options: Options) -> Result<Table> {
    eprintln!("reconnect over TLS");
    let mut table = Table::new(&[
        "reconnect over TLS 1.3, to the first message",
        "without TLS, us",
        "full, us",
        "resumed, us",
        "resumed to full",
        "target",
        "met?",
    ]);
    let [plain, full, resumed] = interleaved(options.rounds(ROUNDS))?;
    let ratio = resumed.ratio_to(&full);
    let microseconds = |samples: &Samples| format!("{:.0}", samples.median() / 1e3);
    table.push(vec![
        "ours (mio)".into(),
        microseconds(&plain),
        microseconds(&full),
        microseconds(&resumed),
        format!("{ratio:.2}"),
        format!("<= {RATIO_MAX}"),
        yes_or_no(ratio <= RATIO_MAX),
    ]);
    Ok(table)
}

/// Nanoseconds without TLS, with full handshakes, and with resumed ones.
fn interleaved(rounds: usize) -> Result<[Samples; 3]> {
    let plain = Server::in_thread(Serving::Plain, KEPT)?;
    let secure = Server::in_thread(Serving::Tls, KEPT)?;
    let _pinned = pin(Side::Client);
    let mut clients = [
        Client::new(&plain, Stack::Plain, false)?,
        Client::new(&secure, Stack::Tls(secure.authority().to_vec()), false)?,
        Client::new(&secure, Stack::Tls(secure.authority().to_vec()), true)?,
    ];
    let mut samples = [Vec::new(), Vec::new(), Vec::new()];
    for client in &mut clients {
        // The last of them has nothing to resume yet.
        client.connect()?;
    }
    for _ in 0..rounds {
        for (client, samples) in clients.iter_mut().zip(&mut samples) {
            samples.push(client.connect_as_meant()?);
        }
    }
    Ok(samples.map(Samples::new))
}

struct Client {
    service: Box<dyn Reconnect>,
    inbox: Arc<Inbox>,
    resumes: bool,
}

impl Client {
    fn new(server: &Server, stack: Stack, resumes: bool) -> Result<Self> {
        let inbox = Arc::<Inbox>::default();
        let dial = Dial {
            server: server.address(),
            count: 0,
            stack,
            inbox: Arc::clone(&inbox),
        };
        Ok(Self {
            service: reconnecting(&dial, resumes)?,
            inbox,
            resumes,
        })
    }

    /// Nanoseconds to the first message.
    fn connect(&mut self) -> Result<f64> {
        let (inbox, before) = (&self.inbox, self.inbox.count());
        let start = Instant::now();
        self.service.connect_until(&|| inbox.count() > before)?;
        Ok(start.elapsed().as_nanos() as f64)
    }

    /// Connects, and checks that the server has seen the handshake that was meant.
    fn connect_as_meant(&mut self) -> Result<f64> {
        let taken = self.connect()?;
        if (self.inbox.mark() == RESUMED) != self.resumes {
            return Err("the handshake was not the one that was meant".into());
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_resumes_and_the_other_does_not() {
        interleaved(3).unwrap();
    }
}
