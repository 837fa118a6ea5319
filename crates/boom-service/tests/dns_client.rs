//! `DnsClient` against name servers that do what servers do.

#![cfg(feature = "dns-client")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use boom_service::Error;
use boom_service::dns::{CachingResolver, DnsClient, DnsQuery, DnsResolver, ThreadResolver};
use domain::base::iana::{Class, Rcode};
use domain::base::message_builder::AnswerBuilder;
use domain::base::{Message, MessageBuilder, Name, Rtype, Serial, Ttl};
use domain::rdata::{A, Aaaa, Cname, Soa};

type Question = Message<Vec<u8>>;

/// What is answered to a question, in order; nothing is silence.
type Replies = Vec<Vec<u8>>;

/// A name server on loopback, by UDP and TCP.
struct Server {
    address: SocketAddr,
    /// Name and kind, and how it came.
    asked: Arc<Mutex<Vec<String>>>,
    threads: Vec<JoinHandle<()>>,
    end: UdpSocket,
}

impl Server {
    fn start(answer: impl Fn(&Question, &str) -> Replies + Send + Sync + 'static) -> Self {
        let (listener, socket) = same_port();
        let address = socket.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let end = UdpSocket::bind("127.0.0.1:0").unwrap();
        let from = end.local_addr().unwrap();
        let log = Arc::clone(&asked);
        let answer = Arc::new(move |bytes: &[u8], by| {
            let question = Message::from_octets(bytes.to_vec()).unwrap();
            let words = format!("{} {by}", words(&question));
            let replies = answer(&question, &words);
            log.lock().unwrap().push(words);
            replies
        });
        let by_tcp = Arc::clone(&answer);
        let threads = vec![
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                loop {
                    let (count, peer) = socket.recv_from(&mut buffer).unwrap();
                    if peer == from {
                        return;
                    }
                    for reply in answer(&buffer[..count], "udp") {
                        socket.send_to(&reply, peer).unwrap();
                    }
                }
            }),
            thread::spawn(move || {
                loop {
                    let (mut stream, _) = listener.accept().unwrap();
                    let mut length = [0; 2];
                    if stream.read_exact(&mut length).is_err() {
                        return;
                    }
                    let mut message = vec![0; u16::from_be_bytes(length).into()];
                    stream.read_exact(&mut message).unwrap();
                    for reply in by_tcp(&message, "tcp") {
                        let length = u16::try_from(reply.len()).unwrap().to_be_bytes();
                        stream.write_all(&length).unwrap();
                        stream.write_all(&reply).unwrap();
                    }
                }
            }),
        ];
        Self {
            address,
            asked,
            threads,
            end,
        }
    }

    /// A client of this server that waits for it however busy the machine is.
    fn client(&self) -> DnsClient {
        client([self.address])
    }

    /// What was asked, sorted, since both kinds are asked for at once.
    fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.sort();
        asked
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.send_to(&[], self.address).unwrap();
        drop(std::net::TcpStream::connect(self.address).unwrap());
        for thread in self.threads.drain(..) {
            if let Err(panic) = thread.join()
                && !thread::panicking()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

fn same_port() -> (TcpListener, UdpSocket) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        if let Ok(socket) = UdpSocket::bind(listener.local_addr().unwrap()) {
            return (listener, socket);
        }
    }
}

fn client(servers: impl IntoIterator<Item = SocketAddr>) -> DnsClient {
    DnsClient::new(servers)
        .with_timeout(Duration::from_secs(20))
        .with_attempts(3)
}

/// "a.example A".
fn words(question: &Question) -> String {
    let question = question.sole_question().unwrap();
    format!("{} {}", question.qname(), question.qtype())
}

fn name(text: &str) -> Name<Vec<u8>> {
    text.parse().unwrap()
}

/// A message that answers the question, with what `fill` puts in.
fn reply(
    question: &Question,
    code: Rcode,
    fill: impl FnOnce(&mut AnswerBuilder<Vec<u8>>),
) -> Vec<u8> {
    let mut answer = MessageBuilder::new_vec()
        .start_answer(question, code)
        .unwrap();
    fill(&mut answer);
    answer.finish()
}

fn code(question: &Question, code: Rcode) -> Replies {
    vec![reply(question, code, |_| {})]
}

