//! The view stays thin: no bytes, no sockets, no messages of its own; and it shows text in every script.

use std::path::{Path, PathBuf};

/// What has no business in a view.
const FORBIDDEN: &[&str] = &[
    "serde_json",
    "serde::",
    "std::net",
    "async_net",
    "TcpStream",
    "UdpSocket",
    "UnixStream",
    "Vec<Entry",
    "VecDeque<Entry",
    "Map<EntryKey, Entry",
    "Vec<Message",
    "Vec<EntryKind",
    "Timeline::default",
    "ServerCodec",
    "ClientCodec",
    "Client::new",
];

/// How the toolkit would show text by itself, which it cannot where that is written from right to left.
const UNREADABLE: &[&str] = &[
    "ui.label(",
    "ui.heading(",
    "ui.weak(",
    "ui.strong(",
    "ui.small(",
    "ui.monospace(",
    "ui.code(",
    "ui.button(",
    "ui.small_button(",
    "ui.checkbox(",
    "ui.radio(",
    "ui.radio_value(",
    "ui.selectable_label(",
    "ui.selectable_value(",
    "ui.toggle_value(",
    "ui.menu_button(",
    "ui.collapsing(",
    "ui.link(",
    "ui.hyperlink",
    "ui.text_edit_",
    "egui::Button",
    "egui::Label",
    "Label::new(",
    "RichText",
    "LayoutJob",
    "WidgetText",
    "TextEdit",
    "ComboBox",
    "DragValue",
    "Slider::",
    "painter().text(",
    "painter.text(",
    "layout_no_wrap",
    "layout_job",
    "on_hover_text",
    "on_disabled_hover_text",
];

/// What the code of a file may hold of that all the same: letters that are not shown have no direction.
const HIDDEN: (&str, &str) = ("question.rs", "TextEdit::singleline(text).id(id).password(true)");

/// Those of `words` that the code of `source`, comments aside, holds.
fn found(words: &[&'static str], source: &str) -> Vec<&'static str> {
    let code: String = source.lines().map(without_comment).collect();
    let dense: String = code.split_whitespace().collect();
    words.iter().copied().filter(|word| dense.contains(&word.replace(' ', ""))).collect()
}

/// The line up to its comment; the slashes of an address are none.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("the sources are there").map(|entry| entry.expect("readable"));
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_view_parses_nothing_dials_nothing_and_keeps_no_messages() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 5, "only {files:?} are looked at");
    for file in files {
        let source = std::fs::read_to_string(&file).expect("readable");
        assert_eq!(found(FORBIDDEN, &source), Vec::<&str>::new(), "in {}", file.display());
    }
    let manifest = include_str!("../Cargo.toml");
    let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    for name in ["serde", "serde_json", "smol", "async-net", "socket2"] {
        let line = dependencies.lines().find(|line| line.split(['=', '.', ' ']).next() == Some(name));
        assert_eq!(line, None);
    }
}

#[test]
fn all_text_is_shown_by_what_can_read_every_script() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in sources(&source) {
        let inside = ["text", "input"].iter().any(|module| file.starts_with(source.join(module)));
        if inside {
            continue;
        }
        let mut code = std::fs::read_to_string(&file).expect("readable");
        if file.ends_with(HIDDEN.0) {
            assert!(code.contains(HIDDEN.1), "the field of the password is another one");
            code = code.replace(HIDDEN.1, "").replacen("TextEdit", "", 1);
        }
        assert_eq!(found(UNREADABLE, &code), Vec::<&str>::new(), "in {}", file.display());
    }
}

#[test]
fn the_search_finds_what_it_looks_for_but_not_in_comments() {
    assert_eq!(found(FORBIDDEN, "use std :: net::TcpStream;"), ["std::net", "TcpStream"]);
    assert_eq!(found(FORBIDDEN, r#"dial("parlor://x"); let a: TcpStream;"#), ["TcpStream"]);
    assert_eq!(found(FORBIDDEN, "struct A { log: Vec<\n  Entry> }"), ["Vec<Entry"]);
    assert_eq!(found(FORBIDDEN, "// no Vec<Entry> here\nfn a() {} // nor serde_json"), Vec::<&str>::new());
}
