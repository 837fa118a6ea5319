//! One TLS connection over memory: ciphertext in, plaintext out, and the other way round.

use std::sync::Arc;

use ::openssl::ssl::{Error as SslError, ErrorCode, ShutdownState, Ssl, SslRef, SslStream};
use rustls_pki_types::ServerName;

use boom_stream::buffer::{ReadBuffer, WriteBuffer};

use super::context::Context;
use super::wire::Wire;
use super::{agreed, cause, sys};
use crate::client::backend::Session;
use crate::client::ending::Ending;
use crate::{Alert, CipherSuite, EarlyData, Error, KeyExchangeGroup, TlsConfig, TlsVersion};

/// The state of one connection. OpenSSL takes in all the ciphertext that there is before it wants more.
pub(crate) struct Connection {
    /// `None` where there never was a connection, for a reason that `ending` tells.
    tls: Option<SslStream<Wire>>,
    context: Option<Arc<Context>>,
    /// Stands in for the buffer of a connection that never was.
    nothing: WriteBuffer,
    is_handshaking: bool,
    /// True if there is nothing to be had before more bytes come in.
    settled: bool,
    /// What [`fill`](Session::fill) has decrypted, from `plain_head` to `plain_tail`.
    plain: Vec<u8>,
    plain_head: usize,
    plain_tail: usize,
    outbound_limit: usize,
    early_data: EarlyData,
    /// How much more early data may be sent.
    early_left: usize,
    ending: Ending,
}

impl Connection {
    const WINDOW: usize = Self::READ_SIZE + 1024;
    /// RFC 8446, section 5.2 (RFC 5246, section 6.2.3): a header of 5 bytes and at most 2^14 + 2048.
    const RECORD_MAX: usize = 5 + 16 * 1024 + 2048;
    /// What a record adds to its plaintext at most, whichever suite of TLS 1.2 or 1.3: a header of 5 bytes, an explicit
    /// vector of 16, padding of 16 and a code of 48.
    const RECORD_OVERHEAD: usize = 85;
    const FRAGMENT_MAX: usize = 16 * 1024;
    const OUTGOING_CAPACITY: usize = 4 * 1024;
    /// Room beyond the user's limit, so that a full buffer never refuses an alert or an answer of the handshake.
    const OUTGOING_RESERVE: usize = 256 * 1024;

    fn of(tls: Option<SslStream<Wire>>, outbound_limit: usize) -> Self {
        Self {
            is_handshaking: true,
            settled: tls.is_none(),
            tls,
            context: None,
            nothing: WriteBuffer::new(0, 0),
            plain: Vec::new(),
            plain_head: 0,
            plain_tail: 0,
            outbound_limit,
            early_data: EarlyData::NotOffered,
            early_left: 0,
            ending: Ending::default(),
        }
    }

    fn over(ssl: Ssl, outbound_limit: usize) -> Result<Self, Error> {
        let wire = Wire {
            incoming: ReadBuffer::new(Self::WINDOW, Self::WINDOW),
            outgoing: WriteBuffer::new(
                Self::OUTGOING_CAPACITY.min(outbound_limit),
                outbound_limit.saturating_add(Self::OUTGOING_RESERVE),
            ),
        };
        Ok(Self::of(Some(SslStream::new(ssl, wire)?), outbound_limit))
    }

    pub(super) fn ssl(&self) -> Option<&SslRef> {
        self.tls.as_ref().map(SslStream::ssl)
    }

    /// Begins a handshake that early data may go out with. Returns false where OpenSSL does not want to: the session may
    /// be too old. The connection is of no use then.
    fn begin_early(&mut self, early_left: usize) -> bool {
        let Some(tls) = &mut self.tls else {
            return false;
        };
        // With nothing to write this makes the ClientHello and no record behind it.
        let has_begun = tls.write_early_data(&[]).is_ok();
        if has_begun {
            (self.early_data, self.early_left) = (EarlyData::Pending, early_left);
        }
        has_begun
    }

    /// The handshake is done.
    fn established_now(&mut self) {
        self.is_handshaking = false;
        if let (Some(tls), Some(context)) = (&self.tls, &self.context) {
            context.keep_renewed(tls.ssl());
        }
        if self.early_data == EarlyData::Pending {
            let is_accepted = self.ssl().is_some_and(sys::is_early_data_accepted);
            self.early_data = if is_accepted {
                EarlyData::Accepted
            } else {
                EarlyData::Rejected
            };
        }
    }

    /// What is known once the handshake is done.
    fn established(&self) -> Option<&SslRef> {
        self.ssl().filter(|_| !self.is_handshaking)
    }

