//! A paragraph as units that take cells: broken into lines in logical order, drawn in visual order.

use std::borrow::Cow;
use std::ops::Range;

use unicode_bidi::{BidiClass, BidiInfo, Level, ParagraphBidiInfo, bidi_class};
use unicode_bidi_mirroring::get_mirrored;
use unicode_segmentation::UnicodeSegmentation;

use super::{Bidi, matters, shape};
use crate::cells;

/// What is drawn and walked over as one: a grapheme, or what stands for one, or a lam and an alef in one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Where it stands in the text it was made of, in bytes of that.
    pub at: Range<usize>,
    /// What is printed; clean. Empty where it takes no cell.
    pub shown: String,
    /// How many cells that takes.
    pub cells: usize,
    space: bool,
    class: BidiClass,
    level: Level,
}

impl Unit {
    /// Whether a line may end behind it.
    pub fn is_space(&self) -> bool {
        self.space
    }
}

/// Clean text of one paragraph, measured.
#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    units: Vec<Unit>,
    /// Whether units may stand in another order than they are drawn in.
    turns: bool,
    rtl: bool,
}

impl Paragraph {
    /// A paragraph of clean text in its graphemes. `rtl`: whether it runs from right to left
    /// ([`parlor_core::text::direction`]).
    pub fn new(text: &str, bidi: Bidi, rtl: bool) -> Self {
        let pieces =
            text.grapheme_indices(true).map(|(at, grapheme)| (at..at + grapheme.len(), Cow::Borrowed(grapheme)));
        Self::of_pieces(pieces, bidi, rtl, None)
    }

    /// A paragraph of pieces in logical order, none of which is ever broken: where each stands in the caller's text,
    /// and the clean text that is shown for it. At `caret` two letters do not become one, so that it has a cell of its
    /// own to stand on.
    pub fn of_pieces<'a>(
        pieces: impl IntoIterator<Item = (Range<usize>, Cow<'a, str>)>,
        bidi: Bidi,
        rtl: bool,
        caret: Option<usize>,
    ) -> Self {
        let mut text = String::new();
        let mut units = Vec::new();
        for (at, shown) in pieces {
            text.push_str(&shown);
            let class = shown.chars().next().map_or(BidiClass::BN, bidi_class);
            units.push(Unit {
                at,
                cells: cells::width(&shown),
                space: shown == " ",
                shown: shown.into_owned(),
                class,
                level: Level::ltr(),
            });
        }
        let turns = bidi == Bidi::App && (rtl || matters(&text));
        let mut paragraph = Self { units, turns, rtl };
        if turns {
            paragraph.resolve(&text);
            paragraph.join(&text, caret);
        }
        paragraph
    }

    /// Whether it runs from right to left.
    pub fn is_rtl(&self) -> bool {
        self.rtl
    }

    /// Its units in logical order.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The cells that these units take.
    pub fn cells(&self, units: Range<usize>) -> usize {
        self.units.get(units).unwrap_or_default().iter().map(|unit| unit.cells).sum()
    }

    /// The levels of UAX #9, rules X1 to I2, and mirrored characters, rule L4.
    fn resolve(&mut self, text: &str) {
        let base = if self.rtl { Level::rtl() } else { Level::ltr() };
        let info = ParagraphBidiInfo::new(text, Some(base));
        let mut at = 0;
        for unit in &mut self.units {
            unit.level = info.levels.get(at).copied().unwrap_or(base);
            at += unit.shown.len();
            if unit.level.is_rtl()
                && let Some(mirrored) = unit.shown.chars().next().and_then(get_mirrored)
                && unit.shown.graphemes(true).nth(1).is_none()
            {
                unit.shown = mirrored.to_string() + unit.shown.trim_start_matches(|c| get_mirrored(c).is_some());
            }
        }
    }

