//! One TLS connection without I/O: ciphertext in, plaintext out, and the other way round.

use std::sync::Arc;

use ::rustls::ProtocolVersion;
use ::rustls::client::{
    ClientConfig, ClientConnectionData, EarlyDataError, UnbufferedClientConnection,
};
use ::rustls::pki_types::ServerName;
use ::rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, InsufficientSizeError, ReadTraffic,
    TransmitTlsData, WriteTraffic,
};

use boom_stream::buffer::{ReadBuffer, WriteBuffer};

use super::handover::{Agreed, Keys};
use crate::client::backend::Session;
use crate::client::ending::Ending;
use crate::{CipherSuite, EarlyData, Error, KeyExchangeGroup, TlsConfig, TlsVersion};

/// The state of one connection and its three buffers.
///
/// rustls may hold on to bytes at the front of `incoming` (the first part of a handshake message that is still coming
/// in), so it must be shown those bytes again, first, each time. `settled` says that it has looked at all of them.
pub(crate) struct Connection {
    /// `None` where there never was a connection, for a reason that `ending` tells, and where it was given away.
    connection: Option<UnbufferedClientConnection>,
    /// What the connection that was given away had agreed on.
    agreed: Option<Box<Agreed>>,
    /// Ciphertext received.
    incoming: ReadBuffer,
    /// True if nothing in `incoming` can give plaintext or progress before more bytes come in.
    settled: bool,
    /// True if rustls holds on to nothing in `incoming`, so that it may be shown no records at all.
    may_hide: bool,
    /// What a reader had no room for, from `plain_head` on.
    plain: Vec<u8>,
    plain_head: usize,
    /// Ciphertext that waits for the socket.
    outgoing: WriteBuffer,
    outbound_limit: usize,
    /// What the records have told of it so far.
    early_data: EarlyData,
    ending: Ending,
}

/// What one look at the records brought.
enum Step {
    /// rustls has more to do or to say.
    Again,
    /// Plaintext came out, this much of it into the reader's buffer.
    Plaintext(usize),
    PeerClosed,
    /// Nothing to do before bytes come in. `true` if the writer could do its work.
    Settled(bool),
}

impl Connection {
    /// The window, less the sixteenth that may be left of an earlier record, is still `READ_SIZE`, and a full record of
    /// TLS 1.3 without padding (16,406 bytes) fits.
    const WINDOW: usize = Self::READ_SIZE / 15 * 16 + 64;
    /// RFC 8446, section 5.2 (RFC 5246, section 6.2.3): a header of 5 bytes and at most 2^14 + 2048.
    const RECORD_MAX: usize = 5 + 16 * 1024 + 2048;
    /// rustls takes handshake messages of up to 64 KiB, and they stay in the buffer until they are whole.
    const INCOMING_LIMIT: usize = 64 * 1024 + Self::RECORD_MAX + Self::READ_SIZE;
    /// What a record adds to its plaintext at most: the 5 bytes of the header, and an explicit nonce of 8 and a tag of 16
    /// in TLS 1.2, or a type of 1 and the tag in TLS 1.3.
    const RECORD_OVERHEAD: usize = 29;
    const FRAGMENT_MAX: usize = 16 * 1024;
    const OUTGOING_CAPACITY: usize = 4 * 1024;
    /// Room beyond the user's limit, so that a full buffer never refuses an alert or an answer of the handshake.
    const OUTGOING_RESERVE: usize = 256 * 1024;

    pub(super) fn new(
        config: Arc<ClientConfig>,
        server_name: ServerName<'static>,
        outbound_limit: usize,
    ) -> Result<Self, Error> {
        let mut session = Self {
            connection: Some(UnbufferedClientConnection::new(config, server_name)?),
            agreed: None,
            incoming: ReadBuffer::new(Self::WINDOW, Self::INCOMING_LIMIT),
            settled: false,
            may_hide: false,
            plain: Vec::new(),
            plain_head: 0,
            outgoing: WriteBuffer::new(
                Self::OUTGOING_CAPACITY.min(outbound_limit),
                outbound_limit.saturating_add(Self::OUTGOING_RESERVE),
            ),
            outbound_limit,
            early_data: EarlyData::NotOffered,
            ending: Ending::default(),
        };
        // Queues the ClientHello, so that a service sees at once that there is something to write.
        session.handshake();
        Ok(session)
    }

