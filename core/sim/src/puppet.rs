//! A scripted native peer: says anything the protocol allows, in any order, and now and then what it forbids.

use std::collections::BTreeMap;

use parlor_core::id::{LogId, MessageId};
use parlor_core::vocabulary::{Place, Reason, Resume};

use crate::ear::{Ear, HELLO_DONE, Heard, SEARCHED};
use crate::oracle::Oracle;
use crate::said;
use crate::swarm::Swarm;
use crate::tape::Dice;

/// Few names, and some that look or fold alike.
pub const NICKS: [&str; 8] = ["ada", "modern", "rnodern", "Modern", "bob", "Ada", "علی", "eve"];
/// Few rooms, the default one first.
pub const ROOMS: [&str; 4] = ["lobby", "kitchen", "سالن", "Kitchen"];
/// The server's password, where it wants one.
pub const PASSWORD: &str = "open sesame";

/// How a peer behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As the protocol asks.
    Honest,
    /// Never answers a ping.
    Mute,
    /// Sends garbage in between, and forged resumes.
    Hostile,
}

/// A scripted native peer; lives longer than its connections.
#[derive(Debug)]
pub struct Puppet {
    /// The name it asks for.
    pub nick: String,
    /// How it behaves.
    pub manner: Manner,
    /// Its token, once it has one.
    pub token: Option<String>,
    known: BTreeMap<Place, (LogId, u64)>,
    /// What it hears on the present connection.
    pub ear: Ear,
    hello: Option<String>,
    tries: u32,
    /// It has said goodbye on this connection.
    pub quitting: bool,
    bulk: bool,
    /// Its place was taken by another of its own sessions: it does not fight for it.
    pub replaced: bool,
    /// The faults are over: it takes a name nobody else has, and asks for nothing that is refused.
    calm: Option<usize>,
}

/// What a puppet is to know in order to act.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Numbers what is said.
    pub oracle: &'a mut Oracle,
    /// The number of the link it goes out on.
    pub link: usize,
    /// Whether the server wants a password.
    pub password: bool,
    /// How many conversations a hello may resume.
    pub places_max: usize,
}

impl<'a> Scene<'a> {
    /// What somebody at this link knows of the world.
    pub fn new(oracle: &'a mut Oracle, link: usize, swarm: &Swarm) -> Self {
        let places_max = swarm.limits.rooms_per_session_max as usize;
        Self { oracle, link, password: swarm.password, places_max }
    }
}

impl Puppet {
    /// Somebody new.
    pub fn new(nick: &str, manner: Manner, bulk: bool) -> Self {
        Self {
            nick: nick.into(),
            manner,
            token: None,
            known: BTreeMap::new(),
            ear: Ear::new(true, bulk),
            hello: None,
            tries: 0,
            quitting: false,
            bulk,
            replaced: false,
            calm: None,
        }
    }

    /// A connection stands: says hello.
    pub fn connected(&mut self, dice: &mut Dice<'_>, scene: &Scene<'_>) -> String {
        self.ear = Ear::new(true, self.bulk);
        self.tries = 0;
        self.quitting = false;
        if self.manner == Manner::Hostile && dice.one_in(4) {
            self.ear.strict = false;
            return dice.pick(&HOSTILE_FIRST).to_string();
        }
        self.introduce(dice, scene)
    }

    /// The connection is gone: remembers how far it had heard.
    pub fn lost(&mut self) {
        for (place, seen) in &self.ear.places {
            // A conversation goes by one name, the last.
            self.known.retain(|_, (log, _)| *log != seen.log);
            self.known.insert(place.clone(), (seen.log, seen.last));
        }
        self.replaced = self.ear.bye == Some(Reason::Replaced);
        self.ear = Ear::new(true, self.bulk);
    }

    /// The faults are over.
    pub fn settle_down(&mut self, seat: usize) {
        self.calm = Some(seat);
        self.manner = Manner::Honest;
    }

