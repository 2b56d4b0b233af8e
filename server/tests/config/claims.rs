//! What holds of any text that is given as a configuration file. A fuzz program of `core/fuzz`, too.

use parlor_core::limits::SERVER_FRAME_BYTES_MAX;
use server::cli::Cli;
use server::config::Config;
use server::settings::{Listen, Settings};

/// Any bytes as a configuration file: settings that can be, or one plain sentence that names the line.
///
/// # Panics
/// If that is not so.
pub fn config(data: &[u8]) {
    const NAME: &str = "parlor.toml";
    let text = String::from_utf8_lossy(data).into_owned();
    let lines = text.matches('\n').count() + 1;
    let mut config = match Config::parse(NAME.into(), text) {
        Ok(config) => config,
        Err(sentence) => return claim_names_a_line(NAME, lines, &sentence),
    };
    // What it would read has nothing to do with what it says.
    config.file.password_file = None;
    if config.file.data.is_none() {
        config.file.memory = true;
    }
    match Settings::merge(Cli::default(), config) {
        Ok(settings) => claim_possible(&settings),
        Err(sentence) => claim_sentence(&sentence),
    }
}

fn claim_possible(settings: &Settings) {
    let Settings { listen, limits, memory, retention, .. } = settings;
    if let Listen::Here(targets) = listen {
        assert!(!targets.is_empty(), "somewhere is listened");
        assert!(targets.iter().all(|target| target.room.is_none()), "a listener has no room");
    }
    assert!(limits.sessions_max >= 1);
    assert!(limits.sessions_per_address_max >= 1);
    assert!(limits.handshakes_max <= limits.sessions_max);
    assert!(limits.rooms_max >= 1);
    assert!(limits.outbox_bytes_max >= 2 * SERVER_FRAME_BYTES_MAX);
    assert!(limits.outbox_bytes_max <= limits.outbox_bytes_total_max);
    assert!(limits.pace.is_none_or(|pace| pace.burst >= 64 && pace.per_second >= 1));
    assert!(memory.entries_per_log >= 1);
    let mut keeps = std::iter::once(&retention.usual).chain(retention.rooms.values());
    assert!(keeps.all(|keep| keep.messages_max != Some(0) && keep.age_max.is_none_or(|age| !age.is_zero())));
}

/// `parlor.toml, line 3: …`
fn claim_names_a_line(name: &str, lines: usize, sentence: &str) {
    claim_sentence(sentence);
    let rest = sentence.strip_prefix(&format!("{name}, line ")).expect(sentence);
    let (line, _) = rest.split_once(": ").expect(sentence);
    let line: usize = line.parse().expect(sentence);
    assert!((1..=lines).contains(&line), "{sentence:?}, of {lines} lines");
}

fn claim_sentence(sentence: &str) {
    assert!(sentence.ends_with('.'), "{sentence:?}");
    assert!(!sentence.ends_with(".."), "{sentence:?}");
    assert!(!sentence.contains(char::is_control), "{sentence:?} is one line, and harmless in a terminal");
    assert!(sentence.chars().count() <= 500, "{sentence:?} is short");
}