    pub(super) const fn connection(&self) -> Option<&UnbufferedClientConnection> {
        self.connection.as_ref()
    }

    /// Gives the keys away, where nothing of the connection is under way; the session has ended then.
    pub(super) fn take_keys(&mut self) -> Result<Option<Keys>, Error> {
        self.check_writable()?;
        let is_idle = self.incoming.is_empty() && self.outgoing.is_empty() && !self.has_unqueued();
        if self.is_handshaking() || !is_idle || !self.plaintext().is_empty() {
            return Ok(None);
        }
        let agreed = Agreed::of(self);
        let Some(connection) = self.connection.take() else {
            return Ok(None);
        };
        self.agreed = Some(Box::new(agreed));
        // Nobody reads or writes by this session again: its buffers are of no use.
        self.incoming = ReadBuffer::new(0, 0);
        self.outgoing = WriteBuffer::new(0, 0);
        self.settled = true;
        self.ending.fail(Error::HandedOver);
        // Who has taken the keys tells the end of the connection.
        let _ = self.ending.tell();
        match connection.dangerous_into_kernel_connection() {
            Ok(keys) => Ok(Some(keys)),
            Err(error) => {
                let error = Error::from(error);
                self.ending.fail(error.clone());
                Err(error)
            }
        }
    }

    /// Number of plaintext bytes whose records fit below the outbound limit.
    fn writable(&self) -> usize {
        let room = self.outbound_limit.saturating_sub(self.outgoing.len());
        let records = room.div_ceil(Self::FRAGMENT_MAX + Self::RECORD_OVERHEAD);
        room.saturating_sub(records * Self::RECORD_OVERHEAD)
    }

    fn with_traffic(
        &mut self,
        mut work: impl FnMut(
            &mut WriteTraffic<'_, ClientConnectionData>,
            &mut WriteBuffer,
        ) -> Result<(), Error>,
    ) -> Result<(), Error> {
        loop {
            // Records that wait for a reader are not decrypted for the sake of a writer, where that can be helped.
            let show = self.settled || !self.may_hide;
            match self.step(show, &mut [], &mut work) {
                Ok(Step::Settled(true)) => return Ok(()),
                Ok(Step::Settled(false)) => return Err(Error::Closed),
                Ok(Step::PeerClosed) => self.peer_closed(),
                Ok(Step::Again | Step::Plaintext(_)) => {}
                Err(error) => {
                    self.fail(error.clone());
                    return Err(error);
                }
            }
        }
    }

    /// Takes one step with the records that are there. Returns the number of bytes written to `out`.
    fn look(&mut self, out: &mut [u8]) -> usize {
        let was_handshaking = self.is_handshaking();
        let step = self.step(true, out, |_, _| Ok(()));
        if was_handshaking && !self.is_handshaking() {
            self.shrink_incoming();
        }
        match step {
            Ok(Step::Again) => 0,
            Ok(Step::Plaintext(count)) => {
                self.settled = self.incoming.is_empty();
                count
            }
            Ok(Step::Settled(_)) => {
                self.settled = true;
                0
            }
            Ok(Step::PeerClosed) => {
                self.peer_closed();
                0
            }
            Err(error) => {
                self.fail(error);
                0
            }
        }
    }

