//! Files of one person: read within a bound, replaced in one step, readable by their owner alone.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parlor_core::words::Language;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::words::Words;

/// Longest file that is read; what clients keep is smaller.
pub(crate) const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Something that was read, and what the person should know about the reading.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// What was kept, or what stands in for it.
    pub value: T,
    /// Where a file could not be read or was damaged.
    pub warning: Option<Fault>,
}

/// What is wrong with a kept file. None of it names what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be read, and the system says why.
    Unreadable(PathBuf, String),
    /// It was damaged, and is kept under the other name.
    Damaged(PathBuf, PathBuf),
    /// It is damaged and cannot be given another name, and the system says why. It is left as it is.
    Stuck(PathBuf, String),
    /// It cannot be written, and the system says why.
    Unwritable(PathBuf, String),
    /// The directory for it cannot be made, and the system says why.
    NoDirectory(PathBuf, String),
    /// What is to be written there is not written yet: the disk does not answer, or another program holds the directory.
    Late(PathBuf),
    /// The system names no place for anything of this person's.
    NoHome,
}

impl Fault {
    /// It as one plain sentence.
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Fault::Unreadable(path, why) => language.file_unreadable(path.display(), why),
            Fault::Damaged(path, aside) => language.file_damaged(path.display(), aside.display()),
            Fault::Stuck(path, why) => language.file_stuck(path.display(), why),
            Fault::Unwritable(path, why) => language.file_unwritable(path.display(), why),
            Fault::NoDirectory(path, why) => language.no_directory(path.display(), why),
            Fault::Late(path) => language.file_late(path.display()),
            Fault::NoHome => language.no_home(),
        }
    }
}

/// Most damaged copies of one file that are kept: the first ones, and the newest.
const ASIDE_MAX: u32 = 5;

/// Reads a file; a missing one is the default, a damaged one is moved aside so that nothing is lost with it.
pub(crate) fn load<T: DeserializeOwned + Default>(path: &Path) -> Loaded<T> {
    let text = match read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Loaded { value: T::default(), warning: None };
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return set_aside(path),
        Err(error) => {
            let warning = Some(Fault::Unreadable(path.into(), plain(&error)));
            return Loaded { value: T::default(), warning };
        }
    };
    // The parser's own words would quote the file, and with it a token.
    toml::from_str(&text).map_or_else(|_| set_aside(path), |value| Loaded { value, warning: None })
}

pub(crate) fn read(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    let mut text = String::new();
    if file.take(FILE_BYTES_MAX).read_to_string(&mut text)? as u64 == FILE_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(text)
}

fn set_aside<T: Default>(path: &Path) -> Loaded<T> {
    Loaded { value: T::default(), warning: Some(move_aside(path)) }
}

/// Gives a damaged file another name, so that nothing is lost with it, and says so. What was damaged before keeps its
/// name, within a bound.
pub(crate) fn move_aside(path: &Path) -> Fault {
    let name = |number: u32| {
        let mut aside = path.as_os_str().to_owned();
        aside.push(if number == 1 { ".damaged".into() } else { format!(".damaged-{number}") });
        PathBuf::from(aside)
    };
    let free = (1..ASIDE_MAX).map(name).find(|aside| fs::symlink_metadata(aside).is_err());
    let aside = free.unwrap_or_else(|| name(ASIDE_MAX));
    match fs::rename(path, &aside) {
        Ok(()) => Fault::Damaged(path.into(), aside),
        Err(error) => Fault::Stuck(path.into(), plain(&error)),
    }
}

/// Replaces a file in one step: whoever reads it sees the old or the new one, whole. Nobody but the owner may read
/// it, from its first byte on.
pub(crate) fn save(path: &Path, head: &str, value: &impl Serialize) -> Result<(), Fault> {
    let text = toml::to_string(value).map_err(|error| Fault::Unwritable(path.into(), error.to_string()))?;
    write(path, &format!("{head}{text}"))
}

/// Replaces a file in one step with `text`, in a directory that is there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Fault> {
    let cannot = |error: io::Error| Fault::Unwritable(path.into(), plain(&error));
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".parlor").tempfile_in(directory).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    file.as_file().sync_all().map_err(cannot)?;
    file.persist(path).map_err(|error| cannot(error.error))?;
    Ok(())
}

/// How long another client may hold a directory: one that was stopped does so for ever.
const HELD_MAX: Duration = Duration::from_secs(10);

/// How often it is looked whether it still does.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Makes the directory where it is missing, and keeps other clients from writing there until the result is dropped.
pub(crate) fn alone(directory: &Path) -> Result<Option<File>, Fault> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| Fault::NoDirectory(directory.into(), plain(&error)))?;
    // Where directories cannot be locked, two clients that write at the same moment are the person's luck.
    let Ok(file) = File::open(directory) else { return Ok(None) };
    let until = Instant::now() + HELD_MAX;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => return Err(Fault::Late(directory.into())),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_AGAIN),
        }
    }
}

/// An error of the system in words, without its number.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
