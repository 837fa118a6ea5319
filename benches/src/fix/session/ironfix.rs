//! ironfix: the sessions of `ironfix-engine`, on a runtime of one thread.
//!
//! In memory nothing waits: the stream is there whenever it is polled, and over TCP it is polled without waiting for
//! readiness. Its store in files has a thread that writes, for which the runtime waits; over TCP it has the stream of the
//! runtime then, so that the thread finds a core that is free.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use ironfix_core::message::{MsgType, RawMessage};
use ironfix_core::types::CompId;
use ironfix_engine::{
    CloseReason, Connection, Initiator, OutboundMessage, RejectReason, SessionConfig, SessionId,
    StoreFailurePolicy, SyncApplication, SyncApplicationAdapter,
};
use ironfix_store::{FileStore, FileStoreConfig, MemoryStore, MessageStore, SyncPolicy};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{Builder, Runtime};

use super::script::{HEARTBEAT, NUMBERS, Script, TEXTS, add_sent};
use super::{Job, Keeps, Party, Way};
use crate::fix::messages::{NOW, Order, orders};
use crate::fix::peers::price_of;
use crate::fix::sink::{Blind, Sink};
use crate::harness::scratch::Scratch;
use crate::harness::{Answer, Result, Work};

pub(super) fn make(job: Job) -> Result<Box<dyn Party>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let scratch = Scratch::new()?;
    let shared = Arc::new(Shared::default());
    let mut script = Script::new();
    shared.fill(vec![script.logon()]);
    shared.release();
    let connection = runtime.block_on(log_on(job, &scratch, &shared))?;
    let orders = orders().into_iter();
    Ok(Box::new(IronFix {
        runtime,
        session: Driven {
            way: job.way,
            connection,
            shared,
            orders: orders.map(|order| (price_of(&order), order)).collect(),
            next: 0,
        },
        script,
        _scratch: scratch,
    }))
}

async fn log_on(job: Job, scratch: &Scratch, shared: &Arc<Shared>) -> Result<Connection> {
    let policy = match job.keeps {
        Keeps::Fsync => SyncPolicy::EveryWrite,
        _ => SyncPolicy::Never,
    };
    let store: Arc<dyn MessageStore> = if job.keeps == Keeps::Memory {
        Arc::new(MemoryStore::new())
    } else {
        let config = FileStoreConfig::try_new(scratch.0.clone(), "store")?;
        let config = config.with_create_if_missing(true).with_sync_policy(policy);
        Arc::new(FileStore::open(config).await?)
    };
    let config = SessionConfig::new(CompId::new("BUYER")?, CompId::new("VENUE")?, "FIX.4.4")
        .with_heartbeat_interval(Duration::from_secs(HEARTBEAT));
    let application = Arc::new(SyncApplicationAdapter::new(App(Arc::clone(shared))));
    let initiator = Initiator::new(config, application)
        .with_store(store)
        .with_store_failure_policy(StoreFailurePolicy::CloseSession);
    let Some(venue) = job.venue else {
        return Ok(initiator.establish(Pipe(Arc::clone(shared))).await?);
    };
    if job.keeps != Keeps::Memory {
        return Ok(initiator.connect(venue).await?);
    }
    let stream = TcpStream::connect(venue)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    shared.is_polled.store(true, Ordering::Relaxed);
    let room = vec![0; 1 << 14];
    Ok(initiator.establish(Polled { stream, room }).await?)
}

struct IronFix {
    session: Driven,
    script: Script,
    runtime: Runtime,
    /// Behind the store, which has it open.
    _scratch: Scratch,
}

/// What is driven on the runtime.
struct Driven {
    way: Way,
    connection: Connection,
    shared: Arc<Shared>,
    /// With their prices as text.
    orders: Vec<(String, Order)>,
    next: usize,
}

