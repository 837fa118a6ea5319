//! The certificates of one run: good ones by each kind of key, and such as must be refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::capture;
use crate::report::{Context, Result};

/// What a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Rsa,
    Ecdsa,
    Ed25519,
    /// By an authority that the root has signed, with that authority's certificate.
    Chain,
    /// The same without it.
    MissingIntermediate,
    Expired,
    NotYetValid,
    WrongName,
    SelfSigned,
    /// Its extended key usage is for clients.
    WrongUsage,
    /// Its key usage is not to sign handshakes.
    WrongKeyUsage,
}

impl Shown {
    pub(super) const KEYS: [Self; 3] = [Self::Rsa, Self::Ecdsa, Self::Ed25519];

    /// With the fault that a client has to find.
    pub(super) const BAD: [(Self, &str); 6] = [
        (Self::Expired, "Expired"),
        (Self::NotYetValid, "NotYetValid"),
        (Self::WrongName, "WrongHost"),
        (Self::SelfSigned, "UnknownIssuer"),
        (Self::WrongUsage, "WrongUsage"),
        (Self::MissingIntermediate, "UnknownIssuer"),
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ecdsa => "ecdsa",
            Self::Ed25519 => "ed25519",
            Self::Chain => "chain",
            Self::MissingIntermediate => "missing-intermediate",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::WrongName => "wrong-name",
            Self::SelfSigned => "self-signed",
            Self::WrongUsage => "wrong-usage",
            Self::WrongKeyUsage => "wrong-key-usage",
        }
    }
}

/// The folder with all of them.
#[derive(Debug)]
pub(super) struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What a client, and a server that asks for one, must trust.
    pub(super) fn root(&self) -> PathBuf {
        self.file("root.pem")
    }

    /// The certificate, with what comes behind it.
    pub(super) fn chain(&self, shown: Shown) -> PathBuf {
        self.file(&format!("{}.chain.pem", shown.name()))
    }

    pub(super) fn key(&self, shown: Shown) -> PathBuf {
        self.file(&format!("{}.key", shown.name()))
    }

    /// Both in one file, as haproxy takes them.
    pub(super) fn chain_and_key(&self, shown: Shown) -> PathBuf {
        self.file(&format!("{}.all.pem", shown.name()))
    }

    /// The certificate alone.
    pub(super) fn leaf(&self, shown: Shown) -> PathBuf {
        self.file(&format!("{}.pem", shown.name()))
    }

    /// That of the authority between the root and [`Shown::Chain`].
    pub(super) fn intermediate(&self) -> PathBuf {
        self.file("middle.pem")
    }

    /// The client's certificate and key.
    pub(super) fn client(&self) -> (PathBuf, PathBuf) {
        (self.file("client.pem"), self.file("client.key"))
    }
}

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
subjectAltName = DNS:localhost
[elsewhere]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:elsewhere.test
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = DNS:localhost
[signing]
basicConstraints = critical, CA:FALSE
keyUsage = critical, cRLSign
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost
[ca]
default_ca = dated
[dated]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
";

const EC: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";

/// Makes all of them anew, so that those that are to be valid are.
pub(super) fn issue(openssl: &Path, folder: &Path) -> Result<Certificates> {
    let folder = folder.join("certificates");
    fs::create_dir_all(&folder).context(folder.display())?;
    for (file, text) in [("openssl.cnf", CONFIGURATION), ("index.txt", "")] {
        fs::write(folder.join(file), text).context(file)?;
    }
    let issuer = Issuer { openssl, folder };
    issuer.authority()?;
    for (shown, key) in [
        (Shown::Rsa, "-newkey rsa:2048"),
        (Shown::Ecdsa, EC),
        (Shown::Ed25519, "-newkey ed25519"),
    ] {
        issuer.issue(shown.name(), key, "root", "server")?;
    }
    issuer.issue(Shown::Chain.name(), EC, "middle", "server")?;
    issuer.issue(Shown::MissingIntermediate.name(), EC, "middle", "server")?;
    issuer.issue(Shown::WrongName.name(), EC, "root", "elsewhere")?;
    issuer.issue(Shown::WrongUsage.name(), EC, "root", "client")?;
    issuer.issue(Shown::WrongKeyUsage.name(), EC, "root", "signing")?;
    issuer.issue("client", EC, "root", "client")?;
    issuer.dated(Shown::Expired, "20200101000000Z", "20210101000000Z")?;
    issuer.dated(Shown::NotYetValid, "20980101000000Z", "20990101000000Z")?;
    issuer.run(&format!(
        "req -x509 -config openssl.cnf -extensions server {EC} -nodes -subj /CN=self -days 2 -keyout self-signed.key \
         -out self-signed.pem"
    ))?;
    issuer.gather()
}

struct Issuer<'a> {
    openssl: &'a Path,
    folder: PathBuf,
}

impl Issuer<'_> {
    fn run(&self, arguments: &str) -> Result<()> {
        let mut command = Command::new(self.openssl);
        command.args(arguments.split_whitespace());
        capture(command.current_dir(&self.folder)).map(drop)
    }

    fn authority(&self) -> Result<()> {
        self.run(&format!(
            "req -x509 -config openssl.cnf -extensions authority {EC} -nodes -days 2 -keyout root.key -out root.pem"
        ))?;
        self.request("middle", EC)?;
        self.sign("middle", "root", "authority")
    }

    fn issue(&self, name: &str, key: &str, by: &str, extensions: &str) -> Result<()> {
        self.request(name, key)?;
        self.sign(name, by, extensions)
    }

    /// A name of its own, so that no two authorities have the same.
    fn request(&self, name: &str, key: &str) -> Result<()> {
        self.run(&format!(
            "req -new -config openssl.cnf {key} -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
        ))
    }

    fn sign(&self, name: &str, by: &str, extensions: &str) -> Result<()> {
        self.run(&format!(
            "x509 -req -in {name}.csr -CA {by}.pem -CAkey {by}.key -CAcreateserial -days 2 -extfile openssl.cnf \
             -extensions {extensions} -out {name}.pem"
        ))
    }

    /// For a time that is not now.
    fn dated(&self, shown: Shown, from: &str, until: &str) -> Result<()> {
        let name = shown.name();
        self.request(name, EC)?;
        self.run(&format!(
            "ca -batch -notext -config openssl.cnf -extensions server -startdate {from} -enddate {until} \
             -cert root.pem -keyfile root.key -in {name}.csr -out {name}.pem"
        ))
    }

    /// Writes the files that the servers read.
    fn gather(self) -> Result<Certificates> {
        let read = |name: &str| {
            let file = self.folder.join(name);
            fs::read_to_string(&file).context(file.display())
        };
        let others = [Shown::Chain, Shown::WrongKeyUsage];
        let all = Shown::KEYS.into_iter().chain(others);
        for shown in all.chain(Shown::BAD.map(|(shown, _)| shown)) {
            let name = shown.name();
            let mut text = read(&format!("{name}.pem"))?;
            if shown == Shown::Chain {
                text += &read("middle.pem")?;
            }
            let file = format!("{name}.chain.pem");
            fs::write(self.folder.join(&file), &text).context(file)?;
            text += &read(&format!("{name}.key"))?;
            let file = format!("{name}.all.pem");
            fs::write(self.folder.join(&file), &text).context(file)?;
        }
        Ok(Certificates {
            folder: self.folder,
        })
    }
}
