//! Somebody who talks as fast as they are answered, loses the server again and again, and comes back each time with a
//! token, with the last position seen in each room, and with what was not acknowledged.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use fastrand::Rng;

use crate::wire::{Frame, Line, Lost};
use crate::world::{What, World};
use crate::{PEOPLE, ROOMS, nick_of, speech};

/// Something said and not acknowledged.
#[derive(Clone, Copy, Debug)]
struct Say {
    number: u64,
    room: usize,
}

/// A message of one's own that was acknowledged and not taken back.
#[derive(Clone, Copy, Debug)]
struct Own {
    room: usize,
    id: u64,
    number: u64,
    version: u64,
}

/// A correction, or with no version a deletion, that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) room: usize,
    pub(crate) target: u64,
    pub(crate) version: Option<u64>,
}

/// A room, as one sees it.
#[derive(Debug, Default)]
struct View {
    log: String,
    seen: u64,
    /// The newest entry when one came in.
    last: u64,
    members: BTreeSet<String>,
    /// What was just acknowledged must come next.
    due: Option<u64>,
    /// Up to here pages bring what a gap left out.
    gap_end: Option<u64>,
}

/// What somebody can tell when everything is over.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) who: usize,
    pub(crate) token: String,
    /// How many messages were said.
    pub(crate) said: u64,
    /// Room, position and number of what was acknowledged.
    pub(crate) acknowledged: Vec<(usize, u64, u64)>,
    /// Changes asked for of which nothing was heard before the server died.
    pub(crate) doubts: Vec<Change>,
    /// Positions that a replay passed over.
    pub(crate) left_out: Vec<(usize, u64)>,
    /// Positions that a page passed over.
    pub(crate) paged_over: Vec<(usize, u64)>,
    /// Where each room ended.
    pub(crate) last: Vec<u64>,
    pub(crate) log: Vec<String>,
    pub(crate) comebacks: u64,
    pub(crate) gaps: u64,
    /// Sent again, and found to have been stored before.
    pub(crate) repeats: u64,
    /// Events shown, live, replayed or in pages.
    pub(crate) shown: u64,
}

pub(crate) struct Person {
    world: Arc<World>,
    rng: Rng,
    /// Most messages under way at once.
    window: usize,
    views: Vec<View>,
    unacknowledged: VecDeque<Say>,
    own: Vec<Own>,
    change: Option<Change>,
    /// Everybody was seen in every room.
    has_arrived: bool,
    /// Everything missed was told since one came back.
    is_up_to_date: bool,
    report: Report,
}

