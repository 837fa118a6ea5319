//! What a selector reports: which socket, and ready for what.

/// Names a registered socket: a place and the use of that place.
///
/// Whoever registers sockets chooses both numbers. Places are small and used again; a place's generation differs with
/// each use, so that a report of a socket that is gone is told from one of its successor.
///
/// # Examples
///
/// ```
/// use boom_select::Token;
///
/// let token = Token { index: 7, generation: 2 };
/// assert_eq!(u64::from(token), 0x0000_0002_0000_0007);
/// assert_eq!(Token::from(0x0000_0002_0000_0007), token);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// The place.
    pub index: u32,
    /// Which use of the place.
    pub generation: u32,
}

impl From<Token> for u64 {
    #[inline]
    fn from(token: Token) -> Self {
        Self::from(token.generation) << 32 | Self::from(token.index)
    }
}

impl From<u64> for Token {
    #[inline]
    fn from(packed: u64) -> Self {
        // Each half is what the shift and the cast leave of it.
        Self {
            index: packed as u32,
            generation: (packed >> 32) as u32,
        }
    }
}

/// What a socket is ready for.
///
/// # Examples
///
/// ```
/// use boom_select::Readiness;
///
/// let mut readiness = Readiness::default();
/// readiness.readable = true;
/// assert!(!readiness.writable);
/// assert!(Readiness::READ_WRITE.writable);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Readiness {
    /// A read returns bytes, the end of the stream or an error.
    pub readable: bool,
    /// A write takes bytes or returns an error; a connect has ended.
    pub writable: bool,
    /// The peer sends no more; bytes it sent before may still wait.
    pub read_closed: bool,
    /// The socket has failed, and the next read or write says how; or both sides have ended, and nothing has.
    pub error: bool,
}

impl Readiness {
    /// Readable and writable, nothing else.
    pub const READ_WRITE: Self = Self {
        readable: true,
        writable: true,
        read_closed: false,
        error: false,
    };
}

/// One report: this socket is ready for that.
///
/// # Examples
///
/// ```
/// use boom_select::{Readiness, Ready, Token};
///
/// let ready = Ready { token: Token { index: 0, generation: 0 }, readiness: Readiness::READ_WRITE };
/// assert!(ready.readiness.readable);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ready {
    /// The socket.
    pub token: Token,
    /// What it is ready for.
    pub readiness: Readiness,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_loses_nothing_at_either_end() {
        for (index, generation) in [
            (0, 0),
            (u32::MAX, 0),
            (0, u32::MAX),
            (u32::MAX, u32::MAX),
            (1, 2),
        ] {
            let token = Token { index, generation };
            assert_eq!(Token::from(u64::from(token)), token);
        }
    }
}
