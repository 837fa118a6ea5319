//! A connection of OpenSSL over the descriptor of a socket.

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice};
use std::os::fd::AsFd;

use boom_stream::Socket;
use boom_tls::openssl::DetachedConnection;
use boom_tls::{Alert, TlsVersion};
use openssl::error::ErrorStack;

use super::link::{Timeout, renews_keys};
use crate::backend::{SocketStream, copy_file, first};
use crate::keys::Cipher;
use crate::records::{Budget, Kind};
use crate::sys::ssl::{self, Halt};
use crate::sys::{self, code};
use crate::{Error, KtlsConfig, KtlsPolicy, Offload};

/// The state of one connection. Where a direction is the kernel's, data goes by plain reads and writes, and OpenSSL sees to the
/// records that are none.
pub(crate) struct Connection<S> {
    /// Before the socket that it uses, so that it goes first.
    pub(super) tls: DetachedConnection,
    pub(super) stream: S,
    policy: KtlsPolicy,
    records_per_key: Option<u64>,
    is_connected: bool,
    pub(super) is_handshaking: bool,
    pub(super) offload: Offload,
    budget: Budget,
    /// True if the stream below may take the socket for empty although a record waits.
    is_unsettled: bool,
    /// Data that OpenSSL has begun to send, where it is not the kernel's to do.
    begun: Vec<u8>,
    owed: Owed,
    /// How receiving has ended.
    end: Option<Result<(), Error>>,
    is_told: bool,
    is_closed: bool,
    /// What writing has failed with. A socket tells it once: a read finds no more than an end after that.
    write_failure: Option<ErrorKind>,
    pub(super) timeout: Timeout,
}

/// What OpenSSL has still to send.
#[derive(Clone, Copy, Debug, Default)]
struct Owed {
    update: bool,
    close_notify: bool,
}

/// The records that a key of AES-GCM may protect: RFC 8446, section 5.5, has 2^24.5.
const GCM_LIMIT: u64 = 1 << 24;
/// The longest plaintext of a record.
const FRAGMENT_MAX: usize = 16 * 1024;
/// Reads that one call makes at most.
const READS_MAX: usize = 64;

impl<S: SocketStream> Connection<S> {
    pub(super) fn open(stream: S, host: &str, config: &KtlsConfig) -> Result<Self, (S, Error)> {
        let opened = DetachedConnection::new(host, &config.tls).and_then(|mut tls| {
            ssl::attach(tls.ssl_mut(), stream.base().as_fd())?;
            Ok(tls)
        });
        let tls = match opened {
            Ok(tls) => tls,
            Err(error) => return Err((stream, error.into())),
        };
        Ok(Self {
            tls,
            stream,
            policy: config.policy,
            records_per_key: config.records_per_key,
            is_connected: false,
            is_handshaking: true,
            offload: Offload::NONE,
            budget: Budget::new(0, u64::MAX),
            is_unsettled: false,
            begun: Vec::new(),
            owed: Owed::default(),
            end: None,
            is_told: false,
            is_closed: false,
            write_failure: None,
            timeout: Timeout::new(config.tls.handshake_timeout_ns()),
        })
    }

    /// Goes on with the handshake. `WouldBlock`: not done.
    fn handshake(&mut self) -> io::Result<()> {
        if !self.is_handshaking {
            return Ok(());
        }
        self.check_end()?;
        if !self.is_connected {
            if !self.stream.base_mut().connected()? {
                return Err(ErrorKind::WouldBlock.into());
            }
            self.is_connected = true;
        }
        match ssl::connect(self.tls.ssl_mut()) {
            Ok(()) => self.established(),
            Err(Halt::WantRead | Halt::WantWrite) => Err(ErrorKind::WouldBlock.into()),
            // Anyone on the path can say so yet, and it is no end of data that never came.
            Err(Halt::Closed) => self.fail(boom_tls::Error::AlertReceived(Alert(0)).into()),
            Err(halt) => self.fail_by(halt),
        }
    }

