//! See [`parlor_sim::targets::hub_script`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| parlor_sim::targets::hub_script(data));
