//! From a handshake in user space to records by the kernel.

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::os::fd::AsFd;

use boom_stream::{HalfClose, Layer, Socket};
use boom_tls::rustls::{Backend, TlsStream};
use boom_tls::{CipherSuite, IntoTlsStream, KeyExchangeGroup, TlsConfig, TlsVersion};

use super::exact::Exact;
use super::kernel::{Kernel, is_hang_up};
use crate::backend::{self, SocketStream};
use crate::{Error, KtlsConfig, KtlsPolicy, Offload, sys};

pub(crate) struct Link<S: SocketStream> {
    /// Makes the handshake, and the records where the kernel does not; afterwards it knows what was agreed on.
    tls: TlsStream<Exact<S>>,
    stage: Stage,
    policy: KtlsPolicy,
    records_per_key: Option<u64>,
    /// True once the kernel's TLS is over the socket, which it can be put there once.
    has_ulp: bool,
}

enum Stage {
    /// The keys have not been handed over: the handshake goes on, or something of it is left.
    User,
    /// The records stay in user space.
    UserForGood,
    Kernel(Box<Kernel>),
    Failed(Error),
}

/// Reads that one call makes for the handshake, two for each record. A peer that sends more in one go is read on by the next
/// call.
const READS_MAX: usize = 128;

impl<S: SocketStream> Link<S> {
    fn over(tls: TlsStream<Exact<S>>, config: &KtlsConfig, may_offload: bool) -> Self {
        Self {
            tls,
            stage: if may_offload {
                Stage::User
            } else {
                Stage::UserForGood
            },
            policy: config.policy,
            records_per_key: config.records_per_key,
            has_ulp: false,
        }
    }

    /// Goes on with the handshake and, once it is done, gives the kernel the keys.
    ///
    /// `WouldBlock`: not done. The stage tells what has become of it.
    fn advance(&mut self) -> io::Result<()> {
        for _ in 0..READS_MAX {
            if !matches!(self.stage, Stage::User) {
                break;
            }
            if !self.tls.is_handshaking() {
                return self.hand_over();
            }
            let before = self.tls.get_ref().count();
            match self.tls.write(&[]) {
                Ok(_) => {}
                // It reads a record at a time; the socket may have more.
                Err(error)
                    if error.kind() == ErrorKind::WouldBlock
                        && self.tls.get_ref().count() > before => {}
                // The peer has hung up. Its last words, if there are any, are read in user space.
                Err(error) if is_hang_up(&error) => self.go_on(),
                Err(error) => return Err(error),
            }
        }
        match &self.stage {
            Stage::Failed(error) => Err(error.clone().into()),
            Stage::User => Err(ErrorKind::WouldBlock.into()),
            Stage::UserForGood | Stage::Kernel(_) => Ok(()),
        }
    }

