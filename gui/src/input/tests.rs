//! Typing, as a person does it.

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Id, ImeEvent, Key, Margin, Modifiers, OutputCommand, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::{Face, Input};
use crate::text::hostile;

const FACE: Face<'static> =
    Face { id: Id::NULL, name: "Message", hint: "Write here.", size: 15.0, margin: Margin::same(8), wrong: false };

/// A window with a field in it, which has the focus.
struct Desk {
    window: Harness<'static, (Input, usize)>,
}

impl Desk {
    fn new(input: Input, width: f32) -> Self {
        let id = Id::unique("field under test");
        let window = Harness::builder().with_size(vec2(width + 16.0, 240.0)).with_max_steps(20).build_ui_state(
            move |ui, (input, changes): &mut (Input, usize)| {
                *changes += usize::from(input.show(ui, Face { id, ..FACE }).changed());
                ui.memory_mut(|memory| memory.request_focus(id));
            },
            (input, 0),
        );
        let mut desk = Self { window };
        desk.window.run();
        desk
    }

    fn with(text: &str) -> Self {
        let mut input = Input::lines(120.0, 1_000);
        input.set_text(text);
        Self::new(input, 400.0)
    }

    fn event(&mut self, event: Event) -> &mut Self {
        self.window.event(event);
        self.window.run();
        self
    }

    fn types(&mut self, text: &str) -> &mut Self {
        self.event(Event::Text(text.into()))
    }

    fn press(&mut self, modifiers: Modifiers, key: Key, times: usize) -> &mut Self {
        for _ in 0..times {
            self.window.key_press_modifiers(modifiers, key);
            self.window.run();
        }
        self
    }

    fn text(&self) -> &str {
        self.window.state().0.text()
    }

    fn caret(&self) -> Rect {
        self.window.state().0.caret_rect().expect("a caret is drawn")
    }

    fn copied(&mut self, event: Event) -> Option<String> {
        self.window.event(event);
        self.window.step();
        self.window.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }

    fn clicks(&mut self, at: Pos2, times: usize) {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        let press = |pressed| Event::PointerButton { pos: at, button, pressed, modifiers };
        for _ in 0..times {
            self.window.input_mut().events.extend([Event::PointerMoved(at), press(true), press(false)]);
            self.window.step();
        }
        // So long that the next clicks are counted anew.
        (0..4).for_each(|_| self.window.step());
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.window.drag_at(from);
        self.window.run();
        self.window.hover_at(to);
        self.window.run();
        self.window.drop_at(to);
        self.window.run();
    }
}

#[test]
fn the_caret_goes_where_the_arrow_points_in_persian_too() {
    let mut desk = Desk::with("عدد 123 مرحبا");
    let end = desk.caret().left();
    desk.press(Modifiers::NONE, Key::Home, 1);
    let start = desk.caret().left();
    assert!(start > end + 50.0, "the line begins at the right: {start}, {end}");
    let mut before = start;
    for _ in 0..3 {
        desk.press(Modifiers::NONE, Key::ArrowLeft, 1);
        let now = desk.caret().left();
        assert!(now < before, "from {before} to {now}");
        before = now;
    }
    desk.types("y");
    assert_eq!(desk.text(), "عددy 123 مرحبا");
}

#[test]
fn an_arrow_passes_everything_on_its_way_once_and_comes_back() {
    for text in ["سلام Ali، 42 تا", "hello سلام 123 دنیا!", "a\tb", "🇮🇷 سلام 👨‍👩‍👧 x", "می‌خواهم ﷽ z"]
    {
        let mut desk = Desk::with(text);
        desk.press(Modifiers::NONE, Key::ArrowRight, 60);
        let right = desk.caret().left();
        let mut before = right;
        let mut steps = 0;
        loop {
            let now = desk.press(Modifiers::NONE, Key::ArrowLeft, 1).caret().left();
            if now == before {
                break;
            }
            assert!(now < before + 0.5, "{text}: the caret jumped from {before} to {now}");
            (before, steps) = (now, steps + 1);
        }
        assert!(steps > 2 && right - before > 10.0, "{text}: {steps} steps from {right} to {before}");
        assert_eq!(desk.press(Modifiers::NONE, Key::ArrowRight, steps + 5).caret().left(), right, "{text}");
    }
}

#[test]
fn words_are_passed_selected_and_taken_away() {
    let mut desk = Desk::with("سلام دنیای بزرگ");
    desk.press(Modifiers::COMMAND, Key::Backspace, 1);
    assert_eq!(desk.text(), "سلام دنیای ");
    desk.press(Modifiers::NONE, Key::Home, 1);
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowLeft, 1);
    assert_eq!(desk.copied(Event::Copy).map(|text| text.trim().to_owned()).as_deref(), Some("سلام"));
    desk.press(Modifiers::NONE, Key::Delete, 1);
    assert_eq!(desk.text().trim(), "دنیای");
}

