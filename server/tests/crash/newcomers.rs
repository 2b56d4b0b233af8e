//! In each life of the server somebody comes for the first time; whoever was given a token is known by it ever after.

use std::sync::Arc;

use crate::wire::{Frame, Line, Lost};
use crate::world::World;

/// A room apart, so that nobody else hears of them.
const HALL: &str = "hall";

/// Somebody who was welcomed.
pub(crate) struct Newcomer {
    nick: String,
    token: String,
}

impl Newcomer {
    fn arrive(line: &mut Line, nick: String) -> Result<Self, Lost> {
        let welcome = hello(line, &nick, "")?;
        assert_eq!(welcome.text("nick"), nick);
        Ok(Self { token: welcome.text("token").to_owned(), nick })
    }

    /// Comes back, is known, and goes for good.
    pub(crate) fn come_back(&self, line: &mut Line) -> Result<(), Lost> {
        let welcome = hello(line, &self.nick, &format!(",\"token\":\"{}\"", self.token))?;
        assert_eq!(welcome.text("token"), self.token, "{} was given this token and is not known by it", self.nick);
        assert_eq!(welcome.text("nick"), self.nick, "the nick was kept");
        line.send("{\"quit\":{}}")?;
        while line.read()?.name != "bye" {}
        Ok(())
    }
}

fn hello(line: &mut Line, nick: &str, token: &str) -> Result<Frame, Lost> {
    line.send(&format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\",\"rooms\":[\"{HALL}\"]{token}}}}}"))?;
    line.until("welcome", &[])
}

/// One newcomer in each life, and the one before comes back.
pub(crate) fn come(world: &Arc<World>) -> Vec<Newcomer> {
    let mut known: Vec<Newcomer> = Vec::new();
    let mut life = 0;
    loop {
        let (found, port) = world.next_server(life);
        if world.is_finishing() {
            return known;
        }
        life = found;
        if let Some(last) = known.last() {
            // Lost again: there will be another life.
            let _ = Line::open(port).and_then(|mut line| last.come_back(&mut line));
        }
        if let Ok(mut line) = Line::open(port)
            && let Ok(newcomer) = Newcomer::arrive(&mut line, format!("newcomer{life}"))
        {
            known.push(newcomer);
        }
    }
}
