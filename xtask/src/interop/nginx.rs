//! nginx, which ends TLS in front of the servers.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::authority::Authority;
use super::proxy::{Program, Proxy};
use crate::report::{Context, Result};

const NGINX: Program = Program {
    name: "nginx",
    version: "-v",
};

/// Starts it with a TLS port in front of each of the `backends`, in their order.
pub(super) fn start(folder: &Path, authority: &Authority, backends: &[u16]) -> Result<Proxy> {
    let nginx = NGINX.install(folder)?;
    nginx.start(folder, backends.len(), |folder, ports| {
        let temporary = folder.join("temporary");
        fs::create_dir_all(&temporary).context(temporary.display())?;
        let text = configuration(authority, ports.iter().zip(backends));
        fs::write(folder.join("nginx.conf"), text).context(folder.display())?;
        let folder = folder.to_string_lossy();
        let arguments = ["-p", &folder, "-c", "nginx.conf", "-e", "stderr"];
        Ok(arguments.map(str::to_owned).to_vec())
    })
}

/// One process in the foreground, so that ending it ends all of nginx, with every file below its own folder.
fn configuration<'a>(
    authority: &Authority,
    pairs: impl Iterator<Item = (&'a u16, &'a u16)>,
) -> String {
    let mut text = String::from(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nevents { worker_connections 256; }\nhttp {\n\
         access_log off;\n",
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(text, "{kind}_temp_path temporary/{kind};");
    }
    let (certificate, key) = (authority.server_certificate(), authority.server_key());
    for (port, backend) in pairs {
        let _ = writeln!(
            text,
            "server {{\nlisten 127.0.0.1:{port} ssl;\n\
             ssl_certificate \"{}\";\nssl_certificate_key \"{}\";\nssl_protocols TLSv1.2 TLSv1.3;\n\
             location / {{\nproxy_pass http://127.0.0.1:{backend};\nproxy_http_version 1.1;\n\
             proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \"upgrade\";\n\
             proxy_set_header Host $http_host;\nproxy_buffering off;\n}}\n}}",
            certificate.display(),
            key.display(),
        );
    }
    text.push_str("}\n");
    text
}
