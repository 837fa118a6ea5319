//! What the running kernel can do, found out by trying.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::OnceLock;

use boom_tls::{CipherSuite, TlsVersion};

use crate::Error;
use crate::keys::{Cipher, Keys};
use crate::sys::{self, Direction};

/// Which directions of a connection the kernel encrypts and decrypts.
///
/// # Examples
///
/// ```
/// use boom_ktls::Offload;
/// use boom_tls::{CipherSuite, TlsVersion};
///
/// let support = Offload::probe();
/// match support.failure() {
///     None => println!("keys can be renewed: {}", support.can_renew_keys()),
///     Some(reason) => println!("no kernel TLS: {reason}"),
/// }
/// let offload = support.offload(TlsVersion::Tls13, CipherSuite::TLS_AES_128_GCM_SHA256);
/// assert_eq!(offload.is_complete(), offload.tx && offload.rx);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Offload {
    /// What is sent.
    pub tx: bool,
    /// What is received.
    pub rx: bool,
}

impl Offload {
    /// Both directions.
    pub const BOTH: Self = Self { tx: true, rx: true };
    /// Neither: all is done in user space.
    pub const NONE: Self = Self {
        tx: false,
        rx: false,
    };

    /// Returns true if both directions are the kernel's.
    pub const fn is_complete(self) -> bool {
        self.tx && self.rx
    }

    /// What the running kernel can do, for a process that may use it: tried on sockets of the loopback interface, once.
    ///
    /// Versions of the kernel say little of it: the module may be missing, or forbidden to a container.
    pub fn probe() -> &'static Support {
        static SUPPORT: OnceLock<Support> = OnceLock::new();
        SUPPORT.get_or_init(Support::find)
    }
}

/// What the running kernel can do.
///
/// # Examples
///
/// ```
/// use boom_ktls::{Offload, Support};
///
/// fn report(support: &Support) -> &'static str {
///     match (support.is_there(), support.can_renew_keys()) {
///         (false, _) => "no kernel TLS",
///         (true, false) => "kernel TLS; a peer that renews its keys ends the connection",
///         (true, true) => "kernel TLS",
///     }
/// }
/// println!("{}", report(Offload::probe()));
/// ```
#[derive(Clone, Debug)]
pub struct Support {
    /// Why there is nothing at all.
    failure: Option<io::ErrorKind>,
    /// By version and cipher.
    offloads: [[Offload; 3]; 2],
    renews: bool,
}

const VERSIONS: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

impl Support {
    /// Returns true if there is any kernel TLS.
    pub const fn is_there(&self) -> bool {
        self.failure.is_none()
    }

    /// Why there is none: `NotFound` where the kernel has no module `tls`.
    pub const fn failure(&self) -> Option<io::ErrorKind> {
        self.failure
    }

    /// What the kernel does of a connection with this version and suite.
    pub fn offload(&self, version: TlsVersion, suite: CipherSuite) -> Offload {
        Cipher::of(suite).map_or(Offload::NONE, |cipher| self.of(version, cipher))
    }

    /// Whether keys can be renewed amid a connection (`KeyUpdate` of TLS 1.3): Linux 6.14.
    pub const fn can_renew_keys(&self) -> bool {
        self.renews
    }

    /// The error of who cannot do without.
    pub(crate) const fn require(&self) -> Result<(), Error> {
        match self.failure {
            None => Ok(()),
            Some(kind) => Err(Error::KernelUnsupported(kind)),
        }
    }

    fn of(&self, version: TlsVersion, cipher: Cipher) -> Offload {
        let version = VERSIONS.iter().position(|one| *one == version);
        let cipher = Cipher::ALL.iter().position(|one| *one == cipher);
        let (Some(version), Some(cipher)) = (version, cipher) else {
            return Offload::NONE;
        };
        self.offloads[version][cipher]
    }

    fn find() -> Self {
        let mut found = Self {
            failure: None,
            offloads: Default::default(),
            renews: false,
        };
        if let Err(error) = found.try_all() {
            found.failure = Some(error.kind());
        }
        found
    }

    /// An error: there is no use in trying further.
    fn try_all(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        for (version, offloads) in VERSIONS.into_iter().zip(&mut self.offloads) {
            for (cipher, offload) in Cipher::ALL.into_iter().zip(offloads) {
                let (socket, _peer) = pair(&listener)?;
                sys::set_ulp(socket.as_fd())?;
                let keys = Keys {
                    version,
                    cipher,
                    key: [0; 32],
                    iv: [0; 12],
                    sequence: 0,
                };
                let install = |direction| sys::install(socket.as_fd(), direction, &keys).is_ok();
                offload.tx = install(Direction::Transmit);
                offload.rx = install(Direction::Receive);
                if version == TlsVersion::Tls13 && offload.is_complete() && !self.renews {
                    self.renews = install(Direction::Transmit) && install(Direction::Receive);
                }
            }
        }
        Ok(())
    }
}

fn pair(listener: &TcpListener) -> io::Result<(TcpStream, TcpStream)> {
    let one = TcpStream::connect(listener.local_addr()?)?;
    Ok((one, listener.accept()?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_one_and_does_not_contradict_itself() {
        let support = Offload::probe();
        assert!(std::ptr::eq(support, Offload::probe()));
        let any = VERSIONS.iter().any(|version| {
            let mut ciphers = Cipher::ALL.iter();
            ciphers.any(|cipher| support.of(*version, *cipher) != Offload::NONE)
        });
        assert_eq!(any, support.is_there());
        assert!(support.is_there() || !support.can_renew_keys());
        assert_eq!(support.require().is_ok(), support.is_there());
        assert_eq!(
            support.offload(TlsVersion::Tls13, CipherSuite(0x1304)),
            Offload::NONE
        );
    }
}
