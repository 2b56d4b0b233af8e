//! The client as a machine: dials, introduces itself, keeps the rooms, comes back by itself.
//!
//! Both faces (desktop and terminal) are thin views over [`Client::state`]; everything a person may do is an
//! [`Intent`].

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::hub::Deadline;
use crate::time::{Instant, Now};
use crate::vocabulary::{Place, Tag};
use crate::wire::Dialect;

mod asked;
mod attention;
mod away;
mod complete;
mod entries;
mod events;
mod export;
mod fold;
mod greeting;
mod history;
mod hue;
mod hyperlink;
mod ignore;
mod intent;
mod interface;
mod jump;
mod keep;
mod leave;
mod link;
mod loss;
mod options;
mod outbox;
mod pending;
mod reading;
mod recall;
mod reply;
mod revise;
mod rooms;
mod search;
mod slash;
mod spans;
mod state;
mod timeline;
mod timers;
mod tutorial;
mod typing;
mod words;

#[cfg(test)]
mod tests;

pub use complete::{Completer, Completion};
pub use hue::hue;
pub use hyperlink::Hyperlink;
pub use interface::{Call, Input, Intent, Output, Profile};
pub use jump::{Around, Jump};
pub use keep::Keepsake;
pub use loss::Loss;
pub use options::Options;
pub use reply::{Quote, Reply};
pub use search::{Hit, Search};
pub use spans::{Span, SpanKind, found, spans};
pub use state::{Before, Delivery, Entry, EntryKey, EntryKind, Link, Member, Question, Revision, Room, RoomKey, State};
pub use timeline::Timeline;

use asked::Asked;
use away::Away;
use jump::Seek;
use keep::Keeping;
use leave::Leave;
use link::{Line, Phase};
use outbox::Outbox;
use pending::Pending;
use reading::Look;
use typing::Typist;

/// The client machine.
#[derive(Debug)]
pub struct Client {
    profile: Profile,
    state: State,
    rng: ChaCha8Rng,
    /// Makes nonces of this run unlike those of any other.
    run: u64,
    /// Numbers keys, nonces and references.
    counter: u64,
    now: Now,
    phase: Phase,
    /// Dials since the link last stood.
    tries: u32,
    /// Where on the ladder of waiting times the next wait stands.
    step: u32,
    /// The connection, while one stands.
    line: Option<Line>,
    out: Outbox,
    outputs: VecDeque<Output>,
    notified: u32,
    dirty: bool,
    pending: VecDeque<Pending>,
    /// Typed before there was any room to say it in.
    early: VecDeque<Intent>,
    asked: BTreeMap<Tag, Asked>,
    /// Places one has asked to leave, each with the ping whose answer tells that one has: until then what the server
    /// says of them may be older.
    parting: VecDeque<(Place, Tag)>,
    /// The message that is being gone to.
    seeking: Option<Seek>,
    /// The place to show once the server lets one in.
    joining: Option<Place>,
    look: Look,
    read_next: Instant,
    typing_next: Instant,
    typists: VecDeque<Typist>,
    /// Further lines of an echo that a tutorial server's rows are read as lines of.
    echo_rest: VecDeque<String>,
    leave: Option<Leave>,
    away: Away,
    keeping: Keeping,
    finished: bool,
}

impl Client {
    /// A client that will dial at once. `seed` spreads reconnects and makes nonces unique to this run.
    pub fn new(profile: Profile, seed: [u8; 32], now: Now) -> Self {
        let mut rng = ChaCha8Rng::from_seed(seed);
        let run = rng.next_u64();
        let keeping = Keeping::new(profile.keepsake.clone());
        let mut client = Self {
            state: State::new(&profile),
            profile,
            rng,
            run,
            counter: 0,
            now,
            phase: Phase::Dialling,
            tries: 0,
            step: 0,
            line: None,
            out: Outbox::default(),
            outputs: VecDeque::new(),
            notified: 0,
            dirty: true,
            pending: VecDeque::new(),
            early: VecDeque::new(),
            asked: BTreeMap::new(),
            parting: VecDeque::new(),
            seeking: None,
            joining: None,
            look: Look::default(),
            read_next: Instant::ZERO,
            typing_next: Instant::ZERO,
            typists: VecDeque::new(),
            echo_rest: VecDeque::new(),
            leave: None,
            away: Away::default(),
            keeping,
            finished: false,
        };
        client.open_only_room();
        client.dial();
        client.settle();
        client
    }

    /// Applies one input. Late ones are no-ops.
    pub fn handle_input(&mut self, now: Now, input: Input<'_>) {
        self.now = now;
        self.notified = 0;
        match input {
            Input::Connected => self.connected(),
            Input::Received(bytes) => self.received(bytes),
            Input::Lost(why) => self.lost(&why),
            Input::Intent(intent) => self.intent(intent),
        }
        self.settle();
    }

    /// Applies every deadline up to `now`. Spurious calls are no-ops.
    pub fn handle_timeout(&mut self, now: Now) {
        self.now = now;
        self.notified = 0;
        self.expire();
        self.settle();
    }

    /// The next thing to do; drain to `None` before the next input.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What may be sent now. For tutorial servers it is one message, to be written at once: they take whatever one
    /// read gives for a message of its own.
    #[must_use]
    pub fn transmit(&self) -> &[u8] {
        self.out.waiting()
    }

    /// So many of those bytes were taken.
    pub fn transmitted(&mut self, bytes: usize) {
        self.out.taken(bytes);
    }

    /// When [`Client::handle_timeout`] is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Deadline> {
        self.deadline()
    }

    /// Everything a face may show.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What every input ends with: what can be sent is put into the outbox, what changed is told once.
    fn settle(&mut self) {
        self.seek_on();
        self.send_pending();
        self.tell_read();
        self.advance_leaving();
        self.show_link();
        let unsent = self.pending.iter().filter(|pending| !pending.overdue).count() + self.early.len();
        if core::mem::replace(&mut self.state.unsent, unsent) != unsent {
            self.dirty = true;
            self.keeping.changed = true;
        }
        if core::mem::take(&mut self.dirty) {
            self.state.revision += 1;
            if self.outputs.back() != Some(&Output::Changed) {
                self.outputs.push_back(Output::Changed);
            }
        }
        if !self.finished {
            self.keep();
        }
        if self.leave.as_ref().is_some_and(|leave| leave.done) && !self.finished {
            self.finished = true;
            self.outputs.push_back(Output::Finished);
        }
    }

    fn is_native(&self) -> bool {
        self.profile.dialect == Dialect::Native
    }

    /// The next number of this run.
    fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}
