//! Selectors and service: what a poll costs while nothing happens, how fast a message reaches its endpoint among many,
//! how soon all are connected again, and what an endpoint holds of memory.

pub(crate) mod report;

mod contestants;
mod ours;
#[cfg(target_os = "linux")]
mod raw_epoll;
mod raw_mio;
#[cfg(feature = "peers")]
mod rival;
#[cfg(feature = "peers")]
mod tokio_tungstenite;

mod inbox;
mod process;
pub(crate) mod server;

mod churn;
mod delivery;
mod idle;
mod memory;
mod receiving;
mod reconnect;
mod thousands;
mod tls;

pub use report::main;

use std::net::SocketAddr;
use std::sync::Arc;

use crate::harness::Result;
use crate::service::contestants::{CONTESTANTS, OURS, OURS_COOPERATIVE, OURS_IO_URING, present};
use crate::service::inbox::Inbox;

/// Connections that are watched. Their messages go to the [`Inbox`] of the [`Dial`].
trait Watch {
    /// One turn.
    fn poll(&mut self) -> Result<()>;

    /// One turn that sees to what has happened to the connections too; returns how many stand.
    fn settle(&mut self) -> Result<usize>;

    /// Opens so many more connections to a server, and ends them once they stand.
    fn churn(&mut self, server: SocketAddr, count: usize) -> Result<()> {
        let _ = (server, count);
        Err("cannot be told to open and end connections".into())
    }
}

/// Where to connect to, and how.
struct Dial {
    server: SocketAddr,
    count: usize,
    stack: Stack,
    inbox: Arc<Inbox>,
}

/// What lies on TCP.
#[derive(Clone, Debug)]
enum Stack {
    /// WebSocket without its handshake.
    Established,
    /// WebSocket.
    Plain,
    /// WebSocket over TLS, trusting the certificate of an authority.
    Tls(Vec<u8>),
}

/// Begins to open connections.
type Connect = fn(&Dial) -> Result<Box<dyn Watch>>;

/// Opens connections and polls until all stand.
fn open(connect: Connect, dial: &Dial) -> Result<Box<dyn Watch>> {
    let mut watch = connect(dial)?;
    while watch.settle()? < dial.count {}
    Ok(watch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::server::{Server, Serving};

    /// All of `present`, with `count` connections each.
    fn open_all(
        stack: impl Fn(&Server) -> Stack,
        serving: Serving,
        each: impl Fn(&str, Dial, Connect, Server),
    ) {
        for (_, contestant) in present() {
            let server = Server::in_thread(serving, usize::MAX).unwrap();
            let dial = Dial {
                server: server.address(),
                count: 3,
                stack: stack(&server),
                inbox: Arc::default(),
            };
            each(contestant.name, dial, contestant.connect, server);
        }
    }

    #[test]
    fn everyone_connects_and_stays_idle() {
        open_all(
            |_| Stack::Established,
            Serving::Silence,
            |name, dial, connect, mut server| {
                let mut watch = open(connect, &dial).unwrap();
                server.wait_for(3).unwrap();
                for _ in 0..10 {
                    watch.poll().unwrap();
                }
                assert_eq!(watch.settle().unwrap(), 3, "{name}");
                assert_eq!(dial.inbox.count(), 0, "{name}");
            },
        );
    }

    #[test]
    fn everyone_receives_what_is_sent_to_all() {
        open_all(
            |_| Stack::Established,
            Serving::Silence,
            |name, dial, connect, mut server| {
                let mut watch = open(connect, &dial).unwrap();
                server.wait_for(3).unwrap();
                server.send_to_all(2).unwrap();
                while dial.inbox.count() < 6 {
                    watch.poll().unwrap();
                }
                assert!(dial.inbox.delay_ns() > 0, "{name}");
            },
        );
    }
}
