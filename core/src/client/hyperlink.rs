//! Links that people write: where they stand in a text, and where they lead.

use alloc::format;
use alloc::string::String;
use core::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection, skeleton};

/// What a link begins with. Nothing that runs or reads what is on this machine (`javascript:`, `data:`, `file:`).
const SCHEMES: [&str; 3] = ["https://", "http://", MAILTO];
const MAILTO: &str = "mailto:";
/// Many leave the scheme of a web address out.
const WWW: &str = "www.";
/// Longest link; what is longer is text.
const BYTES_MAX: usize = 2_048;

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hyperlink {
    url: String,
    host: String,
    suspicious: bool,
}

impl Hyperlink {
    /// Reads the text of a [`super::SpanKind::Link`]; `None` for anything else. What is to be opened passes through
    /// here: only `https`, `http` and `mailto` come out.
    pub fn of(shown: &str) -> Option<Self> {
        if links(shown).next() != Some(0..shown.len()) {
            return None;
        }
        let url = match (starts_with(shown, WWW), starts_with(shown, MAILTO)) {
            (true, _) => format!("https://{shown}"),
            // What stands behind the address fills in the letter: copies to others, in some programs files of this machine.
            (_, true) => letter_to(shown).into(),
            (false, false) => shown.into(),
        };
        let (_, host, user) = host_of(&url)?;
        let suspicious = user || host.split('.').any(is_misleading);
        let host = host.split('.').map(to_ascii).collect::<alloc::vec::Vec<_>>().join(".");
        Some(Self { url, host, suspicious })
    }

    /// What to hand to the system to be opened: as it was typed, with `https://` before a `www.`, and of `mailto:` nothing
    /// but the address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host it leads to, in ASCII as the name system knows it (RFC 3492): `xn--…` for what is not Latin.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it may not lead where it seems to: a word of its host mixes scripts or looks like another one in ASCII
    /// (UTS #39), or a name stands before the host (`https://bank.example@evil.example`). A view shows [`Self::host`]
    /// and asks before it opens.
    pub fn is_suspicious(&self) -> bool {
        self.suspicious
    }
}

/// Where the links of a text stand, in order. What all of them cost together grows as the text does.
pub(super) fn links(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    core::iter::from_fn(move || {
        loop {
            let start = next_start(text, from)?;
            let (len, looked_at) = len(text.get(start..)?);
            // Nothing is looked at twice: whoever writes many beginnings that come to nothing costs no more than others.
            from = start + if len > 0 { len } else { looked_at };
            if len > 0 {
                return Some(start..start + len);
            }
        }
    })
}

/// The next place from which on a link may stand: a letter that begins a word, and a scheme.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let mut before = text.get(..from)?.chars().next_back();
    for (at, c) in text.get(from..)?.char_indices() {
        let begins = c.is_ascii_alphabetic() && !before.is_some_and(char::is_alphanumeric);
        before = Some(c);
        let rest = text.get(from + at..)?;
        if begins && (starts_with(rest, WWW) || SCHEMES.iter().any(|scheme| starts_with(rest, scheme))) {
            return Some(from + at);
        }
    }
    None
}

/// How long the link is that a text begins with, 0 if it is none; and how much of the text was looked at for that.
fn len(text: &str) -> (usize, usize) {
    let end = text.find(ends).unwrap_or(text.len());
    step(end);
    let link = trimmed(text.get(..end).unwrap_or(""));
    let valid = match starts_with(link, MAILTO) {
        true => is_mail(link),
        false => host_of(link).is_some_and(|(www, host, _)| is_host(host) && (!www || host.matches('.').count() > 1)),
    };
    (if valid && link.len() <= BYTES_MAX { link.len() } else { 0 }, end)
}

