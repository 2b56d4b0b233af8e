//! A client on its own thread, against a real server.

use std::net::TcpListener as StdListener;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use async_channel::Sender;
use parlor_core::client::{Call, Delivery, EntryKind, Intent, Keepsake, Link, Profile, State};
use parlor_core::hub::HubConfig;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::secret::Secret;
use parlor_core::store::{MemoryLimits, MemoryStore};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::hub_loop::{Service, serve};
use parlor_transport_tcp::listen::listen;
use parlor_transport_tcp::session::{Face, Session};
use parlor_transport_tcp::target::Target;

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    url: Target,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Server {
    fn start(url: &Target) -> Self {
        let (url, listener) = listen(url).unwrap().pop().unwrap();
        let (stop, stopped) = async_channel::bounded(1);
        let listeners = vec![(url.dialect, listener)];
        let config = HubConfig {
            limits: Limits { pace: None, ..Limits::DEFAULT },
            default_room: RoomName::lobby(),
            server: "parlor/test".into(),
            password: false,
        };
        let thread = std::thread::spawn(move || {
            let store = MemoryStore::new(MemoryLimits::default(), [1; 32], None);
            serve(Service { config, seed: [2; 32], listeners, store, answers: None, stop: stopped, record: None })
                .unwrap();
        });
        Self { url, stop, thread }
    }

    fn stop(self) -> Target {
        self.stop.close();
        self.thread.join().unwrap();
        self.url
    }
}

fn local(dialect: Dialect) -> Target {
    Target::new(dialect, "127.0.0.1", 0)
}

/// What a face has been told.
#[derive(Clone, Default)]
struct Told(Arc<(Mutex<News>, Condvar)>);

#[derive(Default)]
struct News {
    changes: u64,
    tokens: Vec<Secret>,
    finished: bool,
}

impl Told {
    fn tell(&self, news: impl FnOnce(&mut News)) {
        news(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }

    /// Waits until the face was told of a state that is as wanted.
    fn wait(&self, session: &Session, wanted: impl Fn(&State) -> bool) {
        let since = Instant::now();
        let mut news = self.0.0.lock().unwrap();
        loop {
            let seen = news.changes;
            drop(news);
            if wanted(&session.state()) {
                return;
            }
            let left = PATIENCE.checked_sub(since.elapsed());
            let Some(left) = left else { panic!("it does not come: {:#?}", session.state().link) };
            news = self.0.0.lock().unwrap();
            news = self.0.1.wait_timeout_while(news, left, |news| news.changes == seen).unwrap().0;
        }
    }
}

impl Face for Told {
    fn changed(&self) {
        self.tell(|news| news.changes += 1);
    }

    fn notify(&self, _call: &Call) {}

    fn keep(&self, _keepsake: &Keepsake) {}

    fn remember(&self, token: &Secret) {
        self.tell(|news| news.tokens.push(token.clone()));
    }

