//! nginx in front of Node.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::interop::authority::Authority;
use crate::interop::proxy::Program;
use crate::report::{Context, Result};

const NGINX: Program = Program {
    name: "nginx",
    version: "-v",
};

type Make = Box<dyn Fn(u16) -> Result<Command>>;

/// The command, by the port that it is to have; `programs` is where it is unpacked if the machine has none.
pub(super) fn command(
    programs: &Path,
    folder: &Path,
    tls: Option<&Authority>,
    behind: u16,
) -> Result<Make> {
    let nginx = NGINX.install(programs)?;
    let temporary = folder.join("temporary");
    fs::create_dir_all(&temporary).context(temporary.display())?;
    let security = tls.map(|authority| {
        let (certificate, key) = (authority.server_certificate(), authority.server_key());
        let (certificate, key) = (certificate.display(), key.display());
        format!("ssl_certificate \"{certificate}\";\nssl_certificate_key \"{key}\";\n")
    });
    let folder = folder.to_owned();
    Ok(Box::new(move |port| {
        let text = configuration(port, security.as_deref(), behind);
        fs::write(folder.join("nginx.conf"), text).context(folder.display())?;
        let mut command = nginx.command();
        command
            .arg("-p")
            .arg(&folder)
            .args(["-c", "nginx.conf", "-e", "stderr"]);
        Ok(command)
    }))
}

/// After so many requests it ends a connection, as it says in the answer to the last: more than any check sends.
const LAST: usize = 250;

/// One process in the foreground, so that ending it ends all of nginx, with every file below its own folder.
fn configuration(port: u16, security: Option<&str>, behind: u16) -> String {
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path temporary/{kind};\n"))
        .concat();
    let ssl = if security.is_some() { " ssl" } else { "" };
    let security = security.unwrap_or_default();
    format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nevents {{ worker_connections 256; }}\nhttp {{\n\
         access_log off;\n{paths}keepalive_requests {LAST};\n\
         upstream node {{ server 127.0.0.1:{behind}; keepalive 8; }}\n\
         server {{\nlisten 127.0.0.1:{port}{ssl};\n{security}\
         location / {{\nproxy_pass http://node;\nproxy_http_version 1.1;\nproxy_set_header Connection \"\";\n}}\n}}\n}}\n"
    )
}
