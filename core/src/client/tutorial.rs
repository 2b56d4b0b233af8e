//! The tutorials' own servers (`tutorial-protocols`): one room, no log, no ids; what they echo is all one knows.

use alloc::borrow::ToOwned;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::pending::{ECHO_MAX, confirm};
use super::words::{LinkWords, Words};
use super::{Client, Delivery, EntryKind, Question, Revision};
use crate::limits::CHUNK_BYTES_MAX;
use crate::text::{BadText, forbidden_control};
use crate::vocabulary::Row;
use crate::wire::{Decoded, Dialect};

/// What leaves the ChatRoom.
const QUIT: &str = "{quit}";

impl Client {
    /// A tutorial server's one room is there before the server is, so that something can be typed.
    pub(super) fn open_only_room(&mut self) {
        if self.is_native() {
            return;
        }
        let title = host(&self.profile.address).unwrap_or(self.profile.dialect.scheme()).to_owned();
        if let Some(index) = self.add_room(None, crate::text::printable(&title)) {
            self.state.rooms[index].book.wanted = true;
        }
    }

    /// The server asks for the name. The Messenger's asks again whenever it likes, and wants the same answer.
    pub(super) fn greeted(&mut self) {
        if self.is_native() || self.state.question.is_some() {
            return;
        }
        if self.is_online() {
            if let (Dialect::Nic, Some(line)) = (self.profile.dialect, &mut self.line) {
                line.name_owed = true;
            }
            return;
        }
        let asked_before = self.line.as_ref().is_some_and(|line| line.introduced);
        if asked_before && self.profile.dialect == Dialect::Prompt {
            return self.ask(Question::Nick { why: self.words().nick_refused() });
        }
        self.introduce_owed();
    }

    /// Gives the name.
    pub(super) fn introduce_owed(&mut self) {
        if let Some(line) = &mut self.line {
            line.name_owed = false;
        }
        self.out.slot = self.now.instant + super::pending::WRITE_INTERVAL;
        self.introduce();
    }

    /// A row of the server.
    pub(super) fn row(&mut self, row: Row) {
        if self.is_native() {
            return;
        }
        let introduced = self.line.as_ref().is_some_and(|line| line.introduced);
        if !self.is_online() {
            match (&row, self.profile.dialect) {
                (Row::Quit, _) => {}
                (Row::Other { text }, Dialect::Prompt) => {
                    if introduced {
                        let why = super::entries::sentence(text);
                        self.ask(Question::Nick { why });
                    }
                    return;
                }
                (_, _) if !introduced => return,
                (Row::Connected | Row::Joined { .. } | Row::Left { .. } | Row::Said { .. } | Row::Other { .. }, _) => {
                    self.enter_only_room();
                }
            }
        }
        if self.is_rest_of_echo(&row) {
            return;
        }
        match row {
            Row::Connected => {}
            Row::Joined { nick } => self.seen_joining(&nick),
            Row::Left { nick } => {
                self.state.rooms[0].remove_member(&sort_key(&nick));
                self.count_members();
                self.notice_about(0, None, &nick, Some(false), self.words().left(&nick, ""));
            }
            Row::Said { from, text } => self.said(&from, text),
            Row::Other { text } => self.other(text),
            Row::Quit => self.bye(crate::vocabulary::Reason::Quit, &self.words().goodbye()),
        }
    }

    fn enter_only_room(&mut self) {
        self.enter();
        let nick = self.state.nick.clone();
        let room = &mut self.state.rooms[0];
        room.joined = true;
        room.book.live = true;
        room.clear_members();
        room.add_member(sort_key(&nick), &nick, true);
        self.count_members();
    }

    fn count_members(&mut self) {
        let room = &mut self.state.rooms[0];
        room.member_count = u32::try_from(room.members.len()).unwrap_or(u32::MAX);
        room.members_complete = false;
        self.dirty = true;
    }

    fn seen(&mut self, nick: &str) {
        if !nick.is_empty() && nick != self.state.nick && self.state.rooms[0].add_member(sort_key(nick), nick, false) {
            self.count_members();
        }
    }

