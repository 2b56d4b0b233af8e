//! Glyphs as pictures: each is rasterised once for its size and its place between pixels, onto pages that are textures.

use std::collections::HashMap;

use eframe::egui::epaint::textures::TextureOptions;
use eframe::egui::{self, Color32, ColorImage, Rect, TextureHandle, TextureId, Vec2, pos2, vec2};
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::Affine;
use vello_cpu::{Pixmap, RenderContext, Resources};

use super::shape::Style;

/// Width and height of a page, in pixels; its texture takes 4 MiB.
const PAGE: usize = 1024;
/// Most pages at once.
const PAGES_MAX: usize = 8;
/// Most glyphs and fonts that are remembered from one frame to the next; more than fill the pages, as a rule.
const SPRITES_MAX: usize = 1 << 15;
const FONTS_MAX: usize = 256;
/// Between two glyphs, so that none shows at the edge of its neighbour.
const AIR: usize = 1;
/// A glyph is placed on a quarter of a pixel.
pub(super) const BINS: f32 = 4.0;

/// A glyph as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The font, as [`Atlas::font`] counts them.
    pub(super) font: u32,
    /// The glyph in it.
    pub(super) glyph: u32,
    /// Height of the letters in pixels, as bits.
    pub(super) size: u32,
    /// How many quarters of a pixel it stands to the right of one.
    pub(super) bin: u8,
    /// Light letters on dark are drawn a little stronger, or they look thin.
    pub(super) light: bool,
}

/// Where a glyph lies on a page, and relative to its origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sprite {
    pub(super) texture: TextureId,
    pub(super) uv: Rect,
    /// From the origin of the glyph to the upper left corner of its picture, in pixels.
    pub(super) offset: Vec2,
    /// In pixels.
    pub(super) size: Vec2,
    /// It has colours of its own.
    pub(super) is_coloured: bool,
    page: usize,
}

struct Page {
    texture: TextureHandle,
    /// Where the next glyph goes, and how high the row of glyphs there is.
    at: [usize; 2],
    row: usize,
    used: u64,
}

/// What a font is told apart by: its data, its face in there, where it stands on its axes, how it is slanted.
type FontKey = (u64, u32, Vec<i16>, u32);

/// Every glyph that was drawn lately.
pub(super) struct Atlas {
    pages: Vec<Page>,
    sprites: HashMap<Key, Option<Sprite>>,
    fonts: HashMap<FontKey, u32>,
    /// The frame that is drawn.
    now: u64,
    /// It began with empty pages.
    begun_anew: bool,
    /// There is no room for all of it.
    refused: bool,
    /// Nor was there with empty pages, the last time: what is drawn just now never fits.
    too_much: bool,
    canvas: RenderContext,
    resources: Resources,
}

impl Atlas {
    /// Empty.
    pub(super) fn new() -> Self {
        Self {
            pages: Vec::new(),
            sprites: HashMap::new(),
            fonts: HashMap::new(),
            now: u64::MAX,
            begun_anew: false,
            refused: false,
            too_much: false,
            canvas: RenderContext::new(64, 64),
            resources: Resources::new(),
        }
    }

    /// To be told before anything is drawn in frame `now`. Only between two frames may everything go: what was drawn in
    /// a frame is shown at its end.
    pub(super) fn begin(&mut self, now: u64) {
        if self.now == now {
            return;
        }
        self.now = now;
        let refused = std::mem::take(&mut self.refused);
        self.too_much = refused && (self.begun_anew || self.too_much);
        self.begun_anew =
            (refused && !self.begun_anew) || self.sprites.len() > SPRITES_MAX || self.fonts.len() > FONTS_MAX;
        if self.begun_anew {
            self.sprites.clear();
            self.fonts.clear();
            self.pages.iter_mut().for_each(Page::empty);
        }
    }

