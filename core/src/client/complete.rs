//! Finishing what somebody begins to type: names, commands, rooms.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use unicode_security::skeleton;

use super::slash::{commands, takes_nick};
use super::{Room, State};
use crate::name;
use crate::search::spelling;
use crate::vocabulary::Place;
use crate::wire::Dialect;

/// Candidates offered at once.
const CANDIDATES_MAX: usize = 100;
/// Messages looked at for who spoke last.
const SPOKEN_MAX: usize = 500;
/// Longest word that is completed: no name is longer.
const WORD_BYTES_MAX: usize = 256;

/// What the Tab key does in a composer; each composer has one. Give it every press of Tab and Shift+Tab, and show what
/// it returns.
///
/// What is completed ends at the caret: a nickname of the room's members (`ada: ` at the start of a line, `ada `
/// elsewhere, `@ada ` behind an `@`), a command behind the first `/`, a room behind `/join`, a nickname behind the
/// commands that take one. Who spoke last comes first; who is ignored is offered only to commands about them. Case, accents, keyboards (ي and ی), ZWNJ and look-alikes do not
/// matter.
#[derive(Clone, Debug, Default)]
pub struct Completer {
    current: Option<Completion>,
}

/// What a composer reads after Tab, and what else it could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole text, to be put in place of what was there.
    pub text: String,
    /// Where the caret goes, in bytes; between two characters.
    pub caret: usize,
    /// What fits, at most 100: to be shown where there is more than one. Without what stands behind it (`: `).
    pub candidates: Vec<String>,
    /// Which of them is in the text.
    pub chosen: usize,
    /// What stands before and behind, and what was typed.
    before: String,
    behind: String,
    typed: String,
    place: Where,
    me: String,
}

/// Where a word to be completed stands, which decides what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// A nickname that begins a line is spoken to.
    Start,
    /// Anything else is followed by a space.
    Middle,
}

impl Completer {
    /// Tab was pressed (Shift+Tab: `back`) in a composer that reads `text`, with the caret at this byte; one that lies
    /// beyond the text or in a character is taken to the one before. The first press completes with the first
    /// candidate (the last one, backwards), further ones go round; any edit or movement in between begins anew. `None`
    /// where nothing fits: nothing changes.
    pub fn press(&mut self, state: &State, text: &str, caret: usize, back: bool) -> Option<&Completion> {
        let caret = text.floor_char_boundary(caret.min(text.len()));
        match self.current.take_if(|current| current.stands(text, caret)) {
            Some(mut current) => {
                current.turn(back);
                self.current = Some(current);
            }
            None => self.current = Completion::begin(state, text, caret, back),
        }
        self.current.as_ref()
    }

    /// What is on offer, as long as the composer still reads what the last press made of it: to be shown beside it.
    pub fn offer(&self, text: &str, caret: usize) -> Option<&Completion> {
        self.current.as_ref().filter(|current| current.stands(text, caret))
    }

    /// Escape was pressed: what was typed before the first press, and where the caret was; `None` where nothing is on
    /// offer.
    pub fn cancel(&mut self, text: &str, caret: usize) -> Option<(String, usize)> {
        let current = self.current.take().filter(|current| current.stands(text, caret))?;
        let Completion { before, typed, behind, .. } = current;
        let caret = before.len() + typed.len();
        Some((before + &typed + &behind, caret))
    }
}

impl Completion {
    fn stands(&self, text: &str, caret: usize) -> bool {
        self.caret == caret && self.text == text
    }

    fn begin(state: &State, text: &str, caret: usize, back: bool) -> Option<Self> {
        let (before, behind) = text.split_at_checked(caret)?;
        let start = word_start(before);
        let (before, typed) = before.split_at_checked(start)?;
        if typed.len() > WORD_BYTES_MAX {
            return None;
        }
        let (candidates, place) = candidates(state, before, typed);
        let chosen = if back { candidates.len().checked_sub(1)? } else { 0 };
        let mut completion = Self {
            text: String::new(),
            caret: 0,
            candidates,
            chosen,
            before: before.into(),
            behind: behind.into(),
            typed: typed.into(),
            place,
            me: state.nick.clone(),
        };
        completion.candidates.get(chosen)?;
        completion.write();
        Some(completion)
    }