    fn introduce(&mut self, dice: &mut Dice<'_>, scene: &Scene<'_>) -> String {
        let mut more = String::new();
        let calm = self.calm.is_some();
        if let Some(token) = self.token.as_ref().filter(|_| calm || !dice.one_in(12)) {
            more += &format!(",\"token\":\"{token}\"");
        }
        let mut rooms: Vec<&str> = ROOMS.into_iter().filter(|_| dice.one_in(2)).collect();
        if dice.one_in(3) {
            rooms = self.known.keys().filter_map(|place| room_of(place)).collect();
        } else if !calm && dice.one_in(16) {
            rooms.extend(ROOMS);
        }
        let named = !dice.one_in(4);
        if named {
            let quoted: Vec<String> = rooms.iter().map(|room| format!("\"{room}\"")).collect();
            more += &format!(",\"rooms\":[{}]", quoted.join(","));
        } else {
            rooms = vec![ROOMS[0]];
        }
        let resume = self.resume(dice, &rooms, scene.places_max);
        self.ear.resume = resume;
        if !self.ear.resume.is_empty() {
            let line = |r: &Resume| format!("\"{}\":{{\"log\":\"{}\",\"id\":{}}}", r.place, r.log, r.id.0);
            let resume: Vec<String> = self.ear.resume.iter().map(line).collect();
            more += &format!(",\"resume\":{{{}}}", resume.join(","));
        }
        if scene.password && (calm || !dice.one_in(5)) {
            let password = if !calm && dice.one_in(5) { "wrong" } else { PASSWORD };
            more += &format!(",\"password\":\"{password}\"");
        }
        let version = if !calm && dice.one_in(60) { 2 } else { 1 };
        let hello = format!("{{\"hello\":{{\"version\":{version},\"nick\":\"{}\"{more}}}}}\n", self.nick);
        self.hello = Some(hello.clone());
        hello
    }

    /// Up to where it says it knows the places it wants to enter.
    fn resume(&self, dice: &mut Dice<'_>, rooms: &[&str], places_max: usize) -> Vec<Resume> {
        if dice.one_in(4) {
            return Vec::new();
        }
        let mut resume = Vec::new();
        for (place, (log, id)) in &self.known {
            let mut entry = Resume { place: place.clone(), log: *log, id: MessageId(*id) };
            if self.manner == Manner::Hostile {
                match dice.below(6) {
                    0 => entry.log = LogId(dice.below(65_536) as u64),
                    1 => entry.id = MessageId(u64::from(dice.byte())),
                    2 => entry.id = MessageId(0),
                    _ => {}
                }
            }
            let directs = resume.iter().filter(|known: &&Resume| room_of(&known.place).is_none()).count();
            if room_of(place).map_or(directs < places_max, |room| rooms.contains(&room)) {
                resume.push(entry);
            }
        }
        resume
    }

    /// Bytes arrived; gives what it answers at once.
    pub fn hear(
        &mut self,
        bytes: &[u8],
        dice: &mut Dice<'_>,
        scene: &Scene<'_>,
        reached: &mut crate::reached::Reached,
    ) -> String {
        let mut answer = String::new();
        for heard in self.ear.hear(bytes, scene.oracle, reached) {
            match heard {
                Heard::Ping(token) if self.manner != Manner::Mute => {
                    answer += &format!("{{\"pong\":{{\"token\":\"{token}\"}}}}\n");
                }
                Heard::Ping(_) | Heard::Left => {}
                Heard::Refused => {
                    self.tries += 1;
                    if self.tries < 6 {
                        self.nick = if let Some(seat) = self.calm {
                            format!("seat{seat}x{}", self.tries)
                        } else if dice.one_in(2) {
                            format!("n{}", dice.byte())
                        } else {
                            dice.pick(&NICKS).to_string()
                        };
                        answer += &self.introduce(dice, scene);
                    }
                }
                Heard::Welcome => {
                    self.token.clone_from(&self.ear.token);
                    answer += &format!("{{\"ping\":{{\"token\":\"{HELLO_DONE}\"}}}}\n");
                }
            }
        }
        answer
    }

