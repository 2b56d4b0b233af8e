//! See `transport-tcp/tests/urls/claims.rs`.
#![no_main]

#[path = "../../../transport-tcp/tests/urls/claims.rs"]
mod claims;

libfuzzer_sys::fuzz_target!(|data: &[u8]| claims::url(data));
