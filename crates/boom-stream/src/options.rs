//! What a socket is given before it connects.

mod apply;
mod builder;
#[cfg(target_os = "linux")]
mod linux;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The options of a [`ConnectionInfo`](crate::ConnectionInfo): nothing where nothing is set, one block shared by all
/// clones otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SharedOptions(Option<Arc<SocketOptions>>);

impl SharedOptions {
    pub(crate) fn get(&self) -> &SocketOptions {
        self.0.as_deref().unwrap_or(&SocketOptions::NONE)
    }

    /// Changes this set and no clone's.
    fn edit(&mut self, edit: impl FnOnce(&mut SocketOptions)) {
        edit(Arc::make_mut(self.0.get_or_insert_default()));
        // What sets nothing is equal to what was never touched.
        if *self.get() == SocketOptions::NONE {
            self.0 = None;
        }
    }
}

/// Each is left to the system where it is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SocketOptions {
    interface: Option<String>,
    pub(crate) local_address: Option<IpAddr>,
    local_port: u16,
    /// `TCP_NODELAY` is on unless this is set.
    delay: bool,
    send_buffer: Option<usize>,
    receive_buffer: Option<usize>,
    tos: Option<u8>,
    keepalive: Option<Keepalive>,
    /// Linux's.
    incoming_cpu: Option<u16>,
    /// Linux's, as the two below.
    busy_poll: Option<Duration>,
    prefer_busy_poll: Option<bool>,
    busy_poll_budget: Option<u16>,
    /// Linux's.
    quickack: Option<bool>,
    /// Linux's.
    user_timeout: Option<Duration>,
    config: Option<SocketConfig>,
}

impl SocketOptions {
    const NONE: Self = Self {
        interface: None,
        local_address: None,
        local_port: 0,
        delay: false,
        send_buffer: None,
        receive_buffer: None,
        tos: None,
        keepalive: None,
        incoming_cpu: None,
        busy_poll: None,
        prefer_busy_poll: None,
        busy_poll_budget: None,
        quickack: None,
        user_timeout: None,
        config: None,
    };
}

/// Keep-alive is on; its times are the system's where they are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Keepalive {
    idle: Option<Duration>,
    interval: Option<Duration>,
    count: Option<u32>,
}

/// A user's function, equal only to itself.
#[derive(Clone)]
struct SocketConfig(Arc<ConfigFn>);

type ConfigFn = dyn Fn(&socket2::Socket) -> io::Result<()> + Send + Sync;

impl SocketConfig {
    fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }
}

impl fmt::Debug for SocketConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SocketConfig(..)")
    }
}

impl PartialEq for SocketConfig {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}

impl Eq for SocketConfig {}

impl Hash for SocketConfig {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}
