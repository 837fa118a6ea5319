//! `DirectSelector`, over every kind of stream.

use boom_select::DirectSelector;
use boom_stream::tcp::TcpStream;

use crate::support::Kind;

struct Direct;

impl Kind for Direct {
    type Selector = DirectSelector;
    type Stream = TcpStream;

    const IS_EDGE: bool = false;

    fn selector() -> Option<DirectSelector> {
        Some(DirectSelector::new())
    }
}

suite!(tcp_stream, super::Direct);

#[cfg(feature = "mio")]
struct DirectMio;

#[cfg(feature = "mio")]
impl Kind for DirectMio {
    type Selector = DirectSelector;
    type Stream = boom_select::MioStream;

    const IS_EDGE: bool = false;

    fn selector() -> Option<DirectSelector> {
        Some(DirectSelector::new())
    }
}

#[cfg(feature = "mio")]
suite!(mio_stream, super::DirectMio);

#[cfg(all(feature = "io-uring", target_os = "linux"))]
struct DirectIoUring;

#[cfg(all(feature = "io-uring", target_os = "linux"))]
impl Kind for DirectIoUring {
    type Selector = DirectSelector;
    type Stream = boom_select::IoUringStream;

    const IS_EDGE: bool = false;

    fn selector() -> Option<DirectSelector> {
        Some(DirectSelector::new())
    }
}

#[cfg(all(feature = "io-uring", target_os = "linux"))]
suite!(io_uring_stream, super::DirectIoUring);
