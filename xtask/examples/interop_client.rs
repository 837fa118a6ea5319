//! Receives messages over one bare [`Websocket`] and prints what they hash to; `cargo xtask interop` runs it.
//!
//! It sends a text, joins the frames of each message, or takes messages whole, sends them back if told to, and after the
//! last message closes by the closing handshake. It polls in a loop, as every client does, but is nothing more than the
//! protocol over a stream.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use boomnet::prelude::*;
use boomnet::tls::{IntoTlsReadyStream, TlsConfig, TlsReadyStream};
use boomnet::ws::{CloseCode, DeflateConfig, Error, Message, WebsocketConfig};
use clap::Parser;
use sha2::{Digest, Sha256};

/// Above the largest messages, 16 MiB, many of which may wait to be sent back.
const LIMIT: usize = 64 << 20;

#[derive(Debug, Parser)]
struct Arguments {
    /// The server, ws:// or wss://
    #[arg(long)]
    url: String,
    /// What to send first
    #[arg(long, value_name = "TEXT")]
    subscribe: String,
    /// The authority to trust for wss://
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// How many messages to receive
    #[arg(long, value_name = "N")]
    messages: u64,
    /// Send every message back
    #[arg(long)]
    echo: bool,
    /// Send back in frames of so many bytes
    #[arg(long, value_name = "BYTES")]
    echo_fragment: Option<usize>,
    /// Raise the limits for large messages
    #[arg(long)]
    large: bool,
    /// The server will break the connection off: print the error that this gives
    #[arg(long)]
    broken_off: bool,
    /// Offer to compress every message; messages are then taken whole
    #[arg(long)]
    deflate: bool,
    /// Offer to forget the window after each message, both ways
    #[arg(long)]
    no_takeover: bool,
    /// Demand a window of so many bits from the server
    #[arg(long, value_name = "BITS")]
    server_window: Option<u8>,
    /// Limit the window of our own
    #[arg(long, value_name = "BITS")]
    client_window: Option<u8>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut received = Received::default();
    let result = receive(&arguments, &mut received);
    let Received {
        hash,
        messages,
        bytes,
        ..
    } = received;
    let hash: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    println!("sha256 {hash} {messages} {bytes} {}", arguments.url);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interop_client: {error}");
            ExitCode::FAILURE
        }
    }
}

type Stack = Websocket<TlsReadyStream<TcpStream>>;

fn receive(arguments: &Arguments, received: &mut Received) -> io::Result<()> {
    let mut ws = connect(arguments)?;
    ws.send_text(true, Some(arguments.subscribe.as_bytes()))?;
    let result = exchange(&mut ws, arguments, received);
    if arguments.broken_off {
        return broken_off(&mut ws, result);
    }
    result?;
    println!("extensions {}", extensions(&ws));
    close(&mut ws)?;
    if received.messages == arguments.messages {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} messages came",
        received.messages
    )))
}

fn connect(arguments: &Arguments) -> io::Result<Stack> {
    let (connection_info, path, secure) = boomnet::ws::util::parse_url(&arguments.url)?;
    let tls = TlsConfig::default().with_roots_file(&arguments.ca)?;
    let stream = TcpStream::try_from(connection_info)?;
    let stream = stream.into_tls_ready_stream_with_config(secure, |config| *config = tls)?;
    stream.into_websocket_with_config(&path, |config| {
        let mut chosen = std::mem::take(config);
        if arguments.echo {
            chosen = chosen.with_max_outbound_bytes(LIMIT);
        }
        if arguments.large {
            chosen = chosen
                .with_max_frame_bytes(LIMIT)
                .with_max_message_bytes(LIMIT as u64);
        }
        if arguments.deflate {
            chosen = compressing(chosen, arguments);
        }
        *config = chosen;
    })
}

fn compressing(config: WebsocketConfig, arguments: &Arguments) -> WebsocketConfig {
    let mut deflate = DeflateConfig::new()
        .with_compress_from(0)
        .with_client_no_context_takeover(arguments.no_takeover)
        .with_server_no_context_takeover(arguments.no_takeover);
    if let Some(bits) = arguments.server_window {
        deflate = deflate.with_server_max_window_bits(bits);
    }
    if let Some(bits) = arguments.client_window {
        deflate = deflate.with_client_max_window_bits(bits);
    }
    config.with_deflate(deflate)
}