/// What the session and the one who drives it have in common.
#[derive(Default)]
struct Shared {
    sent: AtomicU64,
    received: AtomicU64,
    /// Whoever waits for either.
    waiting: Mutex<Option<Waker>>,
    incoming: Mutex<Incoming>,
    /// What was sent, a write each, where that is to be looked at.
    kept: Mutex<Option<Vec<Vec<u8>>>>,
    answer: Mutex<Option<Answer>>,
    /// Over TCP without readiness.
    is_polled: AtomicBool,
    is_closed: AtomicBool,
}

#[derive(Default)]
struct Incoming {
    messages: Vec<Vec<u8>>,
    next: usize,
    /// How much of that was read: it has little room at times.
    offset: usize,
    /// How many may be read.
    released: usize,
    reader: Option<Waker>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn count(&self, what: &AtomicU64) {
        what.fetch_add(1, Ordering::Relaxed);
        if let Some(waker) = lock(&self.waiting).take() {
            waker.wake();
        }
    }

    /// Until there are so many.
    async fn wait(&self, what: &AtomicU64, count: u64) -> Result<()> {
        std::future::poll_fn(|context| {
            if what.load(Ordering::Relaxed) >= count {
                return Poll::Ready(Ok(()));
            }
            if self.is_closed.load(Ordering::Relaxed) {
                return Poll::Ready(Err("the session has ended".into()));
            }
            if self.is_polled.load(Ordering::Relaxed) {
                context.waker().wake_by_ref();
            } else {
                *lock(&self.waiting) = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await
    }

    /// Replaces what is to come.
    fn fill(&self, messages: Vec<Vec<u8>>) {
        let mut incoming = lock(&self.incoming);
        incoming.messages = messages;
        (incoming.next, incoming.released) = (0, 0);
    }

    /// Lets one more be read.
    fn release(&self) {
        let mut incoming = lock(&self.incoming);
        incoming.released += 1;
        if let Some(reader) = incoming.reader.take() {
            reader.wake();
        }
    }
}

impl Driven {
    /// One message, until it is sent or read.
    async fn one(&mut self) -> Result<()> {
        let shared = &self.shared;
        let (sent, received) = (&shared.sent, &shared.received);
        let received_before = received.load(Ordering::Relaxed);
        if self.way != Way::Receive {
            let sent_before = sent.load(Ordering::Relaxed);
            let (price, order) = self.orders.get(self.next).ok_or("no order")?;
            let mut message = self.connection.acquire(MsgType::NewOrderSingle);
            fill(&mut message, order, price);
            self.connection.send(message).await?;
            self.next = (self.next + 1) % self.orders.len();
            if self.way == Way::Send {
                shared.wait(sent, sent_before + 1).await?;
            }
        } else {
            shared.release();
        }
        if self.way != Way::Send {
            shared.wait(received, received_before + 1).await?;
        }
        Ok(())
    }
}

fn fill(message: &mut OutboundMessage, order: &Order, price: &str) {
    message.push_str(11, &order.id).push_str(1, "ACCT-0017");
    message.push_str(55, "MSFT").push_char(54, '1');
    message.push_str(60, NOW).push_int(38, order.quantity);
    message.push_char(40, '2').push_str(44, price);
    message.push_char(59, '0');
}

impl Party for IronFix {
    fn prepare(&mut self, messages: u64) -> Result<()> {
        if self.session.way == Way::Receive {
            let reports = (0..messages).map(|_| self.script.report());
            self.session.shared.fill(reports.collect());
        }
        Ok(())
    }

    fn times(&mut self, messages: u64) -> Result<Vec<u64>> {
        let session = &mut self.session;
        let mut times = Vec::with_capacity(messages as usize);
        self.runtime.block_on(async {
            for _ in 0..messages {
                let start = Instant::now();
                session.one().await?;
                times.push(start.elapsed().as_nanos() as u64);
            }
            Ok(times)
        })
    }
}

impl Work for IronFix {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        *lock(&self.session.shared.kept) = Some(Vec::new());
        *lock(&self.session.shared.answer) = Some(Answer::new());
        self.run(messages)?;
        let answer = lock(&self.session.shared.answer).take();
        let mut answer = answer.ok_or("no answer")?;
        for order in lock(&self.session.shared.kept).take().unwrap_or_default() {
            add_sent(&mut answer, &order);
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        let session = &mut self.session;
        self.runtime.block_on(async {
            for _ in 0..messages {
                session.one().await?;
            }
            Ok(())
        })
    }
}

/// The application.
struct App(Arc<Shared>);

impl SyncApplication for App {
    fn on_create(&self, _: &SessionId) {}

    fn on_logon(&self, _: &SessionId) {}

    fn on_logout(&self, _: &SessionId) {}

    fn on_session_closed(&self, _: &SessionId, _: &CloseReason) {
        self.0.is_closed.store(true, Ordering::Relaxed);
        if let Some(waker) = lock(&self.0.waiting).take() {
            waker.wake();
        }
    }

    fn to_admin(&self, _: &mut OutboundMessage, _: &SessionId) {}

    fn from_admin(
        &self,
        _: &RawMessage<'_>,
        _: &SessionId,
    ) -> std::result::Result<(), RejectReason> {
        Ok(())
    }

    fn to_app(&self, _: &mut OutboundMessage, _: &SessionId) {}

    fn from_app(
        &self,
        message: &RawMessage<'_>,
        _: &SessionId,
    ) -> std::result::Result<(), RejectReason> {
        let read = match lock(&self.0.answer).as_mut() {
            Some(answer) => read(message, answer),
            None => read(message, &mut Blind),
        };
        read.map_err(|error| RejectReason::new(6, error.to_string()))?;
        self.0.count(&self.0.received);
        Ok(())
    }
}

#[inline]
fn read(message: &RawMessage<'_>, sink: &mut impl Sink) -> Result<()> {
    for tag in TEXTS {
        let value = message.get_field_str(tag).ok_or("missing")?;
        sink.text(value.as_bytes());
    }
    for tag in NUMBERS {
        let value = message.get_field_str(tag).ok_or("missing")?;
        sink.number(value.parse::<f64>()?);
    }
    Ok(())
}

/// A wire in memory.
struct Pipe(Arc<Shared>);

impl AsyncRead for Pipe {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut incoming = lock(&self.0.incoming);
        if incoming.next < incoming.released {
            let message = incoming.messages.get(incoming.next);
            let rest = message.and_then(|message| message.get(incoming.offset..));
            let rest = rest.ok_or(io::ErrorKind::UnexpectedEof)?;
            let count = rest.len().min(room.remaining());
            room.put_slice(rest.get(..count).unwrap_or_default());
            if count == rest.len() {
                (incoming.next, incoming.offset) = (incoming.next + 1, 0);
            } else {
                incoming.offset += count;
            }
            return Poll::Ready(Ok(()));
        }
        incoming.reader = Some(context.waker().clone());
        Poll::Pending
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(kept) = lock(&self.0.kept).as_mut() {
            kept.push(bytes.to_vec());
        }
        std::hint::black_box(bytes);
        self.0.count(&self.0.sent);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// TCP that is asked again at once where nothing has come.
struct Polled {
    stream: TcpStream,
    /// Room that need not be cleared for each read.
    room: Vec<u8>,
}

impl AsyncRead for Polled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = &mut *self;
        let most = polled.room.len().min(room.remaining());
        let part = polled.room.get_mut(..most).unwrap_or_default();
        let count = ready(polled.stream.read(part), context);
        count.map_ok(|count| room.put_slice(part.get(..count).unwrap_or_default()))
    }
}

impl AsyncWrite for Polled {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready(self.stream.write(bytes), context)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn ready(result: io::Result<usize>, context: &Context<'_>) -> Poll<io::Result<usize>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        result => Poll::Ready(result),
    }
}
