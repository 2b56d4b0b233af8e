//! Where the history is.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::Config;
use crate::data_dir;
use crate::store::FILE;

/// Which server's history is meant.
#[derive(Debug, Default, Args)]
pub struct Place {
    /// The data directory of the server, if it is not the usual one
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// The configuration file of the server: it may name the data directory
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Place {
    /// The data directory, whether or not there is one.
    pub(super) fn directory(&self) -> Result<PathBuf, String> {
        if let Some(data) = &self.data {
            return Ok(data.clone());
        }
        let Some(path) = &self.config else { return data_dir::usual() };
        let file = Config::read(path)?.file;
        match file.data {
            Some(data) => Ok(data),
            None if file.memory => {
                Err(format!("A server with {} keeps nothing on the disk: it says memory = true.", path.display()))
            }
            None => data_dir::usual(),
        }
    }

    /// The database in it, which must be there.
    pub(super) fn database(&self) -> Result<PathBuf, String> {
        let directory = self.directory()?;
        let database = directory.join(FILE);
        if is_missing(&database) {
            let name = directory.display();
            return Err(format!("There is no database in {name}; say with --data DIR where the server keeps it."));
        }
        Ok(database)
    }
}

/// Whether there is certainly nothing at a path.
pub(super) fn is_missing(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}
