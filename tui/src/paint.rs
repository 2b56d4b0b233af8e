//! Printing on the screen without surprises: grapheme by grapheme, never past the edge.

use cursive::Printer;
use cursive::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::look::Look;

/// Some clean text in one style.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// How it looks.
    pub style: Style,
    /// What it says; clean.
    pub text: String,
}

impl Default for Piece {
    fn default() -> Self {
        Piece::new(crate::style::plain(), "")
    }
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

/// A bar over the whole width, of text in logical order; the right side stands if there is room for both, or if it is
/// the more pressing.
pub fn bar(printer: &Printer, y: usize, look: Look, (left, right): &(Piece, Piece)) {
    fill(printer, y, crate::style::bar());
    let width = printer.size.x;
    let right_text = look.line(&right.text);
    let right_cells = crate::cells::width(&right_text);
    let pressing = right.style != crate::style::bar();
    let left_text = look.line(&left.text);
    let fits = crate::cells::width(&left_text) + 1 + right_cells < width;
    let left_cells = if fits || pressing { width.saturating_sub(right_cells) } else { width };
    print(printer, (1, y), left.style, &look.fit(&left.text, left_cells.saturating_sub(1)));
    if left_cells < width {
        print(printer, (left_cells, y), right.style, &right_text);
    }
}
