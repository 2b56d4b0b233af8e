//! What a run reached: a row for every outcome the core can have, with how often it came about.
//!
//! A row that stays at zero over a whole run of the simulator is a failure: what is never reached is not tested.

use std::sync::OnceLock;

use parlor_core::client;
use parlor_core::hub::{Closing, Output};
use parlor_core::store::{Answer, Ask, Change, Subject};
use parlor_core::vocabulary::{Code, Reason};

/// How often each row was reached.
#[derive(Clone, Debug)]
pub struct Reached {
    counts: Vec<u64>,
}

/// Why a connection was not taken in; none of the other reasons refuses one.
const REFUSALS: [Reason; 4] = [Reason::ServerFull, Reason::AddressFull, Reason::PasswordRequired, Reason::Shutdown];
/// Reasons that refuse a connection, and so never end one.
const REFUSALS_ONLY: [Reason; 3] = [Reason::ServerFull, Reason::AddressFull, Reason::PasswordRequired];
/// Reasons nobody can be told: a tutorial client is refused in words without a code, and a lost connection hears nothing.
const UNTOLD: [Reason; 3] = [Reason::PasswordRequired, Reason::OtherPort, Reason::Lost];

const HUB_OUTPUTS: [&str; 16] = [
    "wake",
    "close by shutdown",
    "close by reset",
    "pause",
    "resume",
    "ask verify",
    "ask rename",
    "ask seen",
    "ask open",
    "ask append",
    "ask closed",
    "ask history",
    "ask search",
    "ask read",
    "ask present",
    "ask absent",
];
const CLIENT_OUTPUTS: [&str; 9] = [
    "connect",
    "wake",
    "disconnect by shutdown",
    "disconnect by reset",
    "changed",
    "remember",
    "notify",
    "keep",
    "finished",
];
const ANSWERS: [&str; 34] = [
    "verify: known",
    "verify: known, with a conversation unread",
    "verify: new",
    "verify: nick taken",
    "verify: password required",
    "verify: bad password",
    "verify: failed",
    "rename: done",
    "rename: nick taken",
    "rename: failed",
    "seen: done",
    "seen: failed",
    "open room: opened",
    "open room: failed",
    "open conversation: opened",
    "open conversation: no such nick",
    "open conversation: failed",
    "append: appended",
    "append: repeated",
    "append: elsewhere",
    "append: edited",
    "append: deleted",
    "append: no such message",
    "append: not yours",
    "append: failed",
    "closed: done",
    "history: page",
    "history: failed",
    "search: found",
    "search: failed",
    "told: done",
    "told: failed",
    "absent: somebody",
    "absent: nobody",
];
/// Deadlines that came due, by the hub's own name for their cause.
const CAUSES: [&str; 8] = [
    "handshake or sign of life",
    "no write progress",
    "next paced write",
    "message without its newline",
    "pacing",
    "farewell",
    "grace",
    "presence in bulk",
];

macro_rules! marks {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $words:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is told by its words")]
        pub enum $name { $($variant,)* }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($words,)*];
        }
    };
}

marks! {
    /// A bound of the hub that was seen to hold somebody back.
    Cap {
        Sessions = "sessions_max",
        SessionsPerAddress = "sessions_per_address_max",
        Handshakes = "handshakes_max",
        HandshakesPerAddress = "handshakes_per_address_max",
        SessionsPerIdentity = "sessions_per_identity_max",
        Rooms = "rooms_max",
        RoomsPerSession = "rooms_per_session_max",
        Questions = "questions_max",
        Appends = "appends_per_session_max",
        Outbox = "outbox_bytes_max",
        OutboxTotal = "outbox_bytes_total_max",
        Turn = "turn_bytes_max",
        TurnFlush = "turn_bytes_max / 8: wants_flush",
        Inbox = "inbox_bytes_max",
        Replay = "replay_max",
        Pace = "pace",
        PaceCostly = "pace_costly",
        Faults = "faults_max",
        HelloTries = "hello_tries_max",
        PresenceMembers = "presence_members_max",
        RowsMerge = "prompt_rows_merge",
    }
}

