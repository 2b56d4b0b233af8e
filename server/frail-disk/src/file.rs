//! Open files: reading, writing, syncing.

use std::ffi::{c_int, c_void};
use std::sync::Arc;
use std::{ptr, slice};

use rusqlite::ffi;

use crate::disk::{Shared, done};
use crate::fault::Operation;
use crate::journal::FileId;

/// A file as SQLite sees it: it makes room for one of these and has [`crate::vfs`] fill it.
#[repr(C)]
pub(crate) struct File {
    base: ffi::sqlite3_file,
    open: *mut Open,
}

/// What stands behind an open file.
pub(crate) struct Open {
    pub(crate) shared: Arc<Shared>,
    /// Which file it is, if it is one that is recorded.
    pub(crate) id: Option<FileId>,
    /// Whether its next sync is one of its directory, too.
    pub(crate) directory_due: bool,
    pub(crate) system: System,
}

/// Makes a file an open one.
///
/// # Safety
///
/// There must be room for a [`File`] at `file`.
pub(crate) unsafe fn put(file: *mut File, open: Open) {
    let file_value = File { base: ffi::sqlite3_file { pMethods: &METHODS }, open: Box::into_raw(Box::new(open)) };
    // SAFETY: as the caller promises; what was there has nothing to be dropped.
    unsafe { file.write(file_value) };
}

impl Open {
    /// What stands behind a file.
    ///
    /// # Safety
    ///
    /// `file` must be open, and nobody else may use it meanwhile; SQLite sees to both.
    unsafe fn of<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Self {
        // SAFETY: an open file is a `File` that `put` wrote, whose pointer is good until `close`.
        unsafe { &mut *(*file.cast::<File>()).open }
    }

    fn read(&self, into: *mut c_void, amount: c_int, offset: i64) -> Result<(), i32> {
        if self.id.is_some() {
            self.shared.state().faults.meet(Operation::Read)?;
        }
        self.system.read(into, amount, offset)
    }

    fn write(&self, bytes: &[u8], offset: i64) -> Result<(), i32> {
        let Some(id) = self.id else { return self.system.write(bytes, offset) };
        let start = offset.unsigned_abs();
        let mut state = self.shared.state();
        let (fitting, failure) = match state.faults.meet(Operation::Write) {
            Err(code) => (bytes.len() / 2, Some(code)),
            Ok(()) => match state.fitting(id, start, bytes.len()) {
                all if all == bytes.len() => (all, None),
                some => (some, Some(state.faults.fail(ffi::SQLITE_FULL))),
            },
        };
        let bytes = &bytes[..fitting];
        if !bytes.is_empty() {
            self.system.write(bytes, offset)?;
            state.wrote(id, start, bytes);
        }
        failure.map_or(Ok(()), Err)
    }

    fn truncate(&self, size: i64) -> Result<(), i32> {
        let Some(id) = self.id else { return self.system.truncate(size) };
        let mut state = self.shared.state();
        state.faults.meet(Operation::Truncate)?;
        self.system.truncate(size)?;
        state.truncated(id, size.unsigned_abs());
        Ok(())
    }

    /// Nothing is synced in truth: nobody cuts the real power.
    fn sync(&mut self) -> Result<(), i32> {
        let Some(id) = self.id else { return Ok(()) };
        let hook = self.shared.state().before_sync();
        if let Some(hook) = hook {
            hook();
        }
        let mut state = self.shared.state();
        if let Err(code) = state.faults.meet(Operation::Sync) {
            state.sync_failed(id);
            return Err(code);
        }
        state.synced(id, self.directory_due);
        self.directory_due = false;
        Ok(())
    }
}

/// A file of the system's VFS, open as long as this lives.
pub(crate) struct System {
    file: *mut ffi::sqlite3_file,
}

impl System {
    /// Opens a file.
    ///
    /// # Safety
    ///
    /// `vfs` must be the default VFS; `path` and what it points to must live as long as the file is open, and the
    /// flags be ones that SQLite gives, since VFSes look for parameters behind the end of a path by them.
    ///
    /// # Errors
    ///
    /// What the system's VFS answers.
    pub(crate) unsafe fn open(
        vfs: *mut ffi::sqlite3_vfs,
        path: ffi::sqlite3_filename,
        flags: c_int,
        flags_out: *mut c_int,
    ) -> Result<Self, i32> {
        // SAFETY: the default VFS says how much room it needs. The room is zeroed, as SQLite's own is.
        let file = unsafe {
            let room = (*vfs).szOsFile.unsigned_abs();
            let file = ffi::sqlite3_malloc64(u64::from(room));
            if file.is_null() {
                return Err(ffi::SQLITE_NOMEM);
            }
            ptr::write_bytes(file.cast::<u8>(), 0, room as usize);
            file.cast::<ffi::sqlite3_file>()
        };
        // SAFETY: as the caller promises.
        let code =
            unsafe { (*vfs).xOpen.map_or(ffi::SQLITE_ERROR, |method| method(vfs, path, file, flags, flags_out)) };
        // Dropping it closes the file if it has methods, which a VFS may set on failure, too; and frees the room.
        let this = Self { file };
        done(code).map(|()| this)
    }

    fn methods(&self) -> &ffi::sqlite3_io_methods {
        // SAFETY: the file is open, so it has methods; they are never freed.
        unsafe { &*(*self.file).pMethods }
    }

