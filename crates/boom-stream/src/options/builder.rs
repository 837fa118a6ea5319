use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::{Keepalive, SocketConfig, SocketOptions};
use crate::ConnectionInfo;

/// How the socket is set up.
impl ConnectionInfo {
    /// Connects through the network interface of this name, whatever the routes say: by `SO_BINDTODEVICE` on Linux where
    /// that is permitted, which since Linux 5.7 it is to everybody, and otherwise from the interface's address of the
    /// peer's family, as it is at that time.
    ///
    /// # Errors
    ///
    /// [`SocketError::UnknownInterface`](crate::SocketError::UnknownInterface), inside an `io::Error` of the kind
    /// `NotFound`, lists the names there are; the system's, where it does not tell them.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_stream::{ConnectionInfo, SocketError};
    ///
    /// let info = ConnectionInfo::new("127.0.0.1", 4001);
    /// # #[cfg(target_os = "linux")]
    /// assert!(info.clone().with_net_iface_from_name("lo").is_ok());
    ///
    /// let error = info.with_net_iface_from_name("no such").unwrap_err();
    /// assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    /// let error = error.downcast::<SocketError>()?;
    /// let SocketError::UnknownInterface { known, .. } = &error else { panic!("{error}") };
    /// assert!(!known.is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(unix)]
    pub fn with_net_iface_from_name(self, name: &str) -> io::Result<Self> {
        crate::interface::check_name(name)?;
        Ok(self.with(|options| options.interface = Some(name.to_owned())))
    }

    /// Connects from this address of this machine. Peers of the other family cannot be reached then.
    pub fn with_local_address(self, address: impl Into<IpAddr>) -> Self {
        let address = address.into();
        self.with(|options| options.local_address = Some(address))
    }

    /// Connects from this port; 0, the default, lets the system choose one.
    ///
    /// `SO_REUSEADDR` goes with it, so that a connection which has just ended does not keep the port. Between the same two
    /// ports a new one may still have to wait (`AddrNotAvailable`) until the old one is forgotten (TIME-WAIT).
    pub fn with_local_port(self, port: u16) -> Self {
        self.with(|options| options.local_port = port)
    }

    /// `TCP_NODELAY`: sends each write at once. On by default; `false` lets the system gather small writes.
    pub fn with_nodelay(self, nodelay: bool) -> Self {
        self.with(|options| options.delay = !nodelay)
    }

    /// `SO_SNDBUF` in bytes. Linux doubles the figure for its own needs, and cuts it to `net.core.wmem_max`.
    pub fn with_send_buffer(self, bytes: usize) -> Self {
        self.with(|options| options.send_buffer = Some(bytes))
    }

    /// `SO_RCVBUF` in bytes, which also ends its growth by itself. Linux doubles the figure for its own needs, and cuts
    /// it to `net.core.rmem_max`.
    pub fn with_receive_buffer(self, bytes: usize) -> Self {
        self.with(|options| options.receive_buffer = Some(bytes))
    }

    /// The type of service: `IP_TOS` where the peer is reached by IPv4, `IPV6_TCLASS` where by IPv6.
    ///
    /// The lower two bits are TCP's own (ECN), and Linux keeps them so.
    pub fn with_tos(self, tos: u8) -> Self {
        self.with(|options| options.tos = Some(tos))
    }

    /// Turns keep-alive on and sets after how long a silence the first probe is sent (`TCP_KEEPIDLE`), in seconds rounded
    /// up.
    pub fn with_keepalive_idle(self, idle: Duration) -> Self {
        self.with_keepalive(|keepalive| keepalive.idle = Some(idle))
    }

    /// Turns keep-alive on and sets the time between unanswered probes (`TCP_KEEPINTVL`), in seconds rounded up.
    pub fn with_keepalive_interval(self, interval: Duration) -> Self {
        self.with_keepalive(|keepalive| keepalive.interval = Some(interval))
    }

    /// Turns keep-alive on and sets after how many unanswered probes the connection is given up (`TCP_KEEPCNT`).
    pub fn with_keepalive_count(self, count: u32) -> Self {
        self.with_keepalive(|keepalive| keepalive.count = Some(count))
    }