marks! {
    /// A way through a dialect or a promise of the protocol that was gone.
    Path {
        Welcome = "native: welcome",
        Resumed = "native: welcome, resumed",
        RoomEntered = "native: room entered afresh",
        Replay = "native: replayed without a gap",
        GapTooMuch = "native: gap, more than can be replayed",
        GapOtherLog = "native: gap, another log",
        Ack = "native: ack before its message",
        AckRepeated = "native: ack of a repeated nonce",
        Direct = "native: conversation",
        Action = "native: action",
        Reply = "native: reply",
        Topic = "native: topic",
        Edited = "native: a message reads otherwise",
        Deleted = "native: a message was taken back",
        ReadCorrected = "native: a corrected message is read later",
        Tombstone = "native: replayed past a tombstone",
        Found = "native: page of what was found",
        FoundMore = "native: page of what was found, with more to come",
        Kicked = "native: kicked",
        Muted = "native: muted",
        Renamed = "native: somebody renamed",
        Typing = "native: typing",
        Away = "native: somebody is away",
        Back = "native: somebody is back",
        AwayListed = "native: room entered with somebody away in it",
        ReadRelayed = "native: read position relayed",
        Page = "native: page of history",
        PageMore = "native: page of history with more to come",
        RoomsPage = "native: list of rooms",
        MembersPage = "native: list of members",
        Presence = "native: presence in bulk",
        Ping = "native: pinged by the server",
        Pong = "native: pong",
        NicConnected = "nic: connected",
        NicRenamed = "nic: another name was given",
        NicRow = "nic: message heard",
        NicCompleted = "nic: message without its newline was completed",
        PromptChunks = "prompt: welcome in chunk mode",
        PromptLines = "prompt: welcome in line mode",
        PromptAgain = "prompt: asked for the name again",
        PromptRow = "prompt: message heard",
        PromptQuit = "prompt: {quit} answered",
        TutorialGap = "tutorial: told of lines that could not be read",
        TutorialBye = "tutorial: told why it is closed",
        ClientOnline = "client: online",
        ClientBack = "client: online again",
        ClientWaiting = "client: waits before it dials again",
        ClientQuestionNick = "client: asks its person for a nickname",
        ClientQuestionPassword = "client: asks its person for the password",
        ClientClosed = "client: closed for good",
        ClientFinished = "client: finished after quit",
        ClientUnconfirmed = "client: echo missing",
        ClientFailed = "client: message refused",
        Restart = "world: server restarted with the same store",
        StoreLost = "world: unpromised appends lost in a crash",
        StoreKept = "world: unpromised appends kept through a crash",
        HalfOpen = "world: half-open connection",
        Reset = "world: reset",
        Stall = "world: stalled link",
        Dribble = "world: link of one byte a second",
        WallJump = "world: wall clock jumps",
        ClockStall = "world: both clocks stand still",
        Ghost = "world: late input for a closed connection",
        Spurious = "world: early handle_timeout",
        Drain = "world: drained in the middle",
    }
}

/// Groups of rows, in the order of the table: name, and the rows' words.
fn groups() -> &'static [(&'static str, Vec<&'static str>)] {
    static GROUPS: OnceLock<Vec<(&'static str, Vec<&'static str>)>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        let reasons = Reason::ALL.iter().map(|reason| reason.as_str()).collect::<Vec<_>>();
        vec![
            ("close", reasons.clone()),
            ("refused", reasons.clone()),
            ("bye", reasons),
            ("error", Code::ALL.iter().map(|code| code.as_str()).collect()),
            ("hub output", HUB_OUTPUTS.to_vec()),
            ("client output", CLIENT_OUTPUTS.to_vec()),
            ("answer", ANSWERS.to_vec()),
            ("deadline", CAUSES.to_vec()),
            ("cap", Cap::WORDS.to_vec()),
            ("path", Path::WORDS.to_vec()),
        ]
    })
}

