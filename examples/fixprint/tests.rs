use std::fs;

use boom_testkit::stream::ScriptedStream;
use boomnet::record::{IntoRecordedStream as _, Recorder};

use super::*;

fn printed(log: &[u8]) -> String {
    let mut out = Vec::new();
    print_log(log, &mut Printer::new(&mut out, false), || false).unwrap();
    String::from_utf8(out).unwrap()
}

const ORDER: &str = "8=FIX.4.4|9=0|35=D|54=1|18=1 6|5001=x|10=000|";
const LINES: &str = "NewOrderSingle
      8 BeginString = FIX.4.4
      9 BodyLength = 0
     35 MsgType = D NEWORDERSINGLE
     54 Side = 1 BUY
     18 ExecInst = 1 6 NOTHELD PARTNOTINIT
   5001 ? = x
     10 CheckSum = 000
";

#[test]
fn names_and_meanings_whatever_the_delimiter() {
    assert_eq!(printed(ORDER.as_bytes()), LINES);
    assert_eq!(printed(ORDER.replace('|', "\x01").as_bytes()), LINES);
    // A bar is no delimiter where there is another.
    let text = "8=FIX.4.4\x0135=0\x01112=a|10=b|\x0110=000\x01";
    let text = printed(text.as_bytes());
    assert!(text.contains("112 TestReqID = a|10=b|\n") && text.ends_with("10 CheckSum = 000\n"));
}

#[test]
fn each_version_has_its_dictionary() {
    let old = printed(b"8=FIX.4.2|35=8|20=0|10=000|");
    assert!(old.contains("20 ExecTransType = 0 NEW\n"), "{old}");
    let new = printed(b"8=FIXT.1.1|35=8|1128=9|10=000|");
    assert!(
        new.starts_with("ExecutionReport\n") && new.contains("1128 ApplVerID = 9 "),
        "{new}"
    );
    assert!(printed(b"8=FIX.4.4|35=U9|10=000|").starts_with("?\n"));
}

#[test]
fn what_stands_between_messages_is_left_out() {
    let log = format!("12:00 sent: {ORDER}\r\n12:01 8=FIX.4.4|35=D|cut\n12:02 {ORDER}\nend 8=FI");
    assert_eq!(printed(log.as_bytes()), LINES.repeat(2));
    // The last field ends with the line.
    let log = format!("{}\n{ORDER}", ORDER.trim_end_matches('|'));
    assert_eq!(printed(log.as_bytes()), LINES.repeat(2));
}

#[test]
fn a_message_that_is_none_is_shown_with_its_fault() {
    let text = printed(b"8=FIX.4.4|35=D|x=1|10=000|");
    assert!(text.contains("8=FIX.4.4\\x0135=D\\x01x=1"), "{text}");
}

#[test]
fn pieces_of_any_size_are_the_same() {
    let log = format!("noise {ORDER}\nnoise {ORDER}");
    for size in 1..log.len() {
        let (mut messages, mut out) = (Messages::new(), Vec::new());
        let mut printer = Printer::new(&mut out, false);
        for piece in log.as_bytes().chunks(size) {
            messages.feed(piece);
            while let Some(message) = messages.next_message() {
                printer.message(message).unwrap();
            }
        }
        assert_eq!(String::from_utf8(out).unwrap(), LINES.repeat(2), "{size}");
    }
}

#[test]
fn what_never_ends_is_given_up() {
    let mut messages = Messages::new();
    messages.feed(b"8=FIX.4.4|35=D|58=");
    for _ in 0..20 {
        messages.feed(&[b'x'; 1 << 17]);
        assert_eq!(messages.next_message(), None);
    }
    messages.feed(ORDER.as_bytes());
    let message = messages.next_message().unwrap();
    assert_eq!(message, ORDER.replace('|', "\x01").as_bytes());
    // Also where all of it comes at once, and nothing more.
    let mut messages = Messages::new();
    let log = format!("8=FIX.4.4|35=D|58={}\n{ORDER}", "x".repeat(2 << 20));
    messages.feed(log.as_bytes());
    assert!(messages.next_message().is_some());
    assert_eq!(messages.next_message(), None);
}

#[test]
fn colour_for_terminals_alone() {
    let mut out = Vec::new();
    print_log(ORDER.as_bytes(), &mut Printer::new(&mut out, true), || {
        false
    })
    .unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.starts_with("\x1b[1;36mNewOrderSingle\x1b[0m\n"),
        "{text:?}"
    );
    assert!(!printed(ORDER.as_bytes()).contains('\x1b'));
}

/// What was written, then the end, at which it is asked whether more will come.
struct Growing(Vec<&'static [u8]>);

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut piece = if self.0.is_empty() {
            &[][..]
        } else {
            self.0.remove(0)
        };
        piece.read(buffer)
    }
}

#[test]
fn a_log_that_grows_is_followed() {
    let log = Growing(vec![
        b"8=FIX.4.4|35=",
        b"",
        b"0|10=000|",
        b"",
        b"8=FIX.4.4|35=1|10=000|",
    ]);
    let (mut out, mut waits) = (Vec::new(), 0);
    let wait = || {
        waits += 1;
        waits < 3
    };
    print_log(log, &mut Printer::new(&mut out, false), wait).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(waits, 3);
    assert!(
        text.starts_with("Heartbeat\n") && text.contains("\nTestRequest\n"),
        "{text}"
    );
}

#[test]
fn both_sides_of_a_recording() {
    let folder = std::env::temp_dir().join(format!("fixprint-{}", std::process::id()));
    let recorder = Recorder::builder(&folder).name("session").build();
    let stream = ScriptedStream::new()
        .read(b"8=FIX.4.4\x0135=")
        .read(b"0\x0110=000\x01")
        .eof();
    let mut stream = stream.into_recorded_stream_with(&recorder).unwrap();
    stream
        .write_all(ORDER.replace('|', "\x01").as_bytes())
        .unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    stream.finish().1.unwrap();

    let file = folder.join("session.pcapng");
    let (mut out, is_recording) = (Vec::new(), is_recording(&file).unwrap());
    print_recording(&file, &mut Printer::new(&mut out, false)).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    assert!(is_recording);
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].ends_with(" sent") && lines[0].starts_with("20"),
        "{text}"
    );
    assert_eq!(lines[1..9].join("\n"), LINES.trim_end());
    assert!(
        lines[9].ends_with(" received") && lines[10] == "Heartbeat",
        "{text}"
    );
}
