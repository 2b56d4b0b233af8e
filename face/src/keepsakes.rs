//! What a client keeps of what a person typed and did not send, by server and nickname: `keepsakes.toml`, beside the
//! tokens and as private.

use parlor_core::client::Keepsake;
use parlor_core::vocabulary::Place;
use serde::{Deserialize, Serialize};

use crate::file::{Fault, Loaded, alone, load, save};
use crate::kept::Kept;

const KEEPSAKES_FILE: &str = "keepsakes.toml";

const HEAD: &str = "# What you typed in Parlor and did not send, and whom you ignore.\n\n";

/// Most people, which are servers and nicknames, of whom something is kept; the one kept longest ago goes first.
const PEOPLE_MAX: usize = 100;

/// Most bytes of text in all of it.
const BYTES_MAX: usize = 2 * 1024 * 1024;

impl Kept {
    /// What was left at `server` by `nick`, for [`Profile::keepsake`](parlor_core::client::Profile::keepsake).
    pub fn keepsake(&self, server: &str, nick: &str) -> Loaded<Keepsake> {
        let Loaded { value, warning } = load::<File>(&self.state().join(KEEPSAKES_FILE));
        let found = value.person.into_iter().find(|person| person.is(server, nick));
        Loaded { value: found.map(Person::keepsake).unwrap_or_default(), warning }
    }

    /// Keeps what `now` differs in from `before`, which is what this client read or kept last: what another client of the
    /// same person kept meanwhile stays. Where nothing is left, nothing is kept.
    ///
    /// # Errors
    /// It cannot be written; what is typed then ends with the program.
    pub fn keep_keepsake(&self, server: &str, nick: &str, before: &Keepsake, now: &Keepsake) -> Result<(), Fault> {
        self.keep_keepsakes(server, &[Change { nick, before, now }])
    }

    /// The same for several nicknames in one step: whenever the program ends, all of it is kept or none.
    pub(crate) fn keep_keepsakes(&self, server: &str, changes: &[Change<'_>]) -> Result<(), Fault> {
        if changes.iter().all(|change| change.before == change.now) {
            return Ok(());
        }
        let _alone = alone(self.state())?;
        let path = self.state().join(KEEPSAKES_FILE);
        let Loaded { value: mut file, warning } = load::<File>(&path);
        if let Some(warning) = warning.filter(|_| path.exists()) {
            return Err(warning);
        }
        for Change { nick, before, now } in changes.iter().filter(|change| change.before != change.now) {
            let there = file.person.iter().position(|person| person.is(server, nick));
            let there = there.map(|at| file.person.remove(at).keepsake()).unwrap_or_default();
            let merged = merged(there, before, now);
            if merged != Keepsake::default() {
                file.person.push(Person::new(server, nick, &merged));
            }
        }
        let people = file.person.iter().rev().scan(BYTES_MAX, |left, person| {
            *left = left.checked_sub(person.bytes())?;
            Some(())
        });
        let kept = people.take(PEOPLE_MAX).count();
        file.person.drain(..file.person.len() - kept);
        save(&path, HEAD, &file)
    }
}

/// What became of what is kept of one nickname.
pub(crate) struct Change<'a> {
    pub(crate) nick: &'a str,
    /// What this client read or kept last.
    pub(crate) before: &'a Keepsake,
    pub(crate) now: &'a Keepsake,
}

/// What stands in the file, with what became of `before` in one client. A place may have several drafts.
fn merged(mut there: Keepsake, before: &Keepsake, now: &Keepsake) -> Keepsake {
    fn of<'a>(keepsake: &'a Keepsake, place: &Option<Place>) -> Vec<&'a String> {
        keepsake.drafts.iter().filter(|(of, _)| of == place).map(|(_, text)| text).collect()
    }
    let mut done: Vec<&Option<Place>> = Vec::new();
    for (place, _) in before.drafts.iter().chain(&now.drafts) {
        let (had, has) = (of(before, place), of(now, place));
        if done.contains(&place) || had == has {
            continue;
        }
        done.push(place);
        let mut at = None;
        for text in had {
            let gone = there.drafts.iter().position(|(of, there)| of == place && there == text);
            if let Some(gone) = gone {
                there.drafts.remove(gone);
                at = Some(at.unwrap_or(gone).min(gone));
            }
        }
        let at = at.unwrap_or(there.drafts.len());
        let has = has.into_iter().map(|text| (place.clone(), text.clone()));
        there.drafts.splice(at..at, has);
    }
    there.ignored.retain(|name| !before.ignored.contains(name) || now.ignored.contains(name));
    let added: Vec<_> = now.ignored.iter().filter(|name| !before.ignored.contains(name)).cloned().collect();
    for name in added {
        if !there.ignored.contains(&name) {
            there.ignored.push(name);
        }
    }
    there
}

