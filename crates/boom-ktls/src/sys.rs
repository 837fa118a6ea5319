//! The face of the kernel, and that of OpenSSL: all the unsafe code of this crate is below.

#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod record;
#[cfg(feature = "openssl")]
pub(crate) mod ssl;

/// Where there is no kernel TLS.
#[cfg(not(target_os = "linux"))]
mod elsewhere;

#[cfg(not(target_os = "linux"))]
use elsewhere as kernel;

#[cfg(not(target_os = "linux"))]
pub(crate) use kernel::send_record;
pub(crate) use kernel::{install, receive, send_file, set_ulp, take_error};
#[cfg(target_os = "linux")]
pub(crate) use record::send_record;

/// A direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Transmit,
    Receive,
}

/// The errors of kernel TLS that the standard library has no kind for, by Linux' numbers.
pub(crate) mod code {
    /// A plain read found a record that is no data.
    pub(crate) const EIO: i32 = 5;
    /// A record's length or version is wrong.
    pub(crate) const EINVAL: i32 = 22;
    /// A record's code does not fit.
    pub(crate) const EBADMSG: i32 = 74;
    /// A record is too long.
    pub(crate) const EMSGSIZE: i32 = 90;
}