impl Person {
    pub(crate) fn new(who: usize, world: Arc<World>, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ who as u64);
        let window = rng.usize(1..=24);
        let views = ROOMS.iter().map(|_| View::default()).collect();
        Self {
            world,
            rng,
            window,
            views,
            unacknowledged: VecDeque::new(),
            own: Vec::new(),
            change: None,
            has_arrived: false,
            is_up_to_date: false,
            report: Report { who, ..Report::default() },
        }
    }

    /// Lives until nobody says anything new and everything is answered.
    pub(crate) fn live(mut self) -> Self {
        let mut life = 0;
        loop {
            // Some stay away for a while, and come back to more than a replay holds.
            let away = if self.has_arrived && self.report.who > 1 && self.rng.u8(..8) == 0 { 3 } else { 0 };
            let (found, port) = self.world.next_server(life + away);
            life = found;
            let done = Line::open(port).and_then(|mut line| self.visit(&mut line));
            if done.is_ok() {
                return self;
            }
            self.report.doubts.extend(self.change.take());
        }
    }

    /// Comes back once more, to see all there is.
    pub(crate) fn see_the_end(mut self) -> Report {
        let (_, port) = self.world.next_server(0);
        Line::open(port).and_then(|mut line| self.visit(&mut line)).expect("nothing is killed any more");
        self.report.last = self.views.iter().map(|view| view.seen).collect();
        self.report.log = self.views.iter().map(|view| view.log.clone()).collect();
        self.report
    }

    /// From hello until everything is over.
    fn visit(&mut self, line: &mut Line) -> Result<(), Lost> {
        self.is_up_to_date = false;
        for view in &mut self.views {
            (view.due, view.gap_end) = (None, None);
        }
        line.send(&self.hello())?;
        line.send(r#"{"ping":{"token":"up to date?"}}"#)?;
        for say in self.unacknowledged.clone() {
            self.send_say(line, say)?;
        }
        loop {
            let frame = line.read()?;
            self.hear(line, &frame)?;
            if self.is_up_to_date && self.has_arrived {
                if !self.world.is_finishing() {
                    self.talk(line)?;
                } else if self.unacknowledged.is_empty()
                    && self.change.is_none()
                    && self.views.iter().all(|view| view.gap_end.is_none())
                {
                    return Ok(());
                }
            }
        }
    }

    fn hello(&self) -> String {
        let nick = nick_of(self.report.who);
        let rooms = ROOMS.map(|room| format!("\"{room}\"")).join(",");
        let mut hello = format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\",\"rooms\":[{rooms}]");
        if !self.report.token.is_empty() {
            hello.push_str(&format!(",\"token\":\"{}\",\"resume\":{{", self.report.token));
            let known = ROOMS.iter().zip(&self.views).filter(|(_, view)| !view.log.is_empty());
            let resume: Vec<String> = known
                .map(|(room, view)| format!("\"{room}\":{{\"log\":\"{}\",\"id\":{}}}", view.log, view.seen))
                .collect();
            hello.push_str(&resume.join(","));
            hello.push('}');
        }
        hello.push_str("}}");
        hello
    }

    fn send_say(&self, line: &mut Line, say: Say) -> Result<(), Lost> {
        let text = speech::escaped(self.report.who, say.number, 0);
        let room = ROOMS[say.room];
        line.send(&format!("{{\"say\":{{\"room\":\"{room}\",\"text\":\"{text}\",\"nonce\":\"{}\"}}}}", say.number))
    }

    /// Says new things, and now and then changes an old one.
    fn talk(&mut self, line: &mut Line) -> Result<(), Lost> {
        while self.unacknowledged.len() < self.window {
            self.report.said += 1;
            let say = Say { number: self.report.said, room: self.rng.usize(..ROOMS.len()) };
            self.unacknowledged.push_back(say);
            self.send_say(line, say)?;
        }
        if self.change.is_some() || self.own.is_empty() || self.rng.u8(..) > 2 {
            return Ok(());
        }
        let at = self.rng.usize(self.own.len().saturating_sub(200)..self.own.len());
        let (room, target) = (self.own[at].room, self.own[at].id);
        if self.rng.u8(..3) == 0 {
            self.own.swap_remove(at);
            self.change = Some(Change { room, target, version: None });
            return line.send(&format!("{{\"delete\":{{\"room\":\"{}\",\"id\":{target}}}}}", ROOMS[room]));
        }
        let own = &mut self.own[at];
        own.version += 1;
        self.change = Some(Change { room, target, version: Some(own.version) });
        let text = speech::escaped(self.report.who, own.number, own.version);
        line.send(&format!("{{\"edit\":{{\"room\":\"{}\",\"id\":{target},\"text\":\"{text}\"}}}}", ROOMS[room]))
    }

    fn hear(&mut self, line: &mut Line, frame: &Frame) -> Result<(), Lost> {
        match frame.name.as_str() {
            "welcome" => self.welcomed(frame),
            "room" => self.entered(frame),
            "gap" => return self.told_of_a_gap(line, frame),
            "page" => return self.paged(line, frame),
            "ack" => self.acknowledged(frame),
            "message" => {
                let (room, id) = (room_of(frame), frame.number("id"));
                self.advance(room, id);
                self.message(room, frame);
            }
            "edited" => self.edited(frame),
            "deleted" => self.deleted(frame),
            "joined" => {
                assert!(!self.has_arrived, "somebody came who had never gone: {frame:?}");
                let room = room_of(frame);
                self.views[room].members.insert(frame.text("nick").to_owned());
                self.look_around();
            }
            "pong" => self.up_to_date(),
            "ping" => return line.send(&format!("{{\"pong\":{{\"token\":\"{}\"}}}}", frame.text("token"))),
            "bye" => assert_eq!(frame.text("code"), "shutdown", "{frame:?}"),
            _ => panic!("nothing led to this: {frame:?}"),
        }
        Ok(())
    }

    fn welcomed(&mut self, frame: &Frame) {
        let (nick, token) = (nick_of(self.report.who), frame.text("token"));
        assert_eq!(frame.text("nick"), nick, "a nick outlives the server");
        if self.has_arrived {
            assert_eq!(frame.text("token"), self.report.token, "a token outlives the server");
            assert!(frame.is("resumed"), "{nick} is back within the grace: {frame:?}");
            self.report.comebacks += 1;
        }
        self.report.token = token.to_owned();
    }

    fn entered(&mut self, frame: &Frame) {
        let view = &mut self.views[room_of(frame)];
        let (log, last) = (frame.text("log"), frame.number("last_id"));
        assert!(view.log.is_empty() || view.log == log, "a log outlives the server");
        assert!(last >= view.seen, "{} was seen of a log that ends at {last}: {frame:?}", view.seen);
        assert_eq!(frame.number("first_id"), 1);
        (view.log, view.last) = (log.to_owned(), last);
        let members = frame.names("members");
        view.members = members.iter().cloned().collect();
        assert_eq!(view.members.len(), members.len(), "everybody is a member once");
        if self.has_arrived {
            let everybody: BTreeSet<String> = (0..PEOPLE).map(nick_of).collect();
            assert_eq!(view.members, everybody, "whoever is away for a moment stays a member");
        }
        self.look_around();
    }

    fn look_around(&mut self) {
        if !self.has_arrived && self.views.iter().all(|view| view.members.len() == PEOPLE) {
            self.has_arrived = true;
            self.world.arrive();
        }
    }

    /// The answer to the ping behind the hello: whatever was missed has come.
    fn up_to_date(&mut self) {
        for (room, view) in self.views.iter_mut().enumerate() {
            self.report.left_out.extend((view.seen + 1..=view.last).map(|id| (room, id)));
            view.seen = view.seen.max(view.last);
        }
        self.is_up_to_date = true;
    }

    /// The next entry of a room is told.
    fn advance(&mut self, room: usize, id: u64) {
        let view = &mut self.views[room];
        let (nick, name) = (nick_of(self.report.who), ROOMS[room]);
        assert!(id > view.seen, "{nick} was told {name} {id} after {}: twice, or out of order", view.seen);
        if let Some(due) = view.due.take() {
            assert_eq!(id, due, "a message comes right after its ack");
        }
        if id > view.seen + 1 {
            assert!(!self.is_up_to_date, "{nick} was told {name} {id} after {}: a hole", view.seen);
            self.report.left_out.extend((view.seen + 1..id).map(|id| (room, id)));
        }
        view.seen = id;
        self.report.shown += 1;
    }

    /// A message was shown, in whatever way.
    fn message(&mut self, room: usize, frame: &Frame) {
        let id = frame.number("id");
        let (who, number, version) = speech::read(frame.text("text"));
        assert_eq!(frame.text("from"), nick_of(who), "somebody speaks in another's name");
        let edit = frame.maybe_number("edited");
        let mut ledger = self.world.ledger();
        ledger.tell(room, id, What::Said { who, number });
        ledger.show(room, id, version, edit);
        if let Some(edit) = edit {
            ledger.tell(room, edit, What::Edited { who, target: id });
        }
    }

    fn acknowledged(&mut self, frame: &Frame) {
        let (room, id) = (room_of(frame), frame.number("id"));
        let say = self.unacknowledged.pop_front().expect("nothing is acknowledged that was not sent");
        assert_eq!(frame.text("nonce"), say.number.to_string(), "acks come in the order of sending");
        assert_eq!(room, say.room);
        let who = self.report.who;
        self.world.ledger().tell(room, id, What::Said { who, number: say.number });
        let view = &mut self.views[room];
        if id > view.seen {
            assert!(self.is_up_to_date, "what was said before is told before what is said now");
            view.due = Some(id);
        } else {
            self.report.repeats += 1;
        }
        self.own.push(Own { room, id, number: say.number, version: 0 });
        self.report.acknowledged.push((room, id, say.number));
        self.world.acknowledge();
    }

    fn edited(&mut self, frame: &Frame) {
        let (room, id, target) = (room_of(frame), frame.number("id"), frame.number("target"));
        self.advance(room, id);
        let (who, _, version) = speech::read(frame.text("text"));
        assert_eq!(frame.text("by"), nick_of(who), "everybody corrects what is theirs");
        {
            let mut ledger = self.world.ledger();
            ledger.tell(room, id, What::Edited { who, target });
            ledger.edit(room, target, version, id);
        }
        self.changed(who, Change { room, target, version: Some(version) });
    }

    fn deleted(&mut self, frame: &Frame) {
        let (room, id, target) = (room_of(frame), frame.number("id"), frame.number("target"));
        self.advance(room, id);
        let who = (0..PEOPLE).find(|who| nick_of(*who) == frame.text("by")).expect("somebody of the test");
        {
            let mut ledger = self.world.ledger();
            ledger.tell(room, id, What::Deleted { who, target });
            ledger.delete(room, target);
        }
        self.changed(who, Change { room, target, version: None });
    }

    fn changed(&mut self, who: usize, told: Change) {
        let Some(change) = self.change.filter(|_| who == self.report.who) else { return };
        let Change { room, target, version } = change;
        assert_eq!((told.room, told.target, told.version), (room, target, version), "not what was asked for");
        self.change = None;
        self.world.acknowledge();
    }

    /// Too much was missed to be sent again: it is paged.
    fn told_of_a_gap(&mut self, line: &mut Line, frame: &Frame) -> Result<(), Lost> {
        let room = room_of(frame);
        let (after, next) = (frame.number("after"), frame.number("next"));
        let view = &mut self.views[room];
        assert_eq!(frame.text("log"), view.log);
        assert_eq!(after, view.seen, "a gap begins where one's own view ends");
        assert!(next > after + 1, "a gap holds something");
        assert!(!self.is_up_to_date, "a gap comes before everything else: {frame:?}");
        (view.seen, view.gap_end) = (next - 1, Some(next - 1));
        self.report.gaps += 1;
        ask_page(line, room, after)
    }

    fn paged(&mut self, line: &mut Line, frame: &Frame) -> Result<(), Lost> {
        let room = room_of(frame);
        let mut reached: u64 = frame.text("ref").split(' ').nth(1).unwrap().parse().unwrap();
        for message in frame.messages() {
            let id = message.number("id");
            assert!(id > reached, "a page ascends");
            self.report.paged_over.extend((reached + 1..id).map(|id| (room, id)));
            reached = id;
            self.message(room, &message);
            self.report.shown += 1;
        }
        let view = &mut self.views[room];
        let end = view.gap_end.expect("only what is missing is asked for");
        if reached < end && frame.is("has_more") {
            return ask_page(line, room, reached);
        }
        self.report.paged_over.extend((reached + 1..=end).map(|id| (room, id)));
        view.gap_end = None;
        Ok(())
    }
}

fn ask_page(line: &mut Line, room: usize, after: u64) -> Result<(), Lost> {
    let name = ROOMS[room];
    line.send(&format!("{{\"history\":{{\"room\":\"{name}\",\"after\":{after},\"limit\":200,\"ref\":\"g {after}\"}}}}"))
}

pub(crate) fn room_of(frame: &Frame) -> usize {
    let name = frame.text("room");
    ROOMS.iter().position(|room| *room == name).unwrap_or_else(|| panic!("nobody is in {name}"))
}
