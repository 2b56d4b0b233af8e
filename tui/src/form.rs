//! A dialog: a sentence or two, some fields, and what went wrong last time.

use std::sync::Arc;

use cursive::event::{Event, EventResult, Key};
use cursive::{Cursive, Printer, Vec2, View};

use crate::cells;
use crate::editor::Editor;
use crate::keys;
use crate::lay::{self, Line};
use crate::look::Look;
use crate::paint;
use crate::style;
use crate::term::{Caret, Extra};

/// Widest a dialog gets.
const WIDTH_MAX: usize = 60;

/// Something a person fills in.
pub struct Field {
    label: String,
    value: Value,
}

enum Value {
    Text { editor: Editor, secret: bool },
    Choice { options: &'static [&'static str], at: usize },
}

impl Field {
    /// A line of text.
    pub fn text(label: impl Into<String>, value: &str) -> Self {
        let mut editor = Editor::default();
        editor.set(value);
        Self { label: label.into(), value: Value::Text { editor, secret: false } }
    }

    /// A line of text that is not shown.
    pub fn secret(label: impl Into<String>) -> Self {
        Self { label: label.into(), value: Value::Text { editor: Editor::default(), secret: true } }
    }

    /// One of several.
    pub fn choice(label: impl Into<String>, options: &'static [&'static str], at: usize) -> Self {
        Self { label: label.into(), value: Value::Choice { options, at } }
    }

    /// What is filled in; of a choice, its words.
    pub fn value(&self) -> &str {
        match &self.value {
            Value::Text { editor, .. } => editor.text(),
            Value::Choice { options, at } => options.get(*at).copied().unwrap_or_default(),
        }
    }

    /// Fills a text field in.
    pub fn set(&mut self, text: &str) {
        if let Value::Text { editor, .. } = &mut self.value {
            editor.set(text);
        }
    }
}

type Submit = Arc<dyn Fn(&mut Cursive, &[String]) + Send + Sync>;
type Chosen = Box<dyn Fn(&mut [Field]) + Send + Sync>;

/// The dialog.
pub struct Form {
    title: String,
    why: Option<String>,
    fields: Vec<Field>,
    focus: usize,
    hint: String,
    look: Look,
    caret: Caret,
    submit: Submit,
    chosen: Option<Chosen>,
    rows: Vec<Row>,
}

enum Row {
    Text(Line),
    Field(usize),
}

impl Form {
    /// A dialog that hands its fields' values to `submit` when Enter is pressed.
    pub fn new(
        title: impl Into<String>,
        mut fields: Vec<Field>,
        hint: impl Into<String>,
        (look, caret): (Look, Caret),
        submit: impl Fn(&mut Cursive, &[String]) + Send + Sync + 'static,
    ) -> Self {
        for field in &mut fields {
            if let Value::Text { editor, .. } = &mut field.value {
                editor.set_look(look);
            }
        }
        Self {
            title: title.into(),
            why: None,
            fields,
            focus: 0,
            hint: hint.into(),
            look,
            caret,
            submit: Arc::new(submit),
            chosen: None,
            rows: Vec::new(),
        }
    }

    /// Called with all fields after another option was chosen.
    #[must_use]
    pub fn on_choice(mut self, chosen: impl Fn(&mut [Field]) + Send + Sync + 'static) -> Self {
        self.chosen = Some(Box::new(chosen));
        self
    }

    /// Puts the person into this field first.
    #[must_use]
    pub fn focused(mut self, field: usize) -> Self {
        self.focus = field;
        self
    }

    /// Says why the dialog is here (again).
    #[must_use]
    pub fn because(mut self, why: &str) -> Self {
        self.why = Some(why.to_owned());
        self
    }

    /// Says what is wrong with what was entered.
    pub fn complain(&mut self, why: &str) {
        self.why = Some(why.to_owned());
    }

    fn label_cells(&self) -> usize {
        self.fields.iter().map(|field| cells::width(&self.look.line(&field.label))).max().unwrap_or(0) + 1
    }

    /// The rows inside the border for this much room; blank ones go first where there is too little.
    fn compose(&self, width: usize, height: usize) -> Vec<Row> {
        let text = |style, text: &str| -> Vec<Row> {
            lay::sentence(self.look, style, text, width).into_iter().map(Row::Text).collect()
        };
        let mut why = self.why.as_deref().map_or_else(Vec::new, |why| text(self.look.colours.error(), why));
        let hint = text(style::dim(), &self.hint);
        // A server's sentence may be long; what is to be filled in stays in sight.
        why.truncate(height.saturating_sub(self.fields.len() + hint.len()).max(1));
        let needed = why.len() + self.fields.len() + hint.len();
        let mut spare = height.saturating_sub(needed);
        let mut rows = why;
        let mut blank = |rows: &mut Vec<Row>| {
            if spare > 0 && !rows.is_empty() {
                spare -= 1;
                rows.push(Row::Text((0, [].into())));
            }
        };
        blank(&mut rows);
        rows.extend((0..self.fields.len()).map(Row::Field));
        blank(&mut rows);
        rows.extend(hint);
        rows
    }

