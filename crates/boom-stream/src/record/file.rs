//! One pcapng file.

use std::borrow::Cow;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::interface_statistics::{
    InterfaceStatisticsBlock, InterfaceStatisticsOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{PcapNgBlock, PcapNgWriter};
use pcap_file::{DataLink, Endianness};

use super::RecordError;
use super::format::{FLAG_INBOUND, FLAG_OUTBOUND, Header, is_later_part};
use super::queue::Direction;

const SOFTWARE: &str = concat!("boomnet ", env!("CARGO_PKG_VERSION"));
/// What Wireshark itself takes for a packet at most.
const SNAP_LENGTH: u32 = 262_144;
/// Nanoseconds: 10^-9.
const RESOLUTION: u8 = 9;

/// Where files come from: the disk, or a test.
pub(super) trait Files: fmt::Debug + Send + Sync {
    /// Makes a file that was not there.
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn Output>>;

    fn exists(&self, path: &Path) -> bool;

    /// Returns true if any later file of a recording that begins with `first` is there.
    fn has_later_part(&self, first: &Path) -> io::Result<bool>;

    /// Returns once the disk knows that the folder has the file.
    fn sync_folder(&self, file: &Path) -> io::Result<()>;

    /// Takes away a file that no packet was written to.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// A file.
pub(super) trait Output: Write + Send {
    /// Returns once the disk has what was written.
    fn sync(&mut self) -> io::Result<()>;
}

#[derive(Debug)]
pub(super) struct Disk;

impl Files for Disk {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(no_folder)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Ok(Box::new(file))
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn has_later_part(&self, first: &Path) -> io::Result<bool> {
        let entries = match std::fs::read_dir(folder_of(first)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            entries => entries?,
        };
        for entry in entries {
            if is_later_part(first, Path::new(&entry?.file_name())) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Elsewhere than on Unix a folder is no file that could be forced to the disk, and some file systems know of none
    /// either.
    fn sync_folder(&self, file: &Path) -> io::Result<()> {
        if !cfg!(unix) {
            return Ok(());
        }
        let result = File::open(folder_of(file)).and_then(|folder| folder.sync_all());
        match result {
            Err(error) if is_unsupported(&error) => Ok(()),
            result => result,
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

/// The folder that a file stands in; a name alone stands in the current one.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
    )
}

/// Where a file stands in place of a folder, "already exists" would be taken for the recording's own file.
fn no_folder(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    }
}

impl Output for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A file that is being written. Blocks gather in memory and go out whole.
pub(super) struct PartFile {
    path: PathBuf,
    output: Box<dyn Output>,
    blocks: PcapNgWriter<Vec<u8>>,
    /// Kept for its allocations.
    packet: pcap_file::pcapng::Block<'static>,
    written_bytes: u64,
    packets: u64,
    start_ns: u64,
}

impl fmt::Debug for PartFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartFile")
            .field("path", &self.path)
            .field("written_bytes", &self.written_bytes)
            .finish_non_exhaustive()
    }
}

/// What a packet says of what is missing before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Remarks {
    pub(super) dropped: u64,
    pub(super) comment: Option<String>,
}

impl PartFile {
    /// Begins a file that was not there.
    pub(super) fn create(
        files: &dyn Files,
        path: PathBuf,
        header: &Header,
        start_ns: u64,
    ) -> Result<Self, RecordError> {
        // In this order: what cannot begin leaves no file behind.
        let begun = begin(&path, header).and_then(|blocks| Ok((blocks, files.create_new(&path)?)));
        let begun = begun.and_then(|(blocks, output)| {
            let mut part = Self {
                path: path.clone(),
                output,
                blocks,
                packet: EnhancedPacketBlock::default().into_block(),
                written_bytes: 0,
                packets: 0,
                start_ns,
            };
            // At once: a file that ends before its header ends is no recording.
            let written = part.write_out();
            written.inspect_err(|_| {
                // That the file stays is no second error.
                let _ = files.remove(&path);
            })?;
            Ok(part)
        });
        match begun {
            Ok(part) => Ok(part),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(RecordError::Exists { path })
            }
            Err(error) => {
                let source = Arc::new(error);
                Err(RecordError::Create { path, source })
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn start_ns(&self) -> u64 {
        self.start_ns
    }

    /// The bytes of the file, those included that have not gone out yet.
    pub(super) fn len(&self) -> u64 {
        self.written_bytes + self.waiting() as u64
    }

    /// The bytes that have not gone out yet.
    pub(super) fn waiting(&self) -> usize {
        self.blocks.get_ref().len()
    }

    /// Adds a packet, the frame of which `build` appends to an empty vector.
    pub(super) fn packet(
        &mut self,
        time_ns: u64,
        direction: Direction,
        remarks: Remarks,
        build: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        let pcap_file::pcapng::Block::EnhancedPacket(packet) = &mut self.packet else {
            return Ok(());
        };
        packet.timestamp = Duration::from_nanos(time_ns);
        let frame = packet.data.to_mut();
        frame.clear();
        build(frame)?;
        packet.original_len = frame.len() as u32;
        packet.options.clear();
        packet
            .options
            .push(EnhancedPacketOption::Flags(match direction {
                Direction::Inbound => FLAG_INBOUND,
                Direction::Outbound => FLAG_OUTBOUND,
            }));
        if remarks.dropped > 0 {
            let dropped = EnhancedPacketOption::DropCount(remarks.dropped);
            packet.options.push(dropped);
        }
        if let Some(comment) = remarks.comment {
            let comment = EnhancedPacketOption::Comment(comment.into());
            packet.options.push(comment);
        }
        self.packets += 1;
        let written = self.blocks.write_block(&self.packet);
        written.map(drop).map_err(io::Error::other)
    }

    /// Adds the last block, which says that the file is whole.
    pub(super) fn end(
        &mut self,
        comment: &'static str,
        end_ns: u64,
        dropped: u64,
    ) -> io::Result<()> {
        let statistics = InterfaceStatisticsBlock {
            interface_id: 0,
            timestamp: high_word_first(end_ns),
            options: vec![
                InterfaceStatisticsOption::Comment(comment.into()),
                InterfaceStatisticsOption::IsbStartTime(high_word_first(self.start_ns)),
                InterfaceStatisticsOption::IsbEndTime(high_word_first(end_ns)),
                InterfaceStatisticsOption::IsbIfRecv(self.packets),
                InterfaceStatisticsOption::IsbIfDrop(dropped),
            ],
        };
        let written = self.blocks.write_pcapng_block(statistics);
        written.map(drop).map_err(io::Error::other)
    }

    /// Lets all blocks out. Returns their bytes.
    pub(super) fn write_out(&mut self) -> io::Result<u64> {
        let bytes = self.blocks.get_mut();
        if bytes.is_empty() {
            return Ok(0);
        }
        self.output.write_all(bytes)?;
        self.output.flush()?;
        let count = bytes.len() as u64;
        bytes.clear();
        self.written_bytes += count;
        Ok(count)
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.output.sync()
    }
}

/// pcapng has a time as two words of 32 bits, the higher one first in either byte order; the library writes it as one of
/// 64 bits.
const fn high_word_first(time_ns: u64) -> u64 {
    time_ns.rotate_left(32)
}

fn begin(path: &Path, header: &Header) -> io::Result<PcapNgWriter<Vec<u8>>> {
    let section = SectionHeaderBlock {
        endianness: Endianness::Little,
        options: vec![
            SectionHeaderOption::Hardware(std::env::consts::ARCH.into()),
            SectionHeaderOption::OS(std::env::consts::OS.into()),
            SectionHeaderOption::UserApplication(SOFTWARE.into()),
        ],
        ..SectionHeaderBlock::default()
    };
    let mut blocks =
        PcapNgWriter::with_section_header(Vec::new(), section).map_err(io::Error::other)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let description = format!("{}:{}", header.host, header.port);
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::ETHERNET,
        snaplen: SNAP_LENGTH,
        options: vec![
            InterfaceDescriptionOption::Comment(Cow::Owned(header.to_comment())),
            InterfaceDescriptionOption::IfName(name),
            InterfaceDescriptionOption::IfDescription(description.into()),
            InterfaceDescriptionOption::IfTsResol(RESOLUTION),
        ],
    };
    blocks
        .write_pcapng_block(interface)
        .map_err(io::Error::other)?;
    Ok(blocks)
}
