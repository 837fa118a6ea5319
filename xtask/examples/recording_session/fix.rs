//! A session of FIX 4.4, written by hand.

use std::error::Error;
use std::path::Path;

use serde_json::{Value, json};

use crate::scripted::{self, Turn};

/// Wireshark knows FIX by its first bytes; at this port nothing else is looked for.
const PORT: u16 = 9_878;
const SOH: char = '\u{1}';

/// Messages by type, and the fields that follow the header.
const SAYS: [&[(&str, &str)]; 5] = [
    &[("A", "98=0|108=30|141=Y")],
    &[("0", ""), ("1", "112=are you there")],
    &[(
        "D",
        "11=1|55=BTC/USD|54=1|60=20240131-23:59:59.123|38=0.5|40=2|44=42000.1|59=1",
    )],
    &[
        (
            "D",
            "11=2|55=ETH/USD|54=2|60=20240131-23:59:59.124|38=1|40=1",
        ),
        ("F", "41=1|11=3|55=BTC/USD|54=1|60=20240131-23:59:59.125"),
    ],
    &[("5", "58=good night")],
];
const ANSWERS: [&[(&str, &str)]; 5] = [
    &[("A", "98=0|108=30|141=Y")],
    &[("0", "112=are you there")],
    &[("8", "37=7|17=1|150=0|39=0|55=BTC/USD|54=1|151=0.5|14=0|6=0")],
    &[
        (
            "8",
            "37=8|17=2|150=F|39=2|55=ETH/USD|54=2|151=0|14=1|6=2200.5",
        ),
        ("8", "37=7|17=3|150=4|39=4|55=BTC/USD|54=1|151=0|14=0|6=0"),
    ],
    &[("5", "")],
];

/// Records in `fix.pcapng`.
pub(crate) fn record(folder: &Path) -> Result<Value, Box<dyn Error>> {
    let (mut own, mut peer) = (1, 1);
    let turns = SAYS.iter().zip(ANSWERS).map(|(says, answers)| {
        let mut says = messages("CLIENT", "EXCHANGE", &mut own, says);
        // Cut within the last message: a message need not begin where a packet does.
        let rest = says.split_off(says.len() - 20);
        Turn {
            says: vec![says, rest],
            answer: messages("EXCHANGE", "CLIENT", &mut peer, answers),
        }
    });
    scripted::record(folder, "fix", PORT, turns.collect())?;
    Ok(json!({ "outbound": types(&SAYS), "inbound": types(&ANSWERS) }))
}

fn types(turns: &[&[(&str, &str)]]) -> Vec<String> {
    let messages = turns.iter().copied().flatten();
    messages.map(|(kind, _)| (*kind).to_owned()).collect()
}

fn messages(sender: &str, target: &str, number: &mut u32, messages: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, fields) in messages {
        bytes.extend_from_slice(&message(kind, sender, target, *number, fields));
        *number += 1;
    }
    bytes
}

/// BodyLength counts from after its own field up to CheckSum, which sums up all before it.
fn message(kind: &str, sender: &str, target: &str, number: u32, fields: &str) -> Vec<u8> {
    let time = "20240131-23:59:59.123";
    let mut body = format!("35={kind}|49={sender}|56={target}|34={number}|52={time}|");
    if !fields.is_empty() {
        body.push_str(fields);
        body.push('|');
    }
    let body = body.replace('|', &SOH.to_string());
    let mut message = format!("8=FIX.4.4{SOH}9={}{SOH}{body}", body.len()).into_bytes();
    let sum = message
        .iter()
        .fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    message.extend_from_slice(format!("10={sum:03}{SOH}").as_bytes());
    message
}
