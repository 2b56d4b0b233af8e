//! The flight record of this server: `--record FILE`.

use std::io::ErrorKind;
use std::panic;
use std::path::Path;

use parlor_transport_tcp::record::FlightRecord;

use crate::run::plain;

/// Creates the file, and sees to it that the last input stands in it when an assertion of ours fails.
///
/// Call it after [`crate::stop_on_own_mistakes`], whose hook does not come back.
///
/// # Errors
/// One plain sentence if the file cannot be created, or is there already.
pub fn begin(path: &Path) -> Result<FlightRecord, String> {
    let name = path.display();
    let record = FlightRecord::create(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            format!("There is a file {name} already, and a flight record is written over nothing; choose another name.")
        }
        _ => format!("The flight record {name} cannot be written: {}.", plain(&error)),
    })?;
    let (saved, name) = (record.clone(), name.to_string());
    let stop = panic::take_hook();
    panic::set_hook(Box::new(move |mistake| {
        saved.save();
        eprintln!("parlor-server: what led to the next line is recorded in {name}");
        stop(mistake);
    }));
    Ok(record)
}
