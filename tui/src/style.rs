//! How things look: few colours, readable on dark and on light, none at all where they are not wanted.

use std::sync::OnceLock;

use cursive::style::{BaseColor, Color, ColorStyle, Effect, Style};
use parlor_core::client::hue;

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
    /// All, each channel in 256 steps.
    All,
}

/// Nick colours from the 6×6×6 cube: contrast of 4.5 and more on black, and as much on white as the cube has left.
const CUBE: [(u8, u8, u8); 12] = [
    (5, 0, 0),
    (0, 2, 3),
    (3, 2, 0),
    (2, 1, 4),
    (0, 2, 1),
    (4, 0, 3),
    (1, 1, 5),
    (1, 2, 0),
    (4, 0, 5),
    (3, 1, 1),
    (0, 2, 5),
    (5, 0, 2),
];

/// How many nick colours there are where all colours are.
const HUES: u32 = 18;
/// The luminance (WCAG 2, relative luminance) that is as far from white as from black: contrast of 4.58 with both.
const MIDDLE: f64 = 0.1791;
const SATURATION: f64 = 0.75;

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
        let rich =
            |name: &str| ["256", "kitty", "alacritty", "ghostty", "foot", "wezterm"].iter().any(|n| name.contains(n));
        match variable("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => Colours::All,
            _ if term.ends_with("-direct") => Colours::All,
            Some(some) if !some.is_empty() => Colours::Many,
            Some(_) | None if rich(&term) => Colours::Many,
            Some(_) | None => Colours::Sixteen,
        }
    }

    /// A nickname's colour: the same for the same name, however it is spelt, wherever it is shown.
    pub fn nick(self, nick: &str) -> Style {
        let pick = |count: usize| hue(nick) as usize % count;
        match self {
            Colours::None => Style::from(Effect::Bold),
            Colours::Sixteen => BASE.get(pick(BASE.len())).map_or_else(Style::none, |base| Color::Dark(*base).into()),
            Colours::Many => {
                CUBE.get(pick(CUBE.len())).map_or_else(Style::none, |(r, g, b)| Color::RgbLowRes(*r, *g, *b).into())
            }
            Colours::All => {
                let all = RAINBOW.get_or_init(|| (0..HUES).map(|step| even(f64::from(step * 360 / HUES))).collect());
                all.get(pick(all.len().max(1))).map_or_else(Style::none, |(r, g, b)| Color::Rgb(*r, *g, *b).into())
            }
        }
    }

    /// What went wrong.
    pub fn error(self) -> Style {
        match self {
            Colours::None => Style::from(Effect::Bold),
            Colours::Sixteen => Style::from(Color::Dark(BaseColor::Red)).combine(Effect::Bold),
            Colours::Many | Colours::All => Style::from(Color::RgbLowRes(4, 1, 1)).combine(Effect::Bold),
        }
    }

    /// What calls for attention: unread counts, new lines below, the "new" line.
    pub fn attention(self) -> Style {
        match self {
            Colours::None => Style::from(Effect::Bold),
            Colours::Sixteen => Style::from(Color::Dark(BaseColor::Yellow)).combine(Effect::Bold),
            Colours::Many | Colours::All => Style::from(Color::RgbLowRes(4, 1, 0)).combine(Effect::Bold),
        }
    }
}

static RAINBOW: OnceLock<Vec<(u8, u8, u8)>> = OnceLock::new();

/// The colour of this hue, in degrees, that stands out from black as much as from white.
fn even(hue: f64) -> (u8, u8, u8) {
    let (mut dark, mut light) = (0.0, 1.0);
    for _ in 0..24 {
        let middle = f64::midpoint(dark, light);
        if luminance(rgb(hue, middle)) < MIDDLE { dark = middle } else { light = middle }
    }
    rgb(hue, light)
}

/// From hue and lightness (HSL) to red, green and blue.
fn rgb(hue: f64, lightness: f64) -> (u8, u8, u8) {
    let spread = SATURATION * lightness.min(1.0 - lightness);
    let channel = |offset: f64| {
        let k = (offset + hue / 30.0) % 12.0;
        let value = lightness - spread * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (value * 255.0).round() as u8
    };
    (channel(0.0), channel(8.0), channel(4.0))
}

/// Relative luminance (WCAG 2).
fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// The terminal's own colours.
pub fn plain() -> Style {
    Style::from(ColorStyle::terminal_default())
}

/// Less important: times, notices, hints.
pub fn dim() -> Style {
    plain().combine(Effect::Dim)
}

/// What can be followed.
pub fn link(base: Style) -> Style {
    base.combine(Effect::Underline)
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
        let contrast = |rgb| {
            let luminance = luminance(rgb);
            ((luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05))
        };
        let channel = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
        for (r, g, b) in CUBE {
            let (on_black, on_white) = contrast((channel(r), channel(g), channel(b)));
            assert!(on_black >= 4.5 && on_white >= 3.3, "{r}{g}{b}: {on_black} on black, {on_white} on white");
        }
        for step in 0..HUES {
            let (on_black, on_white) = contrast(even(f64::from(step * 360 / HUES)));
            assert!(on_black >= 4.5 && on_white >= 4.5, "{step}: {on_black} on black, {on_white} on white");
        }
    }

    #[test]
    fn all_colours_are_used_where_the_terminal_says_so() {
        assert_eq!(detect(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), Colours::All);
        assert_eq!(detect(&[("TERM", "xterm"), ("COLORTERM", "24bit")]), Colours::All);
        assert_eq!(detect(&[("TERM", "xterm-direct")]), Colours::All);
        assert_eq!(detect(&[("TERM", "xterm"), ("COLORTERM", "yes")]), Colours::Many);
        assert_eq!(detect(&[("TERM", "dumb"), ("COLORTERM", "truecolor")]), Colours::None);
        assert_ne!(Colours::All.nick("ada"), Colours::All.nick("bea"));
    }
}
