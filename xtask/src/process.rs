//! Running other programs.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::report::{Context, Failure, Result};

/// Runs a program to its end, its output going where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    println!("    {line}");
    let status = command.status().context(format!("cannot start `{line}`"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{line}` ended with {status}")))
    }
}

/// Runs a program to its end and returns what it wrote to its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .context(format!("cannot start `{line}`"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "`{line}` ended with {}: {}",
            output.status,
            words.trim()
        )));
    }
    String::from_utf8(output.stdout).context(format!("`{line}` wrote no UTF-8"))
}

/// Like [`capture`], but ends the program when it takes longer than `limit`.
pub(crate) fn capture_within(command: &mut Command, limit: Duration) -> Result<String> {
    let line = command_line(command);
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = Guard(child.context(format!("cannot start `{line}`"))?);
    let output = drain(child.0.stdout.take());
    let words = drain(child.0.stderr.take());
    // Both pipes close when the program ends, or hold what it wrote until it is killed.
    let output = output.recv_timeout(limit);
    if output.is_err() {
        drop(child);
        let words = words.recv().unwrap_or_default();
        let reason = format!(
            "`{line}` did not end within {} s: {}",
            limit.as_secs(),
            words.trim()
        );
        return Err(Failure::new(reason));
    }
    let status = child
        .0
        .wait()
        .context(format!("cannot wait for `{line}`"))?;
    if !status.success() {
        let words = words.recv().unwrap_or_default();
        return Err(Failure::new(format!(
            "`{line}` ended with {status}: {}",
            words.trim()
        )));
    }
    Ok(output.unwrap_or_default())
}

/// Reads a pipe to its end on a thread of its own, so that a full pipe cannot stop the program.
fn drain(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A pipe that breaks ends the text there; the program's status tells the rest.
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// A program that ends with its owner.
#[derive(Debug)]
pub(crate) struct Guard(pub(crate) Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // Both fail only where the program has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Finds a program on `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Puts a folder in front of the program's `PATH`.
pub(crate) fn prepend_path(command: &mut Command, folder: &Path) {
    let mut folders = vec![folder.to_owned()];
    folders.extend(
        std::env::var_os("PATH")
            .iter()
            .flat_map(std::env::split_paths),
    );
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
}

fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let failure = capture_within(Command::new("sleep").arg("60"), Duration::from_millis(1));
        let failure = failure.unwrap_err().to_string();
        assert!(failure.contains("did not end within 0 s"), "{failure}");
    }

    #[test]
    fn a_failure_shows_what_the_program_said() {
        let failure = capture(Command::new("sh").args(["-c", "echo no such thing >&2; exit 3"]));
        let failure = failure.unwrap_err().to_string();
        assert!(
            failure.contains("exit status: 3: no such thing"),
            "{failure}"
        );
    }
}
