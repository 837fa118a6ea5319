//! Names that the machine's own file knows.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use boom_stream::{MonotonicClock, TimeSource};

/// A file of addresses and names such as `/etc/hosts`, which answers at once.
///
/// It is read when a name is asked for, on the thread that asks, and again when its date or size has changed; whether
/// they have is looked up at most once a second. A file of more than 64 KiB (the lists of advertisers to be blocked are
/// such files) is left to the system's resolver, and so is one that cannot be read.
///
/// A line is an address and its names, a `#` starts a comment, and what has not this form is passed over, as is an IPv6
/// address with a zone. Upper and lower case are the same. All addresses of a name are the answer, in the order of
/// their lines: they are not sorted as RFC 6724 and the system's resolver would.
///
/// # Examples
///
/// ```
/// use boom_service::dns::HostsFile;
/// # let folder = std::env::temp_dir().join(format!("boomnet-hosts-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("hosts");
///
/// std::fs::write(&path, "10.0.0.7 exchange.test exchange # in the rack\n10.0.0.8 exchange\n")?;
/// let mut hosts = HostsFile::new(&path);
/// assert_eq!(hosts.lookup("Exchange").len(), 2);
/// assert_eq!(hosts.lookup("exchange.test"), ["10.0.0.7".parse::<std::net::IpAddr>().unwrap()]);
/// assert!(hosts.lookup("other").is_empty());
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct HostsFile {
    path: PathBuf,
    clock: MonotonicClock,
    /// Not looked at again before.
    look_at_ns: u64,
    version: Option<Version>,
    names: HashMap<String, Vec<IpAddr>>,
}

/// What tells one state of the file from another.
#[derive(Debug, PartialEq, Eq)]
struct Version {
    modified: Option<SystemTime>,
    size: u64,
}

/// Time between two looks at the file, which is how long an answer holds.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);

const SIZE_MAX: u64 = 64 * 1024;

impl Default for HostsFile {
    fn default() -> Self {
        Self::system()
    }
}

impl HostsFile {
    /// The machine's: `/etc/hosts`, or where Windows keeps it.
    pub fn system() -> Self {
        match std::env::var_os("SystemRoot") {
            Some(root) if cfg!(windows) => {
                Self::new(PathBuf::from(root).join(r"System32\drivers\etc\hosts"))
            }
            _ => Self::new("/etc/hosts"),
        }
    }

    /// Another file of that form. It need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            clock: MonotonicClock::default(),
            look_at_ns: 0,
            version: None,
            names: HashMap::new(),
        }
    }

    /// The addresses of `host`; none if the file does not know it.
    pub fn lookup(&mut self, host: &str) -> &[IpAddr] {
        self.lookup_at(host, self.clock.now_ns())
    }

    fn lookup_at(&mut self, host: &str, now_ns: u64) -> &[IpAddr] {
        if now_ns >= self.look_at_ns {
            self.look_at_ns = now_ns.saturating_add(LOOK_EVERY.as_nanos() as u64);
            self.look();
        }
        let host = host.strip_suffix('.').unwrap_or(host);
        let addresses = match host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => self.names.get(&host.to_ascii_lowercase()),
            false => self.names.get(host),
        };
        addresses.map_or(&[], Vec::as_slice)
    }

    /// Reads the file if it is another than before.
    fn look(&mut self) {
        let version = Version::of(&self.path);
        if version == self.version {
            return;
        }
        // Where the file is not to be had, the system's resolver is asked, which knows what to make of that.
        self.names = match &version {
            Some(_) => read(&self.path).map_or_else(|_| HashMap::new(), |text| parse(&text)),
            None => HashMap::new(),
        };
        self.version = version;
    }
}

impl Version {
    /// `None` for what is no file that could be read at once.
    fn of(path: &PathBuf) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let is_readable = metadata.is_file() && metadata.len() <= SIZE_MAX;
        is_readable.then(|| Self {
            modified: metadata.modified().ok(),
            size: metadata.len(),
        })
    }
}

