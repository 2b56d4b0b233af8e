//! What a power cut leaves of what was done.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use fastrand::Rng;

use crate::content::{Content, Edit};
use crate::journal::{Change, FileId, Journal};

/// What becomes of that which was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survival {
    /// It is lost: nothing had reached the disk.
    Nothing,
    /// It is there: all had reached the disk, as after the end of the process alone.
    Everything,
    /// Parts of it, in any order, torn at sectors and within; which, the seed says.
    Parts(u64),
}

/// What becomes of that which was not synced when a sync fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailedSync {
    /// It is as before: the next sync that succeeds makes it safe.
    Keeps,
    /// It is forgotten, though it can be read until the power is cut; later syncs do not bring it back. Linux does so
    /// (<https://wiki.postgresql.org/wiki/Fsync_Errors>).
    Forgets,
}

/// A walk along a [`Journal`], at each position of which the power can be cut, as often as wanted.
pub struct PowerCut<'a> {
    journal: &'a Journal,
    failed_sync: FailedSync,
    position: usize,
    content: BTreeMap<FileId, Content>,
    names: BTreeMap<String, FileId>,
    renames: Vec<(String, Option<FileId>)>,
}

impl<'a> PowerCut<'a> {
    /// Stands at the journal's beginning. A sync that fails keeps what was not synced.
    pub fn new(journal: &'a Journal) -> Self {
        Self::with(journal, FailedSync::Keeps)
    }

    /// Stands at the journal's beginning.
    pub fn with(journal: &'a Journal, failed_sync: FailedSync) -> Self {
        Self {
            journal,
            failed_sync,
            position: 0,
            content: BTreeMap::new(),
            names: BTreeMap::new(),
            renames: Vec::new(),
        }
    }

    /// Goes on to a position.
    ///
    /// # Panics
    ///
    /// If it lies behind, or beyond the journal's end.
    pub fn advance(&mut self, position: usize) {
        assert!(position >= self.position, "a power cut cannot go back from {} to {position}", self.position);
        for at in self.position..position {
            self.follow(&self.journal[at]);
        }
        self.position = position;
    }

    /// The files as they are after the power was cut here.
    pub fn files(&self, survival: Survival) -> Files {
        let mut rng = match survival {
            Survival::Nothing | Survival::Everything => None,
            Survival::Parts(seed) => Some(Rng::with_seed(seed ^ self.position as u64)),
        };
        let mut names = self.names.clone();
        let mut undecided = self.renames.clone();
        match &mut rng {
            None if survival == Survival::Nothing => undecided.clear(),
            None => {}
            Some(rng) => keep_some(&mut undecided, rng),
        }
        for (name, file) in undecided {
            rename(&mut names, name, file);
        }
        let mut files = BTreeMap::new();
        for (name, file) in names {
            let content = &self.content[&file];
            let bytes = match &mut rng {
                Some(rng) => content.in_parts(rng),
                None if survival == Survival::Nothing => content.safe.clone(),
                None => content.whole(),
            };
            files.insert(name, bytes);
        }
        Files(files)
    }

    fn follow(&mut self, change: &Change) {
        match change {
            Change::Found { file, name, bytes } => {
                self.content.insert(*file, Content { safe: bytes.to_vec(), since: Vec::new() });
                self.names.insert(name.clone(), *file);
            }
            Change::Created { file, name } => {
                self.content.insert(*file, Content::default());
                self.renames.push((name.clone(), Some(*file)));
            }
            Change::Wrote { file, offset, bytes } => self.edit(*file, Edit::Write(*offset, Arc::clone(bytes))),
            Change::Truncated { file, size } => self.edit(*file, Edit::Truncate(*size)),
            Change::Synced { file, directory } => {
                if let Some(content) = self.content.get_mut(file) {
                    content.safe = content.whole();
                    content.since.clear();
                }
                if *directory {
                    self.sync_directory();
                }
            }
            Change::SyncFailed { file } => match self.failed_sync {
                FailedSync::Keeps => {}
                FailedSync::Forgets => {
                    if let Some(content) = self.content.get_mut(file) {
                        content.since.clear();
                    }
                }
            },
            Change::Deleted { name, directory } => {
                self.renames.push((name.clone(), None));
                if *directory {
                    self.sync_directory();
                }
            }
        }
    }

    fn edit(&mut self, file: FileId, edit: Edit) {
        self.content.entry(file).or_default().since.push(edit);
    }

    fn sync_directory(&mut self) {
        for (name, file) in self.renames.drain(..) {
            rename(&mut self.names, name, file);
        }
    }
}

fn rename(names: &mut BTreeMap<String, FileId>, name: String, file: Option<FileId>) {
    match file {
        Some(file) => names.insert(name, file),
        None => names.remove(&name),
    };
}

/// Keeps, for each name by itself, what was done to it up to some moment.
fn keep_some(renames: &mut Vec<(String, Option<FileId>)>, rng: &mut Rng) {
    let mut ended = BTreeMap::new();
    renames.retain(|(name, _)| {
        let over = ended.entry(name.clone()).or_insert(false);
        *over = *over || rng.bool();
        !*over
    });
}