#[test]
fn what_is_selected_is_copied_cut_and_pasted_as_it_was_written() {
    let mixed = "علی گفت: Hello World (نسخهٔ 2.0) را ببین!";
    let mut desk = Desk::with(mixed);
    desk.press(Modifiers::COMMAND, Key::A, 1);
    assert_eq!(desk.copied(Event::Copy).as_deref(), Some(mixed));
    assert_eq!(desk.copied(Event::Cut).as_deref(), Some(mixed));
    desk.window.run();
    assert_eq!(desk.text(), "");
    desk.event(Event::Paste(format!("{mixed}\r\nline two\n")));
    assert_eq!(desk.text(), format!("{mixed}\nline two\n"));
}

#[test]
fn changes_are_undone_and_done_again() {
    let mut desk = Desk::with("");
    for c in ["س", "ل", "ا", "م"] {
        desk.types(c);
    }
    desk.event(Event::Paste(" دنیا".into()));
    desk.press(Modifiers::COMMAND, Key::Z, 1);
    assert_eq!(desk.text(), "سلام");
    desk.press(Modifiers::COMMAND, Key::Z, 1);
    assert_eq!(desk.text(), "");
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z, 1);
    desk.press(Modifiers::COMMAND, Key::Y, 1);
    assert_eq!(desk.text(), "سلام دنیا");
}

#[test]
fn an_input_method_shows_what_it_composes_and_gives_it_in_the_end() {
    let mut desk = Desk::with("سلام ");
    let preedit = |text: &str| Event::Ime(ImeEvent::Preedit { text: text.into(), active_range_chars: None });
    desk.event(preedit("に")).event(preedit("にほ"));
    assert_eq!(desk.text(), "سلام ", "it is not typed yet");
    let ime = desk.window.output().platform_output.ime.expect("the system is told where it is typed");
    assert_eq!(ime.cursor_rect, desk.caret());
    desk.event(Event::Ime(ImeEvent::Commit("日本".into())));
    assert_eq!(desk.text(), "سلام 日本");
    desk.event(preedit("かな")).event(preedit(""));
    assert_eq!(desk.text(), "سلام 日本", "what is given up leaves nothing");
    desk.event(Event::Ime(ImeEvent::DeleteSurrounding { before_chars: 1, after_chars: 0 }));
    assert_eq!(desk.text(), "سلام 日");
    desk.press(Modifiers::COMMAND, Key::Z, 2);
    assert_eq!(desk.text(), "سلام ");
}

#[test]
fn the_mouse_puts_the_caret_and_selects() {
    let mut desk = Desk::with("hello سلام دنیا");
    let field = desk.window.get_by_role(Role::MultilineTextInput).rect();
    let left = pos2(field.left() + 9.0, field.center().y);
    desk.window.hover_at(left);
    desk.drag(left, left + vec2(2_000.0, 0.0));
    let copied = desk.copied(Event::Copy).unwrap_or_default();
    assert!(copied.starts_with("hello "), "{copied}");
    desk.drag(left, left);
    desk.types("x");
    assert_eq!(desk.text(), "xhello سلام دنیا");
    desk.window.hover_at(left);
    desk.event(Event::MiddleClickPaste { pos: left, text: "pasted ".into() });
    assert_eq!(desk.text(), "pasted xhello سلام دنیا");
}

#[test]
fn a_tap_puts_the_caret_although_it_is_over_before_its_frame_is() {
    let mut desk = Desk::with("hello");
    let field = desk.window.get_by_role(Role::MultilineTextInput).rect();
    desk.clicks(pos2(field.left() + 9.0, field.center().y), 1);
    desk.types("x");
    assert_eq!(desk.text(), "xhello");
}

#[test]
fn two_clicks_select_a_word_to_its_last_letter_and_three_all() {
    let mut desk = Desk::with("WWWW iiii");
    let field = desk.window.get_by_role(Role::MultilineTextInput).rect();
    let mut words = Vec::new();
    for x in (9..150).step_by(2) {
        let at = pos2(field.left() + x as f32, field.center().y);
        desk.clicks(at, 2);
        words.extend(desk.copied(Event::Copy));
        desk.clicks(field.right_center() - vec2(12.0, 0.0), 1);
    }
    let air = words.iter().filter(|word| *word == " ").count() * 2;
    assert!(words.iter().any(|word| word == "WWWW") && air < 8, "half a letter is the air: {words:?}");
    desk.clicks(pos2(field.left() + 20.0, field.center().y), 3);
    assert_eq!(desk.copied(Event::Copy).as_deref(), Some("WWWW iiii"));
}

#[test]
fn selecting_past_an_edge_goes_on_while_the_pointer_rests_there() {
    let mut desk = Desk::with(&(0..40).map(|line| format!("line {line}\n")).collect::<String>());
    let field = desk.window.get_by_role(Role::MultilineTextInput).rect();
    desk.window.hover_at(field.center());
    desk.window.drag_at(field.center());
    desk.window.step();
    desk.window.hover_at(field.left_top() - vec2(4.0, 30.0));
    desk.window.step();
    // Whoever asks for no frame gets none.
    let mut frames = 0;
    while desk.window.ctx.has_requested_repaint() && frames < 200 {
        desk.window.step();
        frames += 1;
    }
    assert!(frames < 200, "it asks for frames without end");
    let copied = desk.copied(Event::Copy).unwrap_or_default();
    assert!(copied.starts_with("line 0\n"), "{copied}");
}