const CLOSE: usize = 0;
const REFUSED: usize = CLOSE + Reason::ALL.len();
const BYE: usize = REFUSED + Reason::ALL.len();
const ERROR: usize = BYE + Reason::ALL.len();
const HUB: usize = ERROR + Code::ALL.len();
const CLIENT: usize = HUB + HUB_OUTPUTS.len();
const ANSWER: usize = CLIENT + CLIENT_OUTPUTS.len();
const CAUSE: usize = ANSWER + ANSWERS.len();
const CAP: usize = CAUSE + CAUSES.len();
const PATH: usize = CAP + Cap::WORDS.len();
const ROWS: usize = PATH + Path::WORDS.len();

impl Default for Reached {
    fn default() -> Self {
        Self { counts: vec![0; ROWS] }
    }
}

impl Reached {
    /// A connection was closed for this reason.
    pub fn close(&mut self, reason: Reason) {
        self.count(CLOSE + reason as usize);
    }

    /// A connection was not taken in.
    pub fn refused(&mut self, reason: Reason) {
        self.count(REFUSED + reason as usize);
    }

    /// A peer heard goodbye.
    pub fn bye(&mut self, reason: Reason) {
        self.count(BYE + reason as usize);
    }

    /// A peer heard an error.
    pub fn error(&mut self, code: Code) {
        self.count(ERROR + code as usize);
    }

    /// The hub put something out.
    pub fn hub_output(&mut self, output: &Output) {
        let row = match output {
            Output::Wake(_) => 0,
            Output::Close { how: Closing::Finish, .. } => 1,
            Output::Close { how: Closing::Reset, .. } => 2,
            Output::Pause(_) => 3,
            Output::Resume(_) => 4,
            Output::Ask { ask, .. } => match **ask {
                Ask::Verify(_) => 5,
                Ask::Rename { .. } => 6,
                Ask::Seen { .. } => 7,
                Ask::Open(_) => 8,
                Ask::Append(_) => 9,
                Ask::Closed { .. } => 10,
                Ask::History { .. } => 11,
                Ask::Search(_) => 12,
                Ask::Read { .. } => 13,
                Ask::Present { .. } => 14,
                Ask::Absent => 15,
            },
        };
        self.count(HUB + row);
    }

    /// A client put something out.
    pub fn client_output(&mut self, output: &client::Output) {
        let row = match output {
            client::Output::Connect => 0,
            client::Output::Wake => 1,
            client::Output::Disconnect(Closing::Finish) => 2,
            client::Output::Disconnect(Closing::Reset) => 3,
            client::Output::Changed => 4,
            client::Output::Remember(_) => 5,
            client::Output::Notify(_) => 6,
            client::Output::Keep(_) => 7,
            client::Output::Finished => 8,
        };
        self.count(CLIENT + row);
    }

