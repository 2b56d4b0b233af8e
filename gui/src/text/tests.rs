//! What is laid out is in order, within its width, and can be pointed at.

use eframe::egui::{Color32, Event, Id, Pos2, Rect, Sense, Shape, Ui, Vec2, pos2, vec2};
use egui_kittest::Harness;

use parley::layout::Cluster;
use parlor_core::words::Language;
use parlor_face::settings::{LanguageChoice, Settings};

use super::{Laid, Look, Spot, hostile, lay};
use crate::chosen::Chosen;

const LOOK: Look =
    Look { size: 15.0, color: Color32::WHITE, italics: false, lines_max: None, signs: false, own: false };

/// The byte of a text whose letter lies at `way` from its upper left corner, if one does.
fn byte_at(laid: &Laid, way: Vec2) -> Option<usize> {
    let shaped = &laid.shaped;
    let at = way * shaped.scale();
    let inside = at.y >= 0.0 && at.y < shaped.height() * shaped.scale();
    let (cluster, _) = Cluster::from_point_exact(shaped.layout(), at.x, at.y).filter(|_| inside)?;
    Some(shaped.source(cluster.text_range().start))
}

/// Runs `look` in a window.
fn with_ui<T: Default + 'static>(look: impl Fn(&mut Ui) -> T + 'static) -> T {
    let mut window = Harness::builder()
        .with_size(vec2(600.0, 400.0))
        .build_ui_state(move |ui, seen: &mut T| *seen = look(ui), T::default());
    window.run();
    std::mem::take(window.state_mut())
}

/// The letters of the lines of a text from left to right, as they are drawn.
fn drawn(ui: &Ui, text: &str, width: f32) -> Vec<String> {
    let laid = lay(ui, text, LOOK, width);
    let (layout, all) = (laid.shaped.layout(), laid.shaped.text());
    let line = |line: parley::layout::Line<'_, ()>| {
        let runs = line.runs().map(|run| {
            let clusters = run.visual_clusters().map(|cluster| all[cluster.text_range()].to_owned());
            clusters.collect::<String>()
        });
        runs.collect::<String>().trim_matches(['\u{200E}', '\u{200F}', '\n', ' ']).to_owned()
    };
    layout.lines().map(line).collect()
}

#[test]
fn words_stand_in_the_order_in_which_they_are_read() {
    let lines = with_ui(|ui| {
        ["سلام Ali به 42 نفر", "Ali says سلام دنیا now", "🇮🇷 سلام", "https://a.example سلام دنیا", "123 سلام"]
            .map(|text| drawn(ui, text, 500.0).concat())
            .to_vec()
    });
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    assert_eq!(lines[0], format!("{} 42 {} Ali {}", reversed("نفر"), reversed("به"), reversed("سلام")));
    assert_eq!(lines[1], format!("Ali says {} now", reversed("سلام دنیا")));
    assert_eq!(lines[2], format!("{} 🇮🇷", reversed("سلام")));
    assert_eq!(lines[3], format!("{} https://a.example", reversed("سلام دنیا")));
    assert_eq!(lines[4], format!("{} 123", reversed("سلام")));
}

#[test]
fn paragraphs_begin_at_the_side_of_their_direction() {
    let sides = with_ui(|ui| {
        ["سلام دنیا", "hello", "😀 سلام", "۱۲۳", "سلام https://example.org", "hello سلام"]
            .map(|text| {
                let laid = lay(ui, text, LOOK, 400.0);
                (laid.is_rtl(), laid.last_line())
            })
            .to_vec()
    });
    for (index, (rtl, line)) in sides.into_iter().enumerate() {
        assert_eq!(rtl, [true, false, true, false, true, false][index], "{index}");
        let edge = if rtl { 400.0 - line.right() } else { line.left() };
        assert!(edge.abs() < 1.5, "{index}: {line:?}");
    }
}

