//! What recorder and replay agree on beyond pcapng itself.

use std::fmt::Write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The first line of the interface's comment, by which a recording is known.
pub(crate) const MAGIC: &str = "boomnet recording";
/// The version of what this module describes.
pub(crate) const VERSION: u32 = 1;
/// The comment of the statistics block that ends the last file of a recording.
pub(crate) const FINISHED: &str = "finished";
/// The comment of the statistics block that ends a file after which another comes.
pub(crate) const CONTINUED: &str = "continued";
/// What a comment of a RST begins with: the kind of the error follows.
pub(crate) const ERROR: &str = "error: ";
/// `epb_flags`, bits 0 and 1: the direction of a packet.
pub(crate) const FLAG_INBOUND: u32 = 1;
/// See [`FLAG_INBOUND`].
pub(crate) const FLAG_OUTBOUND: u32 = 2;
/// A host's name is cut to so many characters, four times what DNS lets it have.
const MAX_HOST: usize = 1024;
/// What a TCP segment carries at most, so that IPv4 and IPv6 both hold it.
pub(crate) const MAX_PAYLOAD: usize = 65_495;

/// What the interface description says of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The recorded stream is above TLS, and what is recorded is plaintext.
    pub(crate) is_encrypted: bool,
    /// Nanoseconds since 1970.
    pub(crate) start_ns: u64,
    /// The same in all files of a recording, and in no other recording.
    pub(crate) id: u64,
    /// Counted from 1.
    pub(crate) part: u32,
    /// Where the bytes of this file begin: the offsets of the inbound and the outbound side.
    pub(crate) offsets: [u64; 2],
}

impl Header {
    pub(crate) fn to_comment(&self) -> String {
        let mut comment = String::new();
        let [inbound, outbound] = self.offsets;
        // Writing to a string cannot fail.
        let _ = write!(
            comment,
            "{MAGIC} {VERSION}\nhost={}\nport={}\nencrypted={}\nstart_ns={}\nid={:016x}\npart={}\ninbound={inbound}\noutbound={outbound}",
            self.host, self.port, self.is_encrypted, self.start_ns, self.id, self.part,
        );
        comment
    }

    /// The version that the comment names, if it is one of a recording.
    pub(crate) fn version(comment: &str) -> Option<u32> {
        let line = comment.lines().next()?;
        line.strip_prefix(MAGIC)?.trim().parse().ok()
    }

    /// None where a field is missing or is no number.
    pub(crate) fn from_comment(comment: &str) -> Option<Self> {
        let field = |name: &str| {
            comment
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
        };
        Some(Self {
            host: field("host")?.to_owned(),
            port: field("port")?.parse().ok()?,
            is_encrypted: field("encrypted")?.parse().ok()?,
            start_ns: field("start_ns")?.parse().ok()?,
            id: u64::from_str_radix(field("id")?, 16).ok()?,
            part: field("part")?.parse().ok()?,
            offsets: [
                field("inbound")?.parse().ok()?,
                field("outbound")?.parse().ok()?,
            ],
        })
    }
}

/// The path of a later file of the recording that begins with `first`: `quotes.part2.pcapng`.
pub(crate) fn part_path(first: &Path, part: u32) -> PathBuf {
    if part <= 1 {
        return first.to_owned();
    }
    let mut name = first.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".part{part}."));
    name.push(first.extension().unwrap_or_default());
    first.with_file_name(name)
}

/// Returns true if `file` is the name of any later file of the recording that begins with `first`.
pub(crate) fn is_later_part(first: &Path, file: &Path) -> bool {
    let number = || {
        let stem = first.file_stem()?.to_str()?;
        let rest = file.file_stem()?.to_str()?.strip_prefix(stem)?;
        rest.strip_prefix(".part")
    };
    first.extension() == file.extension()
        && number().is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
        })
}

/// A host as a line of the header has it: of one line, and not without end.
pub(crate) fn host_line(host: &str) -> String {
    let printed = |c: char| match c.is_control() {
        true => char::REPLACEMENT_CHARACTER,
        false => c,
    };
    host.chars().map(printed).take(MAX_HOST).collect()
}

