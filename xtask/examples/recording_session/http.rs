//! Requests and responses of HTTP/1.1, written by hand.

use std::error::Error;
use std::path::Path;

use serde_json::{Value, json};

use crate::scripted::{self, Turn};

const PORT: u16 = 80;

/// Records in `http.pcapng`.
pub(crate) fn record(folder: &Path) -> Result<Value, Box<dyn Error>> {
    let long = "[\"42000.10\",\"0.5\"],".repeat(7_000);
    let order = "{\"symbol\":\"BTCUSDT\",\"side\":\"BUY\",\"quantity\":\"0.001\"}";
    let exchanges = [
        (
            "GET",
            "/time",
            "",
            "200 OK",
            "{\"serverTime\":1700000000000}",
        ),
        (
            "GET",
            "/depth?symbol=BTCUSDT&limit=5000",
            "",
            "200 OK",
            &long,
        ),
        ("POST", "/order", order, "201 Created", "{\"orderId\":1}"),
        (
            "DELETE",
            "/order?orderId=2",
            "",
            "404 Not Found",
            "no such order: größer als 1",
        ),
        ("GET", "/ping", "", "200 OK", ""),
    ];
    let turns = exchanges
        .iter()
        .map(|&(method, target, body, status, answer)| Turn {
            says: vec![request(method, target, body).into_bytes()],
            answer: response(status, answer).into_bytes(),
        });
    scripted::record(folder, "http", PORT, turns.collect())?;
    let passed = exchanges
        .iter()
        .map(|&(method, target, body, status, answer)| {
            let (code, _) = status.split_once(' ').unwrap_or((status, ""));
            json!({
                "method": method,
                "target": target,
                "request_bytes": body.len(),
                "status": code,
                "response_bytes": answer.len(),
            })
        });
    Ok(passed.collect())
}

fn request(method: &str, target: &str, body: &str) -> String {
    let length = match body {
        "" => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n{body}")
}

fn response(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