/// Addresses of the kind that is asked for.
fn addresses(question: &Question, owner: &str, ttl: u32, addresses: &[IpAddr]) -> Vec<u8> {
    reply(question, Rcode::NOERROR, |answer| {
        push(answer, question, owner, ttl, addresses)
    })
}

fn push(
    answer: &mut AnswerBuilder<Vec<u8>>,
    question: &Question,
    owner: &str,
    ttl: u32,
    addresses: &[IpAddr],
) {
    let rtype = question.sole_question().unwrap().qtype();
    for address in addresses {
        let (owner, ttl) = (name(owner), Ttl::from_secs(ttl));
        match address {
            IpAddr::V4(address) if rtype == Rtype::A => {
                answer.push((owner, ttl, A::new(*address))).unwrap();
            }
            IpAddr::V6(address) if rtype == Rtype::AAAA => {
                answer.push((owner, ttl, Aaaa::new(*address))).unwrap();
            }
            _ => {}
        }
    }
}

fn alias(answer: &mut AnswerBuilder<Vec<u8>>, owner: &str, ttl: u32, target: &str) {
    let ttl = Ttl::from_secs(ttl);
    answer
        .push((name(owner), ttl, Cname::new(name(target))))
        .unwrap();
}

/// "It is not there", which holds for the lesser of the two times.
fn negative(question: &Question, code: Rcode, ttl: u32, minimum: u32) -> Vec<u8> {
    let answer = MessageBuilder::new_vec()
        .start_answer(question, code)
        .unwrap();
    let mut authority = answer.authority();
    let [refresh, retry, expire, minimum] = [1, 1, 1, minimum].map(Ttl::from_secs);
    let (server, mail) = (name("ns.example"), name("mail.example"));
    let soa = Soa::new(server, mail, Serial(1), refresh, retry, expire, minimum);
    authority
        .push((name("example"), Class::IN, Ttl::from_secs(ttl), soa))
        .unwrap();
    authority.finish()
}

const V4: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 7));

/// Addresses in an order that does not depend on the machine's routes, and seconds.
fn found(client: &DnsClient, host: &str) -> (Vec<IpAddr>, u64) {
    let lookup = client.lookup(host, 443);
    let addresses = lookup.addresses.unwrap();
    assert!(addresses.iter().all(|address| address.port() == 443));
    let mut addresses: Vec<_> = addresses.iter().map(SocketAddr::ip).collect();
    addresses.sort();
    (addresses, lookup.ttl.unwrap().as_secs())
}

fn failed(client: &DnsClient, host: &str) -> (Error, Option<u64>) {
    let lookup = client.lookup(host, 443);
    let error = lookup.addresses.unwrap_err().downcast().unwrap();
    (error, lookup.ttl.map(|ttl| ttl.as_secs()))
}

/// Silent for the first `count` questions.
fn losing(count: usize) -> Server {
    let lost = Mutex::new(0);
    Server::start(move |question, _| {
        let mut lost = lost.lock().unwrap();
        *lost += 1;
        match *lost > count {
            true => vec![addresses(question, "a.example", 60, &[V4, V6])],
            false => vec![],
        }
    })
}

#[test]
fn both_kinds_of_addresses_are_the_answer_for_as_long_as_the_lesser_holds() {
    let server = Server::start(|question, words| {
        let ttl = if words.contains("AAAA") { 30 } else { 60 };
        vec![addresses(question, "a.example", ttl, &[V4, V6])]
    });
    assert_eq!(found(&server.client(), "A.Example"), (vec![V4, V6], 30));
    assert_eq!(server.asked(), ["A.Example A udp", "A.Example AAAA udp"]);
}

#[test]
fn a_lost_datagram_is_sent_again() {
    let server = losing(4);
    let client = server.client().with_attempts(10);
    let client = client.with_timeout(Duration::from_millis(100));
    assert_eq!(found(&client, "a.example"), (vec![V4, V6], 60));
    // At the third attempt, or later on a busy machine.
    assert!(server.asked().len() >= 6);
}

#[test]
fn a_server_that_says_nothing_is_an_error_in_the_end() {
    let server = losing(usize::MAX);
    let client = server.client().with_timeout(Duration::from_millis(20));
    assert!(matches!(
        failed(&client, "a.example"),
        (Error::NameServersSilent, None)
    ));
    assert_eq!(server.asked().len(), 6);
}

