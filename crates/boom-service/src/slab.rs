//! A table with places that are used again, and handles that notice it.

/// Names a registered endpoint.
///
/// The handle of an endpoint that was removed stays invalid for good: it never reaches another endpoint that took the
/// place.
///
/// # Examples
///
/// ```
/// # use boom_select::DirectSelector;
/// # use boom_service::{Endpoint, IntoIOService};
/// # use boom_stream::{ConnectionInfo, ConnectionInfoProvider, tcp::TcpStream};
/// # use std::{io, net::SocketAddr};
/// # struct Quotes(ConnectionInfo);
/// # impl ConnectionInfoProvider for Quotes {
/// #     fn connection_info(&self) -> &ConnectionInfo { &self.0 }
/// # }
/// # impl Endpoint for Quotes {
/// #     type Target = TcpStream;
/// #     fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<TcpStream>> {
/// #         TcpStream::try_from((&self.0, addr)).map(Some)
/// #     }
/// #     fn poll(&mut self, _: &mut TcpStream) -> io::Result<()> { Ok(()) }
/// # }
/// let mut service = DirectSelector::new().into_io_service();
/// let first = service.register(Quotes(ConnectionInfo::new("127.0.0.1", 4001)));
/// assert!(service.deregister(first).is_some());
/// let second = service.register(Quotes(ConnectionInfo::new("127.0.0.1", 4002)));
/// assert_ne!(first, second);
/// assert!(service.deregister(first).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle {
    pub(crate) index: u32,
    generation: u32,
}

/// Values at small indexes. Removing one makes its index free for another, under a new generation.
#[derive(Debug)]
pub(crate) struct Slab<V> {
    slots: Vec<Slot<V>>,
    /// Indexes of the slots without a value.
    free: Vec<u32>,
    /// Number of values.
    len: usize,
}

#[derive(Debug)]
struct Slot<V> {
    /// Of the value that is here, or of the next one.
    generation: u32,
    /// Where the value is that this place is reserved for; the place itself unless it is reserved.
    owner: u32,
    value: Option<V>,
}

