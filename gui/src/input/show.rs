//! How a field is drawn and pointed at.

use std::sync::Arc;

use eframe::egui::output::{IMEOutput, OutputCommand};
use eframe::egui::{
    CursorIcon, Event, EventFilter, IMEPurpose, Id, Margin, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{Input, Seen, Shape};
use crate::chosen::mirrored;
use crate::text::{Laid, Look, Paint, clear_selection, has_selection, lay, letter_at, shape_free, shape_wrapped};
use crate::theme::Palette;

/// Width of the caret, in points.
const CARET: f32 = 1.5;

/// How a field looks and is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Face<'a> {
    /// For the focus.
    pub(crate) id: Id,
    /// What it is called by those who hear it.
    pub(crate) name: &'a str,
    /// What stands in it while it is empty.
    pub(crate) hint: &'a str,
    /// Height of its letters, in points.
    pub(crate) size: f32,
    /// Around what is typed.
    pub(crate) margin: Margin,
    /// It holds what does not do.
    pub(crate) wrong: bool,
}

impl Input {
    /// Draws it as wide as there is room, and takes what is typed while it has the focus. The response is changed if
    /// the text did.
    pub(crate) fn show(&mut self, ui: &mut Ui, face: Face<'_>) -> Response {
        let palette = Palette::of(ui);
        let margin = face.margin;
        let look = Look::new(face.size, palette.text);
        let width = (ui.available_width() - margin.sum().x).max(8.0);
        if std::mem::take(&mut self.interrupted) {
            // What it gives in the end was meant for another text.
            ui.memory_mut(|memory| memory.interrupt_ime());
        }
        if self.editor.is_composing() && !ui.memory(|memory| memory.has_focus(face.id)) {
            // It is over without the focus, and nothing else would say so.
            self.editor.compose("", 0);
        }
        self.lay_out(ui, look, width);
        let changed = ui.memory(|memory| memory.has_focus(face.id)) && self.take_events(ui, face.id, look, width);
        let content = self.height(look);
        let height = match self.shape {
            Shape::Line => look.line_height(),
            Shape::Box(most) => content.min(most - margin.sum().y),
        };
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height + margin.sum().y), Sense::hover());
        let mut response = ui.interact(rect, face.id, Sense::click_and_drag());
        let inner = rect - margin;
        let pasted = self.point(ui, &response, inner, look, width);
        if changed || pasted {
            response.mark_changed();
        }
        let before = self.scroll;
        self.scroll_to(ui, rect, inner, self.height(look));
        if response.dragged() && self.scroll != before {
            // Selecting past an edge goes on for as long as the pointer is held there, moved or not.
            ui.request_repaint();
        }
        self.paint(ui, &response, inner, face, look);
        self.tell(ui, &response, face);
        response
    }

    /// Makes the layout, if there is none of this very text and width.
    fn lay_out(&mut self, ui: &Ui, look: Look, width: f32) {
        let scale = ui.ctx().pixels_per_point();
        let free = self.shape == Shape::Line;
        let still = self
            .editor
            .shaped()
            .is_some_and(|shaped| shaped.is_for(look, (!free).then_some(width), scale, mirrored(ui)));
        if still {
            return;
        }
        let (text, _) = self.editor.drawn();
        let shaped = match free {
            true => shape_free(ui, &text, look),
            false => shape_wrapped(ui, &text, look, width),
        };
        self.editor.take_layout(Arc::new(shaped));
    }

    fn take_events(&mut self, ui: &Ui, id: Id, look: Look, width: f32) -> bool {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, tab: false, escape: false };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let events = ui.input(|input| input.filtered_events(&filter));
        let before = self.editor.selected();
        let mut changed = false;
        for event in &events {
            changed |= self.take(ui, event);
            self.lay_out(ui, look, width);
        }
        self.own_selection(ui, before);
        changed
    }

    /// There is one selection in the window: the newer one.
    fn own_selection(&mut self, ui: &Ui, before: std::ops::Range<usize>) {
        let now = self.editor.selected();
        if now.is_empty() {
            return;
        }
        if now != before {
            clear_selection(ui);
        } else if has_selection(ui) {
            self.editor.collapse();
        }
    }

    /// Follows the mouse; `true` if a click pasted something.
    fn point(&mut self, ui: &Ui, response: &Response, inner: Rect, look: Look, width: f32) -> bool {
        if response.hovered() {
            ui.set_cursor_icon(CursorIcon::Text);
        }
        let (pressed, shift, released) = ui
            .input(|input| (input.pointer.primary_pressed(), input.modifiers.shift, input.pointer.primary_released()));
        let pasted = ui.input(|input| {
            input.events.iter().find_map(|event| match event {
                Event::MiddleClickPaste { pos, text } if response.rect.contains(*pos) => Some((*pos, text.clone())),
                _ => None,
            })
        });
        let before = self.editor.selected();
        if let Some((at, text)) = pasted.filter(|_| response.contains_pointer()) {
            response.request_focus();
            self.move_to(ui, at, inner, false);
            let changed = self.type_in(&text, false);
            self.lay_out(ui, look, width);
            return changed;
        }
        let down = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
        // A tap is over before its frame is.
        if let Some(at) = response.interact_pointer_pos().filter(|_| down || response.clicked()) {
            if response.triple_clicked() {
                self.select_all();
            } else if response.double_clicked() {
                let way = self.way(ui, at, inner);
                let letter = self.editor.shaped().map(|shaped| shaped.source(letter_at(shaped.layout(), way.x, way.y)));
                self.editor.select_word(letter.unwrap_or_else(|| self.editor.focus()));
            } else if pressed {
                response.request_focus();
                self.move_to(ui, at, inner, shift);
            } else if response.dragged() {
                self.move_to(ui, at, inner, true);
            }
            self.lay_out(ui, look, width);
            self.own_selection(ui, before);
        }
        if let Some(text) = self.editor.selected_text().filter(|_| released && response.drag_stopped()) {
            // What is selected can be pasted with the middle button, where that is the custom.
            ui.output_mut(|output| output.commands.push(OutputCommand::TextSelectionSettled(text.to_owned())));
        }
        false
    }

    fn move_to(&mut self, ui: &Ui, at: Pos2, inner: Rect, select: bool) {
        let way = self.way(ui, at, inner);
        self.editor.go(|selection, layout| match select {
            true => selection.extend_to_point(layout, way.x, way.y),
            false => parley::Selection::from_point(layout, way.x, way.y),
        });
    }

    /// From the corner of the text to a point, in pixels.
    fn way(&self, ui: &Ui, at: Pos2, inner: Rect) -> eframe::egui::Vec2 {
        (at - self.corner(inner)) * ui.ctx().pixels_per_point()
    }

    /// Where the upper left corner of the text is drawn.
    fn corner(&self, inner: Rect) -> Pos2 {
        match self.shape {
            Shape::Box(_) => inner.min - vec2(0.0, self.scroll),
            Shape::Line => {
                let Some(shaped) = self.editor.shaped() else { return inner.min };
                let room = inner.width() - CARET - shaped.natural_width();
                let left = if shaped.is_rtl() { room.max(0.0) } else { 0.0 };
                inner.min + vec2(left - self.scroll, 0.0)
            }
        }
    }

    fn height(&self, look: Look) -> f32 {
        let lines = self.editor.shaped().map_or(0.0, |shaped| shaped.height());
        lines.max(look.line_height())
    }

    fn caret_in(&self, corner: Pos2) -> Option<Rect> {
        let (shaped, selection) = (self.editor.shaped()?, self.editor.selection()?);
        let scale = shaped.scale();
        let rect = selection.focus().geometry(shaped.layout(), CARET * scale);
        let at = |x: f64, y: f64| pos2(x as f32 / scale, y as f32 / scale) + corner.to_vec2();
        Some(Rect::from_min_max(at(rect.x0, rect.y0), at(rect.x1, rect.y1)))
    }

    /// Follows the wheel, and the caret as it moves.
    fn scroll_to(&mut self, ui: &Ui, rect: Rect, inner: Rect, content: f32) {
        let hidden = (content - inner.height()).max(0.0);
        if self.shape != Shape::Line && hidden > 0.0 && ui.rect_contains_pointer(rect) {
            let up = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
            self.scroll = (self.scroll - up).clamp(0.0, hidden);
        }
        let size = vec2(inner.width(), content);
        let seen = Seen { caret: self.editor.focus(), text: self.editor.text().len(), size };
        if self.seen.replace(seen) != Some(seen) || self.editor.is_composing() {
            self.keep_caret_in_sight(inner, content);
        }
    }

    fn keep_caret_in_sight(&mut self, inner: Rect, content: f32) {
        let Some(caret) = self.caret_in(self.corner(inner)) else { return };
        match self.shape {
            Shape::Box(_) => {
                let above = (inner.top() - caret.top()).max(0.0);
                let below = (caret.bottom() - inner.bottom()).max(0.0);
                self.scroll = (self.scroll - above + below).clamp(0.0, (content - inner.height()).max(0.0));
            }
            Shape::Line => {
                let before = (inner.left() - caret.left()).max(0.0);
                let behind = (caret.right() - inner.right()).max(0.0);
                let width = self.editor.shaped().map_or(0.0, |shaped| shaped.natural_width()) + CARET;
                self.scroll = (self.scroll - before + behind).clamp(0.0, (width - inner.width()).max(0.0));
            }
        }
    }

    fn paint(&mut self, ui: &mut Ui, response: &Response, inner: Rect, face: Face<'_>, look: Look) {
        let palette = Palette::of(ui);
        let focused = response.has_focus();
        let color = match (face.wrong, focused) {
            (true, _) => palette.error,
            (false, true) => palette.accent,
            (false, false) => palette.line,
        };
        let stroke = Stroke::new(1.5, color);
        ui.painter().rect(response.rect, 6.0, palette.field, stroke, StrokeKind::Inside);
        let clip = inner.expand2(vec2(CARET, 2.0)).intersect(ui.clip_rect());
        let mut within = ui.new_child(eframe::egui::UiBuilder::new().max_rect(inner));
        within.set_clip_rect(clip);
        let corner = self.corner(inner);
        let (text, composed) = self.editor.drawn();
        if text.is_empty() && !face.hint.is_empty() {
            let hint = lay(ui, face.hint, Look::new(face.size, palette.dim).one_line(), inner.width());
            let left = if hint.is_rtl() { inner.right() - hint.size().x } else { inner.left() };
            hint.paint(&within, pos2(left, inner.top()));
        } else if let Some(shaped) = self.editor.shaped() {
            let mut paints = Vec::new();
            let selected = self.editor.selected();
            if focused && !selected.is_empty() && composed.is_none() {
                let background = Some(ui.visuals().selection.bg_fill);
                paints.push((selected, Paint { background, ..Paint::default() }));
            }
            paints.extend(composed.map(|range| (range, Paint { underline: true, ..Paint::default() })));
            Laid::of(shaped.clone(), look).painted(&paints).paint(&within, corner);
        }
        self.caret_rect = self.caret_in(corner);
        if let Some(caret) = self.caret_rect.filter(|_| focused) {
            within.painter().rect_filled(caret, 0.0, palette.text);
            let transform = ui.ctx().layer_transform_to_global(ui.layer_id()).unwrap_or_default();
            let ime = IMEOutput {
                purpose: IMEPurpose::Normal,
                rect: transform * inner,
                cursor_rect: transform * caret,
                should_interrupt_composition: false,
            };
            ui.output_mut(|output| output.ime = Some(ime));
        }
    }

    /// Says what it is and what is in it to those who hear it.
    fn tell(&self, ui: &Ui, response: &Response, face: Face<'_>) {
        let role = if self.shape == Shape::Line { Role::TextInput } else { Role::MultilineTextInput };
        response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), face.name));
        let text = self.text().to_owned();
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(role);
            node.set_label(face.name);
            node.set_value(text);
            if !face.hint.is_empty() {
                node.set_placeholder(face.hint);
            }
        });
    }
}
