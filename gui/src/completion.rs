//! What Tab does in the message box: it finishes the word before the caret, and shows what else it could be.

use eframe::egui::{Align2, Area, Frame, Id, Key, Margin, Modifiers, Order, Stroke, Ui, vec2};
use parlor_core::client::{Completer, State};

use crate::chosen::{mirrored, onwards};
use crate::input::Input;
use crate::text::Button;
use crate::theme::{Palette, SMALL};

/// Most candidates in sight at once; the others come as one goes on.
const IN_SIGHT: usize = 7;

/// The completion of one box.
#[derive(Debug, Default)]
pub(crate) struct Completion {
    completer: Completer,
}

impl Completion {
    /// Takes Tab and Shift+Tab out of the input, and does what they mean; `true` if the text is another one now.
    pub(crate) fn take_tab(&mut self, ui: &Ui, state: &State, input: &mut Input) -> bool {
        let press = |modifiers| ui.input_mut(|events| events.consume_key(modifiers, Key::Tab));
        // The modifier first: without one, either would do.
        let back = press(Modifiers::SHIFT);
        (back || press(Modifiers::NONE)) && self.press(state, input, back)
    }

    fn press(&mut self, state: &State, input: &mut Input, back: bool) -> bool {
        let Some(completion) = self.completer.press(state, input.text(), input.caret(), back) else { return false };
        let (text, caret) = (completion.text.clone(), completion.caret);
        put(input, &text, caret);
        true
    }

    /// Takes back what Tab did; `true` if there was something on offer.
    pub(crate) fn cancel(&mut self, input: &mut Input) -> bool {
        let Some((text, caret)) = self.completer.cancel(input.text(), input.caret()) else { return false };
        put(input, &text, caret);
        true
    }

    /// Draws what fits above the caret, where that is more than one; `true` if another one was clicked.
    pub(crate) fn show(&mut self, ui: &Ui, state: &State, input: &mut Input) -> bool {
        let Some(caret) = input.caret_rect() else { return false };
        let Some(offer) = self.completer.offer(input.text(), input.caret()) else { return false };
        let (candidates, chosen) = (offer.candidates.clone(), offer.chosen);
        if candidates.len() < 2 {
            return false;
        }
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.side)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(8)
            .inner_margin(Margin::same(5));
        let first = chosen.saturating_sub(IN_SIGHT / 2).min(candidates.len().saturating_sub(IN_SIGHT));
        let (corner, at) = match mirrored(ui) {
            true => (Align2::RIGHT_BOTTOM, caret.right_top() + vec2(8.0, -8.0)),
            false => (Align2::LEFT_BOTTOM, caret.left_top() - vec2(8.0, 8.0)),
        };
        let area = Area::new(Id::unique("completion")).order(Order::Foreground).pivot(corner).fixed_pos(at);
        let clicked = area.show(ui.ctx(), |ui| {
            frame
                .show(ui, |ui| {
                    ui.with_layout(onwards(ui, eframe::egui::Align::Min).with_main_wrap(false), |ui| {
                        ui.spacing_mut().item_spacing.x = 2.0;
                        ui.spacing_mut().button_padding = vec2(8.0, 3.0);
                        let shown = candidates.iter().enumerate().skip(first).take(IN_SIGHT);
                        let mut clicked = None;
                        for (index, candidate) in shown {
                            let button = Button::selectable(index == chosen, candidate).size(SMALL + 1.0).small();
                            if ui.add(button).clicked() {
                                clicked = Some(index);
                            }
                        }
                        clicked
                    })
                    .inner
                })
                .inner
        });
        match clicked.inner {
            Some(wanted) => self.choose(state, input, wanted, candidates.len()),
            None => false,
        }
    }

    /// Goes round to the candidate with this number.
    fn choose(&mut self, state: &State, input: &mut Input, wanted: usize, most: usize) -> bool {
        let (mut text, mut caret) = (input.text().to_owned(), input.caret());
        for _ in 0..most {
            let chosen = self.completer.offer(&text, caret).map(|offer| offer.chosen);
            if chosen.is_none_or(|chosen| chosen == wanted) {
                break;
            }
            let Some(completion) = self.completer.press(state, &text, caret, false) else { break };
            (text, caret) = (completion.text.clone(), completion.caret);
        }
        // One step for whoever undoes it.
        put(input, &text, caret);
        true
    }
}

/// Puts another text into the field, which ends behind the caret as the present one does, so that it can be undone.
fn put(input: &mut Input, text: &str, caret: usize) {
    let behind = text.len() - caret;
    let old = input.text().len() - behind;
    let start = text.get(..caret).unwrap_or_default();
    let before = start.chars().zip(input.text().chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let before = usize::min(before, old);
    let with = start.get(before..).unwrap_or_default().to_owned();
    input.replace(before..old, &with);
}
