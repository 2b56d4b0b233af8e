//! What the terminal reports, as the toolkit's events.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use crossterm::event::{self as input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};
use cursive::Vec2;
use cursive::backends::crossterm::crossterm;
use cursive::event::{Event, Key};

use super::Extra;
use crate::keys;

/// How many reports may wait for the screen; more wait in the terminal.
const WAITING_MAX: usize = 256;

/// The reports of the terminal, read by a thread of their own: crossterm's source that asks again waits for its whole
/// timeout, and a terminal that is gone may keep it for ever. So may bytes that mean nothing to it: it waits for the next
/// ones before it looks for anything else. A change of size is therefore not learnt from it where there is another way.
pub(super) struct Input {
    events: Receiver<Event>,
    resized: Arc<AtomicBool>,
}

impl Input {
    /// Starts to read.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(mouse: bool) -> io::Result<Self> {
        let (sender, events) = sync_channel(WAITING_MAX);
        let resized = Arc::<AtomicBool>::default();
        let theirs = Some(resized.clone()).filter(|resized| !is_told_of_size(resized));
        thread::Builder::new().name("input".to_owned()).spawn(move || read(mouse, &sender, theirs.as_deref()))?;
        Ok(Self { events, resized })
    }

    /// Of no terminal: these are the reports, and the end.
    #[cfg(test)]
    pub(super) fn of(events: &[Event]) -> Self {
        let (sender, receiver) = sync_channel(events.len());
        events.iter().for_each(|event| sender.send(event.clone()).expect("there is room for all of them"));
        Self { events: receiver, resized: Arc::default() }
    }

    /// The next report, [`Event::Exit`] once the terminal is gone, or nothing for now.
    pub(super) fn next(&self) -> Option<Event> {
        if self.resized.swap(false, Ordering::AcqRel) {
            return Some(Event::WindowResize);
        }
        match self.events.try_recv() {
            Ok(event) => Some(event),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Event::Exit),
        }
    }
}

/// Has this set at each change of size, if the system can.
#[cfg(unix)]
fn is_told_of_size(resized: &Arc<AtomicBool>) -> bool {
    signal_hook::flag::register(signal_hook::consts::SIGWINCH, resized.clone()).is_ok()
}

#[cfg(not(unix))]
fn is_told_of_size(_: &Arc<AtomicBool>) -> bool {
    false
}

/// `resized` is set at each change of size, if that is not done elsewhere.
fn read(mouse: bool, events: &SyncSender<Event>, resized: Option<&AtomicBool>) {
    while let Ok(event) = input::read() {
        let event = match event {
            input::Event::Key(key) => translate(key),
            input::Event::Resize(..) => {
                if let Some(resized) = resized {
                    resized.store(true, Ordering::Release);
                }
                None
            }
            input::Event::Paste(text) => Some(Extra::Paste(text).into_event()),
            input::Event::FocusGained => Some(Extra::Focus(true).into_event()),
            input::Event::FocusLost => Some(Extra::Focus(false).into_event()),
            input::Event::Mouse(report) => translate_mouse(report).filter(|_| mouse),
        };
        if event.is_some_and(|event| events.send(event).is_err()) {
            return;
        }
    }
}

fn translate_mouse(mouse: input::MouseEvent) -> Option<Event> {
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

fn translate(event: KeyEvent) -> Option<Event> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let has = |modifier| event.modifiers.contains(modifier);
    // These are the desktop's, and come only where keys are told apart.
    if has(KeyModifiers::SUPER) || has(KeyModifiers::HYPER) || has(KeyModifiers::META) {
        return None;
    }
    let (control, alt, shift) = (has(KeyModifiers::CONTROL), has(KeyModifiers::ALT), has(KeyModifiers::SHIFT));
    let key = match event.code {
        // As terminals copy and paste; without Shift they are something else.
        KeyCode::Char(_) if control && shift && !alt => return None,
        KeyCode::Char(c) if control && !alt => match keys::latin(c).to_ascii_lowercase() {
            // Most terminals cannot tell these from the keys, and people know the one as the other.
            '[' => return Some(Event::Key(Key::Esc)),
            'i' => return Some(Event::Key(Key::Tab)),
            'm' => return Some(Event::Key(Key::Enter)),
            c => return Some(Event::CtrlChar(c)),
        },
        KeyCode::Char(c) if alt && !control => return Some(Event::AltChar(keys::latin(c))),
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
        for (modifiers, c) in
            [(KeyModifiers::SUPER, 'v'), (KeyModifiers::META, 'v'), (KeyModifiers::CONTROL | KeyModifiers::SHIFT, 'C')]
        {
            assert_eq!(key(KeyCode::Char(c), modifiers), None, "{modifiers:?} {c} is not ours");
        }
        assert_eq!(key(KeyCode::Enter, KeyModifiers::SHIFT), Some(Event::Shift(Key::Enter)));
    }

    #[test]
    fn shortcuts_are_those_of_their_keys_with_the_persian_keyboard_switched_on_and_letters_are_letters() {
        let key = |c, modifiers| translate(KeyEvent::new(KeyCode::Char(c), modifiers));
        // Q, K and J on the keyboard of ISIRI 9147.
        assert_eq!(key('ض', KeyModifiers::CONTROL), Some(Event::CtrlChar('q')));
        assert_eq!(key('ن', KeyModifiers::ALT), Some(Event::AltChar('k')));
        assert_eq!(key('ت', KeyModifiers::ALT), Some(Event::AltChar('j')));
        assert_eq!(key('ض', KeyModifiers::NONE), Some(Event::Char('ض')));
        assert_eq!(key('ض', KeyModifiers::CONTROL | KeyModifiers::ALT), Some(Event::Char('ض')));
    }

    #[test]
    fn keys_that_most_terminals_cannot_tell_apart_do_the_same_where_they_can() {
        let control = |c| translate(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
        assert_eq!(control('m'), Some(Event::Key(Key::Enter)));
        assert_eq!(control('i'), Some(Event::Key(Key::Tab)));
        assert_eq!(control('['), Some(Event::Key(Key::Esc)));
        assert_eq!(control('j'), Some(Event::CtrlChar('j')));
    }
}
