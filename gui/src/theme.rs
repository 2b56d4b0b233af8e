//! Colours, sizes and distances, for dark and light.

use eframe::egui::style::{Selection, WidgetVisuals};
use eframe::egui::{
    self, Color32, CornerRadius, FontId, Frame, Id, Margin, Stroke, TextStyle, Theme, Ui, Visuals, vec2,
};

/// Height of the letters of a message, in points.
pub(crate) const TEXT: f32 = 15.0;
/// Height of the letters of what stands beside it: times, notices, counts.
pub(crate) const SMALL: f32 = 12.5;
/// Height of the letters of a title.
pub(crate) const TITLE: f32 = 17.0;

/// The colours that egui's own visuals have no name for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette {
    /// Behind the log.
    pub(crate) page: Color32,
    /// Behind the lists at the sides.
    pub(crate) side: Color32,
    /// Behind the box that is typed into.
    pub(crate) field: Color32,
    /// Lines between areas.
    pub(crate) line: Color32,
    /// Ordinary text.
    pub(crate) text: Color32,
    /// Text that may be overlooked.
    pub(crate) dim: Color32,
    /// What may be clicked, and where one is.
    pub(crate) accent: Color32,
    /// Links.
    pub(crate) link: Color32,
    /// One's own name in what others say.
    pub(crate) named: Color32,
    /// Text on [`Palette::accent`].
    pub(crate) on_accent: Color32,
    /// What went wrong.
    pub(crate) error: Color32,
    /// What stands well.
    pub(crate) good: Color32,
    /// Behind a message that names oneself.
    pub(crate) mention: Color32,
    /// Behind words that were looked for.
    pub(crate) found: Color32,
    /// Behind the line that says something is not as it should be.
    pub(crate) warning: Color32,
    /// Behind a count of unread messages.
    pub(crate) badge: Color32,
    /// Behind what is chosen or pointed at in a list.
    pub(crate) chosen: Color32,
    /// Behind what is pointed at in a list.
    pub(crate) hovered: Color32,
    nicks: [Color32; 10],
}

const DARK: Palette = Palette {
    page: Color32::from_rgb(0x1e, 0x21, 0x27),
    side: Color32::from_rgb(0x17, 0x1a, 0x1f),
    field: Color32::from_rgb(0x2a, 0x2e, 0x36),
    line: Color32::from_rgb(0x33, 0x38, 0x41),
    text: Color32::from_rgb(0xe4, 0xe7, 0xeb),
    dim: Color32::from_rgb(0x9a, 0xa3, 0xaf),
    accent: Color32::from_rgb(0x33, 0x71, 0xd0),
    link: Color32::from_rgb(0x7f, 0xb6, 0xff),
    named: Color32::from_rgb(0xf2, 0xcf, 0x6b),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    error: Color32::from_rgb(0xff, 0x8b, 0x80),
    good: Color32::from_rgb(0x4f, 0xc0, 0x7f),
    mention: Color32::from_rgb(0x3a, 0x33, 0x1f),
    found: Color32::from_rgb(0x5a, 0x4a, 0x12),
    warning: Color32::from_rgb(0x4a, 0x3a, 0x1a),
    badge: Color32::from_rgb(0x4a, 0x52, 0x5f),
    chosen: Color32::from_rgb(0x2c, 0x35, 0x44),
    hovered: Color32::from_rgb(0x22, 0x27, 0x2f),
    nicks: [
        Color32::from_rgb(0x7f, 0xb6, 0xff),
        Color32::from_rgb(0x7d, 0xd3, 0xa0),
        Color32::from_rgb(0xf5, 0xa9, 0x7f),
        Color32::from_rgb(0xd8, 0xa6, 0xf5),
        Color32::from_rgb(0xf2, 0x9b, 0xb7),
        Color32::from_rgb(0x6f, 0xd3, 0xd6),
        Color32::from_rgb(0xe2, 0xc8, 0x6d),
        Color32::from_rgb(0xa9, 0xb8, 0xff),
        Color32::from_rgb(0xb4, 0xd8, 0x6c),
        Color32::from_rgb(0xff, 0x9c, 0x93),
    ],
};

const LIGHT: Palette = Palette {
    page: Color32::from_rgb(0xff, 0xff, 0xff),
    side: Color32::from_rgb(0xf1, 0xf3, 0xf6),
    field: Color32::from_rgb(0xff, 0xff, 0xff),
    line: Color32::from_rgb(0xd5, 0xda, 0xe1),
    text: Color32::from_rgb(0x1c, 0x20, 0x26),
    dim: Color32::from_rgb(0x5a, 0x64, 0x72),
    accent: Color32::from_rgb(0x1f, 0x66, 0xd1),
    link: Color32::from_rgb(0x1a, 0x5a, 0xbc),
    named: Color32::from_rgb(0x7a, 0x52, 0x00),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    error: Color32::from_rgb(0xb3, 0x26, 0x1e),
    good: Color32::from_rgb(0x1d, 0x7d, 0x46),
    mention: Color32::from_rgb(0xff, 0xf4, 0xd6),
    found: Color32::from_rgb(0xff, 0xe2, 0x7a),
    warning: Color32::from_rgb(0xff, 0xe9, 0xb8),
    badge: Color32::from_rgb(0xd3, 0xd9, 0xe2),
    chosen: Color32::from_rgb(0xd8, 0xe4, 0xf7),
    hovered: Color32::from_rgb(0xe6, 0xea, 0xf0),
    nicks: [
        Color32::from_rgb(0x1a, 0x5f, 0xc4),
        Color32::from_rgb(0x1c, 0x73, 0x42),
        Color32::from_rgb(0xa6, 0x48, 0x12),
        Color32::from_rgb(0x7d, 0x3c, 0xb5),
        Color32::from_rgb(0xae, 0x2f, 0x5e),
        Color32::from_rgb(0x0c, 0x6e, 0x78),
        Color32::from_rgb(0x7a, 0x5c, 0x08),
        Color32::from_rgb(0x45, 0x4f, 0xc9),
        Color32::from_rgb(0x4d, 0x6b, 0x0c),
        Color32::from_rgb(0xb0, 0x35, 0x2b),
    ],
};