fn read(path: &PathBuf) -> io::Result<String> {
    let mut bytes = Vec::new();
    // It may have grown since it was measured.
    File::open(path)?.take(SIZE_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Names in lower case, and the addresses of each.
fn parse(text: &str) -> HashMap<String, Vec<IpAddr>> {
    let mut names: HashMap<String, Vec<IpAddr>> = HashMap::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_ascii_whitespace();
        let Some(Ok(address)) = words.next().map(str::parse) else {
            continue;
        };
        for name in words {
            let name = name.strip_suffix('.').unwrap_or(name);
            let addresses = names.entry(name.to_ascii_lowercase()).or_default();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn addresses(text: &str, host: &str) -> Vec<String> {
        let names = parse(text);
        let addresses = names.get(host).into_iter().flatten();
        addresses.map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_as_systems_have_it() {
        let text = "127.0.0.1\tlocalhost\n::1 localhost ip6-localhost\r\n\
            # comment 10.0.0.1 no\n  10.0.0.2   A.Test  b # c\n10.0.0.3 b b\n10.0.0.2 b";
        assert_eq!(addresses(text, "localhost"), ["127.0.0.1", "::1"]);
        assert_eq!(addresses(text, "ip6-localhost"), ["::1"]);
        assert_eq!(addresses(text, "a.test"), ["10.0.0.2"]);
        assert_eq!(addresses(text, "b"), ["10.0.0.2", "10.0.0.3"]);
        assert_eq!(parse(text).len(), 4);
    }

    #[test]
    fn what_is_not_a_line_of_names_is_passed_over() {
        let text =
            "10.0.0.1\nname 10.0.0.2\n10.0.0 a\n10.0.0.300 a\nfe80::1%eth0 a\n#\n\n \n\u{fffd} a";
        assert_eq!(parse(text), HashMap::new());
        assert_eq!(parse(""), HashMap::new());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            parse(&text);
        }

        #[test]
        fn what_was_written_is_found(
            entries in proptest::collection::vec((any::<IpAddr>(), "[a-z]{1,3}"), 0..20)
        ) {
            let text: String = entries
                .iter()
                .map(|(address, name)| format!("{address} {name}\n"))
                .collect();
            let names = parse(&text);
            for (address, name) in &entries {
                prop_assert!(names[name].contains(address));
            }
            let known: usize = names.values().map(Vec::len).sum();
            prop_assert!(known <= entries.len());
        }
    }

    /// A folder that goes when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let id = std::process::id();
            let folder = std::env::temp_dir().join(format!("boomnet-hosts-{name}-{id}"));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const SECOND_NS: u64 = 1_000_000_000;

    #[test]
    fn a_change_is_seen_a_second_later() {
        let folder = Folder::new("changes");
        let path = folder.0.join("hosts");
        let mut hosts = HostsFile::new(&path);
        assert!(hosts.lookup_at("a", 0).is_empty());
        fs::write(&path, "10.0.0.1 a\n").unwrap();
        assert!(hosts.lookup_at("a", SECOND_NS - 1).is_empty());
        assert_eq!(hosts.lookup_at("a", SECOND_NS).len(), 1);
        fs::write(&path, "10.0.0.1 a\n10.0.0.2 a\n").unwrap();
        assert_eq!(hosts.lookup_at("A.", 2 * SECOND_NS).len(), 2);
        fs::remove_file(&path).unwrap();
        assert_eq!(hosts.lookup_at("a", 2 * SECOND_NS + 1).len(), 2);
        assert!(hosts.lookup_at("a", 3 * SECOND_NS).is_empty());
    }

    #[test]
    fn a_file_of_the_same_date_and_size_is_not_read_again() {
        let folder = Folder::new("same");
        let path = folder.0.join("hosts");
        fs::write(&path, "10.0.0.1 a\n").unwrap();
        let mut hosts = HostsFile::new(&path);
        assert_eq!(hosts.lookup_at("a", 0).len(), 1);
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "10.0.0.1 b\n").unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(modified).unwrap();
        assert_eq!(hosts.lookup_at("a", SECOND_NS).len(), 1);
        file.set_modified(modified + LOOK_EVERY).unwrap();
        assert!(hosts.lookup_at("a", 2 * SECOND_NS).is_empty());
    }

    #[test]
    fn a_large_file_and_a_folder_are_left_to_the_system() {
        let folder = Folder::new("large");
        let path = folder.0.join("hosts");
        let line = "10.0.0.1 a\n";
        fs::write(&path, line.repeat(64 * 1024 / line.len())).unwrap();
        assert_eq!(HostsFile::new(&path).lookup("a").len(), 1);
        fs::write(&path, line.repeat(64 * 1024 / line.len() + 1)).unwrap();
        assert!(HostsFile::new(&path).lookup("a").is_empty());
        assert!(HostsFile::new(&folder.0).lookup("a").is_empty());
    }
}
