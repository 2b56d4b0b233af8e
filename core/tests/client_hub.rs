//! The client machine against the hub machine: everything both ends promise, without a socket between them.

use std::time::Duration;

use parlor_core::client::{Client, Entry, Input, Intent, Keepsake, Link, Loss, Output, Profile, Room, State};
use parlor_core::id::ConnId;
use parlor_core::secret::Secret;
use parlor_core::wire::Dialect;
use proptest::prelude::*;

mod world;

use world::World;

/// A client and its place in the world.
struct Seat {
    client: Client,
    conn: Option<ConnId>,
    kept: Option<Keepsake>,
    token: Option<Secret>,
    finished: usize,
}

impl Seat {
    fn of(client: Client) -> Self {
        Self { client, conn: None, kept: None, token: None, finished: 0 }
    }
}

/// A hub and the clients of some people.
struct Chat {
    world: World,
    seats: Vec<Seat>,
}

impl Chat {
    fn new(people: &[(&str, Dialect)]) -> Self {
        let mut chat = Self { world: World::new(), seats: Vec::new() };
        for (number, (nick, dialect)) in (1..).zip(people) {
            let profile = Profile::new(*dialect, "parlor://test", nick, "test/1");
            let client = Client::new(profile, [number; 32], chat.world.now);
            chat.seats.push(Seat::of(client));
            chat.pass(500);
        }
        chat
    }

    /// Carries bytes until nobody has any.
    fn pump(&mut self) {
        for round in 0.. {
            assert!(round < 10_000, "two machines that never stop talking");
            let mut quiet = true;
            for at in 0..self.seats.len() {
                quiet &= !self.step(at);
            }
            if quiet {
                return;
            }
        }
    }

    fn step(&mut self, at: usize) -> bool {
        let mut moved = self.outputs(at);
        let seat = &mut self.seats[at];
        let Some(conn) = seat.conn else { return moved };
        let bytes = seat.client.transmit().to_vec();
        if !bytes.is_empty() {
            seat.client.transmitted(bytes.len());
            self.world.sends(conn, &bytes);
            moved = true;
        }
        for write in self.world.writes(conn) {
            self.seats[at].client.handle_input(self.world.now, Input::Received(write.as_bytes()));
            moved = true;
        }
        moved |= self.outputs(at);
        if self.seats[at].conn == Some(conn) && self.world.closed(conn).is_some() {
            self.seats[at].conn = None;
            self.seats[at].client.handle_input(self.world.now, Input::Lost(Loss::Closed));
            moved = true;
        }
        moved
    }

    fn outputs(&mut self, at: usize) -> bool {
        let mut moved = false;
        while let Some(output) = self.seats[at].client.poll_output() {
            moved = true;
            match output {
                Output::Connect => {
                    assert!(self.seats[at].conn.is_none(), "one connection at a time");
                    self.seats[at].conn = Some(self.world.connect(self.seats[at].client.state().dialect));
                    self.seats[at].client.handle_input(self.world.now, Input::Connected);
                }
                Output::Disconnect(_) => self.hang_up(at),
                Output::Finished => self.seats[at].finished += 1,
                Output::Keep(keepsake) => self.seats[at].kept = Some(keepsake),
                Output::Remember(token) => self.seats[at].token = Some(token),
                Output::Wake | Output::Changed | Output::Notify(_) => {}
            }
        }
        moved
    }

    fn hang_up(&mut self, at: usize) {
        if let Some(conn) = self.seats[at].conn.take()
            && self.world.closed(conn).is_none()
        {
            self.world.vanishes(conn);
        }
    }

    fn pass(&mut self, millis: u64) {
        self.pump();
        for _ in 0..millis.div_ceil(10) {
            self.world.pass(Duration::from_millis(10));
            let now = self.world.now;
            for seat in &mut self.seats {
                if seat.client.poll_timeout().is_some_and(|deadline| deadline.at <= now.instant) {
                    seat.client.handle_timeout(now);
                }
            }
            self.pump();
        }
    }

    fn intent(&mut self, at: usize, intent: Intent) {
        self.seats[at].client.handle_input(self.world.now, Input::Intent(intent));
    }

    fn says(&mut self, at: usize, text: &str) {
        self.intent(at, Intent::Submit(text.into()));
        self.pass(200);
    }