    /// Shows rustls the records (or, with `show` false, none) and does what it asks for.
    fn step(
        &mut self,
        show: bool,
        out: &mut [u8],
        mut write: impl FnMut(
            &mut WriteTraffic<'_, ClientConnectionData>,
            &mut WriteBuffer,
        ) -> Result<(), Error>,
    ) -> Result<Step, Error> {
        let Some(connection) = &mut self.connection else {
            return Ok(Step::Settled(false));
        };
        let records = if show {
            self.incoming.filled_mut()
        } else {
            &mut []
        };
        let status = connection.process_tls_records(records);
        let mut discard = status.discard;
        let step = match status.state {
            Ok(ConnectionState::ReadTraffic(traffic)) => {
                deliver(traffic, out, &mut self.plain, &mut discard).map(Step::Plaintext)
            }
            Ok(ConnectionState::EncodeTlsData(mut data)) => {
                let queued = self.outgoing.len();
                let encoded = encode(&mut data, &mut self.outgoing);
                if self.early_data == EarlyData::Pending
                    && is_end_of_early_data(&self.outgoing.pending()[queued..])
                {
                    self.early_data = EarlyData::Accepted;
                }
                encoded.map(|()| Step::Again)
            }
            Ok(ConnectionState::TransmitTlsData(mut transmit)) => {
                let may_send = transmit.may_encrypt_early_data().is_some();
                if may_send {
                    // Only in this state rustls takes early data, and it stays in it, and goes on with what comes in, as
                    // long as it is not told that the rest is sent.
                    self.early_data = EarlyData::Pending;
                    Ok(Step::Settled(false))
                } else {
                    // Queued is as good as sent: the queue keeps the order.
                    transmit.done();
                    Ok(Step::Again)
                }
            }
            Ok(ConnectionState::PeerClosed) => Ok(Step::PeerClosed),
            Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                write(&mut traffic, &mut self.outgoing).map(|()| Step::Settled(true))
            }
            Ok(_) => Ok(Step::Settled(false)),
            Err(error) => Err(error.into()),
        };
        self.incoming.consume(discard);
        if show {
            // Application data may not stand amid a handshake message (RFC 8446, section 5.1), so after it rustls
            // holds on to nothing. Whatever else it stopped at, there may be messages that it has begun.
            self.may_hide = matches!(step, Ok(Step::Plaintext(_)));
        }
        step
    }

    fn peer_closed(&mut self) {
        self.ending.peer_closed();
        // RFC 8446, section 6.1: what comes after a close_notify is ignored.
        self.discard_incoming();
        // RFC 5246, section 7.2.1, wants an answer at once, and no more data. TLS 1.3 lets this side go on.
        let answers = self
            .connection
            .as_ref()
            .and_then(|connection| connection.protocol_version());
        if answers == Some(ProtocolVersion::TLSv1_2) {
            // A failure is kept as the end.
            let _ = self.close();
        }
    }

    /// Returns true if rustls has made output that is not queued.
    fn has_unqueued(&self) -> bool {
        self.connection
            .as_ref()
            .is_some_and(|connection| connection.wants_write())
    }

    /// Returns true if rustls would find a whole record, or the header of one that it refuses.
    fn holds_record(&self) -> bool {
        match self.incoming.filled() {
            [_, _, _, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                length <= rest.len() || length > Self::RECORD_MAX - 5
            }
            _ => false,
        }
    }

    fn discard_incoming(&mut self) {
        self.incoming.consume(self.incoming.len());
        self.settled = true;
    }

    /// Gives back what a long certificate chain made the buffer grow to.
    fn shrink_incoming(&mut self) {
        let rest = self.incoming.len();
        if self.incoming.capacity() > Self::WINDOW && rest <= Self::WINDOW {
            let mut smaller = ReadBuffer::new(Self::WINDOW, Self::INCOMING_LIMIT);
            smaller.free_mut()[..rest].copy_from_slice(self.incoming.filled());
            smaller.advance(rest);
            self.incoming = smaller;
        }
    }
}

