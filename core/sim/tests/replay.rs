//! What any hub does under any driver can be recorded and replayed, and damage is never more than a sentence.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use parlor_core::hub::{Hub, HubConfig, Input, Output, Peer};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::limits::{Limits, Pace};
use parlor_core::name::RoomName;
use parlor_core::record::Recorder;
use parlor_core::secret::Secret;
use parlor_core::store::{Answer, Ask, MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;
use parlor_sim::replay::{Failed, Replayed, replay};
use proptest::prelude::*;

const PASSWORD: &str = "GEHEIM-grün";

/// What clients send; `$` stands for the token somebody was given, `!` for the right password.
const SAID: &[&str] = &[
    "{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"!\"}}\n",
    "{\"hello\":{\"version\":1,\"nick\":\"bob\",\"password\":\"!\",\"rooms\":[\"a\",\"lobby\"]}}\n",
    "{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"!\",\"token\":\"$\"}}\n",
    "{\"hello\":{\"token\":\"$\",\"password\":\"!\",\"nick\":\"ada\",\"version\":1,\"resume\":{\"lobby\":{\"log\":\"0000000000000000\",\"id\":0}}}}\n",
    "{\"hello\":{\"version\":1,\"nick\":\"eve\",\"password\":\"!!\"}}\n",
    "{\"hello\":{\"version\":1,\"nick\":\"eve\",\"password\":[\"!\",7,{\"$\":\"$\"}]}}\n",
    "{\"hello\":{\"version\":1,\"nick\":\"a b\",\"passwort\":\"!\"}}\n",
    "{\"hello\":{\"version\":1,\"nick\":\"ada\",\"token\":'$'\n",
    "{\"say\":{\"room\":\"lobby\",\"text\":\"ciao\",\"nonce\":\"1\",\"token\":\"$\"}}\n",
    "{\"say\":{\"room\":\"@ada\",\"text\":\"for you\"}}\n{\"say\":{\"room\":\"lobby\",\"text\":\"all\"}}\n",
    "{\"join\":{\"room\":\"c\"}}\n{\"kick\":{\"room\":\"c\",\"nick\":\"ada\"}}\n{\"mute\":{\"room\":\"c\",\"nick\":\"bob\"}}\n",
    "{\"kick\":{\"room\":\"a\",\"nick\":\"ada\"}}\n{\"topic\":{\"room\":\"a\",\"text\":\"t\"}}\n{\"part\":{\"room\":\"a\"}}\n",
    "{\"nick\":{\"nick\":\"carl\"}}\n{\"history\":{\"room\":\"lobby\",\"limit\":9}}\n{\"ping\":{\"token\":\"x\"}}\n",
    "{\"say\":{\"room\":\"lobby\",\"password\":\"!\" oops\n{\"token\":\"$\n",
    "{\"quit\":{}}\n",
    "ada",
    "ada: ciao\n",
    "{quit}",
    "GET / HTTP/1.1\r\n\r\n",
];

#[derive(Clone, Debug)]
enum Step {
    Connect(u8, u8),
    Say { who: usize, what: usize, cut: usize },
    Flood { who: usize, times: usize },
    Lose(usize),
    Take { who: usize, bytes: usize },
    Flush,
    Answer { fails: bool },
    Wait(u64),
    Drain,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..6u8, 0..3u8).prop_map(|(dialect, address)| Step::Connect(dialect, address)),
        16 => (0..8usize, 0..SAID.len(), 0..90usize).prop_map(|(who, what, cut)| Step::Say { who, what, cut }),
        1 => (0..8usize, 1..60usize).prop_map(|(who, times)| Step::Flood { who, times }),
        2 => (0..8usize).prop_map(Step::Lose),
        3 => (0..8usize, 0..40usize).prop_map(|(who, bytes)| Step::Take { who, bytes }),
        6 => Just(Step::Flush),
        8 => prop::bool::weighted(0.1).prop_map(|fails| Step::Answer { fails }),
        3 => prop_oneof![0..100u64, 0..60_000u64].prop_map(Step::Wait),
        1 => prop::bool::weighted(0.05).prop_map(|drain| if drain { Step::Drain } else { Step::Flush }),
    ]
}

/// A driver that records, with a store that takes its time.
struct Driver {
    hub: Hub,
    recorder: Recorder,
    store: MemoryStore,
    now: Now,
    conns: Vec<(ConnId, Dialect)>,
    questions: VecDeque<(Ticket, Ask)>,
    sent: Vec<u8>,
    token: String,
}

