//! What the peers say: frames that collide with each other as often as possible.

use parlor_core::wire::Dialect;

use crate::rig::Dice;

/// Few names, and some that look or fold alike.
pub const NICKS: [&str; 7] = ["modern", "rnodern", "Modern", "ada", "bob", "Ada", "eve"];
const ROOMS: [&str; 4] = ["lobby", "kitchen", "hall", "Kitchen"];

/// What peers have learnt and may use again.
#[derive(Debug, Default)]
pub struct Learnt {
    /// Nicknames and their tokens.
    pub tokens: Vec<(String, String)>,
    /// Places and their logs.
    pub logs: Vec<(String, String)>,
}

impl Learnt {
    /// Reads tokens and logs out of what a native connection was sent.
    pub fn read(&mut self, text: &str) {
        for line in text.lines().filter(|line| line.ends_with('}')) {
            let member = |name: &str| {
                let start = line.find(&format!("\"{name}\":\""))? + name.len() + 4;
                line[start..].split('"').next().map(String::from)
            };
            if line.starts_with("{\"welcome\"")
                && let (Some(nick), Some(token)) = (member("nick"), member("token"))
                && !self.tokens.iter().any(|(_, known)| *known == token)
            {
                self.tokens.push((nick, token));
            }
            if line.starts_with("{\"room\"")
                && let (Some(room), Some(log)) = (member("room"), member("log"))
                && !self.logs.contains(&(room.clone(), log.clone()))
            {
                self.logs.push((room, log));
            }
        }
    }
}

/// A hello: perhaps with somebody's token, with rooms twice, with a resume that may be far off.
pub fn hello(dice: &mut Dice, learnt: &Learnt) -> String {
    let mut nick = dice.pick(&NICKS).to_string();
    let mut more = String::new();
    if !learnt.tokens.is_empty() && !dice.one_in(3) {
        let (name, token) = &learnt.tokens[dice.below(learnt.tokens.len())];
        if !dice.one_in(4) {
            nick.clone_from(name);
        }
        more += &format!(",\"token\":\"{token}\"");
    }
    if !dice.one_in(3) {
        let rooms: Vec<String> = (0..dice.below(4)).map(|_| format!("\"{}\"", dice.pick(&ROOMS))).collect();
        more += &format!(",\"rooms\":[{}]", rooms.join(","));
    }
    if !learnt.logs.is_empty() && !dice.one_in(3) {
        let mut resume: Vec<(String, String)> = Vec::new();
        for _ in 0..dice.below(4) {
            let (place, log) = &learnt.logs[dice.below(learnt.logs.len())];
            if !resume.iter().any(|(named, _)| named == place) {
                resume.push((place.clone(), format!("\"{place}\":{{\"log\":\"{log}\",\"id\":{}}}", dice.below(12))));
            }
        }
        let parts: Vec<String> = resume.into_iter().map(|(_, part)| part).collect();
        more += &format!(",\"resume\":{{{}}}", parts.join(","));
    }
    format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"{more}}}}}\n")
}

/// Something a native peer says.
pub fn frame(dice: &mut Dice, learnt: &Learnt) -> String {
    let place = if dice.one_in(3) { format!("@{}", dice.pick(&NICKS)) } else { dice.pick(&ROOMS).into() };
    let (room, nick, n) = (dice.pick(&ROOMS), dice.pick(&NICKS), dice.below(40));
    let even = n % 2 == 0;
    match dice.below(22) {
        0..=7 => {
            let longest = if dice.one_in(2) { 20 } else { 600 };
            let text = "x".repeat(1 + dice.below(longest));
            let nonce = if even { format!(",\"nonce\":\"{n}\"") } else { String::new() };
            format!("{{\"say\":{{\"room\":\"{place}\",\"text\":\"{text}\"{nonce}}}}}\n")
        }
        8..=10 => format!("{{\"join\":{{\"room\":\"{place}\"}}}}\n"),
        11 | 12 => format!("{{\"part\":{{\"room\":\"{place}\"}}}}\n"),
        13 | 14 => format!("{{\"nick\":{{\"nick\":\"{nick}\"}}}}\n"),
        15 | 16 => format!("{{\"kick\":{{\"room\":\"{room}\",\"nick\":\"{nick}\"}}}}\n"),
        17 => format!("{{\"mute\":{{\"room\":\"{room}\",\"nick\":\"{nick}\",\"on\":{even}}}}}\n"),
        18 => format!("{{\"history\":{{\"room\":\"{place}\",\"after\":{n},\"limit\":{n}}}}}\n"),
        19 => {
            let topic = format!("{{\"topic\":{{\"room\":\"{room}\",\"text\":\"t\"}}}}\n");
            format!("{{\"read\":{{\"room\":\"{place}\",\"id\":{n}}}}}\n{topic}")
        }
        20 => {
            let lists = format!("{{\"rooms\":{{}}}}\n{{\"members\":{{\"room\":\"{room}\"}}}}\n");
            format!("{{\"typing\":{{\"room\":\"{place}\"}}}}\n{{\"ping\":{{\"token\":\"p\"}}}}\n{lists}")
        }
        _ if n < 8 => "{\"quit\":{}}\n".into(),
        _ if n < 12 => "junk\n".into(),
        _ => hello(dice, learnt),
    }
}

/// The first thing a peer says.
pub fn greeting(dice: &mut Dice, learnt: &Learnt, dialect: Dialect, nick: &str) -> String {
    match dialect {
        Dialect::Native => hello(dice, learnt),
        Dialect::Prompt if dice.one_in(2) => format!("{nick}\n"),
        Dialect::Nic | Dialect::Prompt => nick.into(),
    }
}

/// Something a tutorial peer says.
pub fn words(dice: &mut Dice, nick: &str) -> String {
    match dice.below(6) {
        0 => "{quit}".into(),
        1 => format!("{nick}: half"),
        2 => "line\n".into(),
        _ => format!("{nick}: words\n{nick}: more\n"),
    }
}