    fn turn(&mut self, back: bool) {
        let count = self.candidates.len().max(1);
        let step = if back { count - 1 } else { 1 };
        self.chosen = (self.chosen + step) % count;
        self.write();
    }

    /// Makes the text with the chosen candidate.
    fn write(&mut self) {
        let chosen = self.candidates.get(self.chosen).map_or("", String::as_str);
        let spoken_to = self.place == Where::Start && name::fold(chosen) != name::fold(&self.me);
        let mut text = format!("{}{chosen}", self.before);
        // What stands there already is not written twice; the caret goes behind it.
        let mut behind = self.behind.as_str();
        for sign in [":", " "].into_iter().skip(usize::from(!spoken_to)) {
            text.push_str(sign);
            behind = behind.strip_prefix(sign).unwrap_or(behind);
        }
        self.caret = text.len();
        text.push_str(behind);
        self.text = text;
    }
}

/// Where the word begins that ends with a text.
fn word_start(before: &str) -> usize {
    let start =
        before.rfind(char::is_whitespace).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = before.get(start..).unwrap_or("");
    before.len() - word.trim_start_matches(['(', '"', '\'', '«', '“', '‘', '„']).len()
}

/// What a word could become, best first, and where it stands.
fn candidates(state: &State, before: &str, typed: &str) -> (Vec<String>, Where) {
    let room = state.shown_room();
    let command = before.strip_prefix('/').filter(|line| !line.starts_with('/')).map(str::trim_end);
    if let (true, Some(prefix)) = (before.is_empty(), typed.strip_prefix('/')) {
        if prefix.starts_with('/') {
            return (Vec::new(), Where::Middle);
        }
        let commands = commands(state.dialect == Dialect::Native);
        return (
            fitting(commands.map(String::from), prefix).map(|command| format!("/{command}")).collect(),
            Where::Middle,
        );
    }
    if command.is_some_and(|command| command.eq_ignore_ascii_case("join")) {
        return (fitting(rooms(state), typed).collect(), Where::Middle);
    }
    let names = room.map(|room| named(state, room, command)).unwrap_or_default();
    if let Some(prefix) = typed.strip_prefix('@') {
        return (fitting(names, prefix).map(|nick| format!("@{nick}")).collect(), Where::Middle);
    }
    let wanted = command.is_some_and(takes_nick);
    if typed.is_empty() && !wanted {
        return (Vec::new(), Where::Middle);
    }
    let starts = before.is_empty() || before.ends_with('\n');
    (fitting(names, typed).collect(), if starts { Where::Start } else { Where::Middle })
}

/// Those that begin as was typed: first those that need no indulgence, then those in other spelling.
fn fitting(all: impl IntoIterator<Item = String>, typed: &str) -> impl Iterator<Item = String> {
    let (folded, spelled) = (name::fold(typed), spelling(typed));
    let alike: String = skeleton(&folded).collect();
    let (mut exact, mut near) = (Vec::new(), Vec::new());
    for one in all {
        let fold = name::fold(&one);
        if fold.starts_with(&folded) {
            exact.push(one);
        } else if !spelled.is_empty() && spelling(&one).starts_with(&spelled)
            // In ASCII alone, m and rn would look alike.
            || !(typed.is_ascii() && one.is_ascii()) && skeleton(&fold).collect::<String>().starts_with(&alike)
        {
            near.push(one);
        }
    }
    exact.into_iter().chain(near).take(CANDIDATES_MAX)
}

/// Whom a command may mean in a room, or without one what one says there: nobody whom one ignores, unless the command
/// is about them.
fn named(state: &State, room: &Room, command: Option<&str>) -> Vec<String> {
    let command = command.map(str::to_lowercase);
    let mut names = match command.as_deref() {
        Some("unignore") => return state.ignored.clone(),
        Some(_) | None => names(state, room),
    };
    if !matches!(command.as_deref(), Some("kick" | "mute" | "unmute")) {
        names.retain(|nick| !state.ignores(nick));
    }
    names
}

