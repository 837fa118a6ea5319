//! Sessions that live in a service: connects, losses, refusals, timers and ends, in memory and by a clock of the test's.
#![cfg(feature = "ext")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod allocations;
#[path = "../numbers/mod.rs"]
mod numbers;
mod tls;
mod wire;
mod world;

use std::time::Duration;

use boom_fix::session::{
    DisconnectReason, Event as SessionEvent, MemoryStore, Now, Session, State,
};
use boom_fix::{FixEndpointWithContext, FixInitiator};
use boom_select::DirectSelector;
use boom_service::{EndpointOptions, Event, IntoIOServiceWithContext, Lent, Timeouts};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider};

use world::{Network, Times, World, patient};

const SECOND: Duration = Duration::from_secs(1);

fn numbers(to: u32) -> Vec<String> {
    (1..=to).map(|number| number.to_string()).collect()
}

#[test]
fn orders_and_reports_come_once_and_in_order_wherever_the_connection_breaks() {
    for keep in [0, 1, 50, 100, 150, usize::MAX] {
        let mut world = World::new(EndpointOptions::default(), |initiator| {
            initiator.get_mut().orders = 30;
        });
        for until in (3..30).step_by(3) {
            world.turn_until(|world| world.venue.orders.len() >= until);
            // The report is on the way, or a part of it.
            world.venue.cut(keep);
            world.clock.advance(SECOND);
        }
        world.turn_until(|world| world.trader().reports.len() == 30);
        assert_eq!(world.trader().reports, numbers(30), "{keep}");
        assert_eq!(world.venue.orders, numbers(30), "{keep}");
        assert_eq!(world.venue.accepted, [10, 0], "{keep}");
    }
}

#[test]
fn a_refused_logon_waits_longer_each_time_and_tries_the_next_host_first() {
    let mut world = World::new(patient(), |_| {});
    world.venue.refuses = [true; 2];
    world.turn(100);
    assert_eq!(world.venue.accepted, [1, 1]);
    assert_eq!(world.trader().told, ["the logon was refused"; 2]);
    assert_eq!(world.trader().ended.len(), 1, "{:?}", world.trader().ended);
    for round in 2..6 {
        // The longest delay of the round: 1 s, 10 s, 100 s, 100 s.
        world.clock.advance(SECOND * 10_u32.pow(round - 2).min(100));
        world.turn(100);
        let round = round as usize;
        assert_eq!(world.venue.accepted, [round, round]);
        world.turn(100);
        assert_eq!(world.venue.accepted, [round, round]);
    }
    world.venue.refuses = [true, false];
    world.clock.advance(SECOND * 100);
    world.turn(100);
    assert!(world.is_logged_on());
    assert_eq!(world.trader().connection_info().port(), 2);
    let stats = world.service.stats();
    assert_eq!((stats.failed_attempts, stats.connected), (11, 1));
}

#[test]
fn heartbeats_and_silence_go_by_the_timers_of_the_service() {
    let mut world = World::new(patient(), |_| {});
    world.turn_until(World::is_logged_on);
    for beats in 1..=5 {
        world.clock.advance(SECOND * 30);
        world.turn(10);
        assert_eq!(world.venue.statistics().messages_received, 1 + beats);
    }
    // The venue is still there, and says nothing: asked after 36 s, given up after 30 more.
    let silent = world.venue.connection.take().unwrap();
    world.clock.advance(SECOND * 36);
    world.turn(10);
    assert!(world.is_logged_on());
    world.clock.advance(SECOND * 30);
    world.turn(10);
    assert_eq!(world.trader().told, ["logged on", "the peer is silent"]);
    assert!(silent.stream().is_alone());
    assert_eq!(world.trader().ended, ["the peer is silent"]);
}

#[test]
fn no_answer_to_the_logon_ends_the_connection() {
    let timeouts = Timeouts::default().with_handshake(SECOND * 5);
    let mut world = World::new(patient().with_timeouts(timeouts), |_| {});
    world.service.poll().unwrap();
    world.service.poll().unwrap();
    let (_, end) = world.network.borrow_mut().pop_front().unwrap();
    world.clock.advance(SECOND * 6);
    // The second host is tried at once.
    world.turn_until(World::is_logged_on);
    assert!(end.is_alone());
    assert_eq!(world.trader().told, ["the connection ended", "logged on"]);
}