/// What is in no link: white space, quotes and their like, the commas and marks of scripts that write no space behind
/// them, and what cannot be seen.
fn ends(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}' | '«' | '»' | '“' | '”' | '„')
        || matches!(c, '،' | '؛' | '؟' | '、' | '。' | '，' | '「' | '」' | '）' | '（')
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Without what belongs to the sentence around it.
fn trimmed(link: &str) -> &str {
    // How many more brackets are closed than opened.
    let (mut round, mut square) = (0_isize, 0_isize);
    step(link.len());
    for c in link.chars() {
        match c {
            '(' => round -= 1,
            ')' => round += 1,
            '[' => square -= 1,
            ']' => square += 1,
            _ => {}
        }
    }
    link.trim_end_matches(|last| match last {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '*' | '…' => true,
        ')' => {
            round -= 1;
            round >= 0
        }
        ']' => {
            square -= 1;
            square >= 0
        }
        _ => false,
    })
}

/// Tests count what is looked at.
fn step(bytes: usize) {
    #[cfg(test)]
    tests::STEPS.with(|steps| steps.set(steps.get() + bytes));
    let _ = bytes;
}

/// The host of a link, whether the link begins with `www.`, and whether a user's name stands before the host. The part
/// behind the `@` of an address of mail.
fn host_of(link: &str) -> Option<(bool, &str, bool)> {
    let www = starts_with(link, WWW);
    if starts_with(link, MAILTO) {
        return mail_of(link).map(|(_, host)| (false, host, false));
    }
    let scheme = SCHEMES.iter().find(|scheme| starts_with(link, scheme)).map_or(0, |scheme| scheme.len());
    if scheme == 0 && !www {
        return None;
    }
    let rest = link.get(scheme..)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    if let Some(inner) = host.strip_prefix('[') {
        return Some((www, inner.split(']').next()?, user.is_some()));
    }
    let host = host.split(':').next().unwrap_or(host);
    Some((www, host, user.is_some()))
}

fn is_host(host: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '\u{200C}') || is_mark(c);
    !host.is_empty()
        && host.chars().all(allowed)
        && !host.starts_with(['.', '-'])
        && !host.contains("..")
        && host.chars().any(|c| c.is_alphanumeric() || c == ':')
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_mail(link: &str) -> bool {
    mail_of(link).is_some_and(|(user, host)| !user.is_empty() && is_host(host))
}

/// Whom a letter goes to: the name, and the host behind the `@`. What stands behind both is no part of it.
fn mail_of(link: &str) -> Option<(&str, &str)> {
    letter_to(link).get(MAILTO.len()..)?.split_once('@')
}

/// A `mailto:` link up to the end of its address.
fn letter_to(link: &str) -> &str {
    link.split(['?', '#']).next().unwrap_or(link)
}

fn starts_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

/// Whether a word of a host can be taken for another one.
fn is_misleading(label: &str) -> bool {
    if label.is_ascii() {
        return false;
    }
    let level = label.detect_restriction_level();
    level > RestrictionLevel::HighlyRestrictive || skeleton(label).all(|c| c.is_ascii())
}

/// A word of a host as the name system knows it.
fn to_ascii(label: &str) -> String {
    let label: String = label.nfkc().flat_map(char::to_lowercase).nfc().collect();
    match label.is_ascii() {
        true => label,
        false => punycode(&label).map_or(label, |code| format!("xn--{code}")),
    }
}

