//! See `server/tests/config/claims.rs`.
#![no_main]

#[path = "../../../server/tests/config/claims.rs"]
mod claims;

libfuzzer_sys::fuzz_target!(|data: &[u8]| claims::config(data));
