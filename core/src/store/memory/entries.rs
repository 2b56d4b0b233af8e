//! What stands in the logs: writing, correcting, taking back, reading.

use alloc::vec::Vec;

use crate::id::{LogId, MessageId};
use crate::limits::PAGE_MAX;
use crate::store::{Answer, Append, Change, Entry, PAGE_TEXT_BYTES};
use crate::time::Timestamp;
use crate::vocabulary::Span;

use super::{Log, MemoryStore, Row};

/// How long a nonce is remembered (`native-protocol`, nonce): 24 h, in ms.
const NONCE_HELD_MS: i64 = 24 * 3_600_000;

impl MemoryStore {
    pub(super) fn append(&mut self, append: Append) -> Answer {
        let Append { log: id, from, nick, at, change, nonce, operator } = append;
        self.forget_nonces(at);
        if let Some(nonce) = &nonce
            && let Some((earlier, at, log)) = self.nonces.get(&(from, nonce.clone()))
        {
            if *log != id {
                return Answer::Elsewhere;
            }
            return Answer::Appended { id: *earlier, at: *at, repeated: true };
        }
        let Some(log) = self.logs.get_mut(&id) else { return Answer::Failed };
        let entry_id = MessageId(log.end());
        match &change {
            Change::Message { .. } => {}
            Change::Topic(topic) => log.topic = topic.clone(),
            Change::Edit { target, text } => {
                let Some(entry) = log.message(*target) else { return Answer::NoSuchMessage };
                if entry.from != from {
                    return Answer::NotYours;
                }
                let Some(Change::Message { text: old, .. }) = &mut entry.change else { return Answer::NoSuchMessage };
                let old = core::mem::replace(old, text.clone());
                entry.edited = Some(entry_id);
                self.text_bytes = self.text_bytes + text.as_str().len() - old.as_str().len();
            }
            Change::Delete { target } => {
                let Some(entry) = log.message(*target) else { return Answer::NoSuchMessage };
                if entry.from != from && !operator {
                    return Answer::NotYours;
                }
                self.text_bytes -= text_of(entry).len();
                entry.change = None;
            }
        }
        let at = at.max(log.last_at);
        log.last_at = at;
        self.written += 1;
        let entry = Entry { id: entry_id, from, nick, at, change: Some(change), edited: None };
        let row = Row { written: self.written, entry };
        self.text_bytes += row.bytes();
        log.entries.push_back(row);
        self.let_go(id);
        if let Some(nonce) = nonce {
            self.nonces.insert((from, nonce.clone()), (entry_id, at, id));
            self.nonce_order.push_back((at, from, nonce));
        }
        Answer::Appended { id: entry_id, at, repeated: false }
    }

    /// Drops the oldest where there is too much.
    fn let_go(&mut self, id: LogId) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        while log.entries.len() > self.limits.entries_per_log
            || self.text_bytes > self.limits.text_bytes && log.entries.len() > 1
        {
            let Some(gone) = log.entries.pop_front() else { break };
            self.text_bytes -= gone.bytes();
            log.first += 1;
        }
        if self.text_bytes > self.limits.text_bytes
            && let Some((_, oldest)) = self.uses.first().copied()
        {
            self.forget_log(oldest);
        }
    }

    fn forget_nonces(&mut self, now: Timestamp) {
        while let Some((at, _, _)) = self.nonce_order.front() {
            let old = now.0.saturating_sub(at.0) > NONCE_HELD_MS;
            if !old && self.nonce_order.len() < self.limits.nonces {
                break;
            }
            if let Some((_, identity, nonce)) = self.nonce_order.pop_front() {
                self.nonces.remove(&(identity, nonce));
            }
        }
    }

    pub(super) fn history(&mut self, id: LogId, span: Span, limit: u32) -> Answer {
        let Some(log) = self.logs.get(&id) else { return Answer::Failed };
        // A page for a client is at most `PAGE_MAX`; a replay reads more at once.
        let limit = u64::from(limit.clamp(1, PAGE_MAX * 10));
        let end = log.end();
        let (from, to, has_more) = match span {
            Span::Latest => (end.saturating_sub(limit).max(log.first), end, end - log.first > limit),
            Span::Before(before) => {
                let to = before.0.clamp(log.first, end);
                (to.saturating_sub(limit).max(log.first), to, to - log.first > limit)
            }
            Span::After(after) => {
                let from = after.0.saturating_add(1).clamp(log.first, end);
                (from, from.saturating_add(limit).min(end), end - from > limit)
            }
        };
        let range = (from - log.first) as usize..(to - log.first) as usize;
        let wanted = range.len();
        let rows = log.entries.range(range).map(|row| log.as_it_stands(&row.entry));
        let mut entries = if matches!(span, Span::After(_)) { page(rows) } else { page(rows.rev()) };
        if !matches!(span, Span::After(_)) {
            entries.reverse();
        }
        let has_more = has_more || entries.len() < wanted;
        Answer::Page { entries, has_more }
    }
}

/// As much as one page holds.
fn page(rows: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let (mut entries, mut bytes) = (Vec::new(), 0);
    for entry in rows {
        bytes += entry.text_len();
        entries.push(entry);
        if bytes >= PAGE_TEXT_BYTES {
            break;
        }
    }
    entries
}

impl Log {
    /// The position that the next entry takes.
    pub(super) fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn at(&self, id: MessageId) -> Option<&Entry> {
        let index = usize::try_from(id.0.checked_sub(self.first)?).ok()?;
        self.entries.get(index).map(|row| &row.entry)
    }

    /// The message at a position, unless there is none any more.
    fn message(&mut self, id: MessageId) -> Option<&mut Entry> {
        let index = usize::try_from(id.0.checked_sub(self.first)?).ok()?;
        let entry = &mut self.entries.get_mut(index)?.entry;
        matches!(entry.change, Some(Change::Message { .. })).then_some(entry)
    }

    /// An entry for a reader of today: an edit tells the text that its message has now.
    fn as_it_stands(&self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        if let Some(Change::Edit { target, text }) = &mut entry.change {
            match self.at(*target).and_then(|target| target.change.as_ref()) {
                Some(Change::Message { text: now, .. }) => *text = now.clone(),
                Some(Change::Topic(_) | Change::Edit { .. } | Change::Delete { .. }) | None => entry.change = None,
            }
        }
        entry
    }
}

impl Row {
    /// About what it takes. An edit's text is that of its message.
    pub(super) fn bytes(&self) -> usize {
        const OVERHEAD: usize = 160;
        OVERHEAD + text_of(&self.entry).len()
    }
}

fn text_of(entry: &Entry) -> &str {
    match &entry.change {
        Some(Change::Message { text, .. }) => text.as_str(),
        Some(Change::Topic(topic)) => topic.as_str(),
        Some(Change::Edit { .. } | Change::Delete { .. }) | None => "",
    }
}