    /// The connection breaks with bytes under way: of both directions, this many in a hundred still arrive.
    fn breaks(&mut self, at: usize, percent: usize) {
        let Some(conn) = self.seats[at].conn else { return };
        let sent = self.seats[at].client.transmit().to_vec();
        self.world.sends(conn, &sent[..sent.len() * percent / 100]);
        let told: Vec<u8> = self.world.writes(conn).concat().into_bytes();
        self.seats[at].client.handle_input(self.world.now, Input::Received(&told[..told.len() * percent / 100]));
        if self.seats[at].conn == Some(conn) {
            self.seats[at].client.handle_input(self.world.now, Input::Lost("the connection broke".into()));
        }
        self.hang_up(at);
    }

    fn state(&self, at: usize) -> &State {
        self.seats[at].client.state()
    }

    fn room(&self, at: usize, title: &str) -> &Room {
        self.state(at).rooms.iter().find(|room| room.title == title).expect("the room is there")
    }

    /// What was said, without notices.
    fn said(&self, at: usize, title: &str) -> Vec<String> {
        let said = self.room(at, title).timeline.iter().filter(|entry| !entry.who().is_empty());
        said.map(Entry::line).collect()
    }

    fn lines(&self, at: usize) -> Vec<String> {
        self.state(at).shown_room().expect("a room is shown").timeline.iter().map(Entry::line).collect()
    }

    fn members(&self, at: usize, title: &str) -> Vec<String> {
        self.room(at, title).members.iter().map(|member| member.nick.clone()).collect()
    }
}

#[test]
fn all_three_dialects_chat_in_one_room() {
    let mut chat = Chat::new(&[("ada", Dialect::Native), ("بهار", Dialect::Nic), ("carlo", Dialect::Prompt)]);
    for at in 0..3 {
        assert_eq!(chat.state(at).link, Link::Online);
    }
    chat.says(0, "ciao a tutti");
    chat.says(1, "سلام دنیا، حال شما چطور است؟");
    chat.says(2, "perché no? 🙂");
    chat.says(0, "one\nbob: two");
    chat.says(1, "a\nb");
    chat.pass(2_000);
    let wanted = [
        "ada: ciao a tutti",
        "بهار: سلام دنیا، حال شما چطور است؟",
        "carlo: perché no? 🙂",
        "ada: one\nbob: two",
        "بهار: a\nb",
    ];
    assert_eq!(chat.said(0, "lobby"), wanted);
    for at in [1, 2] {
        let title = chat.state(at).rooms[0].title.clone();
        assert_eq!(chat.said(at, &title), wanted, "dialect {at}");
    }
    assert_eq!(chat.members(0, "lobby"), ["ada", "carlo", "بهار"]);
    for at in 0..3 {
        assert_eq!(chat.state(at).unsent(), 0);
        chat.intent(at, Intent::Quit);
        chat.pass(6_000);
        assert_eq!(chat.seats[at].finished, 1);
    }
    chat.world.pass(Duration::from_secs(60));
    assert!(chat.world.hub.is_empty());
}

#[test]
fn a_taken_name_is_asked_for_and_another_lets_one_in() {
    let mut chat = Chat::new(&[
        ("ada", Dialect::Native),
        ("Ada", Dialect::Native),
        ("ada", Dialect::Prompt),
        ("ada", Dialect::Nic),
    ]);
    assert!(chat.state(1).question.is_some());
    assert!(chat.state(2).question.is_some());
    chat.intent(1, Intent::Nick("bea".into()));
    chat.intent(2, Intent::Nick("carlo".into()));
    chat.pass(1_000);
    for at in 0..4 {
        assert_eq!(chat.state(at).link, Link::Online);
    }
    assert_eq!(chat.members(0, "lobby"), ["ada", "ada2", "bea", "carlo"]);
    assert_eq!(chat.state(3).nick, "ada2");
    chat.says(3, "who am I?");
    assert_eq!(chat.state(3).unsent(), 0);
    assert_eq!(chat.said(0, "lobby"), ["ada2: who am I?"]);
}

