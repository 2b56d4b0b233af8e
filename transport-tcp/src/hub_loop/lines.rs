//! The connections of a loop, in the slots the hub gave them.

use std::net::IpAddr;

use parlor_core::id::ConnId;
use parlor_core::name::Nick;
use parlor_core::wire::Dialect;
use smol::Task;

/// What the loop knows of one connection. Small: an idle server consists of these.
pub(super) struct Line<C> {
    conn: ConnId,
    /// `None` once it is lost, until the hub has closed it.
    pub(super) io: Option<C>,
    /// `None` while paused.
    pub(super) reader: Option<Task<()>>,
    /// Waits for writability; only after a write would have blocked.
    pub(super) writer: Option<Task<()>>,
    pub(super) address: Option<IpAddr>,
    pub(super) dialect: Dialect,
    pub(super) paused: bool,
    /// Its name in the log, once it is in.
    pub(super) nick: Option<Nick>,
}

impl<C> Line<C> {
    pub(super) fn new(conn: ConnId, io: C, dialect: Dialect, address: Option<IpAddr>) -> Self {
        Self { conn, io: Some(io), reader: None, writer: None, address, dialect, paused: false, nick: None }
    }

    /// Stops reading and writing, and hands the connection out.
    pub(super) fn disconnect(&mut self) -> Option<C> {
        self.reader = None;
        self.writer = None;
        self.io.take()
    }
}

pub(super) struct Lines<C> {
    slots: Vec<Option<Line<C>>>,
    len: usize,
}

impl<C> Lines<C> {
    pub(super) const fn new() -> Self {
        Self { slots: Vec::new(), len: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn insert(&mut self, line: Line<C>) {
        let slot = line.conn.slot();
        if slot >= self.slots.len() {
            self.slots.resize_with(slot + 1, || None);
        }
        debug_assert!(self.slots[slot].is_none(), "the hub reuses a slot only after it closed the connection");
        self.slots[slot] = Some(line);
        self.len += 1;
    }

    pub(super) fn get(&self, conn: ConnId) -> Option<&Line<C>> {
        self.slots.get(conn.slot())?.as_ref().filter(|line| line.conn == conn)
    }

    /// The connection itself, unless it is lost.
    pub(super) fn io(&self, conn: ConnId) -> Option<&C> {
        self.get(conn)?.io.as_ref()
    }

    pub(super) fn get_mut(&mut self, conn: ConnId) -> Option<&mut Line<C>> {
        self.slots.get_mut(conn.slot())?.as_mut().filter(|line| line.conn == conn)
    }

    pub(super) fn remove(&mut self, conn: ConnId) -> Option<Line<C>> {
        self.get(conn)?;
        self.len -= 1;
        self.slots[conn.slot()].take()
    }

    /// The connection in a slot.
    #[cfg(test)]
    pub(super) fn at(&self, slot: usize) -> ConnId {
        self.slots[slot].as_ref().expect("somebody was admitted there").conn
    }
}
