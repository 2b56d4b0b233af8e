//! What a pipe prints of what it hears: everything, or with `--once` nothing but the answer.

use std::collections::HashSet;
use std::io::{self, Write};

use parlor_core::client::{Delivery, Entry, EntryKey, EntryKind, Intent, Room, RoomKey, State};
use parlor_core::name::RoomName;
use parlor_core::vocabulary::Place;
use parlor_transport_tcp::session::Session;

use super::Terms;
use crate::record::{self, Printed};

/// Messages of one's own that are told apart from those of other sessions of the same person.
const OWN_MAX: usize = 4096;

/// What is printed, and how far.
pub(super) struct Paper<O, E> {
    output: O,
    errors: E,
    json: bool,
    once: bool,
    history: usize,
    /// The room that is spoken in, once one is in it.
    here: Option<RoomKey>,
    /// Whether the history was printed.
    begun: bool,
    /// The number of the newest news printed.
    printed: u64,
    /// What this run said.
    own: Vec<EntryKey>,
    /// The number of the newest news when something was said of which nothing is to be seen.
    floor: u64,
    /// The number of the news after which an answer is looked for.
    asked: Option<u64>,
    answered: bool,
    /// Why the first message of one's own that did not get through did not.
    failed: Option<String>,
}

impl<O: Write, E: Write> Paper<O, E> {
    pub(super) fn new(terms: &Terms, output: O, errors: E) -> Self {
        let &Terms { json, once, history, .. } = terms;
        Self {
            output,
            errors,
            json,
            once,
            history,
            here: None,
            begun: false,
            printed: 0,
            own: Vec::new(),
            floor: 0,
            asked: None,
            answered: false,
            failed: None,
        }
    }

    pub(super) fn here(&self) -> Option<RoomKey> {
        self.here
    }

    pub(super) fn is_begun(&self) -> bool {
        self.begun
    }

    pub(super) fn is_answered(&self) -> bool {
        self.answered
    }

    pub(super) fn failed(&mut self) -> Option<String> {
        self.failed.take()
    }

    /// Finds the room to speak in and prints the end of its history; `true` once that is done. When it is `late`, what is
    /// there of it will do.
    pub(super) fn begin(&mut self, session: &Session, wanted: Option<&RoomName>, late: bool) -> bool {
        let state = session.state();
        let is_wanted = |room: &&Room| match (wanted, &room.place) {
            (Some(wanted), Some(Place::Room(name))) => room.joined && name == wanted,
            (Some(_), Some(Place::Direct(_)) | None) => false,
            (None, Some(Place::Direct(_))) => false,
            (None, Some(Place::Room(_))) => room.joined,
            (None, None) => true,
        };
        let Some(room) = state.rooms.iter().find(is_wanted) else { return false };
        let (here, wants_older) = (room.key, self.history > said(room).count() && room.has_older);
        let held = room.place.is_none() || room.has_older || room.before().is_some();
        if self.history > 0 && !late && (!held || wants_older) {
            let asks = held && !room.loading_older;
            drop(state);
            if asks {
                session.intent(Intent::Show(here));
                session.intent(Intent::Older);
            }
            return false;
        }
        let newest = said(room).rev().take(self.history);
        let mut lines: Vec<Printed> = newest.map(|entry| self.render(room, entry, Some(here), false)).collect();
        lines.reverse();
        drop(state);
        self.here = Some(here);
        self.begun = true;
        for line in lines {
            // That nobody reads is seen again at the next line.
            let _ = self.put(line);
        }
        true
    }

    fn render(&self, room: &Room, entry: &Entry, here: Option<RoomKey>, changed: bool) -> Printed {
        match (self.json, changed) {
            (true, false) => record::json(room, entry, here),
            (true, true) => record::change_json(room, entry, here),
            (false, false) => record::line(room, entry, here),
            (false, true) => record::change_line(room, entry, here),
        }
    }

    fn put(&mut self, printed: Printed) -> io::Result<()> {
        match printed {
            Printed::Out(line) => {
                writeln!(self.output, "{line}")?;
                self.output.flush()
            }
            Printed::Err(line) => {
                // Standard error may be closed; that is no reason to stop.
                let _ = writeln!(self.errors, "parlor-tui: {line}");
                Ok(())
            }
        }
    }

    /// Prints what is new.
    pub(super) fn print(&mut self, session: &Session) -> io::Result<()> {
        let state = session.state();
        let from = std::mem::replace(&mut self.printed, state.newest_seq());
        // What was told before, and is not so any more, is told as a change.
        let print = |(room, entry): (&Room, &Entry)| self.render(room, entry, self.here, entry.seq <= from);
        let news: Vec<Printed> = state.news_since(from).into_iter().map(print).collect();
        if self.failed.is_none() {
            self.failed = failed_since(&state, from);
        }
        drop(state);
        for printed in news {
            match printed {
                Printed::Out(_) if self.once => {}
                Printed::Out(_) | Printed::Err(_) => self.put(printed)?,
            }
        }
        Ok(())
    }

