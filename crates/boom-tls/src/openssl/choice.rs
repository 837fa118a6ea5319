//! The names that OpenSSL has for suites and groups.

use ::openssl::nid::Nid;
use ::openssl::ssl::SslContextBuilder;

use super::sys::Group;
use crate::client::config::Settings;
use crate::{CipherSuite, Error, KeyExchangeGroup, TlsVersion};

/// Sets the suites and the versions that have any, and returns those versions.
pub(super) fn set_cipher_suites(
    builder: &mut SslContextBuilder,
    settings: &Settings,
) -> Result<(TlsVersion, TlsVersion), Error> {
    let suites = settings.cipher_suites.as_deref();
    let (mut modern, mut older) = (Vec::new(), Vec::new());
    for suite in suites.unwrap_or(&CipherSuite::DEFAULT) {
        match suite_name(*suite) {
            Some((TlsVersion::Tls13, name)) => modern.push(name),
            Some((TlsVersion::Tls12, name)) => older.push(name),
            None => return Err(Error::UnsupportedCipherSuite(*suite)),
        }
    }
    let mut versions = (settings.min_version, settings.max_version);
    if modern.is_empty() {
        versions.1 = versions.1.min(TlsVersion::Tls12);
    } else {
        builder.set_ciphersuites(&modern.join(":"))?;
    }
    if older.is_empty() {
        versions.0 = versions.0.max(TlsVersion::Tls13);
    } else {
        builder.set_cipher_list(&older.join(":"))?;
    }
    if versions.0 > versions.1 {
        return Err(Error::NoVersions);
    }
    Ok(versions)
}

/// Sets the groups, where the configuration names any.
pub(super) fn set_groups(
    builder: &mut SslContextBuilder,
    settings: &Settings,
) -> Result<(), Error> {
    let Some(groups) = &settings.groups else {
        return Ok(());
    };
    if groups.is_empty() {
        return Err(Error::NoGroups);
    }
    let mut names = Vec::new();
    for group in groups {
        let name = group_name(*group).ok_or(Error::UnsupportedGroup(*group))?;
        // A library may be too old for it, or built without it.
        builder
            .set_groups_list(name)
            .map_err(|_| Error::UnsupportedGroup(*group))?;
        names.push(name);
    }
    Ok(builder.set_groups_list(&names.join(":"))?)
}

const fn suite_name(suite: CipherSuite) -> Option<(TlsVersion, &'static str)> {
    use TlsVersion::{Tls12, Tls13};
    Some(match suite {
        CipherSuite::TLS_AES_128_GCM_SHA256 => (Tls13, "TLS_AES_128_GCM_SHA256"),
        CipherSuite::TLS_AES_256_GCM_SHA384 => (Tls13, "TLS_AES_256_GCM_SHA384"),
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => (Tls13, "TLS_CHACHA20_POLY1305_SHA256"),
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => {
            (Tls12, "ECDHE-ECDSA-AES128-GCM-SHA256")
        }
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => {
            (Tls12, "ECDHE-ECDSA-AES256-GCM-SHA384")
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => {
            (Tls12, "ECDHE-RSA-AES128-GCM-SHA256")
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => {
            (Tls12, "ECDHE-RSA-AES256-GCM-SHA384")
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => {
            (Tls12, "ECDHE-RSA-CHACHA20-POLY1305")
        }
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
            (Tls12, "ECDHE-ECDSA-CHACHA20-POLY1305")
        }
        _ => return None,
    })
}

const fn group_name(group: KeyExchangeGroup) -> Option<&'static str> {
    Some(match group {
        KeyExchangeGroup::SECP256R1 => "P-256",
        KeyExchangeGroup::SECP384R1 => "P-384",
        KeyExchangeGroup::SECP521R1 => "P-521",
        KeyExchangeGroup::X25519 => "X25519",
        KeyExchangeGroup::X448 => "X448",
        KeyExchangeGroup::X25519MLKEM768 => "X25519MLKEM768",
        _ => return None,
    })
}

pub(super) fn group(group: Group) -> Option<KeyExchangeGroup> {
    let nid = match group {
        Group::Iana(number) => return Some(KeyExchangeGroup(number)),
        Group::Nid(nid) => Nid::from_raw(nid),
    };
    [
        (Nid::X9_62_PRIME256V1, KeyExchangeGroup::SECP256R1),
        (Nid::SECP384R1, KeyExchangeGroup::SECP384R1),
        (Nid::SECP521R1, KeyExchangeGroup::SECP521R1),
        // `openssl/obj_mac.h`: NID_X25519, NID_X448.
        (Nid::from_raw(1034), KeyExchangeGroup::X25519),
        (Nid::from_raw(1035), KeyExchangeGroup::X448),
    ]
    .into_iter()
    .find(|(known, _)| *known == nid)
    .map(|(_, group)| group)
}