    /// The number of the font of a run.
    pub(super) fn font(&mut self, style: &Style) -> u32 {
        let key = (style.font.data.id(), style.font.index, style.coords.clone(), style.skew.to_bits());
        let next = u32::try_from(self.fonts.len()).unwrap_or(u32::MAX);
        *self.fonts.entry(key).or_insert(next)
    }

    /// The picture of a glyph; `None` for one that shows nothing, and for one that there is no room for in this frame.
    pub(super) fn sprite(&mut self, ctx: &egui::Context, key: Key, style: &Style) -> Option<Sprite> {
        if let Some(known) = self.sprites.get(&key) {
            if let Some(page) = known.and_then(|sprite| self.pages.get_mut(sprite.page)) {
                page.used = self.now;
            }
            return *known;
        }
        let picture = self.rasterise(key, style).filter(Picture::fits_on_a_page);
        let is_blank = picture.is_none();
        let sprite = picture.and_then(|picture| self.place(ctx, picture));
        if sprite.is_some() || is_blank {
            self.sprites.insert(key, sprite);
            return sprite;
        }
        // The next frame has empty pages. Where those do not do either, asking again would never end.
        if !std::mem::replace(&mut self.refused, true) && !self.begun_anew && !self.too_much {
            ctx.request_repaint();
        }
        None
    }

    fn place(&mut self, ctx: &egui::Context, picture: Picture) -> Option<Sprite> {
        let [width, height] = picture.image.size;
        let index = self.room_on(ctx, width + AIR, height + AIR)?;
        let page = self.pages.get_mut(index)?;
        let at = page.at;
        page.at[0] += width + AIR;
        page.row = page.row.max(height + AIR);
        page.used = self.now;
        page.texture.set_partial(at, picture.image, TextureOptions::LINEAR);
        let corner = pos2(at[0] as f32, at[1] as f32);
        let size = vec2(width as f32, height as f32);
        Some(Sprite {
            texture: page.texture.id(),
            uv: Rect::from_min_max(corner / PAGE as f32, (corner + size) / PAGE as f32),
            offset: picture.offset,
            size,
            is_coloured: picture.is_coloured,
            page: index,
        })
    }

    /// A page on which a picture of this size fits at [`Page::at`].
    fn room_on(&mut self, ctx: &egui::Context, width: usize, height: usize) -> Option<usize> {
        for (index, page) in self.pages.iter_mut().enumerate() {
            if page.has_room(width, height) {
                return Some(index);
            }
        }
        if self.pages.len() < PAGES_MAX {
            let blank = ColorImage::filled([PAGE, PAGE], Color32::TRANSPARENT);
            let texture = ctx.load_texture("glyphs", blank, TextureOptions::LINEAR);
            self.pages.push(Page { texture, at: [0, 0], row: 0, used: self.now });
            return Some(self.pages.len() - 1);
        }
        // What was drawn in this frame must stay. One page is emptied, the one that was used longest ago.
        let (index, page) = self.pages.iter_mut().enumerate().min_by_key(|(_, page)| page.used)?;
        if page.used == self.now {
            return None;
        }
        page.empty();
        self.sprites.retain(|_, sprite| sprite.is_none_or(|sprite| sprite.page != index));
        Some(index)
    }

