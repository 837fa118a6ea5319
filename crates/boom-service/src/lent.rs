//! A context of any type.

use std::ops::{Deref, DerefMut};

use crate::endpoint::Context;

/// What a service lends to the endpoints that a protocol's crate makes, such as `HttpEndpoint` and `FixInitiator`: any context,
/// which need not be a [`Context`].
///
/// Services of different protocols can be lent the same one, and a service of WebSockets beside them `&mut lent.0`.
///
/// # Examples
///
/// ```
/// let mut orders = boom_service::Lent(vec![1]);
/// orders.push(2);
/// assert_eq!(orders.0, [1, 2]);
/// ```
// A type that no user's crate owns is what tells those endpoints apart from the `TlsWebsocketEndpointWithContext` that such a crate
// might make of one: lent the bare context, the two implementations of `EndpointWithContext` would be taken for a conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lent<C>(pub C);

impl<C> Context for Lent<C> {}

impl<C> Deref for Lent<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C> DerefMut for Lent<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.0
    }
}
