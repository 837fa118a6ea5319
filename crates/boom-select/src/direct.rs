//! The selector that asks nobody.

use std::io;
use std::thread;
use std::time::Duration;

use crate::{Readiness, Ready, Selector, Token};

/// Reports every registered socket as ready at every poll, without a system call.
///
/// The sockets themselves then say `WouldBlock`, one system call each. That is the fastest way for a few busy
/// sockets and the slowest for many idle ones: a poll costs the number of registered sockets. It works over any type
/// of socket.
///
/// # Examples
///
/// ```
/// use boom_select::{DirectSelector, Readiness, Ready, Selector, Token};
/// use std::time::Duration;
///
/// let mut selector = DirectSelector::new();
/// let token = Token { index: 0, generation: 1 };
/// selector.register(&mut "any type", token)?;
///
/// let mut ready = Vec::new();
/// Selector::<&str>::poll(&mut selector, &mut ready, Some(Duration::ZERO))?;
/// assert_eq!(ready, [Ready { token, readiness: Readiness::READ_WRITE }]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct DirectSelector {
    /// Every registered token, in no order.
    tokens: Vec<Token>,
    /// Where in `tokens` the token of an index stands; `NOWHERE` for an index that is not registered.
    places: Vec<usize>,
}

const NOWHERE: usize = usize::MAX;

impl DirectSelector {
    /// Starts with nothing registered.
    pub const fn new() -> Self {
        Self {
            tokens: Vec::new(),
            places: Vec::new(),
        }
    }

    fn add(&mut self, token: Token) {
        let index = token.index as usize;
        if index >= self.places.len() {
            self.places.resize(index + 1, NOWHERE);
        }
        match self.tokens.get_mut(self.places[index]) {
            Some(place) => *place = token,
            None => {
                self.places[index] = self.tokens.len();
                self.tokens.push(token);
            }
        }
    }

    fn remove(&mut self, token: Token) {
        let Some(&place) = self.places.get(token.index as usize) else {
            return;
        };
        if self.tokens.get(place) != Some(&token) {
            return;
        }
        self.tokens.swap_remove(place);
        self.places[token.index as usize] = NOWHERE;
        if let Some(moved) = self.tokens.get(place) {
            self.places[moved.index as usize] = place;
        }
    }
}

impl<T> Selector<T> for DirectSelector {
    fn register(&mut self, _socket: &mut T, token: Token) -> io::Result<()> {
        self.add(token);
        Ok(())
    }

    fn deregister(&mut self, _socket: &mut T, token: Token) -> io::Result<()> {
        self.remove(token);
        Ok(())
    }

    /// Waits only where nothing is registered; without end it never waits, since nothing could end it.
    #[inline]
    fn poll(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()> {
        if self.tokens.is_empty() {
            if let Some(timeout) = timeout.filter(|timeout| !timeout.is_zero()) {
                thread::sleep(timeout);
            }
            return Ok(());
        }
        ready.extend(self.tokens.iter().map(|&token| Ready {
            token,
            readiness: Readiness::READ_WRITE,
        }));
        Ok(())
    }

    #[inline]
    fn deliver(&mut self, _socket: &mut T, _readiness: Readiness) {}

    #[inline]
    fn may_read(&self, _socket: &T) -> bool {
        false
    }

    #[inline]
    fn may_write(&self, _socket: &T) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(index: u32, generation: u32) -> Token {
        Token { index, generation }
    }

    fn reported(selector: &mut DirectSelector) -> Vec<Token> {
        let mut ready = Vec::new();
        Selector::<()>::poll(selector, &mut ready, Some(Duration::ZERO)).unwrap();
        let mut tokens: Vec<_> = ready.iter().map(|ready| ready.token).collect();
        tokens.sort_by_key(|token| token.index);
        tokens
    }

    #[test]
    fn each_registered_token_is_reported_once() {
        let mut selector = DirectSelector::new();
        for index in [4, 0, 2] {
            selector.register(&mut (), token(index, 1)).unwrap();
        }
        assert_eq!(
            reported(&mut selector),
            [token(0, 1), token(2, 1), token(4, 1)]
        );
    }

    #[test]
    fn removal_keeps_the_others_in_any_order() {
        let mut selector = DirectSelector::new();
        for index in 0..5 {
            selector.register(&mut (), token(index, 1)).unwrap();
        }
        for index in [1, 4, 0] {
            selector.deregister(&mut (), token(index, 1)).unwrap();
        }
        assert_eq!(reported(&mut selector), [token(2, 1), token(3, 1)]);
        selector.register(&mut (), token(1, 2)).unwrap();
        assert_eq!(
            reported(&mut selector),
            [token(1, 2), token(2, 1), token(3, 1)]
        );
    }

    #[test]
    fn a_stale_or_unknown_token_removes_nothing() {
        let mut selector = DirectSelector::new();
        selector.register(&mut (), token(0, 2)).unwrap();
        selector.deregister(&mut (), token(0, 1)).unwrap();
        selector.deregister(&mut (), token(9, 1)).unwrap();
        assert_eq!(reported(&mut selector), [token(0, 2)]);
    }

    #[test]
    fn an_index_stands_for_one_socket() {
        let mut selector = DirectSelector::new();
        selector.register(&mut (), token(0, 1)).unwrap();
        selector.register(&mut (), token(0, 2)).unwrap();
        assert_eq!(reported(&mut selector), [token(0, 2)]);
    }
}
