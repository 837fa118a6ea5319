//! A TLS client amid bytes that no server sends: any bytes at all, or the handshake and the data of a real server with
//! some of its bytes changed, lost or made up. Whatever comes, the client ends by an end or an error that stays, gives out
//! nothing that the server has not said, and holds no more than was sent to it.

use std::io::{ErrorKind, Read, Write};
use std::sync::{Arc, LazyLock};

use boom_stream::Layer;
use boom_testkit::alloc;
use boom_testkit::stream::ScriptedStream;
use boom_testkit::tls::Authority;
use boom_tls::{Backend, Roots, Stream, TlsConfig, TlsVersion};
use rustls::{ServerConfig, ServerConnection};

/// The first byte of an input: which backend, which version, whether there is a server, and whether what comes instead of
/// one comes again and again.
const OPENSSL: u8 = 1;
const TLS_1_2: u8 = 2;
const NO_SERVER: u8 = 4;
const FLOOD: u8 = 8;

/// What the server says after the handshake.
const SAID: [u8; 3000] = [b'd'; 3000];

const FLOOD_SIZE: usize = 256 * 1024;

/// More than a client has to say in a handshake: a ClientHello or two, a Finished, an alert, an answer to a KeyUpdate for
/// each of the peer's.
const ANSWERS_MAX: usize = 64 * 1024;

/// What a handshake allocates, whatever comes: certificates, keys, buffers.
const ALLOCATED_MAX: u64 = 1024 * 1024;

/// The second byte says how long the pieces are that the client is given.
pub fn run(data: &[u8]) {
    let [flags, piece, input @ ..] = data else {
        return;
    };
    let piece = match *piece {
        0 => usize::MAX,
        piece => usize::from(piece),
    };
    if flags & OPENSSL == 0 {
        attempt::<boom_tls::rustls::Backend>(*flags, piece, input);
    } else {
        attempt::<boom_tls::openssl::Backend>(*flags, piece, input);
    }
}

fn attempt<B: Backend>(flags: u8, piece: usize, input: &[u8]) {
    let version = if flags & TLS_1_2 == 0 {
        TlsVersion::Tls13
    } else {
        TlsVersion::Tls12
    };
    let config = WORLD.config(version);
    let mut client = Client::<B>::new(config);
    if flags & NO_SERVER == 0 {
        with_server(&mut client, piece, &Edits::new(input));
    } else if flags & FLOOD == 0 {
        client.give(input, piece);
    } else if !input.is_empty() {
        let rounds = FLOOD_SIZE / input.len();
        client.give(&input.repeat(rounds), usize::MAX);
    }
    client.finish();
}

/// Lets the client and a server speak, with the edits between them.
fn with_server<B: Backend>(client: &mut Client<B>, piece: usize, edits: &Edits) {
    let mut server = ServerConnection::new(WORLD.server.clone()).expect("a sound configuration");
    let mut offset = 0;
    let mut has_spoken = false;
    for _ in 0..16 {
        client.read();
        let said = client.stream.base_mut().take_written();
        let mut said = &said[..];
        while !said.is_empty() && server.read_tls(&mut said).is_ok_and(|count| count > 0) {
            if server.process_new_packets().is_err() {
                break;
            }
        }
        if !server.is_handshaking() && !has_spoken {
            has_spoken = true;
            server.writer().write_all(&SAID).expect("room");
            server.send_close_notify();
        }
        let mut answer = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut answer).expect("a Vec");
        }
        let (damaged, is_cut) = edits.apply(offset, &answer);
        offset += answer.len();
        client.give(&damaged, piece);
        if is_cut {
            return;
        }
    }
    if edits.0.is_empty() {
        assert_eq!(client.received.len(), SAID.len());
        assert!(
            client.has_ended_well,
            "an honest server is heard to its end"
        );
    }
}

/// What happens to the bytes on their way, by where they are in all that the server sends.
struct Edits(Vec<(usize, Edit)>);

enum Edit {
    Flip(u8),
    Insert(u8),
    Remove,
    Cut,
}

impl Edits {
    const MAX: usize = 16;

