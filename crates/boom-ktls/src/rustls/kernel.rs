//! A connection whose records the kernel makes and reads.

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice};
use std::os::fd::AsFd;

use ::rustls::client::ClientConnectionData;
use ::rustls::kernel::KernelConnection;
use ::rustls::{Error as RustlsError, ExtractedSecrets, InvalidMessage, SupportedCipherSuite};
use boom_tls::{Alert, TlsVersion};

use super::messages::{Fault, Message, Messages, Said};
use super::secrets::keys;
use crate::backend::SocketStream;
use crate::records::{Budget, Kind};
use crate::sys::{self, Direction, code};
use crate::{Error, Offload};

/// What TLS still has to know of such a connection.
pub(super) struct Kernel {
    version: TlsVersion,
    /// Makes the next keys, and keeps tickets.
    connection: KernelConnection<ClientConnectionData>,
    messages: Messages,
    /// Messages that were seen to since data came last.
    flood: u8,
    /// New keys of the peer's that this side has asked for and that have not come.
    asked: u8,
    budget: Budget,
    owed: Owed,
    /// True if the stream below may take the socket for empty although a record waits: one that is no data stops a read
    /// before its buffer is full.
    is_unsettled: bool,
    /// How receiving has ended.
    end: Option<Result<(), Error>>,
    is_told: bool,
    /// True once nothing more can be written.
    is_closed: bool,
    /// What writing has failed with. A socket tells it once: a read finds no more than an end after that.
    write_failure: Option<ErrorKind>,
}

/// What this side has to say, in this order.
#[derive(Clone, Copy, Debug, Default)]
struct Owed {
    /// A `KeyUpdate`, which asks the peer for new keys too if it is true.
    update: Option<bool>,
    close_notify: bool,
}

impl Owed {
    const fn is_empty(self) -> bool {
        self.update.is_none() && !self.close_notify
    }
}

/// What a read has found.
enum Found {
    Data(usize),
    Message,
}

/// Messages without data between them, such as tickets and new keys, which nobody sends more of.
const FLOOD_MAX: u8 = 64;

/// Room that most messages fit in.
const ROOM: usize = 1024;

impl Kernel {
    /// Gives the kernel the keys. The socket has the kernel's TLS over it already.
    pub(super) fn start<S: SocketStream>(
        stream: &S,
        version: TlsVersion,
        secrets: &ExtractedSecrets,
        connection: KernelConnection<ClientConnectionData>,
        records_per_key: Option<u64>,
    ) -> Result<Self, Error> {
        let suite = connection.negotiated_cipher_suite();
        let budget = Budget::new(secrets.tx.0, limit(suite, records_per_key));
        let kernel = Self {
            version,
            connection,
            messages: Messages::default(),
            flood: 0,
            asked: 0,
            budget,
            owed: Owed::default(),
            // What came behind the handshake is older than the kernel's keys.
            is_unsettled: true,
            end: None,
            is_told: false,
            is_closed: false,
            write_failure: None,
        };
        kernel.install(stream, Direction::Transmit, &secrets.tx)?;
        kernel.install(stream, Direction::Receive, &secrets.rx)?;
        Ok(kernel)
    }

    fn install<S: SocketStream>(
        &self,
        stream: &S,
        direction: Direction,
        secrets: &(u64, ::rustls::ConnectionTrafficSecrets),
    ) -> Result<(), Error> {
        let suite = self.connection.negotiated_cipher_suite().suite();
        let keys = keys(self.version, secrets).ok_or(Error::CipherUnsupported(
            self.version,
            boom_tls::CipherSuite(suite.into()),
        ))?;
        sys::install(stream.base().as_fd(), direction, &keys)
            .map_err(|error| Error::KeysRefused(error.kind()))
    }

    pub(super) fn read<S: SocketStream>(
        &mut self,
        stream: &mut S,
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        // An answer, say. What it fails with, a write tells.
        let _ = self.send_owed(stream);
        for _ in 0..=FLOOD_MAX {
            if let Some(end) = &self.end {
                self.is_told = true;
                return Ok(end.clone().map(|()| 0)?);
            }
            match self.receive(stream, buffer)? {
                Found::Data(count) => return Ok(count),
                Found::Message => drop(self.send_owed(stream)),
            }
        }
        Err(ErrorKind::WouldBlock.into())
    }