    /// Says or does something; nothing before it is welcome.
    pub fn act(&mut self, dice: &mut Dice<'_>, scene: &mut Scene<'_>) -> String {
        if self.quitting {
            return String::new();
        }
        if !self.ear.is_in() {
            let impatient = self.manner == Manner::Hostile && dice.one_in(6);
            // From here on it cannot tell which hello an answer is for.
            self.ear.strict &= !impatient;
            return if impatient { HOSTILE[dice.below(HOSTILE.len())].into() } else { String::new() };
        }
        if self.manner == Manner::Hostile && dice.one_in(4) {
            return self.misbehave(dice);
        }
        let place = self.place(dice);
        let room = *dice.pick(&ROOMS);
        let nick = *dice.pick(&NICKS);
        let reference = if dice.one_in(2) { ",\"ref\":\"r\"" } else { "" };
        match dice.below(40) {
            32 | 33 => self.correct(&place, dice, scene),
            34 => format!("{{\"delete\":{{\"room\":\"{place}\",\"id\":{}{reference}}}}}\n", self.recent(&place, dice)),
            35 | 36 => self.search(&place, dice),
            0..=13 => self.say(&place, dice, scene),
            14 | 15 => format!("{{\"join\":{{\"room\":\"{room}\"{reference}}}}}\n"),
            16 => format!("{{\"join\":{{\"room\":\"@{nick}\"{reference}}}}}\n"),
            17 => self.part(&place),
            18 => format!("{{\"nick\":{{\"nick\":\"{nick}\"{reference}}}}}\n"),
            19 => format!("{{\"topic\":{{\"room\":\"{place}\",\"text\":\"tea at {}\"}}}}\n", dice.byte()),
            20 => format!("{{\"kick\":{{\"room\":\"{room}\",\"nick\":\"{nick}\"{reference}}}}}\n"),
            21 => {
                let (on, nick) = (!dice.one_in(3), self.somebody_in(room, dice));
                format!("{{\"mute\":{{\"room\":\"{room}\",\"nick\":\"{nick}\",\"on\":{on}}}}}\n")
            }
            22 | 23 => {
                let span =
                    [String::new(), format!(",\"before\":{}", dice.byte()), format!(",\"after\":{}", dice.below(20))];
                let limit = 1 + dice.below(60);
                format!("{{\"history\":{{\"room\":\"{place}\"{},\"limit\":{limit}{reference}}}}}\n", dice.pick(&span))
            }
            24 => format!("{{\"read\":{{\"room\":\"{place}\",\"id\":{}}}}}\n", dice.byte()),
            25 => format!("{{\"typing\":{{\"room\":\"{place}\"}}}}\n"),
            26 => format!("{{\"rooms\":{{\"limit\":2}}}}\n{{\"members\":{{\"room\":\"{room}\",\"limit\":3}}}}\n"),
            38 => format!("{{\"away\":{{\"text\":\"tea at {}\"{reference}}}}}\n", dice.byte()),
            39 => "{\"away\":{}}\n".into(),
            27 => format!("{{\"ping\":{{\"token\":\"after {}\"}}}}\n", scene.oracle.number(scene.link)),
            28 if dice.one_in(3) => {
                self.quitting = true;
                "{\"quit\":{\"reason\":\"bye\"}}\n".into()
            }
            _ => self.say(&format!("@{nick}"), dice, scene),
        }
    }

    /// Leaves a place; the pong that follows tells that it has.
    fn part(&mut self, place: &str) -> String {
        self.ear.leaves(place);
        format!(
            "{{\"part\":{{\"room\":\"{place}\",\"reason\":\"tea\"}}}}\n{{\"ping\":{{\"token\":\"left {place}\"}}}}\n"
        )
    }

    /// Says something, perhaps twice under the same nonce.
    pub fn say(&mut self, place: &str, dice: &mut Dice<'_>, scene: &mut Scene<'_>) -> String {
        let number = scene.oracle.number(scene.link);
        let kind = if dice.one_in(16) { dice.below(said::KINDS) } else { dice.below(5) };
        let text = escape(&said::text(number, kind));
        let mut more = String::new();
        let nonce = dice.one_in(2);
        if nonce {
            more += &format!(",\"nonce\":\"{number}\",\"ref\":\"{number}\"");
            self.ear.says(number);
        }
        if dice.one_in(8) {
            more += ",\"kind\":\"action\"";
        }
        if dice.one_in(8) {
            more += ",\"reply_to\":1";
        }
        let say = |place: &str| format!("{{\"say\":{{\"room\":\"{place}\",\"text\":\"{text}\"{more}}}}}\n");
        match dice.below(24) {
            0..=3 if nonce => say(place).repeat(2),
            // What has been said in one place is not said in another under the same nonce.
            4 if nonce => {
                let other = *dice.pick(&ROOMS);
                say(place) + &say(other)
            }
            _ => say(place),
        }
    }

    /// One of the entries heard last in a place; anybody's, and not always a message.
    fn recent(&self, place: &str, dice: &mut Dice<'_>) -> u64 {
        let place = Place::parse(place).ok();
        let last = place.and_then(|place| self.ear.places.get(&place)).map_or(3, |seen| seen.last);
        last.saturating_sub(dice.below(6) as u64)
    }

    /// Corrects something, mostly of its own or somebody else's.
    fn correct(&mut self, place: &str, dice: &mut Dice<'_>, scene: &mut Scene<'_>) -> String {
        let id = self.recent(place, dice);
        let number = scene.oracle.number(scene.link);
        let text = escape(&said::text(number, dice.below(5)));
        format!("{{\"edit\":{{\"room\":\"{place}\",\"id\":{id},\"text\":\"{text}\"}}}}\n")
    }