    /// Decrypts into `out` what one look at the records brings. Returns how much that is.
    fn look(&mut self, out: &mut [u8]) -> usize {
        if self.is_handshaking && self.handshake() == 0 {
            return 0;
        }
        let Some(tls) = &mut self.tls else {
            return 0;
        };
        match tls.ssl_read(out) {
            Ok(count) => {
                self.settled = tls.ssl().pending() == 0 && tls.get_ref().incoming.is_empty();
                count
            }
            Err(error) => {
                self.settled = true;
                match error.code() {
                    ErrorCode::WANT_READ => {}
                    ErrorCode::ZERO_RETURN => self.peer_closed(),
                    _ => self.fail_by(&error),
                }
                0
            }
        }
    }

    fn peer_closed(&mut self) {
        self.ending.peer_closed();
        self.settled = true;
        // RFC 5246, section 7.2.1, wants an answer at once, and no more data. TLS 1.3 lets this side go on.
        if self.protocol_version() == Some(TlsVersion::Tls12) {
            // A failure is kept as the end.
            let _ = self.close();
        }
    }

    fn fail_by(&mut self, error: &SslError) {
        let error = self.failure_by(error);
        self.fail(error);
    }

    fn failure_by(&self, error: &SslError) -> Error {
        match (error.ssl_error(), self.ssl()) {
            (Some(errors), Some(ssl)) => cause::failure(errors, ssl.verify_result()),
            // Of the two ends of the wire only the outgoing one refuses anything.
            _ => Error::OutboundFull,
        }
    }

    /// Number of plaintext bytes whose records fit below the outbound limit.
    fn writable(&self) -> usize {
        let waiting = self
            .tls
            .as_ref()
            .map_or(0, |tls| tls.get_ref().outgoing.len());
        let room = self.outbound_limit.saturating_sub(waiting);
        let records = room.div_ceil(Self::FRAGMENT_MAX + Self::RECORD_OVERHEAD);
        room.saturating_sub(records * Self::RECORD_OVERHEAD)
    }

    /// Returns true if OpenSSL would find a whole record, or the header of one that it refuses.
    fn holds_record(&self) -> bool {
        let incoming = self.tls.as_ref().map(|tls| tls.get_ref().incoming.filled());
        match incoming {
            Some([_, _, _, high, low, rest @ ..]) => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                length <= rest.len() || length > Self::RECORD_MAX - 5
            }
            _ => false,
        }
    }
}

impl Drop for Connection {
    /// OpenSSL resumes no session whose connection was dropped before it was closed, but one that broke is just the one
    /// that comes back, and TLS lets it (RFC 5246, section 7.2.1). What ended by a fatal alert it has forgotten before.
    fn drop(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.set_shutdown(ShutdownState::SENT | ShutdownState::RECEIVED);
        }
    }
}

impl Session for Connection {
    fn open(server_name: ServerName<'static>, config: &TlsConfig) -> Result<Self, Error> {
        let context = config.openssl_context()?;
        let (ssl, early_left) = context.connection(&server_name)?;
        let mut connection = Self::over(ssl, config.outbound_limit())?;
        if early_left > 0 {
            if connection.begin_early(early_left) {
                return Ok(connection);
            }
            let (ssl, _) = context.connection(&server_name)?;
            connection = Self::over(ssl, config.outbound_limit())?;
        }
        connection.context = Some(context);
        // Queues the ClientHello, so that a service sees at once that there is something to write.
        connection.handshake();
        match connection.failure() {
            Some(error) => Err(error.clone()),
            None => Ok(connection),
        }
    }

    fn failed(error: Error) -> Self {
        let mut failed = Self::of(None, 0);
        failed.ending = Ending::failed(error);
        failed
    }

    fn is_handshaking(&self) -> bool {
        self.is_handshaking
    }

    fn has_buffered(&self) -> bool {
        self.plain_head < self.plain_tail
            || self.ssl().is_some_and(|ssl| ssl.pending() > 0)
            || (!self.settled && self.holds_record())
            || self.ending.is_untold()
    }

    fn outgoing(&mut self) -> &mut WriteBuffer {
        match &mut self.tls {
            Some(tls) => &mut tls.get_mut().outgoing,
            None => &mut self.nothing,
        }
    }

    fn has_outgoing(&self) -> bool {
        self.tls
            .as_ref()
            .is_some_and(|tls| !tls.get_ref().outgoing.is_empty())
    }

    fn handshake(&mut self) -> usize {
        if !self.is_handshaking {
            return 1;
        }
        let (Some(tls), false) = (&mut self.tls, self.ending.has_come()) else {
            return 0;
        };
        match tls.connect() {
            Ok(()) => self.established_now(),
            Err(error) if error.code() == ErrorCode::WANT_READ => self.settled = true,
            // Anyone on the path can say so yet, and it is no end of data that never came.
            Err(error) if error.code() == ErrorCode::ZERO_RETURN => {
                self.fail(Error::AlertReceived(Alert(0)));
            }
            Err(error) => self.fail_by(&error),
        }
        usize::from(!self.is_handshaking)
    }

