//! No kernel TLS.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::BorrowedFd;

use super::Direction;
use crate::keys::Keys;
use crate::records::Kind;

pub(crate) fn set_ulp(_socket: BorrowedFd<'_>) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

pub(crate) fn install(_: BorrowedFd<'_>, _: Direction, _: &Keys) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

pub(crate) fn receive(_: BorrowedFd<'_>, _: &mut [u8], _: bool) -> io::Result<(usize, Kind)> {
    Err(ErrorKind::Unsupported.into())
}

pub(crate) const fn take_error(_: BorrowedFd<'_>) -> i32 {
    0
}

pub(crate) fn send_record(_: BorrowedFd<'_>, _: Kind, _: &[u8]) -> io::Result<usize> {
    Err(ErrorKind::Unsupported.into())
}

pub(crate) fn send_file(_: BorrowedFd<'_>, _: &File, _: u64, _: usize) -> io::Result<usize> {
    Err(ErrorKind::Unsupported.into())
}
