use std::fmt;

use boom_testkit::exchange::Trade;
use serde::Deserialize;

/// A trade as the exchange sends it. Its texts borrow from the receive buffer.
#[derive(Debug, Deserialize)]
pub(crate) struct TradeMessage<'a> {
    #[serde(rename = "s")]
    pub(crate) symbol: &'a str,
    #[serde(rename = "t")]
    pub(crate) id: u64,
    #[serde(rename = "p")]
    pub(crate) price: &'a str,
    #[serde(rename = "q")]
    pub(crate) quantity: &'a str,
    #[serde(rename = "m")]
    pub(crate) buyer_is_maker: bool,
    /// When the exchange sent it, in Unix nanoseconds.
    #[serde(rename = "n")]
    pub(crate) sent_at_ns: u64,
}

/// The answer to a subscription.
#[derive(Debug, Deserialize)]
struct Confirmation {
    result: (),
    #[serde(rename = "id")]
    _id: u64,
}

impl<'a> TradeMessage<'a> {
    pub(crate) fn parse(json: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Returns true if the content is what the exchange computes for this trade.
    pub(crate) fn is_genuine(&self) -> bool {
        let trade = Trade::new(self.symbol, self.id);
        scaled(self.price, 2) == Some(trade.price_e2)
            && scaled(self.quantity, 5) == Some(trade.quantity_e5)
            && self.buyer_is_maker == trade.buyer_is_maker
    }
}

impl fmt::Display for TradeMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever comes second takes what is in the book: the seller, if the buyer was first.
        let side = if self.buyer_is_maker {
            "sold"
        } else {
            "bought"
        };
        write!(
            f,
            "trade {}, {} {side} at {}",
            self.id, self.quantity, self.price
        )
    }
}

pub(crate) fn is_confirmation(json: &[u8]) -> bool {
    matches!(
        serde_json::from_slice(json),
        Ok(Confirmation { result: (), .. })
    )
}

/// Reads a decimal number of exactly `places` places as an integer: prices are not floating-point numbers.
fn scaled(decimal: &str, places: u32) -> Option<u64> {
    let (whole, fraction) = decimal.split_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() != places as usize || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(10_u64.pow(places))?;
    whole.checked_add(fraction.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trade_of_the_exchange_is_genuine_and_a_changed_one_is_not() {
        let trade = Trade::new("BTCUSDT", 7);
        let json = format!(
            r#"{{"e":"trade","E":1,"s":"BTCUSDT","t":7,"p":"{}","q":"{}","T":1,"m":{},"M":true,"n":1000000}}"#,
            trade.price(),
            trade.quantity(),
            trade.buyer_is_maker
        );
        let message = TradeMessage::parse(json.as_bytes()).unwrap();
        assert_eq!(
            (message.symbol, message.id, message.sent_at_ns),
            ("BTCUSDT", 7, 1_000_000)
        );
        assert!(message.is_genuine());
        assert!(!TradeMessage { id: 8, ..message }.is_genuine());
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(scaled("64250.12", 2), Some(6_425_012));
        assert_eq!(scaled("0.00042", 5), Some(42));
        for not_two_places in [
            "1.2",
            "1.234",
            "1",
            ".12",
            "+1.23",
            "1.-2",
            "184467440737095516.16",
        ] {
            assert_eq!(scaled(not_two_places, 2), None, "{not_two_places}");
        }
    }

    #[test]
    fn only_a_confirmation_is_one() {
        assert!(is_confirmation(br#"{"result":null,"id":1}"#));
        assert!(!is_confirmation(
            br#"{"error":{"code":2,"msg":"no"},"id":1}"#
        ));
    }
}
