//! What is sent.

use proptest::prelude::*;

use super::*;

#[test]
fn rfc_4_1_the_request_has_what_a_server_needs() {
    let text = request("example.com:9443", "/chat?a=b", &WebsocketConfig::new()).unwrap();
    assert_eq!(
        text,
        "GET /chat?a=b HTTP/1.1\r\n\
         Host: example.com:9443\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n"
    );
}

#[test]
fn extra_headers_and_subprotocols_join_the_request() {
    let config = WebsocketConfig::new()
        .with_header("X-Key", "a b\tc")
        .with_subprotocol("v2.feed")
        .with_subprotocol("v1.feed");
    let text = request("h", "/", &config).unwrap();
    assert!(text.contains("\r\nX-Key: a b\tc\r\n"), "{text}");
    assert!(
        text.contains("\r\nSec-WebSocket-Protocol: v2.feed, v1.feed\r\n"),
        "{text}"
    );
    assert!(text.ends_with("\r\n\r\n") && text.matches("\r\n\r\n").count() == 1);
}

#[test]
fn nothing_can_end_the_line_it_stands_in() {
    let none = WebsocketConfig::new();
    for path in ["/a b", "/a\r\nX: y", "/a\n", "/\u{e9}", "/a#b", "/\0"] {
        assert_eq!(
            request("h", path, &none),
            Err(HandshakeError::InvalidPath),
            "{path:?}"
        );
    }
    for authority in [
        "",
        "::1",
        "[::1",
        "h\\x",
        "h\r\nX: y",
        "h x",
        "user@h",
        "h/x",
        "h?x",
        "h:",
        "h:port",
        "h:80:80",
        ":80",
        "\u{e9}",
    ] {
        assert_eq!(
            request(authority, "/", &none),
            Err(HandshakeError::InvalidHost),
            "{authority:?}"
        );
    }
    for (name, value) in [
        ("X", "a\r\nY: b"),
        ("X", "a\nb"),
        ("X", "a\0b"),
        ("X", "a\x7f"),
        ("X Y", "a"),
        ("X:", "a"),
        ("", "a"),
        ("hOST", "other"),
        ("connection", "close"),
        ("Sec-WebSocket-Key", "mine"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
    ] {
        let config = WebsocketConfig::new().with_header(name, value);
        assert_eq!(
            request("h", "/", &config),
            Err(HandshakeError::InvalidHeader),
            "{name:?}: {value:?}"
        );
    }
    let config = WebsocketConfig::new()
        .with_subprotocol("a")
        .with_subprotocol("b")
        .with_subprotocol("a");
    assert_eq!(
        request("h", "/", &config),
        Err(HandshakeError::InvalidSubprotocol),
        "subprotocols are unique"
    );
    for name in ["a\r\nX: y", "", "a b", "a,b", "\u{e9}"] {
        let config = WebsocketConfig::new().with_subprotocol(name);
        assert_eq!(
            request("h", "/", &config),
            Err(HandshakeError::InvalidSubprotocol),
            "{name:?}"
        );
    }
}

/// The request with the lines that every one has taken out.
fn own_lines(config: &WebsocketConfig) -> Result<Vec<String>, HandshakeError> {
    let text = request("h", "/", config)?;
    Ok(text.lines().skip(6).map(str::to_owned).collect())
}

#[test]
fn who_the_client_is_joins_the_request() {
    let config = WebsocketConfig::new()
        .with_header("X-Key", "k")
        .with_cookie("a", "1")
        .with_origin("https://example.com:8443")
        .with_bearer_token("mF_9.B5f-4.1JqM==")
        .with_cookie("b", "\"2\"")
        .with_user_agent("feed/2.1 (linux; x86-64) core/7");
    assert_eq!(
        own_lines(&config).unwrap(),
        [
            "Origin: https://example.com:8443",
            "User-Agent: feed/2.1 (linux; x86-64) core/7",
            "Authorization: Bearer mF_9.B5f-4.1JqM==",
            "Cookie: a=1; b=\"2\"",
            "X-Key: k",
            "",
        ]
    );
}

#[test]
fn rfc_7617_2_user_and_password_are_encoded() {
    // §2 and §2.1: the examples.
    for (user, password, encoded) in [
        ("Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("test", "123\u{a3}", "dGVzdDoxMjPCow=="),
        ("", "", "Og=="),
        ("key", "with:colon", "a2V5OndpdGg6Y29sb24="),
    ] {
        let config = WebsocketConfig::new().with_basic_auth(user, password);
        assert_eq!(
            own_lines(&config).unwrap()[0],
            format!("Authorization: Basic {encoded}")
        );
    }
    for (user, password) in [
        ("a:b", "c"),
        ("a\n", "c"),
        ("a", "c\0"),
        ("a", "\x7f"),
        ("a", "c\r\nX: y"),
    ] {
        let config = WebsocketConfig::new().with_basic_auth(user, password);
        assert_eq!(
            own_lines(&config),
            Err(HandshakeError::InvalidCredentials),
            "{user:?}, {password:?}"
        );
    }
}

#[test]
fn rfc_6750_2_1_a_token_has_the_form_of_one() {
    for token in ["", "=", "a b", "a\r\nX: y", "a=b", "\u{e9}", "a,b", "a:b"] {
        let config = WebsocketConfig::new().with_bearer_token(token);
        assert_eq!(
            own_lines(&config),
            Err(HandshakeError::InvalidCredentials),
            "{token:?}"
        );
    }
    let last = WebsocketConfig::new()
        .with_basic_auth("u", "p")
        .with_bearer_token("t");
    assert_eq!(
        own_lines(&last).unwrap(),
        ["Authorization: Bearer t", ""],
        "the last one holds"
    );
}

#[test]
fn rfc_6265_4_1_1_a_cookie_has_the_form_of_one() {
    for (name, value) in [
        ("", "a"),
        ("a b", "c"),
        ("a=", "c"),
        ("a", "b c"),
        ("a", "b;c"),
        ("a", "b,c"),
        ("a", "b\\c"),
        ("a", "b\"c"),
        ("a", "\""),
        ("a", "\"b"),
        ("a", "\u{e9}"),
        ("a", "b\r\nX: y"),
    ] {
        let config = WebsocketConfig::new()
            .with_cookie("ok", "")
            .with_cookie(name, value);
        assert_eq!(
            own_lines(&config),
            Err(HandshakeError::InvalidCookie),
            "{name:?}={value:?}"
        );
    }
}

#[test]
fn rfc_6454_6_2_an_origin_is_scheme_host_and_port() {
    for origin in [
        "null",
        "https://example.com",
        "http://[::1]:8080",
        "chrome-extension://abcdef",
    ] {
        let config = WebsocketConfig::new().with_origin(origin);
        assert_eq!(
            own_lines(&config).unwrap(),
            [format!("Origin: {origin}"), String::new()]
        );
    }
    for origin in [
        "",
        "example.com",
        "https://",
        "https://example.com/",
        "https://u@example.com",
        "https://a b",
        "https://a\r\nX: y",
        "1s://a",
        "https://a, https://b",
        "https://\u{e9}",
    ] {
        let config = WebsocketConfig::new().with_origin(origin);
        assert_eq!(
            own_lines(&config),
            Err(HandshakeError::InvalidOrigin),
            "{origin:?}"
        );
    }
}

#[test]
fn rfc_9110_10_1_5_a_user_agent_starts_with_a_product() {
    for user_agent in ["", " a", "(a)", "a\r\nX: y", "a\0", "\u{e9}"] {
        let config = WebsocketConfig::new().with_user_agent(user_agent);
        assert_eq!(
            own_lines(&config),
            Err(HandshakeError::InvalidHeader),
            "{user_agent:?}"
        );
    }
}

#[test]
fn rfc_9110_5_3_a_header_that_is_no_list_stands_once() {
    let twice = [
        WebsocketConfig::new()
            .with_origin("null")
            .with_header("ORIGIN", "null"),
        WebsocketConfig::new()
            .with_user_agent("a")
            .with_header("User-agent", "b"),
        WebsocketConfig::new()
            .with_bearer_token("t")
            .with_header("authorization", "Bearer u"),
        // RFC 6265 §5.4.
        WebsocketConfig::new()
            .with_cookie("a", "b")
            .with_header("cookie", "c=d"),
        WebsocketConfig::new()
            .with_header("Cookie", "a=b")
            .with_header("Cookie", "c=d"),
    ];
    for config in twice {
        assert_eq!(
            own_lines(&config),
            Err(HandshakeError::RepeatedHeader),
            "{config:?}"
        );
    }
    let others = WebsocketConfig::new()
        .with_header("X-A", "1")
        .with_header("X-A", "2")
        .with_header("Authorization", "Digest username=\"u\"")
        .with_header("Cookie", "a=b");
    assert_eq!(own_lines(&others).unwrap().len(), 5);
}

#[test]
fn secrets_are_not_shown_by_debug() {
    const SECRET: &str = "hunter2";
    let config = WebsocketConfig::new()
        .with_header("X-Api-Key", SECRET)
        .with_basic_auth("user", SECRET)
        .with_cookie("session", SECRET);
    let bearer = config.clone().with_bearer_token(SECRET);
    let connection = crate::Connection::client(&Request::new("h", "/"), &config);
    let encoded = STANDARD.encode("user:hunter2");
    for shown in [
        format!("{config:?}"),
        format!("{bearer:?}"),
        format!("{connection:?}"),
    ] {
        let bytes = format!("{:?}", SECRET.as_bytes());
        let bytes = bytes.trim_matches(['[', ']']);
        assert!(
            !shown.contains(SECRET) && !shown.contains(&encoded),
            "{shown}"
        );
        assert!(!shown.contains(bytes), "{shown}");
    }
    assert!(format!("{config:?}").contains("X-Api-Key"));
}

proptest! {
    #[test]
    fn no_text_writes_a_line_of_its_own(
        authority in ".{0,8}", path in ".{0,12}", name in "[ -~\r\n]{0,6}", value in "[\\x00-~\u{a0}-\u{ff}]{0,12}",
        which in 0..7u8,
    ) {
        let config = WebsocketConfig::new();
        let config = match which {
            0 => config.with_header(&name, &value),
            1 => config.with_origin(&value),
            2 => config.with_user_agent(&value),
            3 => config.with_basic_auth(&name, &value),
            4 => config.with_bearer_token(&value),
            5 => config.with_cookie(&name, &value),
            _ => config.with_subprotocol(&value),
        };
        for (authority, path) in [(authority.as_str(), path.as_str()), ("h", "/")] {
            if let Ok(text) = request(authority, path, &config) {
                prop_assert_eq!(text.matches("\r\n").count(), 8);
                prop_assert_eq!(text.matches('\n').count(), 8);
                prop_assert_eq!(text.matches('\r').count(), 8);
                prop_assert!(text.ends_with("\r\n\r\n"));
                let first = text.lines().next().unwrap_or_default();
                prop_assert_eq!(first.split(' ').count(), 3);
            }
        }
    }
}

#[test]
fn rfc_3_a_path_holds_what_a_uri_may_hold() {
    let none = WebsocketConfig::new();
    for path in [
        "/",
        "//a//",
        "/ws?streams=btcusdt@trade/ethusdt@depth",
        "/a-._~!$&'()*+,;=:@/b?c=d?e",
        "/%23%2f%5B?%C3%A9",
    ] {
        let text = request("h", path, &none).unwrap();
        assert!(
            text.starts_with(&format!("GET {path} HTTP/1.1\r\n")),
            "{text}"
        );
    }
    for path in [
        "/#", "/a b", "/\"", "/<", "/>", "/\\", "/^", "/`", "/{", "/|", "/}", "/[", "/]", "/%",
        "/%2", "/%2g", "/?a=%", "/?[]", "/\u{e9}", "/\u{7f}", "/\t",
    ] {
        assert_eq!(
            request("h", path, &none),
            Err(HandshakeError::InvalidPath),
            "{path:?}"
        );
    }
}