    /// Leaves the stage as it is where something of the handshake is left.
    fn hand_over(&mut self) -> io::Result<()> {
        let (Some(version), Some(suite)) = (self.tls.protocol_version(), self.tls.cipher_suite())
        else {
            return Ok(());
        };
        if let Err(error) = Offload::probe().require_one([(version, suite)]) {
            return self.stay(error);
        }
        // The last word of the handshake is the first of this side's that the kernel must not encrypt.
        match self.tls.flush() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) if is_hang_up(&error) => {
                self.go_on();
                return Ok(());
            }
            flushed => flushed?,
        }
        if self.tls.has_buffered() || !self.tls.get_ref().is_between_records() {
            return Ok(());
        }
        let set = match self.has_ulp {
            // A call before has put it there, and then there was a part of a message yet, which rustls holds on to.
            true => Ok(()),
            false => sys::set_ulp(self.tls.base().as_fd()),
        };
        match set {
            Ok(()) => self.has_ulp = true,
            // The peer has ended already. Its last words, an alert that says why, are read in user space whatever is
            // required.
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                self.go_on();
                return Ok(());
            }
            Err(error) => return self.stay(Error::KernelUnsupported(error.kind())),
        }
        let Some((secrets, connection)) = self.tls.dangerous_take_keys()? else {
            return Ok(());
        };
        let stream = self.tls.get_ref().get_ref();
        let kernel = Kernel::start(stream, version, &secrets, connection, self.records_per_key);
        match kernel {
            Ok(kernel) => {
                self.stage = Stage::Kernel(Box::new(kernel));
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Goes on in user space, or fails, as the policy has it.
    fn stay(&mut self, error: Error) -> io::Result<()> {
        match self.policy {
            KtlsPolicy::Require => self.fail(error),
            KtlsPolicy::Prefer => {
                self.go_on();
                Ok(())
            }
        }
    }

    /// The records stay in user space.
    fn go_on(&mut self) {
        self.tls.get_mut().release();
        self.stage = Stage::UserForGood;
    }

    /// A connection that ends before the kernel has its keys does so in user space: who has closed it can still read.
    fn close_in_user_space(&mut self) {
        if matches!(self.stage, Stage::User) {
            self.go_on();
        }
    }

    fn fail(&mut self, error: Error) -> io::Result<()> {
        self.stage = Stage::Failed(error.clone());
        Err(error.into())
    }

    /// Takes a step on the way to the kernel, and tells where the connection is.
    fn side(&mut self) -> io::Result<Side<'_, S>> {
        if matches!(self.stage, Stage::User | Stage::Failed(_)) {
            self.advance()?;
        }
        Ok(match &mut self.stage {
            Stage::Kernel(kernel) => Side::Kernel(kernel, self.tls.get_mut().get_mut()),
            _ => Side::User(&mut self.tls),
        })
    }
}

/// Who makes the records.
enum Side<'a, S: SocketStream> {
    User(&'a mut TlsStream<Exact<S>>),
    Kernel(&'a mut Kernel, &'a mut S),
}

/// What in the configuration speaks against them. One that cannot be used fails elsewhere.
fn obstacle_of(config: &TlsConfig) -> Result<(), Error> {
    let Ok(config) = config.rustls_config() else {
        return Ok(());
    };
    if !config.enable_secret_extraction {
        return Err(Error::KeysWithheld);
    }
    let suites = config.crypto_provider().cipher_suites.iter();
    Offload::probe().require_one(suites.map(|suite| {
        let version = match suite.tls13() {
            Some(_) => TlsVersion::Tls13,
            None => TlsVersion::Tls12,
        };
        (version, CipherSuite(suite.suite().into()))
    }))
}

/// What speaks against the kernel's records, before the handshake.
fn obstacle<S: SocketStream>(stream: &S) -> Result<(), Error> {
    Offload::probe().require()?;
    if stream.base().receives_ahead() {
        return Err(Error::ReceivesAhead);
    }
    Ok(())
}

impl<S: SocketStream> backend::Link<S> for Link<S> {
    fn open(stream: S, host: &str, config: &KtlsConfig) -> io::Result<Self> {
        let obstacle = obstacle(&stream).and_then(|()| obstacle_of(&config.tls));
        if config.policy == KtlsPolicy::Require {
            obstacle.clone()?;
        }
        let may_offload = obstacle.is_ok();
        let tls = TlsStream::new(Exact::new(stream, may_offload), host, &config.tls)?;
        Ok(Self::over(tls, config, may_offload))
    }

    fn open_by_default(stream: S) -> Self {
        let may_offload = obstacle(&stream).is_ok();
        let tls = Exact::new(stream, may_offload).into_tls_stream_by::<Backend>();
        Self::over(tls, &KtlsConfig::default(), may_offload)
    }

    fn get_ref(&self) -> &S {
        self.tls.get_ref().get_ref()
    }

    fn get_mut(&mut self) -> &mut S {
        self.tls.get_mut().get_mut()
    }

    fn into_inner(self) -> S {
        self.tls.into_inner().into_inner()
    }

    fn offload(&self) -> Offload {
        match self.stage {
            Stage::Kernel(_) => Offload::BOTH,
            _ => Offload::NONE,
        }
    }

