//! The terms of the core and the tokenizers of SQLite agree.
//!
//! An index whose tokenizer splits, drops or folds what it is given would miss messages that are there. So every
//! character is tried in the SQLite that ships: alone, within a word, doubled and in a compound.

use std::collections::BTreeSet;

use parlor_core::search::{Query, terms};
use rusqlite::Connection;

/// The store's tokenizer, and the one that the terms are made for.
const TOKENIZERS: [&str; 2] = ["ascii tokenchars '_'", "unicode61"];

/// A database with an index as the store has it, and a look into what it holds.
fn index(tokenizer: &str) -> Connection {
    let index = Connection::open_in_memory().unwrap();
    let sql = format!(
        "CREATE VIRTUAL TABLE words USING fts5(
             terms, content = '', columnsize = 0, detail = none, tokenize = \"{tokenizer}\");
         INSERT INTO words(words, rank) VALUES ('secure-delete', 1);
         CREATE VIRTUAL TABLE held USING fts5vocab(words, 'instance');"
    );
    index.execute_batch(&sql).unwrap();
    index
}

fn row(text: &str) -> String {
    let mut row = String::new();
    terms(text, |term| {
        row.push_str(term);
        row.push(' ');
    });
    row
}

/// The terms that an index holds of each row.
fn held(index: &Connection, rows: usize) -> Vec<BTreeSet<String>> {
    let mut held = vec![BTreeSet::new(); rows];
    let mut select = index.prepare("SELECT doc, term FROM held").unwrap();
    let mut found = select.query(()).unwrap();
    while let Some(found) = found.next().unwrap() {
        let id = found.get::<_, i64>(0).unwrap();
        held[usize::try_from(id).unwrap()].insert(found.get(1).unwrap());
    }
    held
}

#[test]
fn the_tokenizer_takes_every_term_as_it_is() {
    let characters: Vec<char> = ('\0'..='\u{3FFFF}').chain('\u{E0000}'..='\u{E0FFF}').collect();
    let tries = |c: &char| row(&format!("{c} a{c}b {c}{c} x'{c}"));
    // Many characters to a row: few rows are fast.
    let rows: Vec<String> = characters.chunks(64).map(|chunk| chunk.iter().map(tries).collect()).collect();
    for tokenizer in TOKENIZERS {
        let index = index(tokenizer);
        index.execute_batch("BEGIN").unwrap();
        let mut insert = index.prepare("INSERT INTO words(rowid, terms) VALUES (?1, ?2)").unwrap();
        for (id, row) in (0_i64..).zip(&rows) {
            insert.execute((id, row)).unwrap();
        }
        index.execute_batch("COMMIT").unwrap();
        for ((row, held), chunk) in rows.iter().zip(held(&index, rows.len())).zip(characters.chunks(64)) {
            let given: BTreeSet<String> = row.split_terminator(' ').map(String::from).collect();
            assert_eq!(held, given, "{tokenizer}, the characters from {:?}", chunk[0]);
        }
    }
}

#[test]
fn the_index_finds_what_people_look_for() {
    let messages = [
        "من می\u{200C}خواهم به کتابخانه بروم",
        "كتاب علي",
        "我们在图书馆见面",
        "Le café de l'Étoile",
        "ВСЁ хорошо 🙂",
        "학교에서 만나요",
        "मैं हिन्दी बोलता हूँ",
    ];
    let asked = [
        ("میخواهم", 0),
        ("می خواهم", 0),
        ("کتاب علی", 1),
        ("图书", 2),
        ("馆", 2),
        ("cafe ETOILE", 3),
        ("caf*", 3),
        ("все 🙂", 4),
        ("학교", 5),
        ("हिन्दी", 6),
    ];
    for tokenizer in TOKENIZERS {
        let index = index(tokenizer);
        for (id, message) in (0_i64..).zip(messages) {
            index.execute("INSERT INTO words(rowid, terms) VALUES (?1, ?2)", (id, row(message))).unwrap();
        }
        let mut select = index.prepare("SELECT rowid FROM words WHERE words MATCH ?1").unwrap();
        for (asked, at) in asked {
            let query = Query::parse(asked).unwrap();
            let word = |word: &parlor_core::search::Word| {
                format!("\"{}\"{}", word.term(), if word.is_prefix() { "*" } else { "" })
            };
            let words: Vec<String> = query.words().map(word).collect();
            let found = select.query_map([words.join(" AND ")], |row| row.get(0)).unwrap();
            assert_eq!(found.map(Result::unwrap).collect::<Vec<i64>>(), [at], "{tokenizer}: {asked:?}");
            assert!(query.matches(messages[usize::try_from(at).unwrap()]), "{asked:?}");
        }
        for (id, message) in (0_i64..).zip(messages) {
            let sql = "INSERT INTO words(words, rowid, terms) VALUES ('delete', ?1, ?2)";
            index.execute(sql, (id, row(message))).unwrap();
        }
        assert!(held(&index, messages.len()).iter().all(BTreeSet::is_empty), "{tokenizer}: something is left");
    }
}
