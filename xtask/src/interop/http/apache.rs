//! Apache in front of Node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::interop::authority::Authority;
use crate::interop::proxy::Program;
use crate::report::{Context, Result};

const APACHE: Program = Program {
    name: "apache2",
    version: "-v",
};

type Make = Box<dyn Fn(u16) -> Result<Command>>;

const MODULES: [&str; 6] = [
    "mpm_event",
    "unixd",
    "authz_core",
    "proxy",
    "proxy_http",
    "ssl",
];

/// As that of nginx.
pub(super) fn command(
    programs: &Path,
    folder: &Path,
    tls: Option<&Authority>,
    behind: u16,
) -> Result<Make> {
    let apache = APACHE.install(programs)?;
    let modules = modules(Path::new(apache.command().get_program()));
    let security = tls.map_or_else(String::new, |authority| {
        format!(
            "SSLEngine on\nSSLCertificateFile \"{}\"\nSSLCertificateKeyFile \"{}\"\n",
            authority.server_certificate().display(),
            authority.server_key().display()
        )
    });
    let folder = folder.to_owned();
    Ok(Box::new(move |port| {
        let text = configuration(&folder, &modules, port, &security, behind);
        let file = folder.join("apache.conf");
        fs::write(&file, text).context(file.display())?;
        // A killed one leaves it, and the next would take whoever has that number for itself.
        let _ = fs::remove_file(folder.join("apache.pid"));
        let mut command = apache.command();
        // One process in the foreground, so that ending it ends all of it.
        command.arg("-X").arg("-f").arg(&file).current_dir(&folder);
        Ok(command)
    }))
}

/// Where the modules of a program in `usr/sbin` are.
fn modules(program: &Path) -> PathBuf {
    let usr = program
        .ancestors()
        .nth(2)
        .unwrap_or_else(|| Path::new("/usr"));
    usr.join("lib/apache2/modules")
}

fn configuration(folder: &Path, modules: &Path, port: u16, security: &str, behind: u16) -> String {
    let modules = MODULES.map(|name| {
        let file = modules.join(format!("mod_{name}.so"));
        // Some are built in, which differs from one distribution to the next.
        format!(
            "<IfModule !{name}_module>\nLoadModule {name}_module \"{}\"\n</IfModule>\n",
            file.display()
        )
    });
    // Without a user of its own it does not start as root; others pass these two lines over.
    format!(
        "{}ServerRoot \"{folder}\"\nDefaultRuntimeDir \"{folder}\"\nPidFile apache.pid\nMutex sem\n\
         ServerName localhost\nUser nobody\nGroup nogroup\nErrorLog /dev/stderr\nListen 127.0.0.1:{port}\n\
         KeepAliveTimeout 60\nMaxKeepAliveRequests 250\n{security}\
         ProxyPass / http://127.0.0.1:{behind}/ keepalive=On\n",
        modules.concat(),
        folder = folder.display(),
    )
}
