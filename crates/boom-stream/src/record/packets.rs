//! The TCP conversation that the file shows: a segment for each read and write, as if it had been captured.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use etherparse::{IpHeaders, IpNumber, Ipv4Header, Ipv6Header, PacketBuilder, TcpHeader};
use etherparse::{Ipv4Extensions, Ipv6Extensions, TcpOptionElement};

use super::queue::Direction;

/// A peer whose address is not known, and this side of it: addresses for documentation (RFC 5737, RFC 3849).
const PEER_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const OWN_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
const OWN_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2);

/// Locally administered addresses: nobody's.
const PEER_MAC: [u8; 6] = [0x02, 0, 0, 0, 0, 1];
const OWN_MAC: [u8; 6] = [0x02, 0, 0, 0, 0, 2];

const HOP_LIMIT: u8 = 64;
const WINDOW: u16 = u16::MAX;
/// The largest (RFC 7323 §2.3), so that Wireshark never takes the window for full.
const WINDOW_SCALE: u8 = 14;
const MAX_SEGMENT: u16 = u16::MAX - 40;
/// One side acknowledges by a segment of its own when so many bytes of the other have come without one.
const ACKNOWLEDGE_EVERY: u64 = 1 << 20;

/// What a segment says besides its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Syn,
    None,
    Push,
    Fin,
    Reset,
}

/// Both sides of the conversation.
#[derive(Debug)]
pub(super) struct Conversation {
    addresses: Addresses,
    own_port: u16,
    peer_port: u16,
    /// By direction, the inbound one first.
    sides: [Side; 2],
}

#[derive(Clone, Copy, Debug)]
enum Addresses {
    V4 { own: Ipv4Addr, peer: Ipv4Addr },
    V6 { own: Ipv6Addr, peer: Ipv6Addr },
}

/// What one side has sent.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    /// Its bytes so far, missing ones included.
    bytes: u64,
    /// SYN and FIN take a sequence number each.
    marks: u32,
    /// Bytes of this side that the other has acknowledged.
    acknowledged: u64,
}

impl Side {
    /// RFC 9293 §3.4: sequence numbers are counted modulo 2^32.
    const fn sequence_number(&self) -> u32 {
        (self.bytes as u32).wrapping_add(self.marks)
    }
}

impl Conversation {
    /// Takes the peer's address from the host where that is one.
    pub(super) fn new(host: &str, own_port: u16, peer_port: u16) -> Self {
        let addresses = match host.parse() {
            Ok(IpAddr::V6(peer)) => Addresses::V6 { own: OWN_V6, peer },
            Ok(IpAddr::V4(peer)) => Addresses::V4 { own: OWN_V4, peer },
            Err(_) => Addresses::V4 {
                own: OWN_V4,
                peer: PEER_V4,
            },
        };
        Self {
            addresses,
            own_port,
            peer_port,
            sides: [Side::default(); 2],
        }
    }

    /// The bytes that each side has sent so far.
    pub(super) fn offsets(&self) -> [u64; 2] {
        self.sides.map(|side| side.bytes)
    }

    /// Leaves out bytes that are missing.
    pub(super) const fn skip(&mut self, direction: Direction, bytes: u64) {
        self.sides[direction.index()].bytes += bytes;
    }

    /// Returns true if it is time that the receiver of what goes in this direction acknowledges it.
    pub(super) const fn wants_acknowledgement(&self, direction: Direction) -> bool {
        let side = self.sides[direction.index()];
        side.bytes - side.acknowledged >= ACKNOWLEDGE_EVERY
    }

    /// Appends the frame of the next segment in `direction` to `frame`.
    pub(super) fn segment(
        &mut self,
        direction: Direction,
        mark: Mark,
        payload: &[u8],
        frame: &mut Vec<u8>,
    ) -> io::Result<()> {
        let header = self.tcp_header(direction, mark)?;
        let (ip, length) = self.ip_headers(direction)?;
        let (source, destination) = match direction {
            Direction::Inbound => (PEER_MAC, OWN_MAC),
            Direction::Outbound => (OWN_MAC, PEER_MAC),
        };
        frame.reserve(length + header.header_len() + payload.len());
        PacketBuilder::ethernet2(source, destination)
            .ip(ip)
            .tcp_header(header)
            .write(frame, payload)
            .map_err(io::Error::other)?;
        let side = &mut self.sides[direction.index()];
        side.bytes += payload.len() as u64;
        side.marks += u32::from(matches!(mark, Mark::Syn | Mark::Fin));
        let other = &mut self.sides[direction.other().index()];
        other.acknowledged = other.bytes;
        Ok(())
    }

    fn tcp_header(&self, direction: Direction, mark: Mark) -> io::Result<TcpHeader> {
        let (source, destination) = match direction {
            Direction::Inbound => (self.peer_port, self.own_port),
            Direction::Outbound => (self.own_port, self.peer_port),
        };
        let [side, other] = [direction, direction.other()].map(|d| self.sides[d.index()]);
        let mut header = TcpHeader::new(source, destination, side.sequence_number(), WINDOW);
        match mark {
            Mark::Syn => {
                header.syn = true;
                let options = [
                    TcpOptionElement::MaximumSegmentSize(MAX_SEGMENT),
                    TcpOptionElement::Noop,
                    TcpOptionElement::WindowScale(WINDOW_SCALE),
                ];
                header.set_options(&options).map_err(io::Error::other)?;
            }
            Mark::None => {}
            Mark::Push => header.psh = true,
            Mark::Fin => header.fin = true,
            Mark::Reset => header.rst = true,
        }
        // All but the very first segment acknowledge.
        header.ack = other.marks > 0;
        header.acknowledgment_number = if header.ack {
            other.sequence_number()
        } else {
            0
        };
        Ok(header)
    }