#[test]
fn after_a_logout_of_its_own_the_endpoint_is_handed_back() {
    let mut world = World::new(EndpointOptions::default(), |initiator| {
        initiator.get_mut().orders = 3;
        initiator.get_mut().logs_out_after = Some(3);
    });
    let mut given_up = None;
    for _ in 0..1000 {
        world.turn(1);
        while let Some(event) = world.service.poll_event() {
            if let Event::GaveUp { endpoint, .. } = event {
                given_up = Some(endpoint);
            }
        }
        if given_up.is_some() {
            break;
        }
    }
    let (trader, session) = given_up.unwrap().into_parts().unwrap();
    assert_eq!(trader.reports, numbers(3));
    assert_eq!(trader.told, ["logged on", "logged out"]);
    assert_eq!(trader.ended.len(), 0);
    assert_eq!(session.state(), State::Disconnected);
    assert_eq!(world.venue.statistics().disconnects, 1);
}

#[test]
fn a_logout_of_the_peers_is_followed_by_another_logon() {
    let mut world = World::new(patient(), |_| {});
    world.turn_until(World::is_logged_on);
    let venue = world.venue.connection.as_mut().unwrap();
    let now = venue.now();
    venue
        .session_mut()
        .logout(Some("maintenance"), now)
        .unwrap();
    world.turn(10);
    assert_eq!(world.trader().ended, ["logged out"]);
    assert_eq!(world.venue.accepted, [1, 0]);
    world.clock.advance(SECOND);
    world.turn_until(World::is_logged_on);
    assert_eq!(world.venue.accepted, [2, 0]);
}

#[test]
fn what_the_peer_said_last_is_heard_though_nothing_can_be_written() {
    let mut world = World::new(patient(), |_| {});
    world.turn_until(World::is_logged_on);
    // The venue says why it closes, and closes, while an order is written.
    let venue = world.venue.connection.as_mut().unwrap();
    let now = venue.now();
    venue.session_mut().logout(Some("halted"), now).unwrap();
    venue.flush().unwrap();
    world.venue.cut(usize::MAX);
    let sent = world.service.dispatch(world.handle, |stream, initiator| {
        initiator.send(stream, "D", |order| {
            order.text(11, "late");
        })
    });
    assert_eq!(sent.unwrap().unwrap(), 2);
    world.turn(10);
    assert_eq!(world.trader().told, ["logged on", "logged out"]);
    assert_eq!(world.trader().ended.len(), 1);
    // The order goes out after the next logon.
    world.clock.advance(SECOND);
    world.turn_until(|world| world.trader().reports.len() == 1);
    assert_eq!(world.venue.orders, ["late"]);
}

#[test]
fn an_end_in_good_order_is_a_logout() {
    let mut world = World::new(EndpointOptions::default(), |_| {});
    world.turn_until(World::is_logged_on);
    world.service.shutdown(SECOND);
    world.turn(10);
    let mut ends = std::iter::from_fn(|| world.service.poll_event());
    let end = ends.find_map(|event| match event {
        Event::Deregistered {
            endpoint, is_clean, ..
        } => Some((endpoint, is_clean)),
        _ => None,
    });
    let (endpoint, is_clean) = end.unwrap();
    assert!(is_clean);
    assert_eq!(endpoint.get().told, ["logged on", "logged out"]);
    assert!(world.service.is_empty());
}

#[test]
fn the_end_of_a_connections_time_is_a_logout_and_another_logon() {
    let options = patient().with_auto_disconnect(SECOND * 60);
    let mut world = World::new(options, |_| {});
    world.turn_until(World::is_logged_on);
    for _ in 0..70 {
        world.clock.advance(SECOND);
        world.turn(10);
    }
    world.turn_until(World::is_logged_on);
    assert_eq!(
        world.trader().told,
        ["logged on", "logged out", "logged on"]
    );
    assert_eq!(world.venue.accepted, [2, 0]);
}

