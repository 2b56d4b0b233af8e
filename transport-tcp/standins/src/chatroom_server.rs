//! The server of the "ChatRoom" tutorial (`prompt`).

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::Arc;

use crate::RECV_BYTES;
use crate::server::{Running, Shared};

/// How many rows of nothing it sends for a client that is half gone before the stand-in gives up.
const NOTHING_MAX: u32 = 100;

/// A running "ChatRoom" server. Dropping it closes every connection.
pub struct ChatRoomServer(Running);

impl ChatRoomServer {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    /// If there is no free port.
    pub fn start() -> io::Result<Self> {
        let (shared, listener) = Shared::listen()?;
        let running = Running::of(&shared);
        std::thread::spawn(move || accept_loop(&shared, &listener));
        Ok(Self(running))
    }
}

impl Deref for ChatRoomServer {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.0
    }
}

fn accept_loop(shared: &Arc<Shared>, listener: &TcpListener) {
    let mut number = 0;
    while let Some(socket) = shared.accept(listener) {
        number += 1;
        if (&*socket).write_all(b"Please enter your name and press Enter").is_err() {
            shared.harm(|health| health.accept_died = true);
            return;
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // Any exception ends this thread alone; the entry on the list stays, and breaks the next speaker's.
            if handle(&shared, &socket, number).is_err() {
                let enlisted = shared.is_enlisted(number);
                shared.harm(|health| {
                    health.handlers_died += 1;
                    health.dead_entries += usize::from(enlisted);
                });
            }
        });
    }
}

fn handle(shared: &Shared, socket: &Arc<TcpStream>, number: u64) -> io::Result<()> {
    let mut stream = &**socket;
    let mut buffer = [0; RECV_BYTES];
    let count = stream.read(&mut buffer)?;
    let name = std::str::from_utf8(&buffer[..count]).map_err(io::Error::other)?.to_owned();
    stream.write_all(format!("Welcome to the chat {name}. Write {{quit}} to leave.").as_bytes())?;
    tell(shared, format!("{name} joined the chat").as_bytes())?;
    shared.enlist(number, name.clone(), Arc::clone(socket));
    let mut nothing = 0;
    loop {
        let count = stream.read(&mut buffer)?;
        let text = &buffer[..count];
        if text == b"{quit}" {
            stream.write_all(b"{quit}")?;
            shared.strike_off(number);
            let _ = socket.shutdown(Shutdown::Both);
            return tell(shared, format!("{name} left the chat.").as_bytes());
        }
        if text.is_empty() {
            nothing += 1;
            if nothing >= NOTHING_MAX {
                shared.harm(|health| health.spinning += 1);
                return Ok(());
            }
        }
        // Also for the `b''` of a client that went without a word: rows of nothing, until a write breaks.
        tell(shared, &[name.as_bytes(), b": ", text].concat())?;
    }
}

fn tell(shared: &Shared, row: &[u8]) -> io::Result<()> {
    shared.record(row);
    shared.broadcast(row)
}