    /// Says a line, and remembers as what: by the time anybody looks, the server may have confirmed it, and others may have
    /// answered.
    pub(super) fn say(&mut self, session: &Session, line: String) {
        let (before, newest) = {
            let state = session.state();
            (if self.once { mine(&state, None) } else { HashSet::new() }, state.newest_seq())
        };
        session.intent(Intent::Say(line.clone()));
        let is_refusal = |(_, entry): &(&Room, &Entry)| matches!(entry.kind, EntryKind::Error(_));
        if session.state().news_since(newest).iter().any(is_refusal) {
            self.failed.get_or_insert_with(not_all_sent);
        }
        if self.once {
            self.note(session, &line, &before);
        }
    }

    /// Remembers what has become of a line: what is there and was not there before.
    fn note(&mut self, session: &Session, line: &str, before: &HashSet<EntryKey>) {
        let state = session.state();
        let own = mine(&state, Some(line));
        let mut new = own.difference(before).peekable();
        if new.peek().is_none() {
            self.floor = state.newest_seq();
        }
        self.own.extend(new);
        // The last ones tell from where on an answer is looked for.
        self.own.drain(..self.own.len().saturating_sub(OWN_MAX));
    }

    /// Looks for the first message of anybody else, or of another session of one's own, after the last that this run has
    /// said; and prints it.
    pub(super) fn answer(&mut self, session: &Session) {
        if self.answered {
            return;
        }
        let state = session.state();
        // What comes again after a lost connection may be this very line, until the server says which one it is.
        let native = state.rooms.iter().filter(|room| room.place.is_some()).flat_map(|room| room.timeline.iter());
        let waits = |entry: &Entry| entry.delivery() == Some(&Delivery::Pending) && self.own.contains(&entry.key);
        if native.rev().any(waits) {
            return;
        }
        let asked = self.asked.unwrap_or_else(|| {
            let own = state.rooms.iter().flat_map(|room| room.timeline.iter());
            own.filter(|entry| self.own.contains(&entry.key)).map(|entry| entry.seq).fold(self.floor, u64::max)
        });
        self.asked = Some(state.newest_seq());
        let is_answer = |(_, entry): &(&Room, &Entry)| {
            let is_said = matches!(entry.kind, EntryKind::Message { .. }) && !entry.is_deleted();
            is_said && entry.seq > asked && !self.own.contains(&entry.key)
        };
        let answer = state.news_since(asked).into_iter().find(is_answer);
        let answer = answer.map(|(room, entry)| self.render(room, entry, self.here, false));
        drop(state);
        if let Some(answer) = answer {
            self.answered = true;
            // That nobody reads it is no reason to wait for another.
            let _ = self.put(answer);
        }
    }
}

/// The messages of this person in the shown room, of any session; or those with this text or a piece of it, as the servers
/// of the tutorials get a long one.
fn mine(state: &State, text: Option<&str>) -> HashSet<EntryKey> {
    let entries = state.shown_room().into_iter().flat_map(|room| room.timeline.iter());
    let mine = entries.filter(|entry| matches!(entry.kind, EntryKind::Message { mine: true, .. }));
    mine.filter(|entry| text.is_none_or(|text| text.contains(entry.what()))).map(|entry| entry.key).collect()
}

/// What was said in a room before one came.
fn said(room: &Room) -> impl DoubleEndedIterator<Item = &Entry> {
    let is_said = |entry: &&Entry| matches!(entry.kind, EntryKind::Message { .. }) && entry.seq == 0;
    room.timeline.iter().filter(move |entry| is_said(entry) && entry.id.is_some() && !entry.is_deleted())
}

/// Why a message of one's own did not get through, if one did not.
fn failed_since(state: &State, seq: u64) -> Option<String> {
    state.news_since(seq).into_iter().find_map(|(_, entry)| match entry.delivery()? {
        Delivery::Failed(_) => Some(not_all_sent()),
        Delivery::Unconfirmed => Some("The server has not confirmed everything.".to_owned()),
        Delivery::Pending | Delivery::Confirmed => None,
    })
}

fn not_all_sent() -> String {
    "Not everything was sent.".to_owned()
}

#[cfg(test)]
mod tests {
    use parlor_core::client::Profile;
    use parlor_core::wire::Dialect;
    use parlor_transport_tcp::session::Offline;

    use super::*;

    const WELCOME: &str = r#"{"welcome":{"version":1,"server":"test","nick":"ada","token":"t","resumed":false,"limits":{"nick_bytes":64,"room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64},"features":[]}}"#;
    const LOBBY: &str = r#"{"room":{"room":"lobby","log":"9f3c5a7b1d2e4f60","first_id":1,"last_id":0,"topic":"","count":2,"members":["ada","bea"]}}"#;

    fn says(server: &Offline, frame: &str) {
        server.says(format!("{frame}\n").as_bytes());
    }

