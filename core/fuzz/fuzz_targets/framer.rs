//! See [`parlor_sim::targets::framer`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> libfuzzer_sys::Corpus {
    parlor_fuzz::play(parlor_sim::targets::framer, data)
});
