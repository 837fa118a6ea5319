use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a client asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Request {
    method: String,
    #[serde(default)]
    params: Vec<String>,
    #[serde(default)]
    id: Value,
}

/// What the exchange does about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    Subscribe(Vec<usize>),
    Unsubscribe(Vec<usize>),
    Refuse,
}

/// Returns what to do and what to answer.
pub(super) fn handle(text: &str, instruments: &[String]) -> (Action, String) {
    let Ok(request) = serde_json::from_str::<Request>(text) else {
        return (Action::Refuse, refusal(3, "Invalid JSON", Value::Null));
    };
    let streams: Option<Vec<_>> = request
        .params
        .iter()
        .map(|name| instrument_of(name, instruments))
        .collect();
    let Some(streams) = streams else {
        return (
            Action::Refuse,
            refusal(2, "Invalid request: unknown stream", request.id),
        );
    };
    let action = match request.method.as_str() {
        "SUBSCRIBE" => Action::Subscribe(streams),
        "UNSUBSCRIBE" => Action::Unsubscribe(streams),
        _ => {
            return (
                Action::Refuse,
                refusal(2, "Invalid request: unknown method", request.id),
            );
        }
    };
    (
        action,
        to_json(&Confirmation {
            result: Value::Null,
            id: request.id,
        }),
    )
}

/// The place of the instrument that a stream such as `btcusdt@trade` is about.
fn instrument_of(stream: &str, instruments: &[String]) -> Option<usize> {
    let symbol = stream.strip_suffix("@trade")?;
    instruments
        .iter()
        .position(|instrument| instrument.eq_ignore_ascii_case(symbol))
}

#[derive(Serialize)]
struct Confirmation {
    result: Value,
    id: Value,
}

#[derive(Serialize)]
struct Refusal {
    error: Reason,
    id: Value,
}

#[derive(Serialize)]
struct Reason {
    code: u32,
    msg: &'static str,
}

fn refusal(code: u32, msg: &'static str, id: Value) -> String {
    to_json(&Refusal {
        error: Reason { code, msg },
        id,
    })
}

fn to_json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("the answers have string keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(text: &str) -> (Action, String) {
        super::handle(text, &["BTCUSDT".into(), "ETHUSDT".into()])
    }

    #[test]
    fn a_subscription_names_instruments_and_is_confirmed() {
        let (action, answer) =
            handle(r#"{"method":"SUBSCRIBE","params":["ethusdt@trade","btcusdt@trade"],"id":7}"#);
        assert_eq!(action, Action::Subscribe(vec![1, 0]));
        assert_eq!(answer, r#"{"result":null,"id":7}"#);
        let (action, answer) =
            handle(r#"{"method":"UNSUBSCRIBE","params":["BTCUSDT@trade"],"id":"x"}"#);
        assert_eq!(action, Action::Unsubscribe(vec![0]));
        assert_eq!(answer, r#"{"result":null,"id":"x"}"#);
    }

    #[test]
    fn what_cannot_be_met_is_refused_with_a_reason() {
        for (request, answer) in [
            (
                "SUBSCRIBE",
                r#"{"error":{"code":3,"msg":"Invalid JSON"},"id":null}"#,
            ),
            (
                r#"{"method":"SUBSCRIBE","params":["btcusdt@depth"],"id":1}"#,
                r#"{"error":{"code":2,"msg":"Invalid request: unknown stream"},"id":1}"#,
            ),
            (
                r#"{"method":"LOGIN","id":1}"#,
                r#"{"error":{"code":2,"msg":"Invalid request: unknown method"},"id":1}"#,
            ),
        ] {
            assert_eq!(handle(request), (Action::Refuse, answer.to_owned()));
        }
    }
}