#[test]
fn conversations_rooms_and_their_operators() {
    let mut chat = Chat::new(&[("ada", Dialect::Native), ("bob", Dialect::Native)]);
    chat.says(0, "/msg bob psst");
    assert_eq!(chat.said(0, "@bob"), ["ada: psst"]);
    assert_eq!(chat.said(1, "@ada"), ["ada: psst"]);
    assert_eq!(chat.room(1, "@ada").unread, 1);
    chat.says(0, "/nick bea");
    assert_eq!(chat.room(1, "@bea").title, "@bea");
    chat.says(0, "/join garden");
    chat.says(0, "/topic ferns");
    assert!(chat.room(0, "garden").operator);
    chat.says(1, "/join garden");
    assert_eq!(chat.room(1, "garden").topic.as_str(), "ferns");
    assert_eq!(chat.members(1, "garden"), ["bea", "bob"]);
    chat.says(0, "/mute bob loud");
    chat.says(1, "hm");
    assert!(chat.lines(1).last().expect("a line").starts_with("! "), "{:?}", chat.lines(1));
    chat.says(0, "/unmute bob");
    chat.says(1, "thanks");
    chat.says(0, "/kick bob enough");
    assert!(!chat.room(1, "garden").joined);
    assert_eq!(chat.members(0, "garden"), ["bea"]);
    assert_eq!(chat.lines(1).last().expect("a line"), "* You were removed by bea (enough)");
    chat.says(1, "/join garden");
    assert!(chat.room(1, "garden").joined);
    chat.says(1, "/part bye");
    assert_eq!(chat.lines(0).last().expect("a line"), "* bob left (bye)");
}

#[test]
fn a_newcomer_reads_what_was_said_and_older_pages() {
    let mut chat = Chat::new(&[("ada", Dialect::Native)]);
    for number in 0..120 {
        chat.intent(0, Intent::Submit(format!("{number}")));
    }
    chat.pass(20_000);
    let profile = Profile::new(Dialect::Native, "parlor://test", "bob", "test/1");
    let client = Client::new(profile, [9; 32], chat.world.now);
    chat.seats.push(Seat::of(client));
    chat.pass(500);
    assert_eq!(chat.said(1, "lobby").len(), 50);
    assert_eq!(chat.room(1, "lobby").unread, 0);
    chat.intent(1, Intent::Older);
    chat.pass(500);
    let wanted: Vec<String> = (0..120).map(|number| format!("ada: {number}")).collect();
    assert_eq!(chat.said(1, "lobby"), wanted);
    assert!(!chat.room(1, "lobby").has_older);
}

#[test]
fn nothing_typed_is_lost_over_a_quit_without_a_connection_and_a_restart() {
    let mut chat = Chat::new(&[("ada", Dialect::Native), ("bob", Dialect::Native)]);
    chat.says(0, "/join garden");
    chat.intent(0, Intent::Draft("roses are".into()));
    chat.intent(0, Intent::Show(chat.room(0, "lobby").key));
    chat.breaks(0, 0);
    for text in ["one", "/me waves", "//not a command"] {
        chat.intent(0, Intent::Submit(text.into()));
    }
    chat.intent(0, Intent::Draft("half".into()));
    chat.intent(0, Intent::Quit);
    chat.pump();
    assert_eq!(chat.seats[0].finished, 1);

    let seat = chat.seats.remove(0);
    let mut profile = Profile::new(Dialect::Native, "parlor://test", "ada", "test/1");
    profile.token = seat.token;
    profile.keepsake = seat.kept.expect("there was something to keep");
    chat.seats.insert(0, Seat::of(Client::new(profile, [8; 32], chat.world.now)));
    chat.pass(1_000);
    assert_eq!(chat.said(1, "lobby"), Vec::<String>::new(), "nothing is sent that the person does not send again");
    for text in ["one", "/me waves", "//not a command"] {
        assert_eq!(chat.room(0, "lobby").draft, text);
        chat.says(0, text);
    }
    assert_eq!(chat.said(1, "lobby"), ["ada: one", "* ada waves", "ada: /not a command"]);
    assert_eq!(chat.room(0, "lobby").draft, "half");
    chat.says(0, "/join garden");
    assert_eq!(chat.room(0, "garden").draft, "roses are");
}

#[derive(Clone, Debug)]
enum Deed {
    Say(usize),
    Break(usize, usize),
    Pass(u64),
    Retry(usize),
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![
        5 => (0..3_usize).prop_map(Deed::Say),
        2 => (0..3_usize, 0..=100_usize).prop_map(|(at, percent)| Deed::Break(at, percent)),
        2 => (0..1_500_u64).prop_map(Deed::Pass),
        2 => (0..3_usize).prop_map(Deed::Retry),
    ]
}

