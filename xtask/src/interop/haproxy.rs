//! haproxy in front of the servers, which passes HTTP/1.1 on, plain and with TLS ended.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::authority::Authority;
use super::proxy::{Program, Proxy};
use crate::report::{Context, Result};

const HAPROXY: Program = Program {
    name: "haproxy",
    version: "-v",
};

/// Starts it with two ports in front of each of the `backends`, in their order: plain, TLS.
pub(super) fn start(folder: &Path, authority: &Authority, backends: &[u16]) -> Result<Proxy> {
    let haproxy = HAPROXY.install(folder)?;
    let certificate = authority.server_certificate_and_key()?;
    haproxy.start(folder, 2 * backends.len(), |folder, ports| {
        let text = configuration(&certificate, ports, backends);
        fs::write(folder.join("haproxy.cfg"), text).context(folder.display())?;
        // In the foreground, so that ending it ends all of it.
        Ok(["-db", "-f", "haproxy.cfg"].map(str::to_owned).to_vec())
    })
}

fn configuration(certificate: &Path, ports: &[u16], backends: &[u16]) -> String {
    let mut text = String::from(
        "global\n    maxconn 256\n    ssl-default-bind-options ssl-min-ver TLSv1.2\ndefaults\n    mode http\n    \
         timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n    timeout tunnel 60s\n",
    );
    for (ports, backend) in ports.chunks_exact(2).zip(backends) {
        let [plain, tls] = ports else { continue };
        let _ = writeln!(
            text,
            "frontend at-{backend}\n    bind 127.0.0.1:{plain}\n    \
             bind 127.0.0.1:{tls} ssl crt {} alpn http/1.1\n    default_backend {backend}\n\
             backend {backend}\n    server {backend} 127.0.0.1:{backend}",
            certificate.display()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_a_plain_and_a_tls_port() {
        let text = configuration(Path::new("/c.pem"), &[1, 2, 3, 4], &[8, 9]);
        assert!(
            text.contains(
                "frontend at-9\n    bind 127.0.0.1:3\n    bind 127.0.0.1:4 ssl crt /c.pem"
            )
        );
        assert!(text.ends_with("backend 9\n    server 9 127.0.0.1:9\n"));
    }
}