    /// Draws a glyph onto a canvas and cuts out what it covers.
    fn rasterise(&mut self, key: Key, style: &Style) -> Option<Picture> {
        let em = style.size.max(1.0);
        // Room for one em around the em box, and for glyphs that are words.
        let mut width = (em * 4.0).ceil();
        loop {
            let (canvas_width, canvas_height) =
                (width.min(PAGE as f32) as u16, (em * 4.0).ceil().min(PAGE as f32) as u16);
            let origin = vec2(em.round(), (em * 2.5).round());
            self.canvas.reset_and_resize(canvas_width, canvas_height);
            self.canvas.set_paint(AlphaColor::<Srgb>::WHITE);
            let glyph = vello_cpu::Glyph { id: key.glyph, x: origin.x + f32::from(key.bin) / BINS, y: origin.y };
            let mut run = self
                .canvas
                .glyph_run(&mut self.resources, &style.font)
                .font_size(style.size)
                .hint(false)
                .normalized_coords(&style.coords);
            if style.skew != 0.0 {
                run = run.glyph_transform(Affine::skew(f64::from(style.skew).to_radians().tan(), 0.0));
            }
            run.fill_glyphs(std::iter::once(glyph));
            self.canvas.flush();
            let mut pixmap = Pixmap::new(canvas_width, canvas_height);
            self.canvas.render(&mut pixmap, &mut self.resources);
            let picture = Picture::cut_out(&pixmap, origin, key.light)?;
            let is_whole = picture.offset.x + origin.x + (picture.image.width() as f32) < f32::from(canvas_width);
            if is_whole || width >= PAGE as f32 {
                return Some(picture);
            }
            width *= 4.0;
        }
    }
}

impl Page {
    fn empty(&mut self) {
        (self.at, self.row) = ([0, 0], 0);
        self.texture.set(ColorImage::filled([PAGE, PAGE], Color32::TRANSPARENT), TextureOptions::LINEAR);
    }

    /// Whether a picture fits; begins a new row of glyphs if that is needed for it.
    fn has_room(&mut self, width: usize, height: usize) -> bool {
        if self.at[0] + width <= PAGE && self.at[1] + height <= PAGE {
            return true;
        }
        if self.at[1] + self.row + height <= PAGE {
            self.at = [0, self.at[1] + self.row];
            self.row = 0;
            return true;
        }
        false
    }
}

struct Picture {
    image: ColorImage,
    offset: Vec2,
    is_coloured: bool,
}

impl Picture {
    /// The part of `pixmap` that is not transparent.
    fn cut_out(pixmap: &Pixmap, origin: Vec2, light: bool) -> Option<Self> {
        let (width, height) = (usize::from(pixmap.width()), usize::from(pixmap.height()));
        let pixels = pixmap.data_as_u8_slice();
        let (mut least, mut most) = ([width, height], [0, 0]);
        let mut is_coloured = false;
        for (index, pixel) in pixels.chunks_exact(4).enumerate().filter(|(_, pixel)| pixel[3] != 0) {
            let at = [index % width, index / width];
            least = [least[0].min(at[0]), least[1].min(at[1])];
            most = [most[0].max(at[0] + 1), most[1].max(at[1] + 1)];
            is_coloured |= pixel[..3].iter().any(|part| part.abs_diff(pixel[3]) > 1);
        }
        if most[0] <= least[0] {
            return None;
        }
        let mut cut = Vec::with_capacity((most[0] - least[0]) * (most[1] - least[1]));
        for y in least[1]..most[1] {
            let row = &pixels[(y * width + least[0]) * 4..(y * width + most[0]) * 4];
            cut.extend(row.chunks_exact(4).map(|pixel| match is_coloured {
                true => Color32::from_rgba_premultiplied(pixel[0], pixel[1], pixel[2], pixel[3]),
                false => covered(pixel[3], light),
            }));
        }
        let image = ColorImage::new([most[0] - least[0], most[1] - least[1]], cut);
        Some(Self { image, offset: vec2(least[0] as f32, least[1] as f32) - origin, is_coloured })
    }

    fn fits_on_a_page(&self) -> bool {
        self.image.size.into_iter().all(|side| side + AIR <= PAGE)
    }
}

