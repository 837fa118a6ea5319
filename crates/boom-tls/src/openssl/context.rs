//! From the common configuration to a context of OpenSSL.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::UNIX_EPOCH;

use ::openssl::error::ErrorStack;
use ::openssl::ex_data::Index;
use ::openssl::pkey::PKey;
use ::openssl::ssl::{
    Ssl, SslContext, SslContextBuilder, SslMethod, SslOptions, SslRef, SslSession,
    SslSessionCacheMode, SslVersion,
};
use ::openssl::x509::X509;
use ::openssl::x509::verify::X509CheckFlags;
use rustls_pki_types::ServerName;

use super::key_log::KeyLog;
use super::sessions::Sessions;
use super::verify::set_verification;
use super::{choice, sys};
use crate::client::config::{Identity, Settings, WallClock};
use crate::{Error, TlsVersion};

/// The context, and what connections made of it share.
pub(crate) struct Context {
    context: SslContext,
    sessions: Arc<Sessions>,
    sends_server_name: bool,
    early_data: bool,
    wall_clock: Option<WallClock>,
}

impl Context {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let mut builder = SslContext::builder(SslMethod::tls_client())?;
        let (min, max) = choice::set_cipher_suites(&mut builder, settings)?;
        builder.set_min_proto_version(Some(version(min)))?;
        builder.set_max_proto_version(Some(version(max)))?;
        choice::set_groups(&mut builder, settings)?;
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
        if let Some(change) = &settings.openssl_builder {
            let own = builder.as_ptr();
            change(&mut builder)?;
            if builder.as_ptr() != own {
                // It may be that of another configuration, and give sessions to that one. What makes `resume` sound is that
                // sessions and connections are of one context.
                return Err(Error::Unsupported(
                    "another context instead of a changed one",
                ));
            }
        }
        Ok(Self {
            context: builder.build(),
            sessions,
            sends_server_name: settings.sends_server_name,
            early_data: settings.early_data,
            wall_clock: settings.wall_clock.clone(),
        })
    }

    /// A connection that will verify `server_name` and, where there is a session of it, resumes that; and how much
    /// early data its server takes.
    pub(super) fn connection(&self, server_name: &ServerName<'_>) -> Result<(Ssl, usize), Error> {
        let mut ssl = Ssl::new(&self.context)?;
        let name: Arc<str> = server_name.to_str().into();
        // A name that is an address is not told to the server (RFC 6066, section 3).
        if let ServerName::IpAddress(address) = server_name {
            ssl.param_mut().set_ip(IpAddr::from(*address))?;
        } else {
            let param = ssl.param_mut();
            // RFC 9525, section 2: a name in the subject is none of a server's, whether there are others or not.
            param.set_hostflags(
                X509CheckFlags::NO_PARTIAL_WILDCARDS | X509CheckFlags::NEVER_CHECK_SUBJECT,
            );
            param.set_host(&name)?;
            if self.sends_server_name {
                ssl.set_hostname(&name)?;
            }
        }
        if let Some(clock) = &self.wall_clock {
            set_time(&mut ssl, clock)?;
        }
        let mut early_data = 0;
        if let Some(session) = self.sessions.take(&name) {
            resume(&mut ssl, &session)?;
            if self.early_data {
                early_data = session.max_early_data() as usize;
            }
        }
        if let Some(index) = *NAME {
            ssl.set_ex_data(index, name);
        }
        Ok((ssl, early_data))
    }
}

impl Context {
    /// Keeps the session that a server of TLS 1.2 has renewed while it resumed it. OpenSSL forgets the old one and does not
    /// tell of the new one.
    pub(super) fn keep_renewed(&self, ssl: &SslRef) {
        let is_older = ssl.version2() == Some(SslVersion::TLS1_2);
        if let Some(index) = *NAME
            && let (true, Some(name)) = (is_older && ssl.session_reused(), ssl.ex_data(index))
            && let Some(session) = ssl.session()
        {
            self.sessions.insert(name, session.to_owned());
        }
    }
}

impl Context {
    /// Keeps a copy of the session of a connection that has broken. OpenSSL, which has seen the end of the stream, resumes the
    /// session itself no more.
    pub(super) fn keep_broken(&self, ssl: &SslRef) {
        let copy = ssl.session().and_then(|session| session.to_der().ok());
        let copy = copy.and_then(|der| SslSession::from_der(&der).ok());
        if let Some(index) = *NAME
            && let (Some(name), Some(session)) = (ssl.ex_data(index), copy)
        {
            self.sessions.insert(name, session);
        }
    }
}

/// Has certificates judged by the time of the user's clock.
fn set_time(ssl: &mut Ssl, clock: &WallClock) -> Result<(), Error> {
    let beyond = Error::Unsupported("OpenSSL cannot express the time of the configuration's clock");
    let since = clock()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| beyond.clone())?;
    let seconds = since.as_secs().try_into().map_err(|_| beyond)?;
    ssl.param_mut().set_time(seconds);
    Ok(())
}

/// Where a connection keeps the name by which its sessions are found again.
static NAME: LazyLock<Option<Index<Ssl, Arc<str>>>> = LazyLock::new(|| Ssl::new_ex_index().ok());

const fn version(version: TlsVersion) -> SslVersion {
    match version {
        TlsVersion::Tls12 => SslVersion::TLS1_2,
        TlsVersion::Tls13 => SslVersion::TLS1_3,
    }
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
    // SAFETY: `Context::connection` calls this with a session of its own `Sessions`. Only the callback of its own `SslContext`,
    // which `Context::new` lets nobody replace, and `Context::keep_renewed` and `Context::keep_broken`, for its own connections, fill them; what the latter adds is a copy that no
    // context has data of its own with.
    unsafe { sys::resume(ssl, session) }
}