impl<V> Slab<V> {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            len: 0,
        }
    }

    pub(crate) fn insert(&mut self, value: V) -> Handle {
        self.len += 1;
        if let Some(index) = self.free.pop()
            && let Some(slot) = self.slots.get_mut(index as usize)
        {
            (slot.owner, slot.value) = (index, Some(value));
            return Handle {
                index,
                generation: slot.generation,
            };
        }
        // Memory ends long before 2^32 slots.
        let index = self.slots.len() as u32;
        self.slots.push(Slot {
            generation: 0,
            owner: index,
            value: Some(value),
        });
        Handle {
            index,
            generation: 0,
        }
    }

    /// Takes the value at `index` out; its handle is invalid from now on.
    pub(crate) fn remove(&mut self, index: u32) -> Option<V> {
        let slot = self.slots.get_mut(index as usize)?;
        let value = slot.value.take()?;
        self.len -= 1;
        // A slot whose generations are used up is never used again, or an old handle could match.
        if slot.generation < u32::MAX {
            slot.generation += 1;
            self.free.push(index);
        }
        Some(value)
    }

    /// Takes a place that holds no value, for something else that belongs to the value at `owner`.
    pub(crate) fn reserve(&mut self, owner: u32) -> u32 {
        if let Some(index) = self.free.pop()
            && let Some(slot) = self.slots.get_mut(index as usize)
        {
            slot.owner = owner;
            return index;
        }
        self.slots.push(Slot {
            generation: 0,
            owner,
            value: None,
        });
        (self.slots.len() - 1) as u32
    }

    /// Gives back a place that was reserved.
    pub(crate) fn release(&mut self, index: u32) {
        if let Some(slot) = self.slots.get_mut(index as usize)
            && slot.owner != index
        {
            slot.owner = index;
            self.free.push(index);
        }
    }

    /// Where the value is that `index` belongs to, if it is there.
    pub(crate) fn owner(&self, index: u32) -> Option<u32> {
        self.slots.get(index as usize).map(|slot| slot.owner)
    }

    #[inline]
    pub(crate) fn at_mut(&mut self, index: u32) -> Option<&mut V> {
        self.slots.get_mut(index as usize)?.value.as_mut()
    }

    /// The handle of the value at `index`.
    pub(crate) fn handle(&self, index: u32) -> Option<Handle> {
        let slot = self.slots.get(index as usize)?;
        slot.value.as_ref().map(|_| Handle {
            index,
            generation: slot.generation,
        })
    }

    pub(crate) fn get(&self, handle: Handle) -> Option<&V> {
        let slot = self.slots.get(handle.index as usize)?;
        slot.value
            .as_ref()
            .filter(|_| slot.generation == handle.generation)
    }

    pub(crate) fn get_mut(&mut self, handle: Handle) -> Option<&mut V> {
        let slot = self.slots.get_mut(handle.index as usize)?;
        slot.value
            .as_mut()
            .filter(|_| slot.generation == handle.generation)
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Handle, &V)> {
        self.slots.iter().enumerate().filter_map(|(index, slot)| {
            let handle = Handle {
                index: index as u32,
                generation: slot.generation,
            };
            slot.value.as_ref().map(|value| (handle, value))
        })
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (Handle, &mut V)> {
        self.slots
            .iter_mut()
            .enumerate()
            .filter_map(|(index, slot)| {
                let handle = Handle {
                    index: index as u32,
                    generation: slot.generation,
                };
                slot.value.as_mut().map(|value| (handle, value))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_handle_reaches_nothing() {
        let mut slab = Slab::new();
        let first = slab.insert("first");
        assert_eq!(slab.remove(first.index), Some("first"));
        let second = slab.insert("second");
        assert_eq!(second.index, first.index);
        assert_eq!(slab.get(first), None);
        assert_eq!(slab.get_mut(first), None);
        assert_eq!(slab.get(second), Some(&"second"));
        assert_eq!(slab.handle(second.index), Some(second));
    }

    #[test]
    fn indexes_are_used_again() {
        let mut slab = Slab::new();
        let handles: Vec<_> = (0..4).map(|value| slab.insert(value)).collect();
        slab.remove(handles[1].index);
        slab.remove(handles[2].index);
        slab.insert(10);
        slab.insert(20);
        let mut values: Vec<_> = slab.iter().map(|(_, value)| *value).collect();
        values.sort_unstable();
        assert_eq!(values, [0, 3, 10, 20]);
        assert_eq!(slab.slots.len(), 4);
        assert_eq!(slab.len(), 4);
    }

    #[test]
    fn a_slot_is_retired_before_its_generations_repeat() {
        let mut slab = Slab::new();
        slab.insert('a');
        slab.slots[0].generation = u32::MAX;
        let last = slab.handle(0).unwrap();
        assert_eq!(slab.remove(0), Some('a'));
        let next = slab.insert('b');
        assert_eq!(next.index, 1);
        assert_eq!(slab.get(last), None);
    }

    #[test]
    fn a_reserved_place_leads_to_its_owner_until_it_is_released() {
        let mut slab = Slab::new();
        let value = slab.insert('a');
        let place = slab.reserve(value.index);
        assert_eq!(slab.owner(place), Some(value.index));
        assert_eq!(slab.owner(value.index), Some(value.index));
        assert_eq!((slab.len(), slab.iter().count()), (1, 1));
        assert_eq!(slab.at_mut(place), None);
        assert_eq!(slab.handle(place), None);
        let other = slab.insert('b');
        assert_ne!(other.index, place);
        slab.release(place);
        slab.release(place);
        slab.release(value.index);
        assert_eq!(slab.insert('c').index, place);
        assert_ne!(slab.insert('d').index, place);
        assert_eq!(slab.get(value), Some(&'a'));
    }

    #[test]
    fn removing_twice_frees_once() {
        let mut slab = Slab::new();
        slab.insert(1);
        assert_eq!(slab.remove(0), Some(1));
        assert_eq!(slab.remove(0), None);
        assert_eq!(slab.remove(7), None);
        assert_ne!(slab.insert(2).index, slab.insert(3).index);
    }
}
