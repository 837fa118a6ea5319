//! A contestant in a process of its own, which does a turn when it is asked to: thousands of connections of all of them
//! together are more than one process may open.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::harness::timing::median;
use crate::service::server::{Server, Serving};
use crate::service::{CONTESTANTS, Connect, Dial, Inbox, Stack, Watch, open};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Nanoseconds of an idle poll.
    Idle,
    /// Nanoseconds that a message to one of the connections is under way, the median.
    Delivery,
    /// Bytes that are resident.
    Resident,
    /// To open and end so many connections besides, some at a time.
    Churn(usize),
}

/// Connections and their server, in this process.
pub(super) struct Scene {
    server: Server,
    watch: Box<dyn Watch>,
    inbox: Arc<Inbox>,
    /// Messages of one turn, once that is known.
    messages: Option<u64>,
}

const IDLE_POLLS: u32 = 1000;
/// Messages of a turn.
const MESSAGES: (u64, u64) = (10, 200);
/// What a turn may take.
const TURN_NS: f64 = 4e6;

impl Scene {
    pub(super) fn new(connect: Connect, mut server: Server, count: usize) -> Result<Self> {
        let inbox = Arc::<Inbox>::default();
        let dial = Dial {
            server: server.address(),
            count,
            stack: Stack::Established,
            inbox: Arc::clone(&inbox),
        };
        let mut watch = open(connect, &dial)?;
        server.wait_for(count)?;
        // What connecting has left to be done is done now.
        for _ in 0..100 {
            watch.poll()?;
        }
        Ok(Self {
            server,
            watch,
            inbox,
            messages: None,
        })
    }

    /// Polls that find nothing.
    pub(super) fn idle_polls(&mut self, polls: u64) -> Result<()> {
        let before = self.inbox.count();
        for _ in 0..polls {
            self.watch.poll()?;
        }
        if self.inbox.count() != before {
            return Err("a message came from a quiet server".into());
        }
        Ok(())
    }

    pub(super) fn answer(&mut self, question: Question, other: Option<SocketAddr>) -> Result<f64> {
        match question {
            Question::Idle => {
                let start = Instant::now();
                self.idle_polls(u64::from(IDLE_POLLS))?;
                Ok(start.elapsed().as_nanos() as f64 / f64::from(IDLE_POLLS))
            }
            Question::Delivery => self.delivery(),
            Question::Resident => Ok(resident_bytes()?),
            Question::Churn(count) => {
                let server = other.ok_or("no server for it")?;
                for done in (0..count).step_by(CHURNED_AT_ONCE) {
                    let more = CHURNED_AT_ONCE.min(count - done);
                    self.watch.churn(server, more)?;
                }
                self.idle_polls(100)?;
                Ok(count as f64)
            }
        }
    }

    fn delivery(&mut self) -> Result<f64> {
        if let Some(messages) = self.messages {
            return self.deliver(messages);
        }
        let (fewest, most) = MESSAGES;
        let median_ns = self.deliver(fewest)?;
        self.messages = Some(((TURN_NS / median_ns) as u64).clamp(fewest, most));
        Ok(median_ns)
    }

    fn deliver(&mut self, messages: u64) -> Result<f64> {
        let mut delays = Vec::with_capacity(messages as usize);
        self.server.deliver(messages)?;
        for _ in 0..messages {
            let before = self.inbox.count();
            while self.inbox.count() == before {
                self.watch.poll()?;
            }
            delays.push(self.inbox.delay_ns() as f64);
            self.server.acknowledge()?;
        }
        Ok(median(delays))
    }
}

/// Connections that are opened and ended together.
const CHURNED_AT_ONCE: usize = 1000;

/// Bytes that this process has resident.
pub(super) fn resident_bytes() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: f64 = kibibytes.ok_or("no VmRSS of this process")?.parse()?;
    Ok(kibibytes * 1024.0)
}

/// The first argument of such a process.
pub(super) const PLAY: &str = "play";

