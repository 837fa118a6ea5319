//! The handshake, whoever drives it and however the bytes come.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use boom_stream::{ConnectionInfo, Layer, Phase};
use boom_testkit::stream::ScriptedStream;
use boom_testkit::tls::Authority;
use boom_tls::{
    CipherSuite, Error, IntoTlsReadyStream, IntoTlsStream, Roots, Stream, TlsConfig, TlsVersion,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::support::{
    Server, VERSIONS, asking, client, connected, only, read_error, server_with, trusting, typed,
};
use crate::Backend;

#[test]
fn both_versions_agree_and_say_what_on() {
    for version in VERSIONS {
        let authority = Authority::new();
        let config = only(trusting(&authority), version);
        let server_config = authority.server_config(&["localhost"]);
        let mut client = client(&config);
        assert_eq!(client.phase(), Phase::TlsHandshake);
        assert_eq!(
            (client.protocol_version(), client.is_resumed()),
            (None, None)
        );

        let mut server = Server::new(server_config);
        server.shake(&mut client);

        assert_eq!(client.phase(), Phase::Established);
        assert_eq!(client.protocol_version(), Some(version));
        assert_eq!(client.is_resumed(), Some(false));
        assert_eq!(client.alpn_protocol(), None);
        assert_eq!(client.peer_certificates().len(), 1);
        let suite = server.tls.negotiated_cipher_suite().unwrap().suite();
        assert_eq!(client.cipher_suite(), Some(CipherSuite(suite.into())));
        assert!(client.cipher_suite().unwrap().name().is_some());
        assert!(!client.wants_write());
    }
}

#[test]
fn the_first_message_waits_from_the_start() {
    let client = client(&trusting(&Authority::new()));
    assert!(client.wants_write());
    assert!(!client.has_buffered());
    assert_eq!(client.get_ref().writes(), 0);
}

#[test]
fn a_stream_that_is_still_connecting_is_waited_for() {
    let authority = Authority::new();
    let stream = ScriptedStream::new().connecting(1);
    let mut client = Stream::<_, Backend>::new(stream, "localhost", &trusting(&authority)).unwrap();
    assert_eq!(
        client.write(b"early").unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert!(client.wants_write());
    assert!(!boom_stream::Socket::connected(client.base_mut()).unwrap());
    Server::new(authority.server_config(&["localhost"])).shake(&mut client);
}

#[test]
fn reads_alone_and_writes_alone_drive_it() {
    let drivers: [fn(&mut super::support::Client) -> std::io::Result<usize>; 2] = [
        |client| client.read(&mut [0; 64]),
        |client| client.write(b"early"),
    ];
    for drive in drivers {
        for version in VERSIONS {
            let authority = Authority::new();
            let mut client = client(&only(trusting(&authority), version));
            let mut server = Server::new(authority.server_config(&["localhost"]));
            for _ in 0..4 {
                if client.is_handshaking() {
                    let result = drive(&mut client);
                    if client.is_handshaking() {
                        assert_eq!(result.unwrap_err().kind(), ErrorKind::WouldBlock);
                    }
                }
                server.take_in(&client.base_mut().take_written());
                client.base_mut().push_read(server.give());
            }
            assert!(!client.is_handshaking());
            assert!(!server.tls.is_handshaking());
            // The write that found the handshake done went out, once; those before it did not.
            assert!(
                server.received.is_empty() || server.received == b"early",
                "{:?}",
                server.received
            );
        }
    }
}

#[test]
fn every_byte_may_come_and_go_alone() {
    for version in VERSIONS {
        let authority = Authority::new();
        let mut client = client(&only(trusting(&authority), version));
        let mut server = Server::new(authority.server_config(&["localhost"]));
        let mut wire = Vec::new();
        let mut written = 0;
        for round in 0.. {
            assert!(round < 100_000);
            // One byte each way, with a write that would block before each.
            client.base_mut().push_write_would_block();
            client.base_mut().push_write_limit(1);
            client.base_mut().push_write_would_block();
            if !wire.is_empty() {
                client.base_mut().push_read([wire.remove(0)]);
            }
            // Amid the tickets that follow the handshake a write must not disturb what is half received.
            if client.is_handshaking() {
                let _ = client
                    .read(&mut [0; 64])
                    .map_err(|error| assert_eq!(error.kind(), ErrorKind::WouldBlock));
            } else if written < 40 {
                written += client.write(b"x").unwrap();
            }
            let _ = client.flush();
            if !client.is_handshaking() {
                assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
            }
            server.take_in(&client.base_mut().take_written());
            wire.extend(server.give());
            if !client.is_handshaking() && wire.is_empty() && !client.wants_write() && written == 40
            {
                break;
            }
        }
        assert_eq!(server.received, [b'x'; 40]);
        client.base_mut().push_read(server.encrypt(b"answer"));
        let mut answer = [0; 64];
        assert_eq!(client.read(&mut answer).unwrap(), 6);
        assert_eq!(&answer[..6], b"answer");
    }
}

#[test]
fn the_answer_may_be_cut_anywhere() {
    for version in VERSIONS {
        let authority = Authority::new();
        let config = only(trusting(&authority), version).without_resumption();
        let server_config = authority.server_config(&["localhost"]);
        let mut cut = 1;
        loop {
            let mut client = client(&config);
            let mut server = Server::new(server_config.clone());
            assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
            server.take_in(&client.base_mut().take_written());
            let answer = server.give();
            if cut >= answer.len() {
                break;
            }
            client.base_mut().push_read(&answer[..cut]);
            assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
            assert!(client.is_handshaking(), "{version} cut at {cut}");
            client.base_mut().push_read(&answer[cut..]);
            server.shake(&mut client);
            client.write_all(b"ok").unwrap();
            server.take_in(&client.base_mut().take_written());
            assert_eq!(server.received, b"ok", "{version} cut at {cut}");
            cut += 7;
        }
    }
}

#[test]
fn a_server_that_speaks_first_is_heard_with_the_handshake() {
    let authority = Authority::new();
    let mut client = client(&trusting(&authority));
    let mut server_config = Arc::unwrap_or_clone(authority.server_config(&["localhost"]));
    server_config.send_half_rtt_data = true;
    let mut server = Server::new(Arc::new(server_config));
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    server.take_in(&client.base_mut().take_written());
    // TLS 1.3 lets a server send data before the client's Finished.
    let answer = server.encrypt(b"greeting");
    client.base_mut().push_read(answer);
    let mut buffer = [0; 64];
    assert_eq!(client.read(&mut buffer).unwrap(), 8);
    assert_eq!(&buffer[..8], b"greeting");
    assert_eq!(client.phase(), Phase::Established);
    server.take_in(&client.base_mut().take_written());
    assert!(!server.tls.is_handshaking());
}

#[test]
fn data_behind_the_handshake_waits_while_the_client_writes() {
    let authority = Authority::new();
    let mut client = client(&trusting(&authority));
    let mut server_config = Arc::unwrap_or_clone(authority.server_config(&["localhost"]));
    server_config.send_half_rtt_data = true;
    let mut server = Server::new(Arc::new(server_config));
    assert_eq!(
        client.write(b"one").unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    server.take_in(&client.base_mut().take_written());
    let mut answer = server.encrypt(b"first ");
    answer.extend(server.encrypt(b"second"));
    client.base_mut().push_read(answer);

    // One read takes the rest of the handshake and the data; writes need the first and leave the second.
    assert_eq!(client.write(b"one").unwrap(), 3);
    assert_eq!(client.write(b"two").unwrap(), 3);
    assert!(client.has_buffered());
    assert_eq!(super::support::read_all(&mut client, 64), b"first second");
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"onetwo");
}

#[test]
fn a_reconnect_resumes_and_clones_share_the_session() {
    for version in VERSIONS {
        let authority = Authority::new();
        let config = only(trusting(&authority), version);
        let server_config = authority.server_config(&["localhost"]);
        let (first, _) = connected(&config, server_config.clone());
        assert_eq!(first.is_resumed(), Some(false));
        let (second, server) = connected(&config.clone(), server_config.clone());
        assert_eq!(second.is_resumed(), Some(true), "{version}");
        assert_eq!(
            server.tls.handshake_kind(),
            Some(rustls::HandshakeKind::Resumed)
        );
        assert_eq!(second.peer_certificates().len(), 1);

        let (third, _) = connected(&config.without_resumption(), server_config);
        assert_eq!(third.is_resumed(), Some(false));
    }
}

#[test]
fn a_connection_that_broke_is_resumed() {
    for version in VERSIONS {
        let authority = Authority::new();
        let config = only(trusting(&authority), version);
        let server_config = authority.server_config(&["localhost"]);
        for round in 0..4 {
            let (mut client, _) = connected(&config, server_config.clone());
            assert_eq!(client.is_resumed(), Some(round > 0), "{version}");
            client.base_mut().push_eof();
            assert_eq!(read_error(&mut client), ErrorKind::UnexpectedEof);
        }
    }
}

#[test]
fn a_protocol_is_agreed_on_or_refused() {
    let authority = Authority::new();
    let offering = |protocols: &[&str]| trusting(&authority).with_alpn(protocols.iter().copied());
    let mut server_config = Arc::unwrap_or_clone(authority.server_config(&["localhost"]));
    server_config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let server_config = Arc::new(server_config);

    let (client, _) = connected(&offering(&["h2", "http/1.1"]), server_config.clone());
    assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));

    let mut client = super::support::client(&offering(&["h2"]));
    let mut server = Server::new(server_config);
    let error = super::support::shake_until_failure(&mut client, &mut server);
    assert!(
        matches!(typed(&error), Error::AlertReceived(alert) if alert.name() == Some("no_application_protocol"))
    );
    assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
}

