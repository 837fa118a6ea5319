//! A pool whose connections live in a service.

use boom_select::Selector;
use boom_service::dns::DnsResolver;
use boom_service::{AnyEndpoint, Handle, IOService};
use boom_stream::{Layer, MonotonicClock};

use crate::error::{Error, Reason};
use crate::ext::endpoint::{HttpEndpoint, TlsHttpEndpoint};
use crate::ext::tls::TlsHttpConnection;
use crate::ticket::Ticket;

/// Several connections to one origin in a service, and the choice of a free one.
///
/// The service resolves, connects and reconnects; no request waits here for a connection.
///
/// # Examples
///
/// See [`TlsHttpEndpoint`].
#[derive(Clone, Debug, Default)]
pub struct HttpSlots {
    handles: Vec<Handle>,
}

type TargetOf<E> = <HttpEndpoint<E> as AnyEndpoint<()>>::Target;

impl HttpSlots {
    /// Registers `count` endpoints that `make` makes.
    pub fn register<S, E, T, D>(
        service: &mut IOService<S, HttpEndpoint<E, MonotonicClock>, (), T, D>,
        count: usize,
        mut make: impl FnMut() -> E,
    ) -> Self
    where
        E: TlsHttpEndpoint,
        S: Selector<<TargetOf<E> as Layer>::Base>,
        D: DnsResolver,
    {
        let handles = (0..count).map(|_| service.register(HttpEndpoint::new(make())));
        Self {
            handles: handles.collect(),
        }
    }

    /// The endpoints, for the service's other methods.
    pub fn handles(&self) -> &[Handle] {
        &self.handles
    }

    /// Lends the first free connection to `submit`, which is to send one request.
    ///
    /// # Errors
    ///
    /// That of `submit`; [`Reason::Busy`] where no connection is free.
    pub fn submit<S, E, T, D>(
        &self,
        service: &mut IOService<S, HttpEndpoint<E, MonotonicClock>, (), T, D>,
        submit: impl FnOnce(&mut TlsHttpConnection<E::Stream>) -> Result<Ticket, Error>,
    ) -> Result<Ticket, Error>
    where
        E: TlsHttpEndpoint,
        S: Selector<<TargetOf<E> as Layer>::Base>,
        D: DnsResolver,
    {
        let mut submit = Some(submit);
        for handle in &self.handles {
            let result = service.dispatch(*handle, |target, endpoint| {
                endpoint.submit(target, |target| match submit.take() {
                    Some(submit) => submit(target),
                    None => Err(Error::unsent(Reason::Busy)),
                })
            });
            if let Some(result) = result.flatten() {
                return result;
            }
        }
        Err(Error::unsent(Reason::Busy))
    }
}
