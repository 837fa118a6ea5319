//! Servers of other people: `openssl s_server` and nginx, where they are installed.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use boom_ktls::Backend;
#[cfg(feature = "rustls")]
use boom_ktls::Offload;
use boom_testkit::tls::Authority;
use boom_tls::TlsVersion;

use crate::support::{
    Dice, connect, expected, only, read_exact, read_to_end, shake, trusting, until, write_all,
};

const VERSIONS: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

/// It sends back each line from its end to its start.
pub(crate) fn s_server_is_understood<B: Backend>() {
    let Some(openssl) = program("openssl") else {
        return;
    };
    let authority = Authority::new();
    let folder = Folder::with_identity(&authority, "s_server");
    for version in VERSIONS {
        let mut start = Command::new(&openssl);
        start.args(["s_server", "-accept", "127.0.0.1:0", "-rev"]);
        start.arg("-cert").arg(folder.0.join("certificate.pem"));
        start.arg("-key").arg(folder.0.join("key.pem"));
        let mut server = Server::start(&mut start);
        let port = server.port();
        let config = only(trusting(&authority), version);
        for connection in 0..2 {
            let mut client = connect::<B>(port, &config);
            shake(&mut client);
            for number in 0..50_usize {
                let line: String = (0..number * 7)
                    .map(|n| char::from(b'a' + n as u8 % 26))
                    .collect();
                write_all(&mut client, format!("{line}\n").as_bytes());
                let answer = read_exact(&mut client, line.len() + 1);
                let reversed: Vec<u8> = line.bytes().rev().chain(*b"\n").collect();
                assert!(answer == reversed, "{number}");
            }
            let suite = client.cipher_suite().unwrap();
            assert_eq!(client.offload(), expected::<B>(version, suite));
            assert_eq!(client.is_resumed(), Some(connection == 1), "{version}");
            until(|| client.close_notify()).unwrap();
        }
    }
}

/// Who only sends gets nothing but the answers to its own new keys, however many they are.
#[cfg(feature = "rustls")]
pub(crate) fn s_server_answers_new_keys_again_and_again<B: Backend>() {
    const TIMES: usize = 100;
    let Some(openssl) = program("openssl") else {
        return;
    };
    let authority = Authority::new();
    let folder = Folder::with_identity(&authority, "s_server-keys");
    let mut start = Command::new(&openssl);
    start.args(["s_server", "-accept", "127.0.0.1:0"]);
    start.arg("-cert").arg(folder.0.join("certificate.pem"));
    start.arg("-key").arg(folder.0.join("key.pem"));
    let mut server = Server::start(&mut start);
    let mut output = server.output();
    let port = port_in(&mut output);
    let mut client = connect::<B>(port, &only(trusting(&authority), TlsVersion::Tls13));
    shake(&mut client);
    if !client.offload().rx || !Offload::probe().can_renew_keys() {
        // rustls in user space takes only 32 of them without data between.
        let mut uncaptured = io::stderr();
        writeln!(
            uncaptured,
            "new keys of s_server are SKIPPED: the kernel cannot"
        )
        .unwrap();
        return;
    }
    for number in 0..TIMES {
        until(|| client.update_keys()).unwrap();
        write_all(&mut client, format!("word {number}\n").as_bytes());
    }
    // All of them are answered by then.
    let last = format!("word {}\n", TIMES - 1);
    let mut line = String::new();
    while line != last {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "no {last}");
    }
    let input = server.0.stdin.as_mut().unwrap();
    input.write_all(b"done\n").unwrap();
    input.flush().unwrap();
    assert_eq!(read_exact(&mut client, 5), b"done\n");
    until(|| client.close_notify()).unwrap();
}

pub(crate) fn nginx_is_understood<B: Backend>() {
    let Some(nginx) = program("nginx") else {
        return;
    };
    let authority = Authority::new();
    let folder = Folder::with_identity(&authority, "nginx");
    let content = Dice::new(77).bytes(1 << 20);
    fs::write(folder.0.join("file"), &content).unwrap();
    let port = free_port();
    fs::write(folder.0.join("nginx.conf"), configuration(&folder.0, port)).unwrap();
    let mut start = Command::new(nginx);
    start.arg("-p").arg(&folder.0);
    let _server = Server::start(start.args(["-c", "nginx.conf", "-e", "stderr"]));
    until(|| TcpStream::connect(("127.0.0.1", port)).map_err(|_| io::ErrorKind::WouldBlock.into()))
        .unwrap();
    for version in VERSIONS {
        let config = only(trusting(&authority), version);
        for connection in 0..2 {
            let mut client = connect::<B>(port, &config);
            let request = "GET /file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            write_all(&mut client, request.as_bytes());
            let (answer, end) = read_to_end(&mut client);
            end.unwrap();
            assert!(answer.starts_with(b"HTTP/1.1 200 "));
            assert!(answer.ends_with(&content), "{} bytes", answer.len());
            let suite = client.cipher_suite().unwrap();
            assert_eq!(client.offload(), expected::<B>(version, suite));
            assert_eq!(client.is_resumed(), Some(connection == 1), "{version}");
            until(|| client.close_notify()).unwrap();
        }
    }
}

fn configuration(folder: &Path, port: u16) -> String {
    let mut text = String::from(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nevents { worker_connections 64; }\nhttp {\naccess_log off;\n",
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        text += &format!("{kind}_temp_path {kind};\n");
    }
    let folder = folder.display();
    text + &format!(
        "ssl_session_cache builtin:100;\nserver {{\nlisten 127.0.0.1:{port} ssl;\nssl_certificate {folder}/certificate.pem;\n\
         ssl_certificate_key {folder}/key.pem;\nssl_protocols TLSv1.2 TLSv1.3;\nroot {folder};\n}}\n}}\n"
    )
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// `None`, with the reason printed, where it is not installed and need not be.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(std::env::var_os("BOOM_KTLS_PEERS").is_none(), "no {name}");
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // Past the capture of the test's output.
        let mut uncaptured = io::stderr();
        writeln!(uncaptured, "{test} is SKIPPED: there is no {name}").unwrap();
    }
    found
}

/// A folder with a certificate and its key, which goes with its owner.
struct Folder(PathBuf);

impl Folder {
    fn with_identity(authority: &Authority, name: &str) -> Self {
        let name = format!("boom-ktls-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let identity = authority.issue(&["localhost"]);
        fs::write(folder.join("certificate.pem"), identity.certificate_pem()).unwrap();
        fs::write(folder.join("key.pem"), identity.private_key_pem()).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A program that ends with its owner.
struct Server(Child);

impl Server {
    fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Self(command.stderr(Stdio::null()).spawn().unwrap())
    }

    /// The port that `s_server` says it listens on.
    fn port(&mut self) -> u16 {
        let mut output = self.output();
        let port = port_in(&mut output);
        // It goes on to write.
        std::thread::spawn(move || output.read_to_end(&mut Vec::new()));
        port
    }

    fn output(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.0.stdout.take().unwrap())
    }
}

fn port_in(output: &mut BufReader<ChildStdout>) -> u16 {
    let mut line = String::new();
    while !line.starts_with("ACCEPT") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "no port");
    }
    let port = line.trim().rsplit(':').next().unwrap();
    port.parse().unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
