//! The Parlor chat server.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::stop_on_own_mistakes();
    server::main()
}
