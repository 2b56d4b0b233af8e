//! How long the screen takes to be drawn anew over a long log: `cargo run --release -p tui --example refresh`.
//!
//! One room of 5,000 people and 5,000 messages, as many as are kept, of 20 lines each, every third in Persian: 100,000
//! lines.
//! No terminal: what is measured is all up to it, layout, drawing and comparing cells.

use std::time::{Duration, Instant};

use cursive::backends::puppet::Backend;
use cursive::event::{Event, Key};
use cursive::{Cursive, Vec2};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::session::{Offline, Session};
use parlor_transport_tcp::target::Target;
use tui::app::{self, App};
use tui::bidi::Bidi;
use tui::look::Look;
use tui::style::Colours;
use tui::term::Caret;

const MESSAGES: u64 = 5_000;
const PEOPLE: usize = 5_000;
const LINES: usize = 20;
const ROUNDS: usize = 200;
const SIZE: (usize, usize) = (120, 40);

fn main() {
    let look = Look { bidi: Bidi::App, ..Look::new(Colours::Many) };
    let target = Target::new(Dialect::Native, "127.0.0.1", 7667);
    let (session, server) = Session::offline(app::profile(&target, "ada", None, None));
    let mut siv = Cursive::new();
    app::install(&mut siv, App::new(look, Caret::default()));
    app::open(&mut siv, session.clone());
    let backend = Backend::init(Some(Vec2::from(SIZE)));
    let (keys, frames) = (backend.input(), backend.stream());
    let mut runner = siv.into_runner(backend);
    server.connected();
    let _ = server.sent();
    for line in [WELCOME, LOBBY] {
        says(&server, line);
    }
    for number in 0..PEOPLE {
        let name = if number % 3 == 0 { format!("میهمان-{number}") } else { format!("somebody-{number}") };
        says(&server, &format!(r#"{{"joined":{{"room":"lobby","nick":"{name}","at":1763804800000}}}}"#));
    }
    for number in 1..=MESSAGES {
        says(&server, &message(number));
    }
    let (kept, people) = {
        let state = session.state();
        let count = |text: &str| text.split('\n').count();
        let room = state.shown_room();
        let kept: usize = room.map_or(0, |room| room.timeline.iter().map(|entry| count(entry.what())).sum());
        (kept, room.map_or(0, |room| room.members.len()))
    };
    println!("{people} people, {kept} lines, {} x {} cells, {ROUNDS} rounds: median and slowest", SIZE.0, SIZE.1);
    let mut next = MESSAGES;
    let mut measure = |what: &str, before: &mut dyn FnMut(usize)| {
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|round| {
                before(round);
                runner.process_events();
                let start = Instant::now();
                runner.refresh();
                let time = start.elapsed();
                // The puppet hands each frame out; nobody looks.
                let _ = frames.try_iter().last();
                time
            })
            .collect();
        times.sort_unstable();
        let at = |index: usize| times.get(index).copied().unwrap_or_default();
        println!("{what:<38} {:>8.3?} {:>8.3?}", at(ROUNDS / 2), at(ROUNDS - 1));
    };
    let press = |event: Event| drop(keys.send(Some(event)));
    measure("nothing changed", &mut |_| {});
    measure("a message arrived", &mut |_| {
        next += 1;
        says(&server, &message(next));
    });
    measure("a letter was typed", &mut |round| press(Event::Char(if round % 2 == 0 { 'a' } else { 'س' })));
    measure("a page up", &mut |_| press(Event::Key(Key::PageUp)));
    measure("to the oldest and to the newest", &mut |round| {
        press(if round % 2 == 0 { Event::Ctrl(Key::Home) } else { Event::Ctrl(Key::End) });
    });
}

fn says(server: &Offline, line: &str) {
    server.says(line.as_bytes());
    server.says(b"\n");
}

fn message(number: u64) -> String {
    let line = match number % 3 {
        0 => "علی گفت: Hi (نسخهٔ 2.0)",
        1 => "see https://a.example/?b=1",
        _ => "questo è un messaggio",
    };
    let text = [line; LINES].join("\\n");
    let at = 1_763_804_800_000 + number * 1_000;
    format!(r#"{{"message":{{"room":"lobby","id":{number},"from":"bea","at":{at},"text":"{text}"}}}}"#)
}

const WELCOME: &str = r#"{"welcome":{"version":1,"server":"test","nick":"ada","token":"t","resumed":false,"limits":{"nick_bytes":64,"room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64},"features":[]}}"#;

const LOBBY: &str = r#"{"room":{"room":"lobby","log":"9f3c5a7b1d2e4f60","first_id":1,"last_id":0,"topic":"","count":3,"members":["ada","bea","علی"]}}"#;
