//! Where redirections point to, and by which method: RFC 9110 §15.4. None is followed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{Method, ResponseDecoder};

/// The method by which to ask at the other place, or none where the answer is no redirection.
fn redirected(status: u16, method: &Method, location: &str) -> Option<(String, Method)> {
    let head = format!("HTTP/1.1 {status} \r\n{location}Content-Length: 0\r\n\r\n");
    let mut bytes = head.into_bytes();
    let mut decoder = ResponseDecoder::default();
    decoder.advance(&mut bytes, false).unwrap();
    let redirect = decoder.response(&bytes).redirect(method)?;
    Some((redirect.location.to_owned(), redirect.method))
}

#[test]
fn a_redirection_keeps_the_method_or_makes_it_a_get() {
    const THERE: &str = "Location: /there\r\n";
    for (status, method, expected) in [
        (301, Method::GET, Some(Method::GET)),
        (301, Method::POST, Some(Method::GET)),
        (301, Method::DELETE, Some(Method::DELETE)),
        (302, Method::POST, Some(Method::GET)),
        (302, Method::PUT, Some(Method::PUT)),
        (303, Method::POST, Some(Method::GET)),
        (303, Method::DELETE, Some(Method::GET)),
        (303, Method::HEAD, Some(Method::HEAD)),
        (307, Method::POST, Some(Method::POST)),
        (308, Method::POST, Some(Method::POST)),
        (300, Method::GET, None),
        (304, Method::GET, None),
        (200, Method::GET, None),
    ] {
        let told = redirected(status, &method, THERE);
        let expected = expected.map(|method| ("/there".to_owned(), method));
        assert_eq!(told, expected, "{status} {method}");
    }
}

#[test]
fn without_a_place_there_is_no_redirection() {
    assert_eq!(redirected(307, &Method::GET, ""), None);
    assert_eq!(redirected(307, &Method::GET, "X: /there\r\n"), None);
    // The first of two.
    let two = redirected(307, &Method::GET, "Location: /a\r\nLocation: /b\r\n");
    assert_eq!(two, Some(("/a".to_owned(), Method::GET)));
}