    fn seen_joining(&mut self, nick: &str) {
        // The server tells one of one's own joining too; nobody needs to read that.
        if nick != self.state.nick {
            self.seen(nick);
            self.notice_about(0, None, nick, Some(true), self.words().joined(nick));
        }
    }

    fn said(&mut self, from: &str, text: String) {
        self.name_settled();
        if from != self.state.nick {
            self.seen(from);
            return self.add_row(from, text, false);
        }
        if let Some(rest) = self.confirm_echo(&text) {
            let rest = rest.to_owned();
            self.add_row(from, rest, true);
        }
    }

    /// Our own server gives another name where one cannot be had, and says so right after letting one in.
    fn other(&mut self, text: String) {
        let open = self.name_settled() && self.profile.dialect == Dialect::Nic;
        let given = text.trim_end().rsplit_once("; others see you as ").and_then(|(_, new)| new.strip_suffix('.'));
        let (true, Some(new)) = (open, given) else { return self.add_row("", text, false) };
        let old = core::mem::replace(&mut self.state.nick, crate::text::printable(new));
        let nick = self.state.nick.clone();
        self.state.asked_nick.get_or_insert_with(|| old.clone());
        let room = &mut self.state.rooms[0];
        room.remove_member(&sort_key(&old));
        room.add_member(sort_key(&nick), &nick, true);
        self.count_members();
        self.notice(0, None, text);
    }

    /// Whether the server might have said until now that one has another name; from now on it cannot.
    fn name_settled(&mut self) -> bool {
        self.line.as_mut().is_some_and(|line| core::mem::take(&mut line.name_open))
    }

    fn add_row(&mut self, from: &str, text: String, mine: bool) {
        let mention = !mine && self.names_me(&text);
        let kind = EntryKind::Message {
            from: from.into(),
            text: text.clone(),
            action: false,
            mine,
            mention,
            delivery: Delivery::Confirmed,
            revision: Revision::First,
        };
        let mut entry = self.entry(Some(self.now.timestamp), None, kind);
        entry.seq = self.news(0);
        entry.ignored = !mine && self.state.ignores(from);
        let (key, ignored) = (entry.key, entry.ignored);
        self.state.rooms[0].timeline.push(entry);
        if !mine && !ignored {
            self.arrived(0, key, from, &text, mention);
        }
    }