#[test]
fn sentences_of_the_program_run_as_its_language_does_whatever_name_they_begin_with() {
    let persian = |ui: &Ui| {
        if Chosen::of(ui.ctx()).language != Language::Persian {
            let language = LanguageChoice::Is(Language::Persian);
            Chosen::set(ui.ctx(), Settings { language, ..Settings::default() });
        }
    };
    let sides = with_ui(move |ui| {
        persian(ui);
        ["ada می‌نویسد …", "ada آمد", "No route to host"]
            .map(|text| [LOOK.own(), LOOK].map(|look| lay(ui, text, look, 400.0).is_rtl()))
            .to_vec()
    });
    assert_eq!(sides, [[true, false]; 3]);
    let first = with_ui(move |ui| {
        persian(ui);
        let laid = lay(ui, "ada آمد", LOOK.own(), 400.0);
        [laid.rects(0..3), laid.rects(4..7)].concat()
    });
    assert!(first[0].left() > first[1].right(), "the name comes first, at the right: {first:?}");
    assert!((first[0].right() - 400.0).abs() < 1.5, "{first:?}");
    let english =
        with_ui(|ui| ["علی is typing …", "علی"].map(|text| lay(ui, text, LOOK.own(), 400.0).is_rtl()).to_vec());
    assert_eq!(english, [false, false]);
}

#[test]
fn long_text_is_broken_within_its_width_and_cut_with_an_ellipsis() {
    let text = "این یک پیام بلند فارسی است که باید در چند سطر شکسته شود، حتی با English words و عدد 42 در میان آن. ";
    let bad = with_ui(move |ui| {
        let mut bad = Vec::new();
        for width in [40.0, 90.0, 200.0] {
            for (text, most) in [(text, 1), (text, 2), ("W".repeat(300).as_str(), 1), ("کتاب‌ها".repeat(40).as_str(), 3)]
            {
                let cut = lay(ui, text, LOOK.lines(most), width);
                let lines = cut.shaped.layout().len();
                if !cut.is_cut() || lines > most || cut.size().x > width + 1.0 || !cut.text().ends_with('…') {
                    bad.push(format!("{most} lines of {width}: {lines} of {:?}, {:?}", cut.size(), cut.text()));
                }
                let whole = lay(ui, text, LOOK, width);
                if whole.is_cut() || whole.size().x > width + 1.0 || whole.shaped.layout().len() <= lines {
                    bad.push(format!("{width}: {:?}", whole.size()));
                }
            }
            let short = lay(ui, "سلام", LOOK.one_line(), width);
            if short.is_cut() || short.size().x > 39.0 {
                bad.push(format!("a short word in {width}: {:?}", short.size()));
            }
        }
        bad
    });
    assert_eq!(bad, Vec::<String>::new());
}

#[test]
fn a_point_leads_back_to_the_byte_that_is_drawn_there() {
    let text = "علی گفت: Hello (نسخهٔ 2.0) را در https://example.org ببین!\tسلام";
    let wrong = with_ui(move |ui| {
        let laid = lay(ui, text, LOOK, 240.0);
        let starts: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_alphanumeric()).map(|(at, _)| at).collect();
        let rect = |at: usize| {
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
            laid.rects(at..end).first().copied().unwrap_or(Rect::NOTHING)
        };
        let found = |at: usize| byte_at(&laid, rect(at).center().to_vec2());
        starts.into_iter().filter(|at| rect(*at).width() > 1.0 && found(*at) != Some(*at)).collect::<Vec<_>>()
    });
    assert_eq!(wrong, Vec::<usize>::new());
    let outside = with_ui(|ui| {
        let laid = lay(ui, "short", LOOK, 240.0);
        [vec2(200.0, 5.0), vec2(5.0, 60.0), vec2(-3.0, 5.0)].map(|at| byte_at(&laid, at)).to_vec()
    });
    assert_eq!(outside, [None, None, None], "a link beside which one clicks is not opened");
}

#[test]
fn nothing_that_can_be_sent_breaks_what_is_drawn() {
    with_ui(|ui| {
        for text in hostile::strings() {
            // Long ones take their time.
            for ems in (1_u8..=80).step_by(if text.len() > 100 { 13 } else { 1 }) {
                let width = f32::from(ems) * LOOK.size;
                for look in [LOOK, LOOK.one_line(), LOOK.lines(2).italics()] {
                    let laid = lay(ui, &text, look, width);
                    assert!(laid.size().x.is_finite() && laid.size().y >= LOOK.size, "{text:?}: {:?}", laid.size());
                    if ems % 13 == 1 {
                        laid.paint(ui, Pos2::ZERO);
                        byte_at(&laid, vec2(width * 0.5, 10.0));
                        laid.rects(0..text.len());
                    }
                }
            }
        }
    });
}

