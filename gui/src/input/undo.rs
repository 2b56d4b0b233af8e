//! What can be undone in a field, and done again.

use super::editor::Editor;

/// Most changes that can be undone.
const STEPS_MAX: usize = 200;
/// Most bytes that are remembered for it.
const BYTES_MAX: usize = 1 << 20;

/// A text and where its selection was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    text: String,
    anchor: usize,
    focus: usize,
}

impl State {
    fn of(editor: &Editor) -> Self {
        Self { text: editor.text().to_owned(), anchor: editor.anchor(), focus: editor.focus() }
    }

    fn restore(self, editor: &mut Editor) {
        editor.set(&self.text);
        editor.put(self.anchor, self.focus);
    }
}

/// The changes of a field.
#[derive(Debug, Default)]
pub(super) struct Undo {
    past: Vec<State>,
    future: Vec<State>,
    /// The last change was a typed letter, and where the caret stood behind it: the next one belongs to it.
    typing: Option<usize>,
}

impl Undo {
    /// To be told before a change. Letters that are `typed` one after the other are undone as one.
    pub(super) fn remember(&mut self, editor: &Editor, typed: bool) {
        self.future.clear();
        let alone = editor.anchor() == editor.focus();
        let goes_on = typed && alone && self.typing == Some(editor.focus());
        if !goes_on {
            self.past.push(State::of(editor));
            while self.past.len() > STEPS_MAX
                || self.past.iter().map(|state| state.text.len()).sum::<usize>() > BYTES_MAX
            {
                self.past.remove(0);
            }
        }
        self.typing = None;
    }

    /// To be told after a letter was typed that others may follow.
    pub(super) fn typed(&mut self, editor: &Editor) {
        self.typing = Some(editor.focus());
    }

    /// Takes the last change back.
    pub(super) fn undo(&mut self, editor: &mut Editor) -> bool {
        self.typing = None;
        let Some(state) = self.past.pop() else { return false };
        self.future.push(State::of(editor));
        state.restore(editor);
        true
    }

    /// Does what was taken back again.
    pub(super) fn redo(&mut self, editor: &mut Editor) -> bool {
        self.typing = None;
        let Some(state) = self.future.pop() else { return false };
        self.past.push(State::of(editor));
        state.restore(editor);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(undo: &mut Undo, editor: &mut Editor, text: &str) {
        for c in text.chars() {
            undo.remember(editor, true);
            editor.insert(c.encode_utf8(&mut [0; 4]));
            if !c.is_whitespace() {
                undo.typed(editor);
            }
        }
    }

    #[test]
    fn a_word_is_undone_at_once_and_done_again() {
        let (mut undo, mut editor) = (Undo::default(), Editor::default());
        type_in(&mut undo, &mut editor, "سلام دنیا");
        assert!(undo.undo(&mut editor));
        assert_eq!(editor.text(), "سلام ");
        assert!(undo.undo(&mut editor));
        assert_eq!(editor.text(), "");
        assert!(!undo.undo(&mut editor));
        assert!(undo.redo(&mut editor));
        assert!(undo.redo(&mut editor));
        assert_eq!(editor.text(), "سلام دنیا");
        assert!(!undo.redo(&mut editor));
    }

    #[test]
    fn what_can_be_undone_is_bounded() {
        let (mut undo, mut editor) = (Undo::default(), Editor::default());
        for _ in 0..3 * STEPS_MAX {
            undo.remember(&editor, false);
            editor.insert(&"x".repeat(50));
        }
        assert!(undo.past.len() <= STEPS_MAX);
        assert!(undo.past.iter().map(|state| state.text.len()).sum::<usize>() <= BYTES_MAX);
    }
}
