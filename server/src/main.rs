//! The Parlor chat server.

use std::process::ExitCode;

fn main() -> ExitCode {
    stop_on_own_mistakes();
    server::main()
}

/// An assertion that fails leaves a half-changed world: the process ends with it, so that whoever watches over the
/// service starts it anew. Without this a task's panic would be kept for whoever awaits the task, which is nobody.
fn stop_on_own_mistakes() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("parlor-server made a mistake of its own and stops; please report this line: {panic}");
        std::process::abort();
    }));
}
