//! What keys, the clipboard and input methods do to a field.

use eframe::egui::{Event, ImeEvent, Key, Modifiers, Ui};
use parley::Layout;
use parley::editing::Selection;

use super::editor::drawable;
use super::{Input, Shape};

type Step = fn(&Selection, &Layout<()>, bool) -> Selection;

impl Input {
    /// Does what one event asks for. `true` if the text is another one then.
    pub(super) fn take(&mut self, ui: &Ui, event: &Event) -> bool {
        match event {
            Event::Text(text) => self.type_in(text, true),
            Event::Paste(text) => self.type_in(text, false),
            Event::Copy => {
                self.copy(ui);
                false
            }
            Event::Cut => self.copy(ui) && self.delete(self.editor.selected()),
            Event::Ime(event) => self.ime(event),
            Event::Key { key, pressed: true, modifiers, .. } if !self.editor.is_composing() => {
                self.key(*key, *modifiers)
            }
            _ => false,
        }
    }

    fn copy(&self, ui: &Ui) -> bool {
        let selected = self.editor.selected_text();
        if let Some(text) = selected {
            ui.copy_text(text.to_owned());
        }
        selected.is_some()
    }

    /// Puts text at the caret: what of it fits, and is no control character.
    pub(super) fn type_in(&mut self, text: &str, typed: bool) -> bool {
        let keeps_lines = self.shape != Shape::Line;
        let selected = self.editor.selected();
        let chars =
            self.editor.text().chars().count() - self.editor.selected_text().map_or(0, |text| text.chars().count());
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = if keeps_lines { text } else { text.trim_matches('\n').replace('\n', " ") };
        let taken: String = text
            .chars()
            .filter(|c| !c.is_control() || *c == '\t' || (*c == '\n' && keeps_lines))
            .take(self.chars_max.saturating_sub(chars))
            .collect();
        let taken = drawable(&taken);
        if taken.is_empty() || !self.editor.takes(selected.clone(), &taken) {
            return false;
        }
        let goes_on = typed && selected.is_empty();
        self.undo.remember(&self.editor, goes_on);
        let done = self.editor.insert(&taken);
        if goes_on && !taken.chars().any(char::is_whitespace) {
            self.undo.typed(&self.editor);
        }
        done
    }

    fn delete(&mut self, range: std::ops::Range<usize>) -> bool {
        if range.is_empty() {
            return false;
        }
        self.undo.remember(&self.editor, false);
        self.editor.replace(range, "")
    }

    fn ime(&mut self, event: &ImeEvent) -> bool {
        match event {
            ImeEvent::Preedit { text, active_range_chars } if text != "\n" && text != "\r" => {
                if text.is_empty() && !self.editor.is_composing() {
                    return false;
                }
                let chars = active_range_chars.as_ref().map_or(usize::MAX, |range| range.end);
                let caret = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
                if !self.editor.selected().is_empty() {
                    self.undo.remember(&self.editor, false);
                }
                self.editor.compose(text, caret);
                true
            }
            ImeEvent::Commit(text) if text != "\n" && text != "\r" => {
                let was_composing = self.editor.is_composing();
                self.editor.compose("", 0);
                self.type_in(text, false) || was_composing
            }
            ImeEvent::DeleteSurrounding { before_chars, after_chars } => {
                let (text, selected) = (self.editor.text(), self.editor.selected());
                let head = &text[..selected.start];
                let start = head.char_indices().rev().take(*before_chars).last().map_or(selected.start, |(at, _)| at);
                let tail = &text[selected.end..];
                let end = selected.end + tail.char_indices().nth(*after_chars).map_or(tail.len(), |(at, _)| at);
                self.delete(start..end)
            }
            _ => false,
        }
    }

    fn key(&mut self, key: Key, modifiers: Modifiers) -> bool {
        let Modifiers { shift, alt, command, .. } = modifiers;
        if alt {
            return false;
        }
        match (key, command) {
            (Key::Backspace, word) => return self.delete(self.editor.reach(true, word)),
            (Key::Delete, word) => return self.delete(self.editor.reach(false, word)),
            (Key::A, true) => self.select_all(),
            (Key::Z, true) if shift => return self.undo.redo(&mut self.editor),
            (Key::Z, true) => return self.undo.undo(&mut self.editor),
            (Key::Y, true) => return self.undo.redo(&mut self.editor),
            (Key::Enter, _) if shift && self.shape != Shape::Line => return self.type_in("\n", false),
            (Key::ArrowLeft | Key::ArrowRight, word) => self.editor.walk(key == Key::ArrowRight, word, shift),
            (Key::Home, true) => self.jump(0, shift),
            (Key::End, true) => self.jump(self.text().len(), shift),
            (key, word) => {
                if let Some(step) = step(key, word, self.shape) {
                    self.editor.go(|selection, layout| step(selection, layout, shift));
                }
            }
        }
        false
    }

    fn jump(&mut self, to: usize, select: bool) {
        let anchor = if select { self.editor.anchor() } else { to };
        self.editor.put(anchor, to);
    }
}

/// How a key moves the caret from line to line, or to the ends of one.
fn step(key: Key, word: bool, shape: Shape) -> Option<Step> {
    let step: Step = match (key, word) {
        (Key::ArrowUp, false) if shape != Shape::Line => Selection::previous_line,
        (Key::ArrowDown, false) if shape != Shape::Line => Selection::next_line,
        (Key::Home, false) => Selection::line_start,
        (Key::End, false) => Selection::line_end,
        _ => return None,
    };
    Some(step)
}
