//! A window without a display, and a server played by hand.
#![allow(dead_code, reason = "each test file needs another part")]

use std::fmt::Write;

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Event, Key, Modifiers, MouseWheelUnit, OutputCommand, Pos2, RawInput, Vec2, ViewportCommand, ViewportEvent,
    ViewportId, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use gui::{App, Bell, Form};
use parlor_core::client::{Entry, Profile};
use parlor_core::wire::Dialect;
use parlor_face::kept::{Connect, Kept};
use parlor_transport_tcp::session::{Offline, Session};
use parlor_transport_tcp::target::Target;

/// A window with a session whose server is the test.
pub(crate) struct Desk {
    pub(crate) window: Harness<'static, App>,
    pub(crate) server: Offline,
    pub(crate) session: Session,
    next_id: u64,
}

pub(crate) fn profile(dialect: Dialect, nick: &str) -> Profile {
    Profile::new(dialect, &format!("{}://127.0.0.1:7", dialect.scheme()), nick, "test/1")
}

/// A window on `app`, as large as asked for.
pub(crate) fn window(size: Vec2, app: impl FnOnce(&eframe::egui::Context) -> App) -> Harness<'static, App> {
    // Which fonts the machine has must not matter here.
    Harness::builder().with_size(size).allow_missing_glyphs().with_max_steps(30).build_eframe(|cc| app(&cc.egui_ctx))
}

impl Desk {
    /// Dialling a native server as ada; nothing is connected yet.
    pub(crate) fn dialling() -> Self {
        Self::sized(vec2(900.0, 600.0))
    }

    pub(crate) fn sized(size: Vec2) -> Self {
        let (session, server) = Session::offline(profile(Dialect::Native, "ada"));
        let shown = session.clone();
        let window = window(size, move |ctx| {
            let target = Target::new(Dialect::Native, "127.0.0.1", 7);
            let form = Form::new(&target, "ada");
            let mut app = App::asking(ctx, form, None, Box::new(move |_, _, _, _| shown.clone()));
            app.connect(ctx, &target, "ada");
            app
        });
        Self { window, server, session, next_id: 1 }
    }

    /// In the lobby with bea and علی, and in the garden.
    pub(crate) fn online() -> Self {
        let mut desk = Self::dialling();
        desk.welcome();
        desk
    }

    /// Lets the client in.
    pub(crate) fn welcome(&mut self) {
        self.server.connected();
        self.says(&welcome("ada"));
        self.says(&room("lobby", "Everything and nothing", &["ada", "bea", "علی"]));
        self.says(&room("garden", "", &["ada", "carlo"]));
        self.server.sent();
        self.window.run();
    }

    /// The server says these frames.
    pub(crate) fn says(&mut self, frames: &str) {
        self.server.says(frames.as_bytes());
        self.server.says(b"\n");
    }

    /// Somebody says something; returns its line.
    pub(crate) fn said(&mut self, room: &str, from: &str, text: &str) -> String {
        let id = self.next_id;
        self.next_id += 1;
        let (text_json, at) = (json(text), 1_763_804_800_000 + id * 1_000);
        self.says(&format!(
            r#"{{"message":{{"room":{},"id":{id},"from":{},"at":{at},"text":{text_json}}}}}"#,
            json(room),
            json(from)
        ));
        format!("{from}: {text}")
    }

