//! The client of the "ChatRoom" tutorial (`prompt`).

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::reader::{End, Log, Next, read_chunks};

/// What stands in its entry box at the start; pressing Enter too early sends it as the name.
pub const PREFILLED: &str = "Write your messages here.";

/// How long its window takes to insert one row; what arrives meanwhile is read as one.
const DRAWING: Duration = Duration::from_micros(300);

/// A running "ChatRoom" client: a window with a list box, an entry box and a Send button.
pub struct ChatRoomClient {
    socket: TcpStream,
    log: Arc<Log>,
    quitting: Arc<AtomicBool>,
}

impl ChatRoomClient {
    /// Opens the window: it connects and shows what comes, one row of the list box a chunk.
    ///
    /// # Errors
    /// If there is nothing to connect to.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(address)?;
        let client = Self { socket: socket.try_clone()?, log: Arc::default(), quitting: Arc::default() };
        let (log, quitting) = (Arc::clone(&client.log), Arc::clone(&client.quitting));
        std::thread::spawn(move || {
            read_chunks(&socket, &log, DRAWING, |chunk| {
                if !chunk.is_empty() {
                    log.show(chunk);
                }
                // After `{quit}` the socket is closed under the thread's feet; it notices at its next read.
                if quitting.load(Ordering::SeqCst) {
                    let _ = socket.shutdown(Shutdown::Both);
                    return Next::Stop(End::Closed);
                }
                Next::Read
            });
        });
        Ok(client)
    }

    /// Connects, waits for the question and answers it.
    ///
    /// # Errors
    /// If there is nothing to connect to.
    ///
    /// # Panics
    /// If no question comes.
    #[track_caller]
    pub fn join(address: SocketAddr, name: &str) -> io::Result<Self> {
        let client = Self::connect(address)?;
        client.expect("Please enter your name and press Enter");
        client.send(name)?;
        Ok(client)
    }

    /// Types into the entry box and presses Enter. `{quit}` closes the window, too.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn send(&self, text: &str) -> io::Result<()> {
        if text == "{quit}" {
            self.quitting.store(true, Ordering::SeqCst);
        }
        (&self.socket).write_all(text.as_bytes())
    }

    /// Closes the window, which sends `{quit}`. The process ends only when something arrives after that.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn close_window(&self) -> io::Result<()> {
        self.send("{quit}")
    }

    /// Ends the process from outside: the operating system closes the socket.
    pub fn kill(&self) {
        self.log.finish(End::Killed);
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// The rows of the list box.
    pub fn rows(&self) -> Vec<String> {
        self.log.chunks()
    }

    /// How it ended, if it has.
    pub fn end(&self) -> Option<End> {
        self.log.end()
    }

    /// Waits for its end.
    pub fn wait_for_end(&self) -> Option<End> {
        self.log.wait_for_end()
    }

    /// Waits until one row of the list box is exactly `row`.
    ///
    /// # Panics
    /// If none is in time, or the client ends before.
    #[track_caller]
    pub fn expect(&self, row: &str) {
        let found = self.log.wait_for(|rows| rows.iter().any(|seen| seen == row));
        assert!(found, "no row ever was {row:?}; ended: {:?}; rows: {:#?}", self.end(), self.rows());
    }

    /// Waits until some row holds `part`.
    ///
    /// # Panics
    /// If none does in time, or the client ends before.
    #[track_caller]
    pub fn expect_part(&self, part: &str) {
        let found = self.log.wait_for(|rows| rows.iter().any(|seen| seen.contains(part)));
        assert!(found, "no row ever held {part:?}; ended: {:?}; rows: {:#?}", self.end(), self.rows());
    }

    /// Asserts that the client is well: running, and every row free of newlines, which a list box draws as boxes.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn assert_well(&self) {
        assert_eq!(self.end(), None, "the client has ended; rows: {:#?}", self.rows());
        for row in self.rows() {
            assert!(!row.ends_with('\n'), "a row ends in a newline: {row:?}");
        }
    }
}

impl Drop for ChatRoomClient {
    fn drop(&mut self) {
        self.kill();
    }
}
