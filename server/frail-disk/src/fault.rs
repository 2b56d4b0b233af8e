//! Errors that a test plans.

use rusqlite::ffi;

/// What is done to a disk, as far as it can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// A file is opened or created.
    Open,
    /// Bytes are read.
    Read,
    /// Bytes are written. One that fails leaves the first half of them behind.
    Write,
    /// A file is cut.
    Truncate,
    /// A file is synced.
    Sync,
    /// A name is taken out of the directory.
    Delete,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Open, Self::Read, Self::Write, Self::Truncate, Self::Sync, Self::Delete];
}

/// The error that is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `SQLITE_FULL`: no room left.
    Full,
    /// What the system's VFS answers where the operating system reports an error: `SQLITE_CANTOPEN` or the
    /// `SQLITE_IOERR_…` of the operation.
    Io,
}

impl Failure {
    pub(crate) fn code(self, on: Operation) -> i32 {
        match (self, on) {
            (Self::Full, _) => ffi::SQLITE_FULL,
            (Self::Io, Operation::Open) => ffi::SQLITE_CANTOPEN,
            (Self::Io, Operation::Read) => ffi::SQLITE_IOERR_READ,
            (Self::Io, Operation::Write) => ffi::SQLITE_IOERR_WRITE,
            (Self::Io, Operation::Truncate) => ffi::SQLITE_IOERR_TRUNCATE,
            (Self::Io, Operation::Sync) => ffi::SQLITE_IOERR_FSYNC,
            (Self::Io, Operation::Delete) => ffi::SQLITE_IOERR_DELETE,
        }
    }
}

/// A planned error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What fails.
    pub on: Operation,
    /// How many of these succeed before it, counted from when the fault is planned.
    pub after: u64,
    /// How many of them fail then; `u64::MAX` for all until the disk is healed.
    pub times: u64,
    /// With which error.
    pub failure: Failure,
}

/// The faults that are planned, and how often what was done.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Vec<Fault>,
    calls: [u64; Operation::ALL.len()],
    failed: u64,
}

impl Faults {
    pub(crate) fn plan(&mut self, fault: Fault) {
        self.planned.push(fault);
    }

    pub(crate) fn heal(&mut self) {
        self.planned.clear();
    }

    pub(crate) fn calls(&self, on: Operation) -> u64 {
        self.calls[on as usize]
    }

    pub(crate) fn failed(&self) -> u64 {
        self.failed
    }

    /// Counts an operation that is about to be done.
    ///
    /// # Errors
    ///
    /// The code it is to fail with. Of several faults the one planned first counts.
    pub(crate) fn meet(&mut self, on: Operation) -> Result<(), i32> {
        self.calls[on as usize] += 1;
        let mut met = None;
        for fault in self.planned.iter_mut().filter(|fault| fault.on == on) {
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.times > 0 && met.is_none() {
                fault.times = if fault.times == u64::MAX { u64::MAX } else { fault.times - 1 };
                met = Some(fault.failure.code(on));
            }
        }
        match met {
            Some(code) => Err(self.fail(code)),
            None => Ok(()),
        }
    }

    /// Counts an error and gives it back.
    pub(crate) fn fail(&mut self, code: i32) -> i32 {
        self.failed += 1;
        code
    }
}
