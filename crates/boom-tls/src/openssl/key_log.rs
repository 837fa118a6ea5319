//! The file that Wireshark reads secrets from.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::Mutex;

/// Appends a line for each secret to the file that `SSLKEYLOGFILE` names.
pub(super) struct KeyLog(Mutex<File>);

impl KeyLog {
    /// `None` without the variable, or where the file cannot be opened.
    pub(super) fn from_env() -> Option<Self> {
        let path = std::env::var_os("SSLKEYLOGFILE")?;
        let file = OpenOptions::new().append(true).create(true).open(path);
        file.ok().map(|file| Self(Mutex::new(file)))
    }

    pub(super) fn append(&self, line: &str) {
        if let Ok(mut file) = self.0.lock() {
            // A log that cannot be written shall not end the connection.
            let _ = writeln!(file, "{line}");
        }
    }
}
