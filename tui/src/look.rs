//! How text looks on this terminal: one plain set of choices, made once from the environment, the settings and the
//! command line, and handed to every view.

use parlor_core::text::{Direction, direction};

use crate::bidi::paragraph::Paragraph;
use crate::bidi::{self, Bidi};
use crate::cells::{self, Emoji};
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
    /// Whether what runs neither way runs from right to left, as the language does that the person reads.
    pub rtl: bool,
}

impl Look {
    /// Text in logical order, simple emoji, no mouse.
    pub fn new(colours: Colours) -> Self {
        Self { colours, ..Self::default() }
    }

    /// Makes text from outside harmless; see [`cells::clean`]. Still in logical order: not to be printed as it is.
    pub fn clean(self, text: &str) -> String {
        cells::clean_as(text, self.emoji)
    }

    /// Whether this text runs from right to left.
    pub fn is_rtl(self, text: &str) -> bool {
        direction(text).map_or(self.rtl, Direction::is_right_to_left)
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
    use super::*;

    const APP: Look = Look { bidi: Bidi::App, emoji: Emoji::Simple, colours: Colours::None, mouse: false, rtl: false };

    #[test]
    fn a_line_is_cut_at_its_logical_end() {
        assert_eq!(APP.fit("parlor", 5), "parl…");
        // د د د د د from the right, and what was cut stands at the left.
        assert_eq!(APP.fit("ددددد", 5), "ﺩﺩﺩﺩﺩ");
        assert_eq!(APP.fit("دابدد", 4), "…ﺏﺍﺩ");
        assert_eq!(APP.pad("دا", 4), "ﺍﺩ  ");
        assert_eq!(Look::new(Colours::None).fit("دابدد", 4), "داب…");
        assert_eq!(APP.fit("دا", 0), "");
    }

    #[test]
    fn every_hostile_line_fits_in_every_mode() {
        for text in crate::cells::hostile::strings() {
            for bidi in [Bidi::App, Bidi::Terminal, Bidi::Off] {
                for emoji in [Emoji::Simple, Emoji::Full, Emoji::Names] {
                    for cells in 0..80 {
                        let line = Look { bidi, emoji, ..APP }.fit(&text, cells);
                        assert!(cells::width(&line) <= cells, "{line:?} in {cells}");
                        assert!(!line.contains(char::is_control));
                    }
                }
            }
        }
    }
}
