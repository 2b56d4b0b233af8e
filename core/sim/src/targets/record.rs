//! The reader of flight records: what it reads may come from anywhere.

use parlor_core::hub::HubConfig;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::record::{Entry, HEAD_BYTES, Recorder, Unreadable, decode};
use parlor_core::time::Now;

/// Any bytes as the entries of a record: each is read as a whole or not at all, whatever comes behind it, and the first
/// that cannot be ends the reading. What was read is written so that it reads back as the same.
///
/// # Panics
/// If a claim is broken.
pub fn flight_record(data: &[u8]) {
    let mut rest = data;
    loop {
        match decode(rest) {
            Ok(Some((entry, used))) => {
                assert!((5..=rest.len()).contains(&used), "an entry has a length and a kind");
                let alone = decode(&rest[..used]);
                assert!(matches!(alone, Ok(Some((_, again))) if again == used), "what comes behind changes nothing");
                assert!(matches!(decode(&rest[..used - 1]), Ok(None)), "an unfinished entry is awaited");
                claim_reads_back(&entry);
                rest = &rest[used..];
            }
            Ok(None) => return,
            Err(why) => return assert_eq!(why, Unreadable::Damaged),
        }
    }
}

fn claim_reads_back(entry: &Entry<'_>) {
    let Some(once) = written(entry) else { return };
    let Ok(Some((again, used))) = decode(&once) else { panic!("what is written is read back: {entry:?}") };
    assert_eq!(used, once.len());
    assert_eq!(written(&again), Some(once), "{entry:?}");
}

/// The entry as a recorder writes it; `None` where a hub would have had to be there.
fn written(entry: &Entry<'_>) -> Option<Vec<u8>> {
    if let Entry::Begun { now, config } = entry {
        return Some(Recorder::new(config, *now).bytes()[HEAD_BYTES..].to_vec());
    }
    let config = HubConfig {
        limits: Limits::DEFAULT,
        default_room: RoomName::lobby(),
        server: "parlor".into(),
        password: false,
    };
    let mut recorder = Recorder::new(&config, Now::default());
    recorder.clear();
    match entry {
        Entry::Accept { now, peer } => recorder.accept(*now, *peer),
        Entry::Accepted(conn) if conn.slot() < 1_024 => recorder.accepted(&Ok(*conn)),
        Entry::Refused(refused) => recorder.accepted(&Err(refused.clone())),
        Entry::Input { now, input } => recorder.input(*now, input),
        Entry::Timeout { now } => recorder.timeout(*now),
        Entry::Output(output) => recorder.output(output),
        Entry::Ended => recorder.ended(),
        Entry::Begun { .. } | Entry::Accepted(_) | Entry::Transmitted { .. } | Entry::TransmittedAgain { .. } => {
            return None;
        }
    }
    Some(recorder.bytes().to_vec())
}
