//! Where the files of a recording come from.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::record::format::part_path;

/// The file of a part of a recording, if there is one.
pub(super) enum Source {
    /// Beside the first one.
    Folder { first: PathBuf },
    /// Nothing but what was read already.
    Reader,
}

impl Source {
    pub(super) fn folder(path: &Path) -> Self {
        Self::Folder {
            first: path.to_owned(),
        }
    }

    /// Tells which part the file was that was opened. The others are looked for under the names that go with it.
    pub(super) fn opened(&mut self, part: u32) {
        let Self::Folder { first } = self else {
            return;
        };
        let suffix = format!(".part{part}");
        let stem = first.file_stem().unwrap_or_default().to_string_lossy();
        if part > 1
            && let Some(stem) = stem.strip_suffix(&suffix)
        {
            let extension = first.extension().unwrap_or_default().to_string_lossy();
            let name = format!("{stem}.{extension}");
            first.set_file_name(name);
        }
    }

    pub(super) fn part(&self, part: u32) -> io::Result<Option<Box<dyn Read + Send>>> {
        let Self::Folder { first } = self else {
            return Ok(None);
        };
        match File::open(part_path(first, part)) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { first } => f.debug_tuple("Folder").field(first).finish(),
            Self::Reader => f.write_str("Reader"),
        }
    }
}
