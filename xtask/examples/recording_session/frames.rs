//! The frames that tshark found, one a line as `xtask/interop/frames.lua` prints them.

use std::error::Error;
use std::io::BufRead;

use serde_json::{Value, json};

use crate::side::Side;

/// Sums them up in the form that the session has for what it sent and received.
pub(crate) fn sum(lines: impl BufRead) -> Result<Value, Box<dyn Error>> {
    let [mut inbound, mut outbound] = [Side::default(), Side::default()];
    for line in lines.lines() {
        let line = line?;
        let mut words = line.split('\t');
        let [Some(way), Some(fin), Some(opcode), Some(payload), None] =
            std::array::from_fn(|_| words.next())
        else {
            return Err(format!("no frame: {}", line.get(..80).unwrap_or(&line)).into());
        };
        let side = match way {
            "in" => &mut inbound,
            _ => &mut outbound,
        };
        match opcode {
            "0" | "1" => side.text(fin == "1", &bytes(payload)?),
            "8" => side.closes += 1,
            "9" => side.pings += 1,
            "10" => side.pongs += 1,
            _ => return Err(format!("there was no frame with opcode {opcode}").into()),
        }
    }
    Ok(json!({ "inbound": inbound.to_json(), "outbound": outbound.to_json() }))
}

fn bytes(hexadecimal: &str) -> Result<Vec<u8>, String> {
    let digit = |letter: u8| (letter as char).to_digit(16).map(|digit| digit as u8);
    let pairs = hexadecimal.as_bytes().chunks(2).map(|pair| match *pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    let bytes: Option<_> = pairs.collect();
    bytes.ok_or_else(|| "a payload is not hexadecimal".to_owned())
}
