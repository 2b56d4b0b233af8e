//! Where to listen and whom to call, written as URLs.

use std::borrow::Cow;
use std::fmt;

use parlor_core::name::RoomName;
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};

use words::Words;

mod words;

/// What stays as it is in a room's name; all else is percent-encoded.
const ROOM_ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// Longest URL that is looked at, in bytes: nothing valid comes near it.
const URL_BYTES_MAX: usize = 2048;

/// `parlor://HOST:PORT[/ROOM]`, `nic://HOST:PORT`, `prompt://HOST:PORT`.
///
/// Its `Display` is a URL that [`Target::parse`] reads back as the same target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is spoken there.
    pub dialect: Dialect,
    /// Name or address; IPv6 without brackets, international names in their ASCII form.
    pub host: String,
    /// Port; the dialect's own where the URL names none. 0 means any free one, for listeners only.
    pub port: u16,
    /// The room to enter, for native targets.
    pub room: Option<RoomName>,
}

impl Target {
    /// A target without a room.
    pub fn new(dialect: Dialect, host: impl Into<String>, port: u16) -> Self {
        Self { dialect, host: host.into(), port, room: None }
    }

    /// Reads a URL.
    ///
    /// # Errors
    /// One plain sentence in English that says what is wrong and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::read(text, Language::English)
    }

    /// Reads a URL for somebody who is spoken to in this language.
    ///
    /// # Errors
    /// One plain sentence that says what is wrong and what would be right.
    pub fn read(text: &str, language: Language) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > URL_BYTES_MAX {
            return Err(language.address_too_long(language.digits(URL_BYTES_MAX), EXAMPLE));
        }
        let dialect = scheme(text, language)?;
        let url = Url::parse(text).map_err(|error| malformed(text, dialect, error, language))?;
        let example = example(dialect);
        if !url.username().is_empty() || url.password().is_some() {
            return Err(language.address_with_user(example));
        }
        if url.query().is_some() {
            return Err(language.address_with_query(example));
        }
        let host = host(&url).ok_or_else(|| language.address_without_host(shown(text), example))?;
        let port = url.port().unwrap_or_else(|| dialect.default_port());
        let room = room(&url, dialect, language)?;
        Ok(Self { dialect, host, port, room })
    }

    /// Where it is, without scheme and room: `127.0.0.1:7667`, `[::1]:7667`. What errors name, and what tokens are
    /// kept under.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.dialect.scheme(), self.authority())?;
        match &self.room {
            // As a path these would mean the directory itself and the one above it.
            Some(room) if matches!(room.as_str(), "." | "..") => write!(f, "/#{room}"),
            Some(room) => write!(f, "/{}", utf8_percent_encode(room.as_str(), ROOM_ENCODED)),
            None => Ok(()),
        }
    }
}

impl std::str::FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

/// The address to show when no dialect is known.
const EXAMPLE: &str = "parlor://127.0.0.1:7667";

/// A right address of this dialect, for errors.
fn example(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Native => EXAMPLE,
        Dialect::Nic => "nic://127.0.0.1:9090",
        Dialect::Prompt => "prompt://127.0.0.1:53000",
    }
}

/// What somebody wrote, short and harmless enough for a sentence.
fn shown(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let text = parlor_core::text::printable(text).replace('\n', " ");
    let text = match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    format!("\"{text}\"")
}

fn scheme(text: &str, language: Language) -> Result<Dialect, String> {
    if text.is_empty() {
        return Err(language.address_empty(EXAMPLE));
    }
    let Some((scheme, _)) = text.split_once("://") else {
        let guess = format!("parlor://{text}");
        let right = match Url::parse(&guess) {
            Ok(_) if text.len() < 100 && text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains(['/', '@']) => {
                guess
            }
            _ => EXAMPLE.into(),
        };
        return Err(language.address_without_scheme(shown(text), right));
    };
    Dialect::from_scheme(&scheme.to_ascii_lowercase()).ok_or_else(|| language.scheme_unknown(shown(scheme), EXAMPLE))
}

fn malformed(text: &str, dialect: Dialect, error: url::ParseError, language: Language) -> String {
    let (text, example) = (shown(text), example(dialect));
    match error {
        url::ParseError::InvalidPort => language.address_port(text, example),
        url::ParseError::EmptyHost => language.address_without_host(text, example),
        url::ParseError::InvalidIpv6Address => {
            language.address_ipv6(text, format!("{}://[::1]:{}", dialect.scheme(), dialect.default_port()))
        }
        _ => language.address_unreadable(text, example),
    }
}

/// The host as a resolver takes it. International names become their ASCII form, as in every browser.
fn host(url: &Url) -> Option<String> {
    let name = match url.host()? {
        Host::Domain(name) => percent_decode_str(name).decode_utf8().ok()?,
        Host::Ipv4(address) => return Some(address.to_string()),
        Host::Ipv6(address) => return Some(address.to_string()),
    };
    let ascii = if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        match Host::parse(&name).ok()? {
            Host::Domain(ascii) => ascii,
            Host::Ipv4(address) => return Some(address.to_string()),
            Host::Ipv6(address) => return Some(address.to_string()),
        }
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    (!ascii.is_empty() && ascii.bytes().all(plain)).then_some(ascii)
}

