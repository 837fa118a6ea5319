//! What the client says of a conversation.

use std::io::{self, Read, Write};

use boomnet::tls::{Backend, Error, Stream};
use serde_json::{Value, json};

use crate::conversation::{Conversation, End, SECRET};
use crate::tap::Tap;

/// One line of the output.
#[derive(Debug)]
pub(crate) struct Told(Value);

/// For a kind of stream that the machine does not have.
pub(crate) fn skipped(reason: &str) -> Value {
    json!({ "skipped": reason })
}

impl Told {
    pub(crate) fn new<S: Read + Write, B: Backend>(
        stream: &mut Stream<Tap<S>, B>,
        conversation: &Conversation,
        end: &End,
    ) -> Self {
        // What has failed takes nothing any more, in particular not unencrypted.
        let is_open_after_failure =
            matches!(end, End::Failed(_)) && stream.write(SECRET).is_ok_and(|count| count > 0);
        let alpn = stream.alpn_protocol().map(String::from_utf8_lossy);
        let (end, words) = words(conversation, end);
        Self(json!({
            "version": stream.protocol_version().map(|version| version.to_string()),
            "suite": stream.cipher_suite().map(|suite| suite.to_string()),
            "alpn": alpn,
            "resumed": stream.is_resumed(),
            "end": end,
            "words": words,
            "done": conversation.is_done(),
            "said": conversation.said.hex(),
            "heard": conversation.heard.hex(),
            "bytes": conversation.heard.bytes,
            "leaks": stream.get_ref().shows(SECRET) || !stream.get_ref().is_tls(),
            "open_after_failure": is_open_after_failure,
        }))
    }

    pub(crate) fn into_json(self) -> Value {
        self.0
    }
}

/// A name for an end that can be compared with what was expected, and what is to be told to people.
fn words(conversation: &Conversation, end: &End) -> (String, String) {
    match end {
        End::Clean => ("Clean".to_owned(), String::new()),
        End::Wrong(step) => (format!("Wrong({step})"), conversation.came()),
        End::LateFor(step) => (format!("Late({step})"), "no answer in time".to_owned()),
        End::Failed(error) => (name(error), error.to_string()),
    }
}

fn name(error: &io::Error) -> String {
    let typed = error.get_ref().and_then(|inner| inner.downcast_ref());
    match typed {
        Some(Error::Certificate(fault, _)) => format!("Certificate({fault:?})"),
        Some(Error::AlertReceived(alert)) => format!("Alert({alert})"),
        Some(Error::Protocol(_)) => "Protocol".to_owned(),
        Some(Error::Incompatible(_)) => "Incompatible".to_owned(),
        Some(typed) => format!("{typed:?}"),
        None => format!("io::{:?}", error.kind()),
    }
}