impl Driver {
    fn new(password: bool) -> Self {
        let limits = Limits {
            sessions_max: 7,
            sessions_per_address_max: 3,
            outbox_bytes_max: 6_000,
            outbox_bytes_total_max: 12_000,
            questions_max: 40,
            pace: Some(Pace { burst: 20, per_second: 20 }),
            ..Limits::DEFAULT
        };
        let config = HubConfig { limits, default_room: RoomName::lobby(), server: "parlor/test".into(), password };
        let now = Now::new(Instant::from_micros(5), Timestamp(1_767_254_400_000));
        Self {
            recorder: Recorder::new(&config, now),
            hub: Hub::new(config, [7; 32], now),
            store: MemoryStore::new(MemoryLimits::default(), [8; 32], password.then(|| Secret::new(PASSWORD))),
            now,
            conns: Vec::new(),
            questions: VecDeque::new(),
            sent: Vec::new(),
            token: "0".repeat(32),
        }
    }

    fn run(mut self, steps: &[Step]) -> (Vec<u8>, Vec<String>) {
        let mut tokens = Vec::new();
        for step in steps {
            self.step(step);
            self.learn_tokens(&mut tokens);
        }
        self.recorder.ended();
        (self.recorder.bytes().to_vec(), tokens)
    }

    fn step(&mut self, step: &Step) {
        let of = |conns: &[(ConnId, Dialect)], who: usize| conns.get(who % conns.len().max(1)).copied();
        match step {
            Step::Connect(dialect, address) => {
                let dialect = *Dialect::ALL.get(usize::from(*dialect)).unwrap_or(&Dialect::Native);
                let address = (*address > 0).then(|| IpAddr::V4(Ipv4Addr::new(10, 0, 0, *address)));
                let peer = Peer { dialect, address };
                self.recorder.accept(self.now, peer);
                let accepted = self.hub.accept(self.now, peer);
                self.recorder.accepted(&accepted);
                self.conns.extend(accepted.ok().map(|conn| (conn, dialect)));
                self.drain();
            }
            Step::Say { who, what, cut } => {
                let Some((conn, dialect)) = of(&self.conns, *who) else { return };
                // Whoever types a secret where there are none has told it to everybody.
                let (token, password) = match dialect {
                    Dialect::Native => (self.token.as_str(), PASSWORD),
                    Dialect::Nic | Dialect::Prompt => ("", ""),
                };
                let text = SAID[*what].replace('$', token).replace('!', password);
                let text = text.into_bytes();
                let (first, rest) = text.split_at((*cut).min(text.len()));
                for bytes in [first, rest] {
                    self.input(Input::Received { conn, bytes });
                }
            }
            Step::Flood { who, times } => {
                let Some((conn, _)) = of(&self.conns, *who) else { return };
                let line = format!("{{\"say\":{{\"room\":\"lobby\",\"text\":\"{}\"}}}}\n", "w".repeat(300));
                self.input(Input::Received { conn, bytes: line.repeat(*times).as_bytes() });
            }
            Step::Lose(who) => {
                if let Some((conn, _)) = of(&self.conns, *who) {
                    self.input(Input::Lost { conn });
                }
            }
            Step::Take { who, bytes } => {
                if let Some((conn, _)) = of(&self.conns, *who) {
                    self.take(conn, *bytes);
                    self.drain();
                }
            }
            Step::Flush => {
                for (conn, _) in self.conns.clone() {
                    // Twice without a look at the outputs between, as drivers do.
                    self.take(conn, usize::MAX);
                    self.take(conn, usize::MAX);
                    self.drain();
                }
            }
            Step::Answer { fails } => {
                let Some((ticket, ask)) = self.questions.pop_front() else { return };
                let answer = if *fails { Answer::Failed } else { self.store.answer(ask) };
                self.input(Input::Answered { ticket, answer });
            }
            Step::Wait(ms) => {
                self.now.instant = self.now.instant + Duration::from_millis(*ms);
                self.now.timestamp.0 += i64::try_from(*ms).unwrap();
                self.recorder.timeout(self.now);
                self.hub.handle_timeout(self.now);
                self.drain();
            }
            Step::Drain => self.input(Input::Drain),
        }
    }

    fn input(&mut self, input: Input<'_>) {
        self.recorder.input(self.now, &input);
        self.hub.handle_input(self.now, input);
        self.drain();
    }

