//! `parlor-gui`: see `parlor-gui --help`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match gui::run(gui::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("parlor-gui: {sentence}");
            ExitCode::FAILURE
        }
    }
}
