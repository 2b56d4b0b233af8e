//! The message that is chosen by keys: how one moves over what was said without a mouse.
//!
//! The chosen row has the focus, so that it is read out where somebody listens, and keys go to it; whoever types on
//! types into the message box, and chooses nothing any more.

use eframe::egui::accesskit::Action;
use eframe::egui::{Event, EventFilter, Id, Key, Modifiers, Popup, Response, Sense, Ui};

use crate::composer::Composer;

/// Which message is chosen. `K` names messages.
#[derive(Debug)]
pub(crate) struct Cursor<K> {
    at: Option<K>,
    /// It was chosen just now: it takes the focus from wherever that is.
    grabs: bool,
    /// It is to be brought into sight.
    moved: bool,
    /// Its menu is to be opened.
    opens: bool,
}

/// What a row is to do because of its being chosen, or not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hold {
    /// It is chosen.
    pub(crate) chosen: bool,
    grabs: bool,
    opens: bool,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self { at: None, grabs: false, moved: false, opens: false }
    }
}

impl<K: Copy + PartialEq> Cursor<K> {
    /// The message that is chosen.
    pub(crate) fn at(&self) -> Option<K> {
        self.at
    }

    /// Chooses a message that is in sight.
    pub(crate) fn choose(&mut self, key: K) {
        self.at = Some(key);
    }

    /// Chooses nothing any more; `true` if something was chosen.
    pub(crate) fn leave(&mut self) -> bool {
        self.at.take().is_some()
    }

    /// What is chosen is to be brought into sight, once.
    pub(crate) fn take_moved(&mut self) -> Option<K> {
        self.at.filter(|_| std::mem::take(&mut self.moved))
    }

    /// It fell out of sight by itself.
    pub(crate) fn reveal(&mut self) {
        self.moved = true;
    }

    /// What the row of this message has to do in this frame.
    pub(crate) fn hold(&mut self, key: K) -> Hold {
        match self.at == Some(key) {
            true => {
                Hold { chosen: true, grabs: std::mem::take(&mut self.grabs), opens: std::mem::take(&mut self.opens) }
            }
            false => Hold::default(),
        }
    }

    /// Takes the keys that choose a message and do something with it, before anything else does. `all` are those that
    /// can be chosen, oldest first, `newest` is the newest in sight, `id` that of a message's row. Returns the message
    /// that is to be answered.
    pub(crate) fn take_keys(
        &mut self,
        ui: &Ui,
        all: impl FnOnce() -> Vec<K>,
        newest: Option<K>,
        id: fn(K) -> Id,
    ) -> Option<K> {
        if Popup::is_any_open(ui.ctx()) {
            return None;
        }
        let has_focus = |id| ui.memory(|memory| memory.has_focus(id));
        let pressed = ui.input(|input| input.pointer.any_pressed());
        if pressed || (!self.grabs && has_focus(Composer::id())) {
            self.at = None;
        }
        let focused = self.at.is_some_and(|key| has_focus(id(key)));
        let up = take_letter(ui, Key::K) || focused && take(ui, Modifiers::NONE, Key::ArrowUp);
        let down = take_letter(ui, Key::J) || focused && take(ui, Modifiers::NONE, Key::ArrowDown);
        if up || down {
            self.step(&all(), newest, up);
            if self.at.is_none() && focused {
                type_on(ui);
            }
            return None;
        }
        let chosen = self.at.filter(|_| focused)?;
        let opening =
            [(Modifiers::SHIFT, Key::F10), (Modifiers::NONE, Key::Menu), (Modifiers::NONE, Key::Enter), SPACE];
        if opening.into_iter().any(|(modifiers, key)| take(ui, modifiers, key)) {
            ui.input_mut(|input| input.events.retain(|event| *event != Event::Text(" ".into())));
            self.opens = true;
            return None;
        }
        if take_letter(ui, Key::R) {
            return Some(chosen);
        }
        let types = |event: &Event| matches!(event, Event::Text(_) | Event::Paste(_) | Event::Ime(_));
        if ui.input(|input| input.events.iter().any(types)) {
            self.at = None;
            type_on(ui);
        }
        None
    }

    fn step(&mut self, all: &[K], newest: Option<K>, up: bool) {
        let place = |key: K| all.iter().position(|other| *other == key);
        let next = match (self.at.and_then(place), up) {
            (Some(at), true) => all.get(at.saturating_sub(1)),
            (Some(at), false) => all.get(at + 1),
            (None, true) => newest.as_ref(),
            (None, false) => None,
        };
        self.at = next.copied();
        self.grabs = self.at.is_some();
        self.moved = self.grabs;
    }
}

impl Hold {
    /// What the row reacts to. One goes from row to row by keys of their own: Tab knows the chosen one alone.
    pub(crate) fn sense(self) -> Sense {
        let sense = Sense::click_and_drag();
        if self.chosen { sense } else { sense - Sense::FOCUSABLE }
    }

    /// Whether the menu of the row whose response this is is to be opened, by keys or by what reads the window out.
    pub(crate) fn opens(self, ui: &Ui, response: &Response) -> bool {
        self.opens || ui.input(|input| input.has_accesskit_action_request(response.id, Action::Click))
    }

    /// Lets that row have the focus, if it is chosen and nobody else wants it. To be called once its menu is drawn.
    pub(crate) fn take_focus(self, ui: &Ui, response: &Response) {
        if !self.chosen {
            return;
        }
        let menu = Popup::is_any_open(ui.ctx());
        let free = ui.memory(|memory| memory.focused().is_none() && memory.allows_interaction(ui.layer_id()));
        if self.grabs || (free && !menu) {
            response.request_focus();
        }
        // Arrows go from message to message, not to whatever lies in that direction.
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, tab: false, escape: false };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(true));
    }
}

const SPACE: (Modifiers, Key) = (Modifiers::NONE, Key::Space);

fn take(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(modifiers, key))
}

/// Takes Alt and a letter, which comes as text as well.
fn take_letter(ui: &Ui, key: Key) -> bool {
    let taken = take(ui, Modifiers::ALT, key);
    if taken {
        ui.input_mut(|input| input.events.retain(|event| !matches!(event, Event::Text(_))));
    }
    taken
}

/// Whoever types now types into the message box.
fn type_on(ui: &Ui) {
    ui.memory_mut(|memory| memory.request_focus(Composer::id()));
    ui.request_repaint();
}