#[test]
fn where_there_are_no_words_a_step_over_one_has_an_end() {
    for sign in ["-", "🇮🇷", " "] {
        let mut desk = Desk::new(Input::lines(120.0, 100_000), 400.0);
        desk.event(Event::Paste(sign.repeat(1_000)));
        desk.press(Modifiers::COMMAND, Key::ArrowLeft, 1).types("x");
        let (before, behind) = desk.text().split_once('x').expect("it is typed");
        let passed = behind.len() / sign.len();
        assert!((100..=300).contains(&passed), "{passed}");
        assert_eq!(before.len() + behind.len(), 1_000 * sign.len());
    }
}

#[test]
fn a_box_grows_with_its_lines_and_then_scrolls_to_the_caret() {
    let mut desk = Desk::with("");
    let height = |desk: &Desk| desk.window.get_by_role(Role::MultilineTextInput).rect().height();
    let one = height(&desk);
    desk.press(Modifiers::SHIFT, Key::Enter, 1).types("two");
    assert_eq!(desk.text(), "\ntwo");
    let two = height(&desk);
    assert!(two > one + 10.0, "{one} {two}");
    desk.event(Event::Paste("\nline".repeat(40)));
    assert!(height(&desk) <= 120.0);
    let field = desk.window.get_by_role(Role::MultilineTextInput).rect();
    assert!(field.contains_rect(desk.caret()), "{field:?} {:?}", desk.caret());
    desk.press(Modifiers::COMMAND, Key::Home, 1);
    assert!(field.contains_rect(desk.caret()), "{field:?} {:?}", desk.caret());
}

#[test]
fn a_line_takes_no_line_ends_and_no_more_than_it_holds() {
    let mut desk = Desk::new(Input::line(10), 120.0);
    desk.event(Event::Paste("one\ntwo\u{7}\nthree".into()));
    assert_eq!(desk.text(), "one two th");
    desk.press(Modifiers::SHIFT, Key::Enter, 1).types("more");
    assert_eq!(desk.text(), "one two th");
}

#[test]
fn a_long_text_is_scrolled_by_the_wheel_until_the_caret_moves() {
    let mut desk = Desk::with(&"line\n".repeat(40));
    let end = desk.caret();
    desk.event(Event::PointerMoved(pos2(100.0, 60.0)));
    let wheel = |delta| Event::MouseWheel {
        unit: eframe::egui::MouseWheelUnit::Point,
        delta: vec2(0.0, delta),
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    desk.event(wheel(200.0));
    assert!(desk.caret().top() > end.top() + 100.0, "the end is out of sight: {:?}", desk.caret());
    desk.event(wheel(10_000.0));
    desk.event(wheel(-10_000.0));
    assert_eq!(desk.caret(), end, "no further than to the end");
    desk.event(wheel(200.0)).types("x");
    assert!((desk.caret().top() - end.top()).abs() < 1.0, "what is typed is seen: {:?}", desk.caret());
}

#[test]
fn an_idle_field_asks_for_no_frame() {
    let mut desk = Desk::with("سلام");
    desk.window.step();
    let wait = desk.window.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert!(wait.is_some_and(|wait| wait.as_secs() > 3_600), "the next frame is asked for in {wait:?}");
}

#[test]
fn nothing_that_can_be_pasted_breaks_it() {
    for text in hostile::strings() {
        for width in [24.0, 300.0] {
            for input in [Input::lines(80.0, 4_000), Input::line(4_000)] {
                let mut desk = Desk::new(input, width);
                desk.event(Event::Paste(text.clone()));
                for key in [Key::ArrowLeft, Key::ArrowUp, Key::ArrowRight, Key::Home, Key::ArrowDown, Key::End] {
                    desk.press(Modifiers::NONE, key, 2).press(Modifiers::SHIFT | Modifiers::COMMAND, key, 1);
                }
                desk.types("م").press(Modifiers::NONE, Key::Backspace, 3).press(Modifiers::COMMAND, Key::Z, 2);
            }
        }
    }
}

#[test]
fn more_marks_than_can_be_drawn_are_left_out_and_keep_nobody_from_typing() {
    let heap = format!("a{}", "\u{301}".repeat(200));
    let mut desk = Desk::with(&format!("{heap} "));
    desk.types("سلام");
    assert_eq!(desk.text(), format!("{heap} سلام"));
    desk.press(Modifiers::COMMAND, Key::Z, 1);
    assert_eq!(desk.text(), format!("{heap} "));
    desk.event(Event::Paste(format!("{heap} and more")));
    let pasted = desk.text().strip_prefix(&format!("{heap} ")).expect("what was there stays");
    assert!(pasted.ends_with(" and more") && pasted.chars().count() < 50, "{pasted}");
    let mut desk = Desk::with(&heap);
    desk.types("\u{301}");
    assert_eq!(desk.text(), heap);
    let changes = desk.window.state().1;
    desk.press(Modifiers::COMMAND, Key::Z, 1);
    assert_eq!(desk.window.state().1, changes, "what was refused cannot be undone");
}
