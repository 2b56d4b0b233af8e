//! Opens a link with whatever the person's system opens links with.

use parlor_core::words::Language;

use crate::words::Words;

/// Longest link that is handed on, in bytes; browsers understand no longer ones alike.
const LINK_BYTES_MAX: usize = 8 * 1024;

/// Opens `link` in the person's browser or mail program, which this does not wait for. Only what begins with
/// `http://`, `https://` or `mailto:` is opened: links come from strangers, and other ones could start programs.
///
/// # Errors
/// One plain sentence in `language`: no such link is opened, or the system has nothing that opens it.
pub fn open(link: &str, language: Language) -> Result<(), String> {
    if !may_be_opened(link) {
        return Err(language.link_not_opened());
    }
    opener::open_browser(link).map_err(|_| language.link_without_browser())
}

/// Whether [`open`] would hand on this link.
pub fn may_be_opened(link: &str) -> bool {
    let begins = |start: &str| link.get(..start.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(start));
    let known = ["http://", "https://", "mailto:"].into_iter().any(|start| link.len() > start.len() && begins(start));
    known && link.len() <= LINK_BYTES_MAX && !link.contains(|c: char| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_of_the_web_and_of_mail_are_opened() {
        for link in [
            "http://a",
            "https://example.org/a?b#c",
            "HTTPS://EXAMPLE.ORG",
            "mailto:a@b",
            "https://fa.wikipedia.org/wiki/تهران",
        ] {
            assert!(may_be_opened(link), "{link}");
        }
        for link in [
            "",
            "http://",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "smb://a/b",
            "-h",
            "--help",
            "/bin/sh",
            "https//a",
            " https://a",
            "https://a\n-b",
            "https://a b",
            "h\u{301}ttp://a",
        ] {
            assert!(!may_be_opened(link), "{link}");
            for language in Language::ALL {
                assert_eq!(open(link, language), Err(language.link_not_opened()));
            }
        }
        assert!(!may_be_opened(&format!("https://{}", "a".repeat(LINK_BYTES_MAX))));
    }
}
