//! The works, and who takes part in each.

use crate::fix::messages::{DISTINCT, Order, execution_reports, orders, snapshots};
use crate::fix::ours::Ours;
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
#[cfg(feature = "peers")]
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
            #[cfg(feature = "peers")]
            ("of_fix", || {
                Ok(Box::new($work::new(crate::fix::peers::of_fix::OfFix)))
            }),
            #[cfg(feature = "peers")]
            ("ironfix", || {
                Ok(Box::new($work::new(
                    crate::fix::peers::ironfix::IronFix::new(),
                )))
            }),
            #[cfg(feature = "peers")]
            ("hotfix", || {
                Ok(Box::new($work::new(
                    crate::fix::peers::hotfix::HotFix::new()?,
                )))
            }),
        ]
    };
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "ExecutionReport 331 B: parse",
            target: Some(1200.0),
            contestants: readers!(Parsing),
        },
        Case {
            name: "ExecutionReport 331 B: parse and read ten fields",
            target: Some(1700.0),
            contestants: readers!(Ten),
        },
        Case {
            name: "MarketDataSnapshot 818 B: parse and read ten entries",
            target: Some(3600.0),
            contestants: readers!(Books),
        },
        Case {
            name: "NewOrderSingle: encode",
            target: Some(900.0),
            contestants: vec![
                ("ours", || Ok(Box::new(Writing::new(Ours::new()?)))),
                ("ours, template", || {
                    Ok(Box::new(Writing::new(crate::fix::ours::Templated::new()?)))
                }),
                #[cfg(feature = "peers")]
                ("of_fix", || {
                    Ok(Box::new(Writing::new(
                        crate::fix::peers::of_fix::OfFixWriter::default(),
                    )))
                }),
                #[cfg(feature = "peers")]
                ("ironfix", || {
                    Ok(Box::new(Writing::new(
                        crate::fix::peers::ironfix::IronFix::new(),
                    )))
                }),
            ],
        },
    ]
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
            // Contestants order the header each in their way, and one of them writes BodyLength with zeros in front,
            // which changes CheckSum too.
            let is_compared =
                |field: &&[u8]| !field.starts_with(b"9=") && !field.starts_with(b"10=");
            let fields = self.writes.order(order)?.split(|&byte| byte == 1);
            let mut fields: Vec<_> = fields.filter(is_compared).collect();
            fields.sort_unstable();
            answer.add(&fields.join(&1));
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
