-- Version 1 of the database. What stands here never changes any more; what comes after it is 2.sql.

-- Single facts.
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
-- The number of the last identity, guests included: numbers never repeat.
INSERT INTO fact VALUES ('identities', 0);
-- The edition of the search terms that `words` is made of.
INSERT INTO fact VALUES ('edition', 0);

-- Whoever has a token. `seen`: until when, or from when, they were here, in ms.
CREATE TABLE identity (
    id INTEGER PRIMARY KEY,
    token BLOB NOT NULL UNIQUE,
    nick TEXT NOT NULL,
    fold TEXT NOT NULL UNIQUE,
    skeleton TEXT NOT NULL UNIQUE,
    seen INTEGER NOT NULL,
    here INTEGER NOT NULL
);
CREATE INDEX identity_here ON identity(here) WHERE here;

-- A room has `room` (its folded name) and `name`; a conversation has `low` and `high`, the identities, low <= high.
-- `log` are the 64 random bits that clients know it by. Entries kept are `first` to `last`.
CREATE TABLE log (
    num INTEGER PRIMARY KEY,
    log INTEGER NOT NULL UNIQUE,
    room TEXT UNIQUE,
    name TEXT,
    low INTEGER,
    high INTEGER,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    at INTEGER NOT NULL,
    topic TEXT NOT NULL,
    operator INTEGER
);
CREATE UNIQUE INDEX log_pair ON log(low, high) WHERE low IS NOT NULL;
CREATE INDEX log_high ON log(high) WHERE high IS NOT NULL;

-- Everything that was written, in the order of writing. `kind`: 0 tombstone, 1 message, 2 action, 3 topic, 4 edit,
-- 5 deletion. `text` of messages and topics alone. `ref`: what it answers, edits or deletes. `edited`: its last edit.
CREATE TABLE entry (
    row INTEGER PRIMARY KEY,
    log INTEGER NOT NULL,
    id INTEGER NOT NULL,
    author INTEGER NOT NULL,
    nick TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text TEXT,
    ref INTEGER,
    edited INTEGER
);
CREATE UNIQUE INDEX entry_place ON entry(log, id);

-- Nonces of the last day, in the order of use; `log` is a `num`.
CREATE TABLE nonce (
    row INTEGER PRIMARY KEY,
    identity INTEGER NOT NULL,
    nonce TEXT NOT NULL,
    log INTEGER NOT NULL,
    id INTEGER NOT NULL,
    at INTEGER NOT NULL
);
CREATE UNIQUE INDEX nonce_use ON nonce(identity, nonce);

-- How far everybody has read; `used` orders by when that was.
CREATE TABLE read (
    identity INTEGER NOT NULL,
    log INTEGER NOT NULL,
    id INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (identity, log)
) WITHOUT ROWID;

-- The newest of what the other side of a conversation said, until it is read.
CREATE TABLE waiting (
    identity INTEGER NOT NULL,
    log INTEGER NOT NULL,
    id INTEGER NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (identity, log)
) WITHOUT ROWID;

-- Who is in which rooms.
CREATE TABLE present (
    identity INTEGER NOT NULL,
    log INTEGER NOT NULL,
    PRIMARY KEY (identity, log)
) WITHOUT ROWID;

-- The search terms of each message, under its `row`. The terms are made by the program, which leaves nothing to a
-- tokenizer; `_` begins those that say where a message stands and that no text has.
CREATE VIRTUAL TABLE words USING fts5(
    terms, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars '_'"
);
-- What is deleted leaves the index at once, not with some later merge.
INSERT INTO words(words, rank) VALUES ('secure-delete', 1);