/// What is in a directory after a power cut: content by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Files {
    /// Writes them into a directory, and removes whatever else is in it.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub fn write_to(&self, directory: &Path) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_file() {
                fs::remove_file(path)?;
            }
        }
        for (name, bytes) in &self.0 {
            fs::write(directory.join(name), bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(0);

    fn journal(changes: Vec<Change>) -> Journal {
        let mut journal = Journal::default();
        for change in changes {
            journal.push(change);
        }
        journal
    }

    fn found(bytes: &[u8]) -> Change {
        Change::Found { file: FILE, name: "f".into(), bytes: bytes.into() }
    }

    fn wrote(offset: u64, bytes: &[u8]) -> Change {
        Change::Wrote { file: FILE, offset, bytes: bytes.into() }
    }

    fn left(journal: &Journal, failed_sync: FailedSync, survival: Survival) -> Option<Vec<u8>> {
        let mut cut = PowerCut::with(journal, failed_sync);
        cut.advance(journal.len());
        cut.files(survival).0.remove("f")
    }

    #[test]
    fn only_a_sync_makes_a_write_safe() {
        let journal = journal(vec![
            found(b"...."),
            wrote(0, b"ab"),
            Change::Synced { file: FILE, directory: false },
            wrote(2, b"cd"),
        ]);
        assert_eq!(left(&journal, FailedSync::Keeps, Survival::Nothing).as_deref(), Some(&b"ab.."[..]));
        assert_eq!(left(&journal, FailedSync::Keeps, Survival::Everything).as_deref(), Some(&b"abcd"[..]));
    }

    #[test]
    fn a_name_is_safe_when_its_directory_was_synced_and_no_earlier() {
        let created = Change::Created { file: FILE, name: "f".into() };
        let alone = journal(vec![created.clone(), Change::Synced { file: FILE, directory: false }]);
        assert_eq!(left(&alone, FailedSync::Keeps, Survival::Nothing), None);
        assert_eq!(left(&alone, FailedSync::Keeps, Survival::Everything), Some(vec![]));
        let both = journal(vec![created, Change::Synced { file: FILE, directory: true }]);
        assert_eq!(left(&both, FailedSync::Keeps, Survival::Nothing), Some(vec![]));
    }

    #[test]
    fn a_deleted_file_may_come_back_until_its_directory_was_synced() {
        for (directory, comes_back) in [(false, true), (true, false)] {
            let journal = journal(vec![found(b"x"), Change::Deleted { name: "f".into(), directory }]);
            assert_eq!(left(&journal, FailedSync::Keeps, Survival::Nothing).is_some(), comes_back);
            assert_eq!(left(&journal, FailedSync::Keeps, Survival::Everything), None);
        }
    }

    #[test]
    fn what_a_failed_sync_forgot_no_later_sync_brings_back() {
        let journal = journal(vec![
            found(b"...."),
            wrote(0, b"ab"),
            Change::SyncFailed { file: FILE },
            wrote(2, b"cd"),
            Change::Synced { file: FILE, directory: false },
        ]);
        assert_eq!(left(&journal, FailedSync::Keeps, Survival::Nothing).as_deref(), Some(&b"abcd"[..]));
        assert_eq!(left(&journal, FailedSync::Forgets, Survival::Nothing).as_deref(), Some(&b"..cd"[..]));
    }

    #[test]
    fn the_same_seed_leaves_the_same_parts_and_other_seeds_other_ones() {
        let journal = journal(vec![found(&[b'.'; 4096]), wrote(100, &[b'x'; 3000]), wrote(2000, &[b'y'; 3000])]);
        let of = |seed| left(&journal, FailedSync::Keeps, Survival::Parts(seed));
        assert_eq!(of(1), of(1));
        let different: std::collections::BTreeSet<_> = (0..100).map(of).collect();
        assert!(different.len() > 50, "only {} of 100 seeds differ", different.len());
    }

    #[test]
    fn parts_show_every_fate_of_a_sector() {
        let journal = journal(vec![found(&[b'.'; 512]), wrote(0, &[b'x'; 512]), wrote(512, &[b'y'; 512])]);
        let (mut lost, mut whole, mut head, mut tail, mut gap, mut noise, mut short) = (0, 0, 0, 0, 0, 0, 0);
        for seed in 0..2000 {
            let bytes = left(&journal, FailedSync::Keeps, Survival::Parts(seed)).expect("the file was found");
            let (first, second) = bytes.split_at(512);
            lost += usize::from(first.iter().all(|&byte| byte == b'.'));
            whole += usize::from(first.iter().all(|&byte| byte == b'x'));
            head += usize::from(first.starts_with(b"x") && first.ends_with(b"."));
            tail += usize::from(first.starts_with(b".") && first.ends_with(b"x"));
            short += usize::from(second.len() < 512);
            gap += usize::from(second.len() == 512 && second.iter().all(|&byte| byte == 0));
            noise += usize::from(second.len() == 512 && second.iter().any(|&byte| byte != 0 && byte != b'y'));
        }
        for count in [lost, whole, head, tail, gap, noise, short] {
            assert!(count > 20, "{:?}", [lost, whole, head, tail, gap, noise, short]);
        }
    }

    #[test]
    fn a_truncation_is_lost_or_stays_where_it_was() {
        let journal = journal(vec![found(&[b'a'; 1024]), Change::Truncated { file: FILE, size: 0 }, wrote(0, b"b")]);
        let sizes: std::collections::BTreeSet<_> = (0..200)
            .filter_map(|seed| left(&journal, FailedSync::Keeps, Survival::Parts(seed)))
            .map(|bytes| bytes.len())
            .collect();
        assert_eq!(sizes, [0, 1, 1024].into());
    }
}