    fn take(&mut self, conn: ConnId, bytes: usize) {
        let offered = self.hub.transmit(conn);
        let taken = bytes.min(offered.len());
        self.sent.extend_from_slice(&offered[..taken]);
        self.recorder.transmitted(conn, offered, taken);
        self.hub.transmitted(conn, taken);
    }

    fn drain(&mut self) {
        while let Some(output) = self.hub.poll_output() {
            self.recorder.output(&output);
            match output {
                Output::Ask { ticket, ask } => self.questions.push_back((ticket, *ask)),
                // Not taken out: later steps speak of ghosts now and then.
                Output::Close { .. } | Output::Wake(_) | Output::Pause(_) | Output::Resume(_) => {}
            }
        }
    }

    fn learn_tokens(&mut self, tokens: &mut Vec<String>) {
        let sent = String::from_utf8_lossy(&self.sent);
        let Some(at) = sent.rfind("\"token\":\"") else { return };
        let token = sent[at + 9..].chars().take(32).collect::<String>();
        if token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) && token != self.token {
            tokens.push(token.clone());
            self.token = token;
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn returning_being_kicked_and_being_cut_off_are_replayed() {
    let say = |who, what| [Step::Say { who, what, cut: 40 }].into_iter().chain(answers());
    fn answers() -> impl Iterator<Item = Step> {
        std::iter::repeat_n(Step::Answer { fails: false }, 30).chain([Step::Flush])
    }
    let comes = || [Step::Connect(0, 0)].into_iter();
    let (bob, ada, again) = (0, 1, 2);
    let mut steps: Vec<Step> = comes().chain(say(bob, 4)).chain(say(bob, 1)).collect();
    steps.extend(comes().chain(say(ada, 0)));
    // Bob founds the room, ada comes, and he throws her out.
    steps.extend(say(bob, 10).chain(say(ada, 10)).chain(say(bob, 10)).chain(say(bob, 12)));
    steps.extend([Step::Lose(ada), Step::Wait(1_000)].into_iter().chain(comes()).chain(say(again, 3)));
    for _ in 0..4 {
        steps.push(Step::Flood { who: again, times: 20 });
        steps.extend(std::iter::repeat_n(Step::Answer { fails: false }, 30));
        steps.extend([Step::Take { who: bob, bytes: 1 }, Step::Take { who: again, bytes: 1_000_000 }]);
        steps.push(Step::Wait(2_000));
    }
    let (record, tokens) = Driver::new(true).run(&steps);
    for told in ["bad_password", "\"kicked\"", "\"nick\":\"carl\"", "\"resumed\":true", "slow_reader"] {
        assert!(holds(&record, told), "{told} was not reached");
    }
    assert_eq!(tokens.len(), 2);
    assert!(tokens.iter().all(|token| !holds(&record, token)));
    let replayed = replay(&record[..]).unwrap();
    assert!(replayed.ended && replayed.left_out == 0, "{replayed:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happened_happens_again_and_no_secret_is_kept(
        steps in prop::collection::vec(step(), 1..200), password in any::<bool>(),
    ) {
        let (record, tokens) = Driver::new(password).run(&steps);
        match replay(&record[..]) {
            Ok(Replayed { ended, .. }) => prop_assert!(ended),
            Err(Failed::Different(difference)) => return Err(TestCaseError::fail(difference.to_string())),
            Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
        }
        // A name of a member is no secret, so the one frame that has a token for a name gives it away.
        let names_it = steps.iter().any(|step| matches!(step, Step::Say { what: 5, .. }));
        for token in tokens.iter().filter(|_| !names_it) {
            prop_assert!(!holds(&record, token));
        }
        prop_assert!(!holds(&record, PASSWORD));
        prop_assert!(!holds(&record, "GEHEIM") && !holds(&record, "grün"));
    }

    #[test]
    fn a_damaged_record_is_a_difference_or_a_sentence(
        steps in prop::collection::vec(step(), 20..60), at in any::<prop::sample::Index>(), bits in 1..=255u8,
        cut in any::<prop::sample::Index>(),
    ) {
        let (mut record, _) = Driver::new(false).run(&steps);
        let whole = record.len();
        record[at.index(whole)] ^= bits;
        // Any outcome will do; that it is one is what counts.
        let _ = replay(&record[..]);
        record[at.index(whole)] ^= bits;
        let left = cut.index(whole);
        let head = parlor_core::record::HEAD_BYTES;
        match replay(&record[..left]) {
            Ok(Replayed { ended, .. }) => prop_assert!(!ended && left >= head),
            Err(Failed::Unreadable { .. }) => prop_assert!(left < head),
            Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
        }
    }
}
