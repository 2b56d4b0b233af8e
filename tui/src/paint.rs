//! Printing on the screen without surprises: grapheme by grapheme, never past the edge.

use cursive::Printer;
use cursive::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Some clean text in one style.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// How it looks.
    pub style: Style,
    /// What it says; clean.
    pub text: String,
}

impl Piece {
    /// Both together.
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { style, text: text.into() }
    }
}

/// Prints clean text from a cell on and returns the cell behind it. What does not fit before the printer's right
/// edge is left out.
///
/// The toolkit's own `print` measures strings as a whole, which counts `لا` as one cell.
pub fn print(printer: &Printer, (mut x, y): (usize, usize), style: Style, text: &str) -> usize {
    printer.with_style(style, |printer| {
        for grapheme in text.graphemes(true) {
            let cells = grapheme.width();
            if x + cells > printer.size.x {
                break;
            }
            if cells > 0 {
                printer.print((x, y), grapheme);
            }
            x += cells;
        }
    });
    x
}

/// Prints pieces one behind the other and returns the cell behind the last.
pub fn print_pieces<'a>(printer: &Printer, at: (usize, usize), pieces: impl IntoIterator<Item = &'a Piece>) -> usize {
    pieces.into_iter().fold(at.0, |x, piece| print(printer, (x, at.1), piece.style, &piece.text))
}

/// Fills a row with spaces in this style.
pub fn fill(printer: &Printer, y: usize, style: Style) {
    printer.with_style(style, |printer| printer.print_hline((0, y), printer.size.x, " "));
}
