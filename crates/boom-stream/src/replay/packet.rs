//! The TCP segment in a packet of a recording.

use std::ops::Range;

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};

use super::{Corruption, Direction};
use crate::record::format::{ERROR, FLAG_INBOUND, FLAG_OUTBOUND, kind_of_name};

/// Bits 0 and 1 of `epb_flags`.
const DIRECTION_MASK: u32 = 3;
/// Of an enhanced packet block before the packet itself.
const BLOCK_HEADER: usize = 28;

/// What a segment is to a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) time_ns: u64,
    pub(super) direction: Direction,
    pub(super) sequence_number: u32,
    pub(super) mark: Mark,
    /// Its bytes within the block.
    pub(super) payload: Range<usize>,
    /// Packets are missing before it.
    pub(super) is_after_drop: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Syn,
    /// Bytes; true with the last ones of a read or write.
    Bytes(bool),
    Fin,
    Reset(std::io::ErrorKind),
}

impl Segment {
    /// Returns true if it does nothing but acknowledge.
    pub(super) fn is_bare(&self) -> bool {
        matches!(self.mark, Mark::Bytes(_)) && self.payload.is_empty()
    }

    pub(super) fn parse(packet: &EnhancedPacketBlock<'_>) -> Result<Self, Corruption> {
        let frame: &[u8] = &packet.data;
        if packet.original_len as usize != frame.len() {
            return Err(Corruption::Packet);
        }
        let sliced = SlicedPacket::from_ethernet(frame).map_err(|_| Corruption::Packet)?;
        let (Some(TransportSlice::Tcp(tcp)), Some(net)) = (sliced.transport, sliced.net) else {
            return Err(Corruption::Packet);
        };
        if Some(tcp.checksum()) != checksum(&net, &tcp) {
            return Err(Corruption::Checksum);
        }
        // The payload ends the frame, so its place in the block follows from its length.
        let payload = tcp.payload();
        let end = BLOCK_HEADER + frame.len();
        if !frame.ends_with(payload) {
            return Err(Corruption::Packet);
        }
        let mark = if tcp.syn() {
            Mark::Syn
        } else if tcp.rst() {
            Mark::Reset(error_kind(packet))
        } else if tcp.fin() {
            Mark::Fin
        } else {
            Mark::Bytes(tcp.psh())
        };
        if !payload.is_empty() && !matches!(mark, Mark::Bytes(_)) {
            return Err(Corruption::Packet);
        }
        Ok(Self {
            time_ns: u64::try_from(packet.timestamp.as_nanos()).unwrap_or(u64::MAX),
            direction: direction(packet).ok_or(Corruption::Direction)?,
            sequence_number: tcp.sequence_number(),
            mark,
            payload: end - payload.len()..end,
            is_after_drop: is_after_drop(packet),
        })
    }
}

fn checksum(net: &NetSlice<'_>, tcp: &etherparse::TcpSlice<'_>) -> Option<u16> {
    match net {
        NetSlice::Ipv4(ip) => {
            let header = ip.header();
            tcp.calc_checksum_ipv4(header.source(), header.destination())
                .ok()
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header();
            tcp.calc_checksum_ipv6(header.source(), header.destination())
                .ok()
        }
        _ => None,
    }
}

fn direction(packet: &EnhancedPacketBlock<'_>) -> Option<Direction> {
    let flags = packet.options.iter().find_map(|option| match option {
        EnhancedPacketOption::Flags(flags) => Some(flags & DIRECTION_MASK),
        _ => None,
    });
    match flags? {
        FLAG_INBOUND => Some(Direction::Inbound),
        FLAG_OUTBOUND => Some(Direction::Outbound),
        _ => None,
    }
}

/// A RST without a comment is what it says.
fn error_kind(packet: &EnhancedPacketBlock<'_>) -> std::io::ErrorKind {
    let name = packet.options.iter().find_map(|option| match option {
        EnhancedPacketOption::Comment(comment) => comment.strip_prefix(ERROR),
        _ => None,
    });
    name.map_or(std::io::ErrorKind::ConnectionReset, kind_of_name)
}

fn is_after_drop(packet: &EnhancedPacketBlock<'_>) -> bool {
    packet
        .options
        .iter()
        .any(|option| matches!(option, EnhancedPacketOption::DropCount(1..)))
}
