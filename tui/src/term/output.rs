//! What is drawn, as what the terminal is sent: one frame in one piece.

use std::cell::{Cell, RefCell};

use crossterm::style::{Attribute, Color as Shown, Print, SetAttribute, SetBackgroundColor, SetForegroundColor};
use crossterm::terminal::{self, Clear, ClearType};
use crossterm::{Command, QueueableCommand, cursor};
use cursive::Vec2;
use cursive::backends::crossterm::crossterm;
use cursive::style::{BaseColor, Color, ColorPair, ConcreteEffects, Effect};

use super::taken::Taken;
use crate::links;

/// The terminal as something to write to.
pub(super) struct Output {
    to: Taken,
    /// The frame so far.
    frame: RefCell<Vec<u8>>,
    colours: Cell<Option<ColorPair>>,
    effects: Cell<ConcreteEffects>,
    size: Cell<Vec2>,
    /// A frame was left out: what the terminal shows is none of them.
    behind: bool,
}

impl Output {
    pub(super) fn new(to: Taken) -> Self {
        Self {
            to,
            frame: RefCell::default(),
            colours: Cell::new(None),
            effects: Cell::default(),
            size: Cell::new(Vec2::new(1, 1)),
            behind: false,
        }
    }

    /// Whether the terminal was closed; found out by writing.
    pub(super) fn is_gone(&self) -> bool {
        self.to.is_gone()
    }

    /// Whether a terminal that took nothing for a while takes something again, and is to be shown everything.
    pub(super) fn catches_up(&mut self) -> bool {
        let up = self.behind && self.to.is_idle();
        self.behind &= !up;
        up
    }

    /// Writes the frame, unless the terminal takes nothing.
    pub(super) fn flush(&mut self) {
        self.behind = self.behind || !self.to.write(self.frame.get_mut());
        self.frame.get_mut().clear();
        if self.behind {
            self.begin_anew();
        }
    }

    /// Writes what belongs to no frame, before this one; `false` if the terminal takes nothing.
    pub(super) fn tell(&mut self, what: &str) -> bool {
        let taken = self.to.write(what.as_bytes());
        self.behind |= !taken;
        taken
    }

    /// What the terminal was to know of colours and effects, for a frame after one that it did not get.
    fn begin_anew(&self) {
        self.queue(SetAttribute(Attribute::Reset));
        self.print(links::END);
        if let Some(colours) = self.colours.take() {
            self.set_colours(colours);
        }
        self.effects.get().iter().for_each(|effect| self.set_effect(effect));
    }

    fn queue(&self, command: impl Command) {
        // Memory takes all of it.
        let _ = self.frame.borrow_mut().queue(command);
    }

    pub(super) fn print(&self, text: &str) {
        self.queue(Print(text));
    }

    pub(super) fn move_to(&self, at: Vec2) {
        let cell = |at| u16::try_from(at).unwrap_or(u16::MAX);
        self.queue(cursor::MoveTo(cell(at.x), cell(at.y)));
    }

    /// Shows the cursor there, or hides it.
    pub(super) fn place(&self, at: Option<Vec2>) {
        match at {
            Some(at) => {
                self.move_to(at);
                self.queue(cursor::Show);
            }
            None => self.queue(cursor::Hide),
        }
    }

    pub(super) fn clear(&self, colour: Color) {
        self.set_colours(ColorPair { front: colour, back: colour });
        self.queue(Clear(ClearType::All));
    }

    /// Prints in these colours from now on; those before.
    pub(super) fn set_colours(&self, colours: ColorPair) -> ColorPair {
        let before = self.colours.replace(Some(colours));
        if before != Some(colours) {
            self.queue(SetForegroundColor(shown(colours.front)));
            self.queue(SetBackgroundColor(shown(colours.back)));
        }
        before.unwrap_or_else(ColorPair::terminal_default)
    }

    pub(super) fn set_effect(&self, effect: Effect) {
        self.effects.set(self.effects.get() | effect);
        if let Some((on, _)) = attributes(effect) {
            self.queue(SetAttribute(on));
        }
    }

    pub(super) fn unset_effect(&self, effect: Effect) {
        self.effects.set(self.effects.get() - effect);
        if let Some((_, off)) = attributes(effect) {
            self.queue(SetAttribute(off));
        }
        // Terminals have one "neither bold nor dim" for both.
        if matches!(effect, Effect::Bold | Effect::Dim) {
            let others = self.effects.get() & (Effect::Bold | Effect::Dim);
            others.iter().for_each(|other| self.set_effect(other));
        }
    }

    /// Width and height; the last known where nobody says.
    pub(super) fn size(&self) -> Vec2 {
        if !self.is_gone()
            && let Ok((width, height)) = terminal::size()
        {
            self.size.set(Vec2::new(width.into(), height.into()));
        }
        self.size.get()
    }
}

#[cfg(test)]
impl Output {
    /// Waits until everything was written.
    pub(super) fn settle(&self) {
        self.to.settle();
    }
}

/// What turns an effect on, and off.
fn attributes(effect: Effect) -> Option<(Attribute, Attribute)> {
    Some(match effect {
        Effect::Simple => return None,
        Effect::Reverse => (Attribute::Reverse, Attribute::NoReverse),
        Effect::Dim => (Attribute::Dim, Attribute::NormalIntensity),
        Effect::Bold => (Attribute::Bold, Attribute::NormalIntensity),
        Effect::Blink => (Attribute::SlowBlink, Attribute::NoBlink),
        Effect::Italic => (Attribute::Italic, Attribute::NoItalic),
        Effect::Strikethrough => (Attribute::CrossedOut, Attribute::NotCrossedOut),
        Effect::Underline => (Attribute::Underlined, Attribute::NoUnderline),
    })
}

/// A colour as the terminal is asked for it.
fn shown(colour: Color) -> Shown {
    match colour {
        Color::TerminalDefault => Shown::Reset,
        Color::Dark(BaseColor::Black) => Shown::Black,
        Color::Dark(BaseColor::Red) => Shown::DarkRed,
        Color::Dark(BaseColor::Green) => Shown::DarkGreen,
        Color::Dark(BaseColor::Yellow) => Shown::DarkYellow,
        Color::Dark(BaseColor::Blue) => Shown::DarkBlue,
        Color::Dark(BaseColor::Magenta) => Shown::DarkMagenta,
        Color::Dark(BaseColor::Cyan) => Shown::DarkCyan,
        Color::Dark(BaseColor::White) => Shown::Grey,
        Color::Light(BaseColor::Black) => Shown::DarkGrey,
        Color::Light(BaseColor::Red) => Shown::Red,
        Color::Light(BaseColor::Green) => Shown::Green,
        Color::Light(BaseColor::Yellow) => Shown::Yellow,
        Color::Light(BaseColor::Blue) => Shown::Blue,
        Color::Light(BaseColor::Magenta) => Shown::Magenta,
        Color::Light(BaseColor::Cyan) => Shown::Cyan,
        Color::Light(BaseColor::White) => Shown::White,
        Color::Rgb(r, g, b) => Shown::Rgb { r, g, b },
        // The 6×6×6 cube of xterm's 256 colours.
        Color::RgbLowRes(r, g, b) => Shown::AnsiValue(16 + 36 * r.min(5) + 6 * g.min(5) + b.min(5)),
    }
}
