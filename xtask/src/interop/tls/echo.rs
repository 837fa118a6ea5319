//! The server behind those that only end TLS.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::report::{Context, Result};

/// What a server sends by itself before it ends, of the letter x.
pub(super) const PARTING: usize = 50_000;

/// The answer that opens a tunnel through a proxy of HTTP.
const SWITCHING: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

/// Starts it, for as long as the program runs, and returns its port. The first line of a connection says what it does:
/// `echo` sends back what comes behind that line, `close` sends [`PARTING`] bytes and ends.
pub(super) fn start() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    let port = listener.local_addr().context("no free port")?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    Ok(port)
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if let Some(path) = line.strip_prefix("GET /") {
        let command = path.split(' ').next().unwrap_or_default().to_owned();
        while line != "\r\n" && !line.is_empty() {
            line.clear();
            reader.read_line(&mut line)?;
        }
        stream.write_all(SWITCHING)?;
        line = command;
    }
    match line.split_whitespace().next() {
        Some("echo") => echo(&mut reader, &mut stream),
        Some("close") => stream.write_all(&[b'x'; PARTING]),
        _ => Ok(()),
    }
}

fn echo(reader: &mut impl Read, stream: &mut TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count])?,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Shutdown;

    use super::*;

    /// All that comes back for `said`, without what belongs to HTTP.
    fn answer(said: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", start().unwrap())).unwrap();
        stream.write_all(said).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    #[test]
    fn the_first_line_says_what_it_does() {
        assert_eq!(answer(b"echo please\nbytes"), b"bytes");
        assert_eq!(answer(b"close\n"), [b'x'; PARTING]);
        let tunnel = answer(b"GET /echo HTTP/1.1\r\nHost: a\r\n\r\nbytes");
        assert_eq!(tunnel, [SWITCHING, b"bytes"].concat());
    }
}
