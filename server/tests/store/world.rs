//! An engine on a file, and words to ask it with.

use std::path::PathBuf;

use parlor_core::id::{IdentityId, LogId, MessageId, Ticket};
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::SecretHash;
use parlor_core::store::{
    Answer, Append, Ask, Change, Cursor, Entry, Hit, Opened, Peer, Search, Subject, Verified, Verify,
};
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Span, Tag};
use server::store::{Engine, FILE, Options};
use tempfile::TempDir;

pub(crate) const DAY: i64 = 24 * 3_600_000;

/// A data directory, and the engine that runs in it.
pub(crate) struct World {
    home: TempDir,
    options: Options,
    engine: Option<Engine>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        let home = tempfile::tempdir().unwrap();
        let engine = Some(Engine::open(&home.path().join(FILE), options.clone()).unwrap());
        Self { home, options, engine }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.home.path().join(FILE)
    }

    pub(crate) fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().unwrap()
    }

    /// Stops in order.
    pub(crate) fn stop(&mut self) {
        self.engine.take().unwrap().close().unwrap();
    }

    pub(crate) fn start(&mut self) {
        self.engine = Some(Engine::open(&self.path(), self.options.clone()).unwrap());
    }

    pub(crate) fn restart(&mut self) {
        self.stop();
        self.start();
    }

    /// Everything that stands in the files of the directory.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.home.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    pub(crate) fn ask_all(&mut self, asks: Vec<Ask>) -> Vec<Answer> {
        let asks: Vec<_> = asks.into_iter().enumerate().map(|(at, ask)| (Ticket(at as u64), ask)).collect();
        let mut answers = Vec::new();
        self.engine().batch(&asks, |ticket, answer| {
            assert_eq!(ticket.0, answers.len() as u64, "in the order asked");
            answers.push(answer);
        });
        assert_eq!(answers.len(), asks.len(), "each once");
        answers
    }

    pub(crate) fn ask(&mut self, ask: Ask) -> Answer {
        self.ask_all(vec![ask]).pop().unwrap()
    }

    pub(crate) fn arrive(&mut self, nick: &str, token: u8, at: i64) -> IdentityId {
        match self.ask(verify(nick, None, Some(token), at)) {
            Answer::Verified(verified) => verified.identity,
            other => panic!("{nick} is let in: {other:?}"),
        }
    }

    pub(crate) fn come_back(&mut self, nick: &str, token: u8, at: i64) -> Verified {
        match self.ask(verify(nick, Some(token), None, at)) {
            Answer::Verified(verified) => *verified,
            other => panic!("{nick} is known: {other:?}"),
        }
    }

    pub(crate) fn open(&mut self, room: &str) -> Opened {
        self.opened(Subject::Room { room: self::room(room), founder: None })
    }

    pub(crate) fn open_direct(&mut self, me: IdentityId, peer: &str) -> Opened {
        self.opened(Subject::Direct { me, peer: Peer::Named(nick(peer)) })
    }

    pub(crate) fn opened(&mut self, subject: Subject) -> Opened {
        match self.ask(Ask::Open(subject)) {
            Answer::Opened(opened) => *opened,
            other => panic!("it opens: {other:?}"),
        }
    }

    pub(crate) fn say(&mut self, log: LogId, from: IdentityId, text: &str) -> u64 {
        self.append(log, from, message(text))
    }

    pub(crate) fn append(&mut self, log: LogId, from: IdentityId, change: Change) -> u64 {
        match self.ask(append(log, from, change, 0)) {
            Answer::Appended { id, repeated: false, .. } => id.0,
            other => panic!("it is stored: {other:?}"),
        }
    }

    pub(crate) fn page(&mut self, log: LogId) -> Vec<Entry> {
        match self.ask(Ask::History { log, span: Span::Latest, limit: 200 }) {
            Answer::Page { entries, .. } => entries,
            other => panic!("it is read: {other:?}"),
        }
    }

    /// The texts of a log as they stand; `-` for tombstones.
    pub(crate) fn texts(&mut self, log: LogId) -> Vec<String> {
        let text = |entry: Entry| match entry.change {
            Some(Change::Message { text, .. } | Change::Edit { text, .. }) => text.as_str().to_owned(),
            Some(Change::Topic(topic)) => format!("topic {topic}"),
            Some(Change::Delete { target }) => format!("delete {}", target.0),
            None => "-".into(),
        };
        self.page(log).into_iter().map(text).collect()
    }

    pub(crate) fn find(&mut self, by: IdentityId, logs: &[LogId], query: &str) -> Vec<Hit> {
        match self.ask(search(by, logs, query, None, 50)) {
            Answer::Found { hits, cursor: _ } => hits,
            other => panic!("it is looked for: {other:?}"),
        }
    }

    pub(crate) fn commits(&mut self) -> u64 {
        self.engine().commits()
    }
}

pub(crate) fn nick(text: &str) -> Nick {
    Nick::parse(text).unwrap()
}

pub(crate) fn room(text: &str) -> RoomName {
    RoomName::parse(text).unwrap()
}

pub(crate) fn verify(nick: &str, presented: Option<u8>, fresh: Option<u8>, at: i64) -> Ask {
    let token = |token: u8| SecretHash([token; 32]);
    Ask::Verify(Box::new(Verify {
        presented: presented.map(token),
        fresh: fresh.map(token),
        nick: self::nick(nick),
        password: None,
        at: Timestamp(at),
    }))
}

pub(crate) fn message(text: &str) -> Change {
    Change::Message { text: Body::parse(text).unwrap(), action: false, reply_to: None }
}

pub(crate) fn edit(target: u64, text: &str) -> Change {
    Change::Edit { target: MessageId(target), text: Body::parse(text).unwrap() }
}

pub(crate) fn delete(target: u64) -> Change {
    Change::Delete { target: MessageId(target) }
}

pub(crate) fn topic(text: &str) -> Change {
    Change::Topic(Note::parse(text).unwrap())
}

pub(crate) fn append(log: LogId, from: IdentityId, change: Change, at: i64) -> Ask {
    let nick = self::nick(&format!("n{}", from.0));
    Ask::Append(Box::new(Append { log, from, nick, at: Timestamp(at), change, nonce: None, operator: false }))
}

pub(crate) fn say_once(log: LogId, from: IdentityId, text: &str, nonce: &str, at: i64) -> Ask {
    match append(log, from, message(text), at) {
        Ask::Append(mut append) => {
            append.nonce = Some(Tag::parse(nonce).unwrap());
            Ask::Append(append)
        }
        other => other,
    }
}

pub(crate) fn search(by: IdentityId, logs: &[LogId], query: &str, before: Option<Cursor>, limit: u32) -> Ask {
    let query = Note::parse(query).unwrap();
    Ask::Search(Box::new(Search { by, logs: logs.to_vec(), own: true, query, before, limit }))
}
