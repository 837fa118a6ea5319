//! Repeating groups: entries found while they are read.

use crate::error::{FieldError, FieldFault};
use crate::fields::{Fields, SOH};
use crate::value::digits_of;

/// What a repeating group is made of: the field that counts its entries, and the tags that belong to an entry.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldIndex, Fields, GroupDef};
///
/// const PARTIES: GroupDef<'_> = GroupDef::new(453, &[448, 447, 452]);
///
/// let mut index = FieldIndex::new();
/// let bytes = b"453=2\x01448=A\x01452=1\x01448=B\x01452=3\x0158=end\x01";
/// let fields = Fields::parse(bytes, &mut index)?;
/// let mut roles = Vec::new();
/// for party in fields.group(&PARTIES)? {
///     let party = party?;
///     roles.push((party.text(448)?, party.int(452)?));
///     assert_eq!(party.get(58), None);
/// }
/// assert_eq!(roles, [("A", 1), ("B", 3)]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupDef<'a> {
    count_tag: u32,
    members: &'a [u32],
}

impl<'a> GroupDef<'a> {
    /// A group counted by `count_tag`, with entries of these tags, those of nested groups included.
    pub const fn new(count_tag: u32, members: &'a [u32]) -> Self {
        Self { count_tag, members }
    }

    /// The tag of the field that counts.
    pub const fn count_tag(&self) -> u32 {
        self.count_tag
    }

    /// The tags of an entry.
    pub const fn members(&self) -> &'a [u32] {
        self.members
    }
}

/// The entries of a group, found one after the other.
///
/// An entry starts with the tag with which the first starts. It ends before the next entry, or before the first field that
/// does not belong to the group. If there are fewer entries than the count promises, those that are there come first, then
/// an error that names the count's tag and place, and how many there are. An entry is [`Fields`] itself, so groups nest.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldFault, FieldIndex, Fields, GroupDef};
///
/// const PARTIES: GroupDef<'_> = GroupDef::new(453, &[448, 447, 452]);
///
/// let mut index = FieldIndex::new();
/// // Two are promised. What is behind the group is never taken for a part of it.
/// let fields = Fields::parse(b"453=2\x01448=A\x0158=end\x01448=B\x01", &mut index)?;
/// let mut parties = fields.group(&PARTIES)?;
/// assert_eq!(parties.len(), 2);
/// assert!(matches!(parties.next(), Some(Ok(party)) if party.tags() == [448]));
/// assert!(matches!(
///     parties.next(),
///     Some(Err(error)) if (error.tag, error.offset) == (453, 4)
///         && error.fault == FieldFault::GroupCount { found: 1 },
/// ));
/// assert!(parties.next().is_none());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// From the next entry on.
    rest: Fields<'a>,
    /// The tags from the entry before it on, and how many fields that has: none in front of the first.
    from: &'a [u32],
    width: usize,
    left: usize,
    /// The tag that starts an entry.
    first_tag: u32,
    count_at: u32,
    def: &'a GroupDef<'a>,
}

impl<'a> Group<'a> {
    #[inline(always)]
    pub(crate) fn new(
        fields: Fields<'a>,
        position: usize,
        def: &'a GroupDef<'a>,
    ) -> Result<Self, FieldError> {
        let mut group = Self::none(fields, def);
        if let (Some(count), Some((_, rest))) = (fields.at(position), fields.split_at(position + 1))
        {
            let left = usize::try_from(count.int()?);
            group.left = left.map_err(|_| count.error(FieldFault::NotAnInt))?;
            group.count_at = count.offset;
            group.first_tag = rest.tags().first().copied().unwrap_or(0);
            group.rest = rest;
        }
        Ok(group)
    }

    pub(crate) const fn none(fields: Fields<'a>, def: &'a GroupDef<'a>) -> Self {
        Self {
            rest: fields,
            from: &[],
            width: 0,
            left: 0,
            first_tag: 0,
            count_at: 0,
            def,
        }
    }

    /// How many more entries the count promises.
    pub const fn len(&self) -> usize {
        self.left
    }

    /// Returns true if no more is promised.
    pub const fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// What follows the entries that were read.
    pub const fn rest(&self) -> Fields<'a> {
        self.rest
    }

    /// How many fields the next entry has.
    #[inline(always)]
    fn next_width(&self) -> Option<usize> {
        if is_same_again(self.from, self.width) {
            return Some(self.width);
        }
        width(self.rest.tags, self.first_tag, self.def.members)
    }
}

// What follows is not told of the group but of its parts, so that the group stays in registers while it is read.

/// Whether the tags start with an entry so wide, a second with the same fields, and the first of a third: most entries are
/// like the one before them, of which it is known that its fields belong to the group.
#[inline(always)]
fn is_same_again(tags: &[u32], width: usize) -> bool {
    // Three to seven fields in two comparisons of four, which may overlap.
    let more = width.wrapping_sub(3);
    if let Some(tags) = tags.first_chunk::<16>()
        && more < 5
    {
        let four = |from: usize| tags.get(from..from + 4);
        return (four(0) == four(more + 3)) & (four(more) == four(2 * more + 3));
    }
    false
}

/// How many fields the entry at the front has.
#[inline(never)]
fn width(tags: &[u32], first: u32, members: &[u32]) -> Option<usize> {
    let others = tags.strip_prefix(&[first])?;
    let mut next = match members {
        [member, ..] if *member == first => 1,
        _ => 1 + members.iter().position(|&member| member == first)?,
    };
    // Most entries have their fields in the order of the definition, so that each is looked for behind the last.
    let in_order = others.iter().zip(members.get(next..).unwrap_or_default());
    let known = in_order.take_while(|(tag, member)| tag == member).count();
    next += known;
    for (index, &tag) in others.iter().enumerate().skip(known) {
        if tag == first {
            return Some(1 + index);
        }
        let (before, behind) = members.split_at_checked(next).unwrap_or_default();
        let is_tag = |member: &u32| *member == tag;
        let place = behind.iter().position(is_tag).map(|more| next + more);
        match place.or_else(|| before.iter().position(is_tag)) {
            Some(place) => next = place + 1,
            None => return Some(1 + index),
        }
    }
    Some(tags.len())
}

#[cold]
fn wrong_count(fields: Fields<'_>, tag: u32, count_at: u32, left: usize) -> FieldError {
    // What was promised is not kept, because it is only wanted here.
    let count = fields.bytes.get(count_at as usize..).unwrap_or_default();
    let digits = count.split(|&byte| byte == SOH).next();
    let promised = digits.and_then(digits_of).unwrap_or(0);
    let found = usize::try_from(promised).map_or(0, |promised| promised.saturating_sub(left));
    FieldError {
        tag,
        offset: count_at as usize,
        fault: FieldFault::GroupCount {
            found: u16::try_from(found).unwrap_or(u16::MAX),
        },
    }
}

impl<'a> Iterator for Group<'a> {
    type Item = Result<Fields<'a>, FieldError>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let parts = self
            .next_width()
            .and_then(|width| self.rest.split_at(width));
        let Some((entry, rest)) = parts else {
            let left = std::mem::take(&mut self.left);
            let tag = self.def.count_tag;
            return Some(Err(wrong_count(self.rest, tag, self.count_at, left)));
        };
        (self.from, self.width) = (self.rest.tags, entry.tags.len());
        self.rest = rest;
        self.left -= 1;
        Some(Ok(entry))
    }
}
