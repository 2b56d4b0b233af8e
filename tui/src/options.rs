//! The command line.

use std::path::PathBuf;

use clap::Parser;

const EXAMPLES: &str = "\
Examples:
  parlor-tui                                   ask where to go
  parlor-tui parlor://127.0.0.1 --nick ada     a Parlor server on this machine
  parlor-tui parlor://chat.example/garden      the room \"garden\" there
  parlor-tui nic://192.168.1.20:9090           a \"Messenger\" tutorial server
  parlor-tui prompt://192.168.1.20:53000       a \"ChatRoom\" tutorial server
  make 2>&1 | tail -1 | parlor-tui --pipe parlor://127.0.0.1/builds
                                               tell the others how it went

In the chat, F1 shows what the keys do and Ctrl+Q quits.

With --pipe, each line of standard input is sent, and what arrives is printed one line each; at the end of input the
program says goodbye once everything was confirmed. Exit codes: 0 all was sent, or nobody reads its output any
more; 1 it was not (standard error says why); 2 wrong usage.";

/// Chat in the terminal: with a Parlor server, or with the servers of the two Python tutorials.
#[derive(Debug, Parser)]
#[command(name = "parlor-tui", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Options {
    /// Where to go: parlor://HOST:PORT/ROOM, nic://HOST:PORT or prompt://HOST:PORT; port and room may be left out.
    /// Without it a dialog asks
    pub url: Option<String>,

    /// Your nickname, as the others see it. Without it: the last one, or your user name
    #[arg(long, value_name = "NAME")]
    pub nick: Option<String>,

    /// A file that holds the server's password. Without it you are asked if the server wants one
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,

    /// No screen: send what standard input says, print what arrives. For scripts
    #[arg(long, requires = "url")]
    pub pipe: bool,

    /// With --pipe: print what arrives as one JSON object per line
    #[arg(long, requires = "pipe")]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn a_pipe_needs_to_know_where_to_go() {
        assert!(Options::try_parse_from(["parlor-tui", "--pipe"]).is_err());
        assert!(Options::try_parse_from(["parlor-tui", "--json", "parlor://h"]).is_err());
        assert!(Options::try_parse_from(["parlor-tui", "--pipe", "--json", "parlor://h"]).unwrap().json);
    }
}
