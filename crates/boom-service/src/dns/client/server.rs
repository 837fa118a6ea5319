//! One attempt with one server.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::message::{Answer, Question};

/// Larger than any answer by UDP that we ask for; what is cut off is malformed.
const DATAGRAM_MAX: usize = 4096;

/// A server that is asked, from a port of its own, until a moment.
#[derive(Debug)]
pub(super) struct Attempt {
    server: SocketAddr,
    socket: UdpSocket,
    deadline: Instant,
}

impl Attempt {
    pub(super) fn new(server: SocketAddr, timeout: Duration) -> io::Result<Self> {
        let any: IpAddr = match server {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        // The system chooses the port, and takes datagrams only from the server.
        let socket = UdpSocket::bind((any, 0))?;
        socket.connect(server)?;
        Ok(Self {
            server,
            socket,
            deadline: Instant::now() + timeout,
        })
    }

    pub(super) fn send(&self, question: &Question) -> io::Result<()> {
        self.socket.send(question.bytes()).map(drop)
    }

    /// Waits for a datagram, whatever it is.
    pub(super) fn receive(&self) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; DATAGRAM_MAX];
        loop {
            self.socket.set_read_timeout(Some(self.left()?))?;
            match self.socket.recv(&mut buffer) {
                Ok(count) => {
                    buffer.truncate(count);
                    return Ok(buffer);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks by TCP, in what is left of the time.
    pub(super) fn by_tcp(&self, question: &Question) -> io::Result<Answer> {
        let mut stream = TcpStream::connect_timeout(&self.server, self.left()?)?;
        stream.set_write_timeout(Some(self.left()?))?;
        // RFC 1035 section 4.2.2: a length of two bytes before each message.
        let bytes = question.bytes();
        let length = u16::try_from(bytes.len()).map_err(|_| ErrorKind::InvalidInput)?;
        stream.write_all(&[&length.to_be_bytes(), bytes].concat())?;
        let mut length = [0; 2];
        self.read_exact(&mut stream, &mut length)?;
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        self.read_exact(&mut stream, &mut message)?;
        Ok(match question.read(&message) {
            // By TCP there is nothing larger to be had.
            None | Some(Answer::Truncated) => Answer::Malformed,
            Some(answer) => answer,
        })
    }

    /// However slowly it comes, it is over when the time is.
    fn read_exact(&self, stream: &mut TcpStream, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            stream.set_read_timeout(Some(self.left()?))?;
            match stream.read(buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => buffer = buffer.get_mut(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(left)
    }
}
