//! What a message costs in a service, each way.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use boom_fix::session::{Event, FixConnection, Inbox, Now, Session, SessionConfig};
use boom_fix::{BeginString, FixEndpoint, FixInitiator};
use boom_select::DirectSelector;
use boom_service::IntoIOService;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
use boom_testkit::alloc::{Allocations, CountingAllocator, count};
use boom_testkit::clock::ManualClock;

use crate::numbers::{Numbers, session};
use crate::wire::{End, connect};
use crate::world::{Network, Times};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

struct Trader {
    info: ConnectionInfo,
    network: Network,
    reports: usize,
}

impl ConnectionInfoProvider for Trader {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl FixEndpoint for Trader {
    type Stream = End;
    type Store = Numbers;

    fn create_stream(&mut self, addr: SocketAddr) -> io::Result<Option<End>> {
        let (client, server) = connect(&self.info);
        self.network.borrow_mut().push_back((addr.port(), server));
        Ok(Some(client))
    }

    fn event(&mut self, _: &mut Session<Numbers>, event: Event<'_>, _: Now) -> io::Result<()> {
        if let Event::Message(received) = event {
            assert_eq!(received.message.text(11), Ok("id-1"));
            self.reports += 1;
        }
        Ok(())
    }
}

#[test]
fn a_message_each_way_costs_no_memory() {
    let clock = ManualClock::new();
    let times = Times(clock.clone());
    let network = Network::default();
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let trader = Trader {
        info: ConnectionInfo::new("127.0.0.1", 1),
        network: Network::clone(&network),
        reports: 0,
    };
    let initiator = FixInitiator::with_clock(trader, session(config), Inbox::new(), times.clone());
    let mut service = DirectSelector::new()
        .into_io_service()
        .with_time_source(clock.clone());
    let handle = service.register(initiator);
    while network.borrow().is_empty() {
        service.poll().unwrap();
    }
    let (_, end) = network.borrow_mut().pop_front().unwrap();
    let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
    let mut venue = FixConnection::with_clock(end, session(config), Inbox::new(), times).unwrap();
    let mut answer = || {
        let (session, inbox, now) = venue.read_batch().unwrap();
        let mut orders = 0;
        while let Some(event) = session.poll_event(inbox, now).unwrap() {
            if let Event::Message(received) = event {
                let id = received.message.text(11).unwrap();
                session
                    .send("8", now, |report| {
                        report.text(11, id);
                    })
                    .unwrap();
                orders += 1;
            }
        }
        venue.flush().unwrap();
        orders
    };
    for _ in 0..5 {
        service.poll().unwrap();
        answer();
    }
    let mut spent = Allocations::default();
    for round in 0..1100 {
        clock.advance(Duration::from_millis(1));
        let sending = count(|| {
            let sent = service.dispatch(handle, |stream, initiator| {
                initiator.send(stream, "D", |order| {
                    order.text(11, "id-1").text(55, "MSFT");
                })
            });
            assert!(sent.is_some_and(|sent| sent.is_ok()));
        });
        assert_eq!(answer(), 1);
        let receiving = count(|| service.poll().unwrap());
        // The first find the buffers as they were made.
        if round >= 100 {
            spent.count += sending.count + receiving.count;
        }
    }
    assert_eq!(service.get(handle).unwrap().get().reports, 1100);
    assert_eq!(spent.count, 0);
}
