//! RFC 7692 §5 and §7.1: what is offered, and what is made of the answer.

use super::super::{Agreed, DeflateConfig, DeflateParameter, NegotiationError};

use DeflateParameter::{
    ClientMaxWindowBits, ClientNoContextTakeover, ServerMaxWindowBits, ServerNoContextTakeover,
};

fn config() -> DeflateConfig {
    DeflateConfig::new()
}

fn negotiate(config: &DeflateConfig, answer: &str) -> Result<Option<Agreed>, NegotiationError> {
    config.negotiate([answer.as_bytes()])
}

/// Takeover of server and client, window bits of server and client.
fn agreed(config: &DeflateConfig, answer: &str) -> (bool, bool, u8, u8) {
    let agreed = negotiate(config, answer).unwrap().unwrap();
    (
        agreed.server_takeover,
        agreed.client_takeover,
        agreed.server_window_bits,
        agreed.client_window_bits,
    )
}

#[test]
fn the_offer_has_what_is_set() {
    let offers = [
        (config(), "permessage-deflate; client_max_window_bits"),
        (
            config().without_client_max_window_bits(),
            "permessage-deflate",
        ),
        (
            config().with_client_max_window_bits(10),
            "permessage-deflate; client_max_window_bits=10",
        ),
        (
            config()
                .with_server_no_context_takeover(true)
                .with_client_no_context_takeover(true)
                .with_server_max_window_bits(9)
                .with_client_max_window_bits(8),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             server_max_window_bits=9; client_max_window_bits=8",
        ),
        (
            config()
                .with_server_no_context_takeover(false)
                .with_server_max_window_bits(0)
                .with_client_max_window_bits(16),
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits=15",
        ),
    ];
    for (config, offer) in offers {
        assert_eq!(config.offer(), offer);
    }
}

#[test]
fn a_server_may_go_without() {
    assert_eq!(config().negotiate([]), Ok(None));
    assert_eq!(negotiate(&config(), ""), Ok(None));
    assert_eq!(negotiate(&config(), " , ,"), Ok(None));
    // Even where something was demanded: then there is no compression that could break it.
    let demanding = config().with_server_no_context_takeover(true);
    assert_eq!(demanding.negotiate([]), Ok(None));
}

#[test]
fn an_answer_without_parameters_keeps_the_defaults() {
    for answer in [
        "permessage-deflate",
        "  permessage-deflate\t",
        ",permessage-deflate,",
    ] {
        assert_eq!(agreed(&config(), answer), (true, true, 15, 15), "{answer}");
    }
    let chosen = negotiate(
        &config().with_level(40).with_compress_from(77),
        "permessage-deflate",
    );
    let chosen = chosen.unwrap().unwrap();
    assert_eq!((chosen.level, chosen.compress_from), (9, 77));
}

