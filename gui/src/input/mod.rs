//! Where people type: fields that are edited as they are read, in every script.
//!
//! The toolkit's own field cannot be edited in right-to-left text at all. [`Input`] lays its text out as the log does;
//! the caret moves as the eye does, and what is copied is what was typed. It asks for no frame by itself: the caret
//! stands still.

mod editor;
mod keys;
mod show;
#[cfg(test)]
mod tests;
mod undo;
mod walk;

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{Id, Rect, Response, Ui, Vec2};

pub(crate) use show::Face;

use editor::Editor;
use undo::Undo;

/// A field with what is typed in it.
#[derive(Debug)]
pub(crate) struct Input {
    editor: Editor,
    undo: Undo,
    shape: Shape,
    /// Most characters it takes.
    chars_max: usize,
    /// How far what is shown is moved to the left or up, in points.
    scroll: f32,
    caret_rect: Option<Rect>,
    /// The caret that was last brought in sight; the person may have looked elsewhere since.
    seen: Option<Seen>,
    /// Everything is to be selected once it is shown.
    selects_all: bool,
    /// What an input method was composing is gone, which it is to be told.
    interrupted: bool,
}

/// A caret in a text, as far as that tells whether either has moved.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    caret: usize,
    text: usize,
    size: Vec2,
}

/// How a field grows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// One line that is scrolled to the sides.
    Line,
    /// As many lines as there are, up to this height in points; then it is scrolled.
    Box(f32),
}

impl Input {
    /// A field for one line of at most `chars_max` characters.
    pub(crate) fn line(chars_max: usize) -> Self {
        Self::new(Shape::Line, chars_max)
    }

    /// A box that grows with what is typed, up to `height_max` points.
    pub(crate) fn lines(height_max: f32, chars_max: usize) -> Self {
        Self::new(Shape::Box(height_max), chars_max)
    }

    fn new(shape: Shape, chars_max: usize) -> Self {
        Self {
            editor: Editor::default(),
            undo: Undo::default(),
            shape,
            chars_max,
            scroll: 0.0,
            caret_rect: None,
            seen: None,
            selects_all: false,
            interrupted: false,
        }
    }

    /// What was typed. What an input method is still composing is no part of it.
    pub(crate) fn text(&self) -> &str {
        self.editor.text()
    }

    /// Whether an input method composes something in it, which is no part of the text yet.
    pub(crate) fn is_composing(&self) -> bool {
        self.editor.is_composing()
    }

    /// Puts another text there, to be typed on at its end. Nothing before it can be undone.
    pub(crate) fn set_text(&mut self, text: &str) {
        self.interrupted |= self.editor.is_composing();
        self.editor.set(text);
        self.undo = Undo::default();
        self.scroll = 0.0;
    }

    /// The text as it must be from outside, where that differs: [`Input::set_text`] if it does.
    pub(crate) fn follow(&mut self, text: &str) {
        if self.text() != text {
            self.set_text(text);
        }
    }

    /// Selects everything, so that what is typed next takes its place.
    pub(crate) fn select_all(&mut self) {
        self.editor.select(0..self.text().len());
    }
}

/// A field for one line that holds `text`, at most `chars_max` characters; what is selected and can be undone in it is kept
/// for as long as it is shown again and again. The response is changed if the text did.
pub(crate) fn edit_line(ui: &mut Ui, text: &mut String, chars_max: usize, face: Face<'_>) -> Response {
    let kept = kept_line(ui, face.id);
    // The field draws while it is held, and no other has its id.
    let mut line = kept.lock().unwrap_or_else(PoisonError::into_inner);
    line.chars_max = chars_max;
    line.follow(text);
    if std::mem::take(&mut line.selects_all) {
        line.select_all();
    }
    let response = line.show(ui, face);
    if response.changed() {
        line.text().clone_into(text);
    }
    response
}

/// Selects everything in the field of [`edit_line`] with this id, so that what is typed next takes its place.
pub(crate) fn select_all(ui: &Ui, id: Id) {
    kept_line(ui, id).lock().unwrap_or_else(PoisonError::into_inner).selects_all = true;
}

fn kept_line(ui: &Ui, id: Id) -> Arc<Mutex<Input>> {
    let new = || Arc::new(Mutex::new(Input::line(usize::MAX)));
    ui.ctx().data_mut(|data| data.get_temp_mut_or_insert_with(id.with("line"), new).clone())
}

/// For whoever finishes words in a field.
impl Input {
    /// The byte before which the caret stands.
    pub(crate) fn caret(&self) -> usize {
        self.editor.focus()
    }

    /// Puts `with` in place of the bytes of `range`, with the caret behind it. It can be undone.
    ///
    /// # Panics
    /// If the range does not lie between characters of the text.
    pub(crate) fn replace(&mut self, range: Range<usize>, with: &str) {
        self.undo.remember(&self.editor, false);
        self.editor.replace(range, with);
    }

    /// Where the caret was drawn last, on the screen; for what pops up beside it.
    pub(crate) fn caret_rect(&self) -> Option<Rect> {
        self.caret_rect
    }
}
