//! Laying out: lines, order, alignment, ellipsis. All of it in pixels of the screen.

use std::sync::OnceLock;

use parley::layout::{Alignment, AlignmentOptions};
use parley::style::{FontStyle, LineHeight, OverflowWrap};
use parley::{FontContext, FontData, Layout, LayoutContext, StyleProperty};

use super::Look;
use super::cache::Manner;
use super::fonts::families;
use super::shown::Shown;

/// What lays out, with what it keeps between two texts.
pub(super) struct Shaper {
    pub(super) fonts: FontContext,
    pub(super) layouts: LayoutContext<()>,
    /// Whether what has no direction of its own runs from right to left.
    pub(super) otherwise_rtl: bool,
}

/// A text that is laid out for a width.
pub(crate) struct Shaped {
    pub(super) shown: Shown,
    pub(super) layout: Layout<()>,
    /// Pixels per point.
    pub(super) scale: f32,
    /// How much room it takes, in pixels: a paragraph that begins at the right takes the whole width.
    pub(super) size: [f32; 2],
    manner: Manner,
    /// Whether its end was left out.
    pub(super) is_cut: bool,
    glyphs: OnceLock<Glyphs>,
}

/// The glyphs of a layout, ready to be painted.
#[derive(Default)]
pub(super) struct Glyphs {
    pub(super) styles: Vec<Style>,
    pub(super) placed: Vec<Placed>,
}

/// What glyphs of one run have in common.
pub(super) struct Style {
    pub(super) font: FontData,
    pub(super) size: f32,
    pub(super) coords: Vec<i16>,
    /// Degrees by which upright letters are slanted.
    pub(super) skew: f32,
    /// Offset of an underline from the base line, downwards, and its thickness.
    pub(super) underline: [f32; 2],
}

/// A glyph and where it stands, from the upper left corner of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) style: u32,
    pub(super) id: u32,
    pub(super) x: f32,
    pub(super) y: f32,
    /// The byte of what is drawn that it begins at.
    pub(super) byte: u32,
}

impl Shaper {
    /// Lays `text` out within `width` pixels.
    pub(super) fn shape(&mut self, text: &str, look: Look, width: f32, scale: f32) -> Shaped {
        let flat = look.lines_max.is_some();
        let shown = match look.own {
            true => Shown::running(text, flat, self.otherwise_rtl),
            false => Shown::new(text, flat, self.otherwise_rtl),
        };
        match look.lines_max {
            None => self.finish(shown, look, width, scale, false),
            Some(most) => self.shape_within(shown, look, width, scale, most.max(1)),
        }
    }

    /// Lays `text` out on one line of its own length, for fields that are scrolled to the sides.
    pub(super) fn shape_free(&mut self, text: &str, look: Look, scale: f32) -> Shaped {
        self.finish(Shown::new(text, true, self.otherwise_rtl), look.one_line(), f32::INFINITY, scale, false)
    }

    /// At most `most` lines; what is too much gives way to an ellipsis.
    fn shape_within(&mut self, mut shown: Shown, look: Look, width: f32, scale: f32, most: usize) -> Shaped {
        // Nothing narrower than an eighth of its height is expected; what is longer anyway is laid out for nothing.
        let plenty = ((width / (look.size * scale).max(1.0) * 8.0) as usize).saturating_add(64).saturating_mul(most);
        let mut is_cut = false;
        if let Some((end, _)) = shown.text.char_indices().nth(plenty) {
            shown.cut(end);
            is_cut = true;
        }
        let whole = self.finish(shown.clone(), look, width, scale, is_cut);
        if fits(&whole.layout, width, most) {
            return whole;
        }
        let ellipsis = self.build("…", look, scale, None).full_width();
        let mut end = room_for(&whole.layout, width - ellipsis, most);
        // What stands before an ellipsis may be shaped otherwise than within the whole: then a bit more has to go.
        for back in [0, 1, 1, 2, 4, 8, 16, 32, 64] {
            for _ in 0..back {
                end = before(&shown.text, end.min(shown.text.len())).max(shown.mark);
            }
            let mut shorter = shown.clone();
            shorter.cut(trimmed(&shown.text, end).max(shown.mark));
            let shaped = self.finish(shorter, look, width, scale, true);
            if fits(&shaped.layout, width, most) || end <= shown.mark {
                return shaped;
            }
        }
        shown.cut(shown.mark);
        self.finish(shown, look, width, scale, true)
    }

    fn finish(&mut self, shown: Shown, look: Look, width: f32, scale: f32, is_cut: bool) -> Shaped {
        let one_line = look.lines_max == Some(1);
        let layout = self.build(&shown.text, look, scale, (!one_line).then_some(width));
        let natural = layout.width().ceil();
        let taken = if layout.is_rtl() && !one_line { width.max(natural) } else { natural };
        let size = [taken, layout.height().ceil()];
        let manner = Manner::new(look, if one_line { f32::INFINITY } else { width }, scale, self.otherwise_rtl);
        Shaped { shown, layout, scale, size, manner, is_cut, glyphs: OnceLock::new() }
    }

