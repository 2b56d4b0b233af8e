//! The file of a flight record: where it goes, and that it gets there also when the process dies of its own mistake.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, TryLockError};

use parlor_core::hub::HubConfig;
use parlor_core::record::Recorder;
use parlor_core::time::Now;

/// Bytes that may wait before they are written.
const WAITING_BYTES_MAX: usize = 64 * 1024;

/// A flight record under way; see [`parlor_core::record`]. Clones are the same one.
///
/// What happened waits in memory until there are 64 KiB of it; [`crate::hub_loop::serve`] writes it out at least once a
/// second and when it ends. Whoever stops the process calls [`FlightRecord::save`] before: after a panic, from the
/// panic hook. Where the file cannot be written the log says so once, and nothing more is recorded.
#[derive(Clone)]
pub struct FlightRecord(Arc<Mutex<Under>>);

struct Under {
    /// Made with the hub.
    recorder: Option<Recorder>,
    /// `None` once it failed.
    file: Option<Box<dyn Write + Send>>,
}

impl FlightRecord {
    /// Records into a new file that only its owner can read.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::AlreadyExists`] where there is such a file: no record is overwritten.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(|file: File| Self::to(file))
    }

    /// Records into anything that can be written to.
    pub fn to(file: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Under { recorder: None, file: Some(Box::new(file)) })))
    }

    /// Writes out what waits. Never waits itself: what is being recorded at this moment by another thread, or was when
    /// it panicked, is left to that thread.
    pub fn save(&self) {
        match self.0.try_lock() {
            Ok(mut under) => under.save(),
            Err(TryLockError::Poisoned(under)) => under.into_inner().save(),
            Err(TryLockError::WouldBlock) => {}
        }
    }

    /// A hub was made.
    pub(crate) fn begin(&self, config: &HubConfig, now: Now) {
        if let Ok(mut under) = self.0.lock() {
            under.recorder = Some(Recorder::new(config, now));
        }
    }

    /// Records something.
    pub(crate) fn note(&self, what: impl FnOnce(&mut Recorder)) {
        let Ok(mut under) = self.0.lock() else { return };
        if let Some(recorder) = &mut under.recorder {
            what(recorder);
            if recorder.bytes().len() > WAITING_BYTES_MAX {
                under.save();
            }
        }
    }
}

impl Under {
    fn save(&mut self) {
        let (Some(recorder), Some(file)) = (&mut self.recorder, &mut self.file) else { return };
        let written = file.write_all(recorder.bytes()).and_then(|()| file.flush());
        recorder.clear();
        if let Err(error) = written {
            tracing::error!("the flight record ends here, since it cannot be written: {error}");
            self.file = None;
            self.recorder = None;
        }
    }
}

impl std::fmt::Debug for FlightRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FlightRecord")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_core::limits::Limits;
    use parlor_core::name::RoomName;

    fn begin(record: &FlightRecord) {
        let (limits, server) = (Limits::DEFAULT, "parlor/test".into());
        record.begin(&HubConfig { limits, default_room: RoomName::lobby(), server, password: false }, Now::default());
    }

    #[test]
    fn a_file_is_for_its_owner_alone_and_written_over_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("record");
        let record = FlightRecord::create(&path).unwrap();
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions()) & 0o777, 0o600);
        assert_eq!(FlightRecord::create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        begin(&record);
        assert_eq!(path.metadata().unwrap().len(), 0, "it waits");
        record.save();
        assert!(path.metadata().unwrap().len() > 12);
    }

    /// A disk that is full.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_ends_the_record_and_nothing_else() {
        let record = FlightRecord::to(Full);
        begin(&record);
        record.save();
        let mut noted = 0;
        record.note(|_| noted += 1);
        record.save();
        assert_eq!(noted, 0, "nothing is kept for a file that takes nothing");
    }
}
