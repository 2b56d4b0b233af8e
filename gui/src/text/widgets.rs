//! Widgets made of text: what stands there to be read, buttons, tooltips.

use eframe::egui::{
    Color32, InnerResponse, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo, pos2,
    vec2,
};

use super::{Laid, Look, lay};
use crate::chosen::from_start;
use crate::theme::{Palette, SMALL};

/// Widest a tooltip gets, in points.
const TIP: f32 = 360.0;
/// Height of the letters of a button.
const BUTTON: f32 = 14.0;

/// Adds `text` as a widget of its own, as wide as there is room, with the whole text in a tooltip where it is cut off.
pub(crate) fn user_text(ui: &mut Ui, text: &str, look: Look) -> Response {
    let laid = lay(ui, text, look, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(laid.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    laid.paint(ui, rect.min);
    if !laid.is_cut() {
        return response;
    }
    response.on_hover_ui(|ui| plain(ui, text, Look { lines_max: None, ..look }))
}

/// Adds a sentence or a word of the program itself.
pub(crate) fn caption(ui: &mut Ui, text: &str, look: Look) -> Response {
    user_text(ui, text, look.own())
}

/// Paints `text` with its middle at `center`; where it is then.
pub(crate) fn centered(ui: &Ui, center: eframe::egui::Pos2, text: &str, look: Look, width: f32) -> Rect {
    let laid = lay(ui, text, look, width);
    let rect = Rect::from_center_size(center, laid.size());
    laid.paint(ui, rect.min);
    rect
}

/// Tooltips that read from right to left where that is how they are written.
pub(crate) trait Tip: Sized {
    /// Shows `text` while this is pointed at.
    fn tip(self, text: &str) -> Self;

    /// Shows `text` while this is pointed at and does nothing.
    fn disabled_tip(self, text: &str) -> Self;
}

impl Tip for Response {
    fn tip(self, text: &str) -> Self {
        self.on_hover_ui(|ui| tooltip(ui, text))
    }

    fn disabled_tip(self, text: &str) -> Self {
        self.on_disabled_hover_ui(|ui| tooltip(ui, text))
    }
}

fn tooltip(ui: &mut Ui, text: &str) {
    let color = Palette::of(ui).text;
    plain(ui, text, Look::new(SMALL + 0.5, color).own());
}

fn plain(ui: &mut Ui, text: &str, look: Look) {
    // As narrow as it may be: a paragraph from right to left would else take all the width there is.
    let natural = lay(ui, text, look.one_line(), TIP);
    let laid = lay(ui, text, look, if natural.is_cut() { TIP } else { natural.size().x.ceil() + 1.0 });
    let (rect, _) = ui.allocate_exact_size(laid.size(), Sense::hover());
    laid.paint(ui, rect.min);
}

/// A button with a word or two on it.
#[derive(Clone, Debug)]
#[must_use = "a button is seen once it is added"]
pub(crate) struct Button<'a> {
    text: &'a str,
    /// What is read out, if that is not what is seen.
    name: Option<&'a str>,
    size: f32,
    color: Option<Color32>,
    fill: Option<Color32>,
    selected: Option<bool>,
    quiet: bool,
    small: bool,
}

impl<'a> Button<'a> {
    /// With `text` on it.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, name: None, size: BUTTON, color: None, fill: None, selected: None, quiet: false, small: false }
    }

    /// One of several, of which one is chosen.
    pub(crate) fn selectable(selected: bool, text: &'a str) -> Self {
        Self { selected: Some(selected), ..Self::new(text) }
    }

    /// A sign without a frame until it is pointed at; `name` is read out in its place.
    pub(crate) fn sign(sign: &'a str, name: &'a str) -> Self {
        Self { name: Some(name), quiet: true, small: true, ..Self::new(sign) }
    }

    /// A sign in a frame; `name` is read out in its place.
    pub(crate) fn named(sign: &'a str, name: &'a str) -> Self {
        Self { name: Some(name), ..Self::new(sign) }
    }

    /// What is asked for most likely: white on the accent.
    pub(crate) fn main(self, ui: &Ui) -> Self {
        let palette = Palette::of(ui);
        self.color(palette.on_accent).fill(palette.accent)
    }

    /// With letters so high.
    pub(crate) fn size(self, size: f32) -> Self {
        Self { size, ..self }
    }

    /// With letters of this colour.
    pub(crate) fn color(self, color: Color32) -> Self {
        Self { color: Some(color), ..self }
    }

    /// On this colour.
    pub(crate) fn fill(self, fill: Color32) -> Self {
        Self { fill: Some(fill), ..self }
    }

    /// Not higher than its letters need.
    pub(crate) fn small(self) -> Self {
        Self { small: true, ..self }
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, laid: impl FnOnce(Color32) -> Laid) {
        let visuals = match self.selected {
            Some(selected) => ui.style().interact_selectable(response, selected),
            None => *ui.style().interact(response),
        };
        let is_idle = !response.hovered() && !response.has_focus() && !response.is_pointer_button_down_on();
        let framed = !(is_idle && (self.quiet || self.selected == Some(false)) && self.fill.is_none());
        if framed {
            let fill = self.fill.unwrap_or(visuals.weak_bg_fill);
            let stroke = if is_idle && self.fill.is_some() { Stroke::NONE } else { visuals.bg_stroke };
            ui.painter().rect(rect.expand(visuals.expansion), visuals.corner_radius, fill, stroke, StrokeKind::Inside);
        }
        let laid = laid(self.color.unwrap_or_else(|| visuals.text_color()));
        let inner = rect.shrink2(vec2(ui.spacing().button_padding.x, 0.0));
        let at = ui.layout().align_size_within_rect(laid.size(), inner);
        laid.paint(ui, pos2(at.left(), rect.center().y - laid.size().y * 0.5));
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let padding = ui.spacing().button_padding;
        let room = (ui.available_width() - 2.0 * padding.x).max(1.0);
        let look = Look { signs: self.name.is_some(), ..Look::new(self.size, Color32::PLACEHOLDER).one_line() };
        let laid = |ui: &Ui, color| lay(ui, self.text, Look { color, ..look }, room);
        let least = if self.small { 0.0 } else { ui.spacing().interact_size.y };
        let text = laid(ui, Color32::PLACEHOLDER).size();
        let size: Vec2 = vec2(text.x + 2.0 * padding.x, (text.y + 2.0 * padding.y).max(least));
        let (rect, response) = ui.allocate_at_least(size, Sense::click());
        let name = self.name.unwrap_or(self.text);
        response.widget_info(|| match self.selected {
            Some(selected) => WidgetInfo::selected(Role::Button, ui.is_enabled(), selected, name),
            None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), name),
        });
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response, |color| laid(ui, color));
        }
        response
    }
}

