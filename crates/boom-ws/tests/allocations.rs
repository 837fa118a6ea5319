//! Nothing is allocated after warm-up, in either direction.

use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::stream::ScriptedStream;
use boom_ws::{Connection, Message, Websocket, WebsocketConfig, WebsocketFrame};

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

#[test]
fn ten_thousand_fragmented_messages_each_way_allocate_nothing() {
    let payload = [b'x'; 100];
    let mut message = vec![0x01, 100];
    message.extend_from_slice(&payload);
    message.extend_from_slice(&[0x89, 1, b'p', 0x80, 100]);
    message.extend_from_slice(&payload);
    let mut stream = ScriptedStream::new().read_in_pieces(message.repeat(MESSAGES + 10), 1000);
    stream.reserve_written((MESSAGES + 10) * 250);
    let connection = Connection::established(&WebsocketConfig::new()).unwrap();
    let mut ws = Websocket::from_parts(stream, connection);

    let mut turn = |messages: usize| {
        let mut count = 0;
        while count < messages {
            let mut batch = ws.read_messages().unwrap();
            while let Some(message) = batch.next_message().unwrap() {
                if let Message::Text(text) = message {
                    assert_eq!(text.len(), 200);
                    count += 1;
                    if count == messages {
                        break;
                    }
                }
            }
        }
        for _ in 0..messages {
            ws.send_text(false, Some(&payload)).unwrap();
            ws.send_continuation(true, Some(&payload)).unwrap();
        }
    };
    turn(10);
    assert_eq!(alloc::count(|| turn(MESSAGES)).count, 0);
}
