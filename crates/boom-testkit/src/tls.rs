//! A certificate authority that lives as long as a test.

use std::fmt;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::Ticketer;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// A certificate authority, made anew each time and trusted by nobody who is not told to.
///
/// Its keys are ECDSA over P-256. The cryptography is ring's, whatever the process-wide default of rustls may be.
///
/// # Panics
///
/// Every function here panics where the operating system gives no random bytes, or where a name is neither a DNS name
/// nor an IP address: a test cannot go on then.
///
/// # Examples
///
/// A server and a client that trusts it:
///
/// ```
/// use boom_testkit::tls::Authority;
/// use std::io::{Read, Write};
/// use std::net::{TcpListener, TcpStream};
///
/// let authority = Authority::new();
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let server_config = authority.server_config(&["localhost", "127.0.0.1"]);
/// let server = std::thread::spawn(move || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///     let connection = rustls::ServerConnection::new(server_config)?;
///     let mut stream = rustls::StreamOwned::new(connection, listener.accept()?.0);
///     Ok(stream.write_all(b"hello")?)
/// });
///
/// let connection = rustls::ClientConnection::new(authority.client_config(), "localhost".try_into()?)?;
/// let mut stream = rustls::StreamOwned::new(connection, TcpStream::connect(address)?);
/// let mut greeting = [0; 5];
/// stream.read_exact(&mut greeting)?;
/// assert_eq!(&greeting, b"hello");
/// server.join().unwrap().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    certificate_pem: String,
}

impl Authority {
    /// Makes a key and a certificate signed with it.
    pub fn new() -> Self {
        let issuer =
            CertifiedIssuer::self_signed(issuer_params("boomnet test authority"), new_key())
                .expect("the parameters are fixed and sound");
        let certificate_pem = issuer.pem();
        Self {
            issuer,
            certificate_pem,
        }
    }

    /// The authority's certificate in PEM, as a `--ca` file holds it.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The authority's certificate in DER.
    pub fn certificate_der(&self) -> &[u8] {
        self.issuer.der()
    }

    /// Issues a certificate for `names` (DNS names or IP addresses), good for servers and for clients.
    pub fn issue(&self, names: &[&str]) -> Identity {
        issue_by(&self.issuer, names)
    }

    /// Makes the configuration of a server whose chain is that of a public one: its own certificate and that of an issuer
    /// between it and this authority. Otherwise it is that of [`server_config`](Self::server_config).
    pub fn server_config_by_intermediate(&self, names: &[&str]) -> Arc<ServerConfig> {
        let params = issuer_params("boomnet test intermediate");
        let intermediate = CertifiedIssuer::signed_by(params, new_key(), &self.issuer)
            .expect("the authority may sign");
        let identity = issue_by(&intermediate, names);
        let chain = vec![identity.certificate.clone(), intermediate.der().clone()];
        server_config(chain, &identity)
    }

    /// Makes the configuration of a server for `names`: TLS 1.2 and 1.3, resumption, no client certificates.
    ///
    /// Connections that share the configuration share the key of its session tickets, so a client that comes back can
    /// resume, however many there are.
    pub fn server_config(&self, names: &[&str]) -> Arc<ServerConfig> {
        let identity = self.issue(names);
        server_config(vec![identity.certificate.clone()], &identity)
    }

    /// Makes the configuration of a client that trusts this authority and nobody else.
    pub fn client_config(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots
            .add(self.issuer.der().clone())
            .expect("an authority's certificate is a trust anchor");
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring supports the default versions");
        Arc::new(config.with_root_certificates(roots).with_no_client_auth())
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

/// A certificate and its private key, issued by an [`Authority`].
///
/// # Examples
///
/// ```
/// use boom_testkit::tls::Authority;
///
/// let identity = Authority::new().issue(&["trader"]);
/// assert!(identity.certificate_pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// assert!(identity.private_key_pem().starts_with("-----BEGIN PRIVATE KEY-----"));
/// ```
pub struct Identity {
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    key: KeyPair,
}

impl Identity {
    /// The certificate in PEM, without the authority's.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The certificate in DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The private key in PEM (PKCS #8).
    pub fn private_key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// The private key in DER (PKCS #8).
    pub fn private_key_der(&self) -> &[u8] {
        self.key.serialized_der()
    }

    fn key_der(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }
}

impl fmt::Debug for Identity {
    /// Without the private key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("certificate_pem", &self.certificate_pem)
            .finish_non_exhaustive()
    }
}

fn issuer_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn issue_by(issuer: &CertifiedIssuer<'_, KeyPair>, names: &[&str]) -> Identity {
    let names: Vec<String> = names.iter().copied().map(String::from).collect();
    let common_name = names.first().cloned().unwrap_or_default();
    let mut params =
        CertificateParams::new(names).expect("each name is a DNS name or an IP address");
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    let key = new_key();
    let certificate = params
        .signed_by(&key, issuer)
        .expect("the authority may sign");
    Identity {
        certificate_pem: certificate.pem(),
        certificate: certificate.into(),
        key,
    }
}

fn server_config(chain: Vec<CertificateDer<'static>>, identity: &Identity) -> Arc<ServerConfig> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_no_client_auth()
        .with_single_cert(chain, identity.key_der())
        .expect("the key fits");
    config.ticketer = Ticketer::new().expect("the operating system gives random bytes");
    Arc::new(config)
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("the operating system gives random bytes")
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
