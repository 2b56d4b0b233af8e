//! The one place that draws text: everything a person wrote, and everything that is translated.
//!
//! The toolkit shapes letters but knows no right-to-left text: it puts the words of a Persian sentence in reverse order.
//! So texts are laid out by parley (UAX #9 order, wrapping, selection) and painted from an atlas of glyphs, which
//! vello rasterises. [`lay`] lays out, [`Laid`] is measured and painted; [`caption`], [`Button`] and [`tip`] are the
//! widgets made of it. Layouts and glyphs are kept for as long as they are used, within bounds.

mod atlas;
mod cache;
mod engine;
mod fonts;
#[cfg(test)]
pub(crate) mod hostile;
mod laid;
mod paint;
mod select;
mod shape;
mod shown;
#[cfg(test)]
mod tests;
mod widgets;

pub(crate) use fonts::install;
pub(crate) use laid::{Laid, lay, shape_free, shape_wrapped};
pub(crate) use paint::Paint;
pub(crate) use select::{Spot, clear_selection, copied, dragged_past, has_selection, letter_at};
pub(crate) use shape::Shaped;
pub(crate) use widgets::{Button, Tip, button, caption, centered, checkbox, menu_button, user_text};

use eframe::egui::Color32;

/// Height of a line, by that of its letters.
const LINE: f32 = 1.35;

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    /// Height of the letters, in points.
    pub(crate) size: f32,
    /// Their colour.
    pub(crate) color: Color32,
    /// Slanted.
    pub(crate) italics: bool,
    /// On so many lines at most, cut off with an ellipsis, and with its own line ends left out.
    pub(crate) lines_max: Option<usize>,
    /// Signs in the colour of the text, the same on every machine, rather than as pictures.
    pub(crate) signs: bool,
    /// A sentence of the program itself: it runs as its language does, whatever name it begins with.
    pub(crate) own: bool,
}

impl Look {
    /// Upright, wrapped.
    pub(crate) fn new(size: f32, color: Color32) -> Self {
        Self { size, color, italics: false, lines_max: None, signs: false, own: false }
    }

    /// The same, of the program's own sentences.
    pub(crate) fn own(self) -> Self {
        Self { own: true, ..self }
    }

    /// The same, slanted.
    pub(crate) fn italics(self) -> Self {
        Self { italics: true, ..self }
    }

    /// The same, on one line.
    pub(crate) fn one_line(self) -> Self {
        self.lines(1)
    }

    /// The same, on at most `most` lines.
    pub(crate) fn lines(self, most: usize) -> Self {
        Self { lines_max: Some(most), ..self }
    }

    /// Height of a line of it, in points.
    pub(crate) fn line_height(self) -> f32 {
        (self.size * LINE).round()
    }
}