/// Who is or was seen in a room: who spoke last first, then in order of name, oneself last.
fn names(state: &State, room: &Room) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let listed = |nick: &str| room.members.iter().any(|member| member.nick == nick);
    let complete = room.members_complete && !room.members.is_empty();
    let spoken = room.timeline.iter().rev().take(SPOKEN_MAX).filter(|entry| !entry.is_mine());
    for nick in spoken.map(|entry| entry.who()).filter(|nick| !nick.is_empty()) {
        if !names.iter().any(|known| known == nick) && (!complete || listed(nick)) {
            names.push(nick.into());
        }
    }
    let others = room.members.iter().filter(|member| !member.me).map(|member| &member.nick);
    let partner = match &room.place {
        Some(Place::Direct(nick)) => Some(nick.to_string()),
        Some(Place::Room(_)) | None => None,
    };
    let spoken = names.len();
    for nick in others.chain(&partner) {
        if !names.iter().take(spoken).any(|known| known == nick) {
            names.push(nick.clone());
        }
    }
    names.retain(|nick| *nick != state.nick);
    names.push(state.nick.clone());
    names
}

/// Rooms to go to: those one is in, those the server has listed, and the conversations.
fn rooms(state: &State) -> Vec<String> {
    let mut rooms: Vec<String> =
        state.rooms.iter().filter(|room| room.place.is_some()).map(|room| room.title.clone()).collect();
    for listed in &state.listed {
        if !rooms.contains(listed) {
            rooms.push(listed.clone());
        }
    }
    rooms
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::client::{Member, Profile};
    use crate::name::RoomName;

    fn state(nicks: &[&str]) -> State {
        let mut state = State::new(&Profile::new(Dialect::Native, "parlor://test", "ada", "test/1"));
        let members = nicks.iter().map(|nick| Member { nick: (*nick).into(), me: *nick == "ada", away: None });
        state.rooms.push(Room {
            members: members.collect(),
            members_complete: true,
            place: Some(Place::Room(RoomName::lobby())),
            ..Room::named("lobby")
        });
        state.listed = alloc::vec!["library".into(), "garden".into()];
        state
    }

    /// Presses Tab at the `|`.
    fn pressed(completer: &mut Completer, state: &State, text: &str, back: bool) -> Option<String> {
        let caret = text.find('|').unwrap();
        let completion = completer.press(state, &text.replace('|', ""), caret, back)?;
        let (before, behind) = completion.text.split_at(completion.caret);
        Some(format!("{before}|{behind}"))
    }

    fn tab(text: &str) -> String {
        let state = state(&["ada", "bea", "bob", "Jos\u{e9}", "علي", "می\u{200C}نا", "раша"]);
        pressed(&mut Completer::default(), &state, text, false).unwrap_or_else(|| text.into())
    }

    #[test]
    fn a_name_is_finished_whatever_its_spelling() {
        for (typed, finished) in [
            ("be|", "bea: |"),
            ("BE|", "bea: |"),
            ("hello be|", "hello bea |"),
            ("jose|", "Jos\u{e9}: |"),
            ("علی|", "علي: |"),
            ("مین|", "می\u{200C}نا: |"),
            ("pa|", "раша: |"),
            ("x\nbo|", "x\nbob: |"),
            ("(bo|", "(bob |"),
            ("@bo|", "@bob |"),
            ("zz|", "zz|"),
            ("|", "|"),
            ("hello |", "hello |"),
        ] {
            assert_eq!(tab(typed), finished, "{typed}");
        }
    }

    #[test]
    fn what_stands_behind_the_caret_stays() {
        assert_eq!(tab("be| is here"), "bea: |is here");
        assert_eq!(tab("hi be|, hello"), "hi bea |, hello");
    }

    #[test]
    fn oneself_is_not_spoken_to() {
        assert_eq!(tab("ad|"), "ada |");
    }

    #[test]
    fn commands_and_what_follows_them_are_finished() {
        for (typed, finished) in [
            ("/jo|", "/join |"),
            ("/JO|", "/join |"),
            ("/join li|", "/join library |"),
            ("/join |", "/join lobby |"),
            ("/msg b|", "/msg bea |"),
            ("/kick bo|", "/kick bob |"),
            ("/me greets be|", "/me greets bea |"),
            ("/topic |", "/topic |"),
            ("//jo|", "//jo|"),
            ("x /jo|", "x /jo|"),
        ] {
            assert_eq!(tab(typed), finished, "{typed}");
        }
    }

    #[test]
    fn who_is_ignored_is_offered_only_to_commands_about_them() {
        let mut profile = Profile::new(Dialect::Native, "parlor://test", "ada", "test/1");
        profile.keepsake.ignored = alloc::vec!["bob".into()];
        let (plain, mut state) = (state(&["ada", "bea", "bob"]), State::new(&profile));
        state.rooms = plain.rooms;
        for (typed, finished) in [
            ("bo|", None),
            ("@bo|", None),
            ("/msg bo|", None),
            ("/ignore b|", Some("/ignore bea |")),
            ("/unignore |", Some("/unignore bob |")),
            ("/KICK bo|", Some("/KICK bob |")),
            ("/mute bo|", Some("/mute bob |")),
        ] {
            let found = pressed(&mut Completer::default(), &state, typed, false);
            assert_eq!(found.as_deref(), finished, "{typed}");
        }
    }

    #[test]
    fn tab_goes_round_and_any_edit_begins_anew() {
        let (state, mut completer) = (state(&["bea", "bob"]), Completer::default());
        let mut press = |text: &str, back| pressed(&mut completer, &state, text, back).unwrap();
        assert_eq!(press("b|", false), "bea: |");
        assert_eq!(press("bea: |", false), "bob: |");
        assert_eq!(press("bob: |", false), "bea: |");
        assert_eq!(press("bea: |", true), "bob: |");
        assert_eq!(press("bob|: ", false), "bob: |", "the caret moved");
        assert_eq!(press("b|", true), "bob: |");
    }

    #[test]
    fn an_offer_lasts_until_the_text_changes_and_can_be_taken_back() {
        let (state, mut completer) = (state(&["bea", "bob"]), Completer::default());
        completer.press(&state, "b", 1, false);
        assert_eq!(completer.offer("bea: ", 5).map(|offer| offer.candidates.len()), Some(2));
        assert_eq!(completer.offer("bea: x", 6), None);
        assert_eq!(completer.cancel("bea: ", 5), Some(("b".into(), 1)));
        assert_eq!(completer.offer("bea: ", 5), None);
    }

    #[test]
    fn a_large_room_offers_a_bounded_number() {
        let nicks: Vec<String> = (0..5_000).map(|number| format!("guest{number}")).collect();
        let state = state(&nicks.iter().map(String::as_str).collect::<Vec<_>>());
        let mut completer = Completer::default();
        assert_eq!(completer.press(&state, "gu", 2, false).unwrap().candidates.len(), CANDIDATES_MAX);
        assert_eq!(completer.press(&state, &"g".repeat(10_000), 10_000, false), None);
    }

    proptest! {
        #[test]
        fn no_caret_splits_a_character(text in "[ab@/ \njoin(می\u{200C}é🙂]{0,12}", carets in proptest::collection::vec(0_usize..40, 1..4), back: bool) {
            let state = state(&["ada", "bea", "می\u{200C}نا", "é", "join"]);
            let (mut completer, mut text) = (Completer::default(), text);
            for caret in carets {
                let typed = text.clone();
                if let Some(completion) = completer.press(&state, &text, caret, back) {
                    prop_assert!(completion.text.is_char_boundary(completion.caret));
                    prop_assert!(completion.chosen < completion.candidates.len());
                    let at = typed.floor_char_boundary(caret.min(typed.len()));
                    let behind = typed[at..].trim_start_matches([':', ' ']);
                    prop_assert!(completion.text.ends_with(behind), "what stands behind the caret stays");
                    text = completion.text.clone();
                }
            }
        }
    }
}