    /// Confirms the messages that an echo holds, the oldest first: several, where the server read them as one.
    /// What is left was said by somebody of the same name, or is what a reader made of it; `None` if nothing is.
    fn confirm_echo<'a>(&mut self, echo: &'a str) -> Option<&'a str> {
        let glue = format!("{}: ", self.state.nick);
        let mut rest = echo;
        let mut from = 0;
        loop {
            let awaited = self.pending.iter().enumerate().skip(from).filter(|(_, pending)| pending.sent.is_some());
            let found = awaited.into_iter().find_map(|(at, pending)| {
                let said = self.echo_of(pending);
                behind(rest, &said, &glue).map(|behind| (at, behind, VecDeque::new())).or_else(|| {
                    let mut lines = said.split('\n').filter(|line| !line.is_empty()).map(String::from).collect();
                    takes_lines(&mut lines, rest).then_some((at, "", lines))
                })
            });
            let Some((at, behind, further)) = found else { return Some(rest) };
            self.echoed(at);
            if behind.is_empty() {
                self.echo_rest = further;
                return None;
            }
            from = at;
            rest = behind;
        }
    }

    /// What the server makes of a message, but for the name in front.
    fn echo_of(&self, pending: &super::Pending) -> String {
        let text = pending.text.as_str().replace("\n  ", "\n");
        match pending.action {
            true => format!("* {} {text}", self.state.nick),
            false => text,
        }
    }

    /// Whether this row is nothing but the next lines of what was echoed already.
    fn is_rest_of_echo(&mut self, row: &Row) -> bool {
        if self.echo_rest.is_empty() {
            return false;
        }
        let line = match row {
            Row::Other { text } => text.clone(),
            Row::Said { from, text } => format!("{from}: {text}"),
            Row::Connected | Row::Joined { .. } | Row::Left { .. } | Row::Quit => String::new(),
        };
        if takes_lines(&mut self.echo_rest, &line) {
            return true;
        }
        self.echo_rest.clear();
        false
    }

    fn echoed(&mut self, at: usize) {
        let Some(pending) = self.pending.remove(at) else { return };
        self.progress();
        self.dirty = true;
        let seq = self.news(0);
        let timeline = &mut self.state.rooms[0].timeline;
        if let Some(mut entry) = timeline.take(pending.entry) {
            confirm(&mut entry.kind);
            entry.seq = seq;
            timeline.push(entry);
        }
    }

    /// Echoes that did not come.
    pub(super) fn expire_echoes(&mut self) {
        let due =
            |pending: &super::Pending, now| !pending.overdue && pending.sent.is_some_and(|sent| sent + ECHO_MAX <= now);
        let now = self.now.instant;
        while let Some(at) = self.pending.iter().position(|pending| !self.is_native() && due(pending, now)) {
            let Some(mut pending) = self.pending.remove(at) else { break };
            self.deliver(&pending, Delivery::Unconfirmed);
            pending.overdue = true;
            self.pending.insert(at, pending);
        }
    }

    /// Rows whose end has not come have none.
    pub(super) fn flush_rows(&mut self) {
        while let Some(decoded) = self.line.as_mut().and_then(|line| line.codec.flush()) {
            match decoded {
                Decoded::Frame(event) => self.event(event),
                Decoded::Malformed(_) | Decoded::Foreign(_) => {}
            }
        }
    }

    /// Says a text in as many messages as this kind of server needs.
    ///
    /// # Errors
    /// One plain sentence if it cannot be sent.
    pub(super) fn say_to_tutorial(&mut self, index: usize, text: &str) -> Result<(), String> {
        if let Some(c) = forbidden_control(text) {
            return Err(self.words().bad_text(BadText::Control(c)));
        }
        if text.len() > crate::text::TEXT_BYTES_MAX {
            return Err(self.words().bad_text(BadText::TooLong(crate::text::TEXT_BYTES_MAX)));
        }
        let parts: Vec<&str> = match self.profile.dialect {
            Dialect::Prompt if text == QUIT => {
                self.quit();
                return Ok(());
            }
            Dialect::Prompt => text.split('\n').filter(|line| !line.is_empty()).collect(),
            Dialect::Native | Dialect::Nic => alloc::vec![text],
        };
        // What the server makes of it, `nick: text` and a newline, fits one read of the others.
        let bytes_max = CHUNK_BYTES_MAX.saturating_sub(self.state.nick.len() + 3).max(64);
        let mut pieces = parts.into_iter().flat_map(|part| Pieces { rest: part, bytes_max });
        pieces.try_for_each(|piece| self.say(index, piece, false))
    }
}

/// A text cut at characters.
struct Pieces<'a> {
    rest: &'a str,
    bytes_max: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let end = self.rest.floor_char_boundary(self.bytes_max);
        let (piece, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!piece.is_empty()).then_some(piece)
    }
}

/// What of an echo stands behind one message in it: nothing, or the next message.
fn behind<'a>(echo: &'a str, said: &str, glue: &str) -> Option<&'a str> {
    let rest = echo.strip_prefix(said.trim_end())?;
    if rest.trim_end().is_empty() {
        return Some("");
    }
    rest.trim_start().strip_prefix(glue)
}

/// Takes the lines of a row from the front of those that are awaited; whether they are all there and as they should be.
fn takes_lines(awaited: &mut VecDeque<String>, row: &str) -> bool {
    let mut lines = row.split('\n').map(str::trim).filter(|line| !line.is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| awaited.pop_front().is_some_and(|next| next.trim() == line))
}

/// A name as these servers can show it: one word, on one line.
pub(super) fn tutorial_nick(nick: &str) -> String {
    nick.trim().chars().filter(|c| !c.is_control()).map(|c| if c.is_whitespace() { '_' } else { c }).collect()
}

/// What the members are sorted by: case does not matter to a reader.
fn sort_key(nick: &str) -> String {
    nick.to_lowercase()
}

/// The host of an address as shown: `127.0.0.1` of `nic://127.0.0.1:9090`.
fn host(address: &str) -> Option<&str> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split('/').next()?;
    let host = match rest.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
        Some(_) | None => rest,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then_some(host)
}
