//! From glyphs to what egui draws: meshes over the pages of the atlas, and what lies below and under the letters.

use std::ops::Range;

use eframe::egui::epaint::{Mesh, Shape};
use eframe::egui::{self, Color32, Pos2, Rect, TextureId, Vec2, pos2, vec2};
use parley::editing::{Cursor, Selection};
use parley::layout::Affinity;

use super::atlas::{BINS, Key};
use super::engine::Engine;
use super::shape::{Placed, Shaped, Style};

/// How a part of a text is painted. It changes nothing about how it is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Paint {
    /// Colour of its letters, if it has one of its own.
    pub(crate) color: Option<Color32>,
    /// Whether it is underlined.
    pub(crate) underline: bool,
    /// What is behind it.
    pub(crate) background: Option<Color32>,
}

/// Paints of parts, by bytes of what is drawn.
pub(super) type Paints = [(Range<usize>, Paint)];

impl Engine {
    /// What draws `shaped` with its upper left corner at `at`: only what lies within `clip`.
    pub(super) fn shapes(
        &mut self,
        ctx: &egui::Context,
        shaped: &Shaped,
        at: Pos2,
        color: Color32,
        paints: &Paints,
        clip: Rect,
    ) -> Vec<Shape> {
        let scale = shaped.scale;
        let origin = (at.to_vec2() * scale).round();
        let mut shapes = Vec::new();
        for (range, paint) in paints {
            let fill = paint.background.map(|fill| ranges(shaped, range.clone()).map(move |rect| (rect, fill)));
            shapes.extend(fill.into_iter().flatten().map(|(rect, fill)| {
                Shape::rect_filled(
                    Rect::from_min_max(point(rect.min, origin, scale), point(rect.max, origin, scale)),
                    2.0,
                    fill,
                )
            }));
        }
        self.letters(ctx, shaped, origin, color, paints, clip, &mut shapes);
        for (range, paint) in paints.iter().filter(|(_, paint)| paint.underline) {
            let color = paint.color.unwrap_or(color);
            shapes.extend(ranges(shaped, range.clone()).map(|rect| underline(shaped, rect, origin, color)));
        }
        shapes
    }

    #[expect(clippy::too_many_arguments, reason = "what is drawn, where, how, and into what")]
    fn letters(
        &mut self,
        ctx: &egui::Context,
        shaped: &Shaped,
        origin: Vec2,
        color: Color32,
        paints: &Paints,
        clip: Rect,
        shapes: &mut Vec<Shape>,
    ) {
        let scale = shaped.scale;
        self.atlas.begin(self.now);
        let glyphs = shaped.glyphs();
        let fonts: Vec<u32> = glyphs.styles.iter().map(|style| self.atlas.font(style)).collect();
        let mut meshes: Vec<Mesh> = Vec::new();
        let (top, bottom) = (clip.top() * scale, clip.bottom() * scale);
        for placed in &glyphs.placed {
            let Some((style, font)) = style_of(&glyphs.styles, &fonts, *placed) else { continue };
            let y = origin.y + placed.y.round();
            if y + 2.0 * style.size < top || y - 3.0 * style.size > bottom {
                continue;
            }
            let color = color_at(paints, placed.byte as usize).unwrap_or(color);
            let x = origin.x + placed.x;
            let bin = ((x - x.floor()) * BINS).floor();
            let key =
                Key { font, glyph: placed.id, size: style.size.to_bits(), bin: bin as u8, light: is_light(color) };
            let Some(sprite) = self.atlas.sprite(ctx, key, style) else { continue };
            let corner = pos2(x.floor(), y) + sprite.offset;
            let rect = Rect::from_min_max(corner / scale, (corner + sprite.size) / scale);
            let tint = if sprite.is_coloured { Color32::WHITE.gamma_multiply_u8(color.a()) } else { color };
            mesh_of(&mut meshes, sprite.texture).add_rect_with_uv(rect, sprite.uv, tint);
        }
        shapes.extend(meshes.into_iter().map(Shape::mesh));
    }
}

/// The rectangles that bytes of what is drawn cover, in pixels from its upper left corner.
pub(super) fn ranges(shaped: &Shaped, range: Range<usize>) -> impl Iterator<Item = Rect> {
    let layout = &shaped.layout;
    let at = |byte| Cursor::from_byte_index(layout, byte, Affinity::Downstream);
    let rects = Selection::new(at(range.start), at(range.end)).geometry(layout);
    rects
        .into_iter()
        .map(|(rect, _)| Rect::from_min_max(pos2(rect.x0 as f32, rect.y0 as f32), pos2(rect.x1 as f32, rect.y1 as f32)))
}

fn underline(shaped: &Shaped, rect: Rect, origin: Vec2, color: Color32) -> Shape {
    let line = shaped.layout.lines().find(|line| line.metrics().block_max_coord > rect.center().y);
    let base = line.map_or(rect.bottom(), |line| line.metrics().baseline);
    let [offset, thickness] = shaped.glyphs().styles.first().map_or([2.0, 1.0], |style| style.underline);
    let top = (base + offset.max(1.0)).round();
    let line = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + thickness.round().max(1.0)));
    let scale = shaped.scale;
    Shape::rect_filled(Rect::from_min_max(point(line.min, origin, scale), point(line.max, origin, scale)), 0.0, color)
}

fn point(at: Pos2, origin: Vec2, scale: f32) -> Pos2 {
    ((at + origin).to_vec2() / scale).to_pos2()
}

fn style_of<'a>(styles: &'a [Style], fonts: &[u32], placed: Placed) -> Option<(&'a Style, u32)> {
    let index = placed.style as usize;
    styles.get(index).zip(fonts.get(index).copied())
}

fn color_at(paints: &Paints, byte: usize) -> Option<Color32> {
    paints.iter().rev().filter(|(range, _)| range.contains(&byte)).find_map(|(_, paint)| paint.color)
}

/// Whether letters of this colour are seen on something dark.
fn is_light(color: Color32) -> bool {
    u32::from(color.r()) * 3 + u32::from(color.g()) * 6 + u32::from(color.b()) > 1275
}

fn mesh_of(meshes: &mut Vec<Mesh>, texture: TextureId) -> &mut Mesh {
    let index = meshes.iter().position(|mesh| mesh.texture_id == texture).unwrap_or_else(|| {
        meshes.push(Mesh::with_texture(texture));
        meshes.len() - 1
    });
    &mut meshes[index]
}

/// In points.
pub(super) fn to_points(rect: Rect, scale: f32) -> Rect {
    Rect::from_min_max((rect.min.to_vec2() / scale).to_pos2(), (rect.max.to_vec2() / scale).to_pos2())
}

/// From points to pixels.
pub(super) fn to_pixels(way: Vec2, scale: f32) -> Vec2 {
    vec2(way.x * scale, way.y * scale)
}
