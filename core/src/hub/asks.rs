//! Questions that wait for their answers.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use crate::id::{ConnId, Ticket};
use crate::name::Nick;
use crate::store::{Append, Ask};
use crate::vocabulary::{Place, Span, Tag};

use super::Output;
use super::handshake::Verified;

/// What an answer is for.
#[derive(Debug)]
pub(super) enum Pending {
    Verify(Box<Verified>),
    Rename {
        conn: ConnId,
        nick: Nick,
        reference: Option<Tag>,
    },
    /// The store was told something; nothing hangs on the answer.
    Noted,
    Open {
        room: u32,
    },
    OpenDirect {
        conn: ConnId,
        then: AfterOpening,
    },
    Append {
        conn: ConnId,
        room: u32,
        append: Box<Append>,
        reference: Option<Tag>,
    },
    Replay {
        conn: ConnId,
        room: u32,
    },
    History {
        conn: ConnId,
        room: u32,
        span: Span,
        reference: Option<Tag>,
    },
    Search {
        conn: ConnId,
        place: Option<Place>,
        reference: Option<Tag>,
    },
    /// Who was here when the server last stopped.
    Absent,
}

/// What was to be done with a conversation that had to be opened first.
#[derive(Debug)]
pub(super) enum AfterOpening {
    Enter {
        reference: Option<Tag>,
        resume: Option<(crate::id::LogId, crate::id::MessageId)>,
    },
    Say {
        text: crate::text::Body,
        nonce: Option<Tag>,
        action: bool,
        reply_to: Option<crate::id::MessageId>,
        reference: Option<Tag>,
    },
}

/// What is asked and not yet answered, in the order asked. Most is answered in that order, so that an answer is mostly
/// for the first or nearly so, and taking that out moves little.
#[derive(Debug, Default)]
pub(super) struct Asks {
    next: u64,
    pending: VecDeque<(Ticket, Pending)>,
}

impl Asks {
    pub(super) fn ask(&mut self, outputs: &mut VecDeque<Output>, ask: Ask, pending: Pending) {
        let ticket = Ticket(self.next);
        self.next += 1;
        self.pending.push_back((ticket, pending));
        outputs.push_back(Output::Ask { ticket, ask: Box::new(ask) });
    }

    pub(super) fn answered(&mut self, ticket: Ticket) -> Option<Pending> {
        let at = self.pending.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()?;
        self.pending.remove(at).map(|(_, pending)| pending)
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter().map(|(_, pending)| pending)
    }
}
