//! The Parlor chat server.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::main()
}
