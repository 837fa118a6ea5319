//! One file of a recording.

use std::fmt;
use std::io::Read;

use pcap_file::DataLink;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::interface_statistics::{
    InterfaceStatisticsBlock, InterfaceStatisticsOption,
};
use pcap_file::pcapng::blocks::{
    ENHANCED_PACKET_BLOCK, INTERFACE_DESCRIPTION_BLOCK, INTERFACE_STATISTIC_BLOCK,
    SECTION_HEADER_BLOCK,
};
use pcap_file::pcapng::{Block, PcapNgParser};

use super::blocks::{Blocks, Frame};
use super::packet::Segment;
use super::{Corruption, ReplayError};
use crate::record::format::{CONTINUED, FINISHED, Header, VERSION};

/// Nanoseconds: 10^-9.
const RESOLUTION: u8 = 9;

/// A file that is being read.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) blocks: Blocks,
    parser: Parser,
    pub(super) header: Header,
    pub(super) ending: Option<Ending>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Finished,
    Continued,
}

impl Part {
    /// Reads up to the description of the interface, which every recording begins with.
    ///
    /// It should be the file of this number.
    pub(super) fn open(reader: Box<dyn Read + Send>, number: u32) -> Result<Self, ReplayError> {
        let mut blocks = Blocks::new(reader, number);
        let Some(first) = blocks.next()? else {
            return Err(blocks.truncated());
        };
        let mut parser =
            Parser::new(blocks.bytes(first)).ok_or_else(|| corrupt(first, Corruption::Block))?;
        let header = loop {
            let Some(frame) = blocks.next()? else {
                return Err(blocks.truncated());
            };
            match frame.kind {
                INTERFACE_DESCRIPTION_BLOCK => {
                    let block = parser.block(blocks.bytes(frame));
                    let Some(Block::InterfaceDescription(interface)) = block else {
                        return Err(corrupt(frame, Corruption::Block));
                    };
                    break header_of(&interface, frame)?;
                }
                ENHANCED_PACKET_BLOCK => return Err(ReplayError::Foreign),
                _ => {}
            }
        };
        blocks.is_part(header.part);
        Ok(Self {
            blocks,
            parser,
            header,
            ending: None,
        })
    }

    /// The next segment of this file; none at its end.
    pub(super) fn next_segment(&mut self) -> Result<Option<(Segment, Frame)>, ReplayError> {
        while let Some(frame) = self.blocks.next()? {
            let bytes = self.blocks.bytes(frame);
            match frame.kind {
                ENHANCED_PACKET_BLOCK => {
                    let block = self.parser.block(bytes);
                    let Some(Block::EnhancedPacket(packet)) = block else {
                        return Err(corrupt(frame, Corruption::Block));
                    };
                    let segment = Segment::parse(&packet);
                    let segment = segment.map_err(|what| corrupt(frame, what))?;
                    return Ok(Some((segment, frame)));
                }
                INTERFACE_STATISTIC_BLOCK => {
                    let block = self.parser.block(bytes);
                    let Some(Block::InterfaceStatistics(statistics)) = block else {
                        return Err(corrupt(frame, Corruption::Block));
                    };
                    self.ending = ending_of(&statistics).or(self.ending);
                }
                INTERFACE_DESCRIPTION_BLOCK | SECTION_HEADER_BLOCK => {
                    return Err(corrupt(frame, Corruption::Second));
                }
                // Blocks that an editor of captures adds.
                _ => {}
            }
        }
        Ok(None)
    }
}

/// The library's parser, which sees one whole block at a time.
struct Parser(PcapNgParser);

impl Parser {
    fn new(section: &[u8]) -> Option<Self> {
        PcapNgParser::new(section)
            .ok()
            .map(|(_, parser)| Self(parser))
    }

    fn block<'a>(&mut self, bytes: &'a [u8]) -> Option<Block<'a>> {
        self.0.next_block(bytes).ok().map(|(_, block)| block)
    }
}

impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parser")
    }
}

fn header_of(
    interface: &InterfaceDescriptionBlock<'_>,
    frame: Frame,
) -> Result<Header, ReplayError> {
    let comments = interface.options.iter().filter_map(|option| match option {
        InterfaceDescriptionOption::Comment(comment) => Some(comment),
        _ => None,
    });
    let mut ours = comments.filter_map(|comment| Some((Header::version(comment)?, comment)));
    let (version, comment) = ours.next().ok_or(ReplayError::Foreign)?;
    if version != VERSION {
        return Err(ReplayError::Version { version });
    }
    // The first one, since that is the one the library goes by.
    let resolution = interface.options.iter().find_map(|option| match option {
        InterfaceDescriptionOption::IfTsResol(resolution) => Some(*resolution),
        _ => None,
    });
    let is_in_nanoseconds = resolution == Some(RESOLUTION);
    let header = Header::from_comment(comment);
    match header {
        Some(header) if is_in_nanoseconds && interface.linktype == DataLink::ETHERNET => Ok(header),
        _ => Err(corrupt(frame, Corruption::Interface)),
    }
}

fn ending_of(statistics: &InterfaceStatisticsBlock<'_>) -> Option<Ending> {
    statistics.options.iter().find_map(|option| match option {
        InterfaceStatisticsOption::Comment(comment) if comment == FINISHED => {
            Some(Ending::Finished)
        }
        InterfaceStatisticsOption::Comment(comment) if comment == CONTINUED => {
            Some(Ending::Continued)
        }
        _ => None,
    })
}

pub(super) const fn corrupt(frame: Frame, what: Corruption) -> ReplayError {
    ReplayError::Corrupt {
        offset: frame.offset,
        what,
    }
}
