//! Files of one person: read within a bound, replaced in one step, readable by their owner alone.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest file that is read; what clients keep is smaller.
pub(crate) const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Something that was read, and what the person should know about the reading.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// What was kept, or what stands in for it.
    pub value: T,
    /// One plain sentence where a file could not be read or was damaged.
    pub warning: Option<String>,
}

/// Reads a file; a missing one is the default, a damaged one is moved aside so that nothing is lost with it.
pub(crate) fn load<T: DeserializeOwned + Default>(path: &Path) -> Loaded<T> {
    let text = match read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Loaded { value: T::default(), warning: None };
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return set_aside(path),
        Err(error) => {
            let warning = Some(format!("{} cannot be read: {}.", path.display(), plain(&error)));
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

/// Gives a damaged file another name, so that nothing is lost with it, and says so.
pub(crate) fn move_aside(path: &Path) -> String {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".damaged");
    let aside = PathBuf::from(aside);
    match fs::rename(path, &aside) {
        Ok(()) => format!("{} was damaged; it is kept as {} and begun anew.", path.display(), aside.display()),
        Err(error) => format!("{} is damaged and cannot be moved aside: {}.", path.display(), plain(&error)),
    }
}

/// Replaces a file in one step: whoever reads it sees the old or the new one, whole. Nobody but the owner may read
/// it, from its first byte on.
pub(crate) fn save(path: &Path, head: &str, value: &impl Serialize) -> Result<(), String> {
    let text = toml::to_string(value).map_err(|_| format!("{} cannot be written.", path.display()))?;
    write(path, &format!("{head}{text}"))
}

/// Replaces a file in one step with `text`, in a directory that is there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let cannot = |error: io::Error| format!("{} cannot be written: {}.", path.display(), plain(&error));
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".parlor").tempfile_in(directory).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    file.as_file().sync_all().map_err(cannot)?;
    file.persist(path).map_err(|error| cannot(error.error))?;
    Ok(())
}

/// Makes the directory where it is missing, and keeps other clients from writing there until the result is dropped.
pub(crate) fn alone(directory: &Path) -> Result<Option<File>, String> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let cannot = |error: io::Error| format!("{} cannot be made: {}.", directory.display(), plain(&error));
    builder.create(directory).map_err(cannot)?;
    // Where directories cannot be locked, two clients that write at the same moment are the person's luck.
    Ok(File::open(directory).ok().filter(|directory| directory.lock().is_ok()))
}

/// An error of the system in words, without its number.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
