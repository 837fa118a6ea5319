//! The client that the Autobahn test suite examines: it sends every message back. `cargo xtask autobahn` runs it.
//!
//! The suite's server has a list of cases. The client asks how many there are, opens a connection for each, echoes what
//! comes until the server closes or breaks the protocol, and at the end has the server write its report.
//!
//! ```text
//! cargo run --release --example autobahn_client -- --url ws://127.0.0.1:9001 --agent boomnet
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use boomnet::prelude::*;
use boomnet::select::{Ready, Selector, Token};
use boomnet::stream::{Layer, Socket};
use boomnet::ws::DeflateConfig;
use boomnet::ws::{Error, Message};
use clap::{Parser, ValueEnum};

/// The suite sends messages of up to 16 MiB.
const LIMIT: usize = 64 << 20;

/// How long the server may take to end the TCP connection once the closing handshake is done.
const CLOSE_MAX: Duration = Duration::from_secs(10);

#[derive(Debug, Parser)]
struct Arguments {
    /// The server, ws:// or wss://
    #[arg(long, default_value = "ws://127.0.0.1:9001")]
    url: String,
    /// The name in the report
    #[arg(long, default_value = "boomnet")]
    agent: String,
    /// The authority to trust for wss://
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// What watches the socket
    #[arg(long, value_enum, default_value_t = SelectorKind::Direct)]
    selector: SelectorKind,
    /// What is taken from the connection
    #[arg(long, value_enum, default_value_t = Reading::Messages)]
    reading: Reading,
    /// One case alone, such as 6.4.1
    #[arg(long, value_name = "ID")]
    case: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SelectorKind {
    Direct,
    Mio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reading {
    /// Whole messages
    Messages,
    /// Frames, which the client joins itself
    Frames,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.selector {
        SelectorKind::Direct => run(&arguments, DirectSelector::new(), |stream| stream),
        SelectorKind::Mio => MioSelector::new()
            .and_then(|selector| run(&arguments, selector, IntoMioStream::into_mio_stream)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("autobahn_client: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Goes through the cases over streams that `wrap` makes for `selector`.
fn run<B, L>(arguments: &Arguments, selector: L, wrap: fn(TcpStream) -> B) -> io::Result<()>
where
    B: Read + Write + Socket + Layer<Base = B>,
    L: Selector<B>,
{
    let tls = match &arguments.ca {
        Some(file) => TlsConfig::default().with_roots_file(file)?,
        None => TlsConfig::default(),
    };
    let mut client = Client {
        url: arguments.url.trim_end_matches('/'),
        tls,
        reading: arguments.reading,
        selector,
        wrap,
    };
    let agent = &arguments.agent;
    if let Some(case) = &arguments.case {
        client.echo(&format!("/runCase?casetuple={case}&agent={agent}"))?;
    } else {
        for case in 1..=client.case_count()? {
            client.echo(&format!("/runCase?case={case}&agent={agent}"))?;
        }
    }
    client.echo(&format!("/updateReports?agent={agent}"))
}

/// Opens the connections, one after the other.
struct Client<'a, B, L> {
    url: &'a str,
    tls: TlsConfig,
    reading: Reading,
    selector: L,
    wrap: fn(TcpStream) -> B,
}

impl<B, L> Client<'_, B, L>
where
    B: Read + Write + Socket + Layer<Base = B>,
    L: Selector<B>,
{
    fn case_count(&mut self) -> io::Result<usize> {
        let mut count = None;
        self.exchange("/getCaseCount", |_, message| {
            count = String::from_utf8_lossy(&message.bytes).parse().ok();
            Ok(())
        })?;
        count.ok_or_else(|| io::Error::other("the server gave no number of cases"))
    }

    fn echo(&mut self, path: &str) -> io::Result<()> {
        self.exchange(path, |ws, message| match message.kind {
            Kind::Text => ws.send_text(true, Some(&message.bytes)),
            Kind::Binary => ws.send_binary(true, Some(&message.bytes)),
        })
    }

    /// Opens a connection, hands each message to `handle`, and ends when the connection does.
    fn exchange(
        &mut self,
        path: &str,
        mut handle: impl FnMut(&mut Stack<B>, &Received) -> Result<(), Error>,
    ) -> io::Result<()> {
        let stack = self.open(path)?;
        let mut connection = Connection::new(stack, &mut self.selector)?;
        let mut received = Received::default();
        let end = loop {
            match received.take_from(&mut connection.ws, self.reading) {
                Ok(true) => {
                    if let Err(error) = handle(&mut connection.ws, &received) {
                        break error;
                    }
                }
                Ok(false) => connection.wait(connection.ws.has_buffered())?,
                Err(error) => break error,
            }
        };
        match end {
            // The server has closed or broken the protocol, as many a case wants it to; the answer is queued.
            Error::Closed(_) | Error::Protocol(_) => connection.finish(),
            // What an end without a closing handshake means is the server's to judge.
            Error::Io(error) if connection.ws.response().is_some() => {
                eprintln!("{path}: {error}");
                Ok(())
            }
            error => Err(io::Error::other(format!("{path}: {error}"))),
        }
    }

    fn open(&self, path: &str) -> io::Result<Stack<B>> {
        let (connection_info, path, secure) =
            boomnet::ws::util::parse_url(&format!("{}{path}", self.url))?;
        let stream = (self.wrap)(TcpStream::try_from(connection_info)?);
        let stream = stream
            .into_tls_ready_stream_with_config(secure, |config| *config = self.tls.clone())?;
        stream.into_websocket_with_config(&path, |config| {
            *config = WebsocketConfig::new()
                .with_max_frame_bytes(LIMIT)
                .with_max_message_bytes(LIMIT as u64)
                .with_max_outbound_bytes(LIMIT);
            // Compressed messages are not lent as frames.
            if self.reading == Reading::Messages {
                // The suite's server takes an offer only where both of these parameters stand in it.
                let deflate = DeflateConfig::new()
                    .with_client_no_context_takeover(true)
                    .with_compress_from(0);
                *config = std::mem::take(config).with_deflate(deflate);
            }
        })
    }
}

type Stack<B> = Websocket<TlsReadyStream<B>>;

/// A whole message.
#[derive(Debug, Default)]
struct Received {
    kind: Kind,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Kind {
    #[default]
    Text,
    Binary,
}

impl Received {
    /// Returns true once a message is whole. What was read beyond it stays with the connection.
    fn take_from<S: Read + Write>(
        &mut self,
        ws: &mut Websocket<S>,
        reading: Reading,
    ) -> Result<bool, Error> {
        match reading {
            Reading::Messages => self.take_message(ws),
            Reading::Frames => self.take_frames(ws),
        }
    }

    fn take_message<S: Read + Write>(&mut self, ws: &mut Websocket<S>) -> Result<bool, Error> {
        let mut messages = ws.read_messages()?;
        while let Some(message) = messages.next_message()? {
            match message {
                Message::Text(text) => self.start(Kind::Text, text.as_bytes()),
                Message::Binary(data) => self.start(Kind::Binary, data),
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) => continue,
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn take_frames<S: Read + Write>(&mut self, ws: &mut Websocket<S>) -> Result<bool, Error> {
        for frame in ws.read_batch()? {
            let fin = match frame? {
                WebsocketFrame::Text(fin, payload) => {
                    self.start(Kind::Text, payload);
                    fin
                }
                WebsocketFrame::Binary(fin, payload) => {
                    self.start(Kind::Binary, payload);
                    fin
                }
                WebsocketFrame::Continuation(fin, payload) => {
                    self.bytes.extend_from_slice(payload);
                    fin
                }
                WebsocketFrame::Ping(_) | WebsocketFrame::Pong(_) | WebsocketFrame::Close(_) => {
                    false
                }
            };
            if fin {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn start(&mut self, kind: Kind, payload: &[u8]) {
        self.kind = kind;
        self.bytes.clear();
        self.bytes.extend_from_slice(payload);
    }
}

/// An open connection and the selector that watches its socket.
struct Connection<'a, B: Read + Write + Socket + Layer<Base = B>, L: Selector<B>> {
    ws: Stack<B>,
    selector: &'a mut L,
    ready: Vec<Ready>,
}

const TOKEN: Token = Token {
    index: 0,
    generation: 0,
};

impl<'a, B: Read + Write + Socket + Layer<Base = B>, L: Selector<B>> Connection<'a, B, L> {
    fn new(mut ws: Stack<B>, selector: &'a mut L) -> io::Result<Self> {
        selector.register(ws.base_mut(), TOKEN)?;
        Ok(Self {
            ws,
            selector,
            ready: Vec::new(),
        })
    }

    /// Returns when the selector reports something, or at once where the socket may be read or there `is_more` above it.
    ///
    /// Nobody asks whether there is something to write: each turn has written what the socket takes.
    fn wait(&mut self, is_more: bool) -> io::Result<()> {
        if is_more || self.selector.may_read(self.ws.base()) {
            return Ok(());
        }
        self.ready.clear();
        self.selector
            .poll(&mut self.ready, Some(Duration::from_secs(1)))?;
        for report in &self.ready {
            self.selector.deliver(self.ws.base_mut(), report.readiness);
        }
        Ok(())
    }

    /// Sends the close frame that is queued and waits for the server to end the TCP connection, which RFC 6455 §7.1.1
    /// asks of a client. To end it from here while bytes are on the way would reset it, and the server might never read
    /// the close frame.
    fn finish(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + CLOSE_MAX;
        let mut rest = [0; 4096];
        while Instant::now() < deadline {
            let _ = self.ws.flush();
            match self.ws.stream_mut().read(&mut rest) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.wait(self.ws.stream().has_buffered())?;
                }
                Err(_) => return Ok(()),
            }
        }
        Err(io::Error::new(
            ErrorKind::TimedOut,
            "the server did not end the TCP connection",
        ))
    }
}

impl<B: Read + Write + Socket + Layer<Base = B>, L: Selector<B>> Drop for Connection<'_, B, L> {
    fn drop(&mut self) {
        // The socket is closed next, which ends every registration anyway.
        let _ = self.selector.deregister(self.ws.base_mut(), TOKEN);
    }
}
