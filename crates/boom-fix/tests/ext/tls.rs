//! Over TLS, with a certificate of the client's own and a name of the server that is not the host's.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use boom_fix::session::{Event, FixConnection, MemoryStore, Now, Session, SessionConfig};
use boom_fix::{BeginString, FixInitiator, TlsFixEndpoint};
use boom_select::{IntoMioStream, MioSelector, MioStream};
use boom_service::IntoIOService;
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
use boom_testkit::tls::Authority;
use boom_tls::{IntoTlsStream, TlsConfig, TlsStream};

struct Trader {
    info: ConnectionInfo,
    tls: TlsConfig,
    reports: Vec<String>,
}

impl ConnectionInfoProvider for Trader {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl TlsFixEndpoint for Trader {
    type Stream = MioStream;
    type Store = MemoryStore;

    fn create_tls(&mut self, addr: SocketAddr) -> io::Result<Option<TlsStream<MioStream>>> {
        let stream = TcpStream::try_from((&self.info, addr))?.into_mio_stream();
        let tls = self.tls.clone();
        stream
            .into_tls_stream_with_config(|config| *config = tls)
            .map(Some)
    }

    fn event(
        &mut self,
        session: &mut Session<MemoryStore>,
        event: Event<'_>,
        now: Now,
    ) -> io::Result<()> {
        match event {
            Event::LoggedOn => {
                session.send("D", now, |order| {
                    order.text(11, "over TLS");
                })?;
            }
            Event::Message(received) => {
                self.reports
                    .push(received.message.text(11).unwrap().to_owned());
                session.logout(None, now)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Serves one connection, and says which server was asked for and how many certificates the client has shown.
fn serve(listener: &TcpListener, tls: Arc<rustls::ServerConfig>) -> (Option<String>, usize) {
    let (socket, _) = listener.accept().unwrap();
    let mut tls = rustls::ServerConnection::new(tls).unwrap();
    let mut socket = socket;
    while tls.is_handshaking() {
        tls.complete_io(&mut socket).unwrap();
    }
    let name = tls.server_name().map(str::to_owned);
    let certificates = tls.peer_certificates().map_or(0, <[_]>::len);
    socket.set_nonblocking(true).unwrap();
    let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
    let session = Session::new(config, MemoryStore::new()).unwrap();
    let stream = rustls::StreamOwned::new(tls, socket);
    let mut connection = FixConnection::new(stream, session).unwrap();
    while !connection.is_closed() {
        let (session, inbox, now) = connection.read_batch().unwrap();
        while let Some(event) = session.poll_event(inbox, now).unwrap() {
            if let Event::Message(received) = event {
                let id = received.message.text(11).unwrap();
                session
                    .send("8", now, |report| {
                        report.text(11, id);
                    })
                    .unwrap();
            }
        }
        connection.flush().unwrap();
        thread::yield_now();
    }
    (name, certificates)
}

#[test]
fn names_and_certificates_of_its_own() {
    let authority = Authority::new();
    let identity = authority.issue(&["fix.venue.example"]);
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(authority.certificate_der().to_vec().into())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
        Arc::new(roots),
        Arc::clone(&provider),
    );
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![identity.certificate_der().to_vec().into()],
            identity.private_key_der().to_vec().try_into().unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || serve(&listener, Arc::new(server)));

    let client = authority.issue(&["buyer.example"]);
    let tls = TlsConfig::default()
        .with_roots_pem(authority.certificate_pem().as_bytes())
        .unwrap()
        .with_server_name("fix.venue.example")
        .with_client_cert_pem(
            client.certificate_pem().as_bytes(),
            client.private_key_pem().as_bytes(),
        )
        .unwrap();
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let session = Session::new(config, MemoryStore::new()).unwrap();
    let trader = Trader {
        info: ConnectionInfo::new("127.0.0.1", port),
        tls,
        reports: Vec::new(),
    };
    let mut service = MioSelector::new().unwrap().into_io_service();
    service.register(FixInitiator::new(trader, session));
    let deadline = Instant::now() + Duration::from_secs(60);
    let endpoint = loop {
        assert!(Instant::now() < deadline);
        service.poll().unwrap();
        if let Some(boom_service::Event::GaveUp { endpoint, .. }) = service.poll_event() {
            break endpoint;
        }
    };
    assert_eq!(endpoint.get().reports, ["over TLS"]);
    assert_eq!(
        server.join().unwrap(),
        (Some("fix.venue.example".to_owned()), 1)
    );
}
