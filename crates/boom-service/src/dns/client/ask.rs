//! One name, asked of one server after the other.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use domain::base::{Name, Rtype};

use super::DnsClient;
use super::message::{Answer, Question, name_of};
use super::order::has_route;
use super::server::Attempt;
use crate::Error;

/// What is known of a name in the end, and how long it holds, where that was said.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) addresses: Result<Vec<IpAddr>, Error>,
    pub(super) ttl: Option<Duration>,
}

/// Aliases that are followed where the server does not do it; most servers go so far themselves.
const ALIASES_MAX: u8 = 8;

/// How long addresses of one kind hold at most where the others are not known: a datagram may have been lost.
const TTL_OF_HALF_MAX: Duration = Duration::from_secs(30);

/// The addresses of one kind.
#[derive(Debug)]
struct Kind {
    rtype: Rtype,
    name: Name<Vec<u8>>,
    aliases: u8,
    /// The least of the aliases' times.
    ttl: Duration,
    state: State,
}

#[derive(Debug)]
enum State {
    /// To be asked, or asked in vain, and what went wrong last.
    Open(Error),
    Addresses(Vec<IpAddr>),
    NoAddress(Option<Duration>),
    NoSuchName(Option<Duration>),
    /// No server can mend it.
    Broken(Error),
}

impl DnsClient {
    /// Asks until every kind of address is known, or one that is of use is, and the others were asked for as often.
    pub(super) fn ask(&self, host: &str) -> Asked {
        let name = match name_of(host) {
            Ok(name) => name,
            Err(error) => return Asked::failed(error),
        };
        if self.servers.is_empty() {
            return Asked::failed(Error::NoNameServer);
        }
        let rtypes: &[Rtype] = match self.ipv6 {
            true => &[Rtype::AAAA, Rtype::A],
            false => &[Rtype::A],
        };
        let mut kinds: Vec<_> = rtypes
            .iter()
            .map(|&rtype| Kind::new(rtype, &name))
            .collect();
        for _ in 0..self.attempts {
            for &server in &self.servers {
                self.attempt(server, &mut kinds);
                if is_enough(&kinds, has_route) {
                    return together(kinds);
                }
            }
        }
        together(kinds)
    }

    /// Asks one server for what is open. Whatever does not work leaves it open.
    fn attempt(&self, server: SocketAddr, kinds: &mut [Kind]) {
        let Ok(attempt) = Attempt::new(server, self.timeout) else {
            return;
        };
        // A question for each that is open, until this server has answered it.
        let mut questions: Vec<_> = kinds
            .iter()
            .map(|kind| kind.is_open().then(|| kind.question(true)))
            .collect();
        for question in questions.iter().flatten() {
            if attempt.send(question).is_err() {
                return;
            }
        }
        while questions.iter().any(Option::is_some) {
            let Ok(datagram) = attempt.receive() else {
                return;
            };
            for (kind, question) in kinds.iter_mut().zip(&mut questions) {
                let Some(asked) = question else { continue };
                let Some(answer) = asked.read(&datagram) else {
                    continue;
                };
                match kind.answered(answer, &attempt, asked) {
                    Ok(next) => *question = next,
                    // By TCP it does not work either, or the server is gone.
                    Err(_) => return,
                }
            }
        }
    }
}

impl Kind {
    fn new(rtype: Rtype, name: &Name<Vec<u8>>) -> Self {
        Self {
            rtype,
            name: name.clone(),
            aliases: 0,
            ttl: Duration::MAX,
            state: State::Open(Error::NameServersSilent),
        }
    }

    const fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    fn question(&self, has_edns: bool) -> Question {
        Question::new(&self.name, self.rtype, has_edns)
    }

    /// Takes an answer. Returns the question that was sent in place of the first, if there is more to ask.
    fn answered(
        &mut self,
        answer: Answer,
        attempt: &Attempt,
        asked: &Question,
    ) -> io::Result<Option<Question>> {
        let answer = match answer {
            Answer::Truncated => attempt.by_tcp(asked)?,
            answer => answer,
        };
        match answer {
            Answer::Addresses(addresses, ttl) => {
                self.ttl = self.ttl.min(ttl);
                self.state = State::Addresses(addresses);
            }
            Answer::NoAddress(ttl) => self.state = State::NoAddress(ttl),
            Answer::NoSuchName(ttl) => self.state = State::NoSuchName(ttl),
            Answer::Failed(code) => self.state = State::Open(Error::NameServerFailed { code }),
            Answer::Malformed | Answer::Truncated => {
                self.state = State::Open(Error::MalformedAnswer);
            }
            Answer::NoEdns => return self.ask_again(attempt, false),
            Answer::Alias(..) if self.aliases == ALIASES_MAX => {
                self.state = State::Broken(Error::TooManyAliases { limit: ALIASES_MAX });
            }
            Answer::Alias(name, ttl) => {
                self.aliases += 1;
                self.ttl = self.ttl.min(ttl);
                self.name = name;
                return self.ask_again(attempt, true);
            }
        }
        Ok(None)
    }

