//! Endpoints that are lent a context.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use boom_service::{
    Context, DisconnectReason, EndpointWithContext, IntoIOServiceWithContext, State,
};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;

use crate::world::Reports;

/// What was called, in order.
#[derive(Default)]
struct Calls(Vec<&'static str>);

impl Context for Calls {}

struct Client(ConnectionInfo);

impl ConnectionInfoProvider for Client {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.0
    }
}

impl EndpointWithContext<Calls> for Client {
    type Target = ScriptedStream;

    fn create_target(
        &mut self,
        _addr: SocketAddr,
        calls: &mut Calls,
    ) -> io::Result<Option<ScriptedStream>> {
        calls.0.push("create");
        Ok(Some(ScriptedStream::new()))
    }

    fn poll(&mut self, _target: &mut ScriptedStream, calls: &mut Calls) -> io::Result<()> {
        calls.0.push("poll");
        if calls.0.len() > 4 {
            Err(ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }

    fn can_recreate(&mut self, _reason: DisconnectReason, calls: &mut Calls) -> bool {
        calls.0.push("recreate?");
        false
    }

    fn can_auto_disconnect(&mut self, calls: &mut Calls) -> bool {
        calls.0.push("disconnect?");
        false
    }
}

#[test]
fn every_method_is_lent_the_context() {
    let (mut calls, clock, reports) = (Calls::default(), ManualClock::new(), Reports::default());
    let mut service = reports
        .clone()
        .into_io_service_with_context(&mut calls)
        .with_time_source(clock.clone())
        .with_auto_disconnect(Duration::from_secs(1));
    let handle = service.register(Client(ConnectionInfo::new("10.0.0.1", 1)));
    service.poll(&mut calls).unwrap();
    reports.all_ready();
    service.poll(&mut calls).unwrap();
    assert_eq!(service.state(handle), Some(State::Active));
    clock.advance(Duration::from_secs(1));
    service.wait(Duration::ZERO, &mut calls).unwrap();
    for _ in 0..2 {
        reports.all_ready();
        service.poll(&mut calls).unwrap();
    }
    assert_eq!(
        calls.0,
        ["create", "poll", "disconnect?", "poll", "poll", "recreate?"]
    );
    assert!(service.is_empty());
}

/// Is renewed, and tells which of the methods were lent the context.
struct Renewed(ConnectionInfo);

impl ConnectionInfoProvider for Renewed {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.0
    }
}

impl EndpointWithContext<Calls> for Renewed {
    type Target = ScriptedStream;

    fn create_target(
        &mut self,
        _addr: SocketAddr,
        _calls: &mut Calls,
    ) -> io::Result<Option<ScriptedStream>> {
        Ok(Some(ScriptedStream::new()))
    }

    fn poll(&mut self, _target: &mut ScriptedStream, calls: &mut Calls) -> io::Result<()> {
        calls.0.push("poll");
        Ok(())
    }

    fn poll_replacement(
        &mut self,
        _target: &mut ScriptedStream,
        calls: &mut Calls,
    ) -> io::Result<()> {
        calls.0.push("poll replacement");
        Ok(())
    }

    fn can_switch(&mut self, _replacement: &mut ScriptedStream, calls: &mut Calls) -> bool {
        calls.0.push("switch?");
        calls.0.contains(&"poll replacement")
    }

    fn switched(
        &mut self,
        _old: &mut ScriptedStream,
        _new: &mut ScriptedStream,
        calls: &mut Calls,
    ) {
        calls.0.push("switched");
    }

    fn poll_retired(&mut self, _target: &mut ScriptedStream, calls: &mut Calls) -> io::Result<()> {
        calls.0.push("poll retired");
        Ok(())
    }
}

#[test]
fn so_is_every_method_of_an_overlap() {
    let (mut calls, reports) = (Calls::default(), Reports::default());
    let mut service = reports
        .clone()
        .into_io_service_with_context(&mut calls)
        .with_time_source(ManualClock::new());
    let handle = service.register(Renewed(ConnectionInfo::new("10.0.0.1", 1)));
    for _ in 0..2 {
        reports.all_ready();
        service.poll(&mut calls).unwrap();
    }
    assert_eq!(service.state(handle), Some(State::Active));
    assert!(service.renew(handle));
    service.poll(&mut calls).unwrap();
    calls.0.clear();
    let new = reports.registered()[1];
    reports.ready(new);
    service.poll(&mut calls).unwrap();
    service.poll(&mut calls).unwrap();
    assert_eq!(
        calls.0,
        [
            "switch?",
            "poll replacement",
            "switch?",
            "switched",
            "poll retired"
        ]
    );
    assert_eq!(reports.registered(), [new]);
}
