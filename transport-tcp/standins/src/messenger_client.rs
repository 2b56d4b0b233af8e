//! The client of the "Messenger" tutorial (`nic`).

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::reader::{End, Log, Next, read_chunks};

/// How long its window takes to show one chunk; what arrives meanwhile is read as one.
const DRAWING: Duration = Duration::from_millis(15);

/// How often it answers `NIC` before the stand-in gives up: a real one would do so for ever.
const NIC_MAX: usize = 100;

/// A running "Messenger" client: a window with a text area, a text box and a Send button.
pub struct MessengerClient {
    socket: TcpStream,
    nick: String,
    log: Arc<Log>,
    asked: Arc<AtomicUsize>,
    window_closed: Arc<AtomicBool>,
}

/// A client whose user has not yet answered the nickname dialog; the connection stands already.
pub struct NicknameDialog {
    socket: TcpStream,
}

impl MessengerClient {
    /// Connects and answers the nickname dialog at once.
    ///
    /// # Errors
    /// If there is nothing to connect to.
    pub fn join(address: SocketAddr, nick: &str) -> io::Result<Self> {
        Self::connect(address)?.answer(nick)
    }

    /// Connects. The dialog comes only now, and nothing is read until it is answered.
    ///
    /// # Errors
    /// If there is nothing to connect to.
    pub fn connect(address: SocketAddr) -> io::Result<NicknameDialog> {
        Ok(NicknameDialog { socket: TcpStream::connect(address)? })
    }

    /// Types into the text box and presses Send: the nickname is put in front here, and a text box ends in a newline.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn send(&self, text: &str) -> io::Result<()> {
        (&self.socket).write_all(format!("{}: {text}\n", self.nick).as_bytes())
    }

    /// Closes the window. The process stays, and the socket with it, until the next chunk arrives.
    pub fn close_window(&self) {
        self.window_closed.store(true, Ordering::SeqCst);
    }

    /// Ends the process from outside: the operating system closes the socket.
    pub fn kill(&self) {
        self.log.finish(End::Killed);
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// What stands in the text area: all chunks, without anything between them.
    pub fn text(&self) -> String {
        self.log.chunks().concat()
    }

    /// What each `recv` returned, the `NIC`s left out.
    pub fn chunks(&self) -> Vec<String> {
        self.log.chunks()
    }

    /// How often it was asked for its nickname; more than once is an endless loop in the making.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// How it ended, if it has.
    pub fn end(&self) -> Option<End> {
        self.log.end()
    }

    /// Waits for its end.
    pub fn wait_for_end(&self) -> Option<End> {
        self.log.wait_for_end()
    }

    /// Waits until the text area holds `text`.
    ///
    /// # Panics
    /// If it does not in time, or the client ends before.
    #[track_caller]
    pub fn expect(&self, text: &str) {
        let found = self.log.wait_for(|chunks| chunks.concat().contains(text));
        assert!(found, "{} never saw {text:?}; ended: {:?}; saw {:?}", self.nick, self.end(), self.text());
    }

    /// Asserts that the client is well: running, and asked for its nickname only once.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn assert_well(&self) {
        assert_eq!(self.end(), None, "{} has ended; it saw {:?}", self.nick, self.text());
        assert!(self.asked() <= 1, "{} was asked {} times for its nickname", self.nick, self.asked());
    }
}

impl NicknameDialog {
    /// The user types a nickname and presses OK.
    ///
    /// # Errors
    /// If the socket cannot be shared with the receiving thread.
    pub fn answer(self, nick: &str) -> io::Result<MessengerClient> {
        let client = MessengerClient {
            socket: self.socket.try_clone()?,
            nick: nick.to_owned(),
            log: Arc::default(),
            asked: Arc::default(),
            window_closed: Arc::default(),
        };
        let (log, asked, window_closed) =
            (Arc::clone(&client.log), Arc::clone(&client.asked), Arc::clone(&client.window_closed));
        let nick = nick.to_owned();
        std::thread::spawn(move || {
            let socket = self.socket;
            read_chunks(&socket, &log, DRAWING, |chunk| {
                if window_closed.load(Ordering::SeqCst) {
                    let _ = socket.shutdown(Shutdown::Both);
                    return Next::Stop(End::Closed);
                }
                if chunk == "NIC" {
                    let times = asked.fetch_add(1, Ordering::SeqCst) + 1;
                    let sent = (&socket).write_all(nick.as_bytes());
                    return if sent.is_err() || times >= NIC_MAX { Next::Stop(End::Reset) } else { Next::Read };
                }
                if !chunk.is_empty() {
                    log.show(chunk);
                }
                Next::Read
            });
        });
        Ok(client)
    }

    /// The user ends the program instead: the server sees a connection that opens and closes.
    pub fn abandon(self) {
        drop(self);
    }
}

impl Drop for MessengerClient {
    fn drop(&mut self) {
        self.kill();
    }
}
