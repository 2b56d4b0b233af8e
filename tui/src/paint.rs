//! Printing on the screen without surprises: grapheme by grapheme, never past the edge.

use std::sync::Arc;

use cursive::Printer;
use cursive::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::links::Links;
use crate::look::Look;

/// Some clean text in one style.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// How it looks.
    pub style: Style,
    /// What it says; clean.
    pub text: String,
    /// Where it leads, if it is a link.
    pub link: Option<Arc<str>>,
}

impl Default for Piece {
    fn default() -> Self {
        Piece::new(crate::style::plain(), "")
    }
}

impl Piece {
    /// Both together.
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { style, text: text.into(), link: None }
    }
}

/// Prints clean text from a cell on and returns the cell behind it. What does not fit before the printer's right
/// edge is left out.
///
/// The toolkit's own `print` measures strings as a whole, which counts `لا` as one cell.
pub fn print(printer: &Printer, at: (usize, usize), style: Style, text: &str) -> usize {
    print_marked(printer, at, style, text, None)
}

fn print_marked(printer: &Printer, (mut x, y): (usize, usize), style: Style, text: &str, mark: Option<char>) -> usize {
    printer.with_style(style, |printer| {
        for grapheme in text.graphemes(true) {
            let cells = grapheme.width();
            if x + cells > printer.size.x {
                break;
            }
            match mark {
                Some(mark) if cells > 0 => printer.print((x, y), &format!("{grapheme}{mark}")),
                None if cells > 0 => printer.print((x, y), grapheme),
                Some(_) | None => {}
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

/// [`print_pieces`] with links that the terminal can follow.
pub fn print_linked(printer: &Printer, at: (usize, usize), links: &Links, pieces: &[Piece]) -> usize {
    pieces.iter().fold(at.0, |x, piece| match piece.link.as_ref().and_then(|address| links.mark(address)) {
        None => print(printer, (x, at.1), piece.style, &piece.text),
        Some(mark) => print_marked(printer, (x, at.1), piece.style, &piece.text, Some(mark)),
    })
}

/// Fills a row with spaces in this style.
pub fn fill(printer: &Printer, y: usize, style: Style) {
    printer.with_style(style, |printer| printer.print_hline((0, y), printer.size.x, " "));
}

/// The title of a dialog in its upper border.
pub fn heading(printer: &Printer, look: Look, title: &str) {
    let title = format!(" {} ", look.fit(title, printer.size.x.saturating_sub(6)));
    let x = if look.mirrored() { printer.size.x.saturating_sub(crate::cells::width(&title) + 2) } else { 2 };
    print(printer, (x, 0), crate::style::bold(), &title);
}

/// A bar over the whole width, of text in logical order; the right side stands if there is room for both, or if it is
/// the more pressing.
pub fn bar(printer: &Printer, y: usize, look: Look, (left, right): &(Piece, Piece)) {
    fill(printer, y, crate::style::bar());
    let width = printer.size.x;
    let pressing = right.style != crate::style::bar();
    let right_text = look.line(right.text.trim());
    let right_text = match (right_text.is_empty(), pressing, look.mirrored()) {
        (true, _, _) => right_text,
        (false, true, _) => format!(" {right_text} "),
        (false, false, true) => format!(" {right_text}"),
        (false, false, false) => format!("{right_text} "),
    };
    let right_cells = crate::cells::width(&right_text);
    let left_text = look.line(&left.text);
    let fits = crate::cells::width(&left_text) + 1 + right_cells < width;
    let left_cells = if fits || pressing { width.saturating_sub(right_cells) } else { width };
    let left_text = look.fit(&left.text, left_cells.saturating_sub(1));
    // From right to left, what is read first stands at the right edge.
    let (left_x, right_x) = match look.mirrored() {
        true => (width.saturating_sub(crate::cells::width(&left_text) + 1), 0),
        false => (1, left_cells),
    };
    print(printer, (left_x, y), left.style, &left_text);
    if left_cells < width {
        print(printer, (right_x, y), right.style, &right_text);
    }
}