    /// What the client sent since last asked, as text.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8(self.server.sent()).expect("the client sends UTF-8")
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        self.window.event(Event::Text(text.into()));
        self.window.run();
    }

    pub(crate) fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.window.run();
    }

    /// What stands in the message box.
    pub(crate) fn typed(&self) -> String {
        self.window.get_by_role_and_label(Role::MultilineTextInput, "Message").value().unwrap_or_default()
    }

    pub(crate) fn box_has_focus(&self) -> bool {
        self.window.get_by_role_and_label(Role::MultilineTextInput, "Message").is_focused()
    }

    /// Whether a row of the log is drawn.
    pub(crate) fn sees(&self, line: &str) -> bool {
        self.window.query_by_role_and_label(Role::ListItem, line).is_some()
    }

    /// The rows of the log from top to bottom, as they are drawn.
    pub(crate) fn lines(&self) -> Vec<String> {
        let log = self.window.get_by_role(Role::Log);
        let mut rows: Vec<_> = log
            .children_recursive()
            .filter(|node| node.accesskit_node().role() == Role::ListItem)
            .map(|node| (node.rect().top(), node.accesskit_node().label().unwrap_or_default()))
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.into_iter().map(|(_, line)| line).collect()
    }

    /// The lines of the shown room, as the machine has them.
    pub(crate) fn truth(&self) -> Vec<String> {
        let state = self.session.state();
        state.rooms[state.shown].timeline.iter().map(Entry::line).collect()
    }

    /// What is copied by Ctrl+C just now.
    pub(crate) fn copied(&mut self) -> Option<String> {
        self.window.event(Event::Copy);
        self.window.step();
        let commands = &self.window.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// Selects with the mouse from the beginning of one row to the end of another.
    pub(crate) fn select(&mut self, from: &str, to: &str) {
        let row = |line: &str| self.window.get_by_role_and_label(Role::ListItem, line).rect();
        let (from, to) = (row(from), row(to));
        self.drag(pos2(from.left() + 66.0, from.bottom() - 6.0), pos2(to.right() - 4.0, to.bottom() - 4.0));
    }

    /// Presses the button of the mouse at one place and lets it go at another.
    pub(crate) fn drag(&mut self, from: Pos2, to: Pos2) {
        self.window.hover_at(from);
        self.window.drag_at(from);
        self.window.step();
        self.window.hover_at(to);
        self.window.step();
        self.window.drop_at(to);
        self.window.run();
    }

    /// Turns the wheel over the log.
    pub(crate) fn wheel(&mut self, up: f32) {
        let at = self.window.get_by_role(Role::Log).rect().center();
        self.window.event(Event::PointerMoved(pos2(at.x, at.y)));
        self.window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, up),
            phase: eframe::egui::TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        self.window.run();
    }
}

pub(crate) fn welcome(nick: &str) -> String {
    format!(
        r#"{{"welcome":{{"version":1,"server":"parlor/test","nick":{},"token":"0123456789abcdef0123456789abcdef","resumed":false,"limits":{{"nick_bytes":64,"room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64}},"features":[]}}}}"#,
        json(nick)
    )
}

pub(crate) fn room(name: &str, topic: &str, members: &[&str]) -> String {
    let members: Vec<String> = members.iter().map(|nick| json(nick)).collect();
    format!(
        r#"{{"room":{{"room":{},"log":"00000000000000aa","first_id":1,"last_id":0,"topic":{},"count":{},"members":[{}]}}}}"#,
        json(name),
        json(topic),
        members.len(),
        members.join(",")
    )
}

