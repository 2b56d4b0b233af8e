//! How things look: few colours, readable on dark and on light, none at all where they are not wanted.

use cursive::style::{BaseColor, Color, ColorStyle, Effect, Style};
use parlor_core::name::Nick;

/// How many colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// None: bold, dim and reverse alone.
    #[default]
    None,
    /// The sixteen every terminal has.
    Sixteen,
    /// The 256-colour cube.
    Many,
}

/// Nick colours from the 6×6×6 cube, each with contrast enough on black and on white.
const CUBE: [(u8, u8, u8); 12] = [
    (4, 1, 1),
    (0, 2, 1),
    (1, 2, 5),
    (4, 1, 4),
    (0, 2, 3),
    (3, 2, 0),
    (3, 1, 5),
    (1, 2, 0),
    (5, 0, 2),
    (2, 1, 5),
    (3, 2, 3),
    (4, 0, 3),
];

/// Nick colours of poorer terminals. Not their blue, which many show too dark to read on black.
const BASE: [BaseColor; 4] = [BaseColor::Red, BaseColor::Green, BaseColor::Magenta, BaseColor::Cyan];

impl Colours {
    /// What the environment asks for: `NO_COLOR` switches them off, `TERM` and `COLORTERM` tell how many there are.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Colours::None;
        }
        let term = variable("TERM").unwrap_or_default();
        if term == "dumb" {
            return Colours::None;
        }
        let rich = |name: &str| {
            ["256", "kitty", "alacritty", "ghostty", "foot", "wezterm", "direct"].iter().any(|n| name.contains(n))
        };
        if rich(&term) || variable("COLORTERM").is_some_and(|value| !value.is_empty()) {
            Colours::Many
        } else {
            Colours::Sixteen
        }
    }

    /// A nickname's colour: the same for the same name, however it is spelt, wherever it is shown.
    pub fn nick(self, nick: &str) -> Style {
        let fold = Nick::parse(nick).map_or_else(|_| nick.to_lowercase(), |nick| nick.fold().to_owned());
        // FNV-1a: small, and the same in every run and version, unlike the standard library's hasher.
        let hash = fold.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let pick = |count: usize| (hash >> 8) as usize % count;
        match self {
            Colours::None => Style::from(Effect::Bold),
            Colours::Sixteen => BASE.get(pick(BASE.len())).map_or_else(Style::none, |base| Color::Dark(*base).into()),
            Colours::Many => {
                CUBE.get(pick(CUBE.len())).map_or_else(Style::none, |(r, g, b)| Color::RgbLowRes(*r, *g, *b).into())
            }
        }
    }

    /// What went wrong.
    pub fn error(self) -> Style {
        match self {
            Colours::None => Style::from(Effect::Bold),
            Colours::Sixteen => Style::from(Color::Dark(BaseColor::Red)).combine(Effect::Bold),
            Colours::Many => Style::from(Color::RgbLowRes(4, 1, 1)).combine(Effect::Bold),
        }
    }

    /// What calls for attention: unread counts, new lines below, the "new" line.
    pub fn attention(self) -> Style {
        match self {
            Colours::None => Style::from(Effect::Bold),
            Colours::Sixteen => Style::from(Color::Dark(BaseColor::Yellow)).combine(Effect::Bold),
            Colours::Many => Style::from(Color::RgbLowRes(4, 1, 0)).combine(Effect::Bold),
        }
    }
}

/// The terminal's own colours.
pub fn plain() -> Style {
    Style::from(ColorStyle::terminal_default())
}

/// Less important: times, notices, hints.
pub fn dim() -> Style {
    plain().combine(Effect::Dim)
}

/// More important.
pub fn bold() -> Style {
    plain().combine(Effect::Bold)
}

/// Bars and what is selected.
pub fn bar() -> Style {
    plain().combine(Effect::Reverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(pairs: &[(&str, &str)]) -> Colours {
        Colours::detect(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn no_color_wins_over_everything() {
        assert_eq!(detect(&[("NO_COLOR", "1"), ("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Colours::None);
        assert_eq!(detect(&[("NO_COLOR", ""), ("TERM", "xterm-256color")]), Colours::Many);
        assert_eq!(detect(&[("TERM", "linux")]), Colours::Sixteen);
    }

    #[test]
    fn a_nick_keeps_its_colour_in_every_spelling() {
        assert_eq!(Colours::Many.nick("Ada"), Colours::Many.nick("ada"));
        assert_eq!(Colours::Many.nick("می\u{200C}خوش"), Colours::Many.nick("میخوش"));
        assert_ne!(Colours::Many.nick("ada"), Colours::Many.nick("bea"));
    }

    #[test]
    fn nick_colours_are_readable_on_black_and_on_white() {
        let channel = |step: u8| {
            let value = if step == 0 { 0.0 } else { f64::from(55 + 40 * u32::from(step)) / 255.0 };
            if value <= 0.03928 { value / 12.92 } else { f64::powf((value + 0.055) / 1.055, 2.4) }
        };
        for (r, g, b) in CUBE {
            let luminance = 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
            let (on_black, on_white) = ((luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05));
            assert!(on_black >= 3.0 && on_white >= 3.0, "{r}{g}{b}: {on_black} on black, {on_white} on white");
        }
    }
}
