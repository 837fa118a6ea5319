//! What is equal in two runs, out of what is not.

/// Turns what a program writes into what two runs of it have in common.
///
/// A replay that verifies passes the recorded bytes through one of these and the written ones through a clone of it, and
/// compares what comes out. A normaliser for WebSocket leaves out the value of `Sec-WebSocket-Key` and unmasks the frames.
/// The bytes come in pieces that are cut anywhere; what cannot be decided yet is kept for the next piece.
///
/// Closures that need no state between pieces are normalisers, too.
///
/// # Examples
///
/// ```
/// use boom_stream::replay::Normalise;
///
/// /// Leaves out the first eight bytes of a connection: a session's number.
/// #[derive(Clone)]
/// struct WithoutSession {
///     left: usize,
/// }
///
/// impl Normalise for WithoutSession {
///     fn normalise(&mut self, bytes: &[u8], normal: &mut Vec<u8>) {
///         let skipped = self.left.min(bytes.len());
///         self.left -= skipped;
///         normal.extend_from_slice(&bytes[skipped..]);
///     }
/// }
///
/// let mut normal = Vec::new();
/// let mut session = WithoutSession { left: 8 };
/// session.normalise(b"12345", &mut normal);
/// session.normalise(b"678login", &mut normal);
/// assert_eq!(normal, b"login");
/// ```
pub trait Normalise {
    /// Appends to `normal` what the next bytes of the stream come to.
    fn normalise(&mut self, bytes: &[u8], normal: &mut Vec<u8>);

    /// Changes, in place, recorded bytes that are about to be read, where they answer what the program wrote this time and
    /// not what was recorded.
    ///
    /// Called on the normaliser of the written side, once for each byte, and not before the writes that were recorded
    /// before it. One for WebSocket puts the `Sec-WebSocket-Accept` there that goes with the key that it saw. Without it
    /// nothing is changed.
    fn adapt(&mut self, recorded: &mut [u8]) {
        let _ = recorded;
    }
}

impl<F: FnMut(&[u8], &mut Vec<u8>)> Normalise for F {
    fn normalise(&mut self, bytes: &[u8], normal: &mut Vec<u8>) {
        self(bytes, normal);
    }
}

/// Everything is expected again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verbatim;

impl Normalise for Verbatim {
    fn normalise(&mut self, bytes: &[u8], normal: &mut Vec<u8>) {
        normal.extend_from_slice(bytes);
    }
}