    fn hears(server: &Offline, id: u64, from: &str, text: &str) {
        says(
            server,
            &format!(r#"{{"message":{{"room":"lobby","id":{id},"from":"{from}","at":{id}000,"text":"{text}"}}}}"#),
        );
    }

    /// The server is as fast as it can be: here it has confirmed a line before anybody looks at what was said.
    #[test]
    fn a_line_of_ones_own_is_never_its_answer_however_soon_it_is_confirmed() {
        let profile = Profile::new(Dialect::Native, "parlor://127.0.0.1:7667", "ada", "test");
        let (session, server) = Session::offline(profile);
        server.connected();
        [WELCOME, LOBBY].into_iter().for_each(|frame| says(&server, frame));
        server.sent();
        let mut output = Vec::new();
        let terms = Terms { once: true, ..Terms::default() };
        let mut paper = Paper::new(&terms, &mut output, io::sink());
        assert!(paper.begin(&session, None, false));
        hears(&server, 1, "ada", "said elsewhere");
        for (id, line) in [(2, "one"), (3, "two")] {
            let before = mine(&session.state(), None);
            session.intent(Intent::Say(line.to_owned()));
            let sent = String::from_utf8(server.sent()).unwrap();
            let nonce = sent.split(r#""nonce":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
            says(&server, &format!(r#"{{"ack":{{"nonce":"{nonce}","room":"lobby","id":{id}}}}}"#));
            hears(&server, id, "ada", line);
            paper.note(&session, line, &before);
        }
        paper.answer(&session);
        assert!(!paper.is_answered());
        hears(&server, 4, "bea", "three");
        paper.answer(&session);
        assert_eq!(String::from_utf8(output).unwrap(), "bea: three\n");
    }

    #[test]
    fn a_line_that_comes_again_after_a_lost_connection_is_not_its_answer() {
        let profile = Profile::new(Dialect::Native, "parlor://127.0.0.1:7667", "ada", "test");
        let (session, server) = Session::offline(profile);
        server.connected();
        [WELCOME, LOBBY].into_iter().for_each(|frame| says(&server, frame));
        let mut output = Vec::new();
        let terms = Terms { once: true, ..Terms::default() };
        let mut paper = Paper::new(&terms, &mut output, io::sink());
        assert!(paper.begin(&session, None, false));
        hears(&server, 1, "bea", "too early");
        paper.say(&session, "when?".to_owned());
        let sent = String::from_utf8(server.sent()).unwrap();
        let nonce = sent.split(r#""nonce":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        // It was stored, but who said it was not told so.
        server.lost("gone");
        session.intent(Intent::RetryNow);
        server.connected();
        let lobby = LOBBY.replace(r#""last_id":0"#, r#""last_id":3"#);
        [WELCOME, &lobby].into_iter().for_each(|frame| says(&server, frame));
        hears(&server, 2, "ada", "when?");
        paper.answer(&session);
        assert!(!paper.is_answered());
        hears(&server, 3, "bea", "at noon");
        says(&server, &format!(r#"{{"ack":{{"nonce":"{nonce}","room":"lobby","id":2}}}}"#));
        paper.answer(&session);
        assert_eq!(String::from_utf8(output).unwrap(), "bea: at noon\n");
    }

    #[test]
    fn a_line_that_is_refused_is_not_sent_and_what_was_heard_before_it_is_no_answer() {
        let (session, server) =
            Session::offline(Profile::new(Dialect::Native, "parlor://127.0.0.1:7667", "ada", "test"));
        server.connected();
        [WELCOME, LOBBY].into_iter().for_each(|frame| says(&server, frame));
        let mut output = Vec::new();
        let terms = Terms { once: true, ..Terms::default() };
        let mut paper = Paper::new(&terms, &mut output, io::sink());
        assert!(paper.begin(&session, None, false));
        hears(&server, 1, "bea", "too early");
        // As long as a message may be, but not once it is written as JSON.
        paper.say(&session, "\"".repeat(8_192));
        paper.answer(&session);
        assert!(!paper.is_answered());
        assert_eq!(paper.failed(), Some(not_all_sent()));
    }

    #[test]
    fn no_piece_of_a_line_is_its_answer_on_a_server_that_takes_short_ones() {
        let (session, server) = Session::offline(Profile::new(Dialect::Nic, "nic://127.0.0.1:9090", "ada", "test"));
        server.connected();
        server.says(b"NICConnected to the server.");
        let mut output = Vec::new();
        let terms = Terms { once: true, ..Terms::default() };
        let mut paper = Paper::new(&terms, &mut output, io::sink());
        assert!(paper.begin(&session, None, false));
        paper.say(&session, "word ".repeat(600));
        assert!(paper.own.len() > 2, "it is said in pieces");
        paper.answer(&session);
        assert!(!paper.is_answered());
        server.says(b"bea: noon");
        // Nothing but the silence behind it tells that it is whole.
        server.sleep(std::time::Duration::from_secs(5));
        paper.answer(&session);
        assert_eq!(String::from_utf8(output).unwrap(), "bea: noon\n");
    }
}
