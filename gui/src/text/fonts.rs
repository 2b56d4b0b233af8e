//! Which fonts there are: those that egui brings along, one for the Arabic script, and those of the machine.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use eframe::egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use eframe::egui::{self, FontData, FontDefinitions, FontFamily};
use parley::fontique::{Blob, FontInfoOverride};
use parley::style::{FontFamily as Families, FontFamilyName, GenericFamily};
use parley::{FontContext, StyleProperty};

/// The font of the Arabic script, so that a bare machine shows Persian too.
const ARABIC: &[u8] = include_bytes!("../../fonts/Vazirmatn-Regular.ttf");
const ARABIC_NAME: &str = "Vazirmatn";

/// In which order fonts are asked for a letter. Emoji before the machine's own sans serif, which may hold them without
/// colour; what none of these knows is sought by its script among the machine's fonts.
const FAMILIES: &[FontFamilyName<'static>] = &[
    FontFamilyName::Named(Cow::Borrowed("Ubuntu-Light")),
    FontFamilyName::Named(Cow::Borrowed(ARABIC_NAME)),
    FontFamilyName::Named(Cow::Borrowed("egui-icons")),
    FontFamilyName::Named(Cow::Borrowed("Hack")),
    FontFamilyName::Generic(GenericFamily::Emoji),
    FontFamilyName::Generic(GenericFamily::SansSerif),
];

/// The same for signs on buttons, which are letters of the window and no pictures.
const SIGNS: &[FontFamilyName<'static>] = &[
    FontFamilyName::Named(Cow::Borrowed("Ubuntu-Light")),
    FontFamilyName::Named(Cow::Borrowed("egui-icons")),
    FontFamilyName::Named(Cow::Borrowed(EMOJI[0])),
    FontFamilyName::Named(Cow::Borrowed(EMOJI[1])),
    FontFamilyName::Named(Cow::Borrowed("Hack")),
    FontFamilyName::Generic(GenericFamily::SansSerif),
];

/// Emoji without colour, for machines that have none of their own.
const EMOJI: [&str; 2] = ["NotoEmoji-Regular", "emoji-icon-font"];

/// Gives the toolkit's own text (fields whose letters are hidden) the font that comes along.
pub(crate) fn install(ctx: &egui::Context) {
    let proportional = InsertFontFamily { family: FontFamily::Proportional, priority: FontPriority::Lowest };
    ctx.add_font(FontInsert::new(ARABIC_NAME, FontData::from_static(ARABIC), vec![proportional]));
}

/// All fonts. The machine is searched once for the whole program.
pub(super) fn context() -> FontContext {
    static FOUND: OnceLock<FontContext> = OnceLock::new();
    FOUND.get_or_init(gather).clone()
}

/// The fonts of a text, or of signs, in order.
pub(super) fn families(signs: bool) -> StyleProperty<'static, ()> {
    StyleProperty::FontFamily(Families::List(Cow::Borrowed(if signs { SIGNS } else { FAMILIES })))
}

fn gather() -> FontContext {
    let mut fonts = FontContext::new();
    let mut register = |name: &str, data: Arc<dyn AsRef<[u8]> + Send + Sync>| {
        let named = FontInfoOverride { family_name: Some(name), ..FontInfoOverride::default() };
        let registered = fonts.collection.register_fonts(Blob::new(data), Some(named));
        registered.first().map(|(family, _)| *family)
    };
    register(ARABIC_NAME, Arc::new(ARABIC));
    let mut emoji = Vec::new();
    for (name, data) in FontDefinitions::default().font_data {
        let family = register(&name, data.font.clone());
        if EMOJI.contains(&name.as_str()) {
            emoji.extend(family);
        }
    }
    fonts.collection.append_generic_families(GenericFamily::Emoji, emoji.into_iter());
    fonts
}