/// Three messages below one another, of which the mouse selects.
fn three(ui: &mut Ui) {
    const TEXTS: [&str; 3] = ["first line", "علی گفت: Hello (نسخهٔ 2.0)", "the last one"];
    let group = Id::unique("three");
    for (order, text) in (0_i64..).zip(TEXTS) {
        let laid = lay(ui, text, LOOK, 300.0);
        let top = 20.0 + 40.0 * order as f32;
        let rect = Rect::from_min_size(pos2(10.0, top), vec2(300.0, 40.0));
        let response = ui.interact(rect, Id::unique(("three", order)), Sense::click_and_drag());
        laid.paint_selectable(ui, rect.min, &response, rect.y_range(), Spot { group, key: Id::unique(order), order });
    }
    let texts = (0_i64..).zip(TEXTS.map(std::borrow::Cow::Borrowed));
    if let Some(pieces) = super::copied(ui, group, texts) {
        ui.copy_text(pieces.into_iter().map(|(_, piece)| piece).collect::<Vec<_>>().join("|"));
    }
}

fn copied(window: &mut Harness<'_>) -> Option<String> {
    window.event(Event::Copy);
    window.step();
    window.output().platform_output.commands.iter().find_map(|command| match command {
        eframe::egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

fn drag(window: &mut Harness<'_>, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.run();
    window.drag_at(from);
    window.run();
    window.hover_at(to);
    window.run();
    window.drop_at(to);
    window.run();
}

#[test]
fn what_is_selected_over_several_messages_is_copied_as_it_was_written() {
    let mut window = Harness::builder().with_size(vec2(400.0, 200.0)).build_ui(three);
    assert_eq!(copied(&mut window), None);
    // From the very beginning to the very end, and the other way.
    let (first, last) = (pos2(10.0, 30.0), pos2(305.0, 110.0));
    for (from, to) in [(first, last), (last, first)] {
        drag(&mut window, from, to);
        assert_eq!(copied(&mut window).as_deref(), Some("first line|علی گفت: Hello (نسخهٔ 2.0)|the last one"));
    }
    // From the right edge, where the Persian line begins, to the left one.
    drag(&mut window, pos2(309.0, 70.0), pos2(11.0, 70.0));
    assert_eq!(copied(&mut window).as_deref(), Some("علی گفت: Hello (نسخهٔ 2.0)"));
    // A click selects nothing.
    drag(&mut window, first, first);
    assert_eq!(copied(&mut window), None);
}

#[test]
fn a_mark_behind_a_name_keeps_it_before_what_is_said() {
    let lines = with_ui(|ui| {
        ["Replying to علی: سلام", "Replying to علی\u{200E}: سلام"].map(|text| drawn(ui, text, 500.0).concat()).to_vec()
    });
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    let strip = |line: &str| line.replace(['\u{200E}', '\u{200F}'], "");
    assert_eq!(strip(&lines[0]), format!("Replying to {} :{}", reversed("سلام"), reversed("علی")), "that is why");
    assert_eq!(strip(&lines[1]), format!("Replying to {}: {}", reversed("علی"), reversed("سلام")));
}

#[test]
fn letters_that_found_no_room_are_drawn_as_soon_as_there_is_some() {
    // Those that take much room for what they cost.
    let letters = "@WM%&#";
    let mut window = Harness::builder().with_size(vec2(600.0, 400.0)).build_ui_state(
        move |ui, frame: &mut u32| {
            *frame += 1;
            // More than there is room for in the first frame alone.
            let sizes = if *frame == 1 { 200..=244 } else { 244..=244 };
            for size in sizes {
                let look = Look { size: size as f32, ..LOOK }.one_line();
                lay(ui, letters, look, f32::INFINITY).paint(ui, Pos2::ZERO);
            }
        },
        0,
    );
    window.run();
    let quads = |window: &Harness<'_, u32>| -> usize {
        let shapes = &window.output().shapes;
        shapes.iter().map(|clipped| mesh_of(&clipped.shape)).sum::<usize>() / 4
    };
    assert_eq!(quads(&window), letters.len());
    assert!(!window.ctx.has_requested_repaint(), "all is drawn");
}

fn mesh_of(shape: &Shape) -> usize {
    match shape {
        Shape::Mesh(mesh) => mesh.vertices.len(),
        Shape::Vec(shapes) => shapes.iter().map(mesh_of).sum(),
        _ => 0,
    }
}