/// White as strong as a pixel is covered.
fn covered(coverage: u8, light: bool) -> Color32 {
    let share = f32::from(coverage) / 255.0;
    let alpha = if light { 2.0 * share - share * share } else { share };
    let alpha = (alpha * 255.0).round() as u8;
    Color32::from_rgba_premultiplied(alpha, alpha, alpha, alpha)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::text::engine::engine;
    use crate::text::{Look, lay};

    /// As high as three rows of letters on a page.
    const HIGH: f32 = 400.0;
    /// More letters of that height than fit onto all pages.
    const PLENTY: u32 = 80;

    /// Frames in which glyphs are drawn: for each how many of them were seen, and whether another frame was asked for.
    fn frames(atlas: &mut Atlas, wanted: &[Vec<u32>]) -> Vec<(usize, bool)> {
        let ctx = egui::Context::default();
        let mut seen = Vec::new();
        // The first frames of a window ask for others by themselves.
        for _ in 0..3 {
            ctx.run_ui(egui::RawInput::default(), |_| ()).textures_delta.clear();
        }
        for wanted in wanted {
            let mut shown = 0;
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                let laid = lay(ui, "W", Look::new(HIGH, Color32::WHITE).one_line(), 2000.0);
                let Some(style) = laid.shaped.glyphs().styles.first() else { return };
                let glyph = laid.shaped.glyphs().placed[0].id;
                atlas.begin(engine(ui.ctx()).lock().now);
                // As if each were another letter: they are told apart by their size.
                let key = |size| Key { font: 0, glyph, size, bin: 0, light: false };
                shown = wanted.iter().filter(|size| atlas.sprite(ui.ctx(), key(**size), style).is_some()).count();
            });
            let asked = output.viewport_output.values().any(|viewport| viewport.repaint_delay == Duration::ZERO);
            output.textures_delta.clear();
            seen.push((shown, asked));
        }
        seen
    }

    #[test]
    fn a_letter_that_found_no_room_is_seen_in_the_next_frame() {
        let (all, half): (Vec<u32>, Vec<u32>) = ((0..PLENTY).collect(), (PLENTY / 2..PLENTY).collect());
        let seen = frames(&mut Atlas::new(), &[all, half.clone()]);
        assert!((half.len()..PLENTY as usize).contains(&seen[0].0) && seen[0].1, "another is asked for: {seen:?}");
        assert_eq!(seen[1].0, half.len(), "{seen:?}");
    }

    #[test]
    fn a_letter_finds_room_even_where_every_page_is_needed_for_one_other() {
        // Each page is full, and something of each is drawn again.
        let some: Vec<u32> = (0..72).step_by(3).chain(100..110).collect();
        let seen = frames(&mut Atlas::new(), &[(0..72).collect(), some.clone(), some.clone(), some.clone()]);
        assert_eq!(seen[0], (72, seen[0].1), "all pages are full");
        assert!(seen[1].0 < some.len() && seen[1].1, "another frame is asked for: {seen:?}");
        assert_eq!([seen[2].0, seen[3].0], [some.len(); 2], "{seen:?}");
    }

    #[test]
    fn what_never_fits_does_not_ask_for_frames_without_end() {
        let seen = frames(&mut Atlas::new(), &vec![(0..PLENTY).collect(); 6]);
        // The toolkit gives two frames for one that is asked for.
        let asked: Vec<bool> = seen.iter().map(|(_, asked)| *asked).collect();
        assert_eq!(asked, [true, true, false, false, false, false], "{seen:?}");
    }

    #[test]
    fn glyphs_and_fonts_are_remembered_within_bounds() {
        let mut atlas = Atlas::new();
        for now in 0..6 {
            atlas.begin(now);
            for index in 0..20_000 {
                let key = Key { font: 0, glyph: index, size: now as u32, bin: 0, light: false };
                atlas.sprites.insert(key, None);
            }
            let next = u32::try_from(atlas.fonts.len()).unwrap();
            atlas.fonts.extend((0..200).map(|index| ((now, index, Vec::new(), 0), next + index)));
            assert!(atlas.sprites.len() <= SPRITES_MAX + 20_000 && atlas.fonts.len() <= FONTS_MAX + 200);
        }
    }
}