/// A file that is not there is no person's.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct File {
    person: Vec<Person>,
}

#[derive(Serialize, Deserialize)]
struct Person {
    server: String,
    nick: String,
    #[serde(default)]
    ignored: Vec<String>,
    #[serde(default)]
    draft: Vec<Draft>,
}

#[derive(Serialize, Deserialize)]
struct Draft {
    /// `#room`, `@nick`, or nothing for the only room of a server whose room has no name.
    #[serde(default)]
    place: String,
    text: String,
}

impl Person {
    fn new(server: &str, nick: &str, keepsake: &Keepsake) -> Self {
        let written = |place: &Option<Place>| match place {
            None => String::new(),
            Some(Place::Room(room)) => format!("#{room}"),
            Some(Place::Direct(nick)) => format!("@{nick}"),
        };
        let draft = |(place, text): &(Option<Place>, String)| Draft { place: written(place), text: text.clone() };
        Self {
            server: server.into(),
            nick: nick.into(),
            ignored: keepsake.ignored.clone(),
            draft: keepsake.drafts.iter().map(draft).collect(),
        }
    }

    fn is(&self, server: &str, nick: &str) -> bool {
        self.server == server && self.nick == nick
    }

    fn bytes(&self) -> usize {
        let ignored = self.ignored.iter().map(String::len);
        let drafts = self.draft.iter().map(|draft| draft.place.len() + draft.text.len());
        self.server.len() + self.nick.len() + ignored.chain(drafts).sum::<usize>()
    }

