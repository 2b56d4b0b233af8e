//! What the terminal reports, as the toolkit's events.

use crossterm::event::{self as input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};
use cursive::Vec2;
use cursive::backends::crossterm::crossterm;
use cursive::event::{Event, Key};

pub(super) fn translate_mouse(mouse: input::MouseEvent) -> Option<Event> {
    let event = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => cursive::event::MouseEvent::Press(cursive::event::MouseButton::Left),
        MouseEventKind::ScrollUp => cursive::event::MouseEvent::WheelUp,
        MouseEventKind::ScrollDown => cursive::event::MouseEvent::WheelDown,
        MouseEventKind::Down(_) | MouseEventKind::Up(_) | MouseEventKind::Drag(_) | MouseEventKind::Moved => {
            return None;
        }
        MouseEventKind::ScrollLeft | MouseEventKind::ScrollRight => return None,
    };
    let position = Vec2::new(mouse.column.into(), mouse.row.into());
    Some(Event::Mouse { offset: Vec2::zero(), position, event })
}

pub(super) fn translate(event: KeyEvent) -> Option<Event> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let has = |modifier| event.modifiers.contains(modifier);
    let (control, alt, shift) = (has(KeyModifiers::CONTROL), has(KeyModifiers::ALT), has(KeyModifiers::SHIFT));
    let key = match event.code {
        KeyCode::Char(c) if control && !alt => return Some(Event::CtrlChar(c.to_ascii_lowercase())),
        KeyCode::Char(c) if alt && !control => return Some(Event::AltChar(c)),
        // AltGr arrives as both on some systems: it is how letters are typed there.
        KeyCode::Char(c) => return Some(Event::Char(c)),
        KeyCode::BackTab => return Some(Event::Shift(Key::Tab)),
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab => Key::Tab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Esc => Key::Esc,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Delete => Key::Del,
        KeyCode::F(number @ 1..=12) => Key::from_f(number),
        _ => return None,
    };
    Some(match (control, alt, shift) {
        (false, false, false) => Event::Key(key),
        (true, false, false) => Event::Ctrl(key),
        (false, true, false) => Event::Alt(key),
        (false, false, true) => Event::Shift(key),
        (true, true, _) => Event::CtrlAlt(key),
        (true, false, true) => Event::CtrlShift(key),
        (false, true, true) => Event::AltShift(key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_modifier_is_kept() {
        let key = |code, modifiers| translate(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Enter, KeyModifiers::ALT), Some(Event::Alt(Key::Enter)));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::CONTROL), Some(Event::CtrlChar('q')));
        assert_eq!(key(KeyCode::Char('@'), KeyModifiers::CONTROL | KeyModifiers::ALT), Some(Event::Char('@')));
    }
}
