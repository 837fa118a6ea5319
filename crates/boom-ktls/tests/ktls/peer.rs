//! A server of rustls on a thread, in user space.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustls::{ServerConfig, ServerConnection};

/// One connection of the server's.
pub(crate) struct Peer {
    pub(crate) socket: TcpStream,
    pub(crate) tls: ServerConnection,
    /// All that came in, as it was on the wire.
    pub(crate) wire: Vec<u8>,
    plain: Vec<u8>,
    pub(crate) has_ended: bool,
}

/// Serves one connection after the other, as many as there are scripts, and returns the port.
pub(crate) fn serve<T: Send + 'static>(
    config: Arc<ServerConfig>,
    connections: usize,
    script: impl Fn(usize, Peer) -> T + Send + 'static,
) -> (u16, JoinHandle<Vec<T>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let mut results = Vec::new();
        for connection in 0..connections {
            let socket = listener.accept().unwrap().0;
            socket.set_nodelay(true).unwrap();
            let tls = ServerConnection::new(config.clone()).unwrap();
            let peer = Peer {
                socket,
                tls,
                wire: Vec::new(),
                plain: Vec::new(),
                has_ended: false,
            };
            results.push(script(connection, peer));
        }
        results
    });
    (port, server)
}

impl Peer {
    pub(crate) fn shake(&mut self) {
        while self.tls.is_handshaking() {
            self.send();
            if self.tls.is_handshaking() {
                assert!(!self.has_ended, "the client ends amid the handshake");
                self.receive();
            }
        }
        self.send();
    }

    /// Sends what waits.
    pub(crate) fn send(&mut self) {
        let bytes = self.take_out();
        // A client that is gone is seen by the test.
        let _ = self.socket.write_all(&bytes);
    }

    /// What would be sent.
    pub(crate) fn take_out(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut bytes).unwrap();
        }
        bytes
    }

    /// Encrypts, and does not send.
    pub(crate) fn seal(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.tls.writer().write_all(bytes).unwrap();
        self.take_out()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let sealed = self.seal(bytes);
        self.socket.write_all(&sealed).unwrap();
    }

    /// Receives once, and answers what TLS has to.
    pub(crate) fn receive(&mut self) {
        self.receive_without_answer();
        self.send();
    }

    pub(crate) fn receive_without_answer(&mut self) {
        let mut room = vec![0; 32 * 1024];
        let count = match self.socket.read(&mut room) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("{error}"),
        };
        self.has_ended = count == 0;
        let mut bytes = &room[..count];
        self.wire.extend_from_slice(bytes);
        while !bytes.is_empty() {
            self.tls.read_tls(&mut bytes).unwrap();
            match self.tls.process_new_packets() {
                Ok(state) => {
                    let mut plain = vec![0; state.plaintext_bytes_to_read()];
                    self.tls.reader().read_exact(&mut plain).unwrap();
                    self.plain.extend_from_slice(&plain);
                }
                Err(error) => {
                    self.send();
                    panic!("the server fails: {error}");
                }
            }
        }
    }

    /// Receives until there is data or an end. Returns whether it is the end.
    pub(crate) fn wait_for_data(&mut self) -> bool {
        while self.plain.is_empty() {
            if self.has_ended || self.is_closed() {
                return true;
            }
            self.receive();
        }
        false
    }

    pub(crate) fn read_exact(&mut self, length: usize) -> Vec<u8> {
        while self.plain.len() < length {
            assert!(!self.has_ended, "the client ends too early");
            self.receive();
        }
        self.plain.drain(..length).collect()
    }

    /// Receives until the client has sent `close_notify` or ended otherwise. Returns whether it has said so.
    pub(crate) fn wait_for_close(&mut self) -> bool {
        loop {
            if self.is_closed() {
                return true;
            }
            if self.has_ended {
                return false;
            }
            self.receive();
        }
    }

    /// Receives until the socket's end, whatever that is.
    pub(crate) fn wait_for_any_end(&mut self) {
        while matches!(self.socket.read(&mut [0; 4096]), Ok(1..)) {}
    }

    /// The same, and says what TLS failed with before.
    pub(crate) fn wait_for_failure(&mut self) -> Option<rustls::Error> {
        loop {
            let mut room = [0; 4096];
            let Ok(count @ 1..) = self.socket.read(&mut room) else {
                return None;
            };
            let mut bytes = &room[..count];
            self.tls.read_tls(&mut bytes).unwrap();
            if let Err(error) = self.tls.process_new_packets() {
                self.wait_for_any_end();
                return Some(error);
            }
        }
    }

    fn is_closed(&mut self) -> bool {
        // The reader tells the end of the data only after `close_notify`.
        matches!(self.tls.reader().read(&mut [0; 1]), Ok(0))
    }

    pub(crate) fn close_notify(&mut self) {
        self.tls.send_close_notify();
        self.send();
    }
}
