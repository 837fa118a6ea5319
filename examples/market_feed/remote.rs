//! The run against other servers.

use std::io::{self, Read, Write};
use std::sync::atomic::AtomicBool;

use boomnet::prelude::*;
use boomnet::select::Selector;
use boomnet::stream::{Layer, Socket};

#[cfg(target_os = "linux")]
use crate::args::cooperative_io_uring;
#[cfg(not(target_os = "linux"))]
use crate::args::no_io_uring;
use crate::args::{Args, SelectorKind};
use crate::board::{Board, Feed};
use crate::clock::Clock;
use crate::digest::Digest;
use crate::raw_feed::RawFeed;

/// Runs to the end and returns whether every server sent what was asked for.
pub(crate) fn run(args: &Args, stop: &AtomicBool) -> io::Result<bool> {
    let feeds = args
        .urls
        .iter()
        .map(|url| Feed::new(url.clone(), args.messages, Digest::default()));
    let mut board = Board::new(Clock::system(), feeds.collect(), args.duration());
    match args.selector {
        SelectorKind::Mio => follow(
            MioSelector::new()?,
            TcpStream::into_mio_stream,
            args,
            &mut board,
            stop,
        )?,
        SelectorKind::Direct => follow(
            DirectSelector::new(),
            |stream| stream,
            args,
            &mut board,
            stop,
        )?,
        #[cfg(target_os = "linux")]
        SelectorKind::IoUring => {
            let watched = TcpStream::into_io_uring_stream;
            follow(IoUringSelector::new()?, watched, args, &mut board, stop)?
        }
        #[cfg(target_os = "linux")]
        SelectorKind::IoUringPolled => {
            let watched = TcpStream::into_polled_io_uring_stream;
            follow(IoUringSelector::new()?, watched, args, &mut board, stop)?
        }
        #[cfg(target_os = "linux")]
        SelectorKind::IoUringCooperative => {
            let watched = TcpStream::into_io_uring_stream;
            follow(cooperative_io_uring()?, watched, args, &mut board, stop)?
        }
        #[cfg(not(target_os = "linux"))]
        SelectorKind::IoUring | SelectorKind::IoUringPolled | SelectorKind::IoUringCooperative => {
            return Err(no_io_uring());
        }
    }
    print_summary(args, &board);
    Ok(board.is_satisfied())
}

fn follow<R, S>(
    selector: R,
    watched: fn(TcpStream) -> S,
    args: &Args,
    board: &mut Board<Digest>,
    stop: &AtomicBool,
) -> io::Result<()>
where
    R: Selector<S>,
    S: Read + Write + Layer<Base = S> + Socket,
{
    // Beside the roots that everybody trusts, those of the file.
    let tls = match &args.ca {
        Some(path) => TlsConfig::default().with_roots_file(path)?,
        None => TlsConfig::default(),
    };
    let mut service = selector.into_io_service_with_context(board);
    for (feed, url) in args.urls.iter().enumerate() {
        service.register(RawFeed::new(
            url,
            tls.clone(),
            &args.subscribe,
            feed,
            watched,
        )?);
    }
    while !board.is_over(stop) {
        service.poll(board)?;
        board.print_status_if_due();
    }
    Ok(())
}

fn print_summary(args: &Args, board: &Board<Digest>) {
    say!("");
    for Feed {
        name,
        messages,
        bytes,
        connects,
        detail,
        ..
    } in &board.feeds
    {
        say!("{name}: {messages} messages, {bytes} bytes, {connects} connects");
        if args.digest {
            say!("sha256 {detail} {messages} {bytes} {name}");
        }
    }
}