#[test]
fn the_next_server_is_asked_when_one_is_silent_fails_or_is_not_there() {
    let silent = losing(usize::MAX);
    let failing = Server::start(|question, _| code(question, Rcode::SERVFAIL));
    let refusing = Server::start(|question, _| code(question, Rcode::REFUSED));
    let broken = Server::start(|question, _| {
        let mut reply = addresses(question, "a.example", 60, &[V4, V6]);
        // The record is said to be longer than it is.
        let last = reply.len()
            - if reply.ends_with(&[7]) && reply.len() < 60 {
                5
            } else {
                17
            };
        reply[last] = 200;
        vec![reply]
    });
    let nobody = {
        let (_listener, socket) = same_port();
        socket.local_addr().unwrap()
    };
    let good = losing(0);
    let servers = [
        silent.address,
        failing.address,
        refusing.address,
        broken.address,
        nobody,
        good.address,
    ];
    let client = client(servers).with_timeout(Duration::from_millis(500));
    assert_eq!(found(&client, "a.example"), (vec![V4, V6], 60));
    for server in [silent, failing, refusing, broken, good] {
        assert_eq!(server.asked(), ["a.example A udp", "a.example AAAA udp"]);
    }
}

#[test]
fn what_all_servers_fail_with_is_the_error() {
    let failing = Server::start(|question, _| code(question, Rcode::SERVFAIL));
    let refusing = Server::start(|question, _| code(question, Rcode::REFUSED));
    assert!(matches!(
        failed(&client([failing.address, refusing.address]), "a.example"),
        (Error::NameServerFailed { code: 5 }, None)
    ));
    assert_eq!(failing.asked().len(), 6);
    assert_eq!(refusing.asked().len(), 6);
}

#[test]
fn a_name_that_does_not_exist_is_no_reason_to_ask_others() {
    let server = Server::start(|question, _| vec![negative(question, Rcode::NXDOMAIN, 300, 20)]);
    let other = losing(0);
    assert!(matches!(
        failed(&client([server.address, other.address]), "a.example"),
        (Error::NoSuchName, Some(20))
    ));
    assert_eq!(other.asked().len(), 0);
    let bare = Server::start(|question, _| code(question, Rcode::NXDOMAIN));
    assert!(matches!(
        failed(&bare.client(), "a.example"),
        (Error::NoSuchName, None)
    ));
}

#[test]
fn a_name_may_have_addresses_of_one_kind_or_of_none() {
    let server = Server::start(|question, words| match words {
        "six.example AAAA udp" => vec![addresses(question, "six.example", 60, &[V6])],
        // Some servers wrongly say so where only the kind is missing.
        "six.example A udp" => code(question, Rcode::NXDOMAIN),
        _ => vec![negative(question, Rcode::NOERROR, 10, 20)],
    });
    assert_eq!(found(&server.client(), "six.example"), (vec![V6], 60));
    assert!(matches!(
        failed(&server.client(), "none.example"),
        (Error::NoAddress, Some(10))
    ));
}

#[test]
fn one_kind_does_not_wait_for_the_other_for_ever() {
    let server = Server::start(|question, words| match words.contains("AAAA") {
        true => vec![],
        // Every machine has a route there.
        false => vec![addresses(question, "a.example", 60, &[LOOPBACK])],
    });
    let client = server.client().with_timeout(Duration::from_millis(500));
    // The other may have been lost, so that this does not hold long.
    assert_eq!(found(&client, "a.example"), (vec![LOOPBACK], 30));
    assert_eq!(server.asked(), ["a.example A udp", "a.example AAAA udp"]);
}

