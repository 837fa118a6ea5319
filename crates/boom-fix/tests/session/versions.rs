//! FIXT.1.1: each message is held against the dictionary of its own version of FIX.

use boom_fix::session::{Now, SessionConfig};
use boom_fix::{BeginString, Decoder, FieldIndex, Precision, UtcTimestamp, fix50, fix50sp1};

use crate::pair::{START, Side};
use crate::peer::readable;

/// A venue over FIXT.1.1, logged on with FIX 5.0 as the default.
fn venue(configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Side {
    let config = SessionConfig::acceptor(BeginString::Fixt11, "VENUE", "BUYER");
    let config = config.with_application_dictionary("7", &fix50::DICTIONARY);
    let mut side = Side::new(configure(config));
    side.connect(START);
    receive(&mut side, "35=A|34=1|98=0|108=30|1137=7|");
    assert!(side.session.is_logged_on());
    side.told.clear();
    side
}

/// Gives what is sent in answer.
fn receive(side: &mut Side, text: &str) -> String {
    let message = wire(text);
    assert_eq!(side.inbox.extend(&message), message.len());
    side.poll(START).unwrap();
    readable(&side.take_outgoing())
}

/// A message of the buyer's.
fn wire(text: &str) -> Vec<u8> {
    let Now { unix_ns, .. } = START;
    let time = UtcTimestamp::from_unix_nanos(unix_ns, Precision::Millis);
    let (kind, rest) = text.split_once("34=").unwrap();
    let (number, rest) = rest.split_once('|').unwrap();
    let head = format!("{kind}34={number}|49=BUYER|52={time}|56=VENUE|");
    let body = format!("{head}{rest}").replace('|', "\x01");
    let mut message = format!("8=FIXT.1.1\x019={}\x01{body}", body.len()).into_bytes();
    let sum = message
        .iter()
        .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    message.extend(format!("10={sum:03}\x01").bytes());
    message
}

/// Behind the header. FIX 5.0 does not have this message yet, SP1 does.
const MASS_ACTION: &str = "11=a|1373=3|1374=7|60=20240506-12:34:56|";

#[test]
fn a_message_is_held_against_the_dictionary_of_its_version() {
    let mut side = venue(|config| config.with_application_dictionary("8", &fix50sp1::DICTIONARY));
    let sent = receive(&mut side, &format!("35=CA|34=2|1128=8|{MASS_ACTION}"));
    assert_eq!((sent.as_str(), &side.journal), ("", &vec!["a".to_owned()]));
    // What SP1 wants is missing.
    let sent = receive(&mut side, "35=CA|34=3|1128=8|11=a|1373=3|1374=7|");
    assert!(sent.contains("|371=60|372=CA|373=1|"), "{sent}");
    assert_eq!(side.journal.len(), 1);
}

#[test]
fn a_message_without_a_version_is_of_the_sessions_default() {
    let mut side = venue(|config| config.with_application_dictionary("8", &fix50sp1::DICTIONARY));
    let sent = receive(&mut side, &format!("35=CA|34=2|{MASS_ACTION}"));
    assert!(
        sent.contains("|45=2|58=Invalid MsgType|372=CA|373=11|"),
        "{sent}"
    );
    assert_eq!(side.told, ["Invalid MsgType"]);
    let sent = receive(&mut side, "35=B|34=3|148=News|33=1|58=text|");
    assert_eq!((sent.as_str(), &side.journal), ("", &vec!["?".to_owned()]));
}

#[test]
fn a_version_without_a_dictionary_is_rejected() {
    let mut side = venue(|config| config);
    let sent = receive(&mut side, &format!("35=CA|34=2|1128=8|{MASS_ACTION}"));
    let expected = "|58=Invalid/Unsupported Application Version|371=1128|372=CA|373=18|";
    assert!(sent.contains(expected), "{sent}");
    assert!(side.journal.is_empty());
    // The next has its turn.
    receive(&mut side, "35=B|34=3|148=News|33=1|58=text|");
    assert_eq!(side.journal, ["?"]);
}

#[test]
fn other_versions_may_have_a_dictionary_in_common() {
    let mut side = venue(|config| config.with_dictionary(&fix50sp1::DICTIONARY));
    receive(&mut side, &format!("35=CA|34=2|1128=8|{MASS_ACTION}"));
    assert_eq!(side.journal, ["a"]);
}

#[test]
fn an_application_rejects_a_message_of_another_version() {
    let mut side = venue(|config| config.with_application_dictionary("8", &fix50sp1::DICTIONARY));
    let bytes = wire(&format!("35=CA|34=7|1128=8|{MASS_ACTION}"));
    let (mut input, mut index) = (bytes.as_slice(), FieldIndex::new());
    let message = Decoder::new().decode(&mut input, &mut index);
    let message = message.unwrap().unwrap();
    let session = &mut side.session;
    session
        .business_reject(&message, 3, "no mass actions", START)
        .unwrap();
    let sent = readable(&side.take_outgoing());
    assert!(
        sent.contains("|35=j|34=2|49=VENUE|52=") && sent.contains("|1128=8|45=7|"),
        "{sent}"
    );
    assert!(
        sent.contains("|45=7|58=no mass actions|372=CA|380=3|1130=8|10="),
        "{sent}"
    );
}