    fn ask_again(&self, attempt: &Attempt, has_edns: bool) -> io::Result<Option<Question>> {
        let question = self.question(has_edns);
        attempt.send(&question)?;
        Ok(Some(question))
    }
}

/// Addresses that there is no route to are no reason not to ask again for the others.
fn is_enough(kinds: &[Kind], has_route: impl Fn(IpAddr) -> bool) -> bool {
    let is_of_use = |kind: &Kind| match &kind.state {
        State::Addresses(addresses) => addresses.first().is_some_and(|&first| has_route(first)),
        _ => false,
    };
    kinds.iter().all(|kind| !kind.is_open()) || kinds.iter().any(is_of_use)
}

/// What the kinds say together: addresses if there are any, else why not.
fn together(kinds: Vec<Kind>) -> Asked {
    let mut addresses = Vec::new();
    let mut ttl = Duration::MAX;
    let mut why: Option<(u8, Error, Option<Duration>)> = None;
    for kind in kinds {
        let (weight, error, holds) = match kind.state {
            State::Addresses(found) => {
                addresses.extend(found);
                ttl = ttl.min(kind.ttl);
                continue;
            }
            // What is not known outweighs what is, and a name that exists one that does not.
            State::Open(error) | State::Broken(error) => {
                ttl = ttl.min(TTL_OF_HALF_MAX);
                (2, error, None)
            }
            State::NoAddress(ttl) => (1, Error::NoAddress, ttl),
            State::NoSuchName(ttl) => (0, Error::NoSuchName, ttl),
        };
        let holds = holds.map(|ttl| ttl.min(kind.ttl));
        why = match why {
            Some((other, error, earlier)) if other > weight => Some((other, error, earlier)),
            Some((other, _, earlier)) if other == weight => {
                let least = earlier.zip(holds).map(|(one, other)| one.min(other));
                Some((weight, error, least.or(holds).or(earlier)))
            }
            _ => Some((weight, error, holds)),
        };
    }
    match why {
        Some((_, error, ttl)) if addresses.is_empty() => Asked {
            addresses: Err(error),
            ttl,
        },
        _ => Asked {
            addresses: Ok(addresses),
            ttl: Some(ttl),
        },
    }
}

impl Asked {
    fn failed(error: Error) -> Self {
        Self {
            addresses: Err(error),
            ttl: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(rtype: Rtype, state: State) -> Kind {
        Kind {
            state,
            ttl: Duration::from_secs(60),
            ..Kind::new(rtype, &name_of("a.example").unwrap())
        }
    }

    fn addresses() -> State {
        State::Addresses(vec![[10, 0, 0, 1].into()])
    }

    const fn open() -> State {
        State::Open(Error::NameServersSilent)
    }

    fn both(one: State, other: State) -> Vec<Kind> {
        vec![kind(Rtype::AAAA, one), kind(Rtype::A, other)]
    }

    #[test]
    fn half_is_enough_if_there_is_a_route() {
        assert!(!is_enough(&both(open(), open()), |_| true));
        assert!(is_enough(&both(addresses(), open()), |_| true));
        assert!(is_enough(&both(open(), addresses()), |_| true));
        assert!(!is_enough(&both(addresses(), open()), |_| false));
        assert!(!is_enough(&both(State::NoAddress(None), open()), |_| true));
        assert!(is_enough(
            &both(addresses(), State::NoSuchName(None)),
            |_| false
        ));
    }

    #[test]
    fn half_does_not_hold_long() {
        let ttl = |kinds| together(kinds).ttl.unwrap().as_secs();
        assert_eq!(ttl(both(addresses(), addresses())), 60);
        assert_eq!(ttl(both(addresses(), State::NoAddress(None))), 60);
        assert_eq!(ttl(both(addresses(), open())), 30);
        let broken = State::Broken(Error::TooManyAliases { limit: 8 });
        assert_eq!(ttl(both(broken, addresses())), 30);
    }

    #[test]
    fn of_two_reasons_the_weightier_is_told() {
        let error = |one, other| together(both(one, other)).addresses.unwrap_err();
        let (none, never) = (State::NoAddress, State::NoSuchName);
        assert!(matches!(error(none(None), never(None)), Error::NoAddress));
        assert!(matches!(error(never(None), none(None)), Error::NoAddress));
        assert!(matches!(
            error(never(None), open()),
            Error::NameServersSilent
        ));
        assert!(matches!(
            error(open(), none(None)),
            Error::NameServersSilent
        ));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let asked = together(both(none(seconds(9)), none(seconds(7))));
        assert_eq!(asked.ttl, seconds(7));
    }
}
