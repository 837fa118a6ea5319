//! A certificate authority for one run, and the proxies' certificate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::capture;
use crate::report::{Context, Failure, Result};
use crate::tools::debian_program;

/// What `openssl` is told to write. Its default configuration differs from machine to machine.
const CONFIGURATION: &str = "\
[req]
prompt = no
distinguished_name = name
[name]
commonName = boomnet interop
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// The files of both certificates.
#[derive(Debug)]
pub(super) struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// What a client must trust.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    pub(super) fn server_certificate(&self) -> PathBuf {
        self.folder.join("server.pem")
    }

    pub(super) fn server_key(&self) -> PathBuf {
        self.folder.join("server.key")
    }

    /// Both in one file, as haproxy takes them.
    pub(super) fn server_certificate_and_key(&self) -> Result<PathBuf> {
        let mut text = String::new();
        for file in [self.server_certificate(), self.server_key()] {
            text += &fs::read_to_string(&file).context(file.display())?;
        }
        let file = self.folder.join("server-with-key.pem");
        fs::write(&file, text).context(file.display())?;
        Ok(file)
    }
}

/// Makes both anew, so that they are never out of date.
pub(super) fn issue(folder: &Path) -> Result<Authority> {
    issue_by(folder, "ec -pkeyopt ec_paramgen_curve:P-256")
}

/// The same with an RSA key for the server, for such as know no other.
pub(super) fn issue_rsa(folder: &Path) -> Result<Authority> {
    issue_by(folder, "rsa:2048")
}

fn issue_by(folder: &Path, key: &str) -> Result<Authority> {
    let Some(program) = debian_program("openssl", "openssl") else {
        return Err(Failure::new(
            "the openssl command is missing: `apt-get install openssl`",
        ));
    };
    let folder = folder.join("certificates");
    fs::create_dir_all(&folder).context(folder.display())?;
    fs::write(folder.join("openssl.cnf"), CONFIGURATION).context(folder.display())?;
    for arguments in [
        "req -x509 -config openssl.cnf -extensions authority -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
         -days 2 -keyout authority.key -out authority.pem",
        &format!(
            "req -new -config openssl.cnf -newkey {key} -nodes -keyout server.key -out server.csr"
        ),
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -set_serial 1 -days 2 \
         -extfile openssl.cnf -extensions server -out server.pem",
    ] {
        capture(
            Command::new(&program)
                .args(arguments.split_whitespace())
                .current_dir(&folder),
        )?;
    }
    Ok(Authority { folder })
}
