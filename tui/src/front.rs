//! What stands in front of the chat: the dialogs, the pages to read, the room switcher, the search.

use cursive::view::Nameable;
use cursive::{Cursive, View};
use parlor_core::client::{Intent, Question};
use parlor_core::secret::Secret;
use parlor_core::wire::Dialect;
use parlor_face::clock::Clock;
use parlor_face::words::Words as _;

use crate::app::{self, App, app};
use crate::chat::{self, Chat};
use crate::form::{Field, Form};
use crate::search::{self, Searcher};
use crate::sheet::{self, Sheet};
use crate::switch::{self, Switcher};
use crate::words::dialogs::Dialogs;

/// The name of the dialog in front, among the views.
pub const FORM: &str = "form";

/// Asks what the server asks.
pub fn ask(siv: &mut Cursive, question: Question, nick: &str) {
    let App { look, caret, .. } = app(siv);
    let (looks, language) = ((*look, caret.clone()), look.language);
    let form = match question {
        Question::Nick { why } => {
            let fields = vec![Field::text(language.nickname(), nick)];
            let submit = |siv: &mut Cursive, values: &[String]| {
                let nick = values.concat().trim().to_owned();
                match nick.is_empty() {
                    true => {
                        let why = app(siv).look.language.nick_empty();
                        complain(siv, &why);
                    }
                    false => answer(siv, Intent::Nick(nick)),
                }
            };
            Form::new(language.another_nick(), fields, language.answer_keys(), looks, submit).because(&why)
        }
        Question::Password { why } => {
            let submit =
                |siv: &mut Cursive, values: &[String]| answer(siv, Intent::Password(Secret::new(values.concat())));
            let fields = vec![Field::secret(language.password())];
            Form::new(language.password(), fields, language.answer_keys(), looks, submit).because(&why)
        }
    };
    put(siv, FORM, form);
}

fn answer(siv: &mut Cursive, intent: Intent) {
    if let Some(session) = app(siv).session.get() {
        session.intent(intent);
        // The answer may be refused with the very same words: the dialog is to come again all the same.
        close_form(siv);
        app(siv).asked = None;
        app::changed(siv);
    }
}

/// Tells what is wrong with what a dialog holds.
pub fn complain(siv: &mut Cursive, why: &str) {
    siv.call_on_name(FORM, |form: &mut Form| form.complain(why));
}

/// Closes the dialog in front, if there is one.
pub fn close_form(siv: &mut Cursive) {
    close(siv, FORM);
}

/// Shows what the keys do.
pub fn help(siv: &mut Cursive) {
    let App { look, caret, session, .. } = app(siv);
    let native = session.get().is_none_or(|session| session.state().dialect == Dialect::Native);
    let sheet = Sheet::help(*look, caret.clone(), native);
    put(siv, sheet::NAME, sheet);
}

/// Shows a page to read.
pub fn page(siv: &mut Cursive, title: String, entries: Vec<(String, String)>) {
    let App { look, caret, .. } = app(siv);
    let sheet = Sheet::new(title, entries, *look, caret.clone());
    put(siv, sheet::NAME, sheet);
}

/// Opens the room switcher, unless it is open.
pub fn switch(siv: &mut Cursive) {
    let App { session, look, caret, .. } = app(siv);
    let Some(session) = session.get() else { return };
    let switcher = Switcher::new(session, *look, caret.clone());
    put(siv, switch::NAME, switcher);
}

/// Opens the search, unless it is open.
pub fn search(siv: &mut Cursive) {
    let App { session, look, caret, settings, .. } = app(siv);
    let Some(session) = session.get() else { return };
    let (look, caret, clock) = (*look, caret.clone(), Clock::local(settings));
    if siv.screen_mut().find_layer_from_name(search::NAME).is_none() {
        siv.add_fullscreen_layer(Searcher::new(session, look, caret, clock).with_name(search::NAME));
        cover(siv);
    }
}

/// Closes the search; what was found stays until it is looked for anew.
pub fn close_search(siv: &mut Cursive) {
    close(siv, search::NAME);
}

/// Puts a view in front of everything, unless it is there.
pub fn put(siv: &mut Cursive, name: &str, view: impl View) {
    if siv.screen_mut().find_layer_from_name(name).is_none() {
        siv.screen_mut().add_transparent_layer(view.with_name(name));
        cover(siv);
    }
}

/// Takes the view of this name away, if it is there.
pub fn close(siv: &mut Cursive, name: &str) {
    if let Some(layer) = siv.screen_mut().find_layer_from_name(name) {
        siv.screen_mut().remove_layer(layer);
        cover(siv);
    }
}

/// Nothing of the chat is read while something stands in front of it.
fn cover(siv: &mut Cursive) {
    let covered = siv.screen().len() > 1;
    siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.cover(covered));
}
