//! See [`parlor_sim::targets::events`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| parlor_sim::targets::events(data));