impl Palette {
    /// The dark ones.
    #[cfg(test)]
    pub(crate) fn dark() -> &'static Self {
        &DARK
    }

    /// The colours of the theme that is shown just now.
    pub(crate) fn of(ui: &Ui) -> &'static Self {
        if ui.visuals().dark_mode { &DARK } else { &LIGHT }
    }

    /// The colour of a name: always the same for the same name.
    pub(crate) fn nick(&self, nick: &str) -> Color32 {
        // FNV-1a: stable across runs and machines, which the standard library's hasher does not promise.
        let hash = nick
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        // The upper bits: the lowest tell names that end alike apart badly.
        let index = usize::try_from((hash >> 40) % self.nicks.len() as u64).unwrap_or(0);
        self.nicks.get(index).copied().unwrap_or(self.text)
    }
}

/// Sets both themes up; egui follows the operating system's choice between them.
pub(crate) fn install(ctx: &egui::Context) {
    crate::text::install(ctx);
    ctx.set_visuals_of(Theme::Dark, visuals(Visuals::dark(), &DARK));
    ctx.set_visuals_of(Theme::Light, visuals(Visuals::light(), &LIGHT));
    ctx.all_styles_mut(|style| {
        style.text_styles.insert(TextStyle::Body, FontId::proportional(TEXT));
        style.text_styles.insert(TextStyle::Button, FontId::proportional(14.0));
        style.text_styles.insert(TextStyle::Small, FontId::proportional(SMALL));
        style.text_styles.insert(TextStyle::Heading, FontId::proportional(24.0));
        style.spacing.item_spacing = vec2(8.0, 6.0);
        style.spacing.button_padding = vec2(12.0, 6.0);
        style.spacing.interact_size.y = 30.0;
    });
}

/// The frame of a field that is typed into: `wrong` where it holds what does not do.
pub(crate) fn field(ui: &Ui, id: Id, margin: Margin, wrong: bool) -> Frame {
    let palette = Palette::of(ui);
    let stroke = match (ui.memory(|memory| memory.has_focus(id)), wrong) {
        (_, true) => Stroke::new(1.5, palette.error),
        (true, false) => Stroke::new(1.5, palette.accent),
        (false, false) => Stroke::new(1.5, palette.line),
    };
    Frame::new().fill(palette.field).stroke(stroke).corner_radius(6).inner_margin(margin)
}

fn visuals(mut visuals: Visuals, palette: &Palette) -> Visuals {
    visuals.panel_fill = palette.page;
    visuals.window_fill = palette.page;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.extreme_bg_color = palette.field;
    visuals.text_edit_bg_color = Some(palette.field);
    visuals.hyperlink_color = palette.accent;
    visuals.error_fg_color = palette.error;
    visuals.weak_text_color = Some(palette.dim);
    visuals.selection = Selection { bg_fill: palette.accent.gamma_multiply(0.55), ..visuals.selection };
    // Also the colour of text that is selected.
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    let radius = CornerRadius::same(6);
    for widget in [
        &mut visuals.widgets.noninteractive,
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = radius;
        widget.fg_stroke.color = palette.text;
    }
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    let raised = |widget: &mut WidgetVisuals, fill: Color32, line: Color32| {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, line);
        widget.expansion = 0.0;
    };
    raised(&mut visuals.widgets.inactive, palette.side, palette.line);
    raised(&mut visuals.widgets.hovered, palette.hovered, palette.accent);
    raised(&mut visuals.widgets.active, palette.chosen, palette.accent);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast by WCAG 2: 4.5 is what small text needs.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let light = |c: Color32| {
            let part = |v: u8| {
                let v = f32::from(v) / 255.0;
                if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(c.r()) + 0.7152 * part(c.g()) + 0.0722 * part(c.b())
        };
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_stands_out_from_what_is_behind_it() {
        for palette in [&DARK, &LIGHT] {
            let mut pairs = vec![(palette.on_accent, palette.accent), (palette.text, palette.badge)];
            for behind in [palette.page, palette.side, palette.mention] {
                pairs.extend(
                    [palette.text, palette.dim, palette.error, palette.link, palette.named].map(|text| (text, behind)),
                );
                pairs.extend(palette.nicks.map(|text| (text, behind)));
            }
            for behind in [palette.warning, palette.found, palette.field, palette.chosen, palette.hovered] {
                pairs.push((palette.text, behind));
            }
            for (text, behind) in pairs {
                let seen = contrast(text, behind);
                assert!(seen >= 4.4, "{text:?} on {behind:?} has a contrast of {seen}");
            }
        }
    }

    #[test]
    fn a_name_keeps_its_colour() {
        assert_eq!(DARK.nick("علی"), DARK.nick("علی"));
        let colours: std::collections::BTreeSet<_> =
            ["ada", "bea", "carlo", "dora", "علی", "سارا", "Niccolò"].map(|nick| DARK.nick(nick).to_array()).into();
        assert!(colours.len() >= 5, "few names share a colour: {colours:?}");
    }
}
