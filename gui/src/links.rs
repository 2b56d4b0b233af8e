//! Links in messages: how they are drawn, where they lead, and how they are opened.

use std::ops::Range;

use eframe::egui::{CursorIcon, Frame, Id, Margin, Modal, OpenUrl, Pos2, Role, Sense, Stroke, Ui, WidgetInfo};
use parlor_core::client::{Hyperlink, Span, SpanKind, found};
use parlor_face::open::may_be_opened;

use crate::chosen::tongue;
use crate::text::{Button, Laid, Look, Paint, Tip, caption};
use crate::theme::{Palette, TEXT};
use crate::words::Words;

/// Longest part of an address that a tooltip shows, in characters.
const SHOWN_MAX: usize = 300;

/// How the links and names in a message are painted. `before` bytes stand before its own text in its row.
pub(crate) fn paints(palette: &Palette, spans: &[Span], before: usize) -> Vec<(Range<usize>, Paint)> {
    let spans = spans.iter();
    let paint = |kind: SpanKind| match kind {
        SpanKind::Link => Paint { color: Some(palette.link), underline: true, background: None },
        SpanKind::Mention => Paint { color: Some(palette.named), underline: false, background: None },
    };
    spans.map(|span| (span.range.start + before..span.range.end + before, paint(span.kind))).collect()
}

/// How the words that were looked for are painted in a text that `before` bytes stand before.
pub(crate) fn paints_found(palette: &Palette, text: &str, query: &str, before: usize) -> Vec<(Range<usize>, Paint)> {
    let paint = Paint { color: None, underline: false, background: Some(palette.found) };
    found(text, query).into_iter().map(|range| (range.start + before..range.end + before, paint)).collect()
}

/// The links in a message, by bytes of its row.
pub(crate) fn ranges(spans: &[Span], before: usize) -> Vec<Range<usize>> {
    let links = spans.iter().filter(|span| span.kind == SpanKind::Link);
    links.map(|span| span.range.start + before..span.range.end + before).collect()
}

/// Where a link in what is said leads, if it may be opened.
pub(crate) fn to(said: &str, range: &Range<usize>) -> Option<Hyperlink> {
    said.get(range.clone()).and_then(Hyperlink::of).filter(|link| may_be_opened(link.url()))
}

/// Lets the links of the row with this id, whose text `said` is drawn at `at`, be pointed at and clicked; the one that
/// was.
pub(crate) fn show(ui: &Ui, row: Id, said: &str, links: &[Range<usize>], body: &Laid, at: Pos2) -> Option<Hyperlink> {
    let mut clicked = None;
    for range in links {
        let Some(link) = to(said, range) else { continue };
        for (part, rect) in body.rects(range.clone()).into_iter().enumerate() {
            let rect = rect.translate(at.to_vec2());
            let id = row.with(("link", range.start, part));
            if !ui.is_rect_visible(rect) && !ui.memory(|memory| memory.has_focus(id)) {
                continue;
            }
            let response = ui.interact(rect, id, Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Link, true, link.url()));
            if response.has_focus() {
                let stroke = Stroke::new(1.0, Palette::of(ui).link);
                ui.painter().rect_stroke(rect, 3.0, stroke, eframe::egui::StrokeKind::Outside);
            }
            if response.clicked() {
                clicked = Some(link.clone());
            }
            response.on_hover_cursor(CursorIcon::PointingHand).tip(&address(ui, &link));
        }
    }
    clicked
}

/// Where a link really leads.
fn address(ui: &Ui, link: &Hyperlink) -> String {
    let url: String = link.url().chars().take(SHOWN_MAX).collect();
    match link.is_suspicious() {
        true => format!("{url}\n{}", tongue(ui).link_leads_elsewhere(link.host())),
        false => url,
    }
}

/// Opens links, and asks first where one may not lead to where it seems to.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    asked: Option<Hyperlink>,
}

impl Opening {
    /// Whether the question covers the window.
    pub(crate) fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// A link was clicked.
    pub(crate) fn open(&mut self, ui: &Ui, link: Hyperlink) {
        if link.is_suspicious() {
            self.asked = Some(link);
            ui.request_repaint();
        } else if may_be_opened(link.url()) {
            ui.ctx().open_url(OpenUrl::new_tab(link.url()));
        }
    }

    /// Draws the question over everything else, while it stands.
    pub(crate) fn show(&mut self, ui: &Ui) {
        let Some(link) = &self.asked else { return };
        let (palette, words) = (Palette::of(ui), tongue(ui));
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("link")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_max_width(360.0);
            caption(ui, &words.link_leads_elsewhere(link.host()), Look::new(TEXT, palette.text));
            ui.add_space(10.0);
            ui.horizontal(|ui| {
                let no = ui.add(Button::new(&words.open_no_link()).size(TEXT).main(ui)).clicked();
                (no, ui.add(Button::new(&words.open_link()).size(TEXT)).clicked())
            })
            .inner
        });
        let (no, yes) = modal.inner;
        if yes && may_be_opened(link.url()) {
            ui.ctx().open_url(OpenUrl::new_tab(link.url()));
        }
        if yes || no || modal.should_close() {
            self.asked = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_were_looked_for_are_marked_where_they_stand_in_the_row() {
        let palette = Palette::dark();
        let text = "علی و bea و كتاب‌ها";
        let marked: Vec<_> = paints_found(palette, text, "کتاب", 2).into_iter().collect();
        let [(range, paint)] = marked.as_slice() else { panic!("{marked:?}") };
        assert!(text[range.start - 2..range.end - 2].starts_with("كتاب"), "{range:?}");
        assert_eq!(paint.background, Some(palette.found));
        assert!(paints_found(palette, text, "nothing", 0).is_empty());
    }
}