/// What the server has agreed to.
fn extensions(ws: &Stack) -> String {
    let header = ws
        .response()
        .and_then(|response| response.header("Sec-WebSocket-Extensions"));
    String::from_utf8_lossy(header.unwrap_or_default()).into_owned()
}

/// What has come, message by message.
#[derive(Debug, Default)]
struct Received {
    /// Over each message and a line feed.
    hash: Sha256,
    messages: u64,
    bytes: u64,
    /// The message under way, if what comes is frames.
    joined: Outgoing,
    /// Messages to be sent back.
    echo: Vec<Outgoing>,
}

/// A message on its way back.
#[derive(Clone, Debug, Default)]
struct Outgoing {
    is_text: bool,
    payload: Vec<u8>,
}

impl Received {
    fn message(&mut self, is_text: bool, payload: &[u8]) {
        self.hash.update(payload);
        self.hash.update(b"\n");
        self.messages += 1;
        self.bytes += payload.len() as u64;
        self.echo.push(Outgoing {
            is_text,
            payload: payload.to_vec(),
        });
    }

    fn frame(&mut self, frame: WebsocketFrame<'_>) {
        let (fin, payload) = match frame {
            WebsocketFrame::Text(fin, payload) => {
                self.joined.is_text = true;
                (fin, payload)
            }
            WebsocketFrame::Binary(fin, payload) => {
                self.joined.is_text = false;
                (fin, payload)
            }
            WebsocketFrame::Continuation(fin, payload) => (fin, payload),
            WebsocketFrame::Ping(_) | WebsocketFrame::Pong(_) | WebsocketFrame::Close(_) => return,
        };
        self.joined.payload.extend_from_slice(payload);
        if fin {
            let Outgoing { is_text, payload } = std::mem::take(&mut self.joined);
            self.message(is_text, &payload);
        }
    }
}

fn exchange(ws: &mut Stack, arguments: &Arguments, received: &mut Received) -> Result<(), Error> {
    let mut is_sending = arguments.echo;
    while received.messages < arguments.messages {
        if arguments.deflate {
            let mut messages = ws.read_messages()?;
            while let Some(message) = messages.next_message()? {
                match message {
                    Message::Text(text) => received.message(true, text.as_bytes()),
                    Message::Binary(data) => received.message(false, data),
                    Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
                }
            }
        } else {
            for frame in ws.read_batch()? {
                received.frame(frame?);
            }
        }
        for message in received.echo.drain(..) {
            if !is_sending {
                continue;
            }
            match send(ws, &message, arguments.echo_fragment) {
                // What came before the connection was broken off can still be received.
                Err(Error::Io(_)) if arguments.broken_off => is_sending = false,
                result => result?,
            }
        }
    }
    Ok(())
}

fn send(ws: &mut Stack, message: &Outgoing, fragment: Option<usize>) -> Result<(), Error> {
    let payload = message.payload.as_slice();
    let Some(size) = fragment.filter(|size| payload.len() > *size) else {
        return match message.is_text {
            true => ws.send_text(true, Some(payload)),
            false => ws.send_binary(true, Some(payload)),
        };
    };
    let mut parts = payload.chunks(size);
    let last = parts.next_back().unwrap_or_default();
    let mut message = match message.is_text {
        true => ws.fragmented_text(),
        false => ws.fragmented_binary(),
    };
    for part in parts {
        message.send(part)?;
    }
    message.finish(last)
}

/// Prints the error, which each later call has to give again.
fn broken_off(ws: &mut Stack, result: Result<(), Error>) -> io::Result<()> {
    let Err(error) = result else {
        return Err(io::Error::other("every message came"));
    };
    println!("end {}", name(&error));
    for _ in 0..2 {
        let again = ws.read_batch().map(drop).map_err(|error| name(&error));
        if again.as_ref() != Err(&name(&error)) {
            return Err(io::Error::other(format!(
                "after {error} there was {again:?}"
            )));
        }
    }
    Ok(())
}

fn name(error: &Error) -> String {
    match error {
        Error::Io(error) => format!("Io({:?})", error.kind()),
        error => format!("{error:?}"),
    }
}

/// Says goodbye and waits for the answer; anything but the answer is an error.
fn close(ws: &mut Stack) -> io::Result<()> {
    ws.send_close(Some(CloseCode::NORMAL), "")?;
    loop {
        let answer = ws
            .read_batch()
            .and_then(|frames| frames.into_iter().try_for_each(|frame| frame.map(drop)));
        match answer {
            Ok(()) => {}
            Err(Error::Closed(Some(CloseCode::NORMAL))) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
