//! The system's resolver, in a network and with files of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{LIMIT, Names, dnsmasq, expect};
use crate::process::{capture, capture_within};
use crate::report::{Context, Failure, Result};

/// Puts the files of the folder `$1` in their places, starts dnsmasq, which is `$2`, and becomes the program that
/// follows, with its arguments. dnsmasq goes into the background once it listens, and ends with that program, which is the
/// first process of their namespace.
const SCRIPT: &str = r#"
set -e
folder=$1 dnsmasq=$2
shift 2
ip link set lo up
for file in resolv.conf hosts nsswitch.conf; do
    mount --bind "$folder/$file" "/etc/$file"
done
"$dnsmasq" --conf-file="$folder/dnsmasq.conf"
exec "$@"
"#;

/// The first server is silent, so that every name takes a second.
const RESOLV_CONF: &str =
    "nameserver 127.0.0.2\nnameserver 127.0.0.1\noptions timeout:1 attempts:1\n";

const HOSTS: &str = "127.0.0.1 localhost\n10.7.7.7 hosts.test\nfd07::7 hosts.test\n";

const NSSWITCH_CONF: &str = "hosts: files dns\n";

const NAMES: &[&str] = &[
    "one.test",
    "first.test",
    "many.test",
    "none.test",
    "hosts.test",
    "10.1.2.3",
];

pub(super) fn check(names: &Names) -> Result<String> {
    if let Err(failure) = capture(isolate().arg("true")) {
        // CI may do it; elsewhere it takes root.
        return match std::env::var("CI").is_ok_and(|value| value == "true") {
            true => Err(failure),
            false => Ok(format!("skipped: {failure}")),
        };
    }
    let folder = names.folder.join("namespace");
    fs::create_dir_all(&folder).context(folder.display())?;
    let log = folder.join("dnsmasq.log");
    let configuration = dnsmasq::configuration(53, None)
        .replace("no-daemon\n", "")
        .replace("log-facility=-", &format!("log-facility={}", log.display()));
    for (file, text) in [
        ("resolv.conf", RESOLV_CONF),
        ("hosts", HOSTS),
        ("nsswitch.conf", NSSWITCH_CONF),
        ("dnsmasq.conf", &configuration),
        ("dnsmasq.log", ""),
    ] {
        fs::write(folder.join(file), text).context(file)?;
    }
    let lines = run(names, &folder)?;
    let many = format!("many.test - {}", dnsmasq::many().join(" "));
    expect(
        lines,
        &[
            "one.test - 10.0.0.1 fd00::1",
            "first.test - 10.0.0.1 fd00::1",
            &many,
            "none.test - error: failed to lookup address information: Name or service not known",
            // These two tell how long they hold.
            "hosts.test 1 10.7.7.7 fd07::7",
            "10.1.2.3 18446744073709551615 10.1.2.3",
        ],
    )?;
    let log = fs::read_to_string(&log).context("the log of dnsmasq")?;
    match dnsmasq::questions(&log, "hosts.test").as_slice() {
        [] => Ok("with glibc, behind a silent server".to_owned()),
        questions => Err(Failure::new(questions.join("\n"))),
    }
}

fn run(names: &Names, folder: &Path) -> Result<Vec<String>> {
    let server = names.server.command();
    let mut command = isolate();
    command.args(["sh", "-c", SCRIPT, "sh"]).arg(folder);
    command.arg(server.get_program()).arg(&names.program);
    command.args(["--silent", "127.0.0.2:53"]).args(NAMES);
    let variables = server.get_envs();
    command.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    let output = capture_within(&mut command, LIMIT)?;
    Ok(output.lines().map(str::to_owned).collect())
}

fn isolate() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "--pid", "--fork", "--kill-child"]);
    command
}
