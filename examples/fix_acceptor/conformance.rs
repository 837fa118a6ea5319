//! The acceptor that the acceptance definitions of QuickFIX examine: its names, and an application that echoes.

use std::collections::HashSet;
use std::io;

use boom_fix::dictionary::Dictionary;
use boom_fix::session::{
    Event, Inbox, MemoryStore, Now, Received, Session, SessionConfig, SessionError, Skip,
};
use boom_fix::{
    BeginString, Message, Validator, Value, fix40, fix41, fix42, fix43, fix44, fix50, fix50sp1,
    fix50sp2, fixt11,
};

use crate::acceptor::{Acceptor, Application};

/// The session of one folder of definitions.
struct Profile {
    begin_string: BeginString,
    target: &'static str,
    dictionary: &'static Dictionary,
}

const fn profile(
    begin_string: BeginString,
    target: &'static str,
    dictionary: &'static Dictionary,
) -> Profile {
    Profile {
        begin_string,
        target,
        dictionary,
    }
}

static PROFILES: [Profile; 15] = [
    profile(BeginString::Fix40, "TW40", &fix40::DICTIONARY),
    profile(BeginString::Fix41, "TW41", &fix41::DICTIONARY),
    profile(BeginString::Fix42, "TW42", &fix42::DICTIONARY),
    profile(BeginString::Fix43, "TW43", &fix43::DICTIONARY),
    profile(BeginString::Fix44, "TW44", &fix44::DICTIONARY),
    profile(BeginString::Fixt11, "TW50", &fix50::DICTIONARY),
    profile(BeginString::Fixt11, "TW50SP1", &fix50sp1::DICTIONARY),
    profile(BeginString::Fixt11, "TW50SP2", &fix50sp2::DICTIONARY),
    // The name of all of them in other collections of definitions.
    profile(BeginString::Fix40, "TW", &fix40::DICTIONARY),
    profile(BeginString::Fix41, "TW", &fix41::DICTIONARY),
    profile(BeginString::Fix42, "TW", &fix42::DICTIONARY),
    profile(BeginString::Fix43, "TW", &fix43::DICTIONARY),
    profile(BeginString::Fix44, "TW", &fix44::DICTIONARY),
    profile(BeginString::Fixt11, "TW", &fix50sp2::DICTIONARY),
    profile(BeginString::Fix44, EMPTY_VALUES, &fix44::DICTIONARY),
];

/// The session that may send fields without values.
const EMPTY_VALUES: &str = "NO_CHECK_FIELDS_HAVE_VALUES";

pub(crate) fn acceptor(port: u16) -> Result<Acceptor<Echo>, Box<dyn std::error::Error>> {
    let mut acceptor = Acceptor::bind(port, Echo::default())?;
    acceptor.new_inbox = inbox;
    for profile in &PROFILES {
        let names = ("ISLD", profile.target);
        acceptor
            .add(profile.begin_string, names, |config| {
                configure(config, profile)
            })
            .map_err(io::Error::from)?;
    }
    Ok(acceptor)
}

fn inbox() -> Inbox {
    // One definition has a length that swallows the next message.
    Inbox::new().with_skip(Skip::ByLength)
}

fn configure(config: SessionConfig, profile: &Profile) -> SessionConfig {
    let validator = Validator::new(profile.dictionary)
        .with_user_defined_checked(true)
        .with_empty_values(profile.target == EMPTY_VALUES);
    let config = config.with_reset_on_logon(true).with_validator(validator);
    match profile.begin_string {
        BeginString::Fixt11 => config.with_transport_dictionary(&fixt11::DICTIONARY),
        _ => config,
    }
}

/// Sends orders and security definitions back, and refuses the rest.
#[derive(Debug, Default)]
pub(crate) struct Echo {
    /// By session and ClOrdID.
    seen: HashSet<(usize, Vec<u8>)>,
}

impl Application for Echo {
    fn on_event(
        &mut self,
        session_index: usize,
        event: Event<'_>,
        session: &mut Session<MemoryStore>,
        now: Now,
    ) -> Result<(), SessionError> {
        match event {
            Event::LoggedOn => self.seen.retain(|(index, _)| *index != session_index),
            Event::Message(received) => {
                self.on_message(session_index, received, session, now)?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Echo {
    fn on_message(
        &mut self,
        session_index: usize,
        received: Received<'_>,
        session: &mut Session<MemoryStore>,
        now: Now,
    ) -> Result<(), SessionError> {
        let message = received.message;
        match message.msg_type() {
            b"D" => {
                let id = message.get(11).map_or(&[][..], Value::as_bytes).to_vec();
                let is_new = self.seen.insert((session_index, id));
                if is_new || !received.is_poss_resend {
                    echo(received, "D", session, now)?;
                }
            }
            b"d" => echo(received, "d", session, now)?,
            _ => refuse(&message, session, now)?,
        }
        Ok(())
    }
}

/// The body in the order of its tags, as QuickFIX sends it.
fn echo(
    received: Received<'_>,
    msg_type: &str,
    session: &mut Session<MemoryStore>,
    now: Now,
) -> Result<(), SessionError> {
    let mut fields: Vec<Value<'_>> = received.message.body().iter().collect();
    fields.sort_by_key(|field| field.tag());
    session.send(msg_type, now, |echo| {
        if received.is_poss_resend {
            echo.bool(97, true);
        }
        for field in fields {
            echo.bytes(field.tag(), field.as_bytes());
        }
    })?;
    Ok(())
}

fn refuse(
    message: &Message<'_>,
    session: &mut Session<MemoryStore>,
    now: Now,
) -> Result<(), SessionError> {
    let Some(version) = session.default_appl_ver_id().map(str::to_owned) else {
        let text = match message.begin_string() {
            b"FIX.4.0" | b"FIX.4.1" => "Unsupported message type",
            _ => "Unsupported Message Type",
        };
        return session.business_reject(message, 3, text, now).map(drop);
    };
    // Over FIXT.1.1 QuickFIX tells the version here too.
    let number = message.msg_seq_num().unwrap_or(0);
    session.send("j", now, |reject| {
        reject.uint(45, number).text(58, "Unsupported Message Type");
        reject.bytes(372, message.msg_type()).int(380, 3);
        reject.text(1137, &version);
    })?;
    Ok(())
}