#[test]
fn every_parameter_is_understood() {
    let answers = [
        ("server_no_context_takeover", (false, true, 15, 15)),
        ("client_no_context_takeover", (true, false, 15, 15)),
        ("server_max_window_bits=8", (true, true, 8, 15)),
        ("server_max_window_bits=15", (true, true, 15, 15)),
        ("client_max_window_bits=8", (true, true, 15, 8)),
        ("client_max_window_bits=15", (true, true, 15, 15)),
        // RFC 6455 §9.1: a value may be quoted, and escaped within.
        (r#"client_max_window_bits="10""#, (true, true, 15, 10)),
        (r#"client_max_window_bits="1\0""#, (true, true, 15, 10)),
        (
            "client_max_window_bits = 11 ;server_max_window_bits= \"9\" ; \
             client_no_context_takeover;\tserver_no_context_takeover",
            (false, false, 9, 11),
        ),
    ];
    for (parameters, expected) in answers {
        let answer = format!("permessage-deflate; {parameters}");
        assert_eq!(agreed(&config(), &answer), expected, "{answer}");
    }
    for bits in 8..=15 {
        let answer = format!(
            "permessage-deflate; client_max_window_bits={bits}; server_max_window_bits={bits}"
        );
        assert_eq!(agreed(&config(), &answer), (true, true, bits, bits));
    }
}

/// RFC 6455 §9.1, §11.3.2.
#[test]
fn other_choices_than_one_deflate_fail() {
    let faults = [
        ("x-webkit-deflate-frame", NegotiationError::NotOffered),
        ("permessage-bzip2", NegotiationError::NotOffered),
        ("Permessage-Deflate", NegotiationError::NotOffered),
        ("permessage-deflate, foo", NegotiationError::NotOffered),
        ("foo; permessage-deflate", NegotiationError::NotOffered),
        (
            "permessage-deflate, permessage-deflate",
            NegotiationError::ExtensionRepeated,
        ),
    ];
    for (answer, fault) in faults {
        assert_eq!(negotiate(&config(), answer), Err(fault), "{answer}");
    }
    assert_eq!(
        config().negotiate([&b"permessage-deflate"[..], &b""[..]]),
        Err(NegotiationError::HeaderRepeated)
    );
}

#[test]
fn broken_grammar_fails() {
    let answers = [
        "permessage-deflate;",
        "permessage-deflate; ;",
        ";",
        "=8",
        "permessage-deflate server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=",
        "permessage-deflate; server_max_window_bits=,",
        "permessage-deflate; server_max_window_bits=1 0",
        "permessage-deflate; server_max_window_bits=\"10",
        "permessage-deflate; server_max_window_bits=\"10\\",
        "permessage-deflate; server_max_window_bits=\"\"",
        "permessage-deflate; server_max_window_bits=\" 10\"",
        "permessage-deflate; server_max_window_bits=\"10\"0",
        "permessage-deflate; server_max_window_bits=10=10",
        "permessage-deflate/1",
        "\"permessage-deflate\"",
        "permessage-deflate\u{e9}",
        "permessage-deflate\0",
    ];
    for answer in answers {
        assert_eq!(
            negotiate(&config(), answer),
            Err(NegotiationError::Malformed),
            "{answer:?}"
        );
    }
}

/// RFC 7692 §7.1: "an extension parameter not defined for use", "with an invalid value", "with the same name".
#[test]
fn faults_in_the_parameters_fail() {
    let faults = [
        ("foo", NegotiationError::UnknownParameter),
        (
            "server_max_window_bit=10",
            NegotiationError::UnknownParameter,
        ),
        (
            "Server_no_context_takeover",
            NegotiationError::UnknownParameter,
        ),
        (
            "server_no_context_takeover=1",
            NegotiationError::InvalidValue(ServerNoContextTakeover),
        ),
        (
            "client_no_context_takeover=true",
            NegotiationError::InvalidValue(ClientNoContextTakeover),
        ),
        (
            "server_max_window_bits",
            NegotiationError::InvalidValue(ServerMaxWindowBits),
        ),
        // §7.1.2.2: in the answer it has a value.
        (
            "client_max_window_bits",
            NegotiationError::InvalidValue(ClientMaxWindowBits),
        ),
        (
            "server_no_context_takeover; server_no_context_takeover",
            NegotiationError::ParameterRepeated(ServerNoContextTakeover),
        ),
        (
            "client_no_context_takeover; server_no_context_takeover; client_no_context_takeover",
            NegotiationError::ParameterRepeated(ClientNoContextTakeover),
        ),
        (
            "server_max_window_bits=10; server_max_window_bits=10",
            NegotiationError::ParameterRepeated(ServerMaxWindowBits),
        ),
        (
            "client_max_window_bits=10; client_max_window_bits=9",
            NegotiationError::ParameterRepeated(ClientMaxWindowBits),
        ),
    ];
    for (parameters, fault) in faults {
        let answer = format!("permessage-deflate; {parameters}");
        assert_eq!(negotiate(&config(), &answer), Err(fault), "{answer}");
    }
    for value in [
        "7",
        "16",
        "08",
        "010",
        "0",
        "1",
        "8.0",
        "+8",
        "-8",
        "0x8",
        "100",
        "\"16\"",
        "99999999999",
    ] {
        for parameter in [ServerMaxWindowBits, ClientMaxWindowBits] {
            let answer = format!("permessage-deflate; {}={value}", parameter.as_str());
            assert_eq!(
                negotiate(&config(), &answer),
                Err(NegotiationError::InvalidValue(parameter)),
                "{answer}"
            );
        }
    }
}

/// RFC 7692 §7.1.1.1.
#[test]
fn a_server_that_is_to_forget_its_window_has_to_say_so() {
    let config = config().with_server_no_context_takeover(true);
    assert_eq!(
        agreed(&config, "permessage-deflate; server_no_context_takeover"),
        (false, true, 15, 15)
    );
    assert_eq!(
        negotiate(&config, "permessage-deflate"),
        Err(NegotiationError::NotAccepted(ServerNoContextTakeover))
    );
}

/// RFC 7692 §7.1.1.2: the offer is a hint that binds the client alone.
#[test]
fn a_client_that_forgets_its_window_does_so_whatever_the_answer() {
    let config = config().with_client_no_context_takeover(true);
    for answer in [
        "permessage-deflate",
        "permessage-deflate; client_no_context_takeover",
    ] {
        assert_eq!(agreed(&config, answer), (true, false, 15, 15), "{answer}");
    }
}

/// RFC 7692 §7.1.2.1: "with the same or smaller value as the offer".
#[test]
fn a_server_whose_window_is_limited_has_to_keep_within() {
    let config = config().with_server_max_window_bits(10);
    for bits in 8..=10 {
        let answer = format!("permessage-deflate; server_max_window_bits={bits}");
        assert_eq!(agreed(&config, &answer), (true, true, bits, 15));
    }
    assert_eq!(
        negotiate(&config, "permessage-deflate; server_max_window_bits=11"),
        Err(NegotiationError::WindowTooLarge {
            chosen: 11,
            demanded: 10
        })
    );
    assert_eq!(
        negotiate(&config, "permessage-deflate"),
        Err(NegotiationError::NotAccepted(ServerMaxWindowBits))
    );
}

/// RFC 7692 §7.1.2.2.
#[test]
fn the_window_of_the_client_is_the_smaller_one() {
    let config = config().with_client_max_window_bits(10);
    for (answer, bits) in [
        ("permessage-deflate", 10),
        ("permessage-deflate; client_max_window_bits=9", 9),
        ("permessage-deflate; client_max_window_bits=10", 10),
    ] {
        assert_eq!(agreed(&config, answer), (true, true, 15, bits), "{answer}");
    }
    assert_eq!(
        negotiate(&config, "permessage-deflate; client_max_window_bits=11"),
        Err(NegotiationError::InvalidValue(ClientMaxWindowBits))
    );
}

#[test]
fn a_window_that_was_not_offered_cannot_be_limited() {
    let config = config().without_client_max_window_bits();
    assert_eq!(
        negotiate(&config, "permessage-deflate; client_max_window_bits=15"),
        Err(NegotiationError::ParameterNotOffered(ClientMaxWindowBits))
    );
    assert_eq!(agreed(&config, "permessage-deflate"), (true, true, 15, 15));
}
