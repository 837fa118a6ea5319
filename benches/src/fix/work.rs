//! The works, and who takes part in each.

use crate::fix::messages::{DISTINCT, Order, execution_reports, orders, snapshots};
use crate::fix::ours::{Ours, Templated};
#[cfg(feature = "fix-peers")]
use crate::fix::peers;
use crate::fix::sink::{Blind, Sink};
use crate::harness::{Answer, Result, Work};

/// Reads messages. Each method reads all fields and frames that the contestant reads when it parses.
pub(super) trait Reads {
    /// Parses, and tells the message type.
    fn parse(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()>;
    /// Parses, and reads ten fields of an execution report: [`TEN`].
    fn ten(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()>;
    /// Parses, and reads type, price and size of every entry.
    fn book(&mut self, message: &[u8], sink: &mut impl Sink) -> Result<()>;
}

/// Writes a whole NewOrderSingle.
pub(super) trait Writes {
    fn order(&mut self, order: &Order) -> Result<&[u8]>;
}

/// What [`Reads::ten`] reads: two numbers of two kinds, texts and characters.
pub(super) const TEN: [u32; 10] = [34, 11, 17, 150, 39, 38, 44, 32, 31, 60];

/// Those of [`TEN`] that are numbers.
#[cfg(feature = "fix-peers")]
pub(super) const fn is_number(tag: u32) -> bool {
    matches!(tag, 34 | 38 | 44 | 32 | 31)
}

type Make = fn() -> Result<Box<dyn Work>>;

/// One row of the table.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Instructions that ours may take.
    pub(crate) target: Option<f64>,
    pub(crate) contestants: Vec<(&'static str, Make)>,
}

/// The peer that is a program of its own.
#[cfg(feature = "fix-peers")]
pub(super) const QUICKFIX: &str = "QuickFIX C++";

impl Case {
    fn new(name: &'static str, target: f64, contestants: Vec<(&'static str, Make)>) -> Self {
        Self {
            name,
            target: Some(target),
            contestants,
        }
    }

    /// What QuickFIX calls the work.
    #[cfg(feature = "fix-peers")]
    pub(super) fn of_quickfix(&self) -> &'static str {
        match self.name {
            PARSE => "parse",
            TEN_FIELDS => "ten",
            BOOK => "book",
            _ => "order",
        }
    }
}

const PARSE: &str = "ExecutionReport 331 B: parse";
const TEN_FIELDS: &str = "ExecutionReport 331 B: parse and read ten fields";
const BOOK: &str = "MarketDataSnapshot 818 B: parse and read ten entries";
const ORDER: &str = "NewOrderSingle: encode";

macro_rules! readers {
    ($work:ident) => {
        vec![
            ("ours", || Ok(Box::new($work::new(Ours::new()?)))),
            ("ours, SSE2", || {
                Ok(Box::new($work::new(Ours::by_kernel(1)?)))
            }),
            ("ours, SWAR", || {
                Ok(Box::new($work::new(Ours::by_kernel(2)?)))
            }),
            #[cfg(feature = "fix-peers")]
            ("of_fix", || Ok(Box::new($work::new(peers::of_fix::OfFix)))),
            #[cfg(feature = "fix-peers")]
            ("ironfix", || {
                Ok(Box::new($work::new(peers::ironfix::IronFix::new())))
            }),
            #[cfg(feature = "fix-peers")]
            ("fefix", || {
                Ok(Box::new($work::new(peers::fefix::FeFix::new())))
            }),
            #[cfg(feature = "fix-peers")]
            ("rustyfix", || {
                Ok(Box::new($work::new(peers::rustyfix::RustyFix::new()?)))
            }),
            #[cfg(feature = "fix-peers")]
            ("quickfix-tokio", || {
                let peer = peers::quickfix_tokio::QuickFixTokio::new();
                Ok(Box::new($work::new(peer)))
            }),
            #[cfg(feature = "fix-peers")]
            ("hotfix", || {
                Ok(Box::new($work::new(peers::hotfix::HotFix::new()?)))
            }),
        ]
    };
}

macro_rules! writers {
    ($($name:literal $writer:expr;)*) => {
        vec![
            ("ours", || Ok(Box::new(Writing::new(Ours::new()?)))),
            ("ours, template", || Ok(Box::new(Writing::new(Templated::new()?)))),
            $(
                #[cfg(feature = "fix-peers")]
                ($name, || Ok(Box::new(Writing::new($writer)))),
            )*
        ]
    };
}

