//! The hub, and beside it the record of what is done with it, if one is wanted.

use parlor_core::hub::{Deadline, Hub, HubConfig, Input, Output, Peer, Refused};
use parlor_core::id::ConnId;
use parlor_core::name::Nick;
use parlor_core::time::Now;

use crate::record::FlightRecord;

/// The verbs of a [`Hub`]. Each call is written down before it is made, so that one that does not come back is in the
/// record.
pub(super) struct Recorded {
    hub: Hub,
    record: Option<FlightRecord>,
}

impl Recorded {
    pub(super) fn new(config: HubConfig, seed: [u8; 32], now: Now, record: Option<FlightRecord>) -> Self {
        if let Some(record) = &record {
            record.begin(&config, now);
        }
        Self { hub: Hub::new(config, seed, now), record }
    }

    pub(super) fn accept(&mut self, now: Now, peer: Peer) -> Result<ConnId, Refused> {
        let Some(record) = &self.record else { return self.hub.accept(now, peer) };
        record.note(|recorder| recorder.accept(now, peer));
        let accepted = self.hub.accept(now, peer);
        record.note(|recorder| recorder.accepted(&accepted));
        accepted
    }

    pub(super) fn handle_input(&mut self, now: Now, input: Input<'_>) {
        if let Some(record) = &self.record {
            record.note(|recorder| recorder.input(now, &input));
        }
        self.hub.handle_input(now, input);
    }

    pub(super) fn handle_timeout(&mut self, now: Now) {
        if let Some(record) = &self.record {
            record.note(|recorder| recorder.timeout(now));
        }
        self.hub.handle_timeout(now);
    }

    pub(super) fn poll_output(&mut self) -> Option<Output> {
        let output = self.hub.poll_output();
        if let (Some(record), Some(output)) = (&self.record, &output) {
            record.note(|recorder| recorder.output(output));
        }
        output
    }

    pub(super) fn transmit(&self, conn: ConnId) -> &[u8] {
        self.hub.transmit(conn)
    }

    pub(super) fn transmitted(&mut self, conn: ConnId, bytes: usize) {
        if let Some(record) = &self.record {
            // Asked for before the record is held: a mistake of the hub's own in here must find it free to be saved.
            let offered = self.hub.transmit(conn);
            record.note(|recorder| recorder.transmitted(conn, offered, bytes));
        }
        self.hub.transmitted(conn, bytes);
    }

    pub(super) fn wants_flush(&self) -> bool {
        self.hub.wants_flush()
    }

    pub(super) fn poll_timeout(&self) -> Option<Deadline> {
        self.hub.poll_timeout()
    }

    pub(super) fn nick(&self, conn: ConnId) -> Option<&Nick> {
        self.hub.nick(conn)
    }

    /// What was recorded up to now is written out.
    pub(super) fn save(&self) {
        if let Some(record) = &self.record {
            record.save();
        }
    }

    /// The loop has come to its end.
    pub(super) fn ended(&self) {
        if let Some(record) = &self.record {
            record.note(parlor_core::record::Recorder::ended);
            record.save();
        }
    }

    pub(super) const fn is_recorded(&self) -> bool {
        self.record.is_some()
    }
}