    /// `SO_INCOMING_CPU`: the processor that is to handle the packets of the socket. Linux alone has it.
    ///
    /// A wish, until packets arrive: the system then notes the processor that did handle them. It steers nothing on a card
    /// whose queues are pinned elsewhere.
    #[cfg(target_os = "linux")]
    pub fn with_incoming_cpu(self, cpu: u16) -> Self {
        self.with(|options| options.incoming_cpu = Some(cpu))
    }

    /// `SO_BUSY_POLL`, in microseconds rounded up: a read that finds nothing asks the queue of the network card itself,
    /// once where the socket does not block, as ours do not. Linux alone has it.
    ///
    /// Older kernels want the capability `CAP_NET_ADMIN` to set more than `net.core.busy_read`.
    #[cfg(target_os = "linux")]
    pub fn with_busy_poll(self, time: Duration) -> Self {
        self.with(|options| options.busy_poll = Some(time))
    }

    /// `SO_PREFER_BUSY_POLL`: keeps the card's interrupts off as long as the program polls. Linux alone has it, since 5.11.
    ///
    /// To set it takes the capability `CAP_NET_ADMIN`.
    #[cfg(target_os = "linux")]
    pub fn with_prefer_busy_poll(self, prefer: bool) -> Self {
        self.with(|options| options.prefer_busy_poll = Some(prefer))
    }

    /// `SO_BUSY_POLL_BUDGET`: how many packets one busy poll takes at most. Linux alone has it, since 5.11.
    ///
    /// It is 0 at first, which means the system's own, 8. To raise it takes the capability `CAP_NET_ADMIN`.
    #[cfg(target_os = "linux")]
    pub fn with_busy_poll_budget(self, packets: u16) -> Self {
        self.with(|options| options.busy_poll_budget = Some(packets))
    }

    /// `TCP_QUICKACK`: acknowledges at once (`true`) or waits for data to send along (`false`), from the connect on. Linux
    /// alone has it.
    ///
    /// The system changes the mode by itself as data goes back and forth. Who wants to keep it sets it again after a read:
    ///
    /// ```no_run
    /// use boom_stream::{ConnectionInfo, tcp::TcpStream};
    ///
    /// let info = ConnectionInfo::new("localhost", 4001).with_quickack(true);
    /// let stream = TcpStream::try_from(info)?;
    /// socket2::SockRef::from(&stream).set_tcp_quickack(true)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(target_os = "linux")]
    pub fn with_quickack(self, quickack: bool) -> Self {
        self.with(|options| options.quickack = Some(quickack))
    }

    /// `TCP_USER_TIMEOUT`, in milliseconds rounded up: how long what was sent may stay unacknowledged before the
    /// connection is given up. Zero leaves it to the system. Linux alone has it.
    #[cfg(target_os = "linux")]
    pub fn with_user_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.user_timeout = Some(timeout))
    }

    /// Calls `config` with each socket after all other options are set and before it is bound and connects, for what
    /// this builder lacks. What it returns as an error fails the connect as it is.
    ///
    /// The socket has been made non-blocking and must stay so. Clones share the function.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_stream::{ConnectionInfo, tcp::TcpStream};
    /// use std::net::TcpListener;
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let info = ConnectionInfo::new("127.0.0.1", listener.local_addr()?.port())
    ///     .with_socket_config(|socket| socket.set_ttl_v4(7));
    /// let stream = TcpStream::try_from(info)?;
    /// assert_eq!(socket2::SockRef::from(&stream).ttl_v4()?, 7);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_socket_config(
        self,
        config: impl Fn(&socket2::Socket) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let config = SocketConfig(Arc::new(config));
        self.with(|options| options.config = Some(config))
    }

    /// Takes over all options of another peer's parameters, and shares them.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_stream::ConnectionInfo;
    ///
    /// let trades = ConnectionInfo::new("trades.example.com", 443).with_receive_buffer(1 << 20);
    /// let quotes = ConnectionInfo::new("quotes.example.com", 443).with_options_of(&trades);
    /// assert_eq!(quotes, ConnectionInfo::new("quotes.example.com", 443).with_receive_buffer(1 << 20));
    /// ```
    pub fn with_options_of(mut self, other: &Self) -> Self {
        self.options = other.options.clone();
        self
    }

    fn with_keepalive(self, edit: impl FnOnce(&mut Keepalive)) -> Self {
        self.with(|options| edit(options.keepalive.get_or_insert_default()))
    }

    fn with(mut self, edit: impl FnOnce(&mut SocketOptions)) -> Self {
        self.options.edit(edit);
        self
    }
}