impl Session for Connection {
    fn open(server_name: ServerName<'static>, config: &TlsConfig) -> Result<Self, Error> {
        Self::new(
            config.rustls_config()?,
            server_name,
            config.outbound_limit(),
        )
    }

    fn failed(error: Error) -> Self {
        Self {
            connection: None,
            agreed: None,
            incoming: ReadBuffer::new(0, 0),
            settled: true,
            may_hide: true,
            plain: Vec::new(),
            plain_head: 0,
            outgoing: WriteBuffer::new(0, 0),
            outbound_limit: 0,
            early_data: EarlyData::NotOffered,
            ending: Ending::failed(error),
        }
    }

    fn is_handshaking(&self) -> bool {
        match &self.connection {
            Some(connection) => connection.is_handshaking(),
            None => self.agreed.is_none(),
        }
    }

    fn has_buffered(&self) -> bool {
        self.plain_head < self.plain.len()
            || (!self.settled && self.holds_record())
            || self.ending.is_untold()
    }

    fn outgoing(&mut self) -> &mut WriteBuffer {
        &mut self.outgoing
    }

    fn has_outgoing(&self) -> bool {
        !self.outgoing.is_empty()
    }

    fn handshake(&mut self) -> usize {
        while !self.ending.has_come()
            && (self.has_unqueued() || (self.is_handshaking() && !self.settled))
        {
            self.look(&mut []);
        }
        usize::from(!self.is_handshaking())
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
        if self.plaintext().is_empty() {
            while self.plain.len() < Self::FRAGMENT_MAX && !self.settled {
                self.look(&mut []);
            }
        }
        self.plaintext().len()
    }

    fn plaintext(&self) -> &[u8] {
        &self.plain[self.plain_head..]
    }

    fn consume(&mut self, count: usize) {
        self.plain_head = self.plain_head.saturating_add(count).min(self.plain.len());
        if self.plain_head == self.plain.len() {
            self.plain.clear();
            self.plain_head = 0;
        }
    }

    fn receive_buffer(&mut self) -> Option<&mut ReadBuffer> {
        let rest = self.incoming.len();
        // A small rest is moved to the front by the read itself. With a larger one the buffer grows, once, so that the
        // read is not cut short. Beyond the limit the room that is left has to do.
        if rest > Self::WINDOW / 16 && self.incoming.reserve(rest + Self::READ_SIZE).is_err() {
            self.incoming.compact();
        }
        if self.incoming.len() == self.incoming.capacity() {
            self.fail(Error::HandshakeTooLarge);
            return None;
        }
        Some(&mut self.incoming)
    }

    fn received(&mut self) {
        self.settled = false;
    }

    fn received_eof(&mut self) {
        if !self.ending.has_come() {
            self.fail(Error::Truncated);
        }
    }

    fn fail(&mut self, error: Error) {
        self.ending.fail(error);
        self.discard_incoming();
        while let Some(connection) = self
            .connection
            .as_mut()
            .filter(|connection| connection.wants_write())
        {
            // Output comes before input, so rustls does not look for the bytes that are gone.
            let Ok(ConnectionState::EncodeTlsData(mut data)) =
                connection.process_tls_records(&mut []).state
            else {
                break;
            };
            if encode(&mut data, &mut self.outgoing).is_err() {
                break;
            }
        }
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
        if count > 0 {
            self.with_traffic(|traffic, outgoing| encrypt(traffic, &data[..count], outgoing))?;
        }
        Ok(count)
    }

    fn write_early(&mut self, data: &[u8]) -> Result<usize, Error> {
        // So that there is nothing to do but to send.
        self.handshake();
        let count = data.len().min(self.writable());
        let (Some(connection), EarlyData::Pending, true) =
            (&mut self.connection, self.early_data, count > 0)
        else {
            return Ok(0);
        };
        let status = connection.process_tls_records(self.incoming.filled_mut());
        let discard = status.discard;
        let taken = match status.state {
            Ok(ConnectionState::TransmitTlsData(mut transmit)) => {
                encrypt_early(&mut transmit, &data[..count], &mut self.outgoing)
            }
            _ => Ok(0),
        };
        self.incoming.consume(discard);
        taken
    }

