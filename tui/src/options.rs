//! The command line.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use parlor_face::settings::{Bidi, Choice, Emoji};

/// The longest wait, in seconds: ten years.
const WAIT_MAX: u64 = 10 * 365 * 24 * 3600;
/// As many as are held of a room.
const HISTORY_MAX: i64 = 5000;

const EXAMPLES: &str = "\
Examples:
  parlor-tui                                   ask where to go
  parlor-tui parlor://127.0.0.1 --nick ada     a Parlor server on this machine
  parlor-tui parlor://chat.example/garden      the room \"garden\" there
  parlor-tui nic://192.168.1.20:9090           a \"Messenger\" tutorial server
  parlor-tui prompt://192.168.1.20:53000       a \"ChatRoom\" tutorial server

In the chat, F1 shows what the keys do and Ctrl+Q quits.

With --pipe:
  make 2>&1 | tail -1 | parlor-tui --pipe parlor://127.0.0.1/builds
      tell the others how it went
  parlor-tui --pipe --once parlor://127.0.0.1/builds </dev/null
      wait for a message, print it and go on
  echo '!weather' | parlor-tui --pipe --once --wait 30 parlor://127.0.0.1/garden
      ask, and print the first message that comes back, if one comes within 30 seconds
  mkfifo say; parlor-tui --pipe --nick clock parlor://127.0.0.1/garden <say |
    while read -r line; do case $line in *': !time') date;; esac; done >say
      a bot that answers

  Each line of standard input is sent as it is, into the room that the URL names; what arrives
  is printed one line each: \"ada: ciao\", \"ada (to you): psst\", \"* ada waves\", \"* ada joined\",
  and with its name before it what belongs to another room: \"[garden] ada: ciao\". Further lines
  of a message begin with two spaces. With --json it is one object each. At the end of input the
  program says goodbye once everything was confirmed. Without --nick a nickname that is taken
  gets a number.

  Exit codes: 0 all was sent, or nobody reads the output any more; 1 it was not (standard error
  says why); 2 wrong usage; 3 all was sent, but no message came within --wait; 128 and the
  number of the signal that ended it.";

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

    /// Who puts right-to-left text in order: this program, the terminal, or nobody. Without it: the setting, else what
    /// the terminal seems to want
    #[arg(long, value_name = "WHO", value_parser = word::<Bidi>())]
    pub bidi: Option<Bidi>,

    /// How emoji are shown: simple, full, or by their names
    #[arg(long, value_name = "HOW", value_parser = word::<Emoji>())]
    pub emoji: Option<Emoji>,

    /// Take the mouse: the wheel scrolls, a click opens rooms and links. Marking text then needs Shift
    #[arg(long)]
    pub mouse: bool,

    /// No screen: send what standard input says, print what arrives. For scripts
    #[arg(long, requires = "url")]
    pub pipe: bool,

    /// With --pipe: print what arrives as one JSON object per line
    #[arg(long, requires = "pipe")]
    pub json: bool,

    /// With --pipe: print nothing but the first message that comes after the end of input, and leave. If something was
    /// sent, and there is no --wait, leave without one as soon as it is confirmed
    #[arg(long, requires = "pipe")]
    pub once: bool,

    /// With --pipe: how long to wait for a server that is not there yet, and after the end of input for what arrives.
    /// Without it a server must be there, and nothing is waited for at the end
    #[arg(long, value_name = "SECONDS", requires = "pipe", value_parser = clap::value_parser!(u64).range(..=WAIT_MAX))]
    pub wait: Option<u64>,

    /// With --pipe: first print the newest COUNT messages that were said before, at most 5000
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true, requires = "pipe")]
    #[arg(value_parser = clap::value_parser!(u16).range(..=HISTORY_MAX))]
    pub history: u16,
}

/// Reads the words that the settings know too.
fn word<C: Choice + Clone + Send + Sync>() -> impl TypedValueParser<Value = C> {
    PossibleValuesParser::new(C::ALL.iter().map(|(word, _)| *word))
        .try_map(|word| C::of_word(&word).ok_or("This word means nothing here."))
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
    fn what_follows_the_options_fits_where_the_help_is_cut() {
        let help = Options::command().term_width(100).render_long_help().to_string();
        for line in EXAMPLES.lines() {
            assert!(line.chars().count() <= 96, "{line}");
            assert!(help.lines().any(|shown| shown == line), "broken again: {line}");
        }
    }

    #[test]
    fn how_things_look_is_chosen_in_the_words_of_the_settings() {
        let options =
            Options::try_parse_from(["parlor-tui", "--bidi", "terminal", "--emoji", "names", "--mouse"]).unwrap();
        assert_eq!((options.bidi, options.emoji, options.mouse), (Some(Bidi::Terminal), Some(Emoji::Names), true));
        assert!(Options::try_parse_from(["parlor-tui", "--bidi", "maybe"]).is_err());
    }

    #[test]
    fn a_pipe_needs_to_know_where_to_go() {
        assert!(Options::try_parse_from(["parlor-tui", "--pipe"]).is_err());
        assert!(Options::try_parse_from(["parlor-tui", "--json", "parlor://h"]).is_err());
        assert!(Options::try_parse_from(["parlor-tui", "--pipe", "--json", "parlor://h"]).unwrap().json);
    }
}
