//! tokio-tungstenite on a runtime of one thread, with a task at each connection. One turn lets the runtime run what is
//! ready and look for events once.

use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_core::Stream;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::harness::Result;
use crate::service::{Dial, Inbox, Stack, Watch};

pub(super) fn connect(dial: &Dial) -> Result<Box<dyn Watch>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let client = Client {
        server: dial.server,
        layers: match &dial.stack {
            Stack::Established => Layers::None,
            Stack::Plain => Layers::Handshake,
            Stack::Tls(authority) => Layers::Tls(TlsConnector::from(trusting(authority)?)),
        },
        inbox: Arc::clone(&dial.inbox),
        connected: Arc::default(),
    };
    for index in 0..dial.count {
        runtime.spawn(client.clone().keep_connected(index as u64));
    }
    let connected = Arc::clone(&client.connected);
    Ok(Box::new(Connections { runtime, connected }))
}

fn trusting(authority: &[u8]) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.to_vec().into())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    ))
}

struct Connections {
    runtime: Runtime,
    connected: Arc<AtomicUsize>,
}

impl Watch for Connections {
    fn poll(&mut self) -> Result<()> {
        self.runtime.block_on(tokio::task::yield_now());
        Ok(())
    }

    fn settle(&mut self) -> Result<usize> {
        self.poll()?;
        Ok(self.connected.load(Ordering::Relaxed))
    }
}

#[derive(Clone)]
struct Client {
    server: SocketAddr,
    layers: Layers,
    inbox: Arc<Inbox>,
    connected: Arc<AtomicUsize>,
}

#[derive(Clone)]
enum Layers {
    None,
    Handshake,
    Tls(TlsConnector),
}

/// As in the default policy of ours.
const BASE: Duration = Duration::from_millis(20);
const FACTOR: f64 = 1.5;
const CAP: Duration = Duration::from_secs(5);

impl Client {
    /// What a program writes around a connection: at once the first time, then with backoff and full jitter.
    async fn keep_connected(self, seed: u64) {
        let mut failures = 0;
        let mut random = seed;
        loop {
            match self.run().await {
                Ok(()) => failures = 0,
                Err(_) => {
                    let longest = BASE.mul_f64(FACTOR.powi(failures)).min(CAP);
                    failures = (failures + 1).min(30);
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let part = (random >> 33) as f64 / f64::from(1_u32 << 31);
                    tokio::time::sleep(longest.mul_f64(part)).await;
                }
            }
        }
    }

    /// Connects, and reads until the connection ends. The error is that of a connect that failed.
    async fn run(&self) -> std::result::Result<(), Error> {
        let stream = TcpStream::connect(self.server).await?;
        stream.set_nodelay(true)?;
        match &self.layers {
            Layers::None => {
                let websocket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
                self.read(websocket).await;
            }
            Layers::Handshake => {
                let (websocket, _) = client_async(self.url("ws"), stream).await?;
                self.read(websocket).await;
            }
            Layers::Tls(connector) => {
                let name = ServerName::IpAddress(Ipv4Addr::LOCALHOST.into());
                let stream = connector.connect(name, stream).await?;
                let (websocket, _) = client_async(self.url("wss"), stream).await?;
                self.read(websocket).await;
            }
        }
        Ok(())
    }

    fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}/", self.server)
    }

    async fn read<S: AsyncRead + AsyncWrite + Unpin>(&self, mut websocket: WebSocketStream<S>) {
        self.connected.fetch_add(1, Ordering::Relaxed);
        while let Some(Ok(message)) =
            poll_fn(|context| Pin::new(&mut websocket).poll_next(context)).await
        {
            if let Message::Text(text) = message {
                self.inbox.take(text.as_bytes());
            }
        }
        self.connected.fetch_sub(1, Ordering::Relaxed);
    }
}
