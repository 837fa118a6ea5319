//! A pool whose connections live in a service.

use std::io::{Read, Write};

use boom_select::Selector;
use boom_service::dns::DnsResolver;
use boom_service::{AnyEndpoint, Handle, IOService};
use boom_stream::{Layer, MonotonicClock, Socket};

use crate::error::{Error, Reason, Sent};
use crate::ext::adapter::HttpEndpoint;
use crate::ext::tls::TlsHttpConnection;
use crate::ticket::Ticket;

/// Several connections to one origin in a service, and the choice of a free one.
///
/// The service resolves, connects and reconnects; no request waits here for a connection.
///
/// # Examples
///
/// See [`TlsHttpEndpoint`](crate::TlsHttpEndpoint).
#[derive(Clone, Debug, Default)]
pub struct HttpSlots {
    handles: Vec<Handle>,
}

impl HttpSlots {
    /// Registers `count` endpoints that `make` makes. They go by the operating system's clock.
    pub fn register<S, E, C, T, D>(
        service: &mut IOService<S, HttpEndpoint<E, MonotonicClock>, C, T, D>,
        count: usize,
        mut make: impl FnMut() -> E,
    ) -> Self
    where
        HttpEndpoint<E, MonotonicClock>: AnyEndpoint<C>,
        S: Selector<BaseOf<E, MonotonicClock, C>>,
        D: DnsResolver,
    {
        Self::register_endpoints(service, count, || HttpEndpoint::new(make()))
    }

    /// As [`register`](Self::register), of endpoints that go by a clock of the caller's
    /// ([`HttpEndpoint::with_clock`]).
    pub fn register_endpoints<S, E, K, C, T, D>(
        service: &mut IOService<S, HttpEndpoint<E, K>, C, T, D>,
        count: usize,
        mut make: impl FnMut() -> HttpEndpoint<E, K>,
    ) -> Self
    where
        HttpEndpoint<E, K>: AnyEndpoint<C>,
        S: Selector<BaseOf<E, K, C>>,
        D: DnsResolver,
    {
        let handles = (0..count).map(|_| service.register(make()));
        Self {
            handles: handles.collect(),
        }
    }

    /// The endpoints, for the service's other methods.
    pub fn handles(&self) -> &[Handle] {
        &self.handles
    }

    /// Lends the first free connection to `submit`, which is to send one request, and the next one where that turns out
    /// to have been closed.
    ///
    /// # Errors
    ///
    /// That of `submit`; [`Reason::Busy`] where no connection is free.
    pub fn submit<S, E, K, C, T, D, B>(
        &self,
        service: &mut IOService<S, HttpEndpoint<E, K>, C, T, D>,
        mut submit: impl FnMut(&mut TlsHttpConnection<B>) -> Result<Ticket, Error>,
    ) -> Result<Ticket, Error>
    where
        HttpEndpoint<E, K>: AnyEndpoint<C, Target = TlsHttpConnection<B>>,
        B: Read + Write + Layer<Base: Socket>,
        S: Selector<B::Base>,
        D: DnsResolver,
    {
        let mut result = Err(Error::unsent(Reason::Busy));
        for handle in &self.handles {
            let submitted = service.dispatch(*handle, |target, endpoint| {
                endpoint.submit(target, &mut submit)
            });
            let Some(submitted) = submitted.flatten() else {
                continue;
            };
            let was_closed = |error: &Error| {
                matches!(error.reason, Reason::Closed) && error.sent == Sent::Nothing
            };
            let is_settled = !submitted.as_ref().is_err_and(was_closed);
            result = submitted;
            if is_settled {
                break;
            }
        }
        result
    }
}

type BaseOf<E, K, C> = <<HttpEndpoint<E, K> as AnyEndpoint<C>>::Target as Layer>::Base;