/// RFC 3492, section 6.3; `None` where the numbers do not fit, which no word of a host is long enough for.
fn punycode(label: &str) -> Option<String> {
    const TMIN: u32 = 1;
    const TMAX: u32 = 26;
    const BASE: u32 = 36;
    let digit = |value: u32| char::from_digit(value.checked_sub(26).unwrap_or(value + 10), BASE);
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let length = u32::try_from(label.chars().count()).ok()?;
    let (mut n, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    while handled < length {
        let next = label.chars().map(u32::from).filter(|c| *c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c != n {
                continue;
            }
            let (mut q, mut k) = (delta, BASE);
            loop {
                let t = k.saturating_sub(bias).clamp(TMIN, TMAX);
                if q < t {
                    break;
                }
                out.push(digit(t + (q - t) % (BASE - t))?);
                q = (q - t) / (BASE - t);
                k += BASE;
            }
            out.push(digit(q)?);
            bias = adapted(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        n = n.checked_add(1)?;
    }
    Some(out)
}

/// RFC 3492, section 6.1.
fn adapted(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = delta / if first { 700 } else { 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use alloc::borrow::ToOwned;
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    std::thread_local! {
        pub(super) static STEPS: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
    }

    #[test]
    fn what_links_cost_grows_as_the_text_does() {
        for text in [
            "www..".repeat(800) + &")".repeat(4_000),
            "www.a.b".to_owned() + &")]".repeat(4_000),
            "mailto:".repeat(1_000),
            "https://www.".repeat(700) + &"(".repeat(100) + &")".repeat(1_000),
        ] {
            STEPS.with(|steps| steps.set(0));
            let _ = links(&text).count();
            let steps = STEPS.with(std::cell::Cell::get);
            assert!(steps <= 3 * text.len(), "{steps} steps for {} bytes", text.len());
        }
        assert_eq!(found(&("www.a.b".to_owned() + &")".repeat(4_000))), ["www.a.b"]);
        assert_eq!(found("www.. www.a.b"), ["www.a.b"], "what stands behind one that is none is found");
    }

    fn found(text: &str) -> Vec<&str> {
        links(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn links_end_where_the_sentence_around_them_goes_on() {
        for (text, expected) in [
            ("see https://example.com/a.", vec!["https://example.com/a"]),
            ("(https://example.com/a_(b))", vec!["https://example.com/a_(b)"]),
            ("[x](http://example.com)", vec!["http://example.com"]),
            ("«https://fa.wikipedia.org/wiki/ایران»", vec!["https://fa.wikipedia.org/wiki/ایران"]),
            ("https://a.example/x،سلام", vec!["https://a.example/x"]),
            ("HTTPS://A.example?q=1&b=2#f!", vec!["HTTPS://A.example?q=1&b=2#f"]),
            ("www.example.com, www.x", vec!["www.example.com"]),
            ("a www.b", vec![]),
            ("mailto:ada@example.com. mailto:x", vec!["mailto:ada@example.com"]),
            ("http://[::1]:80/x", vec!["http://[::1]:80/x"]),
            ("https:// http://. https://..", vec![]),
            ("xhttps://a.example", vec![]),
            ("https://a.example\\.b", vec!["https://a.example"]),
            ("http://localhost:8080", vec!["http://localhost:8080"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_that_runs_or_reads_files_is_a_link() {
        for text in [
            "parlor://h/lobby",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "vbscript:x",
            "ftp://x",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
            assert_eq!(Hyperlink::of(text), None, "{text}");
        }
        assert_eq!(Hyperlink::of("https://a.example b"), None, "it is a link and more");
    }

    #[test]
    fn a_link_leads_where_it_says_or_the_person_is_told() {
        for (shown, url, host, suspicious) in [
            ("www.example.com", "https://www.example.com", "www.example.com", false),
            ("https://bücher.example/x", "https://bücher.example/x", "xn--bcher-kva.example", false),
            ("https://ایران.example", "https://ایران.example", "xn--mgba3a4f16a.example", false),
            ("https://例え.テスト", "https://例え.テスト", "xn--r8jz45g.xn--zckzah", false),
            ("https://аррӏе.com", "https://аррӏе.com", "xn--80ak6aa92e.com", true),
            ("https://pаypal.example", "https://pаypal.example", "xn--pypal-4ve.example", true),
            ("https://bank.example@evil.example", "https://bank.example@evil.example", "evil.example", true),
            ("mailto:ada@example.com", "mailto:ada@example.com", "example.com", false),
            ("mailto:a@b.example?bcc=eve@c&attach=/etc/passwd", "mailto:a@b.example", "b.example", false),
            ("mailto:bank.example/a@b.example", "mailto:bank.example/a@b.example", "b.example", false),
            ("MAILTO:a@b.example?x", "MAILTO:a@b.example", "b.example", false),
        ] {
            let link = Hyperlink::of(shown).unwrap();
            assert_eq!((link.url(), link.host(), link.is_suspicious()), (url, host, suspicious));
        }
    }

    #[test]
    fn hosts_are_encoded_as_the_samples_of_rfc_3492() {
        for (text, code) in [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("bücher", "bcher-kva"),
        ] {
            assert_eq!(punycode(text).as_deref(), Some(code));
        }
    }
}