    /// The headers, and how long they and the Ethernet header are. The builder fills in the lengths.
    fn ip_headers(&self, direction: Direction) -> io::Result<(IpHeaders, usize)> {
        const ETHERNET: usize = 14;
        Ok(match self.addresses {
            Addresses::V4 { own, peer } => {
                let [source, destination] = directed(direction, own.octets(), peer.octets());
                let header = Ipv4Header::new(0, HOP_LIMIT, IpNumber::TCP, source, destination)
                    .map_err(io::Error::other)?;
                let headers = IpHeaders::Ipv4(header, Ipv4Extensions::default());
                (headers, ETHERNET + Ipv4Header::MIN_LEN)
            }
            Addresses::V6 { own, peer } => {
                let [source, destination] = directed(direction, own.octets(), peer.octets());
                let header = Ipv6Header {
                    hop_limit: HOP_LIMIT,
                    next_header: IpNumber::TCP,
                    source,
                    destination,
                    ..Ipv6Header::default()
                };
                let headers = IpHeaders::Ipv6(header, Ipv6Extensions::default());
                (headers, ETHERNET + Ipv6Header::LEN)
            }
        })
    }
}

fn directed<T>(direction: Direction, own: T, peer: T) -> [T; 2] {
    match direction {
        Direction::Inbound => [peer, own],
        Direction::Outbound => [own, peer],
    }
}

#[cfg(test)]
mod tests {
    use etherparse::{NetSlice, SlicedPacket, TransportSlice};

    use super::*;

    #[test]
    fn sequence_numbers_wrap_beyond_4_gib() {
        let mut conversation = open("192.0.2.9");
        let start = (1u64 << 32) - 3;
        conversation.skip(Direction::Inbound, start);
        let first = send(&mut conversation, Direction::Inbound, Mark::Push, b"ab");
        let second = send(&mut conversation, Direction::Inbound, Mark::Push, b"cdef");
        let answer = send(&mut conversation, Direction::Outbound, Mark::Push, b"g");
        // SYN took the first number.
        assert_eq!(first.0, u32::MAX - 1);
        assert_eq!(second.0, 0);
        assert_eq!(answer.1, 4);
        assert_eq!(conversation.offsets(), [start + 6, 1]);
    }

    #[test]
    fn the_handshake_counts_and_acknowledges() {
        let mut conversation = Conversation::new("::1", 50000, 80);
        let out = Direction::Outbound;
        assert_eq!(send(&mut conversation, out, Mark::Syn, b""), (0, 0));
        assert_eq!(send(&mut conversation, out.other(), Mark::Syn, b""), (0, 1));
        assert_eq!(send(&mut conversation, out, Mark::None, b""), (1, 1));
        assert_eq!(send(&mut conversation, out, Mark::Push, b"abc"), (1, 1));
        assert_eq!(send(&mut conversation, out.other(), Mark::Fin, b""), (1, 4));
        assert_eq!(send(&mut conversation, out, Mark::None, b""), (4, 2));
    }

    #[test]
    fn much_that_is_not_acknowledged_is_told() {
        let mut conversation = open("example.com");
        conversation.skip(Direction::Inbound, ACKNOWLEDGE_EVERY - 1);
        assert!(!conversation.wants_acknowledgement(Direction::Inbound));
        conversation.skip(Direction::Inbound, 1);
        assert!(conversation.wants_acknowledgement(Direction::Inbound));
        send(&mut conversation, Direction::Outbound, Mark::None, b"");
        assert!(!conversation.wants_acknowledgement(Direction::Inbound));
    }

    #[test]
    fn the_longest_payload_has_room_in_both_versions_of_ip() {
        let payload = vec![1; super::super::format::MAX_PAYLOAD];
        for host in ["example.com", "2001:db8::1"] {
            send(&mut open(host), Direction::Inbound, Mark::Push, &payload);
        }
    }

    fn open(host: &str) -> Conversation {
        let mut conversation = Conversation::new(host, 50000, 80);
        send(&mut conversation, Direction::Outbound, Mark::Syn, b"");
        send(&mut conversation, Direction::Inbound, Mark::Syn, b"");
        conversation
    }

    /// Sequence and acknowledgement numbers of the frame, whose checksums are checked.
    fn send(
        conversation: &mut Conversation,
        direction: Direction,
        mark: Mark,
        payload: &[u8],
    ) -> (u32, u32) {
        let mut frame = Vec::new();
        conversation
            .segment(direction, mark, payload, &mut frame)
            .unwrap();
        let packet = SlicedPacket::from_ethernet(&frame).unwrap();
        let Some(TransportSlice::Tcp(tcp)) = packet.transport else {
            panic!("no TCP")
        };
        assert_eq!(tcp.payload(), payload);
        let checksum = match packet.net.unwrap() {
            NetSlice::Ipv4(ip) => {
                let header = ip.header().to_header();
                assert_eq!(header.header_checksum, header.calc_header_checksum());
                tcp.calc_checksum_ipv4(header.source, header.destination)
            }
            NetSlice::Ipv6(ip) => {
                let header = ip.header();
                tcp.calc_checksum_ipv6(header.source(), header.destination())
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(tcp.checksum(), checksum.unwrap());
        (tcp.sequence_number(), tcp.acknowledgment_number())
    }
}