    /// Joined letter forms, lam and alef in one.
    fn join(&mut self, text: &str, caret: Option<usize>) {
        let forms = shape::shape(text);
        let mut logical = text.chars();
        let mut forms = forms.into_iter();
        // The letter that the unit before ends with, and its form.
        let mut lam: Option<(char, char)> = None;
        let mut joined: Vec<Unit> = Vec::with_capacity(self.units.len());
        for mut unit in self.units.drain(..) {
            let count = unit.shown.chars().count();
            let pairs: Vec<(char, char)> = logical.by_ref().zip(forms.by_ref()).take(count).collect();
            let first = pairs.first().copied();
            if pairs.iter().any(|(c, form)| c != form) {
                unit.shown = pairs.iter().map(|(_, form)| *form).filter(|c| !shape::is_joining_control(*c)).collect();
            }
            let ligature = lam.zip(first).and_then(|((a, a_form), (b, b_form))| shape::lam_alef(a, a_form, b, b_form));
            lam = first;
            match (ligature, joined.last_mut()) {
                (Some(letter), Some(before)) if caret != Some(unit.at.start) => {
                    // Marks of both stand upon the one letter.
                    let marks = before.shown.chars().skip(1).chain(unit.shown.chars().skip(1));
                    before.shown = std::iter::once(letter).chain(marks).collect();
                    before.cells = cells::width(&before.shown);
                    before.at.end = unit.at.end;
                }
                _ => joined.push(unit),
            }
        }
        self.units = joined;
    }

    /// Breaks it into ranges of units that fit: the first line has `first` cells, of which `x` are taken by something
    /// that a line may end behind, the others have `rest`. Between words where that is possible; spaces at a break hang
    /// over the edge. Nothing is left out, and there is always one range; the first is empty where nothing fits.
    pub fn wrap(&self, x: usize, first: usize, rest: usize) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut start, mut x, mut limit) = (0, x, first.max(1));
        let mut word: Option<(usize, usize)> = (x > 0).then_some((0, x));
        let mut may_be_empty = x > 0;
        for (at, unit) in self.units.iter().enumerate() {
            if unit.space {
                x += 1;
                word = Some((at + 1, x));
                continue;
            }
            while x + unit.cells > limit && (at > start || may_be_empty) {
                let (end, used) = word.take().filter(|(end, _)| *end > start || may_be_empty).unwrap_or((at, x));
                may_be_empty = false;
                lines.push(start..end);
                start = end;
                x -= used;
                limit = rest.max(1);
            }
            x += unit.cells;
        }
        lines.push(start..self.units.len());
        lines
    }

    /// A line without the spaces at its end.
    pub fn trimmed(&self, line: Range<usize>) -> Range<usize> {
        let spaces =
            self.units.get(line.clone()).unwrap_or_default().iter().rev().take_while(|unit| unit.space).count();
        line.start..line.end - spaces
    }

    /// The units of a line, from left to right as drawn: UAX #9, rules L1 and L2. Indices into [`Paragraph::units`].
    pub fn visual(&self, line: Range<usize>) -> Vec<usize> {
        let start = line.start;
        if !self.turns {
            return line.collect();
        }
        let units = self.units.get(line).unwrap_or_default();
        let mut levels: Vec<Level> = units.iter().map(|unit| unit.level).collect();
        let base = if self.rtl { Level::rtl() } else { Level::ltr() };
        for (unit, level) in units.iter().zip(&mut levels).rev() {
            if !hangs(unit.class) {
                break;
            }
            *level = base;
        }
        BidiInfo::reorder_visual(&levels).into_iter().map(|at| start + at).collect()
    }

    /// A line as drawn, in runs of units with the same key.
    pub fn runs<K: PartialEq>(&self, line: Range<usize>, key: impl Fn(&Unit) -> K) -> Vec<(K, String)> {
        let mut runs: Vec<(K, Vec<&str>)> = Vec::new();
        for unit in self.visual(line).into_iter().filter_map(|at| self.units.get(at)).filter(|unit| unit.cells > 0) {
            let here = key(unit);
            match runs.last_mut() {
                Some((last, shown)) if *last == here => shown.push(&unit.shown),
                _ => runs.push((here, vec![&unit.shown])),
            }
        }
        runs.into_iter().map(|(key, shown)| (key, glue(&shown))).collect()
    }

    /// A line as drawn.
    pub fn drawn(&self, line: Range<usize>) -> String {
        self.runs(line, |_| ()).into_iter().map(|(_, text)| text).collect()
    }
}

