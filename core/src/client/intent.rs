//! What a person wants, done.

use alloc::string::String;
use core::time::Duration;

use super::asked::Asked;
use super::reading::Look;
use super::words::Words;
use super::{Client, Intent, Question};
use crate::name::{BadName, Nick};
use crate::text::{BadText, forbidden_control};
use crate::vocabulary::Command;
use crate::wire::Dialect;

/// Between two `typing` frames.
const TYPING_INTERVAL: Duration = Duration::from_secs(4);
/// Bytes of a draft that is kept.
pub(super) const DRAFT_BYTES_MAX: usize = 64 * 1024;

impl Client {
    pub(super) fn intent(&mut self, intent: Intent) {
        if self.finished {
            return;
        }
        match intent {
            Intent::Submit(text) => {
                self.submit(text);
                self.next_draft(self.state.shown);
            }
            Intent::Say(text) => {
                self.say_line(text);
                self.next_draft(self.state.shown);
            }
            Intent::Draft(text) => self.draft(text),
            Intent::Show(key) => {
                if let Some(index) = self.index_of(key) {
                    self.show(index);
                }
            }
            Intent::Cycle(by) => self.cycle(by),
            Intent::NextUnread(by) => self.next_unread(by),
            Intent::Recall(by) => self.recall(by),
            Intent::Look { focused, at_bottom } => self.look(Look { focused, at_bottom }),
            Intent::Older => self.scrolled_up(),
            Intent::Nick(nick) => self.take_nick(&nick),
            Intent::Password(password) => {
                self.profile.password = Some(password);
                if matches!(self.state.question, Some(Question::Password { .. })) {
                    self.answered();
                }
            }
            Intent::RetryNow => self.retry_now(),
            Intent::Resend(key) => self.resend(key),
            Intent::Edit { entry, text } => self.edit(entry, &text),
            Intent::Reply { entry, text } => self.reply(entry, &text),
            Intent::Delete { entry } => self.delete(entry),
            Intent::Search { query, everywhere } => self.search(query, everywhere),
            Intent::SearchMore => self.search_more(),
            Intent::CloseSearch => self.close_search(),
            Intent::Jump { place, id } => self.jump(place, id),
            Intent::CloseAround => self.close_around(),
            Intent::Away(text) => {
                if let Err(why) = self.go_away(text.as_deref()) {
                    self.error(usize::MAX, &why);
                }
            }
            Intent::Ignore(name) => {
                if let Err(why) = self.ignore(&name) {
                    self.error(usize::MAX, &why);
                }
            }
            Intent::Unignore(name) => {
                if let Err(why) = self.unignore(&name) {
                    self.error(usize::MAX, &why);
                }
            }
            Intent::Set(options) => self.set(options),
            Intent::Quit => self.quit(),
        }
    }

    /// What was typed and sent off: a command, or a message.
    pub(super) fn submit(&mut self, text: String) {
        if self.state.rooms.is_empty() && text.trim() != "/quit" {
            return self.keep_early(Intent::Submit(text));
        }
        self.remember_line(&text);
        match text.strip_prefix('/') {
            Some(message) if message.starts_with('/') => self.say_shown(message, &text),
            Some(command) => {
                self.take_draft(&text);
                if let Err(why) = self.slash(command) {
                    self.refuse(&text, &why);
                }
            }
            None => self.say_shown(&text, &text),
        }
    }

    /// Says a text in the shown room, as it is.
    pub(super) fn say_line(&mut self, text: String) {
        if self.state.rooms.is_empty() {
            return self.keep_early(Intent::Say(text));
        }
        self.remember_line(&text);
        self.say_shown(&text, &text);
    }

