//! The directory the server keeps its files in, and the lock that makes it the only one there.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::ops::sync_directory;
use crate::run::plain;

const LOCK_FILE: &str = "parlor-server.lock";

/// A data directory that is this server's alone for as long as this lives.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Takes a directory, and makes it first where there is none: readable by its owner alone.
    ///
    /// # Errors
    /// One plain sentence: it cannot be made or written, or another server has it, and which process that is.
    pub fn take(path: &Path) -> Result<Self, String> {
        let cannot = |error: std::io::Error| {
            let name = path.display();
            format!("The data directory {name} cannot be used: {}; choose another with --data.", plain(&error))
        };
        make(path).map_err(cannot)?;
        let lock = path.join(LOCK_FILE);
        let mut file =
            File::options().read(true).write(true).create(true).truncate(false).open(lock).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        // Whom to name to the next one; on a full disk nobody, and the lock holds all the same.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Self { path: path.into(), _lock: file })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where the data directory is unless something else is said: what the service manager gives, else the usual place of
/// this system.
///
/// # Errors
/// One plain sentence if the system names no home directory.
pub fn usual() -> Result<PathBuf, String> {
    if let Some(given) = std::env::var_os("STATE_DIRECTORY").filter(|given| !given.is_empty()) {
        // A service manager may name several, joined by colons; the first is the main one.
        return Ok(std::env::split_paths(&given).next().unwrap_or_else(|| given.into()));
    }
    let dirs = etcetera::choose_base_strategy()
        .map_err(|_| "There is no home directory to keep data in; choose one with --data DIR, or --memory.")?;
    Ok(dirs.data_dir().join("parlor"))
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made: Vec<_> = path.ancestors().take_while(|it| !it.as_os_str().is_empty() && !it.exists()).collect();
    builder.create(path)?;
    // SQLite syncs the directory of its files; that this one outlives a power cut is up to the one it is in. Not every
    // file system can sync a directory.
    for directory in made {
        let _ = sync_directory(directory);
    }
    Ok(())
}

fn held(path: &Path, file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.take(32).read_to_string(&mut text);
    let holder = match text.trim().parse::<u32>() {
        Ok(process) => format!("process {process}, another parlor-server"),
        Err(_) => "another parlor-server".into(),
    };
    format!("The data directory {} is in use by {holder}; stop it, or choose another with --data.", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_made_for_its_owner_alone_and_taken_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b");
        let taken = DataDir::take(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
        let error = DataDir::take(&path).unwrap_err();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        assert!(error.contains("--data"), "{error}");
        drop(taken);
        DataDir::take(&path).unwrap();
    }

    #[test]
    fn a_place_that_cannot_be_used_is_told_in_a_sentence() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let error = DataDir::take(&file.join("below")).unwrap_err();
        assert!(error.contains("--data") && !error.contains("os error"), "{error}");
    }
}
