//! Stand-ins for the tutorials' own clients, and for netcat: no identity, no log, rows of text.

use parlor_core::id::LogId;
use parlor_core::store::Change;
use parlor_core::text::Body;
use parlor_core::wire::Dialect;

use crate::oracle::Oracle;
use crate::puppet::ROOMS;
use crate::reached::{Path, Reached};
use crate::said;
use crate::tape::Dice;

/// What a `prompt` server says first, and again when it does not take a name.
const ASKS: &str = "Please enter your name and press Enter";
/// Rows longer than this may be cut by their encoding, and are compared only as far.
const WHOLE_ROW_MAX: usize = 900;

/// A peer that speaks a tutorial dialect; lives longer than its connections.
#[derive(Debug)]
pub struct Standin {
    /// Which dialect.
    pub dialect: Dialect,
    /// It sends lines (`nc`), and is sent lines.
    pub lines: bool,
    /// The name it gives.
    pub nick: String,
    asked: bool,
    named: bool,
    welcome: bool,
    /// It said `{quit}`.
    pub quitting: bool,
    /// The number of a text it wrote without its end: nothing may follow until that is taken for complete.
    unended: Option<u64>,
    /// Bytes after the last newline.
    rest: Vec<u8>,
    /// The message that is being heard, line by line.
    row: String,
    /// The log and position of the last message heard.
    last: Option<(LogId, u64)>,
    hostile: bool,
}

impl Standin {
    /// Somebody new.
    pub fn new(dialect: Dialect, lines: bool, nick: &str, hostile: bool) -> Self {
        Self {
            dialect,
            lines: lines && dialect == Dialect::Prompt,
            nick: nick.into(),
            asked: false,
            named: false,
            welcome: false,
            quitting: false,
            unended: None,
            rest: Vec::new(),
            row: String::new(),
            last: None,
            hostile,
        }
    }

    /// A connection stands, or is gone: nothing is known any more.
    pub fn reset(&mut self) {
        *self = Self::new(self.dialect, self.lines, &self.nick, self.hostile);
    }

    /// Whether it is in.
    pub fn is_in(&self) -> bool {
        self.welcome && !self.quitting
    }

