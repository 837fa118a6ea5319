//! From the common configuration to a context of OpenSSL.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use ::openssl::error::ErrorStack;
use ::openssl::ex_data::Index;
use ::openssl::pkey::PKey;
use ::openssl::ssl::{
    Ssl, SslContext, SslContextBuilder, SslMethod, SslOptions, SslSession, SslSessionCacheMode,
    SslVerifyMode, SslVersion,
};
use ::openssl::x509::X509;
use ::openssl::x509::verify::{X509CheckFlags, X509VerifyFlags};
use rustls_pki_types::ServerName;

use super::key_log::KeyLog;
use super::sessions::Sessions;
use crate::client::config::{Identity, Roots, Settings};
use crate::{Error, TlsVersion};

/// The context, and what connections made of it share.
pub(crate) struct Context {
    context: SslContext,
    sessions: Arc<Sessions>,
    sends_server_name: bool,
}

impl Context {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        if settings.min_version > settings.max_version {
            return Err(Error::NoVersions);
        }
        let mut builder = SslContext::builder(SslMethod::tls_client())?;
        builder.set_min_proto_version(Some(version(settings.min_version)))?;
        builder.set_max_proto_version(Some(version(settings.max_version)))?;
        builder.set_options(SslOptions::NO_RENEGOTIATION | SslOptions::NO_COMPRESSION);
        set_verification(&mut builder, settings)?;
        if let Some(identity) = &settings.identity {
            set_identity(&mut builder, identity)
                .map_err(|errors| Error::InvalidClientCertificate(errors.into()))?;
        }
        if !settings.alpn.is_empty() {
            builder.set_alpn_protos(&alpn(settings)?)?;
        }
        let sessions = Arc::new(Sessions::new(settings.sessions));
        keep_sessions(&mut builder, settings.sessions, sessions.clone())?;
        if settings.logs_keys
            && let Some(log) = KeyLog::from_env()
        {
            builder.set_keylog_callback(move |_, line| log.append(line));
        }
        Ok(Self {
            context: builder.build(),
            sessions,
            sends_server_name: settings.sends_server_name,
        })
    }

    /// A connection that will verify `server_name` and, where there is a session of it, resumes that.
    pub(super) fn connection(&self, server_name: &ServerName<'_>) -> Result<Ssl, Error> {
        let mut ssl = Ssl::new(&self.context)?;
        let name: Arc<str> = server_name.to_str().into();
        // A name that is an address is not told to the server (RFC 6066, section 3).
        if let ServerName::IpAddress(address) = server_name {
            ssl.param_mut().set_ip(IpAddr::from(*address))?;
        } else {
            let param = ssl.param_mut();
            param.set_hostflags(X509CheckFlags::NO_PARTIAL_WILDCARDS);
            param.set_host(&name)?;
            if self.sends_server_name {
                ssl.set_hostname(&name)?;
            }
        }
        if let Some(session) = self.sessions.take(&name) {
            resume(&mut ssl, &session)?;
        }
        if let Some(index) = *NAME {
            ssl.set_ex_data(index, name);
        }
        Ok(ssl)
    }
}

/// Where a connection keeps the name by which its sessions are found again.
static NAME: LazyLock<Option<Index<Ssl, Arc<str>>>> = LazyLock::new(|| Ssl::new_ex_index().ok());

const fn version(version: TlsVersion) -> SslVersion {
    match version {
        TlsVersion::Tls12 => SslVersion::TLS1_2,
        TlsVersion::Tls13 => SslVersion::TLS1_3,
    }
}

fn set_verification(builder: &mut SslContextBuilder, settings: &Settings) -> Result<(), Error> {
    if !settings.verifies {
        builder.set_verify(SslVerifyMode::NONE);
        return Ok(());
    }
    builder.set_verify(SslVerifyMode::PEER);
    // What the user calls a root is one, whoever signed it.
    builder
        .verify_param_mut()
        .set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    for root in &settings.own_roots {
        X509::from_der(root)
            .and_then(|root| builder.cert_store_mut().add_cert(root))
            .map_err(|errors| Error::InvalidRoot(errors.into()))?;
    }
    match settings.roots {
        Roots::OwnOnly if settings.own_roots.is_empty() => Err(Error::NoRoots),
        Roots::OwnOnly => Ok(()),
        Roots::BuiltIn | Roots::Native => trust_the_system(builder),
        #[cfg(feature = "rustls-webpki")]
        Roots::Webpki => Err(Error::Unsupported(
            "the Mozilla roots compiled in are for rustls",
        )),
    }
}

fn trust_the_system(builder: &mut SslContextBuilder) -> Result<(), Error> {
    let found = openssl_probe::probe();
    // An OpenSSL that was compiled elsewhere looks in other places.
    builder.set_default_verify_paths()?;
    if let Some(file) = &found.cert_file {
        builder
            .load_verify_locations(Some(file), None)
            .map_err(|_| Error::NativeRoots)?;
    }
    for folder in &found.cert_dir {
        builder
            .load_verify_locations(None, Some(folder))
            .map_err(|_| Error::NativeRoots)?;
    }
    if found.cert_file.is_none() && found.cert_dir.is_empty() {
        return Err(Error::NativeRoots);
    }
    Ok(())
}

fn set_identity(builder: &mut SslContextBuilder, identity: &Identity) -> Result<(), ErrorStack> {
    for (place, certificate) in identity.chain.iter().enumerate() {
        let certificate = X509::from_der(certificate)?;
        if place == 0 {
            builder.set_certificate(&certificate)?;
        } else {
            builder.add_extra_chain_cert(certificate)?;
        }
    }
    let key = PKey::private_key_from_der(identity.key.secret_der())?;
    builder.set_private_key(&key)?;
    builder.check_private_key()
}

/// The list as RFC 7301, section 3.1, has it: each name behind its length.
fn alpn(settings: &Settings) -> Result<Vec<u8>, Error> {
    let mut list = Vec::new();
    for protocol in &settings.alpn {
        match u8::try_from(protocol.len()) {
            Ok(length) if length > 0 => list.push(length),
            _ => return Err(Error::InvalidAlpn),
        }
        list.extend_from_slice(protocol);
    }
    Ok(list)
}

fn keep_sessions(
    builder: &mut SslContextBuilder,
    limit: usize,
    sessions: Arc<Sessions>,
) -> Result<(), Error> {
    if limit == 0 {
        builder.set_session_cache_mode(SslSessionCacheMode::OFF);
        builder.set_options(SslOptions::NO_TICKET);
        return Ok(());
    }
    let Some(index) = *NAME else {
        return Err(Error::Unsupported(
            "OpenSSL has no room for a connection's name",
        ));
    };
    // By the name, which OpenSSL's own cache does not do for clients.
    builder.set_session_cache_mode(SslSessionCacheMode::CLIENT | SslSessionCacheMode::NO_INTERNAL);
    builder.set_new_session_callback(move |ssl, session| {
        if let Some(name) = ssl.ex_data(index) {
            sessions.insert(name, session);
        }
    });
    Ok(())
}

/// Lets a connection that has not begun resume `session`.
#[allow(unsafe_code)]
fn resume(ssl: &mut Ssl, session: &SslSession) -> Result<(), ErrorStack> {
    // SAFETY: the function asks that the session belongs to the context of the connection. `Context::connection` calls
    // this with a session of its own `Sessions`, which only the callback of its own `SslContext` fills.
    unsafe { ssl.set_session(session) }
}