    fn early_data(&self) -> EarlyData {
        match self.early_data {
            EarlyData::Pending if !self.is_handshaking() => EarlyData::Rejected,
            known => known,
        }
    }

    fn update_keys(&mut self) -> Result<bool, Error> {
        self.check_writable()?;
        // Amid a handshake message of the peer's, which rustls may hold on to, it takes new keys for a fault.
        let is_amid = !self.incoming.is_empty() && !self.may_hide;
        if is_amid || self.writable() == 0 {
            return Ok(false);
        }
        self.with_traffic(|_, _| Ok(()))?;
        let Some(connection) = &mut self.connection else {
            return Ok(false);
        };
        let Ok(ConnectionState::WriteTraffic(traffic)) =
            connection.process_tls_records(&mut []).state
        else {
            return Ok(false);
        };
        if let Err(error) = traffic.refresh_traffic_keys() {
            let error = Error::from(error);
            self.fail(error.clone());
            return Err(error);
        }
        self.with_traffic(|_, _| Ok(())).map(|()| true)
    }

    fn close(&mut self) -> Result<(), Error> {
        if !self.ending.close()? || self.is_handshaking() {
            return Ok(());
        }
        self.with_traffic(|traffic, outgoing| {
            queue(outgoing, 64, |room| traffic.queue_close_notify(room))
        })
    }

    fn protocol_version(&self) -> Option<TlsVersion> {
        if let Some(agreed) = &self.agreed {
            return agreed.version;
        }
        match self.connection()?.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some(TlsVersion::Tls12),
            ProtocolVersion::TLSv1_3 => Some(TlsVersion::Tls13),
            _ => None,
        }
    }

    fn cipher_suite(&self) -> Option<CipherSuite> {
        if let Some(agreed) = &self.agreed {
            return agreed.suite;
        }
        let suite = self.connection()?.negotiated_cipher_suite()?;
        Some(CipherSuite(suite.suite().into()))
    }

    fn key_exchange_group(&self) -> Option<KeyExchangeGroup> {
        if let Some(agreed) = &self.agreed {
            return agreed.group;
        }
        let group = self.connection()?.negotiated_key_exchange_group()?;
        Some(KeyExchangeGroup(group.name().into()))
    }

    fn alpn_protocol(&self) -> Option<&[u8]> {
        if let Some(agreed) = &self.agreed {
            return agreed.alpn.as_deref();
        }
        self.connection()?.alpn_protocol()
    }

    fn peer_certificates(&self) -> Vec<Vec<u8>> {
        if let Some(agreed) = &self.agreed {
            return agreed.certificates.clone();
        }
        let certificates = self
            .connection()
            .and_then(|connection| connection.peer_certificates());
        let certificates = certificates.unwrap_or_default().iter();
        certificates
            .map(|certificate| certificate.to_vec())
            .collect()
    }

    fn is_resumed(&self) -> Option<bool> {
        if let Some(agreed) = &self.agreed {
            return agreed.is_resumed;
        }
        let kind = self.connection()?.handshake_kind()?;
        Some(kind == ::rustls::HandshakeKind::Resumed)
    }
}

/// Moves plaintext to `out`, and to `plain` what does not fit. Returns the number of bytes in `out`.
fn deliver(
    mut traffic: ReadTraffic<'_, '_, ClientConnectionData>,
    out: &mut [u8],
    plain: &mut Vec<u8>,
    discard: &mut usize,
) -> Result<usize, Error> {
    let mut count = 0;
    while let Some(record) = traffic.next_record() {
        let record = record?;
        *discard += record.discard;
        let taken = record.payload.len().min(out.len() - count);
        let (fits, rest) = record.payload.split_at(taken);
        out[count..count + taken].copy_from_slice(fits);
        plain.extend_from_slice(rest);
        count += taken;
    }
    Ok(count)
}