    /// Receives once: data to `buffer`, or something else, which is seen to.
    fn receive<S: SocketStream>(&mut self, stream: &mut S, buffer: &mut [u8]) -> io::Result<Found> {
        let received = if self.is_unsettled {
            match look(stream, buffer.len()) {
                Ok((_, kind)) if kind != Kind::DATA => {
                    return self.receive(stream, &mut [0; ROOM]);
                }
                Ok(_) => sys::receive(stream.base().as_fd(), buffer, false),
                // The socket tells it once.
                Err(error) => Err(error),
            }
        } else {
            stream.read(buffer).map(|count| (count, Kind::DATA))
        };
        match received {
            Ok((0, Kind::DATA)) => {
                self.end_of_stream();
                Ok(Found::Message)
            }
            Ok((count, Kind::DATA)) => {
                self.is_unsettled |= count < buffer.len();
                self.flood = 0;
                if self.messages.is_amid() {
                    // RFC 8446, section 5.1: no other records between the parts of a message.
                    self.refuse(stream, Fault::Unexpected);
                    return Ok(Found::Message);
                }
                Ok(Found::Data(count))
            }
            Ok((count, kind)) => {
                self.is_unsettled = true;
                let (bytes, _) = buffer.split_at(count);
                self.message(stream, kind, bytes);
                Ok(Found::Message)
            }
            Err(error) => self.failed_receive(stream, error),
        }
    }

    /// The stream below has ended, and the peer has not said that it is done.
    fn end_of_stream(&mut self) {
        self.end = Some(Err(match self.write_failure {
            Some(kind) => boom_tls::Error::Io(kind).into(),
            None => boom_tls::Error::Truncated.into(),
        }));
    }

    fn failed_receive<S: SocketStream>(
        &mut self,
        stream: &S,
        error: io::Error,
    ) -> io::Result<Found> {
        match (error.kind(), error.raw_os_error()) {
            (ErrorKind::WouldBlock, _) => {
                self.is_unsettled = false;
                Err(error)
            }
            (ErrorKind::Interrupted, _) => Ok(Found::Message),
            // The next record is no data: ask for its type too.
            (_, Some(code::EIO)) if !self.is_unsettled => {
                self.is_unsettled = true;
                Ok(Found::Message)
            }
            _ if self.refuse_record(stream, &error).is_some() => Ok(Found::Message),
            (kind, _) => {
                self.end = Some(Err(boom_tls::Error::Io(kind).into()));
                self.is_told = true;
                Err(error)
            }
        }
    }

    /// Ends the connection if the error says that the kernel cannot read what the peer has sent, and returns why. Whoever uses
    /// the socket next is told, a write too.
    fn refuse_record<S: SocketStream>(
        &mut self,
        stream: &S,
        error: &io::Error,
    ) -> Option<boom_tls::Error> {
        let (alert, reason) = match error.raw_os_error()? {
            code::EBADMSG => (Alert(20), RustlsError::DecryptError),
            code::EMSGSIZE => (Alert(22), RustlsError::PeerSentOversizedRecord),
            code::EINVAL => {
                let reason = InvalidMessage::UnknownProtocolVersion;
                (Alert(50), RustlsError::InvalidMessage(reason))
            }
            _ => return None,
        };
        self.say_fatal(stream, alert);
        let reason = boom_tls::Error::Protocol(reason.into());
        self.end = Some(Err(reason.clone().into()));
        Some(reason)
    }

