//! Why the sending side cannot do the usual.

/// What stands in the way of framing a message and writing it at once; nearly always nothing, which is one comparison.
#[derive(Clone, Copy, Debug)]
pub(super) struct Obstacles(u8);

impl Obstacles {
    /// The connection is not open: before the handshake is done, and once it is over.
    pub(super) const NOT_OPEN: u8 = 1;
    /// The stream has refused bytes for good.
    pub(super) const WRITE_FAILED: u8 = 1 << 1;
    /// A fragmented message of ours is under way.
    pub(super) const MESSAGE_OPEN: u8 = 1 << 2;
    /// RFC 6455 §5.5.1: after a close frame no other may be sent.
    pub(super) const CLOSE_SENT: u8 = 1 << 3;
    /// Messages may be compressed.
    pub(super) const DEFLATE: u8 = 1 << 4;
    /// A pong waits for room.
    pub(super) const UNANSWERED: u8 = 1 << 5;
    /// Messages wait for the buffer to be empty.
    pub(super) const BACKLOG: u8 = 1 << 6;

    /// Those of a connection that has not begun its handshake.
    pub(super) const fn at_start() -> Self {
        Self(Self::NOT_OPEN)
    }

    #[inline(always)]
    pub(super) const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Nothing but what says how messages of ours are framed.
    #[inline(always)]
    pub(super) const fn lets_receive(self) -> bool {
        self.0 & !(Self::MESSAGE_OPEN | Self::DEFLATE) == 0
    }

    pub(super) const fn has(self, obstacle: u8) -> bool {
        self.0 & obstacle != 0
    }

    pub(super) const fn set(&mut self, obstacle: u8, is_there: bool) {
        if is_there {
            self.0 |= obstacle;
        } else {
            self.0 &= !obstacle;
        }
    }
}
