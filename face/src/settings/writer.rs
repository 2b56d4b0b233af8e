//! Keeps settings, on a thread of its own.

use crate::clerk::{Clerk, Order};
use crate::file::Fault;
use crate::kept::Kept;
use crate::settings::Settings;

/// Writes what is changed in the settings. Its methods return at once but [`SettingsWriter::finish`], which [`Drop`] calls.
#[derive(Debug)]
pub struct SettingsWriter {
    clerk: Clerk<Change>,
}

impl SettingsWriter {
    /// For the files of one person. Trouble is told to `told`, from the writer's thread, once for as long as it stays the
    /// same: the settings then hold for this run, unless a later change can be written, and they with it.
    ///
    /// # Panics
    /// If the system cannot start a thread.
    pub fn start(files: Kept, told: impl FnMut(Fault) + Send + 'static) -> Self {
        let place = files.config().to_owned();
        // What could not be written goes with the next change, and once more at the end.
        let mut unwritten: Option<(Settings, Settings)> = None;
        let write = move |Change(change): Change, _| {
            if let Some((before, now)) = change {
                let first = unwritten.take().map_or(before, |(first, _)| first);
                unwritten = Some((first, now));
            }
            let Some((before, now)) = &unwritten else { return Ok(()) };
            files.keep_settings(before, now)?;
            unwritten = None;
            Ok(())
        };
        Self { clerk: Clerk::start(place, write, told) }
    }

    /// Writes what is different in `now` from `before`, as [`Kept::keep_settings`] does.
    pub fn keep(&self, before: &Settings, now: &Settings) {
        self.clerk.give(|Change(change)| {
            let first = change.take().map_or_else(|| before.clone(), |(first, _)| first);
            *change = Some((first, now.clone()));
            true
        });
    }

    /// Returns once everything is written, or after a few seconds; nothing is taken any more. Told is what could not be
    /// written. To be called before a program ends.
    pub fn finish(&self) -> Option<Fault> {
        self.clerk.finish()
    }
}

/// How the settings were before the first change that waits, and how they are.
#[derive(Debug, Default)]
struct Change(Option<(Settings, Settings)>);

impl Order for Change {
    fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn take(&mut self) -> Self {
        Self(self.0.take())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::settings::{FontSize, Theme};

    const PATIENCE: Duration = Duration::from_secs(30);

    fn sized(points: i64) -> Settings {
        Settings { font_size: FontSize::of(points), ..Settings::default() }
    }

    #[test]
    fn all_is_written_once_it_is_finished_or_dropped_and_what_another_changed_stays() {
        for dropped in [true, false] {
            let home = tempfile::tempdir().unwrap();
            let kept = Kept::at(home.path().join("config"), home.path().join("state"));
            let writer = SettingsWriter::start(kept.clone(), |fault| panic!("{fault:?}"));
            let other = Settings { twelve_hours: true, ..Settings::default() };
            kept.keep_settings(&Settings::default(), &other).unwrap();
            (15..20).for_each(|points| writer.keep(&sized(points), &sized(points + 1)));
            let dark = Settings { theme: Theme::Dark, ..sized(20) };
            writer.keep(&sized(20), &dark);
            if !dropped {
                assert_eq!(writer.finish(), None);
            }
            drop(writer);
            assert_eq!(kept.settings().settings, Settings { twelve_hours: true, ..dark });
        }
    }

    #[test]
    fn what_could_not_be_written_is_told_and_goes_with_the_next_change_or_at_the_end() {
        for changed in [true, false] {
            tells_and_tries_again(changed);
        }
    }

    fn tells_and_tries_again(changed: bool) {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config");
        fs::write(&config, "").unwrap();
        let kept = Kept::at(&config, home.path().join("state"));
        let (sender, told) = mpsc::channel();
        let writer = SettingsWriter::start(kept.clone(), move |fault| drop(sender.send(fault)));
        writer.keep(&sized(15), &sized(16));
        let fault = told.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(fault, Fault::NoDirectory(..)), "{fault:?}");
        fs::remove_file(&config).unwrap();
        let now = if changed { Settings { theme: Theme::Dark, ..sized(16) } } else { sized(16) };
        if changed {
            writer.keep(&sized(16), &now);
        }
        assert_eq!(writer.finish(), None);
        assert_eq!(kept.settings().settings, now);
        assert_eq!(told.try_iter().count(), 0);
    }
}
