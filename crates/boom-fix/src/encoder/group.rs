//! Repeating groups whose count is known at their end.

use super::{MessageWriter, text};

/// The entries of a group while they are written; see [`MessageWriter::group`].
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, EncodeError, Encoder, GroupWriter, UtcTimestamp};
///
/// fn write_parties(parties: &mut GroupWriter<'_, '_>) {
///     // Groups nest: 802 counts the sub-identifiers of this party.
///     parties.entry().text(448, "X").group(802, |subs| {
///         subs.entry().text(523, "desk").int(803, 13);
///     });
/// }
///
/// let encoder = Encoder::new(BeginString::Fix44, "A", "B")?;
/// let mut room = [0; 256];
/// let mut message = encoder.message(&mut room, "D", 1, UtcTimestamp::UNIX_EPOCH);
/// message.group(453, write_parties);
/// assert!(message.finish()?.as_bytes().windows(6).any(|part| part == b"\x01802=1"));
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Debug)]
pub struct GroupWriter<'w, 'a> {
    writer: &'w mut MessageWriter<'a>,
    count: u64,
}

impl<'a> GroupWriter<'_, 'a> {
    /// Starts the next entry. Write the field first that starts every entry of this group.
    #[inline]
    pub fn entry(&mut self) -> &mut MessageWriter<'a> {
        self.count += 1;
        self.writer
    }
}

pub(super) fn write<'w, 'a>(
    writer: &'w mut MessageWriter<'a>,
    count_tag: u32,
    entries: impl FnOnce(&mut GroupWriter<'_, 'a>),
) -> &'w mut MessageWriter<'a> {
    let (before, fields) = (writer.at, writer.fields);
    writer.uint(count_tag, 0);
    let after = writer.at;
    let mut group = GroupWriter { writer, count: 0 };
    entries(&mut group);
    let count = group.count;
    if count == 0 {
        // With whatever was written without an entry.
        (writer.at, writer.fields) = (before, fields);
        return writer;
    }
    if writer.error.is_some() {
        return writer;
    }
    // The digit and the delimiter.
    patch(writer, count_tag, after - 2, count)
}

/// Writes the count where one digit was left for it.
fn patch<'w, 'a>(
    writer: &'w mut MessageWriter<'a>,
    tag: u32,
    place: usize,
    count: u64,
) -> &'w mut MessageWriter<'a> {
    let width = text::width(count);
    let more = width - 1;
    if more > 0 {
        if writer.at + more > writer.room.len() {
            return writer.fail(crate::EncodeError::NoRoom { tag });
        }
        writer
            .room
            .copy_within(place + 1..writer.at, place + 1 + more);
        writer.at += more;
    }
    // Not one byte more, because the entries follow.
    if let Some(room) = writer.room.get_mut(place..place + width) {
        text::uint(room, count);
    }
    writer
}
