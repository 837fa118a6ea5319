//! nginx, haproxy and stunnel, which end TLS in front of the echo server.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::certificates::Certificates;
use super::server::{Offer, PROTOCOL, Process, Start};
use crate::interop::proxy::Program;
use crate::report::{Context, Result};

const NGINX: Program = Program {
    name: "nginx",
    version: "-v",
};
const HAPROXY: Program = Program {
    name: "haproxy",
    version: "-v",
};
const STUNNEL: Program = Program {
    name: "stunnel4",
    version: "-version",
};

/// Passes a tunnel of HTTP on.
pub(super) fn nginx(start: &Start<'_>, offers: &[Offer]) -> Result<(Vec<u16>, Process)> {
    run(&NGINX, start, offers, |folder, text| {
        let temporary = folder.join("temporary");
        fs::create_dir_all(&temporary).context(temporary.display())?;
        fs::write(folder.join("nginx.conf"), text).context(folder.display())?;
        let folder = folder.to_string_lossy();
        let arguments = ["-p", &folder, "-c", "nginx.conf", "-e", "stderr"];
        Ok(arguments.map(str::to_owned).to_vec())
    })
}

pub(super) fn haproxy(start: &Start<'_>, offers: &[Offer]) -> Result<(Vec<u16>, Process)> {
    run(&HAPROXY, start, offers, |folder, text| {
        fs::write(folder.join("haproxy.cfg"), text).context(folder.display())?;
        Ok(["-db", "-f", "haproxy.cfg"].map(str::to_owned).to_vec())
    })
}

pub(super) fn stunnel(start: &Start<'_>, offers: &[Offer]) -> Result<(Vec<u16>, Process)> {
    run(&STUNNEL, start, offers, |folder, text| {
        fs::write(folder.join("stunnel.conf"), text).context(folder.display())?;
        Ok(vec!["stunnel.conf".to_owned()])
    })
}

/// Starts it on a port for each offer; `arrange` writes the configuration down and returns the arguments.
fn run(
    program: &Program,
    start: &Start<'_>,
    offers: &[Offer],
    arrange: impl Fn(&Path, &str) -> Result<Vec<String>>,
) -> Result<(Vec<u16>, Process)> {
    let installed = program.install(&start.packages)?;
    let proxy = installed.start(&start.folder, offers.len(), |folder, ports| {
        let pairs = offers.iter().copied().zip(ports.iter().copied());
        let configure = match program.name {
            "nginx" => nginx_configuration,
            "haproxy" => haproxy_configuration,
            _ => stunnel_configuration,
        };
        arrange(
            folder,
            &configure(start.certificates, start.backend, &mut { pairs }),
        )
    })?;
    Ok((proxy.ports.clone(), Process::Proxy { _proxy: proxy }))
}

type Pairs<'a> = &'a mut dyn Iterator<Item = (Offer, u16)>;

fn nginx_configuration(certificates: &Certificates, backend: u16, pairs: Pairs<'_>) -> String {
    let mut text = String::from(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nevents { worker_connections 512; }\nhttp {\n\
         access_log off;\nssl_protocols TLSv1.2 TLSv1.3;\n",
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(text, "{kind}_temp_path temporary/{kind};");
    }
    for (offer, port) in pairs {
        let shown = offer.shown();
        let _ = writeln!(
            text,
            "server {{\nlisten 127.0.0.1:{port} ssl;\nssl_certificate \"{}\";\nssl_certificate_key \"{}\";",
            certificates.chain(shown).display(),
            certificates.key(shown).display(),
        );
        if offer == Offer::ClientAuth {
            let root = certificates.root();
            let _ = writeln!(
                text,
                "ssl_verify_client on;\nssl_client_certificate \"{}\";",
                root.display()
            );
        }
        if offer == Offer::NoResumption {
            text.push_str("ssl_session_tickets off;\nssl_session_cache off;\n");
        }
        let _ = writeln!(
            text,
            "location / {{\nproxy_pass http://127.0.0.1:{backend};\nproxy_http_version 1.1;\n\
             proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \"upgrade\";\n\
             proxy_buffering off;\n}}\n}}",
        );
    }
    text.push_str("}\n");
    text
}

fn haproxy_configuration(certificates: &Certificates, backend: u16, pairs: Pairs<'_>) -> String {
    let mut text = String::from(
        "global\n    maxconn 512\n    ssl-default-bind-options ssl-min-ver TLSv1.2\n    \
         tune.ssl.cachesize 0\ndefaults\n    mode tcp\n    \
         timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n",
    );
    for (offer, port) in pairs {
        let _ = write!(
            text,
            "frontend at-{port}\n    bind 127.0.0.1:{port} ssl crt {}",
            certificates.chain_and_key(offer.shown()).display()
        );
        let _ = match offer {
            Offer::Shows(_) => Ok(()),
            Offer::ClientAuth => write!(
                text,
                " verify required ca-file {}",
                certificates.root().display()
            ),
            Offer::Alpn => write!(text, " alpn {PROTOCOL}"),
            Offer::NoResumption => write!(text, " no-tls-tickets"),
        };
        text.push_str("\n    default_backend echo\n");
    }
    let _ = writeln!(text, "backend echo\n    server echo 127.0.0.1:{backend}");
    text
}

fn stunnel_configuration(certificates: &Certificates, backend: u16, pairs: Pairs<'_>) -> String {
    let mut text = String::from("foreground = yes\npid =\nsyslog = no\nsslVersionMin = TLSv1.2\n");
    for (offer, port) in pairs {
        let shown = offer.shown();
        let _ = writeln!(
            text,
            "[at-{port}]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{backend}\ncert = {}\nkey = {}",
            certificates.chain(shown).display(),
            certificates.key(shown).display(),
        );
        if offer == Offer::ClientAuth {
            let root = certificates.root();
            let _ = writeln!(
                text,
                "CAfile = {}\nverifyChain = yes\nrequireCert = yes",
                root.display()
            );
        }
    }
    text
}
