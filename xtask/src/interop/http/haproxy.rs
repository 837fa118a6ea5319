//! haproxy in front of Node.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::interop::authority::Authority;
use crate::interop::proxy::Program;
use crate::report::{Context, Result};

const HAPROXY: Program = Program {
    name: "haproxy",
    version: "-v",
};

type Make = Box<dyn Fn(u16) -> Result<Command>>;

/// As that of nginx.
pub(super) fn command(
    programs: &Path,
    folder: &Path,
    tls: Option<&Authority>,
    behind: u16,
) -> Result<Make> {
    let haproxy = HAPROXY.install(programs)?;
    let certificate = tls.map(Authority::server_certificate_and_key).transpose()?;
    let security = certificate.map_or_else(String::new, |file| {
        format!(" ssl crt {} alpn http/1.1", file.display())
    });
    let folder = folder.to_owned();
    Ok(Box::new(move |port| {
        let text = configuration(port, &security, behind);
        fs::write(folder.join("haproxy.cfg"), text).context(folder.display())?;
        let mut command = haproxy.command();
        // In the foreground, so that ending it ends all of it.
        command
            .args(["-db", "-f", "haproxy.cfg"])
            .current_dir(&folder);
        Ok(command)
    }))
}

fn configuration(port: u16, security: &str, behind: u16) -> String {
    format!(
        "global\n    maxconn 256\ndefaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    \
         timeout server 60s\nfrontend front\n    bind 127.0.0.1:{port}{security}\n    default_backend node\n\
         backend node\n    server node 127.0.0.1:{behind}\n"
    )
}