#[test]
fn a_logout_of_its_own_is_not_undone_by_the_end_of_the_connections_time() {
    let options = patient().with_auto_disconnect(SECOND * 60);
    let mut world = World::new(options, |_| {});
    world.turn_until(World::is_logged_on);
    world.clock.advance(SECOND * 61);
    world.service.poll().unwrap();
    let handle = world.handle;
    let result = world
        .service
        .dispatch(handle, |stream, initiator| initiator.logout(stream, None));
    // Or the service has been quicker, which is the other test's matter.
    if result.unwrap().is_ok() {
        world.turn(20);
        assert_eq!(world.service.stats().gave_up, 1);
        assert_eq!(world.venue.accepted, [1, 0]);
    }
}

#[test]
fn a_session_that_is_paused_takes_no_messages() {
    let mut world = World::with_config(
        EndpointOptions::default(),
        |config| config.with_offline_send(boom_fix::session::OfflineSend::Refuse),
        |_| {},
    );
    world.turn_until(World::is_logged_on);
    assert!(world.service.pause(world.handle));
    let initiator = world.service.get_mut(world.handle).unwrap();
    initiator.give_up();
    assert_eq!(initiator.get().told, ["logged on", "the connection ended"]);
    let now = initiator.now();
    let refused = initiator.session_mut().send("D", now, |_| {});
    assert!(refused.is_err());
    assert!(world.service.resume(world.handle));
    world.turn_until(World::is_logged_on);
    assert_eq!(world.venue.accepted, [2, 0]);
}

#[test]
fn an_endpoint_that_was_taken_out_goes_on_where_it_was() {
    let mut world = World::new(EndpointOptions::default(), |initiator| {
        initiator.get_mut().orders = 20;
    });
    world.turn_until(|world| world.venue.orders.len() == 7);
    let endpoint = world.service.deregister(world.handle).unwrap();
    world.turn(5);
    world.handle = world.service.register(endpoint);
    world.turn_until(|world| world.trader().reports.len() == 20);
    assert_eq!(world.trader().reports, numbers(20));
    assert_eq!(world.venue.orders, numbers(20));
}

#[test]
fn with_an_overlap_the_session_moves_to_the_new_connection() {
    let mut world = World::new(patient().with_overlap(SECOND), |initiator| {
        initiator.get_mut().orders = 40;
    });
    world.turn_until(|world| world.venue.orders.len() == 9);
    world.service.renew(world.handle);
    world.turn_until(|world| world.trader().reports.len() == 40);
    assert_eq!(world.trader().reports, numbers(40));
    assert_eq!(world.venue.orders, numbers(40));
}

#[test]
fn what_is_sent_without_a_connection_waits_for_the_logon() {
    let mut world = World::new(EndpointOptions::default(), |initiator| {
        let now = initiator.now();
        let session = initiator.session_mut();
        for id in ["1", "2"] {
            session
                .send("D", now, |order| {
                    order.text(11, id);
                })
                .unwrap();
        }
    });
    world.turn_until(|world| world.trader().reports.len() == 2);
    let third = world.service.dispatch(world.handle, |stream, initiator| {
        initiator.send(stream, "D", |order| {
            order.text(11, "3");
        })
    });
    assert_eq!(third.unwrap().unwrap(), 4);
    // It is on the wire already.
    world
        .venue
        .connection
        .as_mut()
        .unwrap()
        .read_batch()
        .unwrap();
    world.turn_until(|world| world.trader().reports.len() == 3);
    assert_eq!(world.trader().reports, numbers(3));
    // The peer has asked for the first two, which had the numbers before that of the logon.
    let traffic = world.service.endpoint_stats(world.handle).unwrap().traffic;
    assert_eq!(traffic.sent_messages, Some(5));
    assert_eq!(traffic.received_messages, Some(5));
}