/// The number by which the queue knows a kind of error.
pub(crate) fn kind_index(kind: ErrorKind) -> u8 {
    let index = KINDS.iter().position(|&(known, _)| known == kind);
    index.map_or(OTHER, |index| index as u8)
}

/// The kind of a number; `Other` for kinds that have none.
pub(crate) fn kind_of_index(index: u8) -> ErrorKind {
    KINDS
        .get(usize::from(index))
        .map_or(ErrorKind::Other, |&(kind, _)| kind)
}

/// The name of a kind, as the comment of a RST has it.
pub(crate) fn kind_name(kind: ErrorKind) -> &'static str {
    KINDS
        .iter()
        .find(|&&(known, _)| known == kind)
        .map_or("Other", |&(_, name)| name)
}

/// The kind of a name.
pub(crate) fn kind_of_name(name: &str) -> ErrorKind {
    KINDS
        .iter()
        .find(|&&(_, known)| known == name)
        .map_or(ErrorKind::Other, |&(kind, _)| kind)
}

const OTHER: u8 = u8::MAX;

macro_rules! kinds {
    ($($kind:ident),* $(,)?) => { &[$((ErrorKind::$kind, stringify!($kind))),*] };
}

const KINDS: &[(ErrorKind, &str)] = kinds![
    NotFound,
    PermissionDenied,
    ConnectionRefused,
    ConnectionReset,
    HostUnreachable,
    NetworkUnreachable,
    ConnectionAborted,
    NotConnected,
    AddrInUse,
    AddrNotAvailable,
    NetworkDown,
    BrokenPipe,
    AlreadyExists,
    WouldBlock,
    InvalidInput,
    InvalidData,
    TimedOut,
    WriteZero,
    StorageFull,
    QuotaExceeded,
    FileTooLarge,
    ResourceBusy,
    Deadlock,
    ArgumentListTooLong,
    Interrupted,
    Unsupported,
    UnexpectedEof,
    OutOfMemory,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back() {
        let header = Header {
            host: "::1".to_owned(),
            port: 443,
            is_encrypted: true,
            start_ns: u64::MAX,
            id: 7,
            part: 3,
            offsets: [5, 1 << 40],
        };
        let comment = header.to_comment();
        assert_eq!(Header::version(&comment), Some(VERSION));
        assert_eq!(Header::from_comment(&comment), Some(header));
        assert_eq!(Header::version("eth0"), None);
        assert_eq!(Header::from_comment("boomnet recording 1"), None);
    }

    #[test]
    fn each_kind_has_a_number_and_a_name() {
        for &(kind, name) in KINDS {
            assert_eq!(kind_of_index(kind_index(kind)), kind);
            assert_eq!(kind_of_name(kind_name(kind)), kind);
            assert_eq!(kind_name(kind), name);
        }
        assert_eq!(
            kind_of_index(kind_index(ErrorKind::Other)),
            ErrorKind::Other
        );
        assert_eq!(kind_of_name("no such kind"), ErrorKind::Other);
    }

    #[test]
    fn a_host_is_one_line_of_bounded_length() {
        assert_eq!(host_line("exam\nple.com"), "exam\u{fffd}ple.com");
        assert_eq!(host_line(&"é".repeat(5000)), "é".repeat(1024));
    }

    #[test]
    fn later_files_are_known_by_their_names() {
        let first = Path::new("days/quotes.v2.pcapng");
        for (name, is_later) in [
            ("quotes.v2.part3.pcapng", true),
            ("quotes.v2.part17.pcapng", true),
            ("quotes.v2.pcapng", false),
            ("quotes.v2.part.pcapng", false),
            ("quotes.v2.part3.txt", false),
            ("quotes.part3.pcapng", false),
            ("quotes.v2.partly.pcapng", false),
        ] {
            assert_eq!(is_later_part(first, Path::new(name)), is_later, "{name}");
        }
    }

    #[test]
    fn later_files_are_named_after_the_first() {
        let first = Path::new("days/quotes.v2.pcapng");
        assert_eq!(part_path(first, 1), first);
        assert_eq!(
            part_path(first, 2),
            Path::new("days/quotes.v2.part2.pcapng")
        );
    }
}
