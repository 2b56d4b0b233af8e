//! Which key does what in a text being typed: the same in the message box and in every field of a dialog.

use cursive::event::{Event, Key};

use crate::editor::Editor;

/// Lets a key or a paste work on the editor; `false` if it is none of an editor's business. Enter, Tab and Escape are
/// their views' own.
pub fn edit(editor: &mut Editor, event: &Event) -> bool {
    match event {
        Event::Char(c) => editor.insert(c.encode_utf8(&mut [0; 4])),
        Event::Key(Key::Backspace) | Event::Shift(Key::Backspace) => editor.backspace(),
        Event::Key(Key::Del) | Event::CtrlChar('d') => editor.delete(),
        Event::Key(Key::Left) => editor.left(),
        Event::Key(Key::Right) => editor.right(),
        Event::Ctrl(Key::Left) | Event::Alt(Key::Left) | Event::AltChar('b') => editor.word_left(),
        Event::Ctrl(Key::Right) | Event::Alt(Key::Right) | Event::AltChar('f') => editor.word_right(),
        Event::CtrlChar('a') => editor.home(),
        Event::CtrlChar('e') => editor.end(),
        Event::CtrlChar('w') | Event::Ctrl(Key::Backspace) | Event::Alt(Key::Backspace) => editor.delete_word(),
        // What many terminals send for Ctrl+Backspace.
        Event::CtrlChar('h') => editor.delete_word(),
        Event::CtrlChar('u') => editor.delete_line(),
        Event::CtrlChar('k') => editor.delete_rest(),
        _ => return false,
    }
    true
}

/// The letter of a shortcut's key on a Latin keyboard: with the Persian layout (ISIRI 9147) switched on, many terminals
/// report the Persian letter of the key.
pub fn latin(c: char) -> char {
    const PERSIAN: &str = "ضصثقفغعهخحشسیبلاتنمظطزرذدپ";
    const LATIN: &str = "qwertyuiopasdfghjklzxcvbnm";
    let at = PERSIAN.chars().position(|letter| letter == c);
    at.and_then(|at| LATIN.chars().nth(at)).unwrap_or(c)
}
