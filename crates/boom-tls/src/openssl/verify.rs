//! Which certificates a context accepts.

use ::openssl::error::ErrorStack;
use ::openssl::sha::sha256;
use ::openssl::ssl::{SslContextBuilder, SslVerifyMode};
use ::openssl::x509::verify::X509VerifyFlags;
use ::openssl::x509::{X509, X509Crl, X509Ref, X509StoreContextRef, X509VerifyResult};

use super::sys;
use crate::Error;
use crate::client::config::{Roots, Settings, SpkiHash};

pub(super) fn set_verification(
    builder: &mut SslContextBuilder,
    settings: &Settings,
) -> Result<(), Error> {
    let verifies = settings.verifies;
    match &settings.pins {
        Some(pins) => {
            let pins = pins.clone();
            builder.set_verify_callback(SslVerifyMode::PEER, move |is_good, chain| {
                (is_good || !verifies) && is_pinned(chain, &pins)
            });
        }
        None if verifies => builder.set_verify(SslVerifyMode::PEER),
        None => builder.set_verify(SslVerifyMode::NONE),
    }
    if !verifies {
        return Ok(());
    }
    // What the user calls a root is one, whoever signed it.
    builder
        .verify_param_mut()
        .set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    for root in &settings.own_roots {
        X509::from_der(root)
            .and_then(|root| builder.cert_store_mut().add_cert(root))
            .map_err(|errors| Error::InvalidRoot(errors.into()))?;
    }
    set_revocation_lists(builder, settings)?;
    let has_own = !settings.own_roots.is_empty() || settings.openssl_builder.is_some();
    match settings.roots {
        Roots::OwnOnly if !has_own => Err(Error::NoRoots),
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

fn set_revocation_lists(builder: &mut SslContextBuilder, settings: &Settings) -> Result<(), Error> {
    if settings.crls.is_empty() {
        return Ok(());
    }
    let invalid = |errors: ErrorStack| Error::InvalidRevocationList(errors.into());
    for list in &settings.crls {
        let list = X509Crl::from_der(list).map_err(invalid)?;
        sys::add_revocation_list(builder.cert_store_mut(), &list).map_err(invalid)?;
    }
    Ok(builder
        .verify_param_mut()
        .set_flags(X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL)?)
}

/// Returns false at the server's own certificate if its key is none of `pins`. OpenSSL comes to that one last, whatever
/// the chain is, and once at least.
fn is_pinned(chain: &mut X509StoreContextRef, pins: &[SpkiHash]) -> bool {
    if chain.error_depth() != 0 {
        return true;
    }
    let is_pinned = chain
        .current_cert()
        .and_then(|certificate| spki_hash(certificate).ok())
        .is_some_and(|hash| pins.contains(&hash));
    if !is_pinned {
        chain.set_error(X509VerifyResult::APPLICATION_VERIFICATION);
    }
    is_pinned
}

fn spki_hash(certificate: &X509Ref) -> Result<SpkiHash, ErrorStack> {
    Ok(sha256(&certificate.public_key()?.public_key_to_der()?))
}