    fn build(&mut self, text: &str, look: Look, scale: f32, width: Option<f32>) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, scale, true);
        builder.push_default(families(look.signs));
        builder.push_default(StyleProperty::FontSize(look.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::Absolute(look.line_height())));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if look.italics {
            builder.push_default(StyleProperty::FontStyle(FontStyle::Italic));
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(width);
        layout.align(Alignment::Start, AlignmentOptions::default());
        layout
    }
}

impl Shaped {
    /// Whether it was laid out so: within `width` points, or free of any.
    pub(crate) fn is_for(&self, look: Look, width: Option<f32>, scale: f32, otherwise_rtl: bool) -> bool {
        let manner = match width {
            Some(width) => Manner::new(look, pixels(width, scale), scale, otherwise_rtl),
            None => Manner::new(look.one_line(), f32::INFINITY, scale, otherwise_rtl),
        };
        self.manner == manner
    }

    /// The layout, in pixels.
    pub(crate) fn layout(&self) -> &Layout<()> {
        &self.layout
    }

    /// What is laid out.
    pub(crate) fn text(&self) -> &str {
        &self.shown.text
    }

    /// The byte of what is laid out at which the text itself begins.
    pub(crate) fn start(&self) -> usize {
        self.shown.mark
    }

    /// Whether it runs from right to left.
    pub(crate) fn is_rtl(&self) -> bool {
        self.shown.rtl
    }

    /// The byte of the text that is laid out at byte `drawn`.
    pub(crate) fn source(&self, drawn: usize) -> usize {
        self.shown.source(drawn)
    }

    /// Where byte `source` of the text is laid out.
    pub(crate) fn drawn(&self, source: usize) -> usize {
        self.shown.drawn(source)
    }

    /// Pixels per point.
    pub(crate) fn scale(&self) -> f32 {
        self.scale
    }

    /// How high it is, in points.
    pub(crate) fn height(&self) -> f32 {
        self.size[1] / self.scale
    }

    /// How wide its longest line is, with the spaces at its end, in points.
    pub(crate) fn natural_width(&self) -> f32 {
        self.layout.full_width() / self.scale
    }

    /// Its glyphs in the order in which they are drawn.
    pub(super) fn glyphs(&self) -> &Glyphs {
        self.glyphs.get_or_init(|| Glyphs::of(&self.layout))
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        // A cluster, a glyph and where it is placed, for about every character; a line, a run and its style.
        512 + self.shown.text.len() * 40 + self.layout.len() * 256
    }
}

impl Glyphs {
    fn of(layout: &Layout<()>) -> Self {
        let mut all = Self::default();
        for line in layout.lines() {
            let metrics = line.metrics();
            let mut x = metrics.offset + metrics.inline_min_coord;
            for run in line.runs() {
                let style = u32::try_from(all.styles.len()).unwrap_or(u32::MAX);
                all.styles.push(Style {
                    font: run.font().clone(),
                    size: run.font_size(),
                    coords: run.normalized_coords().to_vec(),
                    skew: run.synthesis().skew().unwrap_or(0.0),
                    underline: [-run.metrics().underline_offset, run.metrics().underline_size],
                });
                for cluster in run.visual_clusters() {
                    let byte = u32::try_from(cluster.text_range().start).unwrap_or(u32::MAX);
                    for glyph in cluster.glyphs() {
                        let (left, y) = (x + glyph.x, metrics.baseline + glyph.y);
                        all.placed.push(Placed { style, id: glyph.id, x: left, y, byte });
                        x += glyph.advance;
                    }
                }
            }
        }
        all
    }
}

/// A width of points in whole pixels.
pub(super) fn pixels(width: f32, scale: f32) -> f32 {
    (width.max(1.0) * scale).floor()
}

fn fits(layout: &Layout<()>, width: f32, most: usize) -> bool {
    layout.len() <= most && layout.width() <= width + 0.5
}

/// The byte up to which the text fits, with the last of `most` lines within `width`.
fn room_for(layout: &Layout<()>, width: f32, most: usize) -> usize {
    let Some(line) = layout.get(most.min(layout.len()).saturating_sub(1)) else { return 0 };
    let mut clusters: Vec<(usize, f32)> = Vec::new();
    for run in line.runs() {
        clusters.extend(run.clusters().map(|cluster| (cluster.text_range().start, cluster.advance())));
    }
    clusters.sort_by_key(|(at, _)| *at);
    let mut left = width;
    for (at, advance) in clusters {
        left -= advance;
        if left < 0.0 {
            return at;
        }
    }
    line.text_range().end
}

fn before(text: &str, end: usize) -> usize {
    text[..end].char_indices().next_back().map_or(0, |(at, _)| at)
}

/// `end` without the spaces before it.
fn trimmed(text: &str, end: usize) -> usize {
    text.get(..end).map_or(end, |text| text.trim_end().len())
}
