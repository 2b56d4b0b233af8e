//! Questions that wait for their answers.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use crate::id::{ConnId, Slots, Ticket};
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

/// What is asked and not yet answered, in slots: a ticket is a slot and how often it was used, so it never repeats.
#[derive(Debug)]
pub(super) struct Asks {
    pending: Slots<Pending>,
}

impl Asks {
    pub(super) const fn new() -> Self {
        Self { pending: Slots::new() }
    }

    pub(super) fn ask(&mut self, outputs: &mut VecDeque<Output>, ask: Ask, pending: Pending) {
        let (slot, generation) = self.pending.insert(pending);
        let ticket = Ticket(u64::from(generation) << 32 | u64::from(slot));
        outputs.push_back(Output::Ask { ticket, ask: Box::new(ask) });
    }

    pub(super) fn answered(&mut self, ticket: Ticket) -> Option<Pending> {
        let (slot, generation) = (ticket.0 as u32, (ticket.0 >> 32) as u32);
        (self.pending.generation(slot) == Some(generation)).then(|| self.pending.remove(slot))
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter().map(|(_, pending)| pending)
    }
}
