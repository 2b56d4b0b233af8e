//! The settings as they stand in the file: one row for each, from which reading, changing and the first file are made.

use toml_edit::{DocumentMut, Item, TableLike, Value};

use super::choice::{Choice, FontSize};
use super::{Read, Settings, Trouble};

/// What a key may be called besides those of the rows: the table of the terminal's.
const TERMINAL: &str = "terminal";

/// Longest value that is quoted to a person, in characters.
const QUOTED_MAX: usize = 40;

const HEAD: &str = "# What you chose in Parlor. Both clients read this when they start, and you may change it.\n\n";

/// One setting.
struct Row {
    /// The table it is in, or none.
    table: Option<&'static str>,
    key: &'static str,
    /// What the first file says about it.
    about: &'static str,
    allowed: fn() -> String,
    get: fn(&Settings) -> Value,
    /// False if the value means nothing.
    set: fn(&mut Settings, &Value) -> bool,
}

/// A type that a setting may have.
trait Setting: Copy {
    fn allowed() -> String;
    fn of_value(value: &Value) -> Option<Self>;
    fn value(self) -> Value;
}

impl<T: Choice> Setting for T {
    fn allowed() -> String {
        T::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
    }

    fn of_value(value: &Value) -> Option<Self> {
        // `colours = 16` means what `colours = "16"` means.
        match value {
            Value::Integer(number) => T::of_word(&number.value().to_string()),
            Value::Boolean(truth) => T::of_word(&truth.value().to_string()),
            value => T::of_word(value.as_str()?),
        }
    }

    fn value(self) -> Value {
        self.word().into()
    }
}

impl Setting for bool {
    fn allowed() -> String {
        "true, false".into()
    }

    fn of_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }

    fn value(self) -> Value {
        self.into()
    }
}

impl Setting for FontSize {
    fn allowed() -> String {
        format!("{} … {}", Self::MIN, Self::MAX)
    }

    fn of_value(value: &Value) -> Option<Self> {
        let size = value.as_integer()?;
        Some(Self::of(size)).filter(|allowed| i64::from(allowed.points()) == size)
    }

    fn value(self) -> Value {
        i64::from(self.points()).into()
    }
}

/// What the field that `of` takes may be.
fn allowed<T: Setting>(_of: fn(&Settings) -> T) -> String {
    T::allowed()
}

macro_rules! row {
    ($table:expr, $key:literal, $($field:ident).+, $about:literal) => {
        Row {
            table: $table,
            key: $key,
            about: $about,
            allowed: || allowed(|settings| settings.$($field).+),
            get: |settings| settings.$($field).+.value(),
            set: |settings, value| match Setting::of_value(value) {
                Some(chosen) => {
                    settings.$($field).+ = chosen;
                    true
                }
                None => false,
            },
        }
    };
}

const ROWS: &[Row] = &[
    row!(None, "language", language, "What the programs speak."),
    row!(None, "theme", theme, "The desktop client's colours; system is as the rest of the desktop is."),
    row!(None, "font_size", font_size, "Height of the desktop client's letters, in points."),
    row!(None, "notifications", notifications, "What a desktop notification tells: all, who wrote, or there is none."),
    row!(None, "fold_presence", fold_presence, "Whether who comes and goes is told in one line for many."),
    row!(None, "tell_typing", tell_typing, "Whether others are told that you are typing."),
    row!(None, "twelve_hours", twelve_hours, "9:05 pm in place of 21:05."),
    row!(None, "calendar", calendar, "Which calendar dates are of; auto goes with the language."),
    row!(
        Some(TERMINAL),
        "bidi",
        terminal.bidi,
        "Who orders words written from right to left. If they come out in reverse order, try app, then terminal."
    ),
    row!(
        Some(TERMINAL),
        "emoji",
        terminal.emoji,
        "How emoji are shown. If lines leave remains behind, simple helps; names spells them out."
    ),
    row!(
        Some(TERMINAL),
        "mouse",
        terminal.mouse,
        "Whether the mouse is for Parlor; the terminal's own selection then needs Shift."
    ),
    row!(Some(TERMINAL), "colours", terminal.colours, "How many colours there are."),
    row!(Some(TERMINAL), "bell", terminal.bell, "Whether the bell is rung when you are called by name."),
];