pub(crate) fn cases() -> Vec<Case> {
    #[cfg_attr(
        not(feature = "fix-peers"),
        expect(unused_mut, reason = "nobody joins")
    )]
    let mut cases = vec![
        Case::new(PARSE, 1200.0, readers!(Parsing)),
        Case::new(TEN_FIELDS, 1700.0, readers!(Ten)),
        Case::new(BOOK, 3600.0, readers!(Books)),
        Case::new(
            ORDER,
            900.0,
            writers! {
                "of_fix" peers::of_fix::OfFixWriter::default();
                "ironfix" peers::ironfix::IronFix::new();
                "fefix" peers::fefix::FeFix::new();
                "rustyfix" peers::rustyfix::RustyFix::new()?;
                "quickfix-tokio" peers::quickfix_tokio::QuickFixTokio::new();
                "hotfix" peers::hotfix::HotFixWriter::default();
            },
        ),
    ];
    #[cfg(feature = "fix-peers")]
    if peers::quickfix::missing().is_none() {
        let makes: [Make; 4] = [
            || Ok(Box::new(peers::quickfix::QuickFix::new("parse")?)),
            || Ok(Box::new(peers::quickfix::QuickFix::new("ten")?)),
            || Ok(Box::new(peers::quickfix::QuickFix::new("book")?)),
            || Ok(Box::new(peers::quickfix::QuickFix::new("order")?)),
        ];
        for (case, make) in cases.iter_mut().zip(makes) {
            case.contestants.push((QUICKFIX, make));
        }
    }
    cases
}

macro_rules! reading {
    ($name:ident, $messages:ident, $method:ident) => {
        struct $name<R> {
            reads: R,
            messages: Vec<Vec<u8>>,
        }

        impl<R: Reads> $name<R> {
            fn new(reads: R) -> Self {
                Self {
                    reads,
                    messages: $messages(),
                }
            }
        }

        impl<R: Reads> Work for $name<R> {
            fn answer(&mut self, messages: u64) -> Result<Answer> {
                let mut answer = Answer::new();
                for message in self.messages.iter().cycle().take(messages as usize) {
                    self.reads.$method(message, &mut answer)?;
                }
                Ok(answer)
            }

            fn run(&mut self, messages: u64) -> Result<()> {
                for message in self.messages.iter().cycle().take(messages as usize) {
                    self.reads.$method(message, &mut Blind)?;
                }
                Ok(())
            }
        }
    };
}

reading!(Parsing, execution_reports, parse);
reading!(Ten, execution_reports, ten);
reading!(Books, snapshots, book);

struct Writing<W> {
    writes: W,
    orders: Vec<Order>,
}

impl<W: Writes> Writing<W> {
    fn new(writes: W) -> Self {
        Self {
            writes,
            orders: orders(),
        }
    }
}

impl<W: Writes> Work for Writing<W> {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let mut answer = Answer::new();
        for order in self.orders.iter().cycle().take(messages as usize) {
            add_order(&mut answer, self.writes.order(order)?);
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for order in self.orders.iter().cycle().take(messages as usize) {
            std::hint::black_box(self.writes.order(order)?);
        }
        Ok(())
    }
}

/// Contestants order the fields each in their way, and some write BodyLength with zeros in front, which changes
/// CheckSum too.
pub(super) fn add_order(answer: &mut Answer, order: &[u8]) {
    let is_compared = |field: &&[u8]| !field.starts_with(b"9=") && !field.starts_with(b"10=");
    let fields = order.split(|&byte| byte == 1).filter(is_compared);
    let mut fields: Vec<_> = fields.collect();
    fields.sort_unstable();
    answer.add(&fields.join(&1));
}

/// Messages that answers are compared on: each distinct one.
pub(super) const CHECKED: u64 = DISTINCT as u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_gives_the_same_answer() {
        for case in cases() {
            let mut expected = None;
            for (name, make) in case.contestants {
                let answer = make().unwrap().answer(CHECKED).unwrap();
                let expected = *expected.get_or_insert(answer);
                assert_eq!(answer, expected, "{}: {name}", case.name);
            }
        }
    }
}