    fn established(&mut self) -> io::Result<()> {
        self.is_handshaking = false;
        self.tls.established();
        self.offload = ssl::offload(self.tls.ssl());
        self.is_unsettled = self.offload.rx;
        let (Some(version), Some(suite)) = (self.tls.protocol_version(), self.tls.cipher_suite())
        else {
            return Ok(());
        };
        let limit = match Cipher::of(suite) {
            Some(Cipher::Chacha20Poly1305) => u64::MAX,
            _ => GCM_LIMIT,
        };
        self.budget = Budget::new(1, limit.min(self.records_per_key.unwrap_or(u64::MAX)));
        match (self.policy, self.offload.tx, self.offload.rx) {
            (KtlsPolicy::Prefer, ..) | (_, true, true) => Ok(()),
            (_, true, false) => self.fail(Error::ReceiveNotOffloaded),
            (_, false, _) => self.fail(Error::CipherUnsupported(version, suite)),
        }
    }

    fn fail(&mut self, error: Error) -> io::Result<()> {
        self.end = Some(Err(error.clone()));
        Err(error.into())
    }

    fn fail_by(&mut self, halt: Halt) -> io::Result<()> {
        match halt {
            Halt::WantRead | Halt::WantWrite => Err(ErrorKind::WouldBlock.into()),
            Halt::Closed => self.fail(boom_tls::Error::Closed.into()),
            Halt::Ended => self.broken(),
            Halt::Io(error) => self.fail_io(error),
            Halt::Failed(errors) => match self.tls.failure(&errors) {
                boom_tls::Error::Truncated => self.broken(),
                error => self.fail(error.into()),
            },
        }
    }

    /// The stream has ended without `close_notify`.
    fn broken(&mut self) -> io::Result<()> {
        if !self.is_handshaking {
            self.tls.broken();
        }
        let error = self.truncated();
        self.fail(error)
    }

    fn truncated(&self) -> Error {
        match self.write_failure {
            Some(kind) => boom_tls::Error::Io(kind).into(),
            None => boom_tls::Error::Truncated.into(),
        }
    }

    fn fail_io(&mut self, error: io::Error) -> io::Result<()> {
        self.end = Some(Err(boom_tls::Error::Io(error.kind()).into()));
        Err(error)
    }