    /// Keeps what a write has failed with, if nothing can be written after it, and returns it.
    #[cold]
    fn failed_write<S: SocketStream>(&mut self, stream: &S, error: io::Error) -> io::Error {
        if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) {
            return error;
        }
        if let Some(reason) = self.refuse_record(stream, &error) {
            return reason.into();
        }
        self.owed = Owed::default();
        self.is_closed = true;
        self.write_failure = Some(error.kind());
        error
    }

    fn message<S: SocketStream>(&mut self, stream: &S, kind: Kind, bytes: &[u8]) {
        self.flood += 1;
        let seen = match kind {
            _ if bytes.is_empty() || self.flood > FLOOD_MAX => Err(Fault::Unexpected),
            Kind::ALERT if self.messages.is_amid() => Err(Fault::Unexpected),
            Kind::ALERT => self.alert(bytes),
            Kind::HANDSHAKE => self.handshake(stream, bytes),
            _ => Err(Fault::Unexpected),
        };
        if let Err(fault) = seen {
            self.refuse(stream, fault);
        }
    }

    fn alert(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        match self.messages.alert(self.version, bytes)? {
            Said::Nothing => {}
            Said::Failed(error) => self.end = Some(Err(error.into())),
            Said::Closed => {
                self.end = Some(Ok(()));
                // RFC 5246, section 7.2.1, wants an answer at once, and no more data. TLS 1.3 lets this side go on.
                if self.version == TlsVersion::Tls12 {
                    self.close();
                }
            }
        }
        Ok(())
    }

    fn handshake<S: SocketStream>(&mut self, stream: &S, bytes: &[u8]) -> Result<(), Fault> {
        self.messages.add(bytes);
        while let Some(message) = self.messages.next(self.version)? {
            match message {
                // Without another handshake, which RFC 5246, section 7.4.1.1, allows.
                Message::HelloRequest => {}
                Message::Ticket(content) => self
                    .connection
                    .handle_new_session_ticket(&content)
                    .map_err(|_| Fault::Undecodable)?,
                Message::KeyUpdate(asks) => {
                    // RFC 8446, section 5.1: the next message has the next key, so nothing may stand behind this one.
                    if self.messages.is_amid() {
                        return Err(Fault::Unexpected);
                    }
                    if let Err(error) = self.renew_received(stream) {
                        self.end = Some(Err(error));
                        return Ok(());
                    }
                    if asks && !self.is_closed {
                        self.owed.update.get_or_insert(false);
                    }
                    if !asks && self.asked > 0 {
                        // The answer to this side's own.
                        self.asked -= 1;
                        self.flood = self.flood.saturating_sub(1);
                    }
                }
            }
        }
        Ok(())
    }

    /// The peer has new keys.
    fn renew_received<S: SocketStream>(&mut self, stream: &S) -> Result<(), Error> {
        if !Offload::probe().can_renew_keys() {
            return Err(Error::KeyUpdateUnsupported);
        }
        let secrets = self.connection.update_rx_secret();
        let secrets = secrets.map_err(boom_tls::Error::from)?;
        self.install(stream, Direction::Receive, &secrets)
    }

    /// Ends the connection for what the peer has sent.
    fn refuse<S: SocketStream>(&mut self, stream: &S, fault: Fault) {
        self.say_fatal(stream, fault.alert());
        let reason = match fault {
            Fault::Unexpected => InvalidMessage::UnexpectedMessage("after the handshake"),
            Fault::Undecodable => InvalidMessage::MissingData("message after the handshake"),
            Fault::TooLarge => InvalidMessage::HandshakePayloadTooLarge,
        };
        let error = boom_tls::Error::Protocol(RustlsError::InvalidMessage(reason).into());
        self.end = Some(Err(error.into()));
    }

    /// Tells the peer why the connection ends, if the socket takes it.
    fn say_fatal<S: SocketStream>(&mut self, stream: &S, alert: Alert) {
        const FATAL: u8 = 2;
        self.owed = Owed::default();
        if !self.is_closed {
            let socket = stream.base().as_fd();
            let _ = sys::take_error(socket);
            let _ = sys::send_record(socket, Kind::ALERT, &[FATAL, alert.0]);
        }
        self.is_closed = true;
    }

    /// Sends what this side has to say. Returns whether all is gone.
    fn send_owed<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<bool> {
        if self.owed.is_empty() {
            return Ok(true);
        }
        match self.try_send_owed(stream) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(self.failed_write(stream, error)),
        }
    }

    fn try_send_owed<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<()> {
        // What a layer below has kept back stands before it.
        stream.flush()?;
        if let Some(asks) = self.owed.update {
            let message = [24, 0, 0, 1, u8::from(asks)];
            send_whole(stream, Kind::HANDSHAKE, &message)?;
            self.owed.update = None;
            self.asked = self.asked.saturating_add(u8::from(asks));
            // RFC 8446, section 4.6.3: what follows has the new keys.
            if let Err(error) = self.renew_sent(stream) {
                // Nobody could read it otherwise.
                self.end = Some(Err(error.clone()));
                return Err(error.into());
            }
        }
        if self.owed.close_notify {
            const CLOSE_NOTIFY: [u8; 2] = [1, 0];
            send_whole(stream, Kind::ALERT, &CLOSE_NOTIFY)?;
            self.owed.close_notify = false;
        }
        Ok(())
    }

    fn renew_sent<S: SocketStream>(&mut self, stream: &S) -> Result<(), Error> {
        let secrets = self.connection.update_tx_secret();
        let secrets = secrets.map_err(boom_tls::Error::from)?;
        self.install(stream, Direction::Transmit, &secrets)?;
        self.budget.renew();
        Ok(())
    }

    /// Makes sure that bytes can be written, and returns how many.
    fn writable<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<usize> {
        self.check_writable()?;
        // Data may pass what waits, but for keys that are used up.
        self.send_owed(stream)?;
        if self.budget.room() == 0 {
            self.renew_exhausted(stream)?;
        }
        Ok(self.budget.room())
    }

    fn renew_exhausted<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<()> {
        if self.version != TlsVersion::Tls13 || !Offload::probe().can_renew_keys() {
            return Err(boom_tls::Error::KeysExhausted.into());
        }
        self.owed.update.get_or_insert(false);
        match self.send_owed(stream)? {
            true => Ok(()),
            false => Err(ErrorKind::WouldBlock.into()),
        }
    }

    fn check_writable(&self) -> Result<(), Error> {
        match &self.end {
            Some(Err(error)) => Err(error.clone()),
            _ if self.is_closed => Err(match self.write_failure {
                Some(kind) => boom_tls::Error::Io(kind).into(),
                None => boom_tls::Error::Closed.into(),
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn write<S: SocketStream>(
        &mut self,
        stream: &mut S,
        bytes: &[u8],
    ) -> io::Result<usize> {
        let room = self.writable(stream)?;
        let written = stream.write(&bytes[..bytes.len().min(room)]);
        self.wrote(stream, written)
    }

    pub(super) fn write_vectored<S: SocketStream>(
        &mut self,
        stream: &mut S,
        buffers: &[IoSlice<'_>],
    ) -> io::Result<usize> {
        let room = self.writable(stream)?;
        if buffers.iter().map(|buffer| buffer.len()).sum::<usize>() > room {
            return self.write(stream, crate::backend::first(buffers));
        }
        let written = stream.write_vectored(buffers);
        self.wrote(stream, written)
    }

    fn wrote<S: SocketStream>(
        &mut self,
        stream: &S,
        written: io::Result<usize>,
    ) -> io::Result<usize> {
        match written {
            Ok(count) => {
                self.budget.wrote(count);
                Ok(count)
            }
            Err(error) => Err(self.failed_write(stream, error)),
        }
    }

    pub(super) fn send_file<S: SocketStream>(
        &mut self,
        stream: &mut S,
        file: &File,
        offset: u64,
        count: usize,
    ) -> io::Result<usize> {
        // In the worst case each page is a record of its own.
        const PAGE: usize = 4096;
        let room = self.writable(stream)? / 4;
        if let Err(error) = stream.flush() {
            return Err(self.failed_write(stream, error));
        }
        let socket = stream.base().as_fd();
        match sys::send_file(socket, file, offset, count.min(room)) {
            Ok(count) => {
                self.budget.wrote_records((count.div_ceil(PAGE) + 1) as u64);
                Ok(count)
            }
            Err(error) => Err(self.failed_file(stream, file, offset, error)),
        }
    }

    /// A file has failures of its own, which leave the connection as it is.
    #[cold]
    fn failed_file<S: SocketStream>(
        &mut self,
        stream: &S,
        file: &File,
        offset: u64,
        error: io::Error,
    ) -> io::Error {
        if is_hang_up(&error) {
            return self.failed_write(stream, error);
        }
        if !matches!(
            error.raw_os_error(),
            Some(code::EBADMSG | code::EMSGSIZE | code::EINVAL)
        ) {
            return error;
        }
        match look(stream, 0) {
            Err(own) if own.kind() != ErrorKind::WouldBlock => self.failed_write(stream, own),
            // The socket has told it and does not again, as the file would. What this sends is the last.
            _ if sys::send_file(stream.base().as_fd(), file, offset, 1).is_ok() => {
                self.failed_write(stream, error)
            }
            _ => error,
        }
    }

    pub(super) fn flush<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<()> {
        if !self.send_owed(stream)? {
            return Err(ErrorKind::WouldBlock.into());
        }
        match (&self.end, self.write_failure) {
            (Some(Err(error)), _) => Err(error.clone().into()),
            (_, Some(kind)) => Err(boom_tls::Error::Io(kind).into()),
            _ => stream.flush(),
        }
    }

    pub(super) fn update_keys<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<()> {
        self.check_writable()?;
        if self.version != TlsVersion::Tls13 {
            let reason = "the keys of TLS 1.2 cannot be renewed";
            return Err(boom_tls::Error::Unsupported(reason).into());
        }
        if !Offload::probe().can_renew_keys() {
            return Err(Error::KeyUpdateUnsupported.into());
        }
        self.owed.update = Some(true);
        self.send_owed(stream).map(|_| ())
    }

    pub(super) fn close_notify<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<()> {
        if let Some(Err(error)) = &self.end {
            return Err(error.clone().into());
        }
        self.close();
        self.flush(stream)
    }

    fn close(&mut self) {
        self.owed.close_notify |= !self.is_closed;
        self.is_closed = true;
    }

    pub(super) const fn has_buffered(&self) -> bool {
        match self.end {
            Some(_) => !self.is_told,
            None => self.is_unsettled,
        }
    }

    pub(super) const fn wants_write(&self) -> bool {
        !self.owed.is_empty()
    }

    pub(super) fn poll_close<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<bool> {
        let was_closed = self.is_closed;
        match &self.end {
            Some(Err(Error::Tls(boom_tls::Error::Truncated))) if was_closed => {}
            Some(Err(error)) => return Err(error.clone().into()),
            _ => self.close(),
        }
        if !self.send_last(stream)? {
            return Ok(false);
        }
        if self.end.is_none() && !self.receive_end(stream)? {
            return Ok(false);
        }
        if matches!(self.end, Some(Ok(()))) {
            // An answer of TLS 1.2, say.
            self.send_last(stream)?;
            discard(stream);
        }
        match stream.poll_close() {
            Err(error) if is_hang_up(&error) => Ok(true),
            is_over => is_over,
        }
    }

    /// Sends what is left to be said. A peer that has said that it is done need not wait for it.
    fn send_last<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<bool> {
        let is_done = matches!(self.end, Some(Ok(())));
        match (self.send_owed(stream), self.write_failure) {
            (Err(error), _) if is_done && is_hang_up(&error) => Ok(true),
            (Ok(_), Some(kind)) if !is_done => Err(boom_tls::Error::Io(kind).into()),
            (sent, _) => sent,
        }
    }

    /// Sees to what comes before the peer's end, but for data, which is the reader's. Returns whether the end has come.
    fn receive_end<S: SocketStream>(&mut self, stream: &mut S) -> io::Result<bool> {
        for _ in 0..=FLOOD_MAX {
            match look(stream, 0) {
                Ok((0, Kind::DATA)) => self.end_of_stream(),
                Ok((_, Kind::DATA)) => return Ok(false),
                Ok(_) => {
                    self.is_unsettled = true;
                    self.receive(stream, &mut [0; ROOM])?;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                // The socket tells it once.
                Err(error) => {
                    self.is_unsettled = true;
                    self.failed_receive(stream, error)?;
                }
            }
            match &self.end {
                None => drop(self.send_owed(stream)),
                Some(Ok(()) | Err(Error::Tls(boom_tls::Error::Truncated))) => return Ok(true),
                Some(Err(error)) => return Err(error.clone().into()),
            }
        }
        Ok(false)
    }
}

/// Looks at the next record for a reader with so much room: one with little is not the one to cut up a record that is no data.
fn look<S: SocketStream>(stream: &S, room: usize) -> io::Result<(usize, Kind)> {
    if room >= ROOM {
        return Ok((0, Kind::DATA));
    }
    sys::receive(stream.base().as_fd(), &mut [0], true)
}

/// Sends a record of another type than data, which goes whole or not at all.
fn send_whole<S: SocketStream>(stream: &S, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    match sys::send_record(stream.base().as_fd(), kind, bytes)? {
        count if count == bytes.len() => Ok(()),
        _ => Err(ErrorKind::WriteZero.into()),
    }
}

/// Takes in what comes behind the peer's `close_notify`: RFC 8446, section 6.1, wants it ignored.
fn discard<S: SocketStream>(stream: &S) {
    for _ in 0..8 {
        match sys::receive(stream.base().as_fd(), &mut [0; 4096], false) {
            Ok((1.., _)) => {}
            _ => break,
        }
    }
}

/// The errors of a socket whose peer has closed it altogether.
pub(super) fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
    )
}

/// How many records a key of the suite may protect: as rustls has it, or fewer if the user wants that.
fn limit(suite: SupportedCipherSuite, records_per_key: Option<u64>) -> u64 {
    let limit = match suite {
        SupportedCipherSuite::Tls12(suite) => suite.common.confidentiality_limit,
        SupportedCipherSuite::Tls13(suite) => suite.common.confidentiality_limit,
    };
    limit.min(records_per_key.unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use ::rustls::CipherSuite;
    use ::rustls::crypto::ring::ALL_CIPHER_SUITES;

    use super::*;

    /// RFC 8446, section 5.5: 2^24.5 full records by AES-GCM.
    #[test]
    fn no_key_protects_more_records_than_its_suite_allows() {
        for suite in ALL_CIPHER_SUITES {
            let own = limit(*suite, None);
            let has_bound = !matches!(
                suite.suite(),
                CipherSuite::TLS13_CHACHA20_POLY1305_SHA256
                    | CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
                    | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
            );
            assert_eq!(own <= 1 << 24, has_bound, "{suite:?}");
            assert_eq!(limit(*suite, Some(u64::MAX)), own);
            assert_eq!(limit(*suite, Some(40)), 40);
        }
    }
}