/// What such a process does: the contestant by its place, and its connections.
pub(super) fn main(arguments: &[String]) -> Result<()> {
    let [contestant, count] = arguments else {
        return Err("play CONTESTANT CONNECTIONS".into());
    };
    let contestant = CONTESTANTS.get(contestant.parse::<usize>()?);
    let contestant = contestant.ok_or("no such contestant")?;
    // Before it is kept on a core: a process starts with the cores of the one that made it.
    let server = Server::in_process(Serving::Silence, usize::MAX)?;
    let other = Server::in_process(Serving::Silence, 2 * CHURNED_AT_ONCE)?;
    let _pinned = pin(Side::Client);
    let mut scene = Scene::new(contestant.connect, server, count.parse()?)?;
    println!("0");
    for line in std::io::stdin().lines() {
        let line = line?;
        let question = Question::parse(&line).ok_or("no such question")?;
        println!("{}", scene.answer(question, Some(other.address()))?);
    }
    Ok(())
}

impl Question {
    fn line(self) -> String {
        match self {
            Self::Idle => "idle\n".into(),
            Self::Delivery => "delivery\n".into(),
            Self::Resident => "resident\n".into(),
            Self::Churn(count) => format!("churn {count}\n"),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        match line.trim() {
            "idle" => Some(Self::Idle),
            "delivery" => Some(Self::Delivery),
            "resident" => Some(Self::Resident),
            line => Some(Self::Churn(line.strip_prefix("churn ")?.parse().ok()?)),
        }
    }
}

/// The process, from outside. It ends when this is dropped.
pub(super) struct Player {
    pub(super) name: &'static str,
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Player {
    /// Starts the contestant at that place among all, and returns when its connections stand.
    pub(super) fn start(contestant: usize, connections: usize) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([PLAY, &contestant.to_string(), &connections.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let answers = process.stdout.take().ok_or("no pipe from the process")?;
        let mut player = Self {
            name: CONTESTANTS.get(contestant).map_or("", |known| known.name),
            questions: process.stdin.take(),
            process,
            answers: BufReader::new(answers),
        };
        player.answer()?;
        Ok(player)
    }

    pub(super) fn ask(&mut self, question: Question) -> Result<f64> {
        let questions = self.questions.as_mut().ok_or("no pipe to the process")?;
        questions.write_all(question.line().as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> Result<f64> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let answer = line.trim().parse();
        answer.map_err(|_| format!("{} has failed", self.name).into())
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // The end of its input is the end of it.
        self.questions = None;
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::contestants::{OURS, present};

    #[test]
    fn questions_survive_the_pipe() {
        for question in [
            Question::Idle,
            Question::Delivery,
            Question::Resident,
            Question::Churn(7),
        ] {
            assert_eq!(Question::parse(&question.line()), Some(question));
        }
        assert_eq!(Question::parse("nothing"), None);
    }

    #[test]
    fn everyone_answers() {
        for (_, contestant) in present() {
            let server = Server::in_thread(Serving::Silence, usize::MAX).unwrap();
            let mut scene = Scene::new(contestant.connect, server, 3).unwrap();
            for question in [Question::Idle, Question::Delivery, Question::Resident] {
                let answer = scene.answer(question, None).unwrap();
                assert!(answer > 0.0, "{} {question:?}", contestant.name);
            }
        }
    }

    #[test]
    fn ours_stay_connected_through_churn() {
        for (_, contestant) in present() {
            if !contestant.name.starts_with("ours") {
                continue;
            }
            let server = Server::in_thread(Serving::Silence, usize::MAX).unwrap();
            let other = Server::in_thread(Serving::Silence, 100).unwrap();
            let mut scene = Scene::new(contestant.connect, server, 3).unwrap();
            scene
                .answer(Question::Churn(20), Some(other.address()))
                .unwrap();
            assert_eq!(scene.watch.settle().unwrap(), 3, "{}", contestant.name);
            scene.answer(Question::Delivery, None).unwrap();
        }
        assert_eq!(CONTESTANTS.last().unwrap().name, OURS);
    }
}
