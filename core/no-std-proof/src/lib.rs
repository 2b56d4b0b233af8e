//! Proves that `parlor-core` and all it depends on do without std: this library brings its own panic handler and
//! allocator, and a second panic handler, std's, would be a compile error.
//!
//! `cargo build --manifest-path core/no-std-proof/Cargo.toml` succeeds, and with `--features counter-proof` it fails.

#![no_std]

extern crate alloc;
#[cfg(feature = "counter-proof")]
extern crate std;

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

use parlor_core::client::{Client, Profile};
use parlor_core::hub::{Hub, HubConfig};
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::time::Now;
use parlor_core::wire::Dialect;

/// Has no memory to give: nothing here ever runs.
struct Nothing;

// SAFETY: a null pointer says that there is no memory, and nothing was ever given out that could come back.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _layout: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _memory: *mut u8, _layout: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Nothing = Nothing;

#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Reaches both machines, so that neither is left out of the library.
#[unsafe(no_mangle)]
pub extern "C" fn parlor_proof() -> bool {
    let now = Now::default();
    let config = HubConfig {
        limits: Limits::default(),
        default_room: RoomName::lobby(),
        server: "parlor".into(),
        password: false,
    };
    let profile = Profile::new(Dialect::Native, "parlor://localhost", "ada", "proof");
    let hub = Hub::new(config, [0; 32], now);
    let client = Client::new(profile, [0; 32], now);
    hub.is_empty() && client.state().rooms.is_empty()
}