    fn is_handshaking(&self) -> bool {
        self.tls.is_handshaking()
    }

    fn protocol_version(&self) -> Option<TlsVersion> {
        self.tls.protocol_version()
    }

    fn cipher_suite(&self) -> Option<CipherSuite> {
        self.tls.cipher_suite()
    }

    fn key_exchange_group(&self) -> Option<KeyExchangeGroup> {
        self.tls.key_exchange_group()
    }

    fn alpn_protocol(&self) -> Option<&[u8]> {
        self.tls.alpn_protocol()
    }

    fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.tls.peer_certificates()
    }

    fn is_resumed(&self) -> Option<bool> {
        self.tls.is_resumed()
    }

    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.side()? {
            Side::Kernel(kernel, stream) => kernel.read(stream, buffer),
            Side::User(tls) => tls.read(buffer),
        }
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.side()? {
            Side::Kernel(kernel, stream) => kernel.write(stream, bytes),
            Side::User(tls) => tls.write(bytes),
        }
    }

    #[inline]
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        match self.side()? {
            Side::Kernel(kernel, stream) => kernel.write_vectored(stream, buffers),
            Side::User(tls) => tls.write(backend::first(buffers)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // A flush does not wait for the handshake, but what it has to say goes out.
        if let Stage::Kernel(kernel) = &mut self.stage {
            return kernel.flush(self.tls.get_mut().get_mut());
        }
        if let Stage::Failed(error) = &self.stage {
            return Err(error.clone().into());
        }
        self.tls.flush()
    }

    fn send_file(&mut self, file: &File, offset: u64, count: usize) -> io::Result<usize> {
        match self.side()? {
            Side::Kernel(kernel, stream) => kernel.send_file(stream, file, offset, count),
            Side::User(tls) => backend::copy_file(file, offset, count, |bytes| tls.write(bytes)),
        }
    }

    fn update_keys(&mut self) -> io::Result<()> {
        match self.side()? {
            Side::Kernel(kernel, stream) => kernel.update_keys(stream),
            Side::User(tls) => tls.update_keys(),
        }
    }

    fn close_notify(&mut self) -> io::Result<()> {
        self.close_in_user_space();
        match &mut self.stage {
            Stage::Kernel(kernel) => kernel.close_notify(self.tls.get_mut().get_mut()),
            Stage::Failed(error) => Err(error.clone().into()),
            _ => self.tls.close_notify(),
        }
    }

    fn close_write(&mut self) -> io::Result<()>
    where
        S: HalfClose,
    {
        self.close_notify()?;
        self.get_mut().close_write()
    }

    #[inline]
    fn has_buffered(&self) -> bool {
        match &self.stage {
            Stage::Kernel(kernel) => kernel.has_buffered() || self.get_ref().has_buffered(),
            Stage::Failed(_) => false,
            // The keys are on their way to the kernel, and no report of a selector has to come for that.
            Stage::User if !self.tls.is_handshaking() => true,
            _ => self.tls.has_buffered(),
        }
    }

    #[inline]
    fn wants_write(&self) -> bool {
        match &self.stage {
            Stage::Kernel(kernel) => kernel.wants_write() || self.get_ref().wants_write(),
            Stage::Failed(_) => false,
            _ => self.tls.wants_write(),
        }
    }

    #[inline]
    fn poll_timeout(&self) -> Option<u64> {
        match &self.stage {
            Stage::Kernel(_) | Stage::Failed(_) => self.get_ref().poll_timeout(),
            _ => self.tls.poll_timeout(),
        }
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        match &self.stage {
            Stage::Kernel(_) | Stage::Failed(_) => self.get_mut().handle_timeout(now_ns),
            _ => self.tls.handle_timeout(now_ns),
        }
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        self.close_in_user_space();
        match &mut self.stage {
            Stage::Kernel(kernel) => kernel.poll_close(self.tls.get_mut().get_mut()),
            Stage::Failed(_) => self.get_mut().poll_close(),
            _ => self.tls.poll_close(),
        }
    }
}
