//! Signed orders by REST over warm TLS connections, from a thread that polls: round trips, and what is known of an order when
//! the exchange goes away.

use std::error::Error;
use std::io::Write;

use boom_testkit::exchange::RestExchange;
use boomnet::http::{Method, Sent, Ticket};
use boomnet::prelude::*;
use boomnet::stream::{MonotonicClock, TimeSource};
use hdrhistogram::Histogram;
use ring::hmac;

const SECRET: &str = "a secret that both sides know";
const ORDERS: u64 = 2_000;

/// Sends orders and knows by what they are signed.
struct Orders {
    client: TlsHttpClient,
    key: hmac::Key,
    clock: MonotonicClock,
}

impl Orders {
    /// Sends an order: the signature is made over the bytes that are sent, in the buffer that they are sent from.
    fn submit(&mut self, quantity: u64) -> Result<Ticket, boomnet::http::Error> {
        let mut order = [0; 64];
        let mut room = &mut order[..];
        // The longest is shorter than the room.
        let _ = write!(room, "symbol=BTCUSDT&side=BUY&quantity={quantity}");
        let free = room.len();
        let order = &order[..order.len() - free];
        let signature = hmac::sign(&self.key, order);
        self.client
            .request(Method::POST, "/api/v3/order")
            .header("X-API-KEY", "4711")
            .body_with(|body| {
                // Writing a body does not fail.
                let _ = body.write_all(order);
                let _ = body.write_all(b"&signature=");
                for byte in signature.as_ref() {
                    let _ = write!(body, "{byte:02x}");
                }
            })
            .submit(self.clock.now_ns())
    }

    /// Polls until the order has an outcome: its answer's body, or what was sent of it.
    fn outcome(&mut self, order: Ticket) -> Result<Vec<u8>, (String, Sent)> {
        let mut outcome = None;
        while outcome.is_none() {
            self.client.poll(self.clock.now_ns(), |ticket, result| {
                assert_eq!(ticket, order);
                outcome = Some(match result {
                    Ok(response) => Ok(response.body().to_vec()),
                    Err(error) => Err((error.to_string(), error.sent)),
                });
            });
        }
        outcome.unwrap_or_else(|| Ok(Vec::new()))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let exchange = RestExchange::start(SECRET)?;
    let authority = exchange.authority().ok_or("no TLS")?;
    let config = TlsHttpConfig {
        tls: TlsConfig::default().with_roots_pem(authority.certificate_pem().as_bytes())?,
        http: HttpConfig::new().with_connections(2).with_min_warm(2),
    };
    let mut orders = Orders {
        client: TlsHttpClient::https("localhost", exchange.address().port(), &config),
        key: hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()),
        clock: MonotonicClock::default(),
    };
    // Connections and TLS first, so that no order waits for them.
    while orders.client.warm() < 2 {
        orders.client.poll(orders.clock.now_ns(), |_, _| {});
    }

    let mut round_trips = Histogram::<u64>::new(3)?;
    for quantity in 1..=ORDERS {
        let start = orders.clock.now_ns();
        let ticket = orders.submit(quantity)?;
        let answer = orders.outcome(ticket).map_err(|(error, _)| error)?;
        round_trips.record(orders.clock.now_ns() - start)?;
        assert_eq!(answer, format!(r#"{{"orderId":{quantity}}}"#).into_bytes());
    }
    assert_eq!(exchange.orders().len() as u64, ORDERS, "each order once");
    let microseconds = |quantile| round_trips.value_at_quantile(quantile) as f64 / 1000.0;
    println!("{ORDERS} orders over TLS, each taken once");
    println!(
        "round trip: p50 {:.1} us, p99 {:.1} us, p99.9 {:.1} us",
        microseconds(0.5),
        microseconds(0.99),
        microseconds(0.999)
    );

    // The exchange goes away: what is sent to it now has an outcome, too.
    drop(exchange);
    let ticket = orders.submit(0)?;
    match orders.outcome(ticket) {
        Ok(_) => return Err("an answer out of nowhere".into()),
        Err((error, Sent::Nothing)) => println!("without an exchange: {error}: no order exists"),
        Err((error, _)) => println!("without an exchange: {error}: ask for the state of the order"),
    }
    Ok(())
}
