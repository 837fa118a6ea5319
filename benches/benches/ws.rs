//! Decoding and encoding by ours under Criterion. `cargo xtask bench ws` has the peers and exact counts.

use std::hint::black_box;

use benches::memory::{Ring, Sink};
use benches::{payload, ws};
use boom_ws::{Connection, Websocket, WebsocketConfig};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const PAYLOAD_LENGTH: usize = 150;
const READ_SIZE: usize = 2 << 10;

fn decode(criterion: &mut Criterion) {
    let frames = ws::server_frames(PAYLOAD_LENGTH);
    let mut group = criterion.benchmark_group("ws decode 150 B, 2 KiB reads");
    group.throughput(Throughput::Bytes(READ_SIZE as u64));
    for (name, checked) in [("unchecked", false), ("checked", true)] {
        let config = WebsocketConfig::new().with_utf8_validation(checked);
        let connection = Connection::established(&config).expect("a fresh connection");
        let mut websocket = Websocket::from_parts(Ring::new(&frames, READ_SIZE), connection);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for frame in websocket.read_batch().expect("memory does not fail") {
                    black_box(frame.expect("the frames are valid"));
                }
            });
        });
    }
}

fn encode(criterion: &mut Criterion) {
    let texts = payload::json(PAYLOAD_LENGTH);
    let connection = Connection::established(&WebsocketConfig::new()).expect("a fresh connection");
    let mut websocket = Websocket::from_parts(Sink::new(), connection);
    let mut texts = texts.iter().cycle();
    criterion.bench_function("ws encode 150 B", |bencher| {
        bencher.iter(|| websocket.send_text(true, texts.next().map(|text| text.as_bytes())));
    });
}

criterion_group!(benches, decode, encode);
criterion_main!(benches);
