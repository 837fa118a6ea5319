//! Repeating groups: entries found while they are read.

use crate::error::{FieldError, FieldFault};
use crate::fields::Fields;

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
/// An entry starts with the tag with which the first starts, and ends before the next or, if it is the last that the
/// count promises, with the last field that belongs to the group. An entry is [`Fields`] itself, so groups nest.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldFault, FieldIndex, Fields, GroupDef};
///
/// const PARTIES: GroupDef<'_> = GroupDef::new(453, &[448, 447, 452]);
///
/// let mut index = FieldIndex::new();
/// // Two are promised.
/// let fields = Fields::parse(b"453=2\x01448=A\x0158=end\x01", &mut index)?;
/// let mut parties = fields.group(&PARTIES)?;
/// assert_eq!(parties.len(), 2);
/// assert!(parties.next().is_some_and(|party| party.is_ok()));
/// let error = parties.next().and_then(Result::err).ok_or(FieldFault::Missing).unwrap();
/// assert_eq!((error.tag, error.fault), (453, FieldFault::GroupCount));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// From the next entry on.
    rest: Fields<'a>,
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
        let tags = self.rest.tags;
        if self.left > 1 {
            // Most entries have fewer than eight fields, which need no loop.
            if let Some(&[first, a, b, c, d, e, f, g]) = tags.first_chunk::<8>()
                && first == self.first_tag
            {
                let mut found = 0u32;
                for (index, tag) in [a, b, c, d, e, f, g].into_iter().enumerate() {
                    found |= u32::from(tag == first) << index;
                }
                if found != 0 {
                    return Some(found.trailing_zeros() as usize + 1);
                }
            }
            let width = width_before_next(tags, self.first_tag);
            if width.is_some() {
                return width;
            }
        }
        last_width(tags, self.first_tag, self.def.members)
    }
}

// What follows is not told of the group but of its parts, so that the group stays in registers while it is read.

/// How many fields stand before the next entry.
#[inline(never)]
fn width_before_next(tags: &[u32], first: u32) -> Option<usize> {
    let others = tags.strip_prefix(&[first])?;
    let index = others.iter().position(|&tag| tag == first)?;
    Some(index + 1)
}

/// How many fields the entry has behind which no other comes.
#[inline(never)]
fn last_width(tags: &[u32], first: u32, members: &[u32]) -> Option<usize> {
    let others = tags.strip_prefix(&[first])?;
    if !members.contains(&first) {
        return None;
    }
    // Most entries have the members in the order of the definition, and these need no search.
    let in_order = members.strip_prefix(&[first]).unwrap_or_default();
    let pairs = others.iter().zip(in_order);
    let known = pairs.take_while(|(tag, member)| tag == member).count();
    let mut unknown = others.iter().skip(known);
    let end = unknown.position(|&tag| tag == first || !members.contains(&tag));
    Some(1 + end.map_or(others.len(), |end| known + end))
}

#[cold]
fn wrong_count(tag: u32, count_at: u32) -> FieldError {
    FieldError {
        tag,
        offset: count_at as usize,
        fault: FieldFault::GroupCount,
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
            self.left = 0;
            return Some(Err(wrong_count(self.def.count_tag, self.count_at)));
        };
        self.rest = rest;
        self.left -= 1;
        Some(Ok(entry))
    }
}
