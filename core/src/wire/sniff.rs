//! Peers that speak another protocol altogether, known by their first bytes.

use crate::vocabulary::Reason;

/// What a request of HTTP begins with.
pub(crate) const METHODS: [&[u8]; 10] =
    [b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"TRACE ", b"PATCH ", b"PRI "];

/// A TLS handshake record begins with this byte; no text of ours does.
pub(super) fn is_tls(first: &[u8]) -> bool {
    first.first() == Some(&0x16)
}

/// Whether the first line is an HTTP request.
///
/// A method alone is no proof, since `Post Malone` is a name: a path or `HTTP/` must follow on the same line.
pub(super) fn is_http(first: &[u8]) -> bool {
    let line = first.split(|byte| *byte == b'\n').next().unwrap_or(first);
    METHODS.iter().any(|method| {
        line.strip_prefix(*method).is_some_and(|target| {
            target.starts_with(b"/") || target.windows(b" HTTP/".len()).any(|window| window == b" HTTP/")
        })
    })
}

/// Whether a Parlor client says hello: taken for a name, it would show its token to everybody.
pub(super) fn is_native(first: &[u8]) -> bool {
    first.starts_with(b"{\"")
}

/// What the first bytes of a tutorial connection say it speaks, if that is not its dialect.
pub(super) fn foreign(first: &[u8]) -> Option<Reason> {
    if is_tls(first) {
        return Some(Reason::Tls);
    }
    if is_native(first) {
        return Some(Reason::OtherPort);
    }
    is_http(first).then_some(Reason::Http)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_scanners_and_tls_are_known_by_their_first_line() {
        for request in [
            "GET / HTTP/1.1\r\nHost: a",
            "POST /x",
            "CONNECT a:443 HTTP/1.1",
            "PRI * HTTP/2.0\r\n\r\nSM",
            "OPTIONS * HTTP/1.0",
        ] {
            assert_eq!(foreign(request.as_bytes()), Some(Reason::Http), "{request}");
        }
        assert_eq!(foreign(b"\x16\x03\x01"), Some(Reason::Tls));
        assert_eq!(foreign(b"{\"hello\":{}}\n"), Some(Reason::OtherPort));
    }

    #[test]
    fn names_and_frames_are_not_foreign() {
        for ours in ["", "ada", "GET", "POST Malone", "GET a\nGET / HTTP/1.1", "{quit}", "get / HTTP/1.1"] {
            assert_eq!(foreign(ours.as_bytes()), None, "{ours}");
        }
    }
}