/// Encrypts early data, as much as the server takes, and returns how much that is.
fn encrypt_early(
    transmit: &mut TransmitTlsData<'_, ClientConnectionData>,
    data: &[u8],
    outgoing: &mut WriteBuffer,
) -> Result<usize, Error> {
    let Some(mut early) = transmit.may_encrypt_early_data() else {
        return Ok(0);
    };
    // Twice is enough for the smallest fragments. With less room rustls would count data that it has not taken.
    let room = outgoing.reserve(2 * data.len() + 64);
    let room = room.map_err(|_| Error::OutboundFull)?;
    let written = match early.encrypt(data, room) {
        Ok(written) => written,
        Err(EarlyDataError::ExceededAllowedEarlyData) => return Ok(0),
        Err(EarlyDataError::Encrypt(EncryptError::EncryptExhausted)) => {
            return Err(Error::KeysExhausted);
        }
        Err(EarlyDataError::Encrypt(_)) => return Err(Error::OutboundFull),
    };
    // rustls says how many bytes the records have, not how much of the data it took.
    let taken = plaintext_len(&room[..written]);
    outgoing.commit(written);
    Ok(taken)
}

/// The length of the plaintext of records of TLS 1.3 without padding, which are 17 bytes longer (RFC 8446, section 5.2).
fn plaintext_len(mut records: &[u8]) -> usize {
    let mut sum = 0;
    while let [_, _, _, high, low, rest @ ..] = records {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        sum += length.saturating_sub(17);
        records = rest.get(length..).unwrap_or_default();
    }
    sum
}

/// Returns true if a record that rustls has queued in a handshake is `EndOfEarlyData`, with which a client answers to a
/// server that takes early data, and otherwise never sends (RFC 8446, section 4.5).
///
/// rustls 0.23 does not tell by its unbuffered interface whether early data was taken. The message has no content, and so
/// is the only one of 4 bytes that a client sends; encrypted that is a record of 21.
const fn is_end_of_early_data(record: &[u8]) -> bool {
    record.len() == 5 + 21 && record[0] == 23
}

fn encode(
    data: &mut EncodeTlsData<'_, ClientConnectionData>,
    outgoing: &mut WriteBuffer,
) -> Result<(), Error> {
    queue(outgoing, 0, |room| match data.encode(room) {
        Ok(count) => Ok(count),
        Err(EncodeError::InsufficientSize(size)) => Err(EncryptError::InsufficientSize(size)),
        Err(EncodeError::AlreadyEncoded) => Ok(0),
    })
}

fn encrypt(
    traffic: &mut WriteTraffic<'_, ClientConnectionData>,
    data: &[u8],
    outgoing: &mut WriteBuffer,
) -> Result<(), Error> {
    let records = data.len().div_ceil(Connection::FRAGMENT_MAX);
    let size = data.len() + records * Connection::RECORD_OVERHEAD;
    queue(outgoing, size, |room| traffic.encrypt(data, room))
}

/// Lets `fill` write into room for `size` bytes or, where it asks for more, for that many.
fn queue(
    outgoing: &mut WriteBuffer,
    mut size: usize,
    mut fill: impl FnMut(&mut [u8]) -> Result<usize, EncryptError>,
) -> Result<(), Error> {
    loop {
        let room = outgoing.reserve(size).map_err(|_| Error::OutboundFull)?;
        match fill(room) {
            Ok(count) => {
                outgoing.commit(count);
                return Ok(());
            }
            Err(EncryptError::InsufficientSize(InsufficientSizeError { required_size }))
                if required_size > size =>
            {
                size = required_size;
            }
            Err(EncryptError::InsufficientSize(_)) => return Err(Error::OutboundFull),
            Err(EncryptError::EncryptExhausted) => return Err(Error::KeysExhausted),
        }
    }
}
