//! See [`parlor_sim::targets::flight_record`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| parlor_sim::targets::flight_record(data));