    /// Hears what one read gave.
    pub fn hear(&mut self, bytes: &[u8], oracle: &Oracle, reached: &mut Reached) {
        let goodbye =
            |text: &str| parlor_core::vocabulary::Reason::ALL.iter().any(|reason| text.trim_end() == reason.text());
        if std::str::from_utf8(bytes).is_ok_and(goodbye) {
            return reached.path(Path::TutorialBye);
        }
        if !self.asked {
            self.asked = true;
            let greeting = if self.dialect == Dialect::Nic { "NIC" } else { ASKS };
            // A goodbye may share its write where it was not written at once.
            let rest = bytes.strip_prefix(greeting.as_bytes());
            let alone = rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'\n' && self.dialect == Dialect::Prompt);
            assert!(
                alone,
                "a tutorial server asks for the name first, in one write: {:?}",
                String::from_utf8_lossy(bytes)
            );
            return;
        }
        assert!(self.named || self.hostile, "nothing is said between the question for the name and its answer");
        self.rest.extend_from_slice(bytes);
        if !self.lines && self.dialect == Dialect::Prompt {
            self.rest.push(b'\n');
        }
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = core::str::from_utf8(&line[..end]).expect("rows are UTF-8, whole characters");
            self.line(line, oracle, reached);
        }
    }

    fn line(&mut self, line: &str, oracle: &Oracle, reached: &mut Reached) {
        if let Some(more) = line.strip_prefix("  ").filter(|_| !self.row.is_empty()) {
            self.row.push('\n');
            self.row.push_str(more);
            return;
        }
        self.end_row(oracle, reached);
        if line == "{quit}" {
            assert!(self.quitting || self.hostile, "{{quit}} is an answer");
            reached.path(Path::PromptQuit);
        } else if line.contains(ASKS) {
            reached.path(Path::PromptAgain);
            self.named = false;
        } else if line.starts_with("Welcome to the chat ") && !self.welcome {
            self.welcome = true;
            reached.path(if self.lines { Path::PromptLines } else { Path::PromptChunks });
        } else if line == "Connected to the server." && !self.welcome {
            self.welcome = true;
            reached.path(Path::NicConnected);
        } else if line == "Some lines are missing here." && self.welcome {
            reached.path(Path::TutorialGap);
            self.last = None;
        } else if line.contains("others see you as ") {
            reached.path(Path::NicRenamed);
        } else if self.welcome {
            self.row.push_str(line);
        }
    }

    /// A row is complete: if it is a message, it is the next one of the default room's log.
    fn end_row(&mut self, oracle: &Oracle, reached: &mut Reached) {
        let row = core::mem::take(&mut self.row);
        let Some((text, action)) = said_in(&row) else { return };
        let Some(number) = said::number_of(text) else { return };
        // A line that was cut off has no place that could be known.
        let Some((log, id)) = oracle.stored(number) else { return };
        let heard = log;
        let log = &oracle.logs[&heard];
        if row.split(": ").next().is_some_and(|from| from.ends_with(" (to you)")) || row.contains(" (to you) ") {
            return assert!(log.pair.is_some(), "17: what is said to one is said in a conversation");
        }
        assert!(log.room.as_ref().is_some_and(|room| room.as_str() == ROOMS[0]), "17: only the default room is heard");
        // A message that was corrected before it was shown reads as it does now.
        let id = match &log.entries[&id].change {
            Change::Edit { target, .. } => target.0,
            Change::Message { .. } | Change::Topic(_) | Change::Delete { .. } => id,
        };
        let entry = &log.entries[&id];
        let wanted = if action { format!("* {} ", entry.nick) } else { format!("{}: ", entry.nick) };
        assert!(row.starts_with(&wanted), "6: {row:?} tells who said it: {wanted:?}");
        let is_text = |said: &Body| said.as_str() == text || said.as_str().len() >= WHOLE_ROW_MAX;
        let said = log.versions.get(&id).is_some_and(|versions| versions.values().any(is_text));
        assert!(said, "6: a tutorial row is what was said, and not {text:?}");
        if let Some((_, last)) = self.last {
            // What was taken back may be left out.
            let next = oracle.next_message(heard, last).unwrap_or(u64::MAX);
            assert!(
                last < id && id <= next,
                "2, 3, 4: rows come in the order of the log, each once: {id} after {last}"
            );
        }
        self.last = Some((heard, id));
        reached.path(if self.dialect == Dialect::Nic { Path::NicRow } else { Path::PromptRow });
    }

    /// Whether what it wrote last had an end, or has been taken for complete by now.
    fn has_ended(&mut self, oracle: &Oracle) -> bool {
        self.unended = self.unended.filter(|number| !oracle.is_settled(*number));
        self.unended.is_none()
    }

    /// Gives its name, or says something. Empty where it has nothing to say.
    pub fn act(&mut self, dice: &mut Dice<'_>, oracle: &mut Oracle, link: usize) -> Vec<u8> {
        if !self.asked || self.quitting || !self.has_ended(oracle) {
            return Vec::new();
        }
        let end = if self.lines { "\n" } else { "" };
        if self.hostile && dice.one_in(6) {
            self.named = true;
            // What it says next may be read together with this.
            oracle.cut_off(link);
            let mut said = self.misbehave(dice);
            if self.lines && said.last() != Some(&b'\n') {
                said.push(b'\n');
            }
            return said;
        }
        if !self.named {
            self.named = true;
            if dice.one_in(8) {
                return self.quit(end);
            }
            if dice.one_in(6) {
                self.nick =
                    if dice.one_in(2) { format!("guest {}", dice.byte()) } else { "Write your messages here.".into() };
            }
            return format!("{}{end}", self.nick).into_bytes();
        }
        if !self.welcome {
            return Vec::new();
        }
        if dice.one_in(40) && self.dialect == Dialect::Prompt {
            return self.quit(end);
        }
        let kind = if dice.one_in(8) { dice.below(said::LINE_KINDS) } else { dice.below(5) };
        let number = oracle.number(link);
        let text = said::text(number, kind);
        match self.dialect {
            Dialect::Nic if dice.one_in(8) => {
                self.unended = Some(number);
                format!("{}: {text}", self.nick).into_bytes()
            }
            Dialect::Nic => format!("{}: {text}\n", self.nick).into_bytes(),
            Dialect::Prompt | Dialect::Native => format!("{text}{end}").into_bytes(),
        }
    }

    /// The faults are over: gives a name that nobody else has, if it was asked for one.
    pub fn give_name(&mut self, seat: usize) -> Vec<u8> {
        if !self.asked || self.named || self.quitting {
            return Vec::new();
        }
        self.named = true;
        self.nick = format!("guest{seat}");
        format!("{}{}", self.nick, if self.lines { "\n" } else { "" }).into_bytes()
    }

    fn quit(&mut self, end: &str) -> Vec<u8> {
        if self.dialect == Dialect::Nic {
            return Vec::new();
        }
        self.quitting = true;
        format!("{{quit}}{end}").into_bytes()
    }

    fn misbehave(&mut self, dice: &mut Dice<'_>) -> Vec<u8> {
        match dice.below(7) {
            6 => b"{\"hello\":{\"version\":1,\"nick\":\"ada\",\"token\":\"0123456789abcdef0123456789abcdef\"}}\n"
                .to_vec(),
            0 => b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            1 => b"\x16\x03\x01\x02\x00".to_vec(),
            2 => b"\xff\xfe\xd8\n".to_vec(),
            3 => [b'z'; 9_000].into(),
            4 => "سلام".as_bytes()[..3].to_vec(),
            _ => b"\x07\x00\n\n".to_vec(),
        }
    }

    /// Everything has arrived: the row that waited for more is complete.
    pub fn settle(&mut self, oracle: &Oracle, reached: &mut Reached) {
        self.end_row(oracle, reached);
        if let Some((log, last)) = self.last
            && self.is_in()
        {
            assert_eq!(oracle.next_message(log, last), None, "3: whoever is in the room has heard everything");
        }
    }
}

/// The text of a row that is a message, and whether it was said as an action.
fn said_in(row: &str) -> Option<(&str, bool)> {
    match row.strip_prefix("* ") {
        Some(action) => Some((action.split_once(' ')?.1, true)),
        None => Some((row.split_once(": ")?.1, false)),
    }
}