/// A JSON string.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => write!(out, "\\u{:04x}", u32::from(c)).expect("a string takes everything"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A message as it stands in a page.
pub(crate) fn said(room: &str, id: u64, from: &str, text: &str) -> String {
    let (room, from, text, at) = (json(room), json(from), json(text), 1_763_700_000_000 + id * 1_000);
    format!(r#"{{"room":{room},"id":{id},"from":{from},"at":{at},"text":{text}}}"#)
}

/// The frame of a page: the answer to the last request among `sent`.
pub(crate) fn page(sent: &str, messages: &[String], rest: &str) -> String {
    let reference = sent.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next()).unwrap_or_default();
    format!(r#"{{"page":{{"messages":[{}],{rest},"ref":"{reference}"}}}}"#, messages.join(","))
}

/// In the lobby, of whose log `held` are shown and earlier ones kept.
pub(crate) fn with_history(first_id: u64, held: std::ops::RangeInclusive<u64>) -> Desk {
    let mut desk = Desk::dialling();
    desk.server.connected();
    desk.says(&welcome("ada"));
    desk.says(&format!(
        r#"{{"room":{{"room":"lobby","log":"00000000000000aa","first_id":{first_id},"last_id":{},"topic":"","count":1,"members":["ada"]}}}}"#,
        held.end()
    ));
    let messages: Vec<String> = held.clone().map(|id| said("lobby", id, "bea", &text(id))).collect();
    let answer = page(&desk.sent(), &messages, &format!(r#""room":"lobby","has_more":{}"#, *held.start() > first_id));
    desk.says(&answer);
    desk.window.run();
    desk
}

/// Texts of unequal height, by the same few people.
pub(crate) fn text(id: u64) -> String {
    format!("number {id} {}", "words that wrap at some width ".repeat((id * 7 % 11) as usize))
}

/// The page before what is held.
pub(crate) fn older(desk: &mut Desk, ids: std::ops::RangeInclusive<u64>, has_more: bool) {
    let sent = desk.sent();
    assert!(sent.contains(r#""history""#), "{sent}");
    let messages: Vec<String> = ids.map(|id| said("lobby", id, "bea", &text(id))).collect();
    let answer = page(&sent, &messages, &format!(r#""room":"lobby","has_more":{has_more}"#));
    desk.says(&answer);
    desk.window.run();
}

/// Where the text of each row begins and ends on the screen. Its upper edge may be another's with another row above.
pub(crate) fn places(desk: &Desk) -> Vec<(String, f32)> {
    let log = desk.window.get_by_role(Role::Log);
    let rows = log.children_recursive().filter(|node| node.accesskit_node().role() == Role::ListItem);
    rows.map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect().bottom())).collect()
}

/// That what is seen now stands where it stood.
#[track_caller]
pub(crate) fn assert_unmoved(before: &[(String, f32)], after: &[(String, f32)]) {
    let same: Vec<_> = before.iter().filter(|(line, _)| after.iter().any(|(other, _)| other == line)).collect();
    assert!(same.len() > 3, "too little stayed in sight: {before:?} {after:?}");
    for (line, bottom) in same {
        let now = after.iter().find(|(other, _)| other == line).map_or(f32::NAN, |(_, bottom)| *bottom);
        assert!((now - bottom).abs() < 0.5, "{line} stood at {bottom} and stands at {now}");
    }
}

/// A dialog that keeps what it learns.
pub(crate) fn dialog() -> (tempfile::TempDir, Kept, Harness<'static, App>) {
    let home = tempfile::tempdir().expect("there is room for a directory");
    let kept = Kept::at(home.path().join("config"), home.path().join("state"));
    let theirs = kept.clone();
    let window = window(vec2(900.0, 700.0), move |ctx| {
        let connect = Connect { nick: "ada".into(), ..Connect::default() };
        let dial =
            Box::new(move |target: &Target, nick: &str, _, _: &Bell| Session::offline(profile(target.dialect, nick)).0);
        App::asking(ctx, Form::kept(&connect), Some(theirs), dial)
    });
    (home, kept, window)
}

/// Clicks what is called so.
pub(crate) fn click(window: &mut Harness<'static, App>, label: &str) {
    window.get_by_label(label).click();
    window.run();
}

/// The window is hidden, so that only the program's logic runs; what that wants of the window.
pub(crate) fn hidden(window: &mut Harness<'static, App>, event: Option<ViewportEvent>) -> Vec<ViewportCommand> {
    let ctx = window.ctx.clone();
    let mut input = RawInput { focused: false, ..RawInput::default() };
    let root = input.viewports.entry(ViewportId::ROOT).or_default();
    root.minimized = Some(true);
    root.events.extend(event);
    let app = window.state_mut();
    let told = ctx.run_logic(&input, |ctx| eframe::App::logic(app, ctx, &mut eframe::Frame::_new_kittest()));
    told.viewport_commands.into_values().flatten().collect()
}

/// The person closes the window; whether it stays for now.
pub(crate) fn close(window: &mut Harness<'static, App>) -> bool {
    let root = window.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    root.events.push(ViewportEvent::Close);
    window.step();
    let commands = window.output().viewport_output[&ViewportId::ROOT].commands.clone();
    let root = window.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    root.events.clear();
    commands.contains(&ViewportCommand::CancelClose)
}
