//! The message box: what is typed, finished, recalled, corrected and sent.

use cursive::event::EventResult;
use parlor_core::client::{EntryKey, Intent, Room};

use super::{BOX_BYTES_MAX, Chat};
use crate::log::Scroll;
use crate::words::Words;
use crate::{choices, front, links};

impl Chat {
    /// Takes the last message of one's own here into the box, to be corrected; `false` if there is none.
    pub(super) fn correct(&mut self) -> bool {
        let state = self.session.state();
        let own = state.shown_room().filter(|room| Some(room.key) == self.shown).and_then(Room::last_own);
        let Some((key, text)) = own.map(|entry| (entry.key, entry.what().to_owned())) else { return false };
        drop(state);
        self.begin_correcting(key, &text);
        true
    }

    /// Takes a message of one's own into the box, to be corrected.
    pub(super) fn begin_correcting(&mut self, entry: EntryKey, text: &str) {
        self.correcting = Some(entry);
        self.editor.set(text);
    }

    /// Leaves a correction, done or not: what was typed before is in the box again.
    pub(super) fn stop_correcting(&mut self) {
        self.correcting = None;
        let state = self.session.state();
        self.editor.set(state.shown_room().map_or("", |room| &room.draft));
    }

    pub(super) fn edited(&mut self) {
        // A correction is no draft of a message.
        if self.correcting.is_some() {
            return;
        }
        self.session.intent(Intent::Draft(self.editor.text().to_owned()));
    }

    pub(super) fn submit(&mut self) -> EventResult {
        let text = self.editor.text().to_owned();
        if let Some(entry) = self.correcting {
            if text.trim().is_empty() {
                self.flash = Some(self.look.language.nothing_left());
                return EventResult::consumed();
            }
            let text = self.editor.take();
            self.stop_correcting();
            self.session.intent(Intent::Edit { entry, text });
            return EventResult::consumed();
        }
        if text.trim().is_empty() {
            if self.log.selected().is_some() {
                self.reply();
            }
            return EventResult::consumed();
        }
        if let Some(done) = self.own_command() {
            return done;
        }
        // Who is not in yet may leave all the same.
        if self.session.state().rooms.is_empty() && text.trim() != "/quit" {
            self.flash = Some(self.look.language.not_connected());
            return EventResult::consumed();
        }
        let text = self.editor.take();
        self.log.select(None);
        let searches = is_search(&text);
        let said = text.strip_prefix('/').filter(|text| text.starts_with('/')).unwrap_or(&text).to_owned();
        let is_command = text.starts_with('/') && said == text;
        match self.replying.take_if(|_| !is_command) {
            Some(entry) => {
                // It may hold a slash more than what is said.
                self.session.intent(Intent::Draft(String::new()));
                self.session.intent(Intent::Reply { entry, text: said });
            }
            // It may lead to another room.
            None if is_command => self.turn_to(Intent::Submit(text)),
            None => self.session.intent(Intent::Submit(text)),
        }
        // What cannot be sent is the draft again.
        if let Some(room) = self.session.state().shown_room().filter(|room| Some(room.key) == self.shown) {
            self.editor.set(&room.draft);
        }
        if searches && self.editor.is_empty() && self.session.state().search.is_some() {
            return EventResult::with_cb(front::search);
        }
        self.scroll(Scroll::Newest);
        EventResult::consumed()
    }

    /// Does what is a command of this program, not of the client machine.
    fn own_command(&mut self) -> Option<EventResult> {
        let text = self.editor.text().trim().to_owned();
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
        let rest = rest.trim().to_owned();
        let done = match word.to_lowercase().as_str() {
            "/help" if rest.is_empty() => EventResult::with_cb(front::help),
            "/set" => EventResult::with_cb(move |siv| choices::set(siv, &rest)),
            "/open" => self.open_numbered(&rest),
            _ => return None,
        };
        self.editor.take();
        self.edited();
        Some(done)
    }

    /// Opens the link of this number, the newest being the first.
    fn open_numbered(&mut self, number: &str) -> EventResult {
        let number = number.parse::<usize>().unwrap_or(1).max(1);
        let link = {
            let state = self.session.state();
            state.shown_room().and_then(|room| links::newest(room).nth(number - 1))
        };
        self.open(link)
    }

    /// Finishes what is being typed, or takes the next that fits.
    pub(super) fn complete(&mut self, back: bool) {
        let pressed = {
            let state = self.session.state();
            let completed = self.completer.press(&state, self.editor.text(), self.editor.caret(), back);
            completed.map(|completion| (completion.text.clone(), completion.caret))
        };
        match pressed {
            Some((text, _)) if text.len() > BOX_BYTES_MAX => self.flash = Some(self.look.language.too_much()),
            Some((text, caret)) => {
                self.editor.set_at(&text, caret);
                self.edited();
            }
            None => self.flash = Some(self.look.language.nothing_fits()),
        }
    }

    /// What could be typed instead, with what is typed in brackets, in about so many cells; `None` where nothing else
    /// fits.
    pub(super) fn candidates(&self, cells: usize) -> Option<String> {
        let offer = self.completer.offer(self.editor.text(), self.editor.caret())?;
        if offer.candidates.len() < 2 {
            return None;
        }
        // Those before the chosen one go first where there is too little room.
        let mut first = offer.chosen;
        let mut used = 0;
        while let Some(before) = first.checked_sub(1) {
            used += offer.candidates.get(before).map_or(0, |name| name.chars().count() + 2);
            if used > cells / 2 {
                break;
            }
            first = before;
        }
        let shown = offer.candidates.iter().enumerate().skip(first).map(|(at, name)| {
            let name = crate::lay::isolated(name);
            if at == offer.chosen { format!("[{name}]") } else { name }
        });
        Some(shown.collect::<Vec<_>>().join("  "))
    }

    /// What was typed before comes into the box, or what was typed after that.
    pub(super) fn recall(&mut self, by: i32) {
        if self.correcting.is_some() {
            return;
        }
        self.session.intent(Intent::Recall(by));
        let draft = self.session.state().shown_room().map(|room| room.draft.clone());
        if let Some(draft) = draft {
            self.editor.set(&draft);
        }
    }
}

/// Whether a text begins a search.
fn is_search(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    word == "/search" || word == "/find"
}
