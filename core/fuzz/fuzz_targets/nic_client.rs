//! See [`parlor_sim::targets::nic_client`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> libfuzzer_sys::Corpus {
    parlor_fuzz::play(parlor_sim::targets::nic_client, data)
});