#[test]
fn what_is_no_answer_to_the_question_is_passed_over() {
    let server = Server::start(|question, _| {
        let right = addresses(question, "a.example", 60, &[V4, V6]);
        let mut wrong_number = addresses(question, "a.example", 60, &[[6, 6, 6, 6].into()]);
        wrong_number[0] ^= 1;
        let mut wrong_name = addresses(question, "a.example", 60, &[[6, 6, 6, 6].into()]);
        wrong_name[13] ^= 1;
        let mut no_answer = right.clone();
        no_answer[2] &= 0x7f;
        vec![
            vec![],
            vec![0xff; 600],
            wrong_number,
            wrong_name,
            no_answer,
            right[..8].to_vec(),
            right,
        ]
    });
    assert_eq!(found(&server.client(), "a.example"), (vec![V4, V6], 60));
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn datagrams_of_others_do_not_arrive() {
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (listener, socket) = same_port();
    drop(listener);
    let address = socket.local_addr().unwrap();
    let server = thread::spawn(move || {
        let mut buffer = [0; 4096];
        for _ in 0..2 {
            let (count, peer) = socket.recv_from(&mut buffer).unwrap();
            let question = Message::from_octets(buffer[..count].to_vec()).unwrap();
            // Right in all but where it comes from.
            let forged = addresses(&question, "a.example", 60, &[[6, 6, 6, 6].into()]);
            other.send_to(&forged, peer).unwrap();
            let right = addresses(&question, "a.example", 60, &[V4, V6]);
            socket.send_to(&right, peer).unwrap();
        }
    });
    assert_eq!(found(&client([address]), "a.example"), (vec![V4, V6], 60));
    server.join().unwrap();
}

#[test]
fn a_truncated_answer_is_asked_for_by_tcp() {
    let many: Vec<IpAddr> = (0..200).map(|last| [10, 0, 1, last].into()).collect();
    let all = many.clone();
    let server = Server::start(move |question, words| {
        let mut reply = addresses(question, "many.example", 60, &all);
        if words == "many.example A udp" {
            reply.truncate(512);
            reply[2] |= 2;
        }
        vec![reply]
    });
    assert_eq!(found(&server.client(), "many.example"), (many, 60));
    assert_eq!(
        server.asked(),
        [
            "many.example A tcp",
            "many.example A udp",
            "many.example AAAA udp"
        ]
    );
}

#[test]
fn a_server_that_truncates_and_has_no_tcp_is_as_good_as_silent() {
    let server = Server::start(|question, words| {
        let mut reply = addresses(question, "a.example", 60, &[V4, V6]);
        reply[2] |= 2;
        match words.contains("udp") {
            true => vec![reply],
            false => vec![],
        }
    });
    assert!(matches!(
        failed(&server.client(), "a.example"),
        (Error::NameServersSilent, None)
    ));
}

#[test]
fn a_server_that_does_not_know_edns_is_asked_without() {
    let server = Server::start(|question, _| match question.opt() {
        Some(_) => {
            // It cannot read the question, so it does not repeat it.
            let mut reply = question.as_slice()[..12].to_vec();
            reply[2] |= 0x80;
            reply[3] |= 1;
            reply[4..].fill(0);
            vec![reply]
        }
        None => vec![addresses(question, "a.example", 60, &[V4, V6])],
    });
    assert_eq!(found(&server.client(), "a.example"), (vec![V4, V6], 60));
    assert_eq!(server.asked().len(), 4);
    let refusing = Server::start(|question, _| code(question, Rcode::FORMERR));
    assert!(matches!(
        failed(&refusing.client(), "a.example"),
        (Error::NameServerFailed { code: 1 }, None)
    ));
}

#[test]
fn aliases_in_one_answer_are_followed() {
    let server = Server::start(|question, _| {
        vec![reply(question, Rcode::NOERROR, |answer| {
            // In an order that a server may have.
            push(answer, question, "c.example", 60, &[V4, V6]);
            push(answer, question, "other.example", 1, &[[6, 6, 6, 6].into()]);
            alias(answer, "b.example", 40, "C.example");
            alias(answer, "a.example", 50, "b.example");
        })]
    });
    assert_eq!(found(&server.client(), "a.example"), (vec![V4, V6], 40));
}

#[test]
fn aliases_that_the_server_does_not_follow_are_asked_for() {
    let server = Server::start(|question, words| {
        vec![match words.starts_with("b.example") {
            true => addresses(question, "b.example", 60, &[V4, V6]),
            false => reply(question, Rcode::NOERROR, |answer| {
                alias(answer, "a.example", 50, "b.example");
            }),
        }]
    });
    assert_eq!(found(&server.client(), "a.example"), (vec![V4, V6], 50));
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn an_alias_of_a_name_without_addresses_has_none() {
    let server = Server::start(|question, _| {
        let mut builder = MessageBuilder::new_vec()
            .start_answer(question, Rcode::NOERROR)
            .unwrap();
        alias(&mut builder, "a.example", 50, "b.example");
        let mut authority = builder.authority();
        let ttls = [1, 1, 1, 20].map(Ttl::from_secs);
        let [refresh, retry, expire, minimum] = ttls;
        let (server, mail) = (name("ns.example"), name("mail.example"));
        let soa = Soa::new(server, mail, Serial(1), refresh, retry, expire, minimum);
        authority
            .push((name("example"), Ttl::from_secs(30), soa))
            .unwrap();
        vec![authority.finish()]
    });
    assert!(matches!(
        failed(&server.client(), "a.example"),
        (Error::NoAddress, Some(20))
    ));
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn aliases_without_end_are_an_error() {
    let endless = Server::start(|question, _| {
        let owner = question.sole_question().unwrap().qname().to_string();
        vec![reply(question, Rcode::NOERROR, |answer| {
            alias(answer, &owner, 50, &format!("a.{owner}"));
        })]
    });
    assert!(matches!(
        failed(&endless.client(), "example"),
        (Error::TooManyAliases { limit: 8 }, None)
    ));
    let circle = Server::start(|question, _| {
        vec![reply(question, Rcode::NOERROR, |answer| {
            alias(answer, "a.example", 50, "b.example");
            alias(answer, "b.example", 50, "a.example");
        })]
    });
    assert!(matches!(
        failed(&circle.client(), "a.example"),
        (Error::MalformedAnswer, None)
    ));
}

#[test]
fn domains_are_searched_in_their_order() {
    let server = Server::start(|question, words| match words.starts_with("a.two.example") {
        true => vec![addresses(question, "a.two.example", 60, &[V4, V6])],
        false => vec![negative(question, Rcode::NXDOMAIN, 10, 20)],
    });
    let domains = ["one.example", "two.example"].map(str::to_owned);
    let client = server.client().with_search(domains);
    assert_eq!(found(&client, "a"), (vec![V4, V6], 60));
    assert!(matches!(
        failed(&client, "b.c"),
        (Error::NoSuchName, Some(10))
    ));
    let asked = server.asked.lock().unwrap().clone();
    let mut names: Vec<_> = asked
        .iter()
        .filter_map(|words| words.split(' ').next())
        .collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "a.one.example",
            "a.two.example",
            "b.c",
            "b.c.one.example",
            "b.c.two.example"
        ]
    );
}

#[test]
fn a_host_that_is_no_name_is_not_asked_for() {
    let server = losing(0);
    for host in ["", "a..b", "b\u{fc}cher.example", &"a".repeat(64)] {
        assert!(matches!(
            failed(&server.client(), host),
            (Error::NotAName, None)
        ));
    }
    assert_eq!(server.asked().len(), 0);
}

/// Polls until the answer is there.
fn answer(query: &mut impl DnsQuery) -> std::io::Result<Vec<SocketAddr>> {
    loop {
        if let Some(answer) = query.poll() {
            return answer;
        }
        thread::yield_now();
    }
}

#[test]
fn a_resolver_of_threads_tells_how_long_answers_hold() {
    let server = Server::start(|question, words| match words.starts_with("a.example") {
        true => vec![addresses(question, "a.example", 60, &[V4])],
        false => vec![negative(question, Rcode::NXDOMAIN, 10, 20)],
    });
    let mut resolver = CachingResolver::new(ThreadResolver::with_client(server.client()))
        .with_negative_ttl(Duration::from_secs(300));
    let mut query = resolver.resolve("a.example", 443);
    assert_eq!(query.ttl(), None);
    assert_eq!(answer(&mut query).unwrap(), [SocketAddr::new(V4, 443)]);
    let ttl = query.ttl().unwrap();
    assert!((1..=60).contains(&ttl.as_secs()), "{ttl:?}");
    let mut query = resolver.resolve("none.example", 443);
    let error = answer(&mut query).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(matches!(error.downcast(), Ok(Error::NoSuchName)));
    assert!(query.ttl().unwrap().as_secs() <= 10);
    // A thousand endpoints that come back do not ask again.
    let asked = server.asked().len();
    for _ in 0..1000 {
        assert!(resolver.resolve("A.example", 443).poll().unwrap().is_ok());
        assert!(
            resolver
                .resolve("none.example", 443)
                .poll()
                .unwrap()
                .is_err()
        );
    }
    assert_eq!(server.asked().len(), asked);
}
