//! OpenSSL as it is: the stream of the crate `openssl` over the socket.

use boom_tls::TlsVersion;
use openssl::ssl::{ErrorCode, Ssl, SslContext, SslMethod, SslStream, SslVerifyMode, SslVersion};
use openssl::x509::X509;

use super::trust::{NAME, Trust};
use super::{Client, Transport, await_greeting};
use crate::harness::Result;

struct Raw<S>(SslStream<S>);

pub(super) fn open<S: Transport>(stream: S, trust: &Trust) -> Result<Box<dyn Client>> {
    let mut ssl = Ssl::new(&trust.openssl)?;
    ssl.set_hostname(NAME)?;
    ssl.param_mut().set_host(NAME)?;
    let mut stream = SslStream::new(ssl, stream)?;
    loop {
        match stream.connect() {
            Ok(()) => break,
            Err(error) if error.code() == ErrorCode::WANT_READ => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut raw = Raw(stream);
    await_greeting(&mut raw)?;
    Ok(Box::new(raw))
}

/// Trusts the authority of that certificate. The crate keeps no sessions by itself.
pub(super) fn context(authority: &[u8], version: TlsVersion) -> Result<SslContext> {
    let version = match version {
        TlsVersion::Tls12 => SslVersion::TLS1_2,
        _ => SslVersion::TLS1_3,
    };
    let mut builder = SslContext::builder(SslMethod::tls_client())?;
    builder.set_verify(SslVerifyMode::PEER);
    builder
        .cert_store_mut()
        .add_cert(X509::from_der(authority)?)?;
    builder.set_min_proto_version(Some(version))?;
    builder.set_max_proto_version(Some(version))?;
    Ok(builder.build())
}

impl<S: Transport> Client for Raw<S> {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let mut sent = 0;
        while sent < bytes.len() {
            sent += self.0.ssl_write(&bytes[sent..])?;
        }
        Ok(())
    }

    fn receive(&mut self, out: &mut [u8]) -> Result<usize> {
        match self.0.ssl_read(out) {
            Ok(count) => Ok(count),
            Err(error) if error.code() == ErrorCode::WANT_READ => Ok(0),
            Err(error) => Err(error.into()),
        }
    }
}
