//! The bare server: `cargo run --release -p benches --example bare -- turns`.

use std::net::SocketAddr;
use std::process::ExitCode;

use benches::bare::{Bare, Style};
use clap::Parser;

/// The least a server can do: every line that comes in goes out to everybody.
#[derive(Parser)]
struct Options {
    /// How lines become writes.
    style: Style,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Err(sentence) = benches::os::allow_open_files(64) {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    let served = Bare::listen(options.listen, options.style).and_then(|bare| {
        println!("listening on bare://{}", bare.address()?);
        bare.serve()
    });
    let Err(error) = served;
    eprintln!("The bare server cannot serve on {}: {error}.", options.listen);
    ExitCode::FAILURE
}