    /// A question was answered.
    pub fn answer(&mut self, ask: &Ask, answer: &Answer) {
        let words = match (ask, answer) {
            (Ask::Verify(_), Answer::Verified(found)) if !found.unread.is_empty() => {
                "verify: known, with a conversation unread"
            }
            (Ask::Verify(_), Answer::Verified(found)) if found.known => "verify: known",
            (Ask::Verify(_), Answer::Verified(_)) => "verify: new",
            (Ask::Verify(_), Answer::NickTaken) => "verify: nick taken",
            (Ask::Verify(_), Answer::PasswordRequired) => "verify: password required",
            (Ask::Verify(_), Answer::BadPassword) => "verify: bad password",
            (Ask::Verify(_), _) => "verify: failed",
            (Ask::Rename { .. }, Answer::Done) => "rename: done",
            (Ask::Rename { .. }, Answer::NickTaken) => "rename: nick taken",
            (Ask::Rename { .. }, _) => "rename: failed",
            (Ask::Seen { .. }, Answer::Done) => "seen: done",
            (Ask::Seen { .. }, _) => "seen: failed",
            (Ask::Open(Subject::Room { .. }), Answer::Opened(_)) => "open room: opened",
            (Ask::Open(Subject::Room { .. }), _) => "open room: failed",
            (Ask::Open(Subject::Direct { .. }), Answer::Opened(_)) => "open conversation: opened",
            (Ask::Open(Subject::Direct { .. }), Answer::NoSuchNick) => "open conversation: no such nick",
            (Ask::Open(Subject::Direct { .. }), _) => "open conversation: failed",
            (Ask::Append(append), Answer::Appended { repeated: false, .. }) => match append.change {
                Change::Message { .. } | Change::Topic(_) => "append: appended",
                Change::Edit { .. } => "append: edited",
                Change::Delete { .. } => "append: deleted",
            },
            (Ask::Append(_), Answer::NoSuchMessage) => "append: no such message",
            (Ask::Append(_), Answer::NotYours) => "append: not yours",
            (Ask::Append(_), Answer::Appended { repeated: true, .. }) => "append: repeated",
            (Ask::Append(_), Answer::Elsewhere) => "append: elsewhere",
            (Ask::Append(_), _) => "append: failed",
            (Ask::Closed { .. }, _) => "closed: done",
            (Ask::History { .. }, Answer::Page { .. }) => "history: page",
            (Ask::History { .. }, _) => "history: failed",
            (Ask::Search(_), Answer::Found { .. }) => "search: found",
            (Ask::Search(_), _) => "search: failed",
            (Ask::Read { .. } | Ask::Present { .. }, Answer::Done) => "told: done",
            (Ask::Read { .. } | Ask::Present { .. }, _) => "told: failed",
            (Ask::Absent, Answer::Absent(absentees)) if !absentees.is_empty() => "absent: somebody",
            (Ask::Absent, _) => "absent: nobody",
        };
        let row = ANSWERS.iter().position(|known| *known == words).expect("the words are those of the table");
        self.count(ANSWER + row);
    }

    /// A deadline of the hub came due.
    ///
    /// # Panics
    /// If its cause is none of the table's: a new kind of deadline wants a row.
    pub fn deadline(&mut self, cause: &'static str) {
        let row = CAUSES.iter().position(|known| *known == cause).expect("every cause of a deadline has a row");
        self.count(CAUSE + row);
    }

    /// A bound held.
    pub fn cap(&mut self, cap: Cap) {
        self.count(CAP + cap as usize);
    }

    /// A way was gone.
    pub fn path(&mut self, path: Path) {
        self.count(PATH + path as usize);
    }

    /// Adds what another run reached.
    pub fn add(&mut self, other: &Reached) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    /// The table: group, words, count. Rows that cannot be reached by their nature are left out.
    pub fn rows(&self) -> Vec<(&'static str, &'static str, u64)> {
        let names = groups().iter().flat_map(|(group, rows)| rows.iter().map(move |words| (*group, *words)));
        let counted = names.zip(&self.counts).map(|((group, words), count)| (group, words, *count));
        counted.filter(|(group, words, _)| is_possible(group, words)).collect()
    }

    /// The rows that were never reached.
    pub fn missing(&self) -> Vec<String> {
        let zeros = self.rows().into_iter().filter(|(_, _, count)| *count == 0);
        zeros.map(|(group, words, _)| format!("{group}: {words}")).collect()
    }

    fn count(&mut self, row: usize) {
        self.counts[row] += 1;
    }
}

/// Whether a row can come about at all.
fn is_possible(group: &str, words: &str) -> bool {
    let reason = Reason::parse(words);
    match group {
        "close" => !REFUSALS_ONLY.contains(&reason),
        "refused" => REFUSALS.contains(&reason),
        "bye" => !UNTOLD.contains(&reason),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_name_and_a_fresh_table_misses_all_of_them() {
        let reached = Reached::default();
        assert_eq!(groups().iter().map(|(_, rows)| rows.len()).sum::<usize>(), ROWS);
        assert_eq!(reached.missing().len(), reached.rows().len());
        assert!(reached.rows().len() > 130);
    }
}