    fn draw_field(&self, printer: &Printer, y: usize, index: usize) {
        let Some(field) = self.fields.get(index) else { return };
        let focused = index == self.focus;
        let label = if focused { style::bold() } else { style::plain() };
        let (said, cells) = (self.look.line(&field.label), self.label_cells());
        let mirrored = self.look.mirrored();
        let at = if mirrored { printer.size.x.saturating_sub(cells::width(&said)) } else { 0 };
        paint::print(printer, (at, y), label, &said);
        let x = if mirrored { 0 } else { cells };
        match &field.value {
            Value::Text { editor, secret } => {
                let width = printer.size.x.saturating_sub(cells);
                let rows = editor.rows(width, *secret);
                let row = rows.iter().find(|row| row.caret.is_some()).or(rows.last());
                let text = row.map_or("", |row| &row.text);
                // The space that a row ends with may hang over the field's edge.
                let text = text.strip_suffix(' ').filter(|_| cells::width(text) > width).unwrap_or(text);
                let look = style::plain().combine(cursive::style::Effect::Underline);
                paint::print(printer, (x, y), look, &cells::pad(text, width));
                if focused && let Some(at) = row.and_then(|row| row.caret) {
                    self.caret.set(Some(printer.offset + (x + at, y)));
                }
            }
            Value::Choice { options, at } => {
                let mut end = x;
                for (index, option) in options.iter().enumerate() {
                    let (look, text) = match index == *at {
                        true => (label, format!("[{option}] ")),
                        false => (style::dim(), format!("{option} ")),
                    };
                    end = paint::print(printer, (end, y), look, &text);
                }
                if focused {
                    self.caret.set(Some(printer.offset + (x, y)));
                }
            }
        }
    }

    fn move_focus(&mut self, by: usize) {
        self.focus = (self.focus + by) % self.fields.len().max(1);
    }

    fn choose(&mut self, by: usize) -> bool {
        let Some(Field { value: Value::Choice { options, at }, .. }) = self.fields.get_mut(self.focus) else {
            return false;
        };
        *at = (*at + by) % options.len().max(1);
        if let Some(chosen) = &self.chosen {
            chosen(&mut self.fields);
        }
        true
    }

    /// How many steps forward go one step back.
    fn back(&self) -> usize {
        match self.fields.get(self.focus).map(|field| &field.value) {
            Some(Value::Choice { options, .. }) => options.len().saturating_sub(1),
            _ => 0,
        }
    }
}

impl View for Form {
    fn required_size(&mut self, room: Vec2) -> Vec2 {
        let width = room.x.min(WIDTH_MAX);
        let rows = self.compose(width.saturating_sub(4), room.y.saturating_sub(2)).len();
        Vec2::new(width, (rows + 2).min(room.y))
    }

    fn layout(&mut self, size: Vec2) {
        self.rows = self.compose(size.x.saturating_sub(4), size.y.saturating_sub(2));
    }

    fn draw(&self, printer: &Printer) {
        self.caret.set(None);
        for y in 0..printer.size.y {
            paint::fill(printer, y, style::plain());
        }
        printer.print_box((0, 0), printer.size, false);
        paint::heading(printer, self.look, &self.title);
        let inside = printer.offset((2, 1)).cropped(printer.size.saturating_sub((4, 2)));
        for (y, row) in self.rows.iter().enumerate().take(inside.size.y) {
            match row {
                Row::Text((x, pieces)) => drop(paint::print_pieces(&inside, (*x, y), pieces.iter())),
                Row::Field(index) => self.draw_field(&inside, y, *index),
            }
        }
    }

    fn on_event(&mut self, event: Event) -> EventResult {
        match &event {
            Event::Key(Key::Tab | Key::Down) => self.move_focus(1),
            Event::Shift(Key::Tab) | Event::Key(Key::Up) => self.move_focus(self.fields.len().saturating_sub(1)),
            Event::Key(Key::Enter) => {
                let (submit, values) =
                    (self.submit.clone(), self.fields.iter().map(|f| f.value().to_owned()).collect::<Vec<_>>());
                return EventResult::with_cb(move |siv| submit(siv, &values));
            }
            Event::Key(Key::Left) if self.choose(self.back()) => {}
            Event::Key(Key::Right) | Event::Char(' ') if self.choose(1) => {}
            _ => {
                let Some(Field { value: Value::Text { editor, .. }, .. }) = self.fields.get_mut(self.focus) else {
                    return EventResult::Ignored;
                };
                match Extra::from_event(&event) {
                    Some(Extra::Paste(text)) => editor.insert(&text.split_whitespace().collect::<Vec<_>>().join(" ")),
                    Some(Extra::Focus(_)) => return EventResult::Ignored,
                    None if event == Event::Key(Key::Home) => editor.home(),
                    None if event == Event::Key(Key::End) => editor.end(),
                    None if keys::edit(editor, &event) => {}
                    None => return EventResult::Ignored,
                }
            }
        }
        EventResult::consumed()
    }
}