#[test]
fn an_answer_reaches_everybody_with_what_it_answers() {
    let mut chat = Chat::new(&[("ada", Dialect::Native), ("bea", Dialect::Native), ("gus", Dialect::Nic)]);
    chat.says(0, "tea?");
    chat.says(1, "/reply yes, please");
    for seat in [0, 1] {
        let room = &chat.state(seat).rooms[0];
        let answer = room.timeline.iter().last().unwrap();
        assert_eq!(answer.line(), "bea: yes, please");
        let quote = room.reply_of(answer).unwrap();
        assert_eq!((quote.from.as_str(), quote.excerpt.as_str()), ("ada", "tea?"));
        assert_eq!(answer.reply.unwrap().to_me, seat == 0);
    }
    assert_eq!(chat.state(0).rooms[0].mentions, 1);
    assert_eq!(chat.state(2).rooms[0].timeline.iter().last().unwrap().line(), "bea: yes, please");
}

#[test]
fn whoever_is_ignored_talks_on_to_everybody_else() {
    let mut chat = Chat::new(&[("ada", Dialect::Native), ("bea", Dialect::Native), ("gus", Dialect::Prompt)]);
    for seat in [0, 2] {
        chat.says(seat, "/ignore bea");
    }
    chat.says(1, "ada, gus?");
    chat.says(1, "/msg ada psst");
    assert_eq!(chat.state(0).rooms.len(), 1, "no conversation opens");
    for seat in [0, 2] {
        let room = &chat.state(seat).rooms[0];
        assert_eq!((room.unread, room.mentions), (0, 0));
        let hers: Vec<_> = room.timeline.iter().filter(|entry| entry.who() == "bea").collect();
        assert!(!hers.is_empty() && hers.iter().all(|entry| entry.is_hidden()));
    }
    chat.says(0, "/unignore bea");
    let shown = |entry: &Entry| entry.line() == "bea: ada, gus?" && !entry.is_hidden();
    assert!(chat.state(0).rooms[0].timeline.iter().any(shown));
}

#[test]
fn who_is_away_is_so_to_everybody_who_knows_them_and_again_after_a_restart() {
    let mut chat = Chat::new(&[("ada", Dialect::Native), ("bea", Dialect::Native), ("gus", Dialect::Nic)]);
    let away = |chat: &Chat, seat: usize, who: &str| {
        let members = &chat.state(seat).rooms[0].members;
        members.iter().find(|member| member.nick == who).and_then(|member| member.away.clone())
    };
    chat.says(0, "/away lunch");
    assert_eq!(chat.state(0).away.as_deref(), Some("lunch"));
    assert_eq!(away(&chat, 1, "ada").as_deref(), Some("lunch"));
    chat.says(1, "/msg ada hi");
    let there = chat.state(1).shown_room().unwrap();
    assert_eq!(there.other_away(), Some("lunch"));
    assert_eq!(there.timeline.iter().map(Entry::line).collect::<Vec<_>>(), ["* ada is away: lunch", "bea: hi"]);
    chat.hang_up(0);
    chat.seats[0].client.handle_input(chat.world.now, Input::Lost(Loss::Closed));
    chat.pass(60_000);
    assert_eq!(chat.state(0).link, Link::Online);
    assert_eq!(away(&chat, 1, "ada").as_deref(), Some("lunch"), "also after the grace");
    chat.says(0, "/back");
    assert_eq!(away(&chat, 1, "ada"), None);
    assert_eq!(chat.state(0).away, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever breaks when, in the end everybody has everything once, in the order of the log.
    #[test]
    fn nothing_is_lost_and_nothing_is_told_twice(deeds in proptest::collection::vec(deeds(), 0..60)) {
        let mut chat = Chat::new(&[("ada", Dialect::Native), ("bob", Dialect::Native), ("eve", Dialect::Native)]);
        let mut said = Vec::new();
        for deed in deeds {
            match deed {
                Deed::Say(at) => {
                    let text = format!("{} says {}", chat.state(at).nick, said.len());
                    chat.intent(at, Intent::Submit(text.clone()));
                    said.push(format!("{}: {text}", chat.state(at).nick));
                }
                Deed::Break(at, percent) => chat.breaks(at, percent),
                Deed::Pass(millis) => chat.pass(millis),
                Deed::Retry(at) => chat.intent(at, Intent::RetryNow),
            }
        }
        for at in 0..3 {
            chat.intent(at, Intent::RetryNow);
        }
        chat.pass(30_000);
        let log = chat.said(0, "lobby");
        for at in 0..3 {
            prop_assert_eq!(&chat.state(at).link, &Link::Online);
            prop_assert_eq!(chat.state(at).unsent(), 0);
            prop_assert_eq!(&chat.said(at, "lobby"), &log, "everybody has the same");
        }
        let mut sorted = (log, said);
        sorted.0.sort();
        sorted.1.sort();
        prop_assert_eq!(sorted.0, sorted.1, "everything once");
    }
}
