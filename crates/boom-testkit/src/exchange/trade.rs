use std::fmt::{self, Write as _};

/// The part of a trade that follows from its instrument and id.
///
/// # Examples
///
/// ```
/// use boom_testkit::exchange::Trade;
///
/// let trade = Trade::new("BTCUSDT", 4711);
/// assert_eq!(trade, Trade::new("BTCUSDT", 4711));
/// assert_ne!(trade, Trade::new("ETHUSDT", 4711));
/// // As the messages spell it: two places for the price, five for the quantity.
/// assert_eq!(trade.price().to_string(), format!("{}.{:02}", trade.price_e2 / 100, trade.price_e2 % 100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The price in hundredths.
    pub price_e2: u64,
    /// The quantity in hundred-thousandths.
    pub quantity_e5: u64,
    /// True if the buyer's order was in the book first.
    pub buyer_is_maker: bool,
}

impl Trade {
    /// Computes trade `id` of `symbol`.
    pub fn new(symbol: &str, id: u64) -> Self {
        let symbol_hash = hash(symbol);
        let noise = mix(symbol_hash ^ id);
        let base = base_price_e2(symbol, symbol_hash);
        // A wave of a thousandth of the price with a little noise on it: never below zero, as the base is at least 1.00.
        let swing = base / 1_000 + 1;
        let price_e2 = base + swing * wave(id) / WAVE_PERIOD + noise % (swing / 50 + 1);
        Self {
            price_e2,
            quantity_e5: (noise >> 20) % 200_000 + 1,
            buyer_is_maker: noise >> 63 == 1,
        }
    }

    /// The price as the messages spell it.
    pub fn price(&self) -> impl fmt::Display {
        Decimal {
            digits: self.price_e2,
            places: 2,
        }
    }

    /// The quantity as the messages spell it.
    pub fn quantity(&self) -> impl fmt::Display {
        Decimal {
            digits: self.quantity_e5,
            places: 5,
        }
    }
}

/// When a trade happened and when it is being sent.
pub(super) struct Stamps {
    pub(super) happened_at_ms: u64,
    pub(super) sent_at_ns: u64,
}

/// Appends the message about trade `id` of `symbol`.
pub(super) fn write_message(message: &mut String, symbol: &str, id: u64, stamps: &Stamps) {
    let trade = Trade::new(symbol, id);
    let Stamps {
        happened_at_ms,
        sent_at_ns,
    } = stamps;
    // Writing to a string cannot fail.
    let _ = write!(
        message,
        concat!(
            r#"{{"e":"trade","E":{},"s":"{}","t":{},"p":"{}","q":"{}","#,
            r#""T":{},"m":{},"M":true,"n":{}}}"#
        ),
        sent_at_ns / 1_000_000,
        symbol,
        id,
        trade.price(),
        trade.quantity(),
        happened_at_ms,
        trade.buyer_is_maker,
        sent_at_ns,
    );
}

struct Decimal {
    digits: u64,
    places: u32,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_u64.pow(self.places);
        write!(
            f,
            "{}.{:0places$}",
            self.digits / one,
            self.digits % one,
            places = self.places as usize
        )
    }
}

const WAVE_PERIOD: u64 = 1 << 17;

/// Up and down again, between 0 and half the period.
const fn wave(id: u64) -> u64 {
    let phase = id % WAVE_PERIOD;
    if phase < WAVE_PERIOD / 2 {
        phase
    } else {
        WAVE_PERIOD - phase
    }
}

fn base_price_e2(symbol: &str, symbol_hash: u64) -> u64 {
    match symbol {
        "BTCUSDT" => 6_425_000,
        "ETHUSDT" => 310_500,
        "SOLUSDT" => 15_200,
        _ => 100 + symbol_hash % 50_000,
    }
}

/// FNV-1a.
fn hash(symbol: &str) -> u64 {
    symbol.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The output function of SplitMix64.
const fn mix(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_shape_of_a_public_exchange() {
        let mut message = String::new();
        let stamps = Stamps {
            happened_at_ms: 1_700_000_000_122,
            sent_at_ns: 1_700_000_000_123_456_789,
        };
        write_message(&mut message, "BTCUSDT", 7, &stamps);
        let trade = Trade::new("BTCUSDT", 7);
        let expected = format!(
            r#"{{"e":"trade","E":1700000000123,"s":"BTCUSDT","t":7,"p":"{}","q":"{}","T":1700000000122,"m":{},"M":true,"n":1700000000123456789}}"#,
            trade.price(),
            trade.quantity(),
            trade.buyer_is_maker
        );
        assert_eq!(message, expected);
        assert!(serde_json::from_str::<serde_json::Value>(&message).is_ok());
    }

    #[test]
    fn decimals_keep_their_places() {
        let trade = Trade {
            price_e2: 15_201,
            quantity_e5: 42,
            buyer_is_maker: true,
        };
        assert_eq!(
            (trade.price().to_string(), trade.quantity().to_string()),
            ("152.01".into(), "0.00042".into())
        );
    }

    #[test]
    fn trades_stay_near_the_price_and_differ() {
        let mut makers = 0;
        for id in 0..10_000 {
            let trade = Trade::new("ETHUSDT", id);
            assert!((310_500..311_000).contains(&trade.price_e2), "{trade:?}");
            assert!((1..=200_000).contains(&trade.quantity_e5), "{trade:?}");
            makers += u32::from(trade.buyer_is_maker);
        }
        assert!((4_500..5_500).contains(&makers), "{makers}");
    }
}
