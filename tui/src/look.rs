//! How text looks on this terminal: one plain set of choices, made once from the environment, the settings and the
//! command line, and handed to every view.

use parlor_core::text::{Direction, direction};
use parlor_core::words::Language;
use parlor_face::settings::{self, Settings};

use crate::alert::{Alert, Toast};
use crate::bidi::paragraph::Paragraph;
use crate::bidi::{self, Bidi};
use crate::cells::{self, Emoji};
use crate::options::Options;
use crate::style::Colours;

/// The choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Who puts right-to-left text in its visual order.
    pub bidi: Bidi,
    /// What becomes of emoji.
    pub emoji: Emoji,
    /// How many colours are used.
    pub colours: Colours,
    /// Whether the program takes the mouse. Text can then be marked only with Shift held down, in most terminals.
    pub mouse: bool,
    /// What the program says is said in this; what runs neither way runs as it does.
    pub language: Language,
    /// How the person is told of what is meant for them while they look elsewhere.
    pub alert: Alert,
}

impl Look {
    /// Text in logical order, simple emoji, no mouse.
    pub fn new(colours: Colours) -> Self {
        Self { colours, ..Self::default() }
    }

    /// What suits this terminal and this person: the command line's word counts first, then the settings', then what the
    /// environment tells. `NO_COLOR` is the person's word too, about every program, and stronger than a setting.
    pub fn choose(options: &Options, settings: &Settings, variable: impl Fn(&str) -> Option<String>) -> Self {
        let terminal = &settings.terminal;
        let bidi = match options.bidi.unwrap_or(terminal.bidi) {
            settings::Bidi::Auto => Bidi::detect(&variable),
            settings::Bidi::App => Bidi::App,
            settings::Bidi::Terminal => Bidi::Terminal,
            settings::Bidi::Off => Bidi::Off,
        };
        let emoji = match options.emoji.unwrap_or(terminal.emoji) {
            settings::Emoji::Simple => Emoji::Simple,
            settings::Emoji::Full => Emoji::Full,
            settings::Emoji::Names => Emoji::Names,
        };
        let none = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colours = match terminal.colours {
            settings::Colours::None => Colours::None,
            _ if none => Colours::None,
            settings::Colours::Auto => Colours::detect(&variable),
            settings::Colours::Sixteen => Colours::Sixteen,
            settings::Colours::Many => Colours::Many,
            settings::Colours::True => Colours::All,
        };
        let alert = Alert { bell: terminal.bell, toast: Toast::detect(&variable), words: settings.notifications };
        Self { bidi, emoji, colours, mouse: options.mouse || terminal.mouse, language: settings.speech(), alert }
    }

