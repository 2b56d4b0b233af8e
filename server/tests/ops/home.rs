//! A data directory, the program in it, and people who talk.

use std::path::{Path, PathBuf};

use parlor_core::id::{IdentityId, LogId};
use parlor_core::store::Subject;
use rusqlite::Connection;
use server::store::FILE;
use tempfile::TempDir;

use crate::program::{Client, Program, Server};
use crate::world::{World, delete, edit, room, topic};

/// A directory with a data directory in it, and room beside it.
pub(crate) struct Home {
    home: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// A path beside the data directory.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.at("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join(FILE)
    }

    /// A server on a free port.
    pub(crate) fn serve(&self) -> Server {
        let config = self.at("parlor.toml");
        std::fs::write(&config, "[limits]\npace = \"off\"\n").unwrap();
        let (data, config) = (self.data(), config.to_str().unwrap().to_owned());
        Server::start(&["--listen", "parlor://127.0.0.1:0", "--data", data.to_str().unwrap(), "--config", &config])
    }

    /// A subcommand, to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Program {
        run_in(&self.data(), arguments)
    }

    pub(crate) fn db(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }
}

pub(crate) fn run_in(data: &Path, arguments: &[&str]) -> Program {
    Program::run(&[arguments, &["--data", data.to_str().unwrap()]].concat())
}

/// It did what it was asked; what it said.
#[track_caller]
pub(crate) fn done(program: Program) -> String {
    assert_eq!((program.code, program.stderr.as_str()), (Some(0), ""), "{}", program.stdout);
    program.stdout
}

/// Somebody in the lobby, with their token; and what they were told on the way.
pub(crate) fn enter(server: &Server, nick: &str) -> (Client, String, String) {
    let mut client = server.connect("parlor");
    client.send(&format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"));
    let told = client.until("\"members\":[");
    let token = member(&told, "token");
    (client, token, told)
}

/// Says something and waits until it is kept.
pub(crate) fn say(client: &mut Client, room: &str, text: &str) {
    client.send(&format!("{{\"say\":{{\"room\":\"{room}\",\"text\":\"{text}\",\"nonce\":\"{text}\"}}}}\n"));
    client.until("{\"ack\"");
}

/// The first member of this name, a text.
pub(crate) fn member(told: &str, name: &str) -> String {
    told.split(&format!("\"{name}\":\"")).nth(1).expect(told).split('"').next().unwrap().to_owned()
}

/// A history with something of every kind in it, closed in order.
pub(crate) struct Village {
    pub(crate) world: World,
    pub(crate) ada: IdentityId,
    pub(crate) lobby: LogId,
}

impl Village {
    /// In `#lobby`: 1 to 6 are messages of which 2 is edited (7) and 3 deleted (8); 9 is a topic. A conversation between
    /// ada and bob has one message.
    pub(crate) fn new() -> Self {
        let mut world = World::new();
        let (ada, bob) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0));
        let lobby = world.opened(Subject::Room { room: room("lobby"), founder: Some(ada) }).log;
        for text in ["apple pie", "pear", "grape", "سلام، سلام دنیا", "plum cake", "fig"] {
            world.say(lobby, ada, text);
        }
        world.append(lobby, ada, edit(2, "quince"));
        world.append(lobby, ada, delete(3));
        world.append(lobby, ada, topic("fruit"));
        let direct = world.open_direct(ada, "bob").log;
        world.say(direct, bob, "between us");
        world.stop();
        Self { world, ada, lobby }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.world.path().parent().unwrap().to_owned()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Program {
        run_in(&self.data(), arguments)
    }

    pub(crate) fn db(&self) -> Connection {
        Connection::open(self.world.path()).unwrap()
    }
}
