//! What a fuzzer may throw bytes at: one plain function for each thing that hostile bytes can reach.
//!
//! Each takes any bytes at all and panics if a claim is broken. A fuzzer runs them (`core/fuzz`), `cargo test` replays
//! every input that was ever worth keeping, and tests feed them whatever else they can think of. An input begins with
//! how its bytes are cut into reads (`reads`); what is drawn rather than read comes from a
//! [`Dice`](crate::tape::Dice).

mod claims;
mod clients;
mod draw;
mod events;
mod framer;
mod hall;
mod reads;
mod record;
mod script;
mod servers;

pub use claims::{ClientRun, ServerRun};
pub use clients::{native_client, nic_client, prompt_client};
pub use events::events;
pub use framer::framer;
pub use hall::{Hall, hub_hears};
pub use reads::{Reads, cut, is_stretched};
pub use record::flight_record;
pub use script::{client_hears, client_script};
pub use servers::{native_server, nic_server, prompt_server};

/// Any bytes as the tape of a whole [world](crate::world).
///
/// # Panics
/// If a claim is broken.
pub fn hub_script(data: &[u8]) {
    crate::play(&crate::tape::Tape::from_bytes(data));
}

/// One function that takes any bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of its function, its fuzz target, and its corpus directory.
    pub name: &'static str,
    /// Plays one input; panics if a claim is broken.
    pub play: fn(&[u8]),
}

/// Every target of this crate.
pub const ALL: &[Target] = &[
    Target { name: "framer", play: framer },
    Target { name: "native_server", play: native_server },
    Target { name: "native_client", play: native_client },
    Target { name: "nic_server", play: nic_server },
    Target { name: "nic_client", play: nic_client },
    Target { name: "prompt_server", play: prompt_server },
    Target { name: "prompt_client", play: prompt_client },
    Target { name: "events", play: events },
    Target { name: "flight_record", play: flight_record },
    Target { name: "client_script", play: client_script },
    Target { name: "hub_script", play: hub_script },
];