    fn finished(&self) {
        self.tell(|news| news.finished = true);
    }
}

fn profile(target: &Target, nick: &str) -> Profile {
    Profile::new(target.dialect, &target.to_string(), nick, "test")
}

fn start(target: &Target, nick: &str) -> (Session, Told) {
    let told = Told::default();
    (Session::start(target.clone(), profile(target, nick), told.clone()), told)
}

fn is_online(state: &State) -> bool {
    state.link == Link::Online && !state.rooms.is_empty()
}

/// Whether the shown room has this text, from this one.
fn has(state: &State, who: &str, what: &str) -> bool {
    let Some(room) = state.rooms.get(state.shown) else { return false };
    room.timeline.iter().any(|entry| match &entry.kind {
        EntryKind::Message { from, text, delivery, .. } => {
            from == who && text == what && *delivery == Delivery::Confirmed
        }
        EntryKind::Notice(_) | EntryKind::Error(_) => false,
    })
}

#[test]
fn two_people_chat_and_say_goodbye() {
    let server = Server::start(&local(Dialect::Native));
    let (ada, ada_told) = start(&server.url, "ada");
    ada_told.wait(&ada, is_online);
    let (bea, bea_told) = start(&server.url, "bea");
    bea_told.wait(&bea, is_online);
    ada.intent(Intent::Submit("ciao, سلام 🙂".into()));
    bea_told.wait(&bea, |state| has(state, "ada", "ciao, سلام 🙂"));
    ada_told.wait(&ada, |state| has(state, "ada", "ciao, سلام 🙂"));
    assert_eq!(ada_told.0.0.lock().unwrap().tokens.len(), 1, "the token is to be kept");
    bea.intent(Intent::Quit);
    assert!(bea.wait_finished(PATIENCE));
    ada_told.wait(&ada, |state| state.rooms[state.shown].member_count == 1);
    ada.intent(Intent::Quit);
    assert!(ada.wait_finished(PATIENCE));
    server.stop();
}

#[test]
fn a_client_comes_back_by_itself_when_its_server_does() {
    let server = Server::start(&local(Dialect::Native));
    let (ada, told) = start(&server.url, "ada");
    told.wait(&ada, is_online);
    let url = server.stop();
    told.wait(&ada, |state| !matches!(state.link, Link::Online | Link::Greeting));
    let server = Server::start(&url);
    ada.intent(Intent::RetryNow);
    told.wait(&ada, is_online);
    ada.intent(Intent::Submit("back again".into()));
    told.wait(&ada, |state| has(state, "ada", "back again"));
    ada.intent(Intent::Quit);
    assert!(ada.wait_finished(PATIENCE));
    server.stop();
}

#[test]
fn tutorial_servers_of_ours_are_joined_too() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let server = Server::start(&local(dialect));
        let (ada, told) = start(&server.url, "ada");
        told.wait(&ada, |state| state.link == Link::Online);
        ada.intent(Intent::Submit("perché no?".into()));
        told.wait(&ada, |state| has(state, "ada", "perché no?"));
        ada.intent(Intent::Quit);
        assert!(ada.wait_finished(PATIENCE), "{dialect:?}");
        server.stop();
    }
}

#[test]
fn nobody_there_is_told_in_a_sentence_and_tried_again() {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (ada, told) = start(&Target::new(Dialect::Native, "127.0.0.1", port), "ada");
    let sentence = format!("nobody answers at 127.0.0.1:{port}; is the server running?");
    told.wait(&ada, |state| matches!(&state.link, Link::Waiting { why, .. } if why.contains(&sentence)));
    ada.intent(Intent::Quit);
    assert!(ada.wait_finished(PATIENCE));
}

#[test]
fn a_dropped_session_says_goodbye_in_the_background() {
    let server = Server::start(&local(Dialect::Native));
    let (ada, ada_told) = start(&server.url, "ada");
    ada_told.wait(&ada, is_online);
    let (bea, bea_told) = start(&server.url, "bea");
    bea_told.wait(&bea, is_online);
    ada_told.wait(&ada, |state| state.rooms[state.shown].member_count == 2);
    let clone = bea.clone();
    drop(bea);
    assert!(is_online(&clone.state()), "a clone keeps it");
    drop(clone);
    ada_told.wait(&ada, |state| state.rooms[state.shown].member_count == 1);
    ada.intent(Intent::Quit);
    assert!(ada.wait_finished(PATIENCE));
    server.stop();
}

#[test]
fn a_face_that_only_looks_holds_nothing_up() {
    let server = Server::start(&local(Dialect::Native));
    let (ada, told) = start(&server.url, "ada");
    told.wait(&ada, is_online);
    for number in 0..200 {
        ada.intent(Intent::Submit(format!("line {number}")));
        let _ = ada.state().revision;
    }
    told.wait(&ada, |state| has(state, "ada", "line 199"));
    ada.intent(Intent::Quit);
    assert!(ada.wait_finished(PATIENCE));
    assert!(told.0.0.lock().unwrap().finished, "the face is told before whoever waits");
    server.stop();
}