#[test]
fn a_client_that_is_asked_identifies_itself() {
    for version in VERSIONS {
        let authority = Authority::new();
        let server_config = asking(&authority, "localhost");
        let identity = authority.issue(&["trader"]);
        let config = only(trusting(&authority), version)
            .with_client_cert_pem(
                identity.certificate_pem().as_bytes(),
                identity.private_key_pem().as_bytes(),
            )
            .unwrap();
        let (_client, server) = connected(&config, server_config.clone());
        assert_eq!(
            server.tls.peer_certificates().unwrap()[0].as_ref(),
            identity.certificate_der()
        );

        let mut client = client(&only(trusting(&authority), version));
        let error =
            super::support::shake_until_failure(&mut client, &mut Server::new(server_config));
        assert!(matches!(typed(&error), Error::AlertReceived(_)), "{error}");
    }
}

#[test]
fn no_common_version_is_told_by_both() {
    let authority = Authority::new();
    let server = Arc::unwrap_or_clone(authority.server_config(&["localhost"]));
    let provider = server.crypto_provider().clone();
    let identity = authority.issue(&["localhost"]);
    let server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(identity.certificate_der().to_vec())],
            PrivateKeyDer::from_pem_slice(identity.private_key_pem().as_bytes()).unwrap(),
        );
    let mut client = client(&only(trusting(&authority), TlsVersion::Tls13));
    let error = super::support::shake_until_failure(
        &mut client,
        &mut Server::new(Arc::new(server.unwrap())),
    );
    assert!(
        matches!(typed(&error), Error::AlertReceived(alert) if alert.name() == Some("protocol_version"))
    );
}