    fn check_end(&self) -> io::Result<()> {
        match &self.end {
            Some(Err(error)) => Err(error.clone().into()),
            _ => Ok(()),
        }
    }

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.handshake()?;
        // What it fails with, a write tells.
        let _ = self.send_owed();
        for _ in 0..READS_MAX {
            if let Some(end) = &self.end {
                self.is_told = true;
                return Ok(end.clone().map(|()| 0)?);
            }
            let is_plain = self.offload.rx && !self.is_unsettled && self.tls.ssl().pending() == 0;
            let count = if is_plain {
                self.read_plain(buffer)
            } else {
                self.read_by_openssl(buffer)
            }?;
            if count > 0 {
                return Ok(count);
            }
        }
        Err(ErrorKind::WouldBlock.into())
    }

    /// 0: try again.
    fn read_plain(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(buffer) {
            Ok(0) => self.end = Some(Err(self.truncated())),
            Ok(count) => {
                self.is_unsettled = count < buffer.len();
                return Ok(count);
            }
            Err(error) => match (error.kind(), error.raw_os_error()) {
                (ErrorKind::WouldBlock, _) => return Err(error),
                (ErrorKind::Interrupted, _) => {}
                // The next record is no data.
                (_, Some(code::EIO)) => self.is_unsettled = true,
                _ if self.refuse_record(&error).is_some() => {}
                _ => return self.fail_io(error).map(|()| 0),
            },
        }
        Ok(0)
    }

    /// Ends the connection if the error says that the kernel cannot read what the peer has sent, and returns why. Whoever uses
    /// the socket next is told, a write too.
    fn refuse_record(&mut self, error: &io::Error) -> Option<Error> {
        let number = error.raw_os_error().filter(is_refusal)?;
        self.say_fatal(number);
        let reason: Error = boom_tls::Error::Protocol(ErrorStack::get().into()).into();
        self.end = Some(Err(reason.clone()));
        Some(reason)
    }

    /// Keeps what a write has failed with, if nothing can be written after it, and returns it.
    #[cold]
    fn failed_write(&mut self, error: io::Error) -> io::Error {
        if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) {
            return error;
        }
        if self.offload.rx
            && let Some(reason) = self.refuse_record(&error)
        {
            return reason.into();
        }
        self.stop_writing(error.kind());
        error
    }

    fn stop_writing(&mut self, kind: ErrorKind) {
        self.owed = Owed::default();
        self.begun.clear();
        self.is_closed = true;
        self.write_failure = Some(kind);
    }

    /// Tells the peer why the kernel refuses its record, of which OpenSSL knows nothing, if the socket takes it.
    fn say_fatal(&mut self, number: i32) {
        const FATAL: u8 = 2;
        let alert = match number {
            code::EBADMSG => Alert(20),
            code::EMSGSIZE => Alert(22),
            _ => Alert(50),
        };
        if self.offload.tx && !self.is_closed {
            let socket = self.stream.base().as_fd();
            let _ = sys::take_error(socket);
            let _ = sys::send_record(socket, Kind::ALERT, &[FATAL, alert.0]);
        }
        self.is_closed = true;
    }

    /// 0: try again.
    fn read_by_openssl(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (received, peer_renews) = ssl::read_and_tell(self.tls.ssl_mut(), buffer);
        if peer_renews
            && self.offload.rx
            && let Err(error) = self.check_renews()
        {
            // OpenSSL cannot give the kernel the new keys, and what follows cannot be read.
            self.end = Some(Err(error));
            return Ok(0);
        }
        self.answer();
        match received {
            Ok(count) => Ok(count),
            Err(Halt::WantRead | Halt::WantWrite) => {
                self.is_unsettled = false;
                Err(ErrorKind::WouldBlock.into())
            }
            Err(halt) => {
                // OpenSSL has tried to say so, over a socket that does not take it after such an error.
                let left = sys::take_error(self.stream.base().as_fd());
                if is_refusal(&left) {
                    self.say_fatal(left);
                }
                self.ended_by(halt);
                Ok(0)
            }
        }
    }

    fn ended_by(&mut self, halt: Halt) {
        if matches!(halt, Halt::Closed) {
            self.end = Some(Ok(()));
            // RFC 5246, section 7.2.1, wants an answer at once, and no more data. TLS 1.3 lets this side go on.
            if self.tls.protocol_version() == Some(TlsVersion::Tls12) {
                self.close();
                let _ = self.send_owed();
            }
        } else {
            // It is kept as the end.
            let _ = self.fail_by(halt);
        }
    }

    /// Answers a peer that has asked for new keys, which OpenSSL would do with its own next write. What that fails with is kept as
    /// the end.
    fn answer(&mut self) {
        let is_own = self.is_closed || !self.offload.tx || self.owed.update;
        if is_own || !ssl::is_asked_for_keys(self.tls.ssl()) {
            return;
        }
        if let Err(error) = self.check_renews() {
            self.end = Some(Err(error));
            return;
        }
        let _ = match ssl::answer_key_update(self.tls.ssl_mut()) {
            Ok(()) => {
                self.owed.update = true;
                self.send_owed().map(|_| ())
            }
            Err(errors) => self.fail_by(Halt::Failed(errors)),
        };
    }

    /// Sends what is owed. Returns whether all is gone.
    fn send_owed(&mut self) -> io::Result<bool> {
        if !self.wants_write() {
            return Ok(true);
        }
        let sent = self.try_send_owed();
        match sent {
            Ok(()) => Ok(true),
            Err(Halt::WantRead | Halt::WantWrite) => Ok(false),
            Err(halt) => {
                self.owed = Owed::default();
                self.begun.clear();
                self.is_closed = true;
                match halt {
                    Halt::Io(error) => Err(self.failed_write(error)),
                    halt => self.fail_by(halt).map(|()| true),
                }
            }
        }
    }

    fn try_send_owed(&mut self) -> Result<(), Halt> {
        // What a layer below has kept back stands before it.
        match self.stream.flush() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(Halt::WantWrite),
            flushed => flushed.map_err(Halt::Io)?,
        }
        while !self.begun.is_empty() {
            let count = ssl::write(self.tls.ssl_mut(), &self.begun)?;
            self.begun.drain(..count);
        }
        if self.owed.update {
            ssl::connect(self.tls.ssl_mut())?;
            self.owed.update = false;
            self.budget.renew();
        }
        if self.owed.close_notify {
            ssl::close(self.tls.ssl_mut())?;
            self.owed.close_notify = false;
        }
        Ok(())
    }

    /// Makes sure that bytes can be written, and returns how many.
    fn writable(&mut self) -> io::Result<usize> {
        self.check_writable()?;
        self.handshake()?;
        let is_sent = self.send_owed()?;
        if !self.offload.tx {
            return if is_sent {
                Ok(FRAGMENT_MAX)
            } else {
                Err(ErrorKind::WouldBlock.into())
            };
        }
        if self.budget.room() == 0 {
            self.check_renews()
                .map_err(|_| boom_tls::Error::KeysExhausted)?;
            if !self.renew()? {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
        Ok(self.budget.room())
    }

    fn check_writable(&self) -> io::Result<()> {
        self.check_end()?;
        match (self.is_closed, self.write_failure) {
            (true, Some(kind)) => Err(boom_tls::Error::Io(kind).into()),
            (true, None) => Err(boom_tls::Error::Closed.into()),
            _ => Ok(()),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.writable()?;
        let bytes = &bytes[..bytes.len().min(room)];
        if !self.offload.tx {
            return self.write_by_openssl(bytes);
        }
        let written = self.stream.write(bytes);
        self.wrote(written)
    }

    fn wrote(&mut self, written: io::Result<usize>) -> io::Result<usize> {
        match written {
            Ok(count) => {
                self.budget.wrote(count);
                Ok(count)
            }
            Err(error) => Err(self.failed_write(error)),
        }
    }

    fn write_by_openssl(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        match ssl::write(self.tls.ssl_mut(), bytes) {
            Ok(count) => Ok(count),
            // The record is made, and has to go out.
            Err(Halt::WantWrite) => {
                self.begun.extend_from_slice(bytes);
                Ok(bytes.len())
            }
            // What the peer has said before is still there to read.
            Err(Halt::Io(error)) => Err(self.failed_write(error)),
            Err(halt) => self.fail_by(halt).map(|()| 0),
        }
    }

    pub(super) fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let room = self.writable()?;
        let length: usize = buffers.iter().map(|buffer| buffer.len()).sum();
        if !self.offload.tx || length > room {
            return self.write(first(buffers));
        }
        let written = self.stream.write_vectored(buffers);
        self.wrote(written)
    }

    pub(super) fn send_file(
        &mut self,
        file: &File,
        offset: u64,
        count: usize,
    ) -> io::Result<usize> {
        // In the worst case each page is a record of its own.
        const PAGE: usize = 4096;
        let room = self.writable()? / 4;
        if !self.offload.tx {
            return copy_file(file, offset, count, |bytes| self.write(bytes));
        }
        if let Err(error) = self.stream.flush() {
            return Err(self.failed_write(error));
        }
        let socket = self.stream.base().as_fd();
        let count = match sys::send_file(socket, file, offset, count.min(room)) {
            Ok(count) => count,
            Err(error) => return Err(self.failed_file(file, offset, error)),
        };
        self.budget.wrote_records((count.div_ceil(PAGE) + 1) as u64);
        Ok(count)
    }

    /// A file has failures of its own, which leave the connection as it is.
    #[cold]
    fn failed_file(&mut self, file: &File, offset: u64, error: io::Error) -> io::Error {
        if is_hang_up(&error) {
            return self.failed_write(error);
        }
        if !error.raw_os_error().as_ref().is_some_and(is_refusal) {
            return error;
        }
        let socket = self.stream.base().as_fd();
        match sys::receive(socket, &mut [0], true) {
            Err(own) if own.kind() != ErrorKind::WouldBlock => self.failed_write(own),
            // The socket has told it and does not again, as the file would. What this sends is the last.
            _ if sys::send_file(socket, file, offset, 1).is_ok() => self.failed_write(error),
            _ => error,
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.is_handshaking {
            // What there is of it OpenSSL has written.
            return self.check_end();
        }
        if !self.send_owed()? {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.check_end()?;
        if let Some(kind) = self.write_failure {
            return Err(boom_tls::Error::Io(kind).into());
        }
        self.stream.flush()
    }

    pub(super) fn update_keys(&mut self) -> io::Result<()> {
        self.check_writable()?;
        self.handshake()?;
        self.check_renews()?;
        self.renew().map(|_| ())
    }

    fn check_renews(&self) -> Result<(), Error> {
        if self.tls.protocol_version() != Some(TlsVersion::Tls13) {
            let reason = "the keys of TLS 1.2 cannot be renewed";
            return Err(boom_tls::Error::Unsupported(reason).into());
        }
        let is_kernels = self.offload != Offload::NONE;
        if is_kernels && !(renews_keys() && Offload::probe().can_renew_keys()) {
            return Err(Error::KeyUpdateUnsupported);
        }
        Ok(())
    }

    /// Returns whether the new keys are in use.
    fn renew(&mut self) -> io::Result<bool> {
        if !self.owed.update {
            if let Err(errors) = ssl::renew_keys(self.tls.ssl_mut()) {
                return self.fail_by(Halt::Failed(errors)).map(|()| false);
            }
            self.owed.update = true;
        }
        self.send_owed()
    }

    pub(super) fn close_notify(&mut self) -> io::Result<()> {
        self.check_end()?;
        if !self.is_handshaking {
            self.close();
        }
        self.is_closed = true;
        self.flush()
    }

    fn close(&mut self) {
        self.owed.close_notify |= !self.is_closed;
        self.is_closed = true;
    }

    pub(super) fn has_buffered(&self) -> bool {
        match self.end {
            Some(_) => !self.is_told,
            None => self.is_unsettled || self.tls.ssl().pending() > 0 || self.stream.has_buffered(),
        }
    }

    pub(super) fn wants_write(&self) -> bool {
        self.owed.update
            || self.owed.close_notify
            || !self.begun.is_empty()
            || self.stream.wants_write()
    }

    pub(super) fn poll_timeout(&self) -> Option<u64> {
        let own = if self.is_awaited() {
            self.timeout.deadline_ns()
        } else {
            None
        };
        match (own, self.stream.poll_timeout()) {
            (Some(own), Some(below)) => Some(own.min(below)),
            (own, below) => own.or(below),
        }
    }

    fn is_awaited(&self) -> bool {
        self.is_handshaking && self.end.is_none()
    }

    pub(super) fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.stream.handle_timeout(now_ns)?;
        if self.is_awaited() && self.timeout.is_late(now_ns) {
            return self.fail(boom_tls::Error::HandshakeTimedOut.into());
        }
        Ok(())
    }

    pub(super) fn poll_close(&mut self) -> io::Result<bool> {
        if self.is_handshaking {
            // Without a handshake there is nothing to say, and nothing to be cut off.
            return self.stream.poll_close();
        }
        let was_closed = self.is_closed;
        match &self.end {
            Some(Err(Error::Tls(boom_tls::Error::Truncated))) if was_closed => {}
            Some(Err(error)) => return Err(error.clone().into()),
            _ => self.close(),
        }
        if !self.send_owed()? {
            return Ok(false);
        }
        if self.end.is_none() {
            match ssl::peek(self.tls.ssl_mut()) {
                Ok(_) | Err(Halt::WantRead | Halt::WantWrite) => return Ok(false),
                Err(halt) => self.ended_by(halt),
            }
        }
        match &self.end {
            Some(Ok(())) => self.discard(),
            None | Some(Err(Error::Tls(boom_tls::Error::Truncated))) => {}
            Some(Err(error)) => return Err(error.clone().into()),
        }
        match self.stream.poll_close() {
            Err(error) if is_hang_up(&error) => Ok(true),
            is_over => is_over,
        }
    }

    /// Takes in what comes behind the peer's `close_notify`: RFC 8446, section 6.1, wants it ignored.
    fn discard(&self) {
        for _ in 0..8 {
            match sys::receive(self.stream.base().as_fd(), &mut [0; 4096], false) {
                Ok((1.., _)) => {}
                _ => break,
            }
        }
    }
}

/// Whether the kernel refuses a record of the peer's by this error.
const fn is_refusal(number: &i32) -> bool {
    matches!(*number, code::EBADMSG | code::EMSGSIZE | code::EINVAL)
}

/// The errors of a socket whose peer has closed it altogether.
fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
    )
}
