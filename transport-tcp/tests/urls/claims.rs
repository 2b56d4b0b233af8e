//! What holds of any text that is given as an address. A fuzz program of `core/fuzz`, too.

use parlor_transport_tcp::target::Target;

/// Any bytes as an address: a target whose URL reads back as the same, or one plain sentence that shows a right one.
///
/// # Panics
/// If that is not so.
pub fn url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Target::parse(&text) {
        Ok(target) => {
            let shown = target.to_string();
            assert_eq!(Target::parse(&shown).as_ref(), Ok(&target), "{shown:?}");
            assert!(!shown.contains(char::is_control), "{shown:?} is harmless in a terminal");
            assert!(shown.contains(&target.authority()), "{shown:?}");
            assert!(!target.host.is_empty());
        }
        Err(sentence) => {
            assert!(sentence.contains("://"), "{sentence:?} shows a right address");
            assert!(sentence.ends_with('.'), "{sentence:?}");
            assert!(!sentence.contains(char::is_control), "{sentence:?} is one line, and harmless in a terminal");
            assert!(sentence.chars().count() <= 400, "{sentence:?} is short");
        }
    }
}