#[test]
fn the_server_name_is_told_replaced_or_kept_back() {
    let authority = Authority::new();
    let server_config = authority.server_config(&["exchange.example", "localhost"]);
    let named = |config: TlsConfig| {
        let (_, server) = connected(&config, server_config.clone());
        server.tls.server_name().map(String::from)
    };
    assert_eq!(named(trusting(&authority)).as_deref(), Some("localhost"));
    let replaced = trusting(&authority).with_server_name("exchange.example");
    assert_eq!(named(replaced).as_deref(), Some("exchange.example"));
    assert_eq!(named(trusting(&authority).without_sni()), None);
}

#[test]
fn addresses_are_server_names_too() {
    // A zone says by which interface the address is reached, and no certificate knows of it.
    for host in [
        "127.0.0.1",
        "[::1]",
        "::1",
        "fe80::1%eth0",
        "[fe80::1%25eth0]",
    ] {
        let authority = Authority::new();
        let server_config = authority.server_config(&["127.0.0.1", "::1", "fe80::1"]);
        let config = trusting(&authority);
        let stream = ScriptedStream::new().with_connection_info(ConnectionInfo::new(host, 443));
        let mut client = stream
            .into_tls_stream_by_with_config::<Backend>(|tls| *tls = config.clone())
            .unwrap();
        Server::new(server_config).shake(&mut client);
        assert_eq!(client.phase(), Phase::Established, "{host}");
    }
}