    fn read(&mut self, out: &mut [u8]) -> usize {
        let mut count = self.plaintext().len().min(out.len());
        out[..count].copy_from_slice(&self.plaintext()[..count]);
        self.consume(count);
        while count < out.len() && !self.settled {
            count += self.look(&mut out[count..]);
        }
        count
    }

    fn fill(&mut self) -> usize {
        if self.plain_head == self.plain_tail && !self.settled {
            let mut plain = std::mem::take(&mut self.plain);
            // Once in a connection's life.
            plain.resize(2 * Self::FRAGMENT_MAX, 0);
            let mut count = 0;
            while count < Self::FRAGMENT_MAX && !self.settled {
                count += self.look(&mut plain[count..]);
            }
            (self.plain, self.plain_head, self.plain_tail) = (plain, 0, count);
        }
        self.plaintext().len()
    }

    fn plaintext(&self) -> &[u8] {
        &self.plain[self.plain_head..self.plain_tail]
    }

    fn consume(&mut self, count: usize) {
        self.plain_head = self.plain_head.saturating_add(count).min(self.plain_tail);
    }

    fn receive_buffer(&mut self) -> Option<&mut ReadBuffer> {
        // It is empty: OpenSSL has settled because it has taken everything.
        self.tls.as_mut().map(|tls| &mut tls.get_mut().incoming)
    }

    fn received(&mut self) {
        // What comes in may be the answer to the early data, and OpenSSL does not take any more then.
        self.early_left = 0;
        self.settled = false;
    }

    fn received_eof(&mut self) {
        if !self.ending.has_come() {
            self.fail(Error::Truncated);
        }
    }

    fn fail(&mut self, error: Error) {
        self.ending.fail(error);
        self.settled = true;
    }

    fn ending(&self) -> &Ending {
        &self.ending
    }

    fn ending_mut(&mut self) -> &mut Ending {
        &mut self.ending
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        self.check_writable()?;
        let count = data.len().min(self.writable());
        let (Some(tls), false) = (&mut self.tls, count == 0) else {
            return Ok(0);
        };
        match tls.ssl_write(&data[..count]) {
            Ok(count) => Ok(count),
            Err(error) => {
                let error = self.failure_by(&error);
                self.fail(error.clone());
                Err(error)
            }
        }
    }

    fn write_early(&mut self, data: &[u8]) -> Result<usize, Error> {
        let count = data.len().min(self.early_left).min(self.writable());
        let (Some(tls), true, false) = (&mut self.tls, self.is_handshaking, count == 0) else {
            return Ok(0);
        };
        match tls.write_early_data(&data[..count]) {
            Ok(count) => {
                self.early_left = self.early_left.saturating_sub(count);
                Ok(count)
            }
            Err(error) => {
                let error = self.failure_by(&error);
                self.fail(error.clone());
                Err(error)
            }
        }
    }

    fn early_data(&self) -> EarlyData {
        self.early_data
    }

    fn update_keys(&mut self) -> Result<bool, Error> {
        self.check_writable()?;
        let has_room = self.writable() > 0;
        let Some(tls) = &mut self.tls else {
            return Ok(false);
        };
        // A ticket of which a part has come, say, is a handshake to OpenSSL.
        if !has_room || !tls.ssl().is_init_finished() {
            return Ok(false);
        }
        sys::renew_keys(tls)?;
        match tls.do_handshake() {
            Ok(()) => Ok(true),
            Err(error) => {
                let error = self.failure_by(&error);
                self.fail(error.clone());
                Err(error)
            }
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        if !self.ending.close()? {
            return Ok(());
        }
        let (Some(tls), false) = (&mut self.tls, self.is_handshaking) else {
            return Ok(());
        };
        match tls.shutdown() {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = self.failure_by(&error);
                self.fail(error.clone());
                Err(error)
            }
        }
    }

    fn protocol_version(&self) -> Option<TlsVersion> {
        agreed::protocol_version(self.established()?)
    }

    fn cipher_suite(&self) -> Option<CipherSuite> {
        agreed::cipher_suite(self.established()?)
    }

    fn key_exchange_group(&self) -> Option<KeyExchangeGroup> {
        agreed::key_exchange_group(self.established()?)
    }

    fn alpn_protocol(&self) -> Option<&[u8]> {
        self.established()?.selected_alpn_protocol()
    }

    fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.established()
            .map(agreed::peer_certificates)
            .unwrap_or_default()
    }

    fn is_resumed(&self) -> Option<bool> {
        self.established().map(SslRef::session_reused)
    }
}