    /// The same for a person who reads this language.
    #[must_use]
    pub fn speaking(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// Whether the screen is laid out from right to left.
    pub fn mirrored(self) -> bool {
        self.bidi == Bidi::App && self.language.is_right_to_left()
    }

    /// Makes text from outside harmless; see [`cells::clean`]. Still in logical order: not to be printed as it is.
    pub fn clean(self, text: &str) -> String {
        cells::clean_as(text, self.emoji)
    }

    /// Whether this text runs from right to left.
    pub fn is_rtl(self, text: &str) -> bool {
        direction(text).map_or(self.language.is_right_to_left(), Direction::is_right_to_left)
    }

    /// Whether lines of this text are shown from the right edge.
    pub fn from_the_right(self, text: &str) -> bool {
        self.bidi == Bidi::App && self.is_rtl(text)
    }

    /// Text from outside on one line, ready to be printed.
    pub fn line(self, text: &str) -> String {
        let clean = self.clean(text);
        if self.bidi == Bidi::App && bidi::matters(&clean) { self.turned(text, &clean, usize::MAX) } else { clean }
    }

    /// [`Look::line`] in at most `cells` cells, with `…` at its end where something had to go.
    pub fn fit(self, text: &str, cells: usize) -> String {
        let clean = self.clean(text);
        if self.bidi == Bidi::App && bidi::matters(&clean) {
            self.turned(text, &clean, cells)
        } else {
            cells::fit_clean(&clean, cells)
        }
    }

    /// [`Look::fit`], filled with spaces.
    pub fn pad(self, text: &str, cells: usize) -> String {
        let mut line = self.fit(text, cells);
        let missing = cells.saturating_sub(cells::width(&line));
        line.extend(std::iter::repeat_n(' ', missing));
        line
    }

    fn turned(self, text: &str, clean: &str, cells: usize) -> String {
        let rtl = self.is_rtl(text);
        let paragraph = Paragraph::new(clean, self.bidi, rtl);
        let all = 0..paragraph.units().len();
        if paragraph.cells(all.clone()) <= cells {
            return paragraph.drawn(all);
        }
        let mut used = 1;
        let fits = paragraph.units().iter().take_while(|unit| {
            used += unit.cells;
            used <= cells
        });
        let end = fits.last().map_or(0, |unit| unit.at.end);
        let cut = clean.get(..end).unwrap_or_default().to_owned() + if cells > 0 { "…" } else { "" };
        let paragraph = Paragraph::new(&cut, self.bidi, rtl);
        paragraph.drawn(0..paragraph.units().len())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use parlor_face::settings::Notifications;

    use super::*;

    fn app() -> Look {
        Look { bidi: Bidi::App, ..Look::default() }
    }

    #[test]
    fn a_line_is_cut_at_its_logical_end() {
        assert_eq!(app().fit("parlor", 5), "parl…");
        // د د د د د from the right, and what was cut stands at the left.
        assert_eq!(app().fit("ددددد", 5), "ﺩﺩﺩﺩﺩ");
        assert_eq!(app().fit("دابدد", 4), "…ﺏﺍﺩ");
        assert_eq!(app().pad("دا", 4), "ﺍﺩ  ");
        assert_eq!(Look::new(Colours::None).fit("دابدد", 4), "داب…");
        assert_eq!(app().fit("دا", 0), "");
    }

    #[test]
    fn the_command_line_counts_before_the_settings_and_those_before_the_environment() {
        let choose = |flags: &[&str], settings: &Settings, pairs: &[(&str, &str)]| {
            let options = Options::parse_from(["parlor-tui"].iter().chain(flags));
            Look::choose(&options, settings, |name| {
                pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
            })
        };
        let konsole = [("KONSOLE_VERSION", "220401"), ("TERM", "xterm-256color")];
        let mut settings = Settings::default();
        assert_eq!(choose(&[], &settings, &konsole).bidi, Bidi::Terminal);
        settings.terminal.bidi = settings::Bidi::App;
        assert_eq!(choose(&[], &settings, &konsole).bidi, Bidi::App);
        assert_eq!(choose(&["--bidi", "off"], &settings, &konsole).bidi, Bidi::Off);
        assert_eq!(choose(&["--bidi", "auto"], &settings, &konsole).bidi, Bidi::Terminal);
        assert!(choose(&["--mouse"], &settings, &[]).mouse);
        settings.terminal.colours = settings::Colours::True;
        assert_eq!(choose(&[], &settings, &konsole).colours, Colours::All);
        assert_eq!(choose(&[], &settings, &[("NO_COLOR", "1")]).colours, Colours::None);
        settings.terminal.bell = false;
        settings.notifications = Notifications::Name;
        assert_eq!(
            choose(&[], &settings, &[("TERM", "foot")]).alert,
            Alert { bell: false, toast: Toast::Osc777, words: Notifications::Name }
        );
    }

    #[test]
    fn every_hostile_line_fits_in_every_mode() {
        for text in crate::cells::hostile::strings() {
            for bidi in [Bidi::App, Bidi::Terminal, Bidi::Off] {
                for emoji in [Emoji::Simple, Emoji::Full, Emoji::Names] {
                    for cells in 0..80 {
                        let line = Look { bidi, emoji, ..app() }.fit(&text, cells);
                        assert!(cells::width(&line) <= cells, "{line:?} in {cells}");
                        assert!(!line.contains(char::is_control));
                    }
                }
            }
        }
    }
}
