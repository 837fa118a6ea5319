//! Any message held against a dictionary: no panic, the same verdict each time and by every way of this processor, and
//! fewer checks never reject more.

use boom_fix::{Decoder, FieldIndex, Reject, Validator, fix44::DICTIONARY};

/// The input is a body with `|` as the delimiter.
pub fn run(data: &[u8]) {
    let mut body: Vec<u8> = data
        .iter()
        .map(|&byte| if byte == b'|' { 1 } else { byte })
        .collect();
    body.push(1);
    let mut bytes = format!("8=FIX.4.4\x019={}\x01", body.len()).into_bytes();
    bytes.extend(body);
    let sum = bytes.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    bytes.extend(format!("10={sum:03}\x01").bytes());
    let mut verdicts = Decoder::every_kernel().map(|decoder| verdict(decoder, &bytes));
    let first = verdicts.next();
    assert!(verdicts.all(|verdict| Some(verdict) == first));
}

/// Nothing for what is no message.
fn verdict(mut decoder: Decoder, bytes: &[u8]) -> Option<Result<(), Reject>> {
    let mut index = FieldIndex::new();
    let decoded = decoder.decode(&mut &*bytes, &mut index);
    let message = decoded.ok()??;
    let mut strict = Validator::new(&DICTIONARY).with_user_defined_checked(true);
    let verdict = strict.validate(&message);
    assert_eq!(strict.validate(&message), verdict);
    if verdict.is_ok() {
        let mut lenient = Validator::new(&DICTIONARY)
            .with_undefined_tags(true)
            .with_values_checked(false);
        assert_eq!(lenient.validate(&message), Ok(()));
    }
    Some(verdict)
}
