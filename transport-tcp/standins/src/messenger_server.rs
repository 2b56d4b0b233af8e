//! The server of the "Messenger" tutorial (`nic`).

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::Arc;

use crate::RECV_BYTES;
use crate::server::{Running, Shared};

/// How many bytes of a nickname it reads.
const NICK_BYTES: usize = 2048;

/// A running "Messenger" server. Dropping it closes every connection.
pub struct MessengerServer(Running);

impl MessengerServer {
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

impl Deref for MessengerServer {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.0
    }
}

/// Asks each client for its name before it looks at the next one; an exception here ends it for good.
fn accept_loop(shared: &Arc<Shared>, listener: &TcpListener) {
    let mut number = 0;
    while let Some(socket) = shared.accept(listener) {
        number += 1;
        if welcome(shared, &socket, number).is_err() {
            shared.harm(|health| health.accept_died = true);
            return;
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || handle(&shared, &socket, number));
    }
}

fn welcome(shared: &Shared, socket: &Arc<TcpStream>, number: u64) -> io::Result<()> {
    let mut stream = &**socket;
    stream.write_all(b"NIC")?;
    let mut nick = [0; NICK_BYTES];
    let count = stream.read(&mut nick)?;
    // The client that connects and closes: its empty name is taken, and the writes to it raise an exception.
    if count == 0 {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    let name = python_bytes(&nick[..count]);
    shared.enlist(number, name.clone(), Arc::clone(socket));
    shared.broadcast(format!("{name} joined the chat!").as_bytes())?;
    stream.write_all(b"Connected to the server.")
}

fn handle(shared: &Shared, socket: &TcpStream, number: u64) {
    let mut buffer = [0; RECV_BYTES];
    let mut stream = socket;
    loop {
        let passed_on = match stream.read(&mut buffer) {
            Ok(0) => {
                shared.harm(|health| health.spinning += 1);
                return;
            }
            Ok(count) => {
                shared.record(&buffer[..count]);
                shared.broadcast(&buffer[..count])
            }
            Err(error) => Err(error),
        };
        // Whatever goes wrong, even somebody else's dead socket, this client is taken off the list in silence.
        if passed_on.is_err() {
            shared.strike_off(number);
            let _ = socket.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}

/// Bytes as Python prints them: `b'ali'`.
fn python_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b if b == quote as u8 => {
                out.push('\\');
                out.push(quote);
            }
            b' '..=b'~' => out.push(byte as char),
            _ => write!(out, "\\x{byte:02x}").expect("a String takes everything"),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_python_spells_bytes() {
        assert_eq!(python_bytes(b"ali"), "b'ali'");
        assert_eq!(python_bytes("علی".as_bytes()), r"b'\xd8\xb9\xd9\x84\xdb\x8c'");
        assert_eq!(python_bytes(b"o'hara"), "b\"o'hara\"");
        assert_eq!(python_bytes(b"a'b\"c\\\n"), r#"b'a\'b"c\\\n'"#);
    }
}
