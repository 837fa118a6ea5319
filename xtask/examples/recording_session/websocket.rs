//! Texts both ways over TLS, against a server that sends them back.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use boom_stream::record::{IntoRecordedStream, RecordStats, RecordedStream, Recorder, WhenFull};
use boom_testkit::echo::EchoServer;
use boom_testkit::tls::Authority;
use boomnet::prelude::*;
use boomnet::tls::{IntoTlsStream, TlsConfig, TlsStream};
use boomnet::ws::{CloseCode, Error as WsError, util::parse_url};
use serde_json::{Value, json};

use crate::side::Side;
use crate::texts::Texts;

/// The port by which Wireshark takes what passes for HTTP, which becomes WebSocket.
const HTTP_PORT: u16 = 80;
/// What is under way at most, so that neither side waits for the other for ever.
const WINDOW: u64 = 1 << 20;
const MAX_OUTBOUND: usize = 8 << 20;

type Once = RecordedStream<TlsStream<TcpStream>>;
type Stack = Websocket<RecordedStream<Once>>;

/// Records in `session.pcapng`, and in `rotated.pcapng` and what follows it.
pub(crate) fn record(
    folder: &Path,
    messages: Option<u64>,
    rotate_bytes: u64,
) -> Result<Value, Box<dyn Error>> {
    let authority = Authority::new();
    let tls = authority.server_config(&["localhost"]);
    let server = EchoServer::builder().tls(tls).start()?;
    let mut ws = connect(&server, &authority, folder, rotate_bytes)?;
    if messages.is_none() {
        // Whoever ends this program wants to know since when it can be ended.
        println!("recording");
        io::stdout().flush()?;
    }
    let mut passed = Passed::default();
    exchange(&mut ws, messages.unwrap_or(u64::MAX), &mut passed)?;
    close(&mut ws, &mut passed)?;
    let (stream, _) = ws.into_parts();
    let (stream, rotated) = stream.finish();
    let (_, session) = stream.finish();
    let [session, rotated] = [session?, rotated?];
    is_complete(&session)?;
    is_complete(&rotated)?;
    Ok(json!({
        "frames": {
            "inbound": passed.received.to_json(),
            "outbound": passed.sent.to_json(),
        },
        "parts": rotated.files,
    }))
}

fn connect(
    server: &EchoServer,
    authority: &Authority,
    folder: &Path,
    rotate_bytes: u64,
) -> Result<Stack, Box<dyn Error>> {
    let (info, path, _) = parse_url(&server.url())?;
    let tls = TlsConfig::default().with_roots_pem(authority.certificate_pem().as_bytes())?;
    // Nothing may be missing, however slow the disk is.
    let recorder = Recorder::builder(folder)
        .when_full(WhenFull::Block)
        .packet_port(HTTP_PORT);
    let once = recorder.clone().name("session").build();
    let again = recorder.name("rotated").rotate_bytes(rotate_bytes).build();
    let stream = TcpStream::try_from(info)?
        .into_tls_stream_with_config(|config| *config = tls)?
        .into_recorded_stream_with(&once)?
        .into_recorded_stream_with(&again)?;
    Ok(stream.into_websocket_with_config(&path, |config| {
        *config = std::mem::take(config).with_max_outbound_bytes(MAX_OUTBOUND);
    })?)
}

/// What went each way.
#[derive(Debug, Default)]
struct Passed {
    sent: Side,
    received: Side,
}

impl Passed {
    fn has_room(&self) -> bool {
        self.sent.bytes - self.received.bytes < WINDOW
    }

    fn frame(&mut self, frame: &WebsocketFrame<'_>) -> Result<(), Box<dyn Error>> {
        match *frame {
            WebsocketFrame::Text(fin, payload) | WebsocketFrame::Continuation(fin, payload) => {
                self.received.text(fin, payload);
            }
            WebsocketFrame::Pong(_) => self.received.pongs += 1,
            ref other => return Err(format!("{other:?} came").into()),
        }
        Ok(())
    }
}

fn exchange(ws: &mut Stack, messages: u64, passed: &mut Passed) -> Result<(), Box<dyn Error>> {
    let mut texts = Texts::new();
    while passed.received.messages < messages || passed.received.pongs < passed.sent.pings {
        while passed.sent.messages < messages && passed.has_room() {
            send(ws, &mut texts, passed)?;
        }
        let before = passed.received.bytes;
        for frame in ws.read_batch()? {
            passed.frame(&frame?)?;
        }
        if passed.received.bytes == before {
            // The server may be on this core.
            std::thread::yield_now();
        }
    }
    Ok(())
}

/// Sends a text: whole, or in frames, with pings before and among them.
fn send(ws: &mut Stack, texts: &mut Texts, passed: &mut Passed) -> Result<(), WsError> {
    let count = match texts.below(20) {
        0 => 2 + texts.below(4),
        _ => 1,
    };
    let pings = texts.below(50) == 0;
    let text = texts.next_text().as_bytes();
    let size = text.len().div_ceil(count);
    let mut parts = text.chunks(size).enumerate().peekable();
    while let Some((number, part)) = parts.next() {
        let fin = parts.peek().is_none();
        if pings {
            ws.send_ping(Some(&passed.sent.pings.to_be_bytes()))?;
            passed.sent.pings += 1;
        }
        match number {
            0 => ws.send_text(fin, Some(part))?,
            _ => ws.send_continuation(fin, Some(part))?,
        }
        passed.sent.text(fin, part);
    }
    Ok(())
}

fn close(ws: &mut Stack, passed: &mut Passed) -> Result<(), WsError> {
    ws.send_close(Some(CloseCode::NORMAL), "done")?;
    passed.sent.closes += 1;
    loop {
        let answer = ws
            .read_batch()
            .and_then(|frames| frames.into_iter().try_for_each(|frame| frame.map(drop)));
        match answer {
            Ok(()) => {}
            Err(WsError::Closed(Some(CloseCode::NORMAL))) => {
                passed.received.closes += 1;
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
}

fn is_complete(stats: &RecordStats) -> Result<(), String> {
    match stats.is_complete() {
        true => Ok(()),
        false => Err(format!("the recording lacks something: {stats:?}")),
    }
}
