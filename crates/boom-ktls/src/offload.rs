//! What the running kernel can do, found out by trying.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, OnceLock, PoisonError};

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
    /// Versions of the kernel say little of it: the module may be missing, or forbidden to a container. What cannot be tried for
    /// want of a socket (too many open files, say) is tried again by the next call.
    pub fn probe() -> &'static Support {
        static SUPPORT: OnceLock<Support> = OnceLock::new();
        if let Some(support) = SUPPORT.get() {
            return support;
        }
        match Support::find(sys::set_ulp, pair) {
            Ok(support) => SUPPORT.get_or_init(|| support),
            Err(error) => Support::untried(error.kind()),
        }
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

    /// The error of who cannot do without one of these, which says what the best of them lacks.
    #[cfg(any(feature = "rustls", test))]
    pub(crate) fn require_one(
        &self,
        offered: impl IntoIterator<Item = (TlsVersion, CipherSuite)>,
    ) -> Result<(), Error> {
        let mut lack = Ok(());
        for (version, suite) in offered {
            match self.offload(version, suite) {
                Offload { tx: true, rx: true } => return Ok(()),
                Offload {
                    tx: true,
                    rx: false,
                } => lack = Err(Error::ReceiveNotOffloaded),
                _ if lack.is_ok() => lack = Err(Error::CipherUnsupported(version, suite)),
                _ => {}
            }
        }
        lack
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

    fn none(failure: io::ErrorKind) -> Self {
        Self {
            failure: Some(failure),
            offloads: Default::default(),
            renews: false,
        }
    }

    /// For now: one answer for each kind, as it is lent for good.
    fn untried(kind: io::ErrorKind) -> &'static Self {
        static UNTRIED: Mutex<Vec<&'static Support>> = Mutex::new(Vec::new());
        let mut untried = UNTRIED.lock().unwrap_or_else(PoisonError::into_inner);
        let known = untried.iter().find(|one| one.failure == Some(kind));
        if let Some(known) = known {
            return known;
        }
        let support: &'static Self = Box::leak(Box::new(Self::none(kind)));
        untried.push(support);
        support
    }

    /// An error: it could not be tried, which says nothing of the kernel.
    fn find(
        set_ulp: impl Fn(BorrowedFd<'_>) -> io::Result<()>,
        pair: impl Fn() -> io::Result<(TcpStream, TcpStream)>,
    ) -> io::Result<Self> {
        let mut found = Self {
            failure: None,
            ..Self::none(io::ErrorKind::Unsupported)
        };
        for (version, offloads) in VERSIONS.into_iter().zip(&mut found.offloads) {
            for (cipher, offload) in Cipher::ALL.into_iter().zip(offloads) {
                let (socket, _peer) = pair()?;
                if let Err(error) = set_ulp(socket.as_fd()) {
                    // There is no use in trying further.
                    return Ok(Self::none(error.kind()));
                }
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
                if version == TlsVersion::Tls13 && offload.is_complete() && !found.renews {
                    found.renews = install(Direction::Transmit) && install(Direction::Receive);
                }
            }
        }
        if found.offloads == <[[Offload; 3]; 2]>::default() {
            // A module without a cipher.
            return Ok(Self::none(io::ErrorKind::Unsupported));
        }
        Ok(found)
    }
}

fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let one = TcpStream::connect(listener.local_addr()?)?;
    Ok((one, listener.accept()?.0))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::ErrorKind;

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
    #[test]
    fn what_could_not_be_tried_is_not_known() {
        let too_many = || Err(ErrorKind::Other.into());
        let untried = Support::find(|_| Ok(()), too_many).unwrap_err();
        assert_eq!(untried.kind(), ErrorKind::Other);
        let support = Support::untried(ErrorKind::AddrNotAvailable);
        assert_eq!(support.failure(), Some(ErrorKind::AddrNotAvailable));
        assert!(!support.is_there() && !support.can_renew_keys());
        // The same answer, and not one more for each call.
        let again = Support::untried(ErrorKind::AddrNotAvailable);
        assert!(std::ptr::eq(support, again));
        let other = Support::untried(ErrorKind::OutOfMemory);
        assert_eq!(other.failure(), Some(ErrorKind::OutOfMemory));
    }

    #[test]
    fn what_the_kernel_refuses_is_known() {
        let refused = |_: BorrowedFd<'_>| Err(ErrorKind::PermissionDenied.into());
        let support = Support::find(refused, pair).unwrap();
        assert_eq!(support.failure(), Some(ErrorKind::PermissionDenied));
        // Plain sockets take no keys: it is not there either.
        let support = Support::find(|_| Ok(()), pair).unwrap();
        assert_eq!(support.failure(), Some(ErrorKind::Unsupported));
        // Nothing is left of what was found before.
        let tries = Cell::new(0);
        let third = |socket: BorrowedFd<'_>| match tries.replace(tries.get() + 1) {
            2 => Err(ErrorKind::NotFound.into()),
            _ => sys::set_ulp(socket).or(Ok(())),
        };
        let support = Support::find(third, pair).unwrap();
        assert_eq!(support.failure(), Some(ErrorKind::NotFound));
        assert_eq!(support.offloads, <[[Offload; 3]; 2]>::default());
        assert!(!support.can_renew_keys());
    }

    /// A kernel that has AES-128-GCM in TLS 1.3 as `offload` says, and nothing else.
    fn only(offload: Offload) -> Support {
        Support {
            failure: None,
            offloads: [[Offload::NONE; 3], [offload, Offload::NONE, Offload::NONE]],
            renews: false,
        }
    }

    #[test]
    fn one_of_the_suites_that_are_offered_is_enough() {
        const CHACHA: (TlsVersion, CipherSuite) =
            (TlsVersion::Tls13, CipherSuite::TLS_CHACHA20_POLY1305_SHA256);
        const AES: (TlsVersion, CipherSuite) =
            (TlsVersion::Tls13, CipherSuite::TLS_AES_128_GCM_SHA256);
        let complete = only(Offload::BOTH);
        complete.require_one([CHACHA, AES]).unwrap();
        let lack = complete.require_one([CHACHA]).unwrap_err();
        assert!(matches!(
            lack,
            Error::CipherUnsupported(TlsVersion::Tls13, CipherSuite::TLS_CHACHA20_POLY1305_SHA256)
        ));
        // No cipher of the kernel's at all: TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA.
        let other = (TlsVersion::Tls12, CipherSuite(0xc013));
        let lack = complete.require_one([other, CHACHA]).unwrap_err();
        assert!(matches!(
            lack,
            Error::CipherUnsupported(TlsVersion::Tls12, CipherSuite(0xc013))
        ));
        let sending = only(Offload {
            tx: true,
            rx: false,
        });
        let lack = sending.require_one([CHACHA, AES]).unwrap_err();
        assert!(matches!(lack, Error::ReceiveNotOffloaded));
    }
}