/// What a document says.
pub(super) fn read(document: &DocumentMut) -> Read {
    let mut read = Read::default();
    for (key, item) in document.iter() {
        match item.as_table_like() {
            Some(table) if key == TERMINAL => {
                table.iter().for_each(|(key, item)| read_one(&mut read, Some(TERMINAL), key, item));
            }
            _ => read_one(&mut read, None, key, item),
        }
    }
    read
}

fn read_one(read: &mut Read, table: Option<&'static str>, key: &str, item: &Item) {
    let full = full_key(table, key);
    let Some(row) = ROWS.iter().find(|row| row.table == table && row.key == key) else {
        read.troubles.push(Trouble::Key(quoted(&full)));
        return;
    };
    if !item.as_value().is_some_and(|value| (row.set)(&mut read.settings, value)) {
        let value = item
            .as_value()
            .map_or_else(|| "[…]".into(), |value| quoted(value.clone().decorated("", "").to_string().as_str()));
        read.troubles.push(Trouble::Value { key: full, value, allowed: (row.allowed)() });
    }
}

/// A piece of the file as it is quoted to a person: one line, not too long.
fn quoted(text: &str) -> String {
    let mut out: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTED_MAX).collect();
    if text.chars().count() > QUOTED_MAX {
        out.push('…');
    }
    out
}

/// Every setting: its key, its value as it stands in the file, and what it may be.
pub(super) fn listed(settings: &Settings) -> Vec<(String, String, String)> {
    let plain = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    ROWS.iter().map(|row| (full_key(row.table, row.key), plain((row.get)(settings)), (row.allowed)())).collect()
}

/// Changes the setting of this key, with or without the table it is in.
pub(super) fn set(settings: &mut Settings, key: &str, word: &str) -> Result<(), Trouble> {
    let is_meant = |row: &&Row| row.key == key || full_key(row.table, row.key) == key;
    let Some(row) = ROWS.iter().find(is_meant) else { return Err(Trouble::Key(quoted(key))) };
    let value = word.parse::<Value>().unwrap_or_else(|_| word.into());
    match (row.set)(settings, &value) {
        true => Ok(()),
        false => {
            let key = full_key(row.table, row.key);
            Err(Trouble::Value { key, value: quoted(word), allowed: (row.allowed)() })
        }
    }
}

/// A key with the table it is in.
fn full_key(table: Option<&'static str>, key: &str) -> String {
    table.map_or_else(|| key.to_owned(), |table| format!("{table}.{key}"))
}

/// A document that explains itself, with every default.
pub(super) fn fresh() -> DocumentMut {
    let mut document = DocumentMut::new();
    let settings = Settings::default();
    for row in ROWS {
        put(&mut document, row, (row.get)(&settings));
        if let Some(mut key) = table_of(&mut document, row).and_then(|table| table.key_mut(row.key)) {
            let about = format!("# {}\n# {}\n", row.about, (row.allowed)());
            key.leaf_decor_mut().set_prefix(about);
        }
    }
    document.decor_mut().set_prefix(HEAD);
    document
}

/// Puts what is different in `now` from `before` into a document, and nothing else.
pub(super) fn change(document: &mut DocumentMut, before: &Settings, now: &Settings) {
    for row in ROWS {
        let value = (row.get)(now);
        if value.to_string() != (row.get)(before).to_string() {
            put(document, row, value);
        }
    }
}

fn put(document: &mut DocumentMut, row: &Row, mut value: Value) {
    let Some(table) = table_of(document, row) else { return };
    match table.get_mut(row.key).and_then(Item::as_value_mut) {
        Some(old) => {
            // A comment behind the value stays there.
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => drop(table.insert(row.key, Item::Value(value))),
    }
}

/// The table that a row is in, made where it is missing. What stands in its place without being one gives way.
fn table_of<'a>(document: &'a mut DocumentMut, row: &Row) -> Option<&'a mut dyn TableLike> {
    let Some(name) = row.table else { return Some(document.as_table_mut()) };
    let item = document.entry(name).or_insert_with(toml_edit::table);
    if !item.is_table_like() {
        *item = toml_edit::table();
    }
    item.as_table_like_mut()
}