    /// What was written by hand and makes no sense is left out.
    fn keepsake(self) -> Keepsake {
        let drafts = self.draft.into_iter().filter_map(|Draft { place, text }| match place.as_str() {
            "" => Some((None, text)),
            place => Some((Some(Place::parse(place).ok()?), text)),
        });
        Keepsake { drafts: drafts.collect(), ignored: self.ignored }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kept() -> (tempfile::TempDir, Kept) {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::at(home.path().join("config"), home.path().join("state"));
        (home, kept)
    }

    fn keepsake(text: &str) -> Keepsake {
        Keepsake {
            drafts: vec![
                (None, format!("{text} ‎\"'''\\ ")),
                (Some(Place::parse("#باغ").unwrap()), "چند\nخط".into()),
                (Some(Place::parse("@bea").unwrap()), text.into()),
            ],
            ignored: vec!["mallory".into()],
        }
    }

    /// Keeps this in place of all that this person had.
    fn keep(kept: &Kept, server: &str, nick: &str, keepsake: &Keepsake) {
        kept.keep_keepsake(server, nick, &kept.keepsake(server, nick).value, keepsake).unwrap();
    }

    #[test]
    fn two_clients_of_one_person_lose_nothing_of_each_other() {
        let (_home, kept) = kept();
        let place = |name: &str| Some(Place::parse(name).unwrap());
        let nothing = Keepsake::default();
        let window = Keepsake { drafts: vec![(place("#a"), "half".into())], ignored: vec!["mallory".into()] };
        kept.keep_keepsake("a:1", "ada", &nothing, &window).unwrap();
        // This one began before that.
        let terminal = Keepsake { drafts: vec![(place("#b"), "x".into())], ignored: vec!["eve".into()] };
        kept.keep_keepsake("a:1", "ada", &nothing, &terminal).unwrap();
        let both = kept.keepsake("a:1", "ada").value;
        assert_eq!(both.drafts, [window.drafts.clone(), terminal.drafts.clone()].concat());
        assert_eq!(both.ignored, ["mallory", "eve"]);
        // The window's message is not confirmed, and the terminal says something in the same room.
        let more = |texts: &[&str]| texts.iter().map(|text| (place("#a"), (*text).into())).collect::<Vec<_>>();
        let unsent = Keepsake { drafts: more(&["/me waves", "half", "/me waves"]), ..window.clone() };
        kept.keep_keepsake("a:1", "ada", &window, &unsent).unwrap();
        kept.keep_keepsake("a:1", "ada", &terminal, &Keepsake { drafts: more(&["other"]), ..terminal.clone() })
            .unwrap();
        let all = kept.keepsake("a:1", "ada").value.drafts;
        assert_eq!(all, [unsent.drafts.clone(), more(&["other"])].concat());
        kept.keep_keepsake("a:1", "ada", &Keepsake { drafts: more(&["other"]), ..terminal.clone() }, &terminal)
            .unwrap();
        kept.keep_keepsake("a:1", "ada", &unsent, &window).unwrap();
        // It is sent, and mallory may be heard again: that is taken away, and nothing else.
        kept.keep_keepsake("a:1", "ada", &window, &nothing).unwrap();
        assert_eq!(kept.keepsake("a:1", "ada").value, terminal);
    }

    #[test]
    fn what_was_left_comes_back_by_server_and_nickname() {
        let (_home, kept) = kept();
        assert_eq!(kept.keepsake("a:1", "ada").value, Keepsake::default());
        keep(&kept, "a:1", "ada", &keepsake("one"));
        keep(&kept, "a:1", "علی", &keepsake("two"));
        keep(&kept, "a:1", "ada", &keepsake("three"));
        assert_eq!(kept.keepsake("a:1", "ada").value, keepsake("three"));
        assert_eq!(kept.keepsake("a:1", "علی").value, keepsake("two"));
        keep(&kept, "a:1", "ada", &Keepsake::default());
        assert_eq!(kept.keepsake("a:1", "ada").value, Keepsake::default());
        assert_eq!(kept.keepsake("b:1", "علی").value, Keepsake::default());
    }

    #[test]
    fn nothing_left_writes_no_file() {
        let (home, kept) = kept();
        keep(&kept, "a:1", "ada", &Keepsake::default());
        assert!(!home.path().join("state").join(KEEPSAKES_FILE).exists());
    }

    #[test]
    fn the_file_stays_within_its_bounds_and_readable() {
        let (home, kept) = kept();
        let large = Keepsake { drafts: vec![(None, "\u{1}\"".repeat(400 * 1024 / 2))], ignored: Vec::new() };
        for number in 0..8 {
            keep(&kept, "a:1", &format!("ada{number}"), &large);
        }
        let path = home.path().join("state").join(KEEPSAKES_FILE);
        assert!(fs::metadata(&path).unwrap().len() < crate::file::FILE_BYTES_MAX);
        assert_eq!(kept.keepsake("a:1", "ada7").value, large);
        assert_eq!(kept.keepsake("a:1", "ada0").value, Keepsake::default(), "the oldest goes first");
    }

    #[test]
    fn of_so_many_people_the_oldest_are_forgotten() {
        let (_home, kept) = kept();
        for number in 0..PEOPLE_MAX + 5 {
            keep(&kept, "b:1", &number.to_string(), &keepsake("x"));
        }
        assert_eq!(kept.keepsake("b:1", "4").value, Keepsake::default());
        assert_eq!(kept.keepsake("b:1", "5").value, keepsake("x"));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let (home, kept) = kept();
        keep(&kept, "a:1", "ada", &keepsake("one"));
        let mode = fs::metadata(home.path().join("state").join(KEEPSAKES_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_place_that_is_none_is_left_out() {
        let (home, kept) = kept();
        fs::create_dir_all(home.path().join("state")).unwrap();
        let text = "[[person]]\nserver = \"a:1\"\nnick = \"ada\"\n[[person.draft]]\nplace = \"@\"\ntext = \"x\"\n";
        fs::write(home.path().join("state").join(KEEPSAKES_FILE), text).unwrap();
        assert_eq!(kept.keepsake("a:1", "ada").value, Keepsake::default());
    }
}