    /// Looks for something that is often said, and for what is not.
    fn search(&self, place: &str, dice: &mut Dice<'_>) -> String {
        let room = if dice.one_in(2) { format!("\"room\":\"{place}\",") } else { String::new() };
        let query = *dice.pick(&["hello", "سلام", "perche", "nowhere", "  ", "one two"]);
        let cursor = if dice.one_in(4) { format!(",\"cursor\":\"{}\"", dice.byte()) } else { String::new() };
        let limit = 1 + dice.below(8);
        format!("{{\"search\":{{{room}\"query\":\"{query}\",\"limit\":{limit}{cursor},\"ref\":\"{SEARCHED}\"}}}}\n")
    }

    /// Somebody who is in a room with one, mostly.
    fn somebody_in(&self, room: &str, dice: &mut Dice<'_>) -> String {
        let seen = Place::parse(room).ok().and_then(|place| self.ear.places.get(&place));
        let mut members = seen.iter().flat_map(|seen| &seen.members);
        let member = members.nth(dice.below(4)).map(ToString::to_string);
        member.unwrap_or_else(|| dice.pick(&NICKS).to_string())
    }

    /// A place one is in, mostly.
    fn place(&self, dice: &mut Dice<'_>) -> String {
        let mine = self.ear.places.len();
        if mine == 0 || dice.one_in(10) {
            return dice.pick(&ROOMS).to_string();
        }
        let place = self.ear.places.keys().nth(dice.below(mine));
        place.map_or_else(|| ROOMS[0].into(), ToString::to_string)
    }

    fn misbehave(&mut self, dice: &mut Dice<'_>) -> String {
        match dice.below(HOSTILE.len() + 3) {
            0 => format!("{}\n", "z".repeat(17 * 1024)),
            1 => self.hello.clone().unwrap_or_default(),
            2 => format!("{{\"say\":{{\"room\":\"lobby\",\"text\":\"{}\"}}}}\n", "y".repeat(9_000)),
            at => HOSTILE[at - 3].into(),
        }
    }
}

/// What no client should say first.
const HOSTILE_FIRST: [&str; 5] = [
    "GET / HTTP/1.1\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}",
    "{\"join\":{\"room\":\"lobby\"}}\n",
    "{\"hello\":{\"version\":1,\"nick\":\"a b\"}}\n",
    "junk\n",
];

/// What no client should say at all.
const HOSTILE: [&str; 16] = [
    "junk\n",
    "{\"say\":{\"room\":\"lobby\",\"text\":\"a\",\"text\":\"b\"}}\n",
    "{\"say\":{\"room\":\"lobby\",\"text\":\"\\ud800\"}}\n",
    "{\"say\":{\"room\":\"lobby\",\"text\":\"\"}}\n",
    "{\"say\":{\"room\":\"lobby\",\"text\":\"\\u0007\"}}\n",
    "{\"say\":{\"room\":\"a b\",\"text\":\"x\"}}\n",
    "{\"dance\":{\"room\":\"lobby\"}}\n",
    "{\"nick\":{\"nick\":\"a b\"}}\n",
    "{\"join\":{\"room\":\"@\"}}\n",
    "{\"topic\":{\"room\":\"@ada\",\"text\":\"x\"}}\n",
    "{\"members\":{\"room\":\"nowhere\"}}\n",
    "{\"kick\":{\"room\":\"lobby\",\"nick\":\"ada\"}}\n",
    "\n\n\r\n{}\n[]\n",
    "{\"say\":{\"room\":\"@nobody\",\"text\":\"x\"}}\n",
    "{\"typing\":{\"room\":\"lobby\"}}\n{\"typing\":{\"room\":\"lobby\"}}\n{\"typing\":{\"room\":\"lobby\"}}\n{\"typing\":{\"room\":\"lobby\"}}\n",
    "bad \u{f8ff} utf-8\n",
];

fn room_of(place: &Place) -> Option<&str> {
    match place {
        Place::Room(room) => Some(room.as_str()),
        Place::Direct(_) => None,
    }
}

/// What goes over the wire: a private character stands for a byte that no UTF-8 has.
pub fn to_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for (at, part) in text.split('\u{f8ff}').enumerate() {
        if at > 0 {
            bytes.push(0xFF);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// A text as it stands in a string of JSON.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            other => escaped.push(other),
        }
    }
    escaped
}