/// Whether this at the end of a line goes where the paragraph ends (rule L1).
fn hangs(class: BidiClass) -> bool {
    matches!(
        class,
        BidiClass::WS
            | BidiClass::S
            | BidiClass::B
            | BidiClass::BN
            | BidiClass::LRE
            | BidiClass::RLE
            | BidiClass::LRO
            | BidiClass::RLO
            | BidiClass::PDF
            | BidiClass::LRI
            | BidiClass::RLI
            | BidiClass::FSI
            | BidiClass::PDI
    )
}

/// Puts units side by side. In another order than they came in some would join into one grapheme, wider than any may be:
/// those are held apart.
fn glue(shown: &[&str]) -> String {
    let text = shown.concat();
    let mut edges = shown.iter().scan(0, |at, unit| {
        *at += unit.len();
        Some(*at)
    });
    let mut graphemes = text.grapheme_indices(true).map(|(at, grapheme)| at + grapheme.len());
    let apart = edges.all(|edge| graphemes.by_ref().find(|end| *end >= edge) == Some(edge));
    if apart { text } else { shown.join(cells::APART_TEXT) }
}

#[cfg(test)]
mod tests {
    use parlor_core::text::{Direction, direction};

    use super::*;

    fn paragraph(text: &str) -> Paragraph {
        let rtl = direction(text).is_some_and(Direction::is_right_to_left);
        Paragraph::new(&cells::clean(text), Bidi::App, rtl)
    }

    fn drawn(text: &str) -> String {
        let paragraph = paragraph(text);
        paragraph.drawn(0..paragraph.units().len())
    }

    /// Samples worked out by hand after UAX #9; each line of the table names the rules it is about.
    #[test]
    fn lines_are_drawn_in_the_order_of_uax_9() {
        for (rules, text, visual) in [
            ("L2", "דגבא", "אבגד"),
            ("L1: spaces at the end go where the paragraph ends", "a דג  ", "a גד  "),
            ("L1: spaces at the end go where the paragraph ends", "דג ab  ", "  ab גד"),
            ("P2 P3: the first letter decides", "ab דגבא", "ab אבגד"),
            ("P2 P3: the first letter decides", "אב cd", "cd בא"),
            ("W2 W7: digits behind Latin letters", "a ۱۲۳ ب", "a ۱۲۳ ﺏ"),
            ("I1: digits run to the right in Persian", "در ۱۲۳۴ ماه", "ﻩﺎﻣ ۱۲۳۴ ﺭﺩ"),
            ("I1: European ones too", "در 55 ماه", "ﻩﺎﻣ 55 ﺭﺩ"),
            ("W4 W6: separators between digits", "در 12:30", "12:30 ﺭﺩ"),
            ("W2: behind Arabic letters digits are Arabic, and signs beside them follow", "در 50%", "%50 ﺭﺩ"),
            ("W5: behind Hebrew ones they are European", "דג 50%", "50% גד"),
            ("N1: what stands between two of a kind", "a דג בא b", "a אב גד b"),
            ("N2: the rest follows the paragraph", "دوم!", "!ﻡﻭﺩ"),
            ("N2: the rest follows the paragraph", "ok דג!", "ok גד!"),
            ("L4: brackets turn around", "(دوم)", "(ﻡﻭﺩ)"),
            ("L4: so do quotes", "«دوم» است", "ﺖﺳﺍ «ﻡﻭﺩ»"),
            ("N0: a pair keeps together", "a (דג) b", "a (גד) b"),
            ("N0: a pair keeps together", "דג (ab) בא", "אב (ab) גד"),
            ("Persian with a link", "ببین https://a.example/?q=1 را", "ﺍﺭ https://a.example/?q=1 ﻦﯿﺒﺑ"),
            ("X5a: an isolate", "דג \u{2066}ab (1)\u{2069} בא", "אב ab (1) גד"),
            ("X9: marks take no cell", "a\u{200F}!", "a!"),
            ("overrides do not override", "\u{202E}abc\u{202C}", "abc"),
            ("L3: marks stay on their letters", "שָׁ", "שָׁ"),
            ("joined letters", "سلام دنیا", "ﺎﯿﻧﺩ ﻡﻼﺳ"),
            ("a combining hamza", "نسخه\u{654} ما", "ﺎﻣ ﻪ\u{654}ﺨﺴﻧ"),
            ("a non-joiner", "می\u{200C}خواهم", "ﻢﻫﺍﻮﺧﯽﻣ"),
            ("marks between lam and alef", "لًا", "ﻻ\u{64B}"),
        ] {
            assert_eq!(drawn(text), visual, "{rules}: {text}");
        }
    }