/// A button with `text` on it.
pub(crate) fn button(ui: &mut Ui, text: &str) -> Response {
    ui.add(Button::new(text))
}

/// A button that opens a menu below it.
pub(crate) fn menu_button<R>(
    ui: &mut Ui,
    text: &str,
    name: &str,
    menu: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<Option<R>> {
    let response = ui.add(Button { name: Some(name), ..Button::new(text) });
    let inner = Popup::menu(&response).show(menu);
    InnerResponse::new(inner.map(|inner| inner.inner), response)
}

/// A box to be ticked, with what that means beside it.
pub(crate) fn checkbox(ui: &mut Ui, ticked: &mut bool, text: &str) -> Response {
    let palette = Palette::of(ui);
    let (side, gap) = (ui.spacing().icon_width, ui.spacing().icon_spacing);
    let laid = lay(ui, text, Look::new(BUTTON, palette.text).lines(3), (ui.available_width() - side - gap).max(1.0));
    let text_size = laid.size();
    let size = vec2(side + gap + text_size.x, text_size.y.max(ui.spacing().interact_size.y));
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *ticked = !*ticked;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), *ticked, text));
    let visuals = ui.style().interact(&response);
    let corner = pos2(from_start(ui, rect, 0.0, side), rect.center().y - side * 0.5);
    let square = Rect::from_min_size(corner, Vec2::splat(side));
    let fill = if *ticked { palette.accent } else { palette.field };
    ui.painter().rect(square, 4.0, fill, Stroke::new(1.0, visuals.bg_stroke.color), StrokeKind::Inside);
    if *ticked {
        let at = |x: f32, y: f32| square.min + vec2(x, y) * side;
        let points = vec![at(0.24, 0.52), at(0.43, 0.71), at(0.77, 0.30)];
        ui.painter().line(points, Stroke::new(1.8, palette.on_accent));
    }
    laid.paint(ui, pos2(from_start(ui, rect, side + gap, text_size.x), rect.center().y - text_size.y * 0.5));
    response
}
