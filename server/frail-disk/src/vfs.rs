//! The VFS: names. What is done to open files is in [`crate::file`].

use std::ffi::{CStr, CString, c_char, c_int};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{mem, ptr};

use rusqlite::ffi;

use crate::disk::Shared;
use crate::fault::Operation;
use crate::file::{self, File, Open, System};

/// A VFS that SQLite knows by name, until it is dropped.
pub(crate) struct Registration {
    name: String,
    vfs: *mut ffi::sqlite3_vfs,
}

// SAFETY: the pointer is used for taking the name back only, for which SQLite takes its own mutex.
unsafe impl Send for Registration {}
// SAFETY: by reference the pointer is not used at all.
unsafe impl Sync for Registration {}

/// What a VFS of ours has at hand, behind `pAppData`. It stays for good: connections point to it.
struct Wrapped {
    shared: Arc<Shared>,
    system: *mut ffi::sqlite3_vfs,
    /// Holds the bytes that `zName` points to.
    name: CString,
}

impl Registration {
    /// Registers a VFS around the system's default one, under a name nobody has.
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("frail-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        // SAFETY: a null name asks for the default VFS; SQLite initializes itself first.
        let system = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        assert!(!system.is_null(), "SQLite has no default VFS");
        let c_name = CString::new(name.clone()).expect("the name is made above, without a NUL");
        let wrapped = Box::leak(Box::new(Wrapped { shared, system, name: c_name }));
        // SAFETY: the default VFS is not null and is never freed.
        let system = unsafe { &*system };
        let vfs = Box::into_raw(Box::new(ffi::sqlite3_vfs {
            // Version 2 has the time in integers; what version 3 adds is about replacing system calls.
            iVersion: 2.min(system.iVersion),
            szOsFile: mem::size_of::<File>() as c_int,
            mxPathname: system.mxPathname,
            pNext: ptr::null_mut(),
            zName: wrapped.name.as_ptr(),
            pAppData: ptr::from_mut(wrapped).cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            // Extensions are not loaded in tests.
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: Some(current_time_int64),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the structure is complete and stays for good.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite does not take the VFS");
        Self { name, vfs }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: it was registered by `new`. Its memory is not freed: connections may still point to it.
        unsafe { ffi::sqlite3_vfs_unregister(self.vfs) };
    }
}

/// What stands behind a VFS of ours.
///
/// # Safety
///
/// `vfs` must be one that [`Registration::new`] registered.
unsafe fn wrapped<'a>(vfs: *mut ffi::sqlite3_vfs) -> &'a Wrapped {
    // SAFETY: `pAppData` was set to a `Wrapped` that is leaked and only ever read.
    unsafe { &*(*vfs).pAppData.cast::<Wrapped>() }
}

/// The last part of a path.
///
/// # Safety
///
/// `path` must be a C string.
unsafe fn file_name(path: *const c_char) -> String {
    // SAFETY: as the caller promises.
    let path = unsafe { CStr::from_ptr(path) }.to_string_lossy();
    Path::new(path.as_ref()).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

const JOURNALS: c_int = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls it with the VFS it was registered with.
    let wrapped = unsafe { wrapped(vfs) };
    // Without methods SQLite does not close the file, which is right until it is open.
    // SAFETY: SQLite gives room for `szOsFile` bytes, and a file begins with its methods.
    unsafe { (*file).pMethods = ptr::null() };

    let lasting = flags & (JOURNALS | ffi::SQLITE_OPEN_MAIN_DB) != 0
        && flags & ffi::SQLITE_OPEN_DELETEONCLOSE == 0
        && !path.is_null();
    let mut state = wrapped.shared.state();
    let mut name = None;
    let mut existed = flags & ffi::SQLITE_OPEN_CREATE == 0;
    if lasting {
        if let Err(code) = state.faults.meet(Operation::Open) {
            return code;
        }
        // SAFETY: it is not null, so it is a C string.
        name = Some(unsafe { file_name(path) });
        let mut exists = 0;
        // SAFETY: the default VFS has this method, and gets a path and a place for its answer.
        unsafe {
            (*wrapped.system).xAccess.map(|method| method(wrapped.system, path, ffi::SQLITE_ACCESS_EXISTS, &mut exists))
        };
        existed |= exists != 0;
    }

    // SAFETY: the path and the flags are SQLite's own.
    let system = match unsafe { System::open(wrapped.system, path, flags, flags_out) } {
        Ok(system) => system,
        Err(code) => return code,
    };
    let id = match name {
        None => None,
        Some(name) => match state.known(&name) {
            Some(id) => Some(id),
            None if existed => match system.content() {
                Ok(bytes) => Some(state.found(&name, bytes)),
                Err(code) => return code,
            },
            None => Some(state.created(&name)),
        },
    };
    drop(state);
    // The system's VFS syncs the directory at the first sync of such a file.
    let directory_due = flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & JOURNALS != 0;
    let open = Open { shared: Arc::clone(&wrapped.shared), id, directory_due, system };
    // SAFETY: there is room for a `File`, which `szOsFile` asked for.
    unsafe { file::put(file.cast(), open) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, path: *const c_char, directory: c_int) -> c_int {
    // SAFETY: SQLite calls it with the VFS it was registered with, and a path.
    let (wrapped, name) = unsafe { (wrapped(vfs), file_name(path)) };
    let mut state = wrapped.shared.state();
    if let Err(code) = state.faults.meet(Operation::Delete) {
        return code;
    }
    // The real directory is not synced: nobody cuts the real power.
    // SAFETY: the default VFS gets the path that SQLite gave.
    let code = unsafe { (*wrapped.system).xDelete.map_or(ffi::SQLITE_ERROR, |method| method(wrapped.system, path, 0)) };
    if code == ffi::SQLITE_OK {
        state.deleted(&name, directory & 1 != 0);
    }
    code
}

/// Passes a call on to the system's VFS.
macro_rules! pass_on {
    ($name:ident, $method:ident, ($($argument:ident: $type:ty),*)) => {
        unsafe extern "C" fn $name(vfs: *mut ffi::sqlite3_vfs, $($argument: $type),*) -> c_int {
            // SAFETY: SQLite calls it with the VFS it was registered with; the default VFS gets the other arguments
            // as they came.
            unsafe {
                let system = wrapped(vfs).system;
                (*system).$method.map_or(ffi::SQLITE_ERROR, |method| method(system, $($argument),*))
            }
        }
    };
}

pass_on!(access, xAccess, (path: *const c_char, flags: c_int, answer: *mut c_int));
pass_on!(full_pathname, xFullPathname, (path: *const c_char, room: c_int, answer: *mut c_char));
pass_on!(randomness, xRandomness, (bytes: c_int, answer: *mut c_char));
pass_on!(sleep, xSleep, (microseconds: c_int));
pass_on!(current_time, xCurrentTime, (answer: *mut f64));
pass_on!(last_error, xGetLastError, (room: c_int, answer: *mut c_char));
pass_on!(current_time_int64, xCurrentTimeInt64, (answer: *mut ffi::sqlite3_int64));
