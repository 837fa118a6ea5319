//! A toy exchange: a book of limit orders for each symbol, matched by price, then time.

use std::collections::{HashMap, VecDeque};

use boom_fix::session::{Event, MemoryStore, Now, Session, SessionError};
use boom_fix::{Decimal, FieldError, FieldFault, Message};

use crate::acceptor::{Application, Sessions};

/// Books, and reports that are not sent yet.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    books: HashMap<String, Book>,
    reports: VecDeque<(usize, Report)>,
    executions: u64,
}

/// Orders of one symbol, the oldest first.
#[derive(Debug, Default)]
struct Book {
    orders: Vec<Order>,
}

#[derive(Clone, Debug)]
struct Order {
    session: usize,
    id: String,
    symbol: String,
    is_buy: bool,
    /// In cents.
    price: i64,
    quantity: i64,
    filled: i64,
}

/// What an ExecutionReport says; `last` is price and quantity of a fill.
#[derive(Clone, Debug)]
struct Report {
    order: Order,
    original: Option<String>,
    kind: char,
    status: char,
    last: Option<(i64, i64)>,
    execution: u64,
}

impl Order {
    fn read(session: usize, message: &Message<'_>) -> Result<Self, FieldError> {
        Ok(Self {
            session,
            id: message.text(11)?.to_owned(),
            symbol: message.text(55)?.to_owned(),
            is_buy: message.char(54)? == '1',
            price: cents(message)?,
            quantity: message.int(38)?,
            filled: 0,
        })
    }

    const fn leaves(&self) -> i64 {
        self.quantity - self.filled
    }

    const fn meets(&self, other: &Self) -> bool {
        if self.is_buy == other.is_buy {
            return false;
        }
        if self.is_buy {
            self.price >= other.price
        } else {
            self.price <= other.price
        }
    }
}

/// What is finer than a cent is no price here.
fn cents(message: &Message<'_>) -> Result<i64, FieldError> {
    let field = message.value(44)?;
    let cents = field.decimal()?.rescaled(2);
    cents.ok_or_else(|| field.error(FieldFault::NotADecimal))
}

impl Application for Exchange {
    fn on_event(
        &mut self,
        session_index: usize,
        event: Event<'_>,
        session: &mut Session<MemoryStore>,
        now: Now,
    ) -> Result<(), SessionError> {
        let Event::Message(received) = event else {
            return Ok(());
        };
        let message = received.message;
        let result = match message.msg_type() {
            b"D" => Order::read(session_index, &message).map(|order| self.enter(order, None)),
            b"F" => self.cancel(session_index, &message),
            b"G" => self.replace(session_index, &message),
            _ => {
                return session
                    .business_reject(&message, 3, "Unsupported Message Type", now)
                    .map(drop);
            }
        };
        if let Err(error) = result {
            session.business_reject(&message, 5, &error.to_string(), now)?;
        }
        Ok(())
    }

    /// A fill is told to both sides, whatever their sessions are.
    fn flush(&mut self, sessions: &mut Sessions<'_>, now: Now) -> Result<(), SessionError> {
        while let Some((index, report)) = self.reports.pop_front() {
            if let Some(session) = sessions.get_mut(index) {
                report.send(session, now)?;
            }
        }
        Ok(())
    }
}

impl Exchange {
    fn enter(&mut self, mut order: Order, original: Option<String>) {
        let kind = if original.is_some() { '5' } else { '0' };
        self.report(&order, original, kind, None);
        while order.leaves() > 0 {
            let book = self.books.entry(order.symbol.clone()).or_default();
            let Some(best) = book.best_against(&order) else {
                break;
            };
            let quantity = order.leaves().min(best.leaves());
            let price = best.price;
            order.filled += quantity;
            best.filled += quantity;
            let other = best.clone();
            book.orders.retain(|order| order.leaves() > 0);
            for side in [&other, &order] {
                self.report(side, None, 'F', Some((price, quantity)));
            }
        }
        if order.leaves() > 0 {
            let book = self.books.entry(order.symbol.clone()).or_default();
            book.orders.push(order);
        }
    }

    fn take(&mut self, session: usize, message: &Message<'_>) -> Result<Option<Order>, FieldError> {
        let (symbol, original) = (message.text(55)?, message.text(41)?);
        let Some(book) = self.books.get_mut(symbol) else {
            return Ok(None);
        };
        let mut orders = book.orders.iter();
        let found = orders.position(|order| order.session == session && order.id == original);
        Ok(found.map(|at| book.orders.remove(at)))
    }

    fn cancel(&mut self, session: usize, message: &Message<'_>) -> Result<(), FieldError> {
        let id = message.text(11)?.to_owned();
        match self.take(session, message)? {
            Some(mut order) => {
                let original = std::mem::replace(&mut order.id, id);
                order.quantity = order.filled;
                self.report(&order, Some(original), '4', None);
            }
            None => self.reject(session, message)?,
        }
        Ok(())
    }

    /// Loses its place in the queue.
    fn replace(&mut self, session: usize, message: &Message<'_>) -> Result<(), FieldError> {
        let mut new = Order::read(session, message)?;
        match self.take(session, message)? {
            Some(old) => {
                new.filled = old.filled;
                self.enter(new, Some(old.id));
            }
            None => self.reject(session, message)?,
        }
        Ok(())
    }

    /// There is no such order, or none any more.
    fn reject(&mut self, session: usize, message: &Message<'_>) -> Result<(), FieldError> {
        let order = Order {
            session,
            id: message.text(11)?.to_owned(),
            symbol: message.text(55)?.to_owned(),
            is_buy: message.char(54)? == '1',
            price: 0,
            quantity: 0,
            filled: 0,
        };
        let original = message.text(41)?.to_owned();
        self.report(&order, Some(original), '8', None);
        Ok(())
    }

    fn report(
        &mut self,
        order: &Order,
        original: Option<String>,
        kind: char,
        last: Option<(i64, i64)>,
    ) {
        self.executions += 1;
        let status = match kind {
            '4' | '8' => kind,
            _ if order.leaves() == 0 => '2',
            _ if order.filled > 0 => '1',
            _ => '0',
        };
        let report = Report {
            order: order.clone(),
            original,
            kind,
            status,
            last,
            execution: self.executions,
        };
        self.reports.push_back((order.session, report));
    }
}

impl Book {
    /// The best price, and of those the oldest.
    fn best_against(&mut self, order: &Order) -> Option<&mut Order> {
        let meeting = self.orders.iter_mut().filter(|other| order.meets(other));
        meeting.reduce(|best, other| {
            let is_better = match order.is_buy {
                true => other.price < best.price,
                false => other.price > best.price,
            };
            if is_better { other } else { best }
        })
    }
}

impl Report {
    fn send(&self, session: &mut Session<MemoryStore>, now: Now) -> Result<u64, SessionError> {
        let order = &self.order;
        session.send("8", now, |report| {
            report.text(37, &order.id).text(11, &order.id);
            if let Some(original) = &self.original {
                report.text(41, original);
            }
            report.uint(17, self.execution);
            report.char(150, self.kind).char(39, self.status);
            report.text(55, &order.symbol);
            report.char(54, if order.is_buy { '1' } else { '2' });
            report.decimal(44, Decimal::new(order.price, 2));
            report.int(38, order.quantity);
            if let Some((price, quantity)) = self.last {
                report.decimal(31, Decimal::new(price, 2)).int(32, quantity);
            }
            report.int(151, order.leaves()).int(14, order.filled);
            report.int(6, 0);
        })
    }
}