#[test]
fn a_name_may_be_written_with_its_last_dot() {
    let authority = Authority::new();
    let mut client =
        Stream::<_, Backend>::new(ScriptedStream::new(), "localhost.", &trusting(&authority))
            .unwrap();
    let mut server = Server::new(authority.server_config(&["localhost"]));
    server.shake(&mut client);
    assert_eq!(server.tls.server_name(), Some("localhost"));
}

#[test]
fn a_host_that_is_no_server_name_is_reported_by_every_call() {
    let stream = || ScriptedStream::new().with_connection_info(ConnectionInfo::new("no host", 443));
    let mut client = stream().into_tls_stream_by::<Backend>();
    assert_eq!(client.phase(), Phase::TlsHandshake);
    assert!(client.has_buffered(), "a service must come and see");
    for _ in 0..2 {
        let error = client.read(&mut [0; 64]).unwrap_err();
        assert!(matches!(typed(&error), Error::InvalidServerName));
        let error = client.write(b"x").unwrap_err();
        assert!(matches!(typed(&error), Error::InvalidServerName));
        assert_eq!(client.flush().unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(client.get_ref().reads() + client.get_ref().writes(), 0);

    let error = stream()
        .into_tls_stream_by_with_config::<Backend>(|_| {})
        .unwrap_err();
    assert!(matches!(typed(&error), Error::InvalidServerName));
    let error = stream()
        .into_tls_ready_stream_by_with_config::<Backend>(true, |_| {})
        .unwrap_err();
    assert!(matches!(typed(&error), Error::InvalidServerName));
    assert!(
        !stream()
            .into_tls_ready_stream_by_with_config::<Backend>(false, |_| {})
            .unwrap()
            .is_tls()
    );
}

#[test]
fn without_roots_there_is_no_connection() {
    let config = TlsConfig::default().with_roots(Roots::OwnOnly);
    let error = Stream::<_, Backend>::new(ScriptedStream::new(), "localhost", &config).unwrap_err();
    assert!(matches!(typed(&error), Error::NoRoots));
}

#[test]
fn a_long_chain_fits_and_its_memory_is_given_back() {
    for version in VERSIONS {
        let authority = Authority::new();
        let identity = authority.issue(&["localhost"]);
        // More than one record of 16 KiB, and more than one window.
        let mut chain = vec![CertificateDer::from(identity.certificate_der().to_vec())];
        chain.extend((0..90).map(|_| CertificateDer::from(authority.certificate_der().to_vec())));
        assert!(
            chain
                .iter()
                .map(|certificate| certificate.len())
                .sum::<usize>()
                > 32 * 1024
        );
        let key = PrivateKeyDer::from_pem_slice(identity.private_key_pem().as_bytes()).unwrap();
        let server_config = server_with(chain, key);
        let (client, _) = connected(
            &only(trusting(&authority), version),
            Arc::new(server_config),
        );
        assert_eq!(client.peer_certificates().len(), 91);
    }
}

#[test]
fn secrets_go_to_the_file_that_the_environment_names() {
    let authority = Authority::new();
    if std::env::var_os("SSLKEYLOGFILE").is_some() {
        // In the child, below.
        connected(
            &trusting(&authority).with_key_log_from_env(),
            authority.server_config(&["localhost"]),
        );
        return;
    }
    let path = std::env::temp_dir().join(format!("boom-tls-keys-{}", std::process::id()));
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "suite::handshake::secrets_go_to_the_file_that_the_environment_names",
        ])
        .env("SSLKEYLOGFILE", &path)
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    let log = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(log.contains("CLIENT_TRAFFIC_SECRET_0 "), "{log}");
}
