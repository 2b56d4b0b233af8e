//! The loop by the call, over connections that do as they are told.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use parlor_core::hub::{Closing, HubConfig, Input};
use parlor_core::id::ConnId;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::store::{MemoryLimits, MemoryStore};
use parlor_core::wire::Dialect;
use smol::LocalExecutor;

use super::{HubLoop, Recorded};
use crate::clock::Clock;
use crate::connection::Connection;
use crate::reactor::Reactor;

/// What happens to what is written.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Takes,
    Blocks,
    Breaks,
}

#[derive(Clone)]
struct Puppet(Rc<(Cell<Manner>, RefCell<Vec<u8>>)>);

impl Connection for Puppet {
    fn try_read(&self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.0.get() {
            Manner::Takes => {
                self.0.1.borrow_mut().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            Manner::Blocks => Err(io::ErrorKind::WouldBlock.into()),
            Manner::Breaks => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }

    fn poll_readable(&self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }

    fn poll_writable(&self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }

    fn close(&self, _how: Closing) {}
}

/// A loop with its tasks at rest: everything it does is called for.
struct Stage {
    hub_loop: Rc<HubLoop<Puppet, MemoryStore>>,
    _executor: Rc<LocalExecutor<'static>>,
    people: usize,
}

impl Stage {
    fn new() -> Self {
        let limits = Limits { pace: None, pace_costly: None, ..Limits::DEFAULT };
        let config =
            HubConfig { limits, default_room: RoomName::lobby(), server: "parlor/test".into(), password: false };
        let clock = Clock::start();
        let hub = Recorded::new(config, [0; 32], clock.now(), None);
        let store = MemoryStore::new(MemoryLimits::default(), [1; 32], None);
        let executor = Rc::new(LocalExecutor::new());
        let hub_loop = HubLoop::new(hub, clock, store, Reactor::new().unwrap(), Rc::downgrade(&executor));
        Self { hub_loop, _executor: executor, people: 0 }
    }

    fn enter(&mut self, nick: &str) -> (ConnId, Puppet) {
        let puppet = Puppet(Rc::new((Cell::new(Manner::Takes), RefCell::default())));
        self.hub_loop.admit(Dialect::Native, puppet.clone(), None);
        let conn = self.hub_loop.lines.borrow().at(self.people);
        self.people += 1;
        self.hears(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"));
        self.turn();
        (conn, puppet)
    }

    fn hears(&self, conn: ConnId, frames: &str) {
        self.hub_loop.input(Input::Received { conn, bytes: frames.as_bytes() });
    }

    /// Writes to everybody who woke.
    fn turn(&self) {
        while !self.hub_loop.woken.borrow().is_empty() {
            let slice = self.hub_loop.woken.borrow_mut().slice();
            slice.for_each(|conn| self.hub_loop.write(conn));
        }
    }
}

#[test]
fn a_connection_that_breaks_in_a_slice_does_not_keep_the_next_from_going_on() {
    let mut stage = Stage::new();
    let (ada, ada_end) = stage.enter("ada");
    let (bea, bea_end) = stage.enter("bea");
    let text = "x".repeat(8_000);
    for _ in 0..12 {
        stage.hears(ada, &format!("{{\"say\":{{\"room\":\"lobby\",\"text\":\"{text}\"}}}}\n"));
        stage.turn();
    }
    // Bea asks for more than she reads: what she asks for last waits until something is taken.
    bea_end.0.0.set(Manner::Blocks);
    for number in 0..6 {
        stage.hears(bea, &format!("{{\"history\":{{\"room\":\"lobby\",\"ref\":\"{number}\"}}}}\n"));
    }
    bea_end.0.1.borrow_mut().clear();
    bea_end.0.0.set(Manner::Takes);
    ada_end.0.0.set(Manner::Breaks);
    stage.hears(ada, "{\"ping\":{\"token\":\"t\"}}\n");
    // Ada's loss is reported to the hub, then bea's next question is answered at once: time goes on all the same.
    stage.hub_loop.write(ada);
    stage.turn();
    let written = String::from_utf8(bea_end.0.1.borrow().clone()).unwrap();
    let pages = written.lines().filter(|line| line.starts_with("{\"page\"")).count();
    assert_eq!(pages, 6);
    assert!(stage.hub_loop.lines.borrow().get(ada).is_none(), "who is lost is gone");
}
