//! Measures a frame of the window: what the client and the toolkit do for it, and cutting it into triangles, without
//! drawing them. A room in which 100,000 messages are stored and the last 5,000 loaded, half of them Persian, in a window
//! that shows about 40.
//!
//! `cargo run --release -p gui --example frame`

use std::time::{Duration, Instant};

use eframe::egui::{Event, Modifiers, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Harness;
use gui::{App, Form};
use parlor_core::client::Profile;
use parlor_core::wire::Dialect;
use parlor_transport_tcp::session::{Offline, Session};
use parlor_transport_tcp::target::Target;

/// How many messages were said before one came in.
const STORED: usize = 100_000;
/// How many of them the window has loaded.
const LOADED: usize = 5_000;
/// Frames of each kind.
const FRAMES: usize = 120;

const TEXTS: [&str; 4] = [
    "message about nothing in particular, as they are",
    "سلام دنیا، حال شما چطور است؟ می‌خواهم چیزی بپرسم",
    "علی گفت: Hello World (نسخهٔ 2.0) را در https://example.org ببین!",
    "see https://example.org/a/path?query=1 for more, bea 🙂",
];

fn main() {
    let (session, server) = Session::offline(Profile {
        dialect: Dialect::Native,
        address: "parlor://127.0.0.1:7".into(),
        nick: "ada".into(),
        room: None,
        token: None,
        password: None,
        agent: "frame/1".into(),
        keepsake: Default::default(),
        options: Default::default(),
    });
    let began = Instant::now();
    let mut window =
        Harness::builder().with_size(vec2(1000.0, 1100.0)).allow_missing_glyphs().build_eframe(move |cc| {
            let target = Target::new(Dialect::Native, "127.0.0.1", 7);
            let mut app =
                App::asking(&cc.egui_ctx, Form::new(&target, "ada"), None, Box::new(move |_, _, _, _| session.clone()));
            app.connect(&cc.egui_ctx, &target, "ada");
            app
        });
    window.step();
    println!("{:<34} {:>8.2} ms", "to the first frame", ms(began.elapsed()));
    enter(&server);
    let mut next = say(&server, STORED - LOADED + 1, LOADED);
    window.step();
    measure("nothing new", &mut window, |_, _| {});
    measure("the mouse over the log", &mut window, |window, frame| {
        window.event(Event::PointerMoved(pos2(500.0, 300.0 + frame as f32 % 300.0)));
    });
    measure("scrolling", &mut window, |window, frame| {
        window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, if frame < FRAMES / 2 { 90.0 } else { -90.0 }),
            phase: TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
    });
    measure("typing Persian", &mut window, |window, _| window.event(Event::Text("س".into())));
    measure("17 new messages (1,000 a second)", &mut window, |_, _| next = say(&server, next, 17));
}

/// Runs frames, of which each is prepared by `before`, and prints how long they took.
fn measure(what: &str, window: &mut Harness<'_, App>, mut before: impl FnMut(&mut Harness<'_, App>, usize)) {
    let mut times: Vec<Duration> = (0..FRAMES)
        .map(|frame| {
            before(window, frame);
            let began = Instant::now();
            window.step();
            let output = window.output();
            let shapes = window.ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
            assert!(!shapes.is_empty(), "something is drawn");
            began.elapsed()
        })
        .collect();
    times.sort();
    let at = |share: f64| ms(times[((times.len() - 1) as f64 * share) as usize]);
    println!("{what:<34} {:>8.2} ms in the middle, {:>8.2} ms at 95 %, {:>8.2} ms at most", at(0.5), at(0.95), at(1.0));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn enter(server: &Offline) {
    server.connected();
    server.says(
        br#"{"welcome":{"version":1,"server":"parlor/test","nick":"ada","token":"0123456789abcdef0123456789abcdef","resumed":false,"limits":{"nick_bytes":64,"room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64},"features":[]}}
"#,
    );
    let before = STORED - LOADED;
    let room =
        format!(r#"{{"room":"lobby","log":"00000000000000aa","first_id":1,"last_id":{before},"topic":"","count":2"#);
    server.says(format!("{{\"room\":{room},\"members\":[\"ada\",\"bea\"]}}}}\n").as_bytes());
    // What came last before is asked for at once; the rest only as one scrolls up to it.
    let asked = String::from_utf8(server.sent()).expect("the client sends UTF-8");
    let reference = asked.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next());
    let reference = reference.expect("what was said last is asked for");
    let page = format!(
        r#"{{"page":{{"room":"lobby","messages":[{}],"has_more":true,"ref":"{reference}"}}}}"#,
        message(before)
    );
    server.says(format!("{page}\n").as_bytes());
}

fn message(id: usize) -> String {
    let (from, text, at) = (["bea", "علی", "carlo"][id / 2 % 3], TEXTS[id % 4], 1_763_804_800_000 + id * 1_000);
    format!(r#"{{"room":"lobby","id":{id},"from":"{from}","at":{at},"text":"{text} {id}"}}"#)
}

/// Lets messages come, from `first` on; which would be the next.
fn say(server: &Offline, first: usize, count: usize) -> usize {
    let frames = (first..first + count).map(|id| format!("{{\"message\":{}}}\n", message(id)));
    server.says(frames.collect::<String>().as_bytes());
    first + count
}