/// The room after the host; `/#room` is forgiven, as people write rooms that way.
fn room(url: &Url, dialect: Dialect, language: Language) -> Result<Option<RoomName>, String> {
    let right = format!("{EXAMPLE}/lobby");
    let path = url.path().strip_prefix('/').unwrap_or(url.path());
    let written = match (path, url.fragment()) {
        (path, None) => path,
        ("", Some(fragment)) => fragment,
        (_, Some(_)) => return Err(language.address_rooms(right)),
    };
    if written.is_empty() {
        return Ok(None);
    }
    if dialect != Dialect::Native {
        return Err(language.address_no_rooms(dialect.scheme(), example(dialect)));
    }
    let name: Cow<'_, str> =
        percent_decode_str(written).decode_utf8().map_err(|_| language.address_room_not_text(&right))?;
    if name.contains('/') {
        return Err(language.address_rooms(right));
    }
    RoomName::parse(&name)
        .map(Some)
        .map_err(|bad| language.address_room_bad(shown(&name), language.bad_name(bad), right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Target {
        Target::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_port_not_named_is_the_dialects_own() {
        assert_eq!(parse("parlor://localhost"), Target::new(Dialect::Native, "localhost", 7667));
        assert_eq!(parse("nic://localhost"), Target::new(Dialect::Nic, "localhost", 9090));
        assert_eq!(parse("prompt://localhost/"), Target::new(Dialect::Prompt, "localhost", 53000));
        assert_eq!(parse("nic://localhost:7").port, 7);
        assert_eq!(parse("parlor://127.0.0.1:0").port, 0);
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same() {
        for text in [
            "parlor://127.0.0.1:7667",
            "parlor://[::1]:7667/lobby",
            "PARLOR://Example.org/Caff%C3%A8",
            "parlor://bücher.example/اتاق",
            "parlor://localhost/%D8%A7%D8%AA%D8%A7%D9%82",
            "parlor://localhost/#sala",
            "parlor://localhost/#.",
            "parlor://localhost/#..",
            "parlor://localhost/[x]^_-.",
            "nic://[fe80::1]",
            "prompt://10.0.0.1:53000",
        ] {
            let target = parse(text);
            assert_eq!(parse(&target.to_string()), target, "{text} → {target}");
        }
    }

    #[test]
    fn room_names_may_hold_any_letters() {
        let room = |text| parse(text).room.unwrap().as_str().to_owned();
        assert_eq!(room("parlor://localhost/اتاق"), "اتاق");
        assert_eq!(room("parlor://localhost/%D8%A7%D8%AA%D8%A7%D9%82"), "اتاق");
        assert_eq!(room("parlor://localhost/%23sala"), "sala");
        assert_eq!(room("parlor://localhost/#sala"), "sala");
        assert_eq!(parse("parlor://localhost/اتاق").to_string(), "parlor://localhost:7667/%D8%A7%D8%AA%D8%A7%D9%82");
    }

    #[test]
    fn ipv6_stands_in_brackets() {
        let target = parse("parlor://[0:0:0:0:0:0:0:1]:9");
        assert_eq!(target.host, "::1");
        assert_eq!(target.authority(), "[::1]:9");
        assert_eq!(target.to_string(), "parlor://[::1]:9");
    }

    #[test]
    fn an_error_is_one_sentence_that_names_a_right_address() {
        for text in [
            "",
            "   ",
            "localhost",
            "localhost:7667",
            "127.0.0.1:7667",
            "::1",
            "http://localhost",
            "irc://localhost",
            "://",
            "parlor:localhost",
            "parlor://",
            "parlor:///lobby",
            "parlor://:7667",
            "parlor://localhost:port",
            "parlor://localhost:70000",
            "parlor://localhost:-1",
            "parlor://[::1",
            "parlor://[nonsense]:7667",
            "parlor://::1:7667",
            "parlor://me:secret@localhost",
            "parlor://localhost?room=lobby",
            "parlor://localhost/two/rooms",
            "parlor://localhost/two%2Frooms",
            "parlor://localhost/one#two",
            "parlor://localhost/a room",
            "parlor://localhost/%FF",
            "parlor://local host",
            "parlor://local%2Fhost",
            "parlor://local%3A1host",
            "nic://localhost/lobby",
            "prompt://localhost/lobby",
            "\u{1b}[2J",
            "\u{1b}d2J",
            "\0",
            &"x".repeat(5000),
            &format!("parlor://{}", "é".repeat(3000)),
        ] {
            for language in Language::ALL {
                let error = Target::read(text, language).expect_err(text);
                assert!(error.contains("://"), "{text:?}: {error}");
                assert!(error.ends_with('.'), "{text:?}: {error}");
                assert!(error.chars().count() < 400, "{text:?}: {error}");
                assert!(!error.contains(char::is_control), "{text:?}: {error:?}");
                assert!(!error.contains("secret"), "{text:?}: {error}");
            }
        }
    }

    #[test]
    fn an_address_without_a_scheme_is_told_with_one() {
        let error = Target::parse("localhost:7667").unwrap_err();
        assert!(error.contains("write parlor://localhost:7667"), "{error}");
    }
}
