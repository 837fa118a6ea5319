//! Nothing is allocated after warm-up, in either direction.

use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::stream::ScriptedStream;
use boom_ws::{Connection, Websocket, WebsocketConfig, WebsocketFrame};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MESSAGES: usize = 10_000;

#[test]
fn ten_thousand_messages_each_way_allocate_nothing() {
    let payload = [b'x'; 150];
    let mut frame = vec![0x81, 126, 0, 150];
    frame.extend_from_slice(&payload);
    let mut stream = ScriptedStream::new().read_in_pieces(frame.repeat(MESSAGES + 10), 2048);
    stream.reserve_written((MESSAGES + 10) * 160);
    let mut ws = Websocket::from_parts(
        stream,
        Connection::established(&WebsocketConfig::new()).unwrap(),
    );

    let mut turn = |messages: usize| {
        let mut count = 0;
        while count < messages {
            for frame in ws.read_batch().unwrap() {
                assert_eq!(frame.unwrap(), WebsocketFrame::Text(true, &payload));
                count += 1;
                if count == messages {
                    break;
                }
            }
        }
        for _ in 0..messages {
            ws.send_text(true, Some(&payload)).unwrap();
        }
    };
    turn(10);
    assert_eq!(alloc::count(|| turn(MESSAGES)).count, 0);
}