    #[test]
    fn what_is_drawn_takes_the_cells_that_were_counted_and_no_letter_vanishes() {
        for (text, cells) in [("سلام", 3), ("لا", 1), ("لالا", 2), ("لآلأ", 2), ("می\u{200C}خواهم", 7), ("نسخه\u{654}", 4)]
        {
            let paragraph = paragraph(text);
            let all = 0..paragraph.units().len();
            assert_eq!(paragraph.cells(all.clone()), cells, "{text}");
            assert_eq!(crate::cells::width(&paragraph.drawn(all)), cells, "{text}");
        }
        for text in crate::cells::hostile::strings() {
            let paragraph = paragraph(&text);
            let all = 0..paragraph.units().len();
            assert_eq!(crate::cells::width(&paragraph.drawn(all.clone())), paragraph.cells(all), "{text:?}");
        }
    }

    #[test]
    fn every_unit_is_drawn_once_on_one_line_at_every_width() {
        for text in crate::cells::hostile::strings() {
            let paragraph = paragraph(&text);
            for cells in 1..=80 {
                let lines = paragraph.wrap(0, cells, cells);
                let mut all: Vec<usize> = lines.iter().flat_map(|line| paragraph.visual(line.clone())).collect();
                all.sort_unstable();
                assert!(all.into_iter().eq(0..paragraph.units().len()), "{text:?} in {cells}");
            }
        }
    }

    #[test]
    fn wrapping_breaks_between_words_and_loses_nothing() {
        let text = "one two three fourfivesix";
        let paragraph = Paragraph::new(text, Bidi::Off, false);
        let lines = paragraph.wrap(0, 8, 6).into_iter().map(|line| paragraph.drawn(line));
        assert_eq!(lines.collect::<Vec<_>>(), ["one two ", "three ", "fourfi", "vesix"]);
        let behind_a_nick = paragraph.wrap(6, 8, 6).into_iter().map(|line| paragraph.drawn(line));
        assert_eq!(behind_a_nick.collect::<Vec<_>>(), ["", "one ", "two ", "three ", "fourfi", "vesix"]);
    }

    #[test]
    fn styles_stay_with_their_letters() {
        let text = "این https://a.example است";
        let link = text.find("https").unwrap()..text.find(" است").unwrap();
        let paragraph = paragraph(text);
        let runs = paragraph.runs(0..paragraph.units().len(), |unit| link.contains(&unit.at.start));
        let shown: Vec<(bool, &str)> = runs.iter().map(|(linked, text)| (*linked, text.as_str())).collect();
        assert_eq!(shown, [(false, "ﺖﺳﺍ "), (true, "https://a.example"), (false, " ﻦﯾﺍ")]);
    }
}
