//! Widgets made of text.

use eframe::egui::{Response, Role, Sense, Ui, WidgetInfo};

use super::{Look, lay};

/// Widest a tooltip gets, in points.
const TIP: f32 = 360.0;

/// Adds `text` as a widget of its own, as wide as there is room, with the whole text in a tooltip where it is cut off.
pub(crate) fn user_text(ui: &mut Ui, text: &str, look: Look) -> Response {
    let laid = lay(ui, text, look, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(laid.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    laid.paint(ui, rect.min);
    if !laid.is_cut() {
        return response;
    }
    response.on_hover_ui(|ui| {
        let laid = lay(ui, text, Look { lines_max: None, ..look }, TIP);
        let (rect, _) = ui.allocate_exact_size(laid.size(), Sense::hover());
        laid.paint(ui, rect.min);
    })
}