    /// Four bytes each; a rest does not count.
    fn new(input: &[u8]) -> Self {
        let edits = input.chunks_exact(4).take(Self::MAX).map(|edit| {
            let place = usize::from(u16::from_be_bytes([edit[1], edit[2]])) % 6000;
            let edit = match edit[0] % 4 {
                0 => Edit::Flip(edit[3].max(1)),
                1 => Edit::Insert(edit[3]),
                2 => Edit::Remove,
                _ => Edit::Cut,
            };
            (place, edit)
        });
        Self(edits.collect())
    }

    /// Returns the bytes that arrive, and whether nothing comes after them.
    fn apply(&self, offset: usize, bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut arrived = Vec::new();
        for (index, byte) in bytes.iter().enumerate() {
            let mut byte = Some(*byte);
            for (_, edit) in self.0.iter().filter(|(place, _)| *place == offset + index) {
                match edit {
                    Edit::Flip(bits) => byte = byte.map(|byte| byte ^ bits),
                    Edit::Insert(new) => arrived.push(*new),
                    Edit::Remove => byte = None,
                    Edit::Cut => return (arrived, true),
                }
            }
            arrived.extend(byte);
        }
        (arrived, false)
    }
}

struct Client<B: Backend> {
    stream: Stream<ScriptedStream, B>,
    /// How many bytes it was given.
    given: usize,
    allocated: u64,
    received: Vec<u8>,
    has_ended_well: bool,
    error: Option<ErrorKind>,
}

impl<B: Backend> Client<B> {
    fn new(config: &TlsConfig) -> Self {
        let stream = ScriptedStream::new();
        Self {
            stream: Stream::new(stream, "localhost", config).expect("a sound configuration"),
            given: 0,
            allocated: 0,
            received: Vec::new(),
            has_ended_well: false,
            error: None,
        }
    }

    fn give(&mut self, bytes: &[u8], piece: usize) {
        for piece in bytes.chunks(piece) {
            self.given += piece.len();
            self.stream.base_mut().push_read(piece);
            self.read();
        }
    }

    /// Reads until there is nothing to be had.
    fn read(&mut self) {
        let mut buffer = [0; 4096];
        for _ in 0..=self.given + 8 {
            let mut result = Ok(0);
            let allocations = alloc::count(|| result = self.stream.read(&mut buffer));
            self.allocated += allocations.bytes;
            match result {
                Ok(0) => {
                    self.has_ended_well = true;
                    return;
                }
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if self.stream.get_ref().is_read_out() {
                        return;
                    }
                }
                Err(error) => {
                    let first = *self.error.get_or_insert(error.kind());
                    assert_eq!(error.kind(), first, "a failure stays");
                    return;
                }
            }
        }
        panic!("it reads on and on");
    }

    /// The stream below ends, and what has come of it is checked.
    fn finish(mut self) {
        self.stream.base_mut().push_eof();
        self.read();
        assert!(self.has_ended_well || self.error.is_some(), "it ends");
        self.read();
        assert!(SAID.starts_with(&self.received), "nothing is made up");
        if self.has_ended_well && !self.stream.is_handshaking() {
            assert_eq!(self.received.len(), SAID.len(), "an end is no cut");
        }
        if self.error.is_some() {
            assert!(self.stream.write(b"secret").is_err(), "it is over");
        }
        let answers = self.stream.base_mut().take_written().len();
        assert!(answers <= ANSWERS_MAX, "{answers} bytes of answers");
        let limit = ALLOCATED_MAX + 16 * self.given as u64;
        assert!(
            self.allocated <= limit,
            "{} bytes allocated",
            self.allocated
        );
    }
}

/// An authority and those who know it, made once: keys take time.
struct World {
    server: Arc<ServerConfig>,
    modern: TlsConfig,
    older: TlsConfig,
}

impl World {
    const fn config(&self, version: TlsVersion) -> &TlsConfig {
        match version {
            TlsVersion::Tls12 => &self.older,
            _ => &self.modern,
        }
    }
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = Authority::new();
    let config = TlsConfig::default()
        .with_roots(Roots::OwnOnly)
        .with_root_der(authority.certificate_der())
        .expect("an authority's certificate")
        // The same input finds the same client.
        .without_resumption();
    World {
        server: authority.server_config(&["localhost"]),
        modern: config.clone().with_min_version(TlsVersion::Tls13),
        older: config.with_max_version(TlsVersion::Tls12),
    }
});