    /// All that is in the file.
    pub(crate) fn content(&self) -> Result<Vec<u8>, i32> {
        let mut size = 0;
        // SAFETY: the file is open, and there is a place for the answer.
        done(unsafe { self.methods().xFileSize.map_or(ffi::SQLITE_ERROR, |method| method(self.file, &mut size)) })?;
        let mut bytes = vec![0; usize::try_from(size).map_err(|_| ffi::SQLITE_TOOBIG)?];
        let amount = c_int::try_from(size).map_err(|_| ffi::SQLITE_TOOBIG)?;
        if amount > 0 {
            self.read(bytes.as_mut_ptr().cast(), amount, 0)?;
        }
        Ok(bytes)
    }

    fn read(&self, into: *mut c_void, amount: c_int, offset: i64) -> Result<(), i32> {
        // SAFETY: the file is open, and `into` has room for that much: either `content` made it or SQLite says so.
        done(unsafe {
            self.methods().xRead.map_or(ffi::SQLITE_ERROR, |method| method(self.file, into, amount, offset))
        })
    }

    fn write(&self, bytes: &[u8], offset: i64) -> Result<(), i32> {
        let amount = c_int::try_from(bytes.len()).map_err(|_| ffi::SQLITE_TOOBIG)?;
        let from = bytes.as_ptr().cast();
        // SAFETY: the file is open, and `from` points to that much.
        done(unsafe {
            self.methods().xWrite.map_or(ffi::SQLITE_ERROR, |method| method(self.file, from, amount, offset))
        })
    }

    fn truncate(&self, size: i64) -> Result<(), i32> {
        // SAFETY: the file is open.
        done(unsafe { self.methods().xTruncate.map_or(ffi::SQLITE_ERROR, |method| method(self.file, size)) })
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // SAFETY: the room is ours, and nobody uses the file after it is closed.
        unsafe {
            if let Some(methods) = (*self.file).pMethods.as_ref() {
                methods.xClose.map(|method| method(self.file));
            }
            ffi::sqlite3_free(self.file.cast());
        }
    }
}

/// Version 2: with the wal-index, without memory-mapped pages, since writes through those could not be recorded.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code(result: Result<(), i32>) -> c_int {
    result.err().unwrap_or(ffi::SQLITE_OK)
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the file is open, and SQLite does not use it again; `put` made the box.
    drop(unsafe { Box::from_raw((*file.cast::<File>()).open) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, into: *mut c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: SQLite calls it with an open file.
    code(unsafe { Open::of(file) }.read(into, amount, offset))
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: SQLite calls it with an open file and as many bytes as it says, which nobody changes meanwhile.
    let (open, bytes) = unsafe { (Open::of(file), slice::from_raw_parts(from.cast(), amount.unsigned_abs() as usize)) };
    code(open.write(bytes, offset))
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite calls it with an open file.
    code(unsafe { Open::of(file) }.truncate(size))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: SQLite calls it with an open file.
    code(unsafe { Open::of(file) }.sync())
}

unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, request: c_int, argument: *mut c_void) -> c_int {
    // Both make the file grow by other means than writing.
    if request == ffi::SQLITE_FCNTL_CHUNK_SIZE || request == ffi::SQLITE_FCNTL_SIZE_HINT {
        return ffi::SQLITE_NOTFOUND;
    }
    // SAFETY: SQLite calls it with an open file; the system's VFS gets the argument as it came.
    unsafe {
        let system = &Open::of(file).system;
        system.methods().xFileControl.map_or(ffi::SQLITE_NOTFOUND, |method| method(system.file, request, argument))
    }
}

unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    // What the crate's documentation promises of a disk, and what says nothing of what a power cut leaves.
    const KEPT: c_int = ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
        | ffi::SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN
        | ffi::SQLITE_IOCAP_SUBPAGE_READ;
    // SAFETY: SQLite calls it with an open file.
    let system = unsafe { &Open::of(file).system };
    // SAFETY: the system's file is open as long as ours.
    KEPT & unsafe { system.methods().xDeviceCharacteristics.map_or(0, |method| method(system.file)) }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: SQLite calls it with an open file; the system's is open as long as ours.
    unsafe {
        let system = &Open::of(file).system;
        if let Some(method) = system.methods().xShmBarrier {
            method(system.file);
        }
    }
}

/// Passes a call on to the system's file.
macro_rules! pass_on {
    ($name:ident, $method:ident, ($($argument:ident: $type:ty),*)) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($argument: $type),*) -> c_int {
            // SAFETY: SQLite calls it with an open file; the system's is open as long as ours, and gets the other
            // arguments as they came.
            unsafe {
                let system = &Open::of(file).system;
                system.methods().$method.map_or(ffi::SQLITE_ERROR, |method| method(system.file, $($argument),*))
            }
        }
    };
}

pass_on!(file_size, xFileSize, (size: *mut i64));
pass_on!(lock, xLock, (level: c_int));
pass_on!(unlock, xUnlock, (level: c_int));
pass_on!(check_reserved_lock, xCheckReservedLock, (answer: *mut c_int));
pass_on!(sector_size, xSectorSize, ());
pass_on!(shm_map, xShmMap, (page: c_int, size: c_int, extend: c_int, answer: *mut *mut c_void));
pass_on!(shm_lock, xShmLock, (offset: c_int, n: c_int, flags: c_int));
pass_on!(shm_unmap, xShmUnmap, (delete: c_int));