#[cfg(feature = "schedule")]
#[test]
fn there_is_no_connection_outside_of_session_time() {
    // It is 12:34:57.
    let hours = boom_fix::session::schedule::Schedule::daily("13:00", "14:00", "UTC").unwrap();
    let mut world = World::with_config(patient(), |config| config.with_schedule(hours), |_| {});
    for minute in 35..60 {
        world.turn(10);
        assert_eq!(world.venue.accepted, [0, 0], "12:{minute}");
        assert_eq!(
            world.service.state(world.handle),
            Some(boom_service::State::Idle)
        );
        world.clock.advance(SECOND * 60);
    }
    world.clock.advance(SECOND * 10);
    world.turn_until(World::is_logged_on);
    for _ in 0..120 {
        world.clock.advance(SECOND * 30);
        world.turn(10);
    }
    assert_eq!(
        world.trader().told,
        ["logged on", "outside of session time"]
    );
    assert_eq!(world.venue.accepted, [1, 0]);
    for _ in 0..100 {
        world.clock.advance(SECOND * 60);
        world.turn(10);
    }
    assert_eq!(world.venue.accepted, [1, 0]);
}

#[test]
fn a_logout_from_outside_of_events() {
    let mut world = World::new(EndpointOptions::default(), |_| {});
    world.turn_until(World::is_logged_on);
    let handle = world.handle;
    let result = world.service.dispatch(handle, |stream, initiator| {
        initiator.logout(stream, Some("bye"))
    });
    result.unwrap().unwrap();
    world.turn(10);
    assert!(world.service.is_empty());
    assert_eq!(world.service.stats().gave_up, 1);
}

/// What endpoints are lent.
#[derive(Default)]
struct Desk {
    events: Vec<String>,
}

struct Booked {
    info: ConnectionInfo,
    network: Network,
}

impl ConnectionInfoProvider for Booked {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl FixEndpointWithContext<Desk> for Booked {
    type Stream = wire::End;
    type Store = MemoryStore;

    fn create_stream(
        &mut self,
        addr: std::net::SocketAddr,
        desk: &mut Desk,
    ) -> std::io::Result<Option<wire::End>> {
        desk.events.push(format!("connect to {}", addr.port()));
        let (client, server) = wire::connect(&self.info);
        self.network.borrow_mut().push_back((addr.port(), server));
        Ok(Some(client))
    }

    fn event(
        &mut self,
        _: &mut Session<MemoryStore>,
        event: SessionEvent<'_>,
        _: Now,
        desk: &mut Desk,
    ) -> std::io::Result<()> {
        if let SessionEvent::Disconnected(reason) = event {
            desk.events.push(reason.to_string());
        }
        Ok(())
    }

    fn can_recreate(&mut self, reason: boom_service::DisconnectReason, desk: &mut Desk) -> bool {
        let boom_service::DisconnectReason::Error(error) = reason else {
            panic!("another reason")
        };
        let inner = error.get_ref().unwrap();
        let reason = inner.downcast_ref::<DisconnectReason>().unwrap();
        desk.events.push(format!("again after {reason:?}"));
        false
    }
}

#[test]
fn with_a_context() {
    let clock = Times(boom_testkit::clock::ManualClock::new());
    let network = Network::default();
    let mut desk = Lent(Desk::default());
    let mut service = DirectSelector::new()
        .into_io_service_with_context(&mut desk)
        .with_time_source(clock.0.clone());
    let config =
        boom_fix::session::SessionConfig::initiator(boom_fix::BeginString::Fix44, "BUYER", "VENUE");
    let session = Session::new(config, MemoryStore::new()).unwrap();
    let booked = Booked {
        info: ConnectionInfo::new("127.0.0.1", 7),
        network: std::rc::Rc::clone(&network),
    };
    let inbox = boom_fix::session::Inbox::new();
    service.register(FixInitiator::with_clock(
        booked,
        session,
        inbox,
        clock.clone(),
    ));
    for _ in 0..5 {
        service.poll(&mut desk).unwrap();
    }
    clock.0.advance(SECOND * 60);
    for _ in 0..5 {
        service.poll(&mut desk).unwrap();
    }
    assert_eq!(
        desk.events,
        [
            "connect to 7",
            "no logon in time",
            "again after LogonTimeout"
        ]
    );
    assert!(service.is_empty());
}
