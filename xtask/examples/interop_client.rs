//! Receives messages over one bare [`Websocket`] and prints what they hash to; `cargo xtask interop` runs it.
//!
//! It sends a text, puts the frames of each message together, and after the last message closes by the closing
//! handshake. It polls in a loop, as every client does, but is nothing more than the protocol over a stream.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use boomnet::prelude::*;
use boomnet::tls::{IntoTlsReadyStream, TlsConfig, TlsReadyStream};
use boomnet::ws::{CloseCode, Error};
use clap::Parser;
use sha2::{Digest, Sha256};

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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match receive(&arguments) {
        Ok(received) => {
            let Received {
                hash,
                messages,
                bytes,
            } = received;
            let hash: String = hash
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            println!("sha256 {hash} {messages} {bytes} {}", arguments.url);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("interop_client: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What has come, message by message.
#[derive(Debug, Default)]
struct Received {
    /// Over each message and a line feed.
    hash: Sha256,
    messages: u64,
    bytes: u64,
}

impl Received {
    fn frame(&mut self, fin: bool, payload: &[u8]) {
        self.hash.update(payload);
        self.bytes += payload.len() as u64;
        if fin {
            self.hash.update(b"\n");
            self.messages += 1;
        }
    }
}

fn receive(arguments: &Arguments) -> io::Result<Received> {
    let mut ws = connect(arguments)?;
    ws.send_text(true, Some(arguments.subscribe.as_bytes()))?;
    let mut received = Received::default();
    while received.messages < arguments.messages {
        for frame in ws.read_batch()? {
            match frame? {
                WebsocketFrame::Text(fin, payload)
                | WebsocketFrame::Binary(fin, payload)
                | WebsocketFrame::Continuation(fin, payload) => received.frame(fin, payload),
                WebsocketFrame::Ping(_) | WebsocketFrame::Pong(_) | WebsocketFrame::Close(_) => {}
            }
        }
    }
    close(&mut ws)?;
    if received.messages == arguments.messages {
        return Ok(received);
    }
    Err(io::Error::other(format!(
        "{} messages came",
        received.messages
    )))
}

fn connect(arguments: &Arguments) -> io::Result<Websocket<TlsReadyStream<TcpStream>>> {
    let (connection_info, path, secure) = boomnet::ws::util::parse_url(&arguments.url)?;
    let tls = TlsConfig::default().with_roots_file(&arguments.ca)?;
    let stream = TcpStream::try_from(connection_info)?;
    let stream = stream.into_tls_ready_stream_with_config(secure, |config| *config = tls)?;
    Ok(stream.into_websocket(&path))
}

/// Says goodbye and waits for the answer; anything but the answer is an error.
fn close(ws: &mut Websocket<TlsReadyStream<TcpStream>>) -> io::Result<()> {
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
