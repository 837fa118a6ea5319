//! HTTP and FIX, of which we have recordings but no client yet.

use serde_json::{Value, json};

use super::{Recorded, compare};
use crate::report::Result;

/// Requests and responses, the latter of several segments.
pub(super) fn http(recorded: &Recorded) -> Result<String> {
    let passed = recorded.run(&["http"], &recorded.folder)?;
    let file = recorded.folder.join("http.pcapng");
    recorded.tshark.check(&file, &[])?;
    let request = ["method", "uri"].map(|field| format!("http.request.{field}"));
    let [method, target] = &request;
    let length = "http.content_length";
    let requests = recorded
        .tshark
        .fields(&file, &[], "http.request", &[method, target, length])?;
    let responses =
        recorded
            .tshark
            .fields(&file, &[], "http.response", &["http.response.code", length])?;
    let found = requests.rows.lines().zip(responses.rows.lines());
    let found = found.map(|(request, response)| {
        let mut words = request.split('\t').chain(response.split('\t'));
        let mut next = || words.next().unwrap_or_default();
        json!({
            "method": next(),
            "target": next(),
            "request_bytes": number(next()),
            "status": next(),
            "response_bytes": number(next()),
        })
    });
    let found: Value = found.collect();
    compare(&passed, &found)?;
    let count = passed.as_array().map_or(0, Vec::len);
    Ok(format!("{count} requests and their responses"))
}

/// A request without a body says nothing of its length.
fn number(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

/// The messages' types, some two a segment, some in two segments.
pub(super) fn fix(recorded: &Recorded) -> Result<String> {
    let passed = recorded.run(&["fix"], &recorded.folder)?;
    let file = recorded.folder.join("fix.pcapng");
    recorded.tshark.check(&file, &[])?;
    let types = |direction: u32| -> Result<Vec<String>> {
        let filter = format!("fix and frame.packet_flags_direction == {direction}");
        let seen = recorded
            .tshark
            .fields(&file, &[], &filter, &["fix.MsgType"])?;
        let types = seen.rows.lines().flat_map(|row| row.split(','));
        Ok(types.map(str::to_owned).collect())
    };
    let found = json!({ "inbound": types(1)?, "outbound": types(2)? });
    compare(&passed, &found)?;
    Ok(format!(
        "MsgType {} out, {} in",
        passed["outbound"], passed["inbound"]
    ))
}
