//! Pictures of the window: dark, light, Persian, and with everything mixed.
//!
//! They are drawn by the machine's software renderer (on Debian, `mesa-vulkan-drivers`) and compared with those in
//! `tests/snapshots`; `UPDATE_SNAPSHOTS=true` makes them anew. Without a renderer nothing is compared, which is said
//! aloud.

mod common;

use std::any::Any;
use std::panic::catch_unwind;
use std::process::Command;

use common::Desk;
use eframe::egui::vec2;
use egui_kittest::SnapshotOptions;
use parlor_core::words::Language;
use parlor_face::settings::{LanguageChoice, Settings, Theme};

/// Set where the pictures are to be made in this very process.
const HERE: &str = "PARLOR_SNAPSHOTS_HERE";
/// Letters may be smoothed a little otherwise by another version of the renderer.
const PIXELS_MAX: usize = 40;

const LATIN: &[(&str, &str)] = &[
    ("bea", "Good morning, everybody"),
    ("carlo", "Look at https://example.org/a/path?query=1 please"),
    (
        "carlo",
        "ada, are you coming to the meeting at ten? It is in the large room, and somebody should write down what is said there.",
    ),
    ("ada", "On my way"),
];

const PERSIAN: &[(&str, &str)] = &[
    ("علی", "سلام، صبح همگی به‌خیر!"),
    (
        "سارا",
        "این یک پیام بلند فارسی است که باید در چند سطر شکسته شود و ترتیب واژه‌ها در هر سطر درست بماند، حتی با English words و عدد 42 در میان آن.",
    ),
    ("سارا", "می‌خواهم کتاب‌ها را در https://example.org/کتاب ببینید."),
    ("ada", "چشم، ساعت ۱۰:۳۰ می‌آیم"),
];

const MIXED: &[(&str, &str)] = &[
    ("bea", "Ali says سلام دنیا to everyone (123 ۱۲۳)."),
    ("علی", "علی گفت: Hello World (نسخهٔ 2.0) را ببین!"),
    ("carlo", "file.txt را در C:\\Users باز کن"),
    ("carlo", "one line\nسطر دوم\nthe third"),
];

fn draw(name: &str, theme: Theme, language: Language, said: &[(&str, &str)], typed: &str) -> Result<(), String> {
    let mut desk = Desk::sized(vec2(820.0, 460.0));
    let ctx = desk.window.ctx.clone();
    desk.window
        .state_mut()
        .set(&ctx, Settings { theme, language: LanguageChoice::Is(language), ..Settings::default() });
    desk.welcome();
    for (from, text) in said {
        desk.said("lobby", from, text);
    }
    desk.window.run();
    desk.type_text(typed);
    let options = SnapshotOptions::new().max_failed_pixels(PIXELS_MAX);
    desk.window.try_snapshot_options(name, &options).map_err(|error| error.to_string())
}

fn draw_all() -> Vec<String> {
    let all = [
        draw("dark", Theme::Dark, Language::English, LATIN, "Two minutes"),
        draw("light", Theme::Light, Language::English, LATIN, ""),
        draw("persian", Theme::Light, Language::Persian, PERSIAN, "الان می‌نویسم"),
        draw("mixed", Theme::Dark, Language::English, MIXED, "سلام Ali، 42 تا"),
    ];
    all.into_iter().filter_map(Result::err).collect()
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

#[test]
fn the_window_looks_as_it_did() {
    if std::env::var_os(HERE).is_none() {
        // Times are drawn, so that everybody must be in one zone; it can only be told to a process that begins.
        let this = std::env::current_exe().expect("the test has a file");
        let done = Command::new(this).args(["--nocapture"]).env("TZ", "UTC").env(HERE, "1").status();
        assert!(done.expect("the test runs once more").success(), "see above");
        return;
    }
    match catch_unwind(draw_all) {
        Ok(wrong) => assert!(wrong.is_empty(), "{}", wrong.join("\n")),
        Err(panic) if said(panic.as_ref()).contains("adapter") => {
            eprintln!("\n*** NO PICTURES WERE COMPARED: there is no renderer (Debian: mesa-vulkan-drivers). ***\n");
        }
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
