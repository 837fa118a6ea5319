//! A recorded client of a thread that plays a script.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::thread;

use boom_stream::record::{IntoRecordedStream, RecordedStream, Recorder};
use boomnet::tcp::TcpStream;

/// One turn: what this side says, in one write or more, and what the server answers once it has all of it.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) says: Vec<Vec<u8>>,
    pub(crate) answer: Vec<u8>,
}

/// Plays the turns and records them in `name.pcapng`.
pub(crate) fn record(
    folder: &Path,
    name: &str,
    port: u16,
    turns: Vec<Turn>,
) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let script: Vec<_> = turns
        .iter()
        .map(|turn| (turn.says.concat().len(), turn.answer.clone()))
        .collect();
    let server = thread::spawn(move || play(&listener, &script));
    let recorder = Recorder::builder(folder)
        .name(name)
        .packet_port(port)
        .build();
    let mut stream =
        TcpStream::try_from(("127.0.0.1", address.port()))?.into_recorded_stream_with(&recorder)?;
    for turn in &turns {
        for part in &turn.says {
            until_done(|| stream.write_all(part))?;
        }
        listen(&mut stream, &turn.answer)?;
    }
    // The server has said all.
    while until_done(|| stream.read(&mut [0; 64]))? > 0 {}
    let (_, result) = stream.finish();
    let stats = result?;
    server.join().map_err(|_| "the server has panicked")??;
    match stats.is_complete() {
        true => Ok(()),
        false => Err(format!("the recording lacks something: {stats:?}").into()),
    }
}

fn listen(stream: &mut RecordedStream<TcpStream>, answer: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    while heard.len() < answer.len() {
        let count = until_done(|| stream.read(&mut buffer))?;
        if count == 0 {
            return Err("the server has ended".into());
        }
        heard.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
    match heard == answer {
        true => Ok(()),
        false => Err("the answer is another".into()),
    }
}

/// Polls, as every client does. What is written here is little enough to be taken whole or not at all.
fn until_done<T>(mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match work() {
            Err(error) if is_later(&error) => thread::yield_now(),
            result => return result,
        }
    }
}

fn is_later(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected | io::ErrorKind::Interrupted
    )
}

fn play(listener: &TcpListener, script: &[(usize, Vec<u8>)]) -> io::Result<()> {
    let (mut socket, _) = listener.accept()?;
    for (length, answer) in script {
        socket.read_exact(&mut vec![0; *length])?;
        socket.write_all(answer)?;
    }
    Ok(())
}