    /// Says a text that was typed like this.
    fn say_shown(&mut self, text: &str, typed: &str) {
        if self.leave.as_ref().is_some_and(|leave| leave.said) {
            // Behind the goodbye nothing is sent: it is kept.
            return self.set_draft(typed.into());
        }
        let message = text.replace("\r\n", "\n").replace('\r', "\n");
        let message = message.trim_end_matches('\n');
        self.take_draft(typed);
        if message.trim().is_empty() {
            return;
        }
        let index = self.state.shown;
        let said = match self.profile.dialect {
            Dialect::Native => self.say(index, message, false),
            Dialect::Nic | Dialect::Prompt => self.say_to_tutorial(index, message),
        };
        if let Err(why) = said {
            self.refuse(typed, &why);
        }
    }

    /// What cannot be sent becomes the draft again, unless there is another, and the reason stands in the log.
    fn refuse(&mut self, typed: &str, why: &str) {
        self.error(usize::MAX, why);
        if self.state.shown_room().is_some_and(|room| room.draft.is_empty()) {
            self.set_draft(typed.into());
        }
    }

    /// What is sent off is no draft any more. What was typed meanwhile, or stands there while a button says something, is.
    fn take_draft(&mut self, text: &str) {
        if self.state.shown_room().is_some_and(|room| room.draft == text) {
            self.set_draft(String::new());
        }
    }

    /// Before there is any room, what was typed waits for the first one.
    fn keep_early(&mut self, intent: Intent) {
        if self.early.len() < super::pending::PENDING_MAX {
            self.early.push_back(intent);
            self.dirty = true;
        }
    }

    fn draft(&mut self, text: String) {
        let typing = self.state.options.tell_typing && !text.is_empty() && !text.starts_with('/');
        self.set_draft(text);
        let Some(room) = self.state.rooms.get(self.state.shown) else { return };
        if typing && self.is_native() && room.book.live && self.now.instant >= self.typing_next {
            let Some(place) = room.place.clone() else { return };
            self.typing_next = self.now.instant + TYPING_INTERVAL;
            self.send(Command::Typing { place });
        }
    }

    fn set_draft(&mut self, text: String) {
        let room = self.state.rooms.get_mut(self.state.shown);
        let draft = room.map_or(&mut self.keeping.typed, |room| &mut room.draft);
        if *draft != text && text.len() <= DRAFT_BYTES_MAX {
            *draft = text;
            self.dirty = true;
            self.keeping.changed = true;
        }
    }

    fn cycle(&mut self, by: i32) {
        let count = i64::try_from(self.state.rooms.len()).unwrap_or(i64::MAX);
        if count > 0 {
            let shown = i64::try_from(self.state.shown).unwrap_or(0);
            let next = (shown + i64::from(by)).rem_euclid(count);
            self.show(usize::try_from(next).unwrap_or(0));
        }
    }

    /// Another nickname: the answer to a refusal, a change, or what to be called at the next connection.
    pub(super) fn take_nick(&mut self, nick: &str) {
        let nick = nick.trim();
        if let Some(bad) = self.bad_nick(nick) {
            match self.state.question {
                Some(Question::Nick { .. }) => self.ask(Question::Nick { why: bad }),
                Some(Question::Password { .. }) | None => self.error(usize::MAX, &bad),
            }
            return;
        }
        if self.is_online() {
            match Nick::parse(nick) {
                Ok(nick) if self.is_native() => {
                    let room = self.state.shown_room().map(|room| room.key);
                    self.request(Command::Nick { nick }, Asked::Other { room });
                }
                Ok(_) | Err(_) => {
                    self.error(usize::MAX, &self.words().nick_only_anew());
                }
            }
            return;
        }
        self.state.nick = nick.into();
        self.state.asked_nick = None;
        self.dirty = true;
        if matches!(self.state.question, Some(Question::Nick { .. })) {
            self.answered();
        }
    }

    /// What is wrong with a nickname, as far as can be known here.
    pub(super) fn bad_nick(&self, nick: &str) -> Option<String> {
        if self.is_native() {
            return Nick::parse(nick).err().map(|bad| self.words().bad_name(bad));
        }
        if nick.is_empty() {
            return Some(self.words().bad_name(BadName::Empty));
        }
        forbidden_control(nick)
            .or_else(|| nick.chars().find(|c| c.is_control()))
            .map(|c| self.words().bad_text(BadText::Control(c)))
    }
}
