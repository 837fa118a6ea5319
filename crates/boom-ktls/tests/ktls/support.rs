//! The client's side, and what is to be expected of it.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use boom_ktls::{Backend, KtlsConfig, KtlsPolicy, KtlsStream, Offload};
use boom_stream::tcp::TcpStream;
use boom_testkit::tls::Authority;
use boom_tls::{CipherSuite, Roots, TlsConfig, TlsVersion};

pub(crate) type Client<B> = KtlsStream<TcpStream, B>;

/// One test at a time: the kernel counts for all of them together.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    Offload::probe();
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Trusts `authority` and nobody else.
pub(crate) fn trusting(authority: &Authority) -> KtlsConfig {
    with_tls(
        TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_root_der(authority.certificate_der())
            .unwrap(),
    )
}

pub(crate) fn with_tls(tls: TlsConfig) -> KtlsConfig {
    let mut config = KtlsConfig::default();
    config.tls = tls;
    config
}

pub(crate) fn only(mut config: KtlsConfig, version: TlsVersion) -> KtlsConfig {
    config.tls = config
        .tls
        .with_min_version(version)
        .with_max_version(version);
    config
}

pub(crate) fn requiring(mut config: KtlsConfig) -> KtlsConfig {
    config.policy = KtlsPolicy::Require;
    config
}

/// Begins to connect to a port of this machine.
pub(crate) fn connect<B: Backend>(port: u16, config: &KtlsConfig) -> Client<B> {
    try_connect(port, config).unwrap()
}

pub(crate) fn try_connect<B: Backend>(port: u16, config: &KtlsConfig) -> io::Result<Client<B>> {
    let stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    KtlsStream::new(stream, "localhost", config)
}

/// What the kernel does of a connection by this backend.
pub(crate) fn expected<B: Backend>(version: TlsVersion, suite: CipherSuite) -> Offload {
    let offload = Offload::probe().offload(version, suite);
    if is_openssl::<B>() && version == TlsVersion::Tls13 && openssl_is_older_than_3_2() {
        // OpenSSL 3.0 and 3.1 leave what is received in user space.
        return Offload {
            rx: false,
            ..offload
        };
    }
    offload
}

pub(crate) fn is_openssl<B: Backend>() -> bool {
    std::any::type_name::<B>().contains("openssl")
}

#[cfg(feature = "openssl")]
pub(crate) fn openssl_is_older_than_3_2() -> bool {
    openssl::version::number() < 0x3020_0000
}

#[cfg(not(feature = "openssl"))]
pub(crate) fn openssl_is_older_than_3_2() -> bool {
    false
}

/// Whether a connection of TLS 1.3 by this backend can renew its keys.
pub(crate) fn can_renew<B: Backend>() -> bool {
    if is_openssl::<B>() && openssl_is_older_than_3_2() {
        return !Offload::probe().is_there();
    }
    !Offload::probe().is_there() || Offload::probe().can_renew_keys()
}

/// How long a test waits for what is bound to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tries until it is no longer `WouldBlock`.
pub(crate) fn until<T>(mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let start = Instant::now();
    loop {
        match work() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                assert!(start.elapsed() < PATIENCE, "nothing happens");
                thread::yield_now();
            }
            result => return result,
        }
    }
}

pub(crate) fn shake<B: Backend>(client: &mut Client<B>) {
    until(|| client.write(&[])).unwrap();
}

pub(crate) fn write_all<B: Backend>(client: &mut Client<B>, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let count = until(|| client.write(bytes)).unwrap();
        bytes = &bytes[count..];
    }
    until(|| client.flush()).unwrap();
}

pub(crate) fn read_exact<B: Backend>(client: &mut Client<B>, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        let count = until(|| client.read(&mut bytes[filled..])).unwrap();
        assert!(count > 0, "an end after {filled} of {length} bytes");
        filled += count;
    }
    bytes
}

/// Reads to the end, and returns what came before it.
pub(crate) fn read_to_end<B: Backend>(client: &mut Client<B>) -> (Vec<u8>, io::Result<()>) {
    let mut bytes = Vec::new();
    let mut room = [0; 4096];
    loop {
        match until(|| client.read(&mut room)) {
            Ok(0) => return (bytes, Ok(())),
            Ok(count) => bytes.extend_from_slice(&room[..count]),
            Err(error) => return (bytes, Err(error)),
        }
    }
}

/// The error of TLS inside an `io::Error`.
pub(crate) fn tls_error(error: &io::Error) -> &boom_tls::Error {
    error
        .get_ref()
        .and_then(|error| error.downcast_ref())
        .unwrap_or_else(|| panic!("untyped: {error}"))
}

/// The error of this crate inside an `io::Error`.
pub(crate) fn ktls_error(error: &io::Error) -> &boom_ktls::Error {
    error
        .get_ref()
        .and_then(|error| error.downcast_ref())
        .unwrap_or_else(|| panic!("untyped: {error}"))
}

/// Numbers that are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 1 to `max`, the smaller the likelier.
    pub(crate) fn size(&mut self, max: usize) -> usize {
        let bits = self.next() % u64::from(usize::BITS - max.leading_zeros()) + 1;
        ((self.next() as usize) & ((1 << bits) - 1)).clamp(1, max)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }
}

/// What the kernel has counted: connections whose sending and receiving it has done, renewed keys and refused records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) sent_renewed: u64,
    pub(crate) received_renewed: u64,
    pub(crate) refused: u64,
}

impl Counts {
    /// Nothing where the kernel does not count.
    pub(crate) fn now() -> Self {
        let text = fs::read_to_string("/proc/net/tls_stat").unwrap_or_default();
        let count = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
            line.unwrap_or(0)
        };
        Self {
            sent: count("TlsTxSw "),
            received: count("TlsRxSw "),
            sent_renewed: count("TlsTxRekeyOk "),
            received_renewed: count("TlsRxRekeyOk "),
            refused: count("TlsDecryptError "),
        }
    }

    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            sent: self.sent - earlier.sent,
            received: self.received - earlier.received,
            sent_renewed: self.sent_renewed - earlier.sent_renewed,
            received_renewed: self.received_renewed - earlier.received_renewed,
            refused: self.refused - earlier.refused,
        }
    }
}
