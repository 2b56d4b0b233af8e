//! The clients and servers of the two Python tutorials, rebuilt with all their weaknesses, for tests.
//!
//! A person who follows the tutorial "Messenger" runs [`MessengerServer`] and [`MessengerClient`]; one who follows
//! "ChatRoom" runs [`ChatRoomServer`] and [`ChatRoomClient`]. Neither protocol has framing: what one `recv` returned
//! is the unit, and whoever writes carelessly kills the program at the other end. The stand-ins behave as the real
//! programs were seen to behave (`tutorial-protocols`, every ⚠), and where a real one would spin or die they say so
//! instead: a test asks for [`MessengerClient::end`] or [`Health`].
//!
//! Everything runs on threads over std's sockets and shares nothing with the code under test. Each wait has the
//! upper bound [`PATIENCE`]; what is not seen by then is a panic that tells what was seen.

mod chatroom_client;
mod chatroom_server;
mod messenger_client;
mod messenger_server;
mod reader;
mod server;

use std::time::{Duration, Instant};

pub use chatroom_client::{ChatRoomClient, PREFILLED};
pub use chatroom_server::ChatRoomServer;
pub use messenger_client::MessengerClient;
pub use messenger_server::MessengerServer;
pub use reader::End;
pub use server::{Health, Running};

/// How long any wait in this crate lasts at most.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How many bytes the tutorials' programs take from a socket at once.
pub const RECV_BYTES: usize = 1024;

/// Polls until `condition` holds; `false` if it does not within [`PATIENCE`].
pub fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
